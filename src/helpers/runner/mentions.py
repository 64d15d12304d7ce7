"""What a page says of pages for other readers: nothing, so that no reader is led to what is not for him."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

from helpers.audience import Audience
from helpers.errors import Problem

_CURE = "take the link or the path out: those readers find it in the portal of their own"


def mentions_of(audiences: Iterable[Audience]) -> Callable[[str, str], list[Problem]]:
    """Return a check of text that finds a path or a link to pages of some audiences, or their mark.

    `audiences`: those for whom the text is not.

    Examples
    --------
    >>> ward = Audience(name="ward", readers="ward managers", folder="ward-reports")
    >>> check = mentions_of([ward])
    >>> [problem.where for problem in check("See [more](../ward-reports/index.html).", "document")]
    ['document']
    >>> check("Each ward reports/records its falls.", "document")
    []
    """
    patterns = {each.name: _pattern(each) for each in audiences}

    def check(text: str, where: str) -> list[Problem]:
        found = [name for name, pattern in patterns.items() if pattern.search(text)]
        return [
            Problem(where, f"mentions a page of the audience {name}", "nothing about it", _CURE)
            for name in found
        ]

    return check


def _pattern(audience: Audience) -> re.Pattern[str]:
    name = re.escape(PurePath(audience.folder).name)
    page = rf"(?<![\w-]){name}/(?:[\w.%-]+/|[\w.%-]+\.\w)"
    link = rf"(?:\]\(|href\s*=\s*[\"']?)[^)\"'\s>]*(?<![\w-]){name}(?:[/)\"'\s>])"
    return re.compile(f"{page}|{link}|{re.escape(audience.mark)}", re.IGNORECASE)

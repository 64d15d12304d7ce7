"""For whom a report is made: the public, or readers of its own who may see smaller numbers.

What is told to one audience is kept apart from what is told to another: history, ledger, drafts and pages. A process
works for one of them; a kernel and its records room are told which by an environment variable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import Final

from pydantic import BaseModel, ConfigDict

from helpers.errors import Problem

#: in a batch: for whom a kernel works, as JSON; not there for the public
AUDIENCE_VARIABLE: Final = "BOARDPACK_AUDIENCE"
#: in the private state: the folder with what is kept of each audience but the public
FOLDER: Final = "audiences"
PUBLIC_NAME: Final = "public"
_CURE = "take the link or the path out: those readers find it in the portal of their own"


class Audience(BaseModel):
    """Readers, where their pages lie, and how small a number they may see."""

    model_config = ConfigDict(frozen=True)

    name: str = PUBLIC_NAME
    readers: str = ""
    folder: str = "reports"  # below the project, or an absolute path
    #: counts of people from 1 to this are hidden, 0 for none; larger ones are rounded to multiples of that; the
    #: public's follow the rule of the data's owner and are not given here
    hide_up_to: int = 0
    round_to: int = 1
    reason: str = ""
    owner: str = ""  # the role that answers for it
    decided: str = ""  # ISO date

    @property
    def is_public(self) -> bool:
        """Whether everybody may read its pages."""
        return self.name == PUBLIC_NAME

    @property
    def mark(self) -> str:
        """What each of its pages bears; nothing for the public."""
        return "" if self.is_public else f"Not for publication. For {self.readers} only."

    def home(self, state: Path) -> Path:
        """Return where a private state keeps what was told to it."""
        return state if self.is_public else state / FOLDER / self.name

    def reports(self, root: Path) -> Path:
        """Return where its pages lie."""
        return root / self.folder


PUBLIC: Final = Audience()


def current_audience(environment: Mapping[str, str] = os.environ) -> Audience:
    """Return the audience for which this process works."""
    told = environment.get(AUDIENCE_VARIABLE, "")
    return _read(told) if told else PUBLIC


@cache
def _read(told: str) -> Audience:
    return Audience.model_validate_json(told)


def homes(state: Path) -> tuple[Path, ...]:
    """Return where a private state keeps what was told: to the public first, then to each other audience."""
    return state, *sorted(each for each in (state / FOLDER).glob("*") if each.is_dir())


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

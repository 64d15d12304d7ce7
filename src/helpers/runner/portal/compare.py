"""The page that shows two periods of one report side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from helpers.runner.portal.listing import Listed, period_name
from helpers.runner.portal.page import PAGES, Page

FILE = "compare.html"


def find_comparable(listed: Iterable[Listed]) -> dict[str, dict[str, object]]:
    """Return by ``notebook/name`` the reports of which two periods or more can be shown, sorted by name.

    Of each its name, and folder, name and path of each period, as they are listed: the newest first.
    """
    found: dict[str, list[Listed]] = {}
    for each in listed:
        if "html" in each.outputs:
            found.setdefault(each.report, []).append(each)
    names = {
        report: f"{e.title}, {e.organisation} ({report})" for report, (e, *older) in found.items() if older
    }
    return {
        report: {
            "name": names[report],
            "editions": [(e.period, period_name(e.period), e.outputs["html"]) for e in found[report]],
        }
        for report in sorted(names, key=lambda report: (names[report].casefold(), report))
    }


def compare_page(listed: Sequence[Listed]) -> Page:
    """Return the page."""
    comparable = find_comparable(listed)
    page = Page(FILE, PAGES[FILE], {"comparable": comparable}, data=comparable, frames=bool(comparable))
    return replace(page, script="compare.js") if comparable else page

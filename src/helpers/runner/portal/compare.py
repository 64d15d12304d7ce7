"""The page that shows two periods of one report side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from helpers.runner.portal.listing import Listed, period_name
from helpers.runner.portal.page import PAGES, Page

FILE = "compare.html"


@dataclass(frozen=True)
class Comparable:
    """A report that was published for two periods or more: its name, and period and path of each, newest first."""

    name: str
    editions: tuple[tuple[str, str], ...]


def find_comparable(listed: Iterable[Listed]) -> dict[str, Comparable]:
    """Return by ``notebook/name`` the reports of which two periods or more can be shown, sorted by name."""
    found: dict[str, list[Listed]] = {}
    for each in listed:
        if "html" in each.outputs:
            found.setdefault(each.report, []).append(each)
    comparable = {report: _comparable(editions) for report, editions in found.items() if len(editions) > 1}
    return dict(sorted(comparable.items(), key=lambda item: (item[1].name.casefold(), item[0])))


def compare_page(listed: Sequence[Listed]) -> Page:
    """Return the page."""
    comparable = find_comparable(listed)
    values = {"comparable": comparable}
    if not comparable:
        return Page(FILE, PAGES[FILE], values)
    return Page(FILE, PAGES[FILE], values, script="compare.js", data=_data(comparable), frames=True)


def _comparable(editions: Sequence[Listed]) -> Comparable:
    newest = editions[0]
    return Comparable(
        name=f"{newest.title}, {newest.organisation} ({newest.report})",
        editions=tuple((each.period, each.outputs["html"]) for each in editions),
    )


def _data(comparable: Mapping[str, Comparable]) -> dict[str, object]:
    return {
        report: {
            "name": each.name,
            "editions": [(period, period_name(period), path) for period, path in each.editions],
        }
        for report, each in comparable.items()
    }

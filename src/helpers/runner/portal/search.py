"""The pages that list reports: to find one among thousands, to read without scripts, to compare two periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from helpers.runner.portal.listing import Listed, Status, period_name, show_day
from helpers.runner.portal.page import HOME, PAGES, Page

#: entries that the page shows at once; the script shows more on request
AT_ONCE: Final = 50
#: the notes of these say the days themselves
TELLING: Final = (Status.FAILED, Status.WITHDRAWN)
#: formats in words
FORMATS: Final = {"html": "web page", "pdf": "PDF", "docx": "Word", "pptx": "slides"}
FILE = "compare.html"


def search_page(listed: Sequence[Listed]) -> Page:
    """Return the page to search: the newest entries as they are, all of them as data for the script."""
    values = {**_values(listed), "choices": _choices(listed), "at_once": AT_ONCE}
    if not listed:
        return Page(HOME, "Board reports", values)
    return Page(HOME, "Board reports", values, script="search.js", data=search_data(listed))


def plain_page(listed: Sequence[Listed]) -> Page:
    """Return the list of all reports by period, which needs no script."""
    periods = [(period, list(group)) for period, group in groupby(listed, key=lambda each: each.period)]
    return Page("all.html", PAGES["all.html"], {**_values(listed), "periods": periods})


def _values(listed: Sequence[Listed]) -> dict[str, object]:
    count = f"{len(listed):,} report{'' if len(listed) == 1 else 's'}"
    return {"listed": listed, "count": count, "telling": TELLING, "formats": FORMATS}


def search_data(listed: Sequence[Listed]) -> Mapping[str, object]:
    """Return the reports for the script: each word once, and rows that refer to words by their place.

    A row holds: title, organisation, period, status, note (places in `words`), report, links as pairs of
    format and path, day published, period before or "", 1 if synthetic, headline, and for each kind of group
    the place of its name, or -1.
    """
    words: dict[str, int] = {}  # each once, with its place
    kinds = group_kinds(listed)
    rows = [_row(each, kinds, words) for each in listed]
    return {
        "atOnce": AT_ONCE,
        "formats": FORMATS,
        "telling": TELLING,
        "current": Status.CURRENT,
        "periods": _periods(listed),
        "days": {each.published.isoformat(): show_day(each.published) for each in listed},
        "words": [*words],
        "rows": rows,
    }


def group_kinds(listed: Iterable[Listed]) -> list[str]:
    """Return the kinds of groups that any report belongs to, in the order in which they come."""
    return list(dict.fromkeys(kind for each in listed for kind, _ in each.groups))


def _row(each: Listed, kinds: Sequence[str], words: dict[str, int]) -> list[object]:
    shared = (each.title, each.organisation, each.period, each.status.value, each.note)
    groups = dict(each.groups)

    def place(word: str) -> int:
        return words.setdefault(word, len(words))

    return [
        *map(place, shared),
        each.report,
        list(each.outputs.items()),
        each.published.isoformat(),
        each.previous,
        int(each.synthetic),
        each.headline,
        *(place(groups[kind]) if kind in groups else -1 for kind in kinds),
    ]


def _choices(listed: Sequence[Listed]) -> list[tuple[str, str, dict[str, str]]]:
    """Return what reports can be chosen by: the name of each field, its label, and its options."""
    kinds, there = group_kinds(listed), {each.status for each in listed}
    return [
        ("report", "Report", _sorted(each.title for each in listed)),
        ("organisation", "Organisation", _sorted(each.organisation for each in listed)),
        *(
            (f"group-{place}", kind, _sorted(dict(each.groups).get(kind, "") for each in listed))
            for place, kind in enumerate(kinds)
        ),
        ("period", "Period", _periods(listed)),
        ("state", "State", {status.value: status.value for status in Status if status in there}),
    ]


def _sorted(words: Iterable[str]) -> dict[str, str]:
    return {word: word for word in sorted({*words} - {""}, key=str.casefold)}


def _periods(listed: Iterable[Listed]) -> dict[str, str]:
    return {each.period: period_name(each.period) for each in listed}  # as listed: the newest first


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

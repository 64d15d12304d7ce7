"""The page that shows two periods of one report side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from helpers.runner.portal.listing import Listed, period_name
from helpers.runner.portal.page import PAGES, Page

FILE = "compare.html"
_SIDES = (("left", "On the left"), ("right", "On the right"))
_NONE = "<p>No report has been published for two periods yet.</p>"


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
    if not comparable:
        return Page(FILE, PAGES[FILE], _NONE)
    body = [
        '<p id="without">To show two reports here, scripts must be allowed. Without them, open two from '
        f'<a href="all.html">{PAGES["all.html"].lower()}</a>.</p>',
        f'<div id="compare" hidden>\n<div class="fields">{_report_select(comparable)}{_period_selects()}</div>',
        f'<div class="sides">{"".join(_side(side) for side, _ in _SIDES)}</div>\n</div>',
    ]
    return Page(
        FILE, PAGES[FILE], "\n".join(body), script="compare.js", data=_data(comparable), frames=True
    )


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


def _report_select(comparable: Mapping[str, Comparable]) -> str:
    options = "".join(
        f'<option value="{escape(report)}">{escape(each.name)}</option>'
        for report, each in comparable.items()
    )
    return f'<div class="field wide"><label for="report">Report</label><select id="report">{options}</select></div>'


def _period_selects() -> str:
    return "".join(
        f'<div class="field"><label for="{side}">{words}</label><select id="{side}"></select></div>'
        for side, words in _SIDES
    )


def _side(side: str) -> str:
    # in a sandbox of its own: a report may be read, and its data downloaded, but it cannot reach this page
    return (
        f'<section class="side" aria-labelledby="{side}-name"><h2 id="{side}-name"></h2>'
        f'<p><a id="{side}-alone" href="all.html">Open by itself</a></p>'
        f'<iframe id="{side}-frame" title="" sandbox="allow-downloads allow-scripts"></iframe></section>'
    )

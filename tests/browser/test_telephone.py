"""Every notebook's page on a telephone, 390 pixels wide: nothing essential is off the screen without a sign of it."""

from __future__ import annotations

from typing import Any

import pytest

WIDTH = 390
#: what reaches beyond the screen, but for what lies in a box that scrolls
BEYOND = """() => [...document.querySelectorAll('main *')].filter(each =>
  !each.closest('.scroll-box, math, svg') && each.getBoundingClientRect().right > innerWidth + 1
).map(each => each.outerHTML.slice(0, 120))"""
#: boxes that scroll sideways without a line at their edge that shows it
UNMARKED = """() => [...document.querySelectorAll('main .scroll-box')].filter(each =>
  each.offsetParent && each.scrollWidth > each.clientWidth + 1
  && !(parseFloat(getComputedStyle(each).borderRightWidth) >= 1)).map(each => each.getAttribute('aria-label'))"""
#: of each chart over time how far its right end is from the edge of its box, of any other how far its left end
OFF = """() => [...document.querySelectorAll('figure.chart .scroll-box')].map(each => {
  const [chart, box] = [each.firstElementChild, each].map(one => one.getBoundingClientRect());
  return each.closest('.over-time') ? ['latest', chart.right - box.right] : ['first', box.left - chart.left];
})"""
#: of each table of cards its rows, and how many cells are wider than the screen or lower than their heading
CARDS = """() => [...document.querySelectorAll('table.cards')].map(each => [
  each.rows.length, [...each.querySelectorAll('td')].filter(cell => cell.offsetParent && (
    cell.getBoundingClientRect().right > innerWidth + 1
    || cell.clientHeight < (parseFloat(getComputedStyle(cell, '::before').height) || 0))).length])"""


@pytest.fixture
def narrow(reports: list[Any]) -> list[Any]:
    """Every report as wide as a telephone."""
    for each in reports:
        each.page.set_viewport_size({"width": WIDTH, "height": 844})
    return reports


def test_nothing_reaches_beyond_the_screen(narrow: list[Any]) -> None:
    assert len(narrow) > 6
    for report in narrow:
        assert report.page.evaluate(BEYOND) == [], report.path


def test_what_scrolls_sideways_shows_it(narrow: list[Any]) -> None:
    for report in narrow:
        assert report.page.evaluate(UNMARKED) == [], report.path


def test_charts_open_at_their_latest_month_or_at_the_names_of_their_rows(narrow: list[Any]) -> None:
    ends = [tuple(end) for report in narrow for end in report.page.evaluate(OFF)]
    assert {where for where, _ in ends} == {"latest", "first"}
    assert max(off for _, off in ends) < 16


def test_measures_are_cards_that_fit(narrow: list[Any]) -> None:
    cards = {report.path.parent.name: report.page.evaluate(CARDS) for report in narrow}
    assert cards["performance_report"]
    assert cards["scorecard"]
    assert all(outside == 0 for found in cards.values() for _, outside in found)

"""What the law asks of a report, as far as a browser can check it: WCAG 2.2 AA, keyboard, zoom, headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
FindIn = Callable[..., list[str]]
Reports = list[Any]

#: CSS pixels: a desk, a window zoomed to 400 % (1280 / 4, as WCAG 1.4.10 counts it), a telephone
WIDTHS = (1280, 320, 390)

OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(each => Number(each.tagName[1]))"
# what scrolls sideways by itself must be reached by keyboard and say what it is
LOOSE_SCROLLERS = """[...document.querySelectorAll('body *')].filter(each => {
  const style = getComputedStyle(each);
  const scrolls = each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(style.overflowX);
  const named = each.hasAttribute('aria-label') || each.hasAttribute('aria-labelledby');
  return scrolls && !(each.tabIndex === 0 && each.getAttribute('role') === 'region' && named);
}).map(each => each.outerHTML.slice(0, 150))"""
# charts without words, or without the table of their data after them; a table may hold small pictures
BARE_CHARTS = """[...document.querySelectorAll('figure:not(.table)')].filter(each => {
  const picture = each.querySelector('img, svg[role=img]');
  const words = picture && (picture.alt || picture.getAttribute('aria-label') || '');
  let table = each.querySelector('details table');
  let after = each.nextElementSibling;
  while (!table && after && !after.matches('figure, h2, h3')) {
    table = after.querySelector('table');
    after = after.nextElementSibling;
  }
  return picture && !(words.length > 20 && table);
}).map(each => `${document.title}: ${each.id}`)"""
VISIBLE_FOCUS = """() => {
  const now = document.activeElement, style = getComputedStyle(now), box = now.getBoundingClientRect();
  return {
    key: `${now.tagName} ${now.getAttribute('href') || ''} ${now.innerText.slice(0, 60)}`,
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    body: now === document.body,
  };
}"""
# in the order of the page
FOCUSABLE = """[...document.querySelectorAll('a[href], summary, button, input, select, [tabindex="0"]')]
  .filter(each => each.checkVisibility()).length"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


SPACE = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = css ? [sheet] : [];
}"""


def words_of(page: Page) -> Counter[str]:
    return Counter(page.inner_text("body").lower().split())


def narrow(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    return page


def test_reports_break_no_rule(reports: Reports, axe_findings: FindIn) -> None:
    for report in reports:
        assert find_all(report.page, axe_findings) == []


def test_narrow_reports_break_no_rule(reports: Reports, axe_findings: FindIn) -> None:
    for report in reports:
        page = narrow(report.page, 320)
        page.evaluate(OPEN_ALL)
        # contrast is the same however wide the page
        assert axe_findings(page, without=("color-contrast",)) == []


@pytest.mark.long
@pytest.mark.parametrize("width", WIDTHS)
def test_no_demo_report_breaks_a_rule(
    open_page: OpenPage, whole_demo: Any, axe_findings: FindIn, width: int
) -> None:
    assert len(whole_demo.pages) >= 30
    found = [each for path in whole_demo.pages for each in find_all(open_page(path, width), axe_findings)]
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_the_whole_portal_breaks_a_rule(
    open_page: OpenPage, whole_demo: Any, axe_findings: FindIn, width: int
) -> None:
    pages = sorted(whole_demo.reports.glob("*.html"))
    assert len(pages) == 5
    assert [each for path in pages for each in find_all(open_page(path, width), axe_findings)] == []


def find_all(page: Page, axe_findings: FindIn) -> list[str]:
    """Return what axe-core finds in a page as it is read first, and with everything unfolded."""
    found = axe_findings(page)
    page.evaluate(OPEN_ALL)
    # thousands of cells in two colours: contrast is measured where the page is read first
    return found + axe_findings(page, without=("color-contrast",))


def test_headings_come_in_order(reports: Reports) -> None:
    for report in reports:
        levels = report.page.evaluate(HEADINGS)
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in pairwise(levels)), report.path.name


def test_language_and_title_are_said(reports: Reports) -> None:
    for report in reports:
        assert report.page.evaluate("document.documentElement.lang") == "en-GB"
        assert report.page.inner_text("h1") in report.page.title()


def test_every_chart_has_its_words_and_its_data(reports: Reports) -> None:
    assert [found for report in reports for found in report.page.evaluate(BARE_CHARTS)] == []


def test_zoomed_to_400_percent_nothing_is_lost(reports: Reports) -> None:
    for report in reports:
        wide = words_of(report.page)
        zoomed = narrow(report.page, 320)
        assert zoomed.evaluate(OVERFLOW) <= 0
        assert words_of(zoomed) == wide


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_wide_scrolls_in_its_own_named_box(reports: Reports, width: int) -> None:
    for report in reports:
        page = narrow(report.page, width)
        page.evaluate(OPEN_ALL)
        assert page.evaluate(OVERFLOW) <= 0, report.path.name
        assert page.evaluate(LOOSE_SCROLLERS) == []


def test_wider_spacing_of_text_breaks_nothing(reports: Reports) -> None:
    for report in reports:
        page = narrow(report.page, 320)
        page.evaluate(SPACE, SPACED)
        assert page.evaluate("getComputedStyle(document.querySelector('p')).wordSpacing") != "0px"
        assert page.evaluate(OVERFLOW) <= 0, report.path.name
        page.evaluate(SPACE, "")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page: OpenPage, demo: Any) -> None:
    page = open_page(demo.pages[0])
    stops = []
    for _ in range(page.evaluate(FOCUSABLE)):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(VISIBLE_FOCUS))
    assert [stop["key"] for stop in stops if stop["body"] or not (stop["ringed"] and stop["inside"])] == []
    assert stops[0]["key"].startswith("A #content")


def test_the_skip_link_passes_the_head_of_the_page(open_page: OpenPage, demo: Any) -> None:
    page = open_page(demo.pages[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_data_behind_a_chart_open_by_keyboard(open_page: OpenPage, demo: Any) -> None:
    page = open_page(demo.pages[0])
    summary = page.locator("details summary").first
    table = page.locator("details table").first
    assert not table.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    table.wait_for(state="visible")

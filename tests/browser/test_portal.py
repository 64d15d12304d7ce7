"""The portal as a reader uses it, from a folder: search, links, two periods side by side, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpers.runner.history.store import Entry, Run, State
from helpers.runner.portal.listing import Listed, Status, sort_newest_first
from helpers.runner.portal.runs import runs_page
from helpers.runner.portal.update import listing_pages, statement_page, write_pages
from helpers.runner.publisher import Publisher
from helpers.theme import Theme

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
FindIn = Callable[..., list[str]]

FILES = ("index.html", "all.html", "compare.html", "runs.html", "accessibility.html")
WIDTHS = (1280, 320)
MONTHS = ("2026-03", "2026-02", "2026-01")
TRUSTS = 40
REPORT = "<!DOCTYPE html><html lang='en-GB'><title>{0}</title><h1>{0}</h1><p><a href='#x'>x</a></p><h2 id='x'>x</h2>"
BEGAN, ENDED = "2026-04-01T06:00:00+00:00", "2026-04-01T06:01:05+00:00"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = """() => {
  const now = document.activeElement, style = getComputedStyle(now), box = now.getBoundingClientRect();
  return { id: now.id || now.innerText.slice(0, 40), ringed: parseFloat(style.outlineWidth) >= 2,
           inside: box.bottom > 0 && box.top < innerHeight, body: now === document.body };
}"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal of 120 reports in every state, with a page for each."""
    folder = tmp_path_factory.mktemp("portal") / "board reports"  # as on a file share, with a space
    listed = sort_newest_first(make_report(number, month) for number in range(TRUSTS) for month in MONTHS)
    run = Run("run1", "run", BEGAN, ENDED, "", states={State.FAILED: 1})
    failed = Entry("run1", "stay", "SYN001", State.FAILED, step="execute")
    pages = [
        *listing_pages(listed),
        runs_page(
            [run], {"run1": [failed]}, {"stay/SYN001"}, late=["board-pack: due 8 April 2026, 06:00, missed"]
        ),
        statement_page(Publisher(name="Trust", email="a@example.org", prepared="2026-11-02")),
    ]
    write_pages(pages, folder, theme=Theme())
    for each in listed:
        for path in map(folder.joinpath, each.outputs.values()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(REPORT.format(f"{each.report} {each.period}"), "utf-8")
    return folder


def make_report(number: int, month: str) -> Listed:
    status = tuple(Status)[number % len(Status)] if month == MONTHS[0] else Status.CURRENT
    path = f"{month}/stay/SYN{number:03d}"
    gone = status is Status.WITHDRAWN
    return Listed(
        report=f"stay/SYN{number:03d}",
        title="Length of stay" if number % 2 else "Missed appointments",
        organisation=f"Synthetic {'Çedar' if number == 7 else 'Trust'} {number} (SYN{number:03d})",
        period=month,
        status=status,
        note="on 2 May 2026: wrong figures" if gone else "",
        published=date(2026, 4, 1) - timedelta(days=number),
        outputs={} if gone else {"html": f"{path}.html", "pdf": f"{path}.pdf"},
        groups=(("ICB", f"NHS Board {number % 4}"),),
        previous="" if month == MONTHS[-1] or gone else MONTHS[MONTHS.index(month) + 1],
        synthetic=number == 3,
        headline="" if gone else f"Patients stay {number}% longer than elsewhere & <others>.",
    )


def said(page: Page) -> str:
    return page.inner_text("#count")


def shown(page: Page) -> int:
    return page.locator("#reports > li").count()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("file", FILES)
def test_the_pages_break_no_rule(
    open_page: OpenPage, portal: Path, axe_findings: FindIn, file: str, width: int
) -> None:
    page = open_page(portal / file, width)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert axe_findings(page) == []
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("file", FILES)
def test_zoomed_to_400_percent_nothing_is_lost(open_page: OpenPage, portal: Path, file: str) -> None:
    wide, zoomed = open_page(portal / file), open_page(portal / file, 320, device_scale_factor=4)
    for page in (wide, zoomed):
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert zoomed.evaluate(OVERFLOW) <= 0
    assert sorted(zoomed.inner_text("body").split()) == sorted(wide.inner_text("body").split())


def test_the_search_finds_by_trust_code_report_period_and_group(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    assert said(page) == "120 reports, the newest first."
    for words, found in {
        "trust 15": 3,
        "SYN015": 3,
        "syn015 february": 1,
        "cedar": 3,  # Ç is found as c
        "syn015 board": 3,
        "missed appointments": 60,
        "<script>": 0,
    }.items():
        page.fill("#words", words)
        assert shown(page) == min(found, 50)
        noun = "report" if found == 1 else "reports"
        assert said(page).startswith(f"{found} {noun} of 120" if found else "No report is found")


@pytest.mark.parametrize(
    ("field", "choice", "found"),
    [
        ("Report", "Length of stay", 60),
        ("Organisation", "Synthetic Trust 12 (SYN012)", 3),
        ("ICB", "NHS Board 1", 30),
        ("Period", "March 2026", 40),
        ("State", "Withdrawn", 5),
        ("State", "Held", 6),
        ("State", "Not renewed", 6),
        ("State", "Out of date", 5),
    ],
)
def test_choices_narrow_the_list(
    open_page: OpenPage, portal: Path, field: str, choice: str, found: int
) -> None:
    page = open_page(portal / "index.html")
    page.get_by_label(field, exact=True).select_option(label=choice)
    assert said(page) == f"{found} reports of 120 found."


def test_what_the_script_writes_is_what_stood_there_before(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    before = page.locator("#reports").inner_html()
    page.fill("#words", "xyz")
    assert shown(page) == 0
    page.get_by_role("button", name="Clear the search").click()
    after = page.locator("#reports").inner_html()
    assert re.sub(r">\s+<", "><", after) == re.sub(r">\s+<", "><", before.strip())
    assert page.evaluate("document.activeElement.id") == "words"


def test_more_reports_come_on_request_and_the_keyboard_goes_on_from_there(
    open_page: OpenPage, portal: Path
) -> None:
    page = open_page(portal / "index.html")
    more = page.get_by_role("button", name="Show more reports")
    assert shown(page) == 50
    more.focus()
    page.keyboard.press("Enter")
    assert shown(page) == 100
    place = "[...document.querySelectorAll('#reports > li')].indexOf(document.activeElement.closest('li'))"
    assert page.evaluate(place) == 50
    more.click()
    assert shown(page) == 120
    assert not more.is_visible()


def test_the_order_can_be_chosen(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    page.get_by_label("Order").select_option("organisation")
    names = page.locator("#reports .who").all_inner_texts()
    assert names == sorted(names, key=lambda name: name.replace("Ç", "C"))
    page.get_by_label("Order").select_option("published")
    assert page.locator("#reports .who").first.inner_text().startswith("Synthetic Trust 0 ")


def test_a_search_can_be_passed_on_by_its_address(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    page.fill("#words", "trust 1")
    page.get_by_label("Period").select_option("2026-01")
    anchor = "#" + page.url.partition("#")[2]
    again = open_page(portal / "index.html", anchor=anchor)
    assert said(again) == said(page)
    assert again.input_value("#words") == "trust 1"
    other = open_page(portal / "index.html", anchor="#period=1066-10&state=%3Cb%3E")
    assert said(other) == "120 reports."


def test_links_lead_to_the_reports_and_back(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    page.fill("#words", "syn015 march")
    page.locator("#reports .what a").click()
    page.wait_for_load_state()
    assert page.inner_text("h1") == "stay/SYN015 2026-03"
    page.go_back()
    page.locator("#words").wait_for()
    assert said(page) == "1 report of 120 found."


def test_every_page_leads_to_every_other(open_page: OpenPage, portal: Path) -> None:
    for file in FILES:
        page = open_page(portal / file)
        links = page.eval_on_selector_all("header a, footer a", "all => all.map(each => each.href)")
        assert {link.rsplit("/", 1)[1] for link in links} == {*FILES, f"{file}#content"} - {
            f"{file}#content"
        }


def test_two_periods_stand_side_by_side(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    page.fill("#words", "syn015 march")
    page.get_by_role("link", name="Compare with").click()
    page.wait_for_load_state()
    for side, month in (("left", "2026-02"), ("right", "2026-03")):
        frame = page.frame_locator(f"#{side}-frame")
        assert frame.locator("h1").inner_text() == f"stay/SYN015 {month}"
    assert page.locator("#left-frame").get_attribute("title") == (
        "February 2026: Length of stay, Synthetic Trust 15 (SYN015) (stay/SYN015)"
    )
    page.get_by_label("On the left").select_option("2026-01")
    page.frame_locator("#left-frame").get_by_text("stay/SYN015 2026-01").wait_for()
    assert page.url.endswith("#report=stay/SYN015&left=2026-01&right=2026-03")


def test_an_address_cannot_put_a_strange_page_in_a_frame(open_page: OpenPage, portal: Path) -> None:
    page = open_page(
        portal / "compare.html", anchor="#report=stay/SYN015&left=https://example.org/&right=../x"
    )
    sources = page.eval_on_selector_all("iframe", "all => all.map(each => each.getAttribute('src'))")
    assert sources == ["2026-02/stay/SYN015.html", "2026-03/stay/SYN015.html"]


def test_without_scripts_all_reports_can_be_read(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html", java_script_enabled=False)
    assert not page.locator("#search").is_visible()
    assert shown(page) == 50
    page.get_by_text("To search, scripts must be allowed").get_by_role("link").click()
    page.wait_for_load_state()
    assert page.locator(".reports > li").count() == 120
    page.locator(".what a").first.click()
    page.wait_for_load_state()
    assert page.inner_text("h1").endswith("2026-03")


def test_the_search_needs_no_mouse(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    stops: list[Any] = []
    while not stops or stops[-1]["id"] != "order":
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        assert len(stops) < 30
    assert [stop for stop in stops if stop["body"] or not (stop["ringed"] and stop["inside"])] == []
    order = [
        "words",
        "clear",
        "Choose and order",
        "report",
        "organisation",
        "group-0",
        "period",
        "state",
        "order",
    ]
    assert [stop["id"].removeprefix("▾ ") for stop in stops[-len(order) :]] == order
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert page.inner_text("h1").startswith("stay/")


def test_at_a_desk_the_first_reports_are_seen_without_scrolling(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html")
    third = "document.querySelectorAll('#reports > li')[2].getBoundingClientRect().bottom <= innerHeight"
    assert page.evaluate(third)


def test_on_a_telephone_the_reports_come_before_the_choices(open_page: OpenPage, portal: Path) -> None:
    page = open_page(portal / "index.html", 390)
    assert not page.get_by_label("Period").is_visible()
    page.get_by_text("Choose and order").click()
    assert page.get_by_label("Period").is_visible()


def test_the_demo_is_found_from_its_own_portal(open_page: OpenPage, demo: Any) -> None:
    page = open_page(demo.reports / "index.html")
    assert shown(page) == len(demo.pages)
    page.locator("#reports .what a").first.click()
    page.wait_for_load_state()
    assert page.locator("main h2").count() > 2


@pytest.mark.parametrize("file", FILES)
def test_the_demo_s_portal_breaks_no_rule(
    open_page: OpenPage, demo: Any, axe_findings: FindIn, file: str
) -> None:
    assert axe_findings(open_page(demo.reports / file)) == []

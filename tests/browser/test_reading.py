"""A report as a reader uses it: contents, tables, the data behind a chart, printing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import pypdfium2

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
Reports = list[Any]

# of each chart the address of its data, the heads of its table without spaces, and its number of rows
BEHIND = """[...document.querySelectorAll('details.data-behind')].map(each => [
  each.querySelector('a[download]').getAttribute('href'),
  [...each.querySelectorAll('thead th')].map(head => head.textContent.replace(/\\s/g, '')),
  each.querySelectorAll('tbody tr').length,
])"""


MISSING = "all => all.filter(each => !document.getElementById(decodeURIComponent(each.slice(1))))"


def test_the_contents_lead_to_their_sections(reports: Reports) -> None:
    followed = 0
    for report in reports:
        page = report.page
        targets = page.eval_on_selector_all("#TOC a", "all => all.map(each => each.getAttribute('href'))")
        if not targets:  # a short report has no contents
            continue
        followed += 1
        assert page.evaluate(MISSING, targets) == []
        page.bring_to_front()  # a page behind others is drawn once a second
        page.locator("#TOC a").last.click()
        heading = page.locator(f"[id='{targets[-1][1:]}']")
        assert heading.evaluate("each => each.getBoundingClientRect().top < innerHeight")
    assert followed


def test_every_report_leads_to_the_statement(open_page: OpenPage, reports: Reports) -> None:
    for report in reports:
        address = report.page.get_by_role("link", name="Accessibility statement").evaluate(
            "each => each.href"
        )
        assert Path(unquote(urlsplit(address).path)).samefile(report.path.parents[2] / "accessibility.html")
    page = open_page(reports[0].path)
    page.get_by_role("link", name="Accessibility statement").click()
    page.wait_for_load_state()
    assert page.inner_text("h1") == "Accessibility statement"


def test_every_link_within_a_report_has_its_target(reports: Reports) -> None:
    within = "all => all.map(each => each.getAttribute('href'))"
    for report in reports:
        links = report.page.eval_on_selector_all('a[href^="#"]', within)
        assert report.page.evaluate(MISSING, links) == [], report.path.name


def test_the_data_behind_a_chart_come_as_a_file(reports: Reports) -> None:
    downloaded = 0
    for report in reports:
        page = report.page
        charts = page.locator("details.data-behind")
        assert page.locator("details a[download]").count() == charts.count()
        for link, heads, rows in page.evaluate(BEHIND):
            first, *others = csv.reader(io.StringIO(unquote(link.partition(",")[2]).removeprefix("\ufeff")))
            assert ["".join(each.split()) for each in first] == heads
            assert len(others) == rows
        # one of each report: a browser takes ten downloads in a row for a flood
        page.bring_to_front()
        for chart in charts.all()[:1]:
            chart.locator("summary").click()
            with page.expect_download() as waiting:
                chart.locator("a[download]").click()
            assert waiting.value.suggested_filename.endswith(".csv")
            address = chart.locator("a[download]").get_attribute("href") or ""
            assert Path(waiting.value.path()).read_bytes() == unquote_to_bytes(address.partition(",")[2])
            downloaded += 1
    assert downloaded


def test_a_report_prints_whole(reports: Reports, tmp_path: Path) -> None:
    for report in reports:
        page = report.page
        headings = page.locator("main h2").all_inner_texts()
        page.pdf(path=tmp_path / "printed.pdf", format="A4", prefer_css_page_size=True)
        with pypdfium2.PdfDocument(tmp_path / "printed.pdf") as printed:
            texts = [sheet.get_textpage().get_text_bounded() for sheet in printed]
        words = "".join("".join(texts).split())
        assert all(text.strip() for text in texts), "an empty sheet"
        assert [each for each in headings if "".join(each.split()) not in words] == []
        assert "Databehindthis" not in words  # what is opened by a click does not print closed


def test_a_report_needs_no_script(open_page: OpenPage, reports: Reports) -> None:
    for report in reports:
        assert report.page.locator("script").count() == 0
    plain = open_page(reports[0].path, java_script_enabled=False)
    assert plain.inner_text("main") == reports[0].page.inner_text("main")


def test_a_report_looks_for_nothing_elsewhere_and_complains_of_nothing(reports: Reports) -> None:
    for report in reports:
        assert [each for each in report.asked if not each.startswith(("data:", report.path.as_uri()))] == []

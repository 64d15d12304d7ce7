"""A report as a reader uses it: contents, tables, the data behind a chart, printing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]


def test_the_contents_lead_to_their_sections(open_page: OpenPage, demo: Any) -> None:
    followed = 0
    for path in demo.pages:
        page = open_page(path)
        targets = page.eval_on_selector_all("#TOC a", "all => all.map(each => each.getAttribute('href'))")
        if not targets:  # a short report has no contents
            continue
        followed += 1
        missing = "all => all.filter(each => !document.getElementById(each.slice(1)))"
        assert page.evaluate(missing, targets) == []
        page.locator("#TOC a").last.click()
        heading = page.locator(f"[id='{targets[-1][1:]}']")
        assert heading.evaluate("each => each.getBoundingClientRect().top < innerHeight")
    assert followed


def test_every_report_leads_to_the_statement(open_page: OpenPage, demo: Any) -> None:
    for path in demo.pages:
        page = open_page(path)
        page.get_by_role("link", name="Accessibility statement").click()
        page.wait_for_load_state()
        assert page.inner_text("h1") == "Accessibility statement"


def test_every_link_within_a_report_has_its_target(open_page: OpenPage, demo: Any) -> None:
    missing = """[...document.querySelectorAll('a[href^="#"]')].map(each => each.getAttribute('href').slice(1))
      .filter(id => !document.getElementById(decodeURIComponent(id)))"""
    for path in demo.pages:
        assert open_page(path).evaluate(missing) == [], path.name


def test_the_data_behind_a_chart_come_as_a_file(open_page: OpenPage, demo: Any) -> None:
    downloaded = 0
    for path in demo.pages:
        page = open_page(path)
        links = page.locator("details a[download]")
        assert links.count() == page.locator("details.data-behind").count()
        downloaded += links.count()
        for place in range(links.count()):
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            link = links.nth(place)
            with page.expect_download() as waiting:
                link.click()
            download = waiting.value
            assert download.suggested_filename.endswith(".csv")
            text = Path(download.path()).read_text("utf-8-sig")
            heads, *rows = csv.reader(io.StringIO(text))
            table = link.locator("xpath=ancestor::details[1]").locator("table").first
            assert [" ".join(head.split()) for head in heads] == [
                " ".join(head.split()) for head in table.locator("thead th").all_inner_texts()
            ]
            assert len(rows) == table.locator("tbody tr").count()
    assert downloaded


def test_a_report_prints_whole(open_page: OpenPage, demo: Any, tmp_path: Path) -> None:
    for path in demo.pages:
        page = open_page(path)
        headings = page.locator("main h2").all_inner_texts()
        page.pdf(path=tmp_path / "printed.pdf", format="A4", prefer_css_page_size=True)
        with pypdfium2.PdfDocument(tmp_path / "printed.pdf") as printed:
            texts = [sheet.get_textpage().get_text_bounded() for sheet in printed]
        words = "".join("".join(texts).split())
        assert all(text.strip() for text in texts), "an empty sheet"
        assert [each for each in headings if "".join(each.split()) not in words] == []
        assert "Databehindthis" not in words  # what is opened by a click does not print closed


def test_a_report_needs_no_script(open_page: OpenPage, demo: Any) -> None:
    for path in demo.pages:
        page, plain = open_page(path), open_page(path, java_script_enabled=False)
        assert plain.inner_text("main") == page.inner_text("main")


def test_a_report_looks_for_nothing_elsewhere(open_page: OpenPage, demo: Any) -> None:
    for path in demo.pages:
        page = open_page(path)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.reload()
        assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []

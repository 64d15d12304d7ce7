"""A hostile trust, measure or comment is shown as text or refused, in every format."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from nbformat import v4

from helpers.bundle import MIME, Bundle, Column, Panel, ReportFacts
from helpers.errors import GateError, UserError
from helpers.report.shown import draw, picture_of
from helpers.runner.document.making import Document, Provenance, make_document
from helpers.runner.document.writing import spreadsheet_cell, write_csv
from helpers.runner.gate import check_document
from helpers.runner.history.entries import Entry, State
from helpers.runner.portal.listing import describe
from helpers.runner.portal.page import PAGES, write_page
from helpers.runner.portal.update import listing_pages
from helpers.runner.project import Project
from helpers.runner.publish.switching import stage
from helpers.runner.render import render
from helpers.theme import Theme, read_theme
from helpers.theme.look import STATEMENT

ROOT = Path(__file__).parents[1]
HOSTILE = [
    "<script>alert(1)</script>",
    "](javascript:alert(1)) [x](javascript:alert(1))",
    '#image("/etc/passwd")',
    "=cmd|'/c calc'!A1",
    "../../x",
    "safe\u202egnp.exe",
    "$x^2$ `raw`{=html} ::: @fig-stay {{< include /etc/passwd >}}",
    "\"onload=alert(1) x='",
    "</title><img src=x onerror=alert(1)>",
    "| a | b |\n|---|---|",
]

ICON_COLUMNS = (Column(label="Measure"), Column(label="Change", kind="icon"))


def document(name: str) -> Document:
    """A report in which the name stands wherever words from data can stand."""
    facts = ReportFacts(
        title=name, organisation_code="SYN07", organisation_name=name, period_label=name,
        period_folder="undated", synthetic=True, groups=((name, name),),
    )  # fmt: skip
    columns = (Column(label=name, unit=name), Column(label="Patients", kind="count"))
    words = {"caption": name, "columns": columns, "rows": ((name, 10),)}
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"><path d="M0 0L9 9"/></svg>'
    shown = [
        ({}, Bundle(kind="report", id="report", report=facts)),
        ({"image/svg+xml": svg}, Bundle(kind="figure", id="fig-stay", alt=name, **words)),
        ({}, Bundle(kind="table", id="tbl-stay", **words)),
        ({}, Bundle(kind="heading", id="sec-name", caption=name)),
        ({}, Bundle(kind="panels", id="what", panels=(Panel(title=name, icon=name), Panel(icon=name)))),
        (
            {},
            Bundle(kind="table", id="tbl-icons", caption=name, columns=ICON_COLUMNS, rows=((name, name),)),
        ),
    ]
    cells = [v4.new_markdown_cell("# Stay\n\n## Result\n\nWhat we see.")]
    for more, bundle in shown:
        data: dict[str, Any] = {MIME: bundle.model_dump(mode="json"), "text/plain": "x", **more}
        output = v4.new_output("display_data", data=data)
        cells.append(v4.new_code_cell("x", execution_count=1, outputs=[output]))
    provenance = Provenance("run", "stay.ipynb", "code", parameters={"comment": name})
    return make_document(v4.new_notebook(cells=cells), provenance=provenance)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def assert_harmless(page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag != "script"
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src"):
            target = attributes.get(name) or ""
            if name == "href" and "download" in attributes:  # a table to keep, never to open
                assert target.startswith("data:text/csv;charset=utf-8,%EF%BB%BF"), target
            else:
                assert target.startswith(("#", "data:image/", "data:font/")) or target in {"", STATEMENT}, (
                    target
                )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_html_pdf_and_word(name: str, tmp_path: Path) -> None:
    theme = read_theme(ROOT / "_quarto.yml")
    files = render(document(name), ("html", "pdf", "docx"), theme=theme, folder=tmp_path)
    page = Page(files["html"].read_text("utf-8"))
    assert_harmless(page)
    letters = "".join(ch for ch in name if ch.isalnum())
    assert letters in "".join(ch for ch in page.words if ch.isalnum())
    assert "\u202e" not in page.words
    text = "".join(each.get_textpage().get_text_bounded() for each in pypdfium2.PdfDocument(files["pdf"]))
    assert letters in "".join(ch for ch in text if ch.isalnum())
    assert "root:" not in text
    with pikepdf.open(files["pdf"]) as pdf:
        addresses = [
            str(o["/URI"]) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/URI" in o
        ]
    assert addresses == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_office_files(name: str, tmp_path: Path) -> None:
    theme = read_theme(ROOT / "_quarto.yml")
    files = render(document(name), ("docx", "pptx"), theme=theme, folder=tmp_path)
    letters = "".join(ch for ch in name if ch.isalnum())
    for path in files.values():
        with zipfile.ZipFile(path) as package:
            parts = {
                part: package.read(part).decode()
                for part in package.namelist()
                if "xml" in part or "rels" in part
            }
        links = [part for part, text in parts.items() if 'TargetMode="External"' in text]
        assert not links, links
        words = unescape("".join(re.sub(r"<[^>]+>", "", text) for text in parts.values()))
        assert letters in "".join(ch for ch in words if ch.isalnum())
        assert "root:" not in words
        assert "\u202e" not in words


def test_a_name_of_a_megabyte_is_refused_before_it_is_rendered(tmp_path: Path) -> None:
    job: Any = SimpleNamespace(title="stay/SYN07", organisations=("SYN07",))
    with pytest.raises(GateError, match="a text of 1,000,000 letters") as error:
        check_document(document("x" * 1_000_000), job, Project(tmp_path))
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "bundle",
    [
        Bundle(kind="panels", id="what", panels=(Panel(title="x" * 1_000_000),)),
        Bundle(kind="panels", id="what", panels=(Panel(title="What", icon="x" * 1_000_000),)),
        Bundle(kind="heading", id="sec-x", caption="x" * 1_000_000),
        Bundle(kind="text", id="x", markdown="x" * 1_000_000),
    ],
)
def test_a_megabyte_is_refused_in_every_field(bundle: Bundle, tmp_path: Path) -> None:
    job: Any = SimpleNamespace(title="stay/SYN07", organisations=("SYN07",))
    made = document("Stay")
    with pytest.raises(GateError, match="a text of 1,000,000 letters"):
        check_document(replace(made, bundles=(*made.bundles, bundle)), job, Project(tmp_path))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_the_portal(name: str) -> None:
    facts = ReportFacts(
        title=name,
        organisation_code="SYN07",
        organisation_name=name,
        period_label="",
        period_folder="undated",
        synthetic=False,
    )
    entry = Entry("run", "stay", "SYN07", State.PUBLISHED, facts=facts)
    search, plain, _ = listing_pages(describe([entry], {}, {}, today=date(2026, 10, 14)))
    for made, scripts in ((search, 2), (plain, 0)):
        page = Page(write_page(made, Theme()))
        # besides the portal's own links, and the script with its data, the page is harmless
        own = [tag for tag in page.tags if tag[0] == "script" or tag[1].get("href") in PAGES]
        assert len([tag for tag, _ in own if tag == "script"]) == scripts
        page.tags = [tag for tag in page.tags if tag not in own]
        assert_harmless(page)
        assert "".join(name.split()) in "".join(page.words.split())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_drawn_in_a_chart(name: str) -> None:
    from matplotlib.figure import Figure

    def chart() -> Figure:
        figure = Figure(figsize=(3, 2))
        axes = figure.add_subplot()
        axes.set_title(name)
        axes.plot([1, 2], label=name)
        axes.legend()
        return figure

    svg = picture_of(draw(chart))
    assert_harmless(Page(svg.partition("<svg")[2]))
    assert "<script" not in svg


@pytest.mark.parametrize("name", [*HOSTILE, "+1+cmd", "@SUM(A1)", "-2+3", "\t=1", "＝1", "%0A=1"])
def test_a_hostile_name_is_no_formula_in_a_spreadsheet(name: str) -> None:
    ((heading, _), (cell, number)) = csv.reader(io.StringIO(write_csv([name, "n"], [(name, -2.5)])))
    assert heading == cell == spreadsheet_cell(name)
    assert not cell.startswith(("=", "+", "-", "@", "|", "%", "＝", "\t"))
    assert number == "-2.5"


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a/../../x", "<b>", "x\u202e", "y" * 300])
def test_a_hostile_place_is_refused(name: str, tmp_path: Path) -> None:
    source = tmp_path / "report.html"
    source.write_text("x")
    reports = tmp_path / "reports"
    with pytest.raises((UserError, OSError)):
        stage({"html": source.read_bytes()}, reports, PurePosixPath("2026-05", "stay", name), "run1")
    assert list(tmp_path.rglob("*.html")) == [source]

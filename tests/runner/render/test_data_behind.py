"""The data behind each chart, as a table and as a file; and the order in which the PDF is read."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import unquote

import pikepdf
import pypdfium2
import pytest

from helpers.bundle import Bundle, Column, Panel
from helpers.runner.render import render
from helpers.runner.render.offline import find_remote
from helpers.theme import Theme

COLUMNS = (
    Column(label="Trust", kind="text"), Column(label="Stay", kind="rate", unit="days", digits=1),
    Column(label="Variation", kind="icon"),
)  # fmt: skip
ROWS = (
    ('=HYPERLINK("https://example.org")', 4.25678, "concern_high"),
    ('Ynys Môn, "north"', "*", "common_cause"),
    ("+cmd", -1234.5, None),
    ("@x", None, "unknown"),
)


@pytest.fixture
def rendered(document_of, tmp_path):
    def run(maker, name="html"):
        return render(document_of(maker), [name], theme=Theme(), folder=tmp_path)[name]

    return run


def files_in(page):
    """Name and rows of each file that a page offers."""
    found = re.findall(
        r'<a class="csv" download="([^"]*)" href="data:text/csv;charset=utf-8,([^"]*)"', page
    )
    return {name: list(csv.reader(io.StringIO(unquote(unescape(data))))) for name, data in found}


def test_the_page_offers_the_data_as_a_file_that_no_spreadsheet_runs(notebook, rendered):
    page = rendered(notebook.figure(columns=COLUMNS, rows=ROWS)).read_text("utf-8")
    rows = files_in(page)["fig-stay.csv"]
    assert rows[0] == ["\ufeffTrust", "Stay (days)", "Variation"]
    assert rows[1] == ['\'=HYPERLINK("https://example.org")', "4.3", "worsening, higher"]
    assert rows[2] == ['Ynys Môn, "north"', "*", "no change"]
    assert rows[3] == ["'+cmd", "-1234.5", ""]
    assert rows[4] == ["'@x", "", "unknown"]
    assert find_remote(page) == []


def test_no_digit_is_in_the_file_that_is_not_on_the_page(notebook, rendered):
    assert "25678" not in rendered(notebook.figure(columns=COLUMNS, rows=ROWS)).read_text("utf-8")


def test_a_link_to_anything_but_a_table_is_still_refused():
    for target in ("data:text/html,<script>", "javascript:alert(1)", "file:///etc/passwd", "data:text/csv"):
        assert find_remote(f'<a href="{target}">x</a>'), target
    assert find_remote('<iframe src="data:text/csv;charset=utf-8,a"></iframe>')


def pdf_words(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_the_pdf_ends_with_the_data_only_where_they_are_asked_for(notebook, rendered):
    notebook.figure(columns=COLUMNS, rows=ROWS)
    assert "Annex" not in pdf_words(rendered(notebook, "pdf"))
    words = pdf_words(rendered(notebook.raw("---\ndata-annex: true\n---"), "pdf"))
    assert words.index("About this report") < words.index(
        "Annex: data behind the charts", words.index("Notebook")
    )
    assert "Data behind Figure 1" in words
    assert "1,234.5" in words


def reading_order(path):
    """The tags of a PDF in the order in which a screen reader goes through them, with headings' and alt texts."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            alt = str(node.Alt) if "/Alt" in node else ""
            found.append((str(node.S).lstrip("/"), alt))
            walk(node.get("/K"))

    with pikepdf.open(path) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return found


def test_the_pdf_is_read_in_the_order_of_the_page(notebook, rendered):
    notebook.text("Attention.\n\nMore.", "headline").markdown("## One\n\nWords.").figure(alt="first chart")
    notebook.bundle(
        Bundle(
            kind="panels",
            id="p",
            panels=(Panel(title="What", markdown="x"), Panel(title="Why", markdown="y")),
        )
    )
    notebook.table().markdown("## Two\n\n### Within").figure("fig-two", alt="second chart")
    order = reading_order(rendered(notebook, "pdf"))
    tags = [tag for tag, _ in order]
    wanted = ["Title", "H1", "Figure", "Table", "H1", "H2", "Figure", "H1"]
    assert [tag for tag in tags if tag in {"Title", "H1", "H2", "Figure", "Table"}] == wanted
    assert [alt for _, alt in order if alt] == ["first chart", "second chart"]
    assert "TOC" not in tags  # a report of few pages needs no contents

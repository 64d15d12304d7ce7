"""PDF: tagged, titled, on paper that holds it; and what both HTML and PDF hold."""

from __future__ import annotations

import re

import pikepdf
import pypdfium2

from helpers.bundle import Column
from helpers.runner.batch.signing import as_draft

from .reading import page_of, pdf_pages, pdf_text, structure


def test_pdf_is_tagged_titled_and_in_english(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        tags, alts = structure(pdf)
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title) == "Length of stay"
        assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF boolean
        assert "/Suspects" not in pdf.Root.MarkInfo  # pdfinfo calls it an error
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert alts == ["Line chart. The mean falls from 5 to 4 days.", 'Second "chart" \\ with <marks>']
    assert tags["Title"] == 1
    assert (tags["H1"], tags["H2"]) == (3, 1)
    assert (tags["Table"], tags["TOCI"], tags["Figure"]) == (1, 0, 2)
    assert tags["TH"] == 2


def test_pdf_says_the_same_as_the_page(full, rendered):
    text = " ".join(pdf_text(rendered(full, "pdf")["pdf"]).replace("\u00a0", " ").split())
    for words in (
        "1 Where to look",
        "2.1 Deeper",
        "Section 2, Section 2.1, Table 1, 2 and Figure 1, Figure 2.",
        "Figure 2: Mean stay by month",
        "Table 1: Stay by specialty",
        "1,250",
        "How to read",
    ):
        assert words in text
    assert "Data behind" not in text


def test_pdf_pages_are_numbered_and_named(full, rendered):
    pages = pdf_pages(rendered(full, "pdf")["pdf"])
    for number, page in enumerate(pages, start=1):
        assert f"{number} of {len(pages)}" in page
    assert all("Length of stay" in page and "Synthetic Northmoor" in page for page in pages)


def test_pdf_uses_the_fonts_of_the_package_alone(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        names = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert names
    assert all("SourceSansPro" in name for name in names)


def test_pdf_is_a4(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        width, height = (float(x) for x in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (595, 842)


def test_a_long_table_repeats_its_header_and_cuts_no_row(notebook, rendered):
    rows = tuple(
        (
            f"Row {n} has words enough to fill more than one line of this narrow column, end{n}.",
            n,
        )
        for n in range(1, 121)
    )
    path = rendered(notebook.table(rows=rows), "pdf")["pdf"]
    pages = [" ".join(page.split()) for page in pdf_pages(path) if "Row " in page]  # a header may wrap
    assert len(pages) > 2
    assert all("Specialty" in page and "Beds (beds)" in page for page in pages)
    for page in pages:
        starts, ends = re.findall(r"Row (\d+) ", page), re.findall(r"end(\d+)\.", page)
        assert starts == ends


def test_a_wide_table_stays_on_the_paper(notebook, rendered):
    columns = (
        Column(label="Specialty"),
        *(
            Column(label=f"Standardised value {n}", kind="model", unit="bed-days", digits=1)
            for n in range(9)
        ),
    )
    rows = tuple(("Oral and maxillofacial surgery", *[1234567.8] * 9) for _ in range(3))
    path = rendered(notebook.table(columns=columns, rows=rows), "pdf", "html")["pdf"]
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0].get_textpage()
        right_edges = [page.get_charbox(place)[2] for place in range(page.count_chars())]
        assert page.get_text_range().count("1,234,567.8") == 27  # no number is broken
    assert max(right_edges) < 595


def test_thirty_figures_come_out(notebook, rendered):
    for number in range(30):
        notebook.markdown(f"## Part {number}\n\nSee @fig-n{number}.").figure(
            f"fig-n{number}", alt=f"Chart {number}"
        )
    files = rendered(notebook, "html", "pdf")
    with pikepdf.open(files["pdf"]) as pdf:
        assert structure(pdf)[1] == [f"Chart {n}" for n in range(30)]
    page = page_of(files["html"])
    assert page.tags["img"] == 30
    assert page.all("figcaption")[-1].startswith("Figure 30:")


def test_a_table_without_rows_comes_out(notebook, rendered):
    files = rendered(notebook.table(rows=()), "html", "pdf")
    assert "No rows" in page_of(files["html"]).all("table")[0]
    assert "No rows" in pdf_text(files["pdf"])


def test_a_report_with_nothing_but_its_facts_comes_out(notebook, rendered):
    assert rendered(notebook, "html", "pdf").keys() == {"html", "pdf"}


def test_a_report_of_more_than_eight_pages_has_contents(notebook, rendered):
    notebook.text("Attention.", "headline").markdown("## One\n\n" + "Some words. " * 5000)
    with pikepdf.open(rendered(notebook, "pdf")["pdf"]) as pdf:
        assert len(pdf.pages) > 8
        assert structure(pdf)[0]["TOCI"] == 2


def test_a_draft_bears_its_watermark_also_where_a_table_goes_on_over_pages(notebook, document_of, rendered):
    rows = tuple((f"Row {n}", n) for n in range(120))
    draft = as_draft(document_of(notebook.table(rows=rows)))
    pages = pdf_pages(rendered(draft, "pdf")["pdf"])
    assert len(pages) > 2
    assert all("Draft: not approved." in page and page.count("Draft") == 2 for page in pages)

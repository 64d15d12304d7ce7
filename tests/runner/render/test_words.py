"""Words from data are shown as they are, in every format."""

from __future__ import annotations

import re

import docx
import pikepdf
import pptx
import pytest

from helpers.bundle import Column, Source
from helpers.errors import ReportError
from helpers.runner.render.offline import find_remote

from .reading import page_of, pdf_text, plain, structure

HOSTILE = [
    "<script>alert(1)</script>",
    "](javascript:alert(1)) [x](file:///etc/passwd)",
    r"back\slash \newpage \begin{equation}",
    "*bold* _it_ **b** ~~s~~ ^u^ `code`{=html} #h",
    "a | b || c",
    "two\nlines\n\n## not a heading\n\n---\n",
    "@fig-none [@tbl-none] mail@nhs.uk",
    "$x^2$ $$y$$",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\"quoted\" 'single' {#fig-x .class} ::: {.headline}",
    "{{< env HOME >}} {{{< meta title >}}} <!-- gone? --> https://example.org/x",
    '#image("x") #read("/etc/passwd") = head <label>',
    "1. one 2) two - three + four : five",
    "Ynys Môn Ŵ ł ż ő 95 % – “x” … ½ ≥",
    "safe\u202egnp.exe \u2066turned\u2069 round",
    "North and South Moor and Mere Teaching Hospitals and Community Services of the Eastern Dales "
    "NHS Foundation Trust [*]",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_words_from_data_are_shown_as_they_are(facts, notebook, rendered, name):
    notebook.cells.clear()
    notebook.facts = facts.model_copy(
        update={"title": name, "organisation_name": name, "period_label": name}
    )
    told = Source(name=name, dataset="a/b", as_at=name, origin="records")
    columns = (Column(label=name, unit=name), Column(label=name, kind="text"))
    notebook.opened().figure(caption=name, alt=name, columns=columns, rows=((name, name),), sources=(told,))
    notebook.table(caption=name, columns=columns, rows=((name, name),))
    files = rendered(notebook, "html", "pdf")
    shown = as_shown(name)
    page = page_of(files["html"])
    text = files["html"].read_text(encoding="utf-8")
    assert find_remote(text) == []
    assert page.tags["script"] == page.tags["math"] == 0
    assert plain(page.with_tag("img")[0]["alt"]) == plain(shown)
    for tag, wanted in (
        ("h1", shown),
        ("td", shown),
        ("figcaption", f"Figure 1: {shown}"),
        ("th", f"{shown} ({shown})"),
    ):
        assert plain(wanted) in [plain(found) for found in page.all(tag)], tag
    assert page.all("h2") == ["About this report"]
    with pikepdf.open(files["pdf"]) as pdf:
        assert plain(str(pdf.docinfo.Title)) == plain(shown)
        assert [plain(alt) for alt in structure(pdf)[1]] == [plain(shown)]
    squeezed = re.sub(r"\s", "", plain(pdf_text(files["pdf"])))
    for beginning in ("Table1:", "Figure1:"):
        assert re.sub(r"\s", "", beginning + plain(shown))[:60] in squeezed


@pytest.mark.parametrize("name", HOSTILE)
def test_words_from_data_are_shown_as_they_are_in_word_and_on_slides(facts, notebook, rendered, name):
    notebook.cells.clear()
    notebook.facts = facts.model_copy(update={"title": name, "organisation_name": name})
    columns = (Column(label=name), Column(label="Beds", kind="count"))
    notebook.opened().figure(caption=name, alt=name).table(caption=name, columns=columns, rows=((name, 1),))
    files = rendered(notebook, "docx", "pptx")
    shown = plain(as_shown(name))
    word = docx.Document(str(files["docx"]))
    assert [plain(p.text) for p in word.paragraphs if p.style.name == "Title"] == [shown]
    assert f"Figure 1: {shown}" in [plain(p.text) for p in word.paragraphs]
    assert [plain(as_shown(cell.text)) for cell in word.tables[0].columns[0].cells] == [shown, shown]
    assert plain(word.inline_shapes[0]._inline.docPr.get("descr")) == shown
    assert shown in plain(word.sections[0].header.paragraphs[0].text)
    first, chart, second = pptx.Presentation(str(files["pptx"])).slides
    assert plain(first.shapes.title.text_frame.text) == shown
    assert shown.removesuffix(".") in plain(
        " ".join(s.text_frame.text for s in chart.shapes if s.has_text_frame)
    )
    assert plain(second.shapes.title.text_frame.text) == shown.removesuffix(".")
    table = next(shape.table for shape in second.shapes if shape.has_table)
    assert [plain(as_shown(table.cell(row, 0).text)) for row in range(2)] == [shown, shown]


def as_shown(name):
    """On one line, without the signs that turn a name round."""
    return " ".join("".join(sign for sign in name if sign not in "\u202e\u2066\u2069").split())


def test_a_letter_that_no_font_has_is_named(notebook, rendered):
    notebook.table(rows=(("北京", 1),))
    with pytest.raises(ReportError, match="北"):
        rendered(notebook, "pdf")


@pytest.mark.parametrize("sign", "→↑↓▲▼●◆✓≥≤±×÷½°µ…–—“”•€£§")
def test_signs_that_boards_read_have_a_letter_form(notebook, rendered, sign):
    assert sign in pdf_text(rendered(notebook.table(rows=((f"a {sign} b", 1),)), "pdf")["pdf"])

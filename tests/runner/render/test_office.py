"""Word and PowerPoint: what their readers and assistive technology need."""

from __future__ import annotations

import docx
import pptx
import pytest

from helpers.bundle import Bundle, Column
from helpers.data.audit import audit_file
from helpers.runner.render import render
from helpers.theme import Theme
from helpers.theme.brand import Brand
from helpers.theme.pictures import Logo

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COLUMNS = (
    Column(label="Measure"),
    Column(label="Latest", kind="rate", digits=1),
    Column(label="Why", kind="text"),
)
LOGO = Logo(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path d="M0 0h30v10z"/></svg>',
    30,
    10,
    "North",
)


@pytest.fixture
def rendered(document_of, tmp_path):
    def run(maker, name, theme=None):
        return render(document_of(maker), [name], theme=theme or Theme(), folder=tmp_path)[name]

    return run


@pytest.fixture
def board(notebook):
    notebook.text("Two measures need attention.\n\nWaits have risen; see @tbl-matrix.", "headline")
    rows = tuple((f"Measure {n}", n / 10, "because of reasons") for n in range(5))
    notebook.table("tbl-first", caption="Something else")
    return notebook.table(
        "tbl-matrix", caption="Where to look", columns=COLUMNS, rows=rows, on_slide=True
    ).figure()


def test_word_is_a4_titled_and_in_english(board, rendered):
    word = docx.Document(str(rendered(board, "docx")))
    assert (round(word.sections[0].page_width.mm), round(word.sections[0].page_height.mm)) == (210, 297)
    assert (word.core_properties.title, word.core_properties.language) == ("Length of stay", "en-GB")
    assert [p.text for p in word.paragraphs if p.style.name == "Title"] == ["Length of stay"]
    assert [p.text for p in word.paragraphs if p.style.name == "Headline Lead"] == [
        "Two measures need attention."
    ]


def test_word_tables_repeat_their_header_and_cut_no_row(board, rendered):
    for table in docx.Document(str(rendered(board, "docx"))).tables:
        flags = [{child.tag for child in row._tr.trPr} for row in table.rows]
        assert f"{W}tblHeader" in flags[0]
        assert all(f"{W}cantSplit" in each for each in flags)
        assert not any(f"{W}tblHeader" in each for each in flags[1:])


def test_word_pictures_have_alt_texts_and_pages_their_numbers(board, rendered):
    theme = Theme(brand=Brand(name="North", logo=LOGO))
    word = docx.Document(str(rendered(board, "docx", theme)))
    assert [s._inline.docPr.get("descr") for s in word.inline_shapes] == [
        "Line chart. The mean falls from 5 to 4 days."
    ]
    section = word.sections[0]
    assert "Synthetic Northmoor" in section.header.paragraphs[0].text
    assert "North" in section.footer.paragraphs[0].text
    assert {each.text.strip() for each in section.footer._element.iter(f"{W}instrText")} == {
        "PAGE",
        "NUMPAGES",
    }
    logo = next(each for each in section.first_page_header._element.iter() if each.tag.endswith("}docPr"))
    assert logo.get("descr") == "North"


def test_word_holds_the_data_behind_charts_where_they_are_asked_for(notebook, rendered):
    columns = (Column(label="Month"), Column(label="Mean", kind="rate", digits=1))
    maker = notebook.raw("---\ndata-annex: true\n---").figure(columns=columns, rows=(("April", 4.5),))
    word = docx.Document(str(rendered(maker, "docx")))
    assert "Data behind Figure 1" in [p.text for p in word.paragraphs]
    assert [cell.text for cell in word.tables[-1].rows[1].cells] == ["April", "4.5"]


def test_powerpoint_has_two_slides_the_headline_and_the_marked_table(board, rendered):
    deck = pptx.Presentation(str(rendered(board, "pptx")))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == [
        "Length of stay",
        "Where to look",
    ]
    first = "\n".join(shape.text_frame.text for shape in deck.slides[0].shapes if shape.has_text_frame)
    assert "Two measures need attention." in first
    assert "see Table 2" in first.replace("\u00a0", " ")
    table = next(shape for shape in deck.slides[1].shapes if shape.has_table)
    assert [cell.text for cell in table.table.rows[0].cells] == ["Measure", "Latest", "Why"]
    assert len(table.table.rows) == 6
    assert table._element.nvGraphicFramePr.cNvPr.get("descr") == "Where to look"
    assert deck.core_properties.title == "Length of stay"


@pytest.mark.parametrize("name", ["docx", "pptx"])
def test_nothing_in_the_templates_looks_like_a_patient(board, rendered, name):
    theme = Theme(brand=Brand(name="North", logo=LOGO))
    assert audit_file(rendered(board, name, theme)) == []


def test_where_no_table_is_marked_the_first_is_shown(notebook, rendered):
    notebook.text("Attention.", "headline").table("tbl-a", caption="First").table("tbl-b", caption="Second")
    deck = pptx.Presentation(str(rendered(notebook, "pptx")))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == ["Length of stay", "First"]


def test_a_report_without_a_table_has_one_slide(notebook, rendered):
    deck = pptx.Presentation(str(rendered(notebook.text("Attention.", "headline"), "pptx")))
    assert len(deck.slides) == 1


def test_a_long_table_is_cut_and_says_so_and_stays_on_the_slide(notebook, rendered):
    rows = tuple((f"Measure {n}", n, "a sentence of some length that says why it is so") for n in range(40))
    notebook.table(columns=COLUMNS, rows=rows, caption="Where to look")
    deck = pptx.Presentation(str(rendered(notebook, "pptx")))
    slide = deck.slides[1]
    assert slide.shapes.title.text_frame.text == "Where to look (24 more rows in the report)"
    table = next(shape for shape in slide.shapes if shape.has_table)
    assert len(table.table.rows) == 17
    assert table.top + sum(row.height for row in table.table.rows) < deck.slide_height
    assert table.left + sum(column.width for column in table.table.columns) <= deck.slide_width


def test_icons_are_words_in_both(notebook, rendered):
    columns = (Column(label="Measure"), Column(label="Variation", kind="icon"))
    notebook.bundle(
        Bundle(kind="table", id="tbl-m", caption="C", columns=columns, rows=(("Stay", "concern_high"),))
    )
    deck = pptx.Presentation(str(rendered(notebook, "pptx")))
    table = next(shape for shape in deck.slides[1].shapes if shape.has_table)
    assert table.table.cell(1, 1).text == "worsening, higher"

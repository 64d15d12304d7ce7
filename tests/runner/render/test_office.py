"""Word and PowerPoint: what their readers and assistive technology need."""

from __future__ import annotations

from dataclasses import replace

import docx
import pptx
import pytest
from docx.shared import Mm
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE_TYPE

from helpers.bundle import Bundle, Column, Panel
from helpers.data.audit.files import audit_file
from helpers.runner.document.packing import KEPT, Edition, keep, put_in, read_kept
from helpers.runner.render import render
from helpers.theme import Theme
from helpers.theme.brand import Brand, Logo, Palette

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


def test_powerpoint_has_the_headline_the_first_chart_and_the_marked_table(board, rendered):
    deck = pptx.Presentation(str(rendered(board, "pptx")))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == ["Length of stay", "Length of stay", "Where to look"]
    chart = next(shape for shape in deck.slides[1].shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE)
    assert chart._element.nvPicPr.cNvPr.get("descr") == "Line chart. The mean falls from 5 to 4 days."
    assert chart.height > 0.5 * deck.slide_height
    first = "\n".join(shape.text_frame.text for shape in deck.slides[0].shapes if shape.has_text_frame)
    assert "Two measures need attention." in first
    assert "see Table 2" in first.replace("\u00a0", " ")
    table = next(shape for shape in deck.slides[2].shapes if shape.has_table)
    assert [cell.text for cell in table.table.rows[0].cells] == ["Measure", "Latest", "Why"]
    assert len(table.table.rows) == 6
    assert table._element.nvGraphicFramePr.cNvPr.get("descr") == "Where to look"
    assert deck.core_properties.title == "Length of stay"


def test_word_takes_the_reference_document_of_the_trust_as_it_is(board, rendered, tmp_path):
    own = docx.Document(str(Theme().folder / "reference.docx"))
    own.styles["Heading 2"].font.name, own.sections[0].left_margin = "Georgia", Mm(40)
    own.save(str(tmp_path / "own.docx"))
    palette = Palette(headings="#330072")
    theme = Theme(brand=Brand(palette=palette), references={"docx": tmp_path / "own.docx"})
    word = docx.Document(str(rendered(board, "docx", theme)))
    assert word.styles["Heading 2"].font.name == "Georgia"
    assert str(word.styles["Heading 2"].font.color.rgb) == "003087"
    widths = [sum(column.width for column in table.columns) for table in word.tables]
    assert widths == [pytest.approx(Mm(210 - 40 - 22), rel=0.001)] * 2


def test_ours_are_in_the_colours_of_the_trust(board, rendered):
    theme = Theme(brand=Brand(palette=Palette(main="#7c2855", headings="#330072", box="#f3e9f1")))
    word = docx.Document(str(rendered(board, "docx", theme)))
    assert str(word.styles["Heading 2"].font.color.rgb) == "330072"
    assert str(word.styles["Hyperlink"].font.color.rgb) == "7C2855"
    assert "F3E9F1" in word.styles["Headline"].element.xml


def test_slides_keep_to_the_room_that_the_trust_s_reference_gives_them(board, rendered, tmp_path):
    own = pptx.Presentation(str(Theme().folder / "reference.pptx"))
    layout = next(each for each in own.slide_layouts if each.name == "Title and Content")
    body = next(each for each in layout.placeholders if each.placeholder_format.idx == 1)
    body.left, body.top, body.width, body.height = Mm(60), Mm(50), Mm(200), Mm(100)
    own.save(str(tmp_path / "own.pptx"))
    theme = Theme(references={"pptx": tmp_path / "own.pptx"})
    slide = pptx.Presentation(str(rendered(board, "pptx", theme))).slides[2]
    table = next(shape for shape in slide.shapes if shape.has_table)
    assert (table.left, table.top) == (Mm(60), Mm(50))
    assert sum(column.width for column in table.table.columns) <= Mm(200)
    foot = next(
        shape for shape in slide.shapes if shape.has_text_frame and "Northmoor" in shape.text_frame.text
    )
    assert (foot.left, foot.width) == (Mm(60), Mm(200))
    assert foot.top > Mm(150)


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


@pytest.mark.parametrize("many", [40, 400])
def test_a_long_table_goes_on_over_slides_and_says_what_is_left_out(notebook, rendered, many):
    rows = tuple(
        (f"Measure {n}", n, "a sentence of some length that says why it is so") for n in range(many)
    )
    notebook.table(columns=COLUMNS, rows=rows, caption="Where to look")
    deck = pptx.Presentation(str(rendered(notebook, "pptx")))
    first, *further = list(deck.slides)[1:]
    assert first.shapes.title.text_frame.text == "Where to look"
    assert {each.shapes.title.text_frame.text for each in further} == {"Where to look, continued"}
    tables = [next(shape for shape in slide.shapes if shape.has_table) for slide in (first, *further)]
    types = [
        {run.font.size for cell in each.table.iter_cells() for run in runs_of(cell)} for each in tables
    ]
    assert types[1:] == types[:1] * len(further)  # the last, of a few rows, is no larger than the others
    for table in tables:
        assert table.top + sum(row.height for row in table.table.rows) < deck.slide_height
        assert table.left + sum(column.width for column in table.table.columns) <= deck.slide_width
        sizes = {run.font.size.pt for cell in table.table.iter_cells() for run in runs_of(cell)}
        assert min(sizes) >= 12
        assert table.table.cell(0, 0).text == "Measure"
    names = [row.cells[0].text for table in tables for row in list(table.table.rows)[1:]]
    assert names == [f"Measure {n}" for n in range(len(names))]
    assert len(names) == many or f"{many - len(names)} more rows in the report" in texts_of(further[-1])
    assert len(tables) <= 5


def test_where_a_group_goes_on_over_slides_its_heading_comes_again(notebook, rendered):
    rows = [(f"Measure {n}", n, "a sentence of some length that says why it is so") for n in range(40)]
    rows = [("Patients", None, None), *rows[:20], ("Money", None, None), *rows[20:]]
    table = Bundle(kind="table", id="tbl-m", caption="C", columns=COLUMNS, rows=tuple(rows), groups=(0, 21))
    deck = pptx.Presentation(str(rendered(notebook.bundle(table), "pptx")))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(tables) > 2
    for each in tables:
        names = [row.cells[0].text for row in each.rows]
        assert names[1] in ("Patients", "Money")
        assert names[-1].startswith("Measure")


def test_a_figure_with_words_for_a_slide_has_one_with_its_picture_and_they_are_on_no_page(
    notebook, rendered
):
    beside = [
        Panel(title="What the data say", markdown="It rose."),
        Panel(title="Why", markdown="Nobody *knows*."),
    ]
    notebook.text("Attention.", "headline").markdown("## Stay {#sec-stay}").figure(panels=tuple(beside))
    deck = pptx.Presentation(str(rendered(notebook.table(), "pptx")))
    _, slide, _ = deck.slides
    assert slide.shapes.title.text_frame.text == "Stay"
    (picture,) = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert picture._element.nvPicPr.cNvPr.get("descr") == "Line chart. The mean falls from 5 to 4 days."
    texts = [shape for shape in slide.shapes if shape.has_text_frame and shape is not slide.shapes.title]
    assert [each.text_frame.text for each in texts if each.top >= picture.top + picture.height][:2] == [
        "What the data say\nIt rose.",
        "Why\nNobody knows.",
    ]
    assert "It rose." not in rendered(notebook, "html").read_text("utf-8")


def test_each_report_of_a_pack_has_a_slide_of_its_headline_and_its_pictures(
    notebook, document_of, tmp_path
):
    notebook.text("Six days.\n\nFive before.", "headline").markdown("## Stay {#sec-stay}")
    report = document_of(notebook.figure(panels=(Panel(title="Why", markdown="Nobody *knows*."),)))
    digest = keep(report, tmp_path)
    told = ("March 2026", "stay/SYN07", "Six days.", "1 May 2026", digest)
    editions = {
        name: Edition(name, *told, kept=read_kept(tmp_path / KEPT, digest)) for name in ("First", "Second")
    }
    placed = Bundle(
        kind="editions",
        id="sections",
        markdown="*sections*",
        columns=(COLUMNS[0],),
        rows=(("First",), ("Second",)),
    )
    empty = replace(report, figures={}, bundles=(placed,))
    settings = report.markdown.partition("\n---\n")[0]
    words = f"{settings}\n---\n\n::: {{.headline}}\nTwo reports.\n:::\n\n*sections*\n"
    pack = put_in(replace(empty, markdown=words), editions)
    deck = pptx.Presentation(str(render(pack, ["pptx"], theme=Theme(), folder=tmp_path)["pptx"]))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides][1:] == [
        "First",
        "Stay",
        "Second",
        "Stay",
    ]
    first, headline, picture, *_ = map(texts_of, deck.slides)
    assert "Two reports." in first
    assert "Six days." not in first
    assert "Six days.\nFive before." in headline
    assert "Why\nNobody knows." in picture
    for place in (2, 4):
        shapes = [each.shape_type for each in deck.slides[place].shapes]
        assert shapes.count(MSO_SHAPE_TYPE.PICTURE) == 1
    assert not any('{"' in texts_of(slide) for slide in deck.slides)


def texts_of(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def runs_of(cell):
    return [run for paragraph in cell.text_frame.paragraphs for run in paragraph.runs]


def icons(notebook):
    columns = (Column(label="Measure"), Column(label="Variation", kind="icon"))
    return notebook.bundle(
        Bundle(kind="table", id="tbl-m", caption="C", columns=columns, rows=(("Stay", "concern_high"),))
    ).bundle(Bundle(kind="panels", id="i", panels=(Panel(icon="concern_high"), Panel(icon="hit_or_miss"))))


def test_icons_are_words_on_slides(notebook, rendered):
    deck = pptx.Presentation(str(rendered(icons(notebook), "pptx")))
    table = next(shape for shape in deck.slides[1].shapes if shape.has_table)
    assert table.table.cell(1, 1).text == "worsening, higher"
    assert {run.font.color.rgb for run in runs_of(table.table.cell(1, 1))} == {RGBColor(0xAD, 0x4E, 0x00)}


def test_icons_are_words_after_a_picture_that_is_decoration_in_word(notebook, rendered):
    word = docx.Document(str(rendered(icons(notebook), "docx")))
    cell = word.tables[0].rows[1].cells[1]
    assert cell.text.strip() == "worsening, higher"
    assert any("worsening, higher" in p.text and "hit or miss" in p.text for p in word.paragraphs)
    pictures = [p for p in word.element.body.iter() if p.tag.endswith("}docPr")]
    assert len(pictures) == 3
    assert all(p.get("descr") == "" and "decorative" in p.xml for p in pictures)


def test_a_row_that_heads_others_goes_across_the_slide_and_stays_with_them_in_word(notebook, rendered):
    rows = (("Patients", None, None), ("Stay", 4.5, "longer"), ("Staff", None, None), ("Sick", 5.0, "more"))
    table = Bundle(kind="table", id="tbl-m", caption="C", columns=COLUMNS, rows=rows, groups=(0, 2))
    deck = pptx.Presentation(str(rendered(notebook.bundle(table), "pptx")))
    cells = next(shape for shape in deck.slides[1].shapes if shape.has_table).table
    assert [cells.cell(row, 0).is_merge_origin for row in range(5)] == [False, True, False, True, False]
    word = docx.Document(str(rendered(notebook, "docx"))).tables[0]
    first = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in word.rows]
    assert first == [True, True, None, True, None]


def test_no_word_is_cut_in_a_table_of_many_columns_in_word(notebook, rendered):
    columns = tuple(Column(label=f"Standardised {n}") for n in range(7))
    row = ("Oral and maxillofacial surgery", *["September 2026"] * 6)
    (table,) = docx.Document(str(rendered(notebook.table(columns=columns, rows=(row,)), "docx"))).tables
    size = table.cell(1, 1).paragraphs[0].runs[0].font.size.pt
    for column, word in zip(table.columns, ("maxillofacial", *["Standardised"] * 6), strict=True):
        assert column.width.pt - 6 >= 0.55 * size * len(word)


def test_points_of_a_list_are_as_large_as_the_words_about_them_in_word(notebook, rendered):
    notebook.markdown("## Part {#sec-part}\n\nWords.\n\n- One point\n- Another").table()
    word = docx.Document(str(rendered(notebook, "docx")))
    sizes = {each.text: each.style.font.size for each in word.paragraphs}
    assert sizes["One point"] == sizes["Another"] == sizes["Words."]


def test_words_before_a_figure_go_with_it_in_word(notebook, rendered):
    notebook.markdown("## Stay {#sec-stay}\n\nFar away.\n\nOne.\n\nTwo.\n\nThree.").figure()
    word = docx.Document(str(rendered(notebook, "docx")))
    kept = {p.text: p.paragraph_format.keep_with_next for p in word.paragraphs}
    assert [kept[words] for words in ("Far away.", "One.", "Two.", "Three.")] == [None, True, True, True]

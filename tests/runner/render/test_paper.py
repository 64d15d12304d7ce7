"""How a report falls on its pages: nothing stands alone that belongs to something, nothing is cut."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from helpers.bundle import Column
from helpers.runner.render import render
from helpers.theme import Theme

LOW = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="490pt" height="180pt" viewBox="0 0 490 180">'
    '<path d="M0 0 L9 9"/></svg>'
)
TALL = LOW.replace("180", "420")
WORDS = (Column(label="Measure"), Column(label="Latest", kind="text"))


@pytest.fixture
def pages(notebook, document_of, tmp_path):
    """Return what makes the PDF of a notebook and gives the words of each page."""

    def run():
        notebook.raw("---\ntoc: false\n---")
        path = render(document_of(notebook), ["pdf"], theme=Theme(), folder=tmp_path)["pdf"]
        with pypdfium2.PdfDocument(path) as pdf:
            return [page.get_textpage().get_text_range().replace("\r\n", " ") for page in pdf]

    return run


def fill(notebook, lines: int):
    """Fill a page from its head by so many lines; one holds about 38 below the title."""
    return notebook.markdown("\n\n".join(f"Line {n}." for n in range(lines)))


def rows(count: int):
    return tuple((f"Measure {n}", f"value{n}") for n in range(count))


@pytest.mark.parametrize("lines", range(8, 34, 5))
def test_a_table_that_would_leave_a_row_or_two_on_the_next_page_is_set_tighter(
    notebook, pages, lines
) -> None:
    """The last page of a table, with whatever stands above it, never has a lone row."""
    fill(notebook, lines).table(columns=WORDS, rows=rows(30))
    with_rows = [re.findall(r"value\d+", page) for page in pages()]
    assert len([each for each in with_rows if each]) <= 2
    assert all(len(each) != 1 for each in with_rows)


@pytest.mark.parametrize("lines", range(18, 34, 3))
def test_a_heading_and_its_sentence_go_with_the_first_rows_of_their_table(notebook, pages, lines) -> None:
    fill(notebook, lines).markdown("## The heading\n\nIts sentence.").table(columns=WORDS, rows=rows(12))
    (page,) = [each for each in pages() if "The heading" in each]
    assert "Its sentence." in page
    assert page.count("value") >= 3


@pytest.mark.parametrize("lines", range(14, 34, 4))
def test_two_headings_and_the_sentence_between_them_go_with_the_figure(notebook, pages, lines) -> None:
    fill(notebook, lines).markdown("## Above\n\nBetween.\n\n### Below\n\nWhat it means.").figure(svg=LOW)
    (page,) = [each for each in pages() if "Figure 1" in each]
    assert re.search(r"Above.*Between\..*Below.*What it means\.", page)


def test_a_tall_figure_stands_after_the_table_that_follows_it(notebook, pages) -> None:
    fill(notebook, 10).markdown("## Part").figure(svg=TALL).table(
        columns=WORDS, rows=rows(14), markdown="A note."
    )
    words = " ".join(pages())
    assert (
        words.index("Table 1") < words.index("value13") < words.index("A note.") < words.index("Figure 1")
    )


def test_a_tall_figure_without_room_goes_to_the_next_page_and_its_words_go_on_before_it(
    notebook, pages
) -> None:
    fill(notebook, 20).figure(svg=TALL).markdown("The words after it.")
    first, second = pages()
    assert "The words after it." in first
    assert "Figure 1" in second


def test_a_tall_figure_takes_its_notes_with_it(notebook, pages) -> None:
    fill(notebook, 20).figure(svg=TALL, markdown="A note of *it*.").markdown("The words after it.")
    first, second = pages()
    assert "The words after it." in first
    assert second.index("Figure 1") < second.index("A note of it.")


@pytest.mark.parametrize("lines", [4, 10, 12])
def test_a_tall_figure_stands_between_its_words_where_it_has_room_as_it_is_or_a_little_smaller(
    notebook, pages, lines
) -> None:
    fill(notebook, lines).figure(svg=TALL).markdown("The words after it.")
    words = pages()[0]
    assert words.index(f"Line {lines - 1}.") < words.index("Figure 1")
    if "The words after it." in words:
        assert words.index("Figure 1") < words.index("The words after it.")


@pytest.mark.parametrize("lines", [20, 25, 30])
def test_a_figure_that_lacks_a_little_room_is_set_smaller_and_stays_with_what_leads_to_it(
    notebook, pages, lines
) -> None:
    """As it is, it has room below 23 lines; a fifth of its 180 pt is what two more take."""
    fill(notebook, lines).markdown("## Part\n\nWhat it means.").figure(svg=LOW)
    first = pages()[0]
    assert ("Figure 1" in first, "Part" in first, "What it means." in first) == (lines <= 25,) * 3


@pytest.mark.parametrize(("lines", "before"), [(20, False), (23, True), (31, False)])
def test_words_come_before_a_figure_that_would_leave_a_fifth_of_the_page_white(
    notebook, pages, lines, before
) -> None:
    """After 20 lines a smaller figure has room, after 31 less than a fifth of the page is left."""
    high = LOW.replace("180", "230")
    fill(notebook, lines).markdown("## Part\n\nWhat it means.").figure(svg=high)
    notebook.markdown("The words about it.\n\n## Next\n\nElse.")
    first = pages()[0]
    assert ("The words about it." in first and "Figure 1" not in first) == before


@pytest.mark.parametrize("lines", range(2, 24, 3))
def test_headings_that_follow_each_other_do_not_all_go_with_what_the_last_leads_to(
    notebook, pages, lines
) -> None:
    """Six questions, each with a sentence, before a table: the first stands where it has room."""
    questions = "\n\n".join(f"### Question {n}\n\nIts sentence." for n in range(6))
    fill(notebook, lines).markdown(f"## Part\n\n{questions}").table(columns=WORDS, rows=rows(8))
    assert "Question 0" in pages()[0]


@pytest.mark.parametrize("lines", range(4, 20, 2))
def test_the_notes_of_a_table_never_stand_alone_at_the_head_of_a_page(notebook, pages, lines) -> None:
    fill(notebook, lines).table(columns=WORDS, rows=rows(14), markdown="A note of the table.")
    (page,) = [each for each in pages() if "A note of the table." in each]
    assert "value13" in page


@pytest.mark.parametrize("first", range(44, 56, 2))
def test_a_row_that_heads_others_never_ends_a_page_and_comes_again_on_the_next(
    notebook, pages, first
) -> None:
    body = [("Patients", ""), *rows(first), ("Money", ""), *rows(70)]
    notebook.table(columns=WORDS, rows=tuple(body), groups=(0, first + 1))
    tables = [page[page.index("Latest") :] for page in pages() if "value" in page]
    assert len(tables) >= 2
    for table in tables:
        assert re.match(r"Latest\s+(Patients|Money)\s+Measure \d+", table)
        assert not re.search(r"Money\s+April 2025", table), "a heading alone at the foot of a page"


@pytest.mark.parametrize("lines", range(26, 40, 2))
def test_no_point_of_a_list_stands_alone_at_the_head_of_a_page(notebook, pages, lines) -> None:
    points = "\n".join(f"- point {n}" for n in range(6))
    fill(notebook, lines).markdown(f"Before.\n\n{points}\n\nAfter.")
    counts = [len(re.findall(r"point \d", page)) for page in pages()]
    assert sum(counts) == 6
    assert counts[-1] != 1


def test_no_table_caption_or_note_is_smaller_than_a_board_reads(notebook, document_of, tmp_path) -> None:
    """Only the foot and the running head are smaller, and they are at the edges of the page."""
    wide = tuple(Column(label=f"Column {n}") for n in range(9))
    notebook.raw("---\ntoc: false\n---").table(columns=WORDS, rows=rows(40), markdown="A note.")
    notebook.table(
        "tbl-wide", columns=wide, rows=tuple(tuple(f"cell {n}" for n in range(9)) for _ in range(30))
    )
    body = [("Patients", ""), *rows(40)]
    notebook.table("tbl-card", columns=WORDS, rows=tuple(body), groups=(0,))
    path = render(document_of(notebook), ["pdf"], theme=Theme(), folder=tmp_path)["pdf"]
    sizes = set()
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            text, height = page.get_textpage(), page.get_height()
            for place in range(text.count_chars()):
                _, bottom, _, top = text.get_charbox(place)
                if bottom > 57 and top < height - 68 and text.get_text_range(place, 1).strip():
                    sizes.add(round(pypdfium2.raw.FPDFText_GetFontSize(text, place), 1))
    assert 9.5 in sizes
    assert min(sizes) >= 9.5


def test_what_is_said_about_the_report_stays_together(notebook, pages) -> None:
    for lines in (26, 30, 34):
        fill(notebook, lines)
    (page,) = [each for each in pages() if "About this report" in each]
    assert "Data as at" in page or "Notebook" in page
    assert "20261014-0915-ab12" in page


@pytest.mark.parametrize("lines", range(24, 38, 2))
@pytest.mark.parametrize("ending", ["", "- The first point.\n- The last point."])
def test_what_is_said_about_the_report_is_no_page_of_its_own(notebook, pages, lines, ending) -> None:
    fill(notebook, lines).markdown(ending)
    (page,) = [each for each in pages() if "About this report" in each]
    before = page[: page.index("About this report")]
    assert ("The last point." if ending else f"Line {lines - 1}.") in before


@pytest.mark.parametrize(
    ("lines", "figure", "smaller"), [(28, False, False), (30, False, True), (20, True, True)]
)
def test_the_end_of_a_report_is_set_smaller_where_that_saves_its_last_page(
    notebook, pages, lines, figure, smaller
) -> None:
    """What is said about it is run on, and the section or the figure before it is set smaller."""
    fill(notebook, lines).markdown("## The last section\n\nIts first words.\n\nIts last words.")
    if figure:
        notebook.figure(svg=LOW)
    (page,) = pages()
    assert ("Notebook:" in page) == smaller


def test_a_table_leaves_room_for_what_is_said_about_the_report(notebook, pages) -> None:
    """Rows as they are would fill the page; set tighter, the few lines about the report have room below them."""
    fill(notebook, 2).table(columns=WORDS, rows=rows(24), markdown="A note.")
    (page,) = pages()
    assert page.index("value23") < page.index("A note.") < page.index("About this report")


def test_a_table_of_few_high_rows_begins_where_it_stands(notebook, pages) -> None:
    """It would leave half of the first page white; a low one goes to the next page as a whole."""
    high = tuple((f"Measure {n}", "\n".join([f"value{n} of it"] * 4)) for n in range(6))
    fill(notebook, 16).markdown("## The heading").table(columns=WORDS, rows=high)
    first, *rest = pages()
    assert {"The heading", "value0", "value1"} <= set(re.findall(r"The heading|value\d", first))
    assert "value5" in " ".join(rest)


@pytest.mark.parametrize("lines", [28, 31])
def test_a_table_of_few_low_rows_stays_whole(notebook, pages, lines) -> None:
    fill(notebook, lines).markdown("## The heading").table(columns=WORDS, rows=rows(8))
    (page,) = [each for each in pages() if "value0" in each]
    assert page.count("value") == 8
    assert "The heading" in page


def test_things_in_a_cell_are_told_apart_in_both_formats(notebook, document_of, tmp_path) -> None:
    listed = "Patients who wait for more than a year\nOperations cancelled at the last minute"
    notebook.table(columns=WORDS, rows=(("Improving", listed), ("Other", "82.7%\nSep 2026")))
    page = render(document_of(notebook), ["html"], theme=Theme(), folder=tmp_path)["html"].read_text(
        "utf-8"
    )
    assert "<p>Patients who wait for more than a year</p>" in page
    assert re.search(r"82.7%<br\s*/?>\s*Sep 2026", page)

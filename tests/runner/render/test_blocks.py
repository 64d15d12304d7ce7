"""Panels, icons and line breaks as the two formats show them."""

from __future__ import annotations

import re

import pikepdf
import pypdfium2
import pytest

from helpers.bundle import Bundle, Column, Panel
from helpers.runner.render import render
from helpers.theme import Theme
from helpers.theme.icons import ICONS

COLUMNS = (Column(label="Measure"), Column(label="Variation", kind="icon"))


@pytest.fixture
def rendered(notebook, document_of, tmp_path):
    def run(*bundles):
        for bundle in bundles:
            notebook.bundle(bundle)
        files = render(document_of(notebook), ["html", "pdf"], theme=Theme(), folder=tmp_path)
        with pypdfium2.PdfDocument(files["pdf"]) as pdf:
            text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
        return files["html"].read_text("utf-8"), text, files["pdf"]

    return run


def test_every_icon_has_its_words_in_both_formats_and_its_picture_in_the_page(rendered):
    rows = tuple((f"Measure {number}", name) for number, name in enumerate(ICONS))
    page, text, _ = rendered(Bundle(kind="table", id="tbl-m", caption="Where", columns=COLUMNS, rows=rows))
    for name, words in ICONS.items():
        css = name.replace("_", "-")
        assert f'<span class="icon icon-{css}">{words}</span>' in page
        assert re.search(rf"\.icon-{css}::before {{ background-image: url\(\"data:image/svg", page)
        assert words in text.replace("\r\n", " ")


def test_beside_its_words_an_icon_is_decoration_and_has_no_alt_text(rendered):
    rows = (("Stay", "concern_high"),)
    _, _, path = rendered(Bundle(kind="table", id="tbl-m", caption="Where", columns=COLUMNS, rows=rows))
    with pikepdf.open(path) as pdf:
        assert "/Figure" not in [str(each.S) for each in pdf.objects if _is_tag(each)]


def _is_tag(each):
    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"


def test_an_icon_that_nobody_drew_is_shown_as_its_words(rendered):
    rows = (("Stay", "no target"), ("Waits", None))
    page, text, _ = rendered(Bundle(kind="table", id="tbl-m", caption="Where", columns=COLUMNS, rows=rows))
    assert "no target" in page
    assert "no target" in text


def test_a_line_feed_in_a_cell_begins_a_new_line(rendered):
    rows = (("Theatres\nclosed in May", "common_cause"),)
    page, text, _ = rendered(Bundle(kind="table", id="tbl-m", caption="Where", columns=COLUMNS, rows=rows))
    assert re.search(r"Theatres<br ?/?>\s*closed in May", page)
    assert "Theatres\r\nclosed in May" in text


def test_panels_stand_side_by_side_and_are_read_one_after_the_other(rendered):
    panels = tuple(
        Panel(title=title, markdown=f"Words on {title.lower()}, *said*.")
        for title in ("What", "Why", "What next")
    )
    page, text, path = rendered(Bundle(kind="panels", id="p", panels=panels))
    assert page.count('<div class="panel">') == 3
    assert "strip" not in page.split("</style>")[1]
    found = [text.index(f"Words on {words}") for words in ("what,", "why", "what next")]
    assert found == sorted(found)
    with pypdfium2.PdfDocument(path) as pdf:
        words = pdf[0].get_textpage()
        heights = {_height(words, title) for title in ("What\r", "Why\r", "What next")}
    assert len(heights) == 1


def _height(page, words):
    index, _ = page.search(words.strip(), match_case=True, match_whole_word=True).get_next()
    return round(page.get_charbox(index, loose=True)[1])


def test_panels_of_icons_alone_are_a_strip(rendered):
    panels = (Panel(icon="improvement_low"), Panel(icon="hit_or_miss"))
    page, text, _ = rendered(Bundle(kind="panels", id="p", panels=panels))
    assert '<div class="panels strip">' in page
    assert "improving, lower" in text
    assert "hit or miss" in text


def test_a_heading_from_data_is_numbered_and_listed_and_its_braces_are_words(rendered):
    page, text, _ = rendered(
        Bundle(kind="heading", id="sec-a", caption="Waits {.x} *of* 52 weeks"),
        Bundle(kind="text", id="t", markdown="See @sec-a."),
    )
    for where in (page, text):
        assert "Waits {.x} *of* 52 weeks" in where
    assert "Section 1" in page.replace("\u00a0", " ")


GROUPED = Bundle(
    kind="table",
    id="tbl-m",
    caption="Where",
    columns=(
        Column(label="Measure"),
        Column(label="Latest", kind="text"),
        Column(label="Target", kind="text"),
    ),
    rows=(("Patients", "", ""), ("Waits", "4", "3"), ("Money", "", ""), ("Cost", "2", "1")),
    groups=(0, 2),
)


def test_a_row_that_heads_others_stands_across_the_table_in_the_page(rendered):
    page, text, _ = rendered(GROUPED)
    assert re.findall(r'<th[^>]*colspan="3"[^>]*>\s*<span class="group">(\w+)</span>', page) == [
        "Patients",
        "Money",
    ]
    assert page.count('scope="rowgroup"') == 2
    assert page.count("<tbody>") == 2
    for words in ("Patients", "Waits", "Money", "Cost"):
        assert words in text

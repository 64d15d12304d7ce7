"""HTML: one accessible file that loads and runs nothing."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from helpers.bundle import Column
from helpers.runner.render.offline import find_remote
from helpers.theme.look import STATEMENT

from .reading import page_of


def test_page_is_one_file_that_loads_and_runs_nothing(full, rendered):
    path = rendered(full, "html")["html"]
    text = path.read_text(encoding="utf-8")
    assert find_remote(text) == []
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="https?:', text)
    assert "default-src 'none'" in text


def test_page_is_accessible_in_its_bones(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.with_tag("html") == [{"lang": "en-GB"}]
    assert page.all("title") == ["Length of stay · Synthetic Northmoor (SYN07) · April 2025 to March 2026"]
    assert page.all("h1") == ["Length of stay"]
    assert (page.tags["main"], page.tags["header"], page.tags["nav"]) == (1, 1, 1)
    skip = page.with_tag("a")[0]
    assert skip["href"] == "#" + page.with_tag("main")[0]["id"]
    boxes = [a for a in page.with_tag("div") if a.get("class") == "scroll-box"]
    assert boxes
    assert all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in boxes)
    assert all(a.get("scope") in {"col", "row"} for a in page.with_tag("th"))


def test_ids_in_a_page_are_unique_and_every_link_finds_one(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    ids = Counter(a["id"] for _, a in page.attributes if "id" in a)
    assert set(ids.values()) == {1}
    targets = [a["href"] for a in page.with_tag("a") if "download" not in a]
    assert targets.pop() == STATEMENT  # the last of the page
    assert all(target[1:] in ids for target in targets)


def test_sections_are_numbered_from_one_and_listed(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("h2") == ["1 Where to look", "2 Stay", "About this report"]
    assert page.all("h3") == ["2.1 Deeper"]
    assert page.all("nav") == ["Contents 1 Where to look 2 Stay About this report"]


def test_contents_follow_the_headline(full, rendered):
    text = rendered(full, "html")["html"].read_text(encoding="utf-8")
    assert text.index("About 74 beds") < text.index('<nav id="TOC"') < text.index('id="sec-look"')


def test_figures_and_tables_are_numbered_and_referred_to_as_quarto_does(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("figcaption") == [
        "Table 1: Stay by specialty",
        "Figure 1: Mean stay by month",
        "Figure 2: Mean stay by month",
    ]
    assert "Section 2, Section 2.1, Table 1, 2 and Figure 1, Figure 2." in page.all("p")


def test_alt_texts_arrive(full, rendered):
    alts = [a["alt"] for a in page_of(rendered(full, "html")["html"]).with_tag("img")]
    assert alts == ["Line chart. The mean falls from 5 to 4 days.", 'Second "chart" \\ with <marks>']


def test_data_behind_a_figure_open_without_a_script(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("summary") == ["Data behind Figure 1"]
    assert "April 4.5" in page.all("details")[0]


def test_the_data_behind_a_figure_show_what_a_table_shows(notebook, rendered):
    columns = (Column(label="Site | <b>"), Column(label="Beds", kind="count"), Column(label="Note"))
    long = 'a "note" of more than forty letters, {{< x >}} & [y]{.z}'
    rows = (("St Mary's \\| *", 1250, long), ("Ward~~~~", None, ""))
    of_figure = page_of(rendered(notebook.figure(columns=columns, rows=rows), "html")["html"])
    notebook.cells.pop()
    of_table = page_of(rendered(notebook.table(columns=columns, rows=rows), "html")["html"])
    told = [each.all("th") + each.all("td") for each in (of_figure, of_table)]
    assert told[0] == told[1]
    assert told[0][:4] == ["Site | <b>", "Beds", "Note", "St Mary’s \\| *"]
    classes = [[cell.get("class") for cell in each.with_tag("td")] for each in (of_figure, of_table)]
    assert classes[0] == classes[1] == ["short", "long", "short", "short"]


def test_icons_behind_a_figure_are_drawn(notebook, rendered):
    columns = (Column(label="Measure"), Column(label="Verdict", kind="icon"))
    rows = (("Stay", "improvement_low\nhit_or_miss"),)
    page = page_of(rendered(notebook.figure(columns=columns, rows=rows), "html")["html"])
    assert [each["class"] for each in page.with_tag("span") if "icon" in each.get("class", "")] == [
        "icon icon-improvement-low",
        "icon icon-hit-or-miss",
    ]


@pytest.mark.parametrize(
    ("words", "cards"), [("short", False), ("a sentence that is longer than a word " * 2, True)]
)
def test_three_columns_are_cards_on_a_telephone_where_sentences_stand_in_them(
    notebook, rendered, words, cards
):
    columns = tuple(Column(label=name) for name in ("Standard", "Where it stands", "Consequence"))
    notebook.table(columns=columns, rows=(("A&E", words, "A review"), ("Cancer", "met", "none")))
    page = rendered(notebook, "html")["html"].read_text("utf-8")
    assert ('data-head="Consequence"' in page) is cards


def test_a_callout_s_title_is_no_section(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert "How to read" not in " ".join(page.all("h2"))
    assert any(
        a.get("class") == "boxed boxed-note" and a.get("role") == "note" for a in page.with_tag("div")
    )


def test_the_same_document_gives_the_same_page(full, rendered):
    first = rendered(full, "html")["html"].read_bytes()
    assert rendered(full, "html")["html"].read_bytes() == first

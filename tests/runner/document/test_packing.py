"""Editions in a pack: labels that stay apart, what needs attention first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers.bundle import Bundle, Column, ReportFacts
from helpers.runner.document.making import Document
from helpers.runner.document.packing import Edition, PackedDocument, keep, put_in, read_kept

FACTS = ReportFacts(
    title="Board pack",
    organisation_code="SYN07",
    organisation_name="Northmoor",
    period_label="March 2026",
    period_folder="2026-03",
    synthetic=True,
)
BODY = (
    "---\ntitle: Stay\n---\n\n## Stay {#sec-stay}\n\nSee @fig-stay, [@sec-stay] and https://example.org/fig-stay.\n\n"
    '![Stay](figures/fig-stay.svg){#fig-stay fig-alt="A fig-stay line"}\n\n::: {.data-behind figure="fig-stay"}\n:::\n'
)


def edition(title: str, *marked: str, **told: str) -> Edition:
    kept = PackedDocument(BODY, {"fig-stay": "<svg/>"}, marked)
    return Edition(
        title, "March 2026", f"n/{title}", f"{title} says.", "1 May 2026", "d" * 64, kept=kept, **told
    )


def shown(what: str, *names: str) -> Bundle:
    rows = tuple((each,) for each in names)
    return Bundle(kind="editions", id=what, markdown=f"*{what}*", columns=(Column(label="R"),), rows=rows)


def packed(what: str, **editions: Edition) -> Document:
    bundle = shown(what, *editions)
    return put_in(Document(f"---\ntitle: Pack\n---\n\n*{what}*\n", {}, FACTS, (bundle,)), editions)


def test_labels_of_each_edition_are_its_own_and_words_stay() -> None:
    made = packed("sections", a=edition("A"), b=edition("B"))
    for number in (1, 2):
        assert (
            f"@fig-stay-e{number}, [@sec-stay-e{number}] and https://example.org/fig-stay." in made.markdown
        )
        assert (
            f'figures/fig-stay-e{number}.svg){{#fig-stay-e{number} fig-alt="A fig-stay line"}}'
            in made.markdown
        )
        assert f'figure="fig-stay-e{number}"' in made.markdown
    assert set(made.figures) == {"fig-stay-e1", "fig-stay-e2"}
    assert "number-sections: true" in made.markdown


def test_what_needs_most_attention_comes_first_then_the_order_of_the_agenda() -> None:
    made = packed("exceptions", a=edition("A"), b=edition("B", "Waits"), c=edition("C", "Beds", "Stay"))
    lines = [line for line in made.markdown.splitlines() if line.startswith("* **")]
    assert [line[5] for line in lines] == ["C", "B", "A"]
    assert lines[0].replace("\\", "").endswith("Marked: Beds; Stay.")
    assert all(":** " in line for line in lines)  # where the title ends, however it is read
    assert made.facts.headline == "Two of three reports mark figures that need attention. First, C: C says."


MADE = """## Stay {#sec-stay}

Six days.

## Method {#sec-method}

A mean; see @sec-stay.

## About this report {#sec-about .unnumbered}

Data as at
:   30 September 2026

Notebook
:   %s.ipynb
"""


def made(title: str) -> Edition:
    return replace(
        edition(title),
        kept=PackedDocument(f"---\ntitle: x\n---\n\n::: {{.synthetic}}\nInvented.\n:::\n\n{MADE % title}"),
    )


def test_how_reports_were_made_stands_once_at_the_end() -> None:
    editions = {"a": made("A"), "b": made("B")}
    bundles = (shown("sections", *editions), shown("methods", *editions))
    text = put_in(
        Document("---\ntitle: Pack\n---\n\n*sections*\n\n*methods*\n", {}, FACTS, bundles), editions
    ).markdown
    reports, _, end = text.partition("### A {#sec-method-e1}")
    assert reports.count("Six days.") == 2
    assert not {"A mean", "Data as at", "Invented."} & set(reports.splitlines())
    assert "A mean; see @sec-stay-e1." in end
    assert "A mean; see @sec-stay-e2." in end
    assert end.count("Data as at\n:   30 September 2026") == 1
    assert "Notebook\n:   A: A.ipynb\\\n    B: B.ipynb" in end


@pytest.mark.parametrize("methods", ["", "*methods*\n"])
def test_what_was_decided_stands_once_where_the_pack_says_it_itself(methods: str) -> None:
    decided = "\n## Decided {#sec-decided}\n\n| A |\n|:--|\n| b |\n\n: Old. {#tbl-decided}\n"
    decided += "\n## Waits {#sec-waits}\n\nSee @tbl-decided.\n\n## Method {#sec-method}\n\nAs @sec-decided asked.\n"
    once = edition("A")
    assert once.kept is not None
    editions = {"a": replace(once, kept=replace(once.kept, markdown=once.kept.markdown + decided))}
    bundles = (shown("sections", "a"), *([shown("methods", "a")] if methods else []))
    for own in ("## Now {#sec-decided}\n\n: New. {#tbl-decided}\n\n", ""):
        pack = Document(f"---\ntitle: Pack\n---\n\n{own}*sections*\n\n{methods}", {}, FACTS, bundles)
        told = put_in(pack, editions).markdown
        assert ("Old." in told) == (not own)
        assert "## Waits {#sec-waits-e1}" in told
        assert ("See @tbl-decided." if own else "See @tbl-decided-e1.") in told
        assert ("As @sec-decided asked" if own else "As @sec-decided-e1 asked") in told
        assert ("{#tbl-decided-e1}" in told) == (not own)


def test_a_pack_without_a_place_for_it_leaves_how_each_was_made_in_each() -> None:
    text = packed("sections", a=made("A")).markdown
    assert "## Method {#sec-method-e1}" in text
    assert "Notebook\n:   A.ipynb" in text


def test_names_cannot_be_markup() -> None:
    made = packed("agenda", a=edition("A [x](#y) *b*"))
    assert r"\[x\](#y)" in made.markdown or r"\[x\]\(\#y\)" in made.markdown


def test_rows_with_a_picture_of_concern_are_kept_with_the_document(tmp_path) -> None:
    columns = (Column(label="Measure"), Column(label="Variation", kind="icon"))
    rows = (("Waits", "concern_high\nconsistent_fail"), ("Beds", "common_cause"), ("Waits", "concern_low"))
    document = Document("text", {}, FACTS, (Bundle(kind="table", id="tbl-x", columns=columns, rows=rows),))
    sha256 = keep(document, tmp_path)
    kept = read_kept(tmp_path / "document.json", sha256)
    assert kept == PackedDocument("text", {}, ("Waits",))
    (tmp_path / "document.json").write_text("{}")
    assert read_kept(tmp_path / "document.json", sha256) is None

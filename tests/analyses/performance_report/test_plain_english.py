"""Every text that the performance report makes of the demo's trusts is clean, plain and short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from plain_english import jargon_in, reading_problems, text_problems

from helpers.analyses.performance_report import measure_parts, page_one
from helpers.analyses.performance_report.ranking import pathway_rows
from helpers.analyses.performance_report.tables import annex_rows
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.measures.gathering import Results, WantedMeasures, measure_results
from helpers.measures.words import all_sentences
from helpers.phrases import phrases
from helpers.register import read_register
from helpers.register.arrangement import BOARD_PATHWAYS
from helpers.stats.spc.limits import FIRM_FROM

ROOT = Path(__file__).parents[3]
PERIOD = "2026-09"
PATHWAYS = {pathway.id: pathway for pathway in BOARD_PATHWAYS}


@pytest.fixture(scope="module", params=["SYN62", "SYN63", "SYN07", "SYN87", "SYN120"])
def results(request: pytest.FixtureRequest, demo_measures: Mart) -> Results:
    about = find_organisation(demo_measures, request.param)
    return measure_results(
        demo_measures, read_register(ROOT / "params" / "_register"), WantedMeasures(about, date(2026, 9, 1))
    )


def texts_of(results: Results) -> Iterator[str]:
    everything = list(results)
    yield from page_one.headline_words(everything, PATHWAYS).values()
    yield page_one.count_sentence(everything)
    yield page_one.chance_sentence(everything)
    yield page_one.advise_words(everything)
    yield page_one.assure_words(everything)
    yield page_one.out_of_date_words(everything)
    for row in page_one.rows_of(pathway_rows(everything, PATHWAYS), PERIOD):
        yield from f"{row[1]}\n{row[3]}".split("\n")
    yield from (str(row[-1]) for row in annex_rows(everything))
    for result in everything:
        yield from all_sentences(result)
        yield measure_parts.meaning_words(result)
        yield measure_parts.chart_alt(result)
        yield measure_parts.chart_caption(result)
        yield measure_parts.notes_words(result)
        yield from (panel.markdown for panel in measure_parts.story_panels(result, PERIOD))


def test_no_text_has_leftovers_wrong_numbers_or_false_precision(results: Results) -> None:
    # a short phrase of a table begins small
    found = [
        p for text in texts_of(results) for p in text_problems(text) if not p.startswith("small first")
    ]
    assert not found


def test_no_text_has_jargon(results: Results) -> None:
    assert not {word for text in texts_of(results) for word in jargon_in(text)}


def test_sentences_are_short_and_read_easily(results: Results) -> None:
    assert not reading_problems(texts_of(results))


def test_the_glossary_itself_is_plain() -> None:
    meanings = [
        text for key, text in phrases("glossary", firm_from=FIRM_FROM).items() if key.endswith(".meaning")
    ]
    assert not [word for meaning in meanings for word in jargon_in(meaning)]
    assert not reading_problems(meanings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("It was nan%.", "nan"),
        ("It fell by -0.0 points.", "minus nought"),
        ("It  rose.", "double space"),
        ("None%.", "None"),
        ("It rests on 1 points.", "number and noun"),
        ("It rests on 12 point.", "number and noun"),
        ("Two of 12 measures needs attention.", "number and verb"),
        ("One of 12 measures need attention.", "number and verb"),
        ("The chance of meeting it is 33.3%.", "a chance with decimals"),
        ("It was 3.14159%.", "false precision"),
        ("it was so.", "small first letter"),
    ],
)
def test_the_checker_finds_what_it_is_for(text: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in text_problems(text))


def test_the_checker_finds_jargon_and_long_sentences() -> None:
    assert jargon_in("Common cause variation lies within 3 sigma of the KPI.") == [
        "common cause",
        "KPI",
        "sigma",
    ]
    assert reading_problems(["The " + "very " * 30 + "long sentence goes on."])

"""Page one and the sections of measures, whatever the numbers: clean words, and no part contradicts another."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from made_results import any_results
from plain_english import text_problems

from helpers.analyses.performance_report import measure_parts, page_one, tables
from helpers.analyses.performance_report.ranking import in_order, pathway_rows
from helpers.measures.result import MeasureResult
from helpers.phrases import phrases
from helpers.register.arrangement import BOARD_PATHWAYS

NAMES = ("Missed appointments", "Long waits", "Falls on wards", "Late letters")
PERIOD = "2027-03"
PATHWAYS = {pathway.id: pathway for pathway in BOARD_PATHWAYS}
boards = st.integers(1, len(NAMES)).flatmap(lambda n: st.tuples(*(any_results(name) for name in NAMES[:n])))


def texts_of(results: Sequence[MeasureResult]) -> list[str]:
    texts = [*page_one.headline_words(results, PATHWAYS).values()]
    texts += [page_one.count_sentence(results), page_one.chance_sentence(results)]
    texts += [
        page_one.advise_words(results),
        page_one.assure_words(results),
        page_one.out_of_date_words(results),
    ]
    rows = page_one.rows_of(pathway_rows(results, PATHWAYS), PERIOD)
    texts += [line for row in rows for line in f"{row[1]}\n{row[3]}".split("\n")]
    for result in results:
        texts += [panel.markdown for panel in measure_parts.story_panels(result, PERIOD)]
        if result.latest is not None:
            texts += [measure_parts.chart_alt(result), measure_parts.chart_caption(result)]
            texts += [measure_parts.notes_words(result)]
    return texts


@settings(max_examples=80, deadline=None)
@given(boards)
def test_whatever_the_numbers_all_texts_are_clean(results: tuple[MeasureResult, ...]) -> None:
    found = [(text, text_problems(text)) for text in texts_of(results)]
    assert not [(text, bad) for text, bad in found if any(not b.startswith("small first") for b in bad)]


@settings(max_examples=80, deadline=None)
@given(boards)
def test_headline_rows_table_and_matrix_agree(results: tuple[MeasureResult, ...]) -> None:
    ranked = in_order(results)
    rows = pathway_rows(results, PATHWAYS)
    fresh = [r.measure.name for r in ranked if r.category == "attention" and not r.stale]
    assert [result.measure.name for row in rows for result in row.results] == fresh
    old, assure = page_one.out_of_date_words(results), page_one.assure_words(results)
    for result in (r for r in results if r.category != "nothing"):
        # each stands where it belongs: old figures in their own block alone, what needs attention in no other
        assert (result.measure.name in old) == result.stale
        assert not (result.measure.name in assure and (result.stale or result.category == "attention"))
    assert ("first" in page_one.headline_words(results, PATHWAYS)) == bool(fresh)
    told = tables.summary(ranked, PATHWAYS)
    names = [field.name for field in told["fields"]]
    table = {row[1]: dict(zip(names, row, strict=True)) for row in told["rows"]}
    cells = tables.matrix_rows(results)
    for result in results:
        found = [row[0] for row in cells if result.measure.name in str(row[2]).split("; ")]
        shown = result.category != "nothing"
        assert found == ([phrases("standings.variation")[result.variation]] if shown else [])
        row = table[result.measure.name]
        if shown and result.points > 1:
            assert str(row["icons"]).split("\n")[0] == (result.variation_icon or "no stable period yet")
            assert ("out of date" in str(row["latest"])) == result.stale

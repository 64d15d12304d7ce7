"""Page one and the sections of measures, whatever the numbers: clean words, and no part contradicts another."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from made_results import any_results
from plain_english import text_problems

from helpers.analyses.performance_report import measure_parts, page_one, tables
from helpers.analyses.performance_report.ranking import in_order
from helpers.measures.result import MeasureResult

NAMES = ("Missed appointments", "Long waits", "Falls on wards", "Late letters")
PERIOD = "2027-03"
boards = st.integers(1, len(NAMES)).flatmap(lambda n: st.tuples(*(any_results(name) for name in NAMES[:n])))


def texts_of(results: Sequence[MeasureResult]) -> list[str]:
    texts = [*page_one.headline_sentences(results), page_one.rule_sentences(results)]
    texts += [page_one.as_at_list(results)]
    texts += [panel.markdown for panel in page_one.assurance_panels(results, PERIOD)]
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
def test_headline_panels_table_and_matrix_agree(results: tuple[MeasureResult, ...]) -> None:
    ranked = in_order(results)
    attention = [r.measure.name for r in ranked if r.category == "attention"]
    panels = {panel.title: panel.markdown for panel in page_one.assurance_panels(results, PERIOD)}
    old = panels.pop("Out of date, and where it stood", "")
    for result in (r for r in results if r.category != "nothing"):
        # each stands where it belongs: old figures in their own block alone, what needs attention in no other
        in_old, in_alert = (f"**{result.measure.name}**" in text for text in (old, panels["Alert"]))
        assert in_old == result.stale
        assert in_alert == (result.category == "attention" and not result.stale)
        assert not (result.stale and f"**{result.measure.name}**" in panels["Assure"])
    first = page_one.headline_sentences(results)[0]
    if not attention:
        assert first.startswith(("None of", "No figure"))
    _, rows = tables.look_table(ranked)
    icons = {row[0]: row[3] for row in rows}
    _, lines = tables.matrix_table(results)
    for result in results:
        row = [line[0] for line in lines for cell in line[1:] if cell and result.measure.name in str(cell)]
        shown = result.category != "nothing"
        assert row == ([tables.VARIATION_WORDS[result.variation]] if shown else [])
        if shown and result.points > 1:
            assert icons[result.measure.name] == (result.variation_icon or "no stable period yet")


@settings(max_examples=60, deadline=None)
@given(boards)
def test_every_measure_has_its_own_day_on_page_one(results: tuple[MeasureResult, ...]) -> None:
    newest, *lines = page_one.as_at_list(results).splitlines()
    for result in results:
        line = next((line for line in lines if result.measure.name in line), newest)
        assert f"**{tables.as_at_words(result)}**" in line
        assert ("(out of date)" in line) == result.stale

"""The Tab key and `?` lead through an analysis: its parts, their tables and sentences."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.core.oinspect import Inspector
from reports_made import Analysis

from helpers.analyses.stays.analysis import LengthOfStay
from helpers.report.analyses_in_room import StandIn


@pytest.fixture
def names(usual: Analysis) -> dict[str, Any]:
    made = usual.report()
    return {"stays": StandIn(LengthOfStay, made.report, "stays"), "crude": made.crude}


def completed(names: dict[str, Any], typed: str) -> set[str]:
    completer = IPCompleter(shell=None, namespace=names, use_jedi=False)
    with provisionalcompleter():
        return {each.text.removeprefix(".") for each in completer.completions(typed, len(typed))}


def test_an_analysis_offers_its_parts_and_nothing_that_stays_in_the_room(names: dict[str, Any]) -> None:
    offered = {each for each in completed(names, "stays.") if not each.startswith("_")}
    assert {"headline", "counted", "crude", "model", "groups", "tails", "trend", "peers"} <= offered
    assert not offered & {"found", "options", "mart", "report"}


def test_a_part_offers_what_can_be_done_with_it_and_its_sentences_by_name(names: dict[str, Any]) -> None:
    assert {"frame", "figure", "table", "say", "words", "values", "columns"} <= completed(names, "crude.")
    assert "difference" in completed(names, "crude.words.diff")
    assert "benchmark" in completed(names, "crude.values.ben")


def test_a_question_mark_says_what_each_is(names: dict[str, Any]) -> None:
    said = Inspector(theme_name="nocolor").info(names["stays"], oname="stays")["docstring"]
    assert "part by part" in said
    table = Inspector(theme_name="nocolor").info(names["crude"].table, oname="crude.table")
    assert "formats" in table["definition"]
    assert "Which columns of the frame, in this order" in table["docstring"]

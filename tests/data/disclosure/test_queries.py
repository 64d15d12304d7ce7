"""Which records a count counts: the same people are the same query, whatever order it was asked in."""

import json

from helpers.data.disclosure import Condition, Query, Told

FEMALE = Condition("sex", ("female",))
OLD = Condition("age_band", ("75-84", "85+"))


def test_the_order_of_conditions_does_not_matter() -> None:
    assert Query("spells", "RGT", (FEMALE, OLD)) == Query("spells", "RGT").where(OLD).where(FEMALE)


def test_json_gives_back_what_was_told() -> None:
    query = Query("spells", "RGT", (FEMALE, Condition("los_days", low=21.0)), "2025-04-01", "2026-04-01")
    told = Told(query, 8, 12)
    assert Told.read(json.dumps(told.entry)) == told


def test_words_name_people_and_no_figure() -> None:
    query = Query(
        "appointments", "", (Condition("outcome", ("dna",), excluded=True), Condition("mode", ("",)))
    )
    assert query.words == "appointments of all organisations, mode missing, outcome not dna"

"""Every sentence about a scorecard, case by case."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cards import QUIET, make_card, make_row
from plain_english import jargon_in, reading_problems, text_problems

from helpers.data.units import Unit
from helpers.register.models import KAPLAN_NORTON, Objective, Perspective, Target
from helpers.report.measures.examples import example_measure
from helpers.report.period import Period
from helpers.report.scorecard import words
from helpers.report.scorecard.balance import find_imbalance
from helpers.report.scorecard.cascade import Carried, Cascade
from helpers.report.scorecard.inequality import Inequality
from helpers.report.scorecard.method import method_sentences
from helpers.report.scorecard.outlook import Outlook
from helpers.stats.dna import dna_inequality

YEAR = Period(date(2025, 10, 1), date(2026, 9, 1))
LOCAL = Target(value=8, kind="local", source="Plan")


def balance(card) -> str:
    return " ".join(words.balance_sentences(card, find_imbalance(card)))

    # --- the lead ---------------------------------------------------------------------------------------


def test_the_lead_counts_every_category_once(row, card) -> None:
    fallen = [*QUIET[:-1], 2.0]
    rows = [row("A", values=fallen), row("B", values=fallen), row("C"), row("D", values=None)]
    assert words.lead_sentence(card(*rows)) == (
        "Of four measures on this scorecard, two need attention, one is watched and one cannot be shown."
    )


def test_one_measure_alone_and_all_alike_are_worded_as_such(row, card) -> None:
    assert words.lead_sentence(card(row())) == "The one measure on this scorecard is watched."
    assert (
        words.lead_sentence(card(row("A"), row("B"))) == "All two measures on this scorecard are watched."
    )


def test_what_needs_attention_is_named_with_the_month_of_old_figures(row, card) -> None:
    fallen = [*QUIET[:-1], 2.0]
    fresh = row("Waits", values=fallen)
    stale = row("Beds, all", id="beds", values=fallen, judged_on=date(2028, 1, 31))
    assert words.attention_sentence(card(fresh)) == "Needing attention: Waits."
    assert words.attention_sentence(card(fresh, stale)) == (
        "Needing attention: Waits; and Beds, all. Out of date among them: Beds, all (March 2027)."
    )
    assert words.attention_sentence(card(row())) == ""


# --- trajectories -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["on_track"] * 3, "All three measures whose targets can be forecast are on track."),
        (["on_track"], "The one measure whose target can be forecast is on track."),
        (["unlikely"], "The one measure whose target can be forecast is unlikely to meet it."),
        (["unlikely"] * 2, "All two measures whose targets can be forecast are unlikely to meet them."),
        (
            ["on_track", "at_risk", "at_risk", "unlikely"],
            "Of four measures whose targets can be forecast, one is on track, two are at risk and one is unlikely "
            "to meet it.",
        ),
        (["none"], "No target to come can be forecast; the section on targets says why."),
        (
            ["no_target"],
            "No measure with a figure has a target to come, so none is judged by its trajectory.",
        ),
        ([], "No measure with a figure has a target to come, so none is judged by its trajectory."),
    ],
)
def test_the_summary_counts_verdicts(row, card, judged, verdicts, said) -> None:
    rows = [row(f"M{number}", outlook=judged(verdict)) for number, verdict in enumerate(verdicts)]
    assert words.outlook_summary(card(*rows)) == said


def test_a_missing_measure_counts_for_no_verdict(row, card, judged) -> None:
    rows = [row("A", values=None, outlook=judged("on_track")), row("B", outlook=judged("at_risk"))]
    assert words.outlook_summary(card(*rows)) == "The one measure whose target can be forecast is at risk."


def test_a_target_met_already_is_said_beside_its_chance(row) -> None:
    said = words.outlook_sentence(row(targets=[LOCAL]))
    assert (
        said == "On track: the chance of 8% in March 2028 is over 95%; the latest figure meets its target."
    )


def test_an_unlikely_target_that_is_missed_now(row) -> None:
    said = words.outlook_sentence(row(targets=[Target(value=60, kind="local", source="Plan")]))
    assert (
        said
        == "Unlikely: the chance of 60% in March 2028 is under 5%; the latest figure misses its target."
    )


def test_progress_is_not_success(row) -> None:
    climbing = [20 + 0.5 * month + (0.4 if month % 2 else -0.4) for month in range(36)]
    said = words.outlook_sentence(
        row(values=climbing, targets=[Target(value=80, kind="local", source="Plan")])
    )
    assert said.startswith("Unlikely")
    assert said.endswith("Progress is not yet success: it is improving, but not by enough.")


def test_ordinary_ups_and_downs_are_no_progress(row) -> None:
    # March is above September before, by ordinary variation alone
    said = words.outlook_sentence(row(targets=[Target(value=12, kind="local", source="Plan")]))
    assert "Progress" not in said


def test_without_a_forecast_the_reason_is_said(row) -> None:
    few = row(values=[10.0, 9.0] * 4, targets=[LOCAL])
    assert words.outlook_sentence(few) == (
        "No forecast: fewer than 12 months are comparable; the latest figure meets its target."
    )
    old = row(targets=[LOCAL], judged_on=date(2028, 1, 31))
    assert words.outlook_sentence(old) == (
        "No forecast: the latest value is too old; the figure for March 2027 met its target."
    )


def test_nothing_is_said_of_a_measure_without_target_or_figure(row) -> None:
    assert words.outlook_sentence(row()) == ""
    assert words.outlook_sentence(row(values=None)) == ""
    assert words.outlook_sentence(row(hidden=range(36), targets=[LOCAL])) == ""


SEASON = [3.0, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 16]


def year_row(row, so_far: list[float]):
    target = Target(value=100, kind="local", source="Plan", meaning="cumulative")
    late = [2.0, *SEASON[1:-1], 17.0]
    return row(values=[*SEASON, *late, *so_far], targets=[target], kind="ratio", name="Savings")


def test_less_than_half_at_half_of_the_year_is_no_failure_where_the_season_is_late(row) -> None:
    # from April 2024: two full years and half of a third
    said = words.outlook_sentence(year_row(row, [3.3, 4.4, 5.5, 7.7, 8.8, 9.5]))
    assert said.startswith(
        "On track: 39.2% has come in six months, and by then two past years had 36% of their sum. So the year points "
        "to 110.4%, and the chance of 100% is about "
    )
    assert said.endswith("Less than an even share so far is no failure: the months to come bring more.")


def test_a_year_that_has_fallen_behind_its_own_season_is_unlikely(row) -> None:
    # 18 by September, where 36 and 35 had come: the year points to 50.7
    said = words.outlook_sentence(year_row(row, [1.5, 2.0, 2.5, 3.5, 4.0, 4.5]))
    assert said.startswith("Unlikely: 18.0% has come in six months")
    assert "no failure" not in said


# --- what is wrong with the card --------------------------------------------------------------------


def test_more_than_22_measures_are_warned_of_with_both_numbers(row, card) -> None:
    rows = [row(f"M{number}", values=[5.0]) for number in range(23)]
    said = words.too_many_sentence(card(*rows))
    assert said.startswith("**Too many measures:** this card has 23.")
    assert "about 22, not on 470" in said
    assert words.too_many_sentence(card(*rows[:22])) == ""


def test_missing_suppressed_stale_and_self_assessed_measures_are_named(row, card) -> None:
    found = card(
        row("Cost", values=None),
        row("Falls", hidden=range(36)),
        row("Waits", judged_on=date(2028, 1, 31)),
        row("Appraisals", self_assessed=True),
    )
    assert words.missing_sentence(found) == "One measure has no figures here: Cost."
    assert words.suppressed_sentence(found) == "Every figure is suppressed: Falls."
    assert words.stale_sentence(found) == "Out of date, and judged as of then: Waits (March 2027)."
    assert words.self_assessed_sentence(found) == (
        "Appraisals is self-assessed: it is reported by those who answer for it, and not counted."
    )
    clean = card(row())
    assert (
        not words.missing_sentence(clean) + words.suppressed_sentence(clean) + words.stale_sentence(clean)
    )
    assert not words.self_assessed_sentence(clean) + words.left_out_sentence([])


def test_a_balanced_card_says_within_what(row, card) -> None:
    rows = [row(f"{side.id} {n}", perspective=side.id) for side in KAPLAN_NORTON for n in range(2)]
    assert balance(card(*rows)).startswith(
        "The card is balanced: each of its four perspectives has 25% to 25%"
    )


def test_one_perspective_alone_is_said(row, card) -> None:
    said = balance(card(row("A"), row("B")))
    assert said == (
        "The card leaves out Patients, Money and Staff. Every measure of the card looks from one side, Processes."
    )


def test_each_fault_of_balance_has_its_sentence(row, card) -> None:
    rows = [
        row("A", perspective="patients", weight=6),
        row("B", perspective="patients", objective="timely_care"),
        row("C", perspective="money", values=None),
        *[row(f"P{n}", perspective="processes", self_assessed=True) for n in range(4)],
        row("Z", perspective="people", weight=0.2),
    ]
    said = balance(card(*rows))
    # patients 7, money 1, processes 4, people 0.2 of 12.2: 57, 8, 33 and 2 %; A alone 49 %
    for part in (
        "Patients has 57% of the weight, more than the 25% aimed at.",
        "Money: its one measure is without a figure.",
        "Money has 8% of the weight, less than the 25% aimed at.",
        "Money rests on one measure alone: C.",
        "Processes: all its four measures serve the same objective.",
        "Processes is known by self-assessment alone.",
        "Staff rests on one measure alone: Z.",
        "One measure has 49% of the weight of the whole card: A.",
    ):
        assert part in said


# --- inequality -------------------------------------------------------------------------------------


def inequality(missed: list[int]) -> Inequality:
    found = dna_inequality(missed, [1000] * 5)
    gap = (
        "deprived_worse" if found.slope_high < 0 else "deprived_better" if found.slope_low > 0 else "chance"
    )
    return Inequality(YEAR, gap, missed[0] / 10, missed[-1] / 10, found)


def test_inequality_beyond_chance_in_either_direction_and_within_it() -> None:
    worse = words.inequality_sentence(inequality([100, 85, 70, 65, 50]))
    assert worse.startswith(
        "The most deprived fifth of patients missed 10.0% of appointments, the least deprived 5.0%"
    )
    assert "relative index, least over most deprived, is 0.42" in worse
    assert worse.endswith("the most deprived miss more, beyond chance.")
    assert words.inequality_sentence(inequality([50, 65, 70, 85, 100])).endswith(
        "the least deprived miss more, beyond chance."
    )
    assert words.inequality_sentence(inequality([70, 69, 71, 70, 70])).endswith(
        "within what chance explains."
    )


def test_inequality_that_cannot_be_shown_says_what_is_missing() -> None:
    assert "needs the outpatient records" in words.inequality_sentence(Inequality(YEAR, "no_records"))
    assert "too few appointments" in words.inequality_sentence(Inequality(YEAR, "hidden"))
    assert "not for its units" in words.inequality_sentence(None)


# --- cascade ----------------------------------------------------------------------------------------

ACCESS = Objective(id="timely_care", name="In time", description="D", owner="Chief operating officer")


def cascade(row, carried: int, of: int, units: int = 2) -> Cascade:
    measures = [
        Carried(each.measure, each.result, (each.result,) if place < carried else (), ())
        for place, each in enumerate(row(f"M{number}") for number in range(of))
    ]
    below = tuple(Unit(f"D{number}", f"Division {number}", "") for number in range(units))
    return Cascade(below, ((ACCESS, tuple(measures)),))


def test_without_units_the_line_of_sight_ends(row) -> None:
    said = words.cascade_sentences(cascade(row, 0, 2, units=0), "Northmoor")
    assert said == ["No unit below Northmoor is loaded, so the line of sight ends here."]


def test_units_without_figures_are_told_from_no_units(row) -> None:
    assert words.cascade_sentences(cascade(row, 0, 2), "Northmoor") == [
        "Two units lie below Northmoor, but none has a figure of these measures."
    ]
    assert words.cascade_sentences(cascade(row, 0, 2, units=1), "Northmoor")[0].startswith(
        "One unit lies below"
    )


@pytest.mark.parametrize(
    ("carried", "of", "said"),
    [
        (
            1,
            3,
            "One of three measures has figures of the two units below Northmoor or of those below them.",
        ),
        (
            2,
            3,
            "Two of three measures have figures of the two units below Northmoor or of those below them.",
        ),
        (3, 3, "All three measures have figures of the two units below Northmoor or of those below them."),
        (1, 1, "The one measure has figures of the two units below Northmoor or of those below them."),
    ],
)
def test_who_carries_is_counted_and_no_sum_is_made(row, carried, of, said) -> None:
    found = words.cascade_sentences(cascade(row, carried, of), "Northmoor")
    assert found[0] == said
    assert found[-1] == "Each figure is what the unit itself returned: none is a sum of others."
    assert (f"Nobody below returns figures of M{of - 1}." in " ".join(found)) is (of - carried == 1)


# --- whatever the numbers ---------------------------------------------------------------------------


def all_texts(card) -> list[str]:
    texts = [
        words.lead_sentence(card),
        words.too_many_sentence(card),
        words.attention_sentence(card),
        words.outlook_summary(card),
        words.missing_sentence(card),
        words.suppressed_sentence(card),
        words.stale_sentence(card),
        words.self_assessed_sentence(card),
        words.NO_SCORE,
        *words.balance_sentences(card, find_imbalance(card)),
        *(words.outlook_sentence(row) for row in card.rows),
    ]
    return [text for text in texts if text]


PERSPECTIVES = [each.id for each in KAPLAN_NORTON]
ROWS = st.tuples(
    st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=40),
    st.one_of(st.none(), st.sampled_from([0.0, 5.0, 50.0, 92.0, 100.0])),
    st.sampled_from(["every_period", "march_value", "year_mean", "cumulative"]),
    st.sampled_from(["increase", "decrease", "neutral"]),
    st.sampled_from(PERSPECTIVES),
    st.floats(0.1, 9),
    st.booleans(),
)


@given(st.lists(ROWS, min_size=1, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_card_makes_a_broken_sentence(entries, old) -> None:
    rows = []
    for number, (values, aim, meaning, direction, side, weight, judged_by_self) in enumerate(entries):
        targets = [] if aim is None else [Target(value=aim, kind="local", source="Plan", meaning=meaning)]
        rows.append(
            make_row(
                f"Measure {number}", values=values, targets=targets, direction=direction, perspective=side,
                weight=weight, self_assessed=judged_by_self, judged_on=date(2030, 1, 31) if old else None,
            )
        )  # fmt: skip
    for text in all_texts(make_card(*rows)):
        assert text_problems(text) == [], text
        assert jargon_in(text) == [], text


def test_sentences_are_short_plain_and_without_jargon(row, card, judged) -> None:
    verdicts = ["on_track", "at_risk", "unlikely", "none", "no_target"]
    cards = [
        card(
            *[
                row(f"{side} {verdict}", perspective=side, outlook=judged(verdict))
                for side, verdict in pairs
            ]
        )
        for pairs in (
            list(product(PERSPECTIVES, verdicts)),
            [("money", "at_risk")],
            [("people", "none")] * 1,
        )
    ]
    texts = [text for each in cards for text in all_texts(each)] + method_sentences(cards[0])
    texts += [
        words.inequality_sentence(found)
        for found in (None, Inequality(YEAR, "hidden"), inequality([100, 85, 70, 65, 50]))
    ]
    texts += words.cascade_sentences(cascade(row, 2, 3), "Northmoor")
    assert [problem for text in texts for problem in text_problems(text)] == []
    assert [word for text in texts for word in jargon_in(text)] == []
    assert reading_problems(texts) == []


def test_perspectives_of_their_own_are_named_as_such(card) -> None:
    own = (KAPLAN_NORTON[0], Perspective(id="planet", name="Planet", question="What do we leave behind?"))
    assert method_sentences(card(perspectives=own))[0] == (
        "The perspectives are set in the register: Patients and Planet; of these, Kaplan and Norton's are "
        "Patients (customer)."
    )
    assert (
        method_sentences(card(perspectives=own[1:]))[0]
        == "The perspectives are set in the register: Planet."
    )
    assert "Kaplan and Norton's balanced scorecard: Patients (customer)" in method_sentences(card())[0]


def test_names_are_data_and_never_markup(row, card) -> None:
    found = card(row("Waits *now* | <b>", id="waits", values=None))
    assert r"\*now\* \| \<b\>" in words.missing_sentence(found)


def test_a_chance_is_on_the_side_of_its_verdict() -> None:
    assert words.said_chance(Outlook("unlikely", 0.1999)) == "just under 20%"
    assert words.said_chance(Outlook("at_risk", 0.2)) == "about 20%"
    assert words.said_chance(Outlook("at_risk", 0.7999)) == "just under 80%"
    assert words.said_chance(Outlook("on_track", 0.8)) == "about 80%"


def test_an_example_measure_stands_on_no_scorecard_by_itself() -> None:
    assert example_measure().scorecard is False
    assert example_measure().weight == 1

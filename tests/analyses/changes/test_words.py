"""What is said of a change, by case, and whole reviews on marts of a few rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from plain_english import jargon_in, text_problems

from helpers.analyses.changes import words
from helpers.analyses.changes.judged import judge
from helpers.analyses.changes.made import Review
from helpers.measures.examples import example_measure
from helpers.register.cycle import BoardDecision, ExpectedEffect
from helpers.register.models import Event
from helpers.report.period import add_months

NOISE = 0.5 * np.random.default_rng(4).normal(size=48)
OTHERS = 40 + 0.5 * np.random.default_rng(5).normal(size=(48, 50))
DAYS = tuple(add_months(date(2022, 10, 1), place) for place in range(48))


def review(
    came: float,
    expected: float = -4,
    months: int = 48,
    decided: Sequence[BoardDecision] = (),
    *,
    drift: float = 0,
) -> Review:
    effect, others = ExpectedEffect(size=expected), OTHERS[:months]
    values = (50 + NOISE + came * (np.arange(48) >= 24) + drift * np.arange(48) / 12)[:months]
    event = Event(id="texts", name="Texts", day=DAYS[24], kind="intervention", expected={"missed": effect})
    judged = judge(values, 24, effect, others=others)
    return Review(
        event, example_measure(), effect, judged, days=DAYS[:months], values=values, control=others.mean(axis=1),
        beside="the mean of 50 other trusts", followed_by=tuple(decided),
    )  # fmt: skip


CASES = {
    "worked": review(-4), "partly": review(-2), "no_sign": review(0), "faint": review(0, -0.1),
    "worse": review(2), "too_early": review(-4, months=29), "drift": review(0, drift=-0.5),
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "verdict", "next_step"),
    [
        ("worked", "Texts (since October 2024): worked.", "Keep it, and see where else it would help."),
        ("partly", "worked in part.", "Keep it, expect what came, and find out what held it back."),
        (
            "no_sign",
            "no sign that it worked.",
            "Stop it or change it: what was expected would have been seen.",
        ),
        (
            "faint",
            "no sign that it worked.",
            "Decide on other grounds: two more years of figures would hardly tell.",
        ),
        (
            "worse",
            "became worse.",
            "Stop it, unless it is kept for another reason, and find out what else changed.",
        ),
        ("too_early", "too early to say.", "Look again with the figures of September 2025."),
        (
            "drift",
            "But its figures have a slow drift that others' have not, and what of it is the change cannot be told.",
            "Look again with the figures of March 2027.",
        ),
    ],
)
def test_each_case_has_its_verdict_and_its_next_step(case: str, verdict: str, next_step: str) -> None:
    assert verdict in words.verdict_sentence(CASES[case])
    assert words.next_words(CASES[case]) == next_step


def test_twelve_figures_after_the_change_are_there_in_its_twelfth_month() -> None:
    assert CASES["too_early"].look_again == DAYS[24 + 11]


@pytest.mark.parametrize("case", CASES)
def test_every_sentence_is_plain(case: str) -> None:
    one = CASES[case]
    said = [
        words.verdict_sentence(one), words.seen_sentence(one), words.course_sentence(one), words.next_words(one),
        words.decided_words(one), words.lead_sentence((one,)), *words.care_sentences(one),
    ]  # fmt: skip
    for text in said:
        assert not text_problems(text), text
        assert not jargon_in(text), text


def test_no_sign_against_the_odds_is_not_no_effect() -> None:
    assert "no sign does not mean no effect" in words.seen_sentence(CASES["faint"])
    assert "no sign does not mean no effect" not in words.seen_sentence(CASES["no_sign"])


def test_it_is_said_how_many_others_moved_as_far_and_why_a_course_is_carried_on() -> None:
    said = " ".join(words.care_sentences(CASES["worked"]))
    assert "Of 50 others who did not make this change, none moved as far in the same time" in said
    one = CASES["worked"]
    for judged, why in (
        (replace(one.judged, course="own_drift"), "a slow drift that it alone has fits its figures better"),
        (replace(one.judged, course="all_drift"), "trusts drift apart by themselves"),
        (replace(one.judged, course="few"), "too few to tell how far one moves by itself"),
    ):
        said = words.course_sentence(replace(one, judged=judged))
        assert why in said
        assert "so the course before the change is carried on." in said
    assert "as far apart as before the change" in words.course_sentence(one)


def test_a_bad_month_before_the_change_and_other_events_are_named() -> None:
    one = CASES["worked"]
    assert one.judged.found is not None
    after_a_bad_month = replace(one.judged, found=replace(one.judged.found, follows_extreme=True))
    said = " ".join(words.care_sentences(replace(one, judged=after_a_bad_month, others=("A ward closed",))))
    assert "The change followed an unusual month." in said
    assert "In the same time: A ward closed." in said


def test_what_was_decided_is_said_with_who_and_when() -> None:
    kept = BoardDecision(
        organisation="T1",
        day=date(2025, 7, 9),
        decision="Extend it",
        owner="Medical director",
        due=date(2025, 9, 30),
    )
    assert words.decided_words(review(-4, decided=[kept])) == (
        "Extend it (Medical director, 9 July 2025). Due 30 September 2025."
    )
    assert words.decided_words(CASES["worked"]) == "Nothing is registered as decided."


def test_changes_are_counted_by_verdict_the_worst_first() -> None:
    assert words.lead_sentence(()).startswith("No change with an expected effect is registered")
    assert words.lead_sentence((CASES["worked"], CASES["worse"], CASES["worked"])) == (
        "Of three changes, one became worse and two worked."
    )

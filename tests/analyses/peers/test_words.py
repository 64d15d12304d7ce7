"""Sentences on peers, by case, and over random results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analyses.peers import words
from helpers.analyses.peers.comparison import PeerChoice, compare_series
from helpers.analyses.peers.movement import find_movement, gain_sentence, movement_sentence
from helpers.analyses.peers.result import PeerComparison
from helpers.measures.places.groups import PeerGroup
from helpers.measures.places.spread import Percentile
from helpers.measures.places.values import series_of
from helpers.report.period import add_months

from .conftest import MAY, make_measure

Row = tuple[str, float | None, float | None]


def compare(*rows: Row, own: str = "T1", period: date = MAY, **measure: Any) -> PeerComparison:
    """Return the comparison of rows of one month: organisation, numerator, denominator."""
    return series_comparison([(period, *row) for row in rows], own, **measure)


def series_comparison(
    rows: Sequence[tuple[date, str, float | None, float | None]],
    own: str = "T1",
    suppressed: Sequence[str] = (),
    **measure: Any,
) -> PeerComparison:
    frame = pd.DataFrame(rows, columns=["period", "org_code", "numerator", "denominator"])
    frame = frame.assign(
        value=frame["numerator"] / frame["denominator"].fillna(1.0), members=1, source="a", origin="published",
        period_type="month", suppressed=frame["org_code"].isin(suppressed),
    ).sort_values(["org_code", "period"], ignore_index=True)  # fmt: skip
    if frame["denominator"].isna().all():
        frame["numerator"] = np.nan
    codes = frozenset({*frame["org_code"], own})
    names = pd.Series({code: f"Trust {code}" for code in codes})
    found = compare_series(
        series_of(frame, make_measure(**measure)),
        own,
        names,
        group=PeerGroup("national", "acute trusts", codes),
        choice=PeerChoice(),
    )
    assert found is not None
    return found


#: 50.0, 50.1 … 53.9 %: forty trusts of 1,000 who differ by about chance
ALIKE: tuple[Row, ...] = tuple((f"A{n}", 500 + n, 1000) for n in range(40))
#: 20 to 80 %: forty trusts far apart
APART: tuple[Row, ...] = tuple((f"A{n}", 2000 + 150 * n, 10_000) for n in range(40))


def test_in_the_middle_of_trusts_alike() -> None:
    said = words.peer_sentences(compare(("T1", 519, 1000), *ALIKE))
    assert "In May 2026 the figure was 51.9%, the same as the median of 51.9% over 41 acute trusts." in said
    assert re.search(
        r"It does better than about \d+% of the other 40 \(95% interval \d+% to \d+%\), "
        "so it cannot be said in which half it is.",
        said,
    )
    assert "99.8% limits" not in said  # beside a place it would read as no matter
    assert "The funnel shows how far apart chance may put 41 trusts." in said


def test_at_the_top() -> None:
    said = words.peer_sentences(compare(("T1", 9900, 10_000), *APART))
    # of 41 the 21st is the middle: 20 + 20 x 1.5
    assert "99.0%, 49.0 points above the median of 50.0% over 41 acute trusts." in said
    assert (
        "It does better than nearly all of the other 40 (95% interval 100% to 100%), so it is in the best"
        in said
    )
    assert "chance explains next to nothing" in said
    assert "not in a funnel" in said


@pytest.mark.parametrize(
    ("low", "high", "worst", "best", "said"),
    [
        (1, 20, 0.99, 0.0, "so it is in the worst quarter"),
        (1, 30, 0.95, 0.0, "so it is very likely in the worst quarter"),
        (70, 99, 0.0, 0.93, "so it is very likely in the best quarter"),
        (1, 40, 0.7, 0.0, "so it is in the worse half"),
    ],
)
def test_the_sentence_and_the_headline_mean_the_same_by_very_likely(
    low: float, high: float, worst: float, best: float, said: str
) -> None:
    comparison = compare(("T1", 300, 1000), *ALIKE)
    assert comparison.own is not None
    place = Percentile((low + high) / 2, low, high, worst, best)
    comparison.__dict__["own"] = replace(
        comparison.own, percentile=place
    )  # where it is kept once worked out
    assert words.position_sentence(comparison).endswith(f"{said}.")


def test_at_the_bottom_and_flagged() -> None:
    said = words.peer_sentences(compare(("T1", 300, 1000), *ALIKE))
    assert (
        "It does better than hardly any of the other 40 (95% interval 0% to 0%), so it is in the worst"
        in said
    )
    assert re.search(r"Its figure lies beyond the 99.8% limits of chance.*, on the bad side\.", said)


def test_less_is_better_turns_the_words() -> None:
    said = words.peer_sentences(compare(("T1", 300, 1000), *ALIKE, direction="decrease"))
    assert "does better than nearly all of the other 40" in said
    assert "on the good side" in said


def test_without_a_direction_nothing_is_better() -> None:
    said = words.peer_sentences(compare(("T1", 300, 1000), *ALIKE, direction="neutral"))
    assert "It lies above hardly any of the other 40" in said
    assert "lowest quarter" in said
    assert re.search("beyond the 99.8% limits of chance.*, below them", said)
    assert not re.search("better|worse|best|worst", said)


def test_one_peer_only() -> None:
    said = words.peer_sentences(compare(("T1", 5, 10), ("T2", 6, 10)))
    assert "One other trust alone can be compared, too few for a position: Trust T2 (60.0%)." in said
    assert "Only two trusts are compared" in said
    assert "does better" not in said


def test_no_peers() -> None:
    said = words.peer_sentences(compare(("T1", 5, 10)))
    assert said == (
        "In May 2026 the figure was 50.0%. "
        "No other trust of the group has a figure for the period, so nothing is compared."
    )


def test_all_equal() -> None:
    said = words.peer_sentences(compare(*((f"T{n}", 100, 100) for n in range(1, 13))))
    assert said == "In May 2026 the figure was 100.0%. All 12 acute trusts have the same figure, 100.0%."


def test_values_alone_make_no_claim() -> None:
    said = words.peer_sentences(
        compare(*((f"T{n}", 4.0 + n / 10, None) for n in range(1, 13)), kind="mean", unit="days")
    )
    assert "In May 2026 the figure was 4.1 days, 0.5 days below the median" in said or "0.6 days" in said
    assert "so chance cannot be told from difference" in said
    assert "no position is claimed" in said
    assert "does better" not in said


def test_few_trusts_are_warned_of() -> None:
    said = words.peer_sentences(compare(*((f"T{n}", 50 + n, 100) for n in range(1, 6))))
    assert "Only five trusts are compared: every one of them moves median and quartiles." in said


def test_a_suppressed_own_figure() -> None:
    rows = [(MAY, *row) for row in (("T1", 3.0, 10.0), *ALIKE)]
    found = series_comparison(rows, suppressed=["T1"])
    assert words.peer_sentences(found).startswith(
        "The figure of Trust T1 for May 2026 is too small to be shown, so it is not compared."
    )
    assert "1 with a suppressed figure (T1)" in words.left_out_sentence(found)


def test_an_own_figure_that_is_not_there() -> None:
    found = compare(*ALIKE)
    assert words.peer_sentences(found).startswith(
        "Trust T1 has no figure of this measure for May 2026, so it is not compared."
    )


def test_missed_appointments_not_written_down_are_no_good_result() -> None:
    rates = tuple((f"A{n}", 60 + n, 1000) for n in range(10))
    found = compare(("T1", 3, 1000), *rates, identity="dna_rate", direction="decrease")
    said = words.peer_sentences(found)
    assert "with a rate under 1% missed appointments are not written down there" in said
    assert "does better" not in said
    assert "1 not recording missed appointments (a rate under 1%), which is not the same as few (T1)" in (
        words.left_out_sentence(found)
    )


def test_figures_that_ended_are_compared_where_they_end() -> None:
    april = add_months(MAY, -1)
    rows = [(day, *row) for day in (april, MAY) for row in ALIKE]
    found = series_comparison([*rows, (april, "T1", 510.0, 1000.0)])
    assert words.stale_sentence(found) == (
        "Others have figures up to May 2026; the trust's own end with April 2026, where all are compared."
    )
    assert words.stale_sentence(compare(("T1", 519, 1000), *ALIKE)) == ""


def test_only_the_first_of_many_left_out_are_named() -> None:
    rows = [(add_months(MAY, -1), f"B{n:02}", 1.0, 10.0) for n in range(12)]
    rows += [(add_months(MAY, -1), *row) for row in ALIKE]
    rows += [(MAY, *row) for row in (("T1", 5, 10), *ALIKE)]
    assert "12 without a figure for the period (B00, B01, B02, B03, B04, B05, B06, B07 and four more)." in (
        words.left_out_sentence(series_comparison(rows))
    )
    assert words.left_out_sentence(compare(*ALIKE)) == ""


@pytest.mark.parametrize(
    ("place", "share"),
    [
        (Percentile(0.4, 0, 2, 1.0, 0.0), "hardly any of the other 40"),
        (Percentile(99.4, 98, 100, 0.0, 1.0), "nearly all of the other 40"),
        (Percentile(63.4, 51, 71, 0.0, 0.1), "about 63% of the other 40"),
    ],
)
def test_places_near_the_ends(place: Percentile, share: str) -> None:
    assert words._share(place, 40) == share


# --- movement and gains -----------------------------------------------------------------------------------


def moving(own: Sequence[float], others: Sequence[float], **measure: Any) -> PeerComparison:
    """Return a comparison of a trust and 20 others of 1,000 patients by months up to May 2026."""
    first = add_months(MAY, 1 - len(own))
    rows = [
        (add_months(first, place), code, round(1000 * (rate + shift / 1000)), 1000.0)
        for place, both in enumerate(zip(own, others, strict=True))
        for code, rate, shift in [("T1", both[0], 0), *((f"A{n}", both[1], n - 10) for n in range(20))]
    ]
    return series_comparison(rows, **measure)


def test_a_trust_that_stands_still_falls_behind() -> None:
    found = moving([0.60] * 13, np.linspace(0.5, 0.7, 13).tolist())
    said = movement_sentence(found, find_movement(found, months=12))
    assert said.startswith(
        "Since May 2025 the trust's figure did not change; the median of the 21 trusts with both rose by "
    )
    assert said.endswith(": a loss beyond chance.")


def test_a_trust_that_moves_with_the_others() -> None:
    found = moving(np.linspace(0.5, 0.7, 13).tolist(), np.linspace(0.5, 0.7, 13).tolist())
    said = movement_sentence(found, find_movement(found, months=12))
    assert "figure rose by 20.0 points" in said
    assert said.endswith(": the same place.")


def test_a_small_change_of_place_may_be_chance() -> None:
    """Twenty others stand a thousandth apart: three of these are no more than chance of 1,000 patients."""
    found = moving([*[0.60] * 12, 0.603], [0.60] * 13)
    said = movement_sentence(found, find_movement(found, months=12))
    assert said.endswith("the intervals overlap, so the change of place may be chance.")


def test_a_place_that_is_the_same_has_not_changed_by_chance() -> None:
    """Below all twenty others then and now."""
    found = moving([0.30] * 13, [0.6] * 13)
    said = movement_sentence(found, find_movement(found, months=12))
    assert said.endswith("about 0% of the others (95% interval 0% to 0%), now 0%: the same place.")


def test_too_few_figures_before() -> None:
    found = compare(("T1", 519, 1000), *ALIKE)
    assert find_movement(found, months=12) is None
    assert movement_sentence(found, None).startswith("There are too few earlier figures")


def test_what_matching_others_would_bring() -> None:
    said = gain_sentence(compare(("T1", 300, 1000), *ALIKE))
    assert re.fullmatch(
        r"Matching the median of the group, 51\.9%, would mean up to 219 more, or \d+ allowing for chance; "
        r"this is an upper bound\.",
        said,
    )
    fewer = gain_sentence(compare(("T1", 700, 1000), *ALIKE, direction="decrease"))
    assert re.search(r"would mean up to 18\d fewer", fewer)


def test_nothing_to_gain_and_nothing_certain() -> None:
    assert "nothing is to be gained" in gain_sentence(compare(("T1", 700, 1000), *ALIKE))
    assert "so none is certain" in gain_sentence(compare(("T1", 515, 1000), *ALIKE))
    assert gain_sentence(compare(("T1", 5, 10), ("T2", 6, 10))) == ""


# --- any result -------------------------------------------------------------------------------------------

KINDS: list[dict[str, Any]] = [
    {}, {"direction": "decrease"}, {"direction": "neutral"}, {"digits": 3},
    {"kind": "rate", "unit": "per 1,000 bed-days"}, {"kind": "ratio", "unit": "ratio"},
    {"kind": "ratio", "unit": "per patient"}, {"kind": "mean", "unit": "£", "digits": 0},
    {"kind": "mean", "unit": "days", "direction": "decrease"}, {"benchmark": "best_quartile"},
]  # fmt: skip
numbers = st.integers(0, 1000)
FORBIDDEN = re.compile(r"\bnan\b|None|\binf\b|(?<![\d–])-0|−0(?![.\d])|−0\.0+(?!\d)|  |\.\.|\( |,,| ,| \.")


@st.composite
def results(draw: st.DrawFn) -> PeerComparison:
    """Any number of trusts with any counts, over one or more months, some of them missing."""
    kind = draw(st.sampled_from(KINDS))
    trusts, months = draw(st.integers(1, 12)), draw(st.sampled_from([1, 2, 13, 30]))
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    size = draw(st.sampled_from([1, 8, 1000, 200_000]))
    level = draw(st.sampled_from([0.0, 0.001, 0.5, 0.999, 1.0]))
    rows = []
    for place in range(months):
        for trust in range(1, trusts + 1):
            if random.random() < 0.9:
                n = float(random.integers(1, size + 1))
                rows.append(
                    (add_months(MAY, -place), f"T{trust}", float(random.binomial(int(n), level)), n)
                )
    rows.append((MAY, "LAST", 1.0, 1.0))
    return series_comparison(rows, **kind)


@settings(max_examples=80, deadline=None)
@given(results())
def test_every_sentence_is_a_sentence(found: PeerComparison) -> None:
    moved = find_movement(found, months=12, only_ends=True)
    said = [
        words.peer_sentences(found),
        words.left_out_sentence(found),
        gain_sentence(found),
        movement_sentence(found, moved),
    ]
    for text in filter(None, said):
        assert not FORBIDDEN.search(text), text
        assert text[0].isupper(), text
        assert text.endswith("."), text
    if found.measure.direction == "neutral":
        assert not re.search(r"\b(better|worse|best|worst)\b", said[0])
    if found.own and found.own.percentile is None:
        assert "does better" not in said[0]
    if "does better than" in said[0] or "lies above" in said[0]:
        assert "95% interval" in said[0]


def test_sentences_are_short_enough_to_be_read() -> None:
    texts = [
        words.peer_sentences(found)
        for found in (
            compare(("T1", 519, 1000), *ALIKE),
            compare(("T1", 9900, 10_000), *APART),
            compare(("T1", 5, 10), ("T2", 6, 10)),
            moving([0.60] * 13, np.linspace(0.5, 0.7, 13).tolist()),
        )
    ]
    sentences = [part for text in texts for part in re.split(r"(?<=[.!?]) (?=[A-Z])", text)]
    assert median(len(part.split()) for part in sentences) <= 20

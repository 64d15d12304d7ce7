"""Each sentence of the DNA report in each of its cases."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.analyses.missed_appointments import words as words
from helpers.bundle import SUPPRESSED
from helpers.stats.dna.uncertainty import Spread

HORIZON = date(2027, 3, 31)


def spread(median: float, reach: float = 1.0) -> Spread:
    return Spread(median - reach, median - reach / 2, median, median + reach / 2, median + reach)


@pytest.mark.parametrize("hidden", [(SUPPRESSED, 100, 5.0), (10, SUPPRESSED, 5.0), (10, 100, SUPPRESSED)])
def test_a_hidden_count_leaves_no_figure_in_the_sentence(hidden: tuple[object, object, object]) -> None:
    said = words.rate_sentence("Northmoor", *hidden, (1.0, 2.0))  # type: ignore[arg-type]
    assert not any(sign.isdigit() for sign in said)


@pytest.mark.parametrize(
    ("rate", "other", "excess", "said"),
    [
        (8.0, 6.7, 100, "above England's 6.7%"),
        (5.6, 6.7, 20, "below England's 6.7%"),
        (6.71, 6.7, 20, "the same as England's 6.7%"),
        (5.0, 6.7, -10, "among the best quarter"),
    ],
)
def test_the_rate_beside_others(rate: float, other: float, excess: float, said: str) -> None:
    assert said in words.compared_sentence(rate, other, "England's", 5.2, excess)


def test_not_recorded_is_never_called_good() -> None:
    for rate in (0.4, SUPPRESSED):
        said = words.not_recorded_sentence("Northmoor", rate)
        assert "does not record" in said
        assert "best" not in said


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ([spread(2.0), spread(4.0)], "shorter by 2.0 to 4.0 days of additions (95% interval 1.0 to 5.0)"),
        ([spread(3.0)], "shorter by 3.0 days of additions (95% interval 2.0 to 4.0)"),
        ([spread(9.9), spread(10.2)], "shorter by 9.9 to 10.2 days"),
        ([spread(-2.2)], "longer by 2.2 days of additions (95% interval 1.2 to 3.2)"),
        ([spread(-4.0), spread(-2.0)], "longer by 2.0 to 4.0 days of additions (95% interval 1.0 to 5.0)"),
        ([spread(-1.0), spread(2.0)], "between 1.0 days of additions longer and 2.0 days shorter"),
        ([spread(0.01, 0.02)], "the list is no shorter"),
    ],
)
def test_the_scenario_in_days(bounds: list[Spread], said: str) -> None:
    assert said in words.scenario_sentence(HORIZON, bounds, certain=False)


@pytest.mark.parametrize(
    ("outside", "shifted", "points", "said"),
    [
        (0, False, 24, "within the ordinary variation"),
        (1, False, 24, "a cause for concern"),
        (-1, False, 24, "an improvement"),
        (0, True, 24, "the rate has shifted"),
        (0, False, 12, "The limits rest on 12 months and are provisional."),
    ],
)
def test_the_latest_month(outside: int, shifted: bool, points: int, said: str) -> None:
    assert said in words.trend_sentence(date(2026, 9, 1), 8.1, outside, shifted=shifted, points=points)


def test_a_hidden_month_is_not_told() -> None:
    said = words.trend_sentence(date(2026, 9, 1), SUPPRESSED, 1, shifted=True, points=24)
    assert said == "The figures of September 2026 are too small to be shown."


@pytest.mark.parametrize(("months", "said"), [(61, "about 5 years apart"), (13, "about 13 months apart")])
def test_times_that_do_not_fit_are_told(months: int, said: str) -> None:
    assert said in words.apart_sentence(months, date(2026, 4, 1), "April 2020 to March 2021")


@pytest.mark.parametrize(
    ("slope", "ends", "avoided", "said"),
    [
        (-6.0, (-9.0, -3.0), 120.0, "The most deprived patients miss 6.0 percentage points more"),
        (-6.0, (-9.0, -3.0), 120.0, "120 fewer would be missed"),
        (6.0, (3.0, 9.0), -50.0, "The least deprived patients miss 6.0 percentage points more"),
        (-1.0, (-3.0, 1.0), 20.0, "within what chance explains"),
    ],
)
def test_deprivation(slope: float, ends: tuple[float, float], avoided: float, said: str) -> None:
    assert said in words.equity_sentence(slope, ends, avoided)


def test_hidden_counts_leave_out_what_ending_inequality_would_bring() -> None:
    assert "fewer" not in words.equity_sentence(-6.0, (-9.0, -3.0), SUPPRESSED)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (1, "One trust with a rate under 1% does not record missed appointments and is not compared."),
        (7, "Seven trusts with a rate under 1% do not record missed appointments and are not compared."),
    ],
)
def test_how_many_are_not_compared(count: int, said: str) -> None:
    assert words.left_out_sentence(count) == said


@pytest.mark.parametrize("place", ["lower quarter", "middle", "upper quarter"])
def test_a_caterpillar_draws_no_limits(place: str) -> None:
    said = words.place_sentence(place, caterpillar=True, phi=1739.6)
    assert "1,740 times" in said
    assert "no limits are drawn" in said

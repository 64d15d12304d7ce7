"""Each sentence of the DNA report in each of its cases."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.analyses.missed_appointments import words
from helpers.bundle import SUPPRESSED
from helpers.stats.dna.uncertainty import DrawnSpread


def spread(median: float, reach: float = 1.0) -> DrawnSpread:
    return DrawnSpread(median - reach, median - reach / 2, median, median + reach / 2, median + reach)


@pytest.mark.parametrize("hidden", [(SUPPRESSED, 100, 5.0), (10, SUPPRESSED, 5.0), (10, 100, SUPPRESSED)])
def test_a_hidden_count_leaves_no_figure_in_the_sentence(hidden: tuple[object, object, object]) -> None:
    said = words.rate_sentence("Northmoor", *hidden)  # type: ignore[arg-type]
    assert not any(sign.isdigit() for sign in said)


@pytest.mark.parametrize(
    ("rate", "other", "said"),
    [
        (8.0, 6.7, "above England's 6.7%"),
        (5.6, 6.7, "below England's 6.7%"),
        (6.71, 6.7, "the same as England's 6.7%"),
    ],
)
def test_the_rate_beside_others(rate: float, other: float, said: str) -> None:
    assert words.beside_words(rate, other, "England's") == said


@pytest.mark.parametrize(("excess", "said"), [(100, "100 fewer"), (-10, "among the best quarter")])
def test_the_rate_beside_the_best(excess: float, said: str) -> None:
    assert said in words.best_sentence(5.2, excess)


def test_not_recorded_is_never_called_good() -> None:
    for rate in (0.4, SUPPRESSED):
        said = words.not_recorded_sentence("Northmoor", rate)
        assert "does not record" in said
        assert "best" not in said


@pytest.mark.parametrize(
    ("reach", "certain", "said"),
    [
        ((412, 1234), False, "about 410 to 1,200 patients shorter"),
        ((412, 414), False, "about 410 patients shorter"),
        ((2.4, 2.6), False, "fewer than 8 patients shorter"),
        ((2.4, 23), False, "up to about 23 patients shorter"),
        ((315, 315), True, "315 patients shorter"),
        ((210, 315), True, "210 to 315 patients shorter"),
        ((1, 1), True, "fewer than 8 patients shorter"),
        ((-90, -20), False, "about 20 to 90 patients longer"),
        ((-40, 120), False, "between up to about 40 patients longer and up to about 120 patients shorter"),
        ((-0.2, 0.3), False, "no shorter"),
    ],
)
def test_the_range_to_repeat(reach: tuple[float, float], certain: bool, said: str) -> None:
    assert words.reach_words(reach, certain=certain) == said


def test_a_horizon_that_has_passed_is_spoken_of_as_the_past() -> None:
    when = (date(2021, 4, 1), date(2022, 3, 31))
    said = words.scenario_sentence("15%", when, (412, 1234), certain=False, past=True)
    assert said == (
        "Had 15% of missed appointments been avoided from 1 April 2021 on, **the waiting list would have been "
        "about 410 to 1,200 patients shorter on 31 March 2022** than it was."
    )
    rest = [
        words.attendances_sentence(spread(315), certain=True, past=True),
        words.value_sentence(84, 37_800, past=True),
    ]
    assert all("would have" in each for each in rest)


def test_the_range_is_told_as_two_ways_of_counting() -> None:
    said = words.bounds_sentence([(410, 900), (600, 1234)], [2.5, 4.1], certain=False)
    assert said == (
        "The range holds eight of ten draws by either count: about 410 to 900 patients if only slots of first "
        "appointments go to patients on the list, about 600 to 1,200 patients if every freed slot does. Its middles "
        "are 2.5 and 4.1 days of additions."
    )
    assert "eight of ten" not in words.bounds_sentence([(315, 315)] * 2, [11.0, 11.0], certain=True)


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
    said = words.place_sentence(place, phi=1739.6)
    assert "1,740 times" in said
    assert "no limits are drawn" in said

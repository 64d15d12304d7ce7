"""Directly and indirectly standardised rates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import rates
from helpers.stats.standardisation import dsr, isr, smr

Z95 = 1.959963984540054


def test_dsr_by_hand():
    # rates 20 and 15 per 1,000, equal weights: 17.5; variance (20/1000^2 + 30/2000^2)/4 = 6.875e-6
    found = dsr([20, 30], [1000, 2000], [500, 500], multiplier=1000)
    assert found.value.tolist() == [17.5]
    byar = 50 * (1 - 1 / 450 - Z95 / (3 * math.sqrt(50))) ** 3
    assert found.lower95[0] == pytest.approx(17.5 + 1000 * math.sqrt(6.875e-6 / 50) * (byar - 50))
    assert (found.events.tolist(), found.population.tolist()) == ([50.0], [3000.0])
    assert found.method == ("Dobson",)


def test_dsr_with_equal_rates_is_the_crude_rate_with_byars_interval():
    # one stratum: Dobson's interval is Byar's
    found, crude = dsr([25], [5000], [77]), rates.rate([25], [5000])
    for name in ("value", "lower95", "upper95", "lower998", "upper998"):
        assert getattr(found, name)[0] == pytest.approx(getattr(crude, name)[0])


def test_no_dsr_below_ten_events():
    found = dsr([5, 4, 5, 5], [100] * 4, [1] * 4, ["A", "A", "B", "B"])
    assert np.isnan([found.value[0], found.upper95[0], found.lower998[0]]).all()
    assert found.value[1] == pytest.approx(5000)
    assert found.method == ("none below 10 events", "Dobson")
    assert found.events.tolist() == [9.0, 10.0]


def test_a_dsr_of_no_event_is_none():
    assert np.isnan(dsr([0], [10], [1]).value[0])


def test_groups_have_their_own_standard():
    found = dsr([20, 40, 20, 40], [1000] * 4, [1, 3, 3, 1], ["A", "A", "B", "B"], multiplier=1000)
    assert found.value.tolist() == pytest.approx([35.0, 25.0])
    assert found.group == ("A", "B")


def test_smr_by_hand():
    found = smr([30, 20], [1000, 1000], [200, 300], [10_000, 10_000])
    assert (found.observed.tolist(), found.expected.tolist()) == ([50.0], [50.0])
    byar = rates.count([50])
    assert (found.value[0], found.lower95[0]) == (1.0, pytest.approx(byar.lower95[0] / 50))
    assert found.upper998[0] == pytest.approx(byar.upper998[0] / 50)
    assert found.reference.tolist() == [1.0]


def test_smr_is_exact_below_ten_events_and_may_be_per_hundred():
    found = smr([9], [100], [50], [1000], multiplier=100)
    assert found.value.tolist() == [180.0]
    assert found.lower95[0] == pytest.approx(4.115373 / 5 * 100, abs=1e-5)
    assert found.method == ("Exact",)


def test_isr_is_the_ratio_times_the_reference_rate():
    # reference 500 in 20,000 = 25 per 1,000
    found = isr([60, 40], [1000, 1000], [200, 300], [10_000, 10_000], multiplier=1000)
    assert found.value.tolist() == [50.0]
    assert found.reference.tolist() == [25.0]
    ratio = smr([60, 40], [1000, 1000], [200, 300], [10_000, 10_000])
    assert found.upper95[0] == pytest.approx(ratio.upper95[0] * 25)


def test_groups_are_standardised_apart():
    found = smr([1, 2, 3, 4], [10] * 4, [1] * 4, [10] * 4, ["A", "B", "A", "B"])
    assert (found.group, found.observed.tolist(), found.expected.tolist()) == (("A", "B"), [4, 6], [2, 2])
    assert isr([1, 2], [10, 10], [1, 2], [10, 10], ["A", "B"], multiplier=10).reference.tolist() == [
        1.0,
        2.0,
    ]


def test_an_empty_stratum_of_people_expects_nothing():
    assert smr([0, 5], [0, 100], [5, 50], [100, 1000]).expected.tolist() == [5.0]


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(100, 999)), min_size=2, max_size=9))
def test_against_itself_every_population_is_average(strata):
    x, n = zip(*strata, strict=True)
    assert smr(x, n, x, n).value[0] == pytest.approx(1.0)
    assert isr(x, n, x, n, multiplier=1).value[0] == pytest.approx(sum(x) / sum(n))
    if sum(x) >= 10:
        assert dsr(x, n, n, multiplier=1).value[0] == pytest.approx(sum(x) / sum(n))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dsr([1], [0], [1]), "population: 0 came"),
        (lambda: dsr([-1], [1], [1]), "events: -1 came"),
        (lambda: dsr([1], [1], [-1]), "standard: -1 came"),
        (lambda: dsr([1], [1], [0]), "standard: a standard population of 0 in all came"),
        (lambda: dsr([1, 2], [1, 1], [1]), "standard: 1 values came"),
        (lambda: dsr([1], [1], [1], multiplier=-1), "multiplier: -1 came"),
        (lambda: dsr([], [], []), "events: no value came"),
        (lambda: dsr([None], [1], [1]), "events: nan came"),
        (lambda: smr([1], [1], [1], [0]), "reference_population: 0 came"),
        (lambda: smr([1], [1], [0], [1]), "reference_events: nothing is expected for a group"),
        (lambda: smr([1], [-1], [1], [1]), "population: -1 came"),
        (lambda: smr([1], [1], [1, 2], [1]), "reference_events: 2 values came"),
        (lambda: smr([1], [1], [1], [1], multiplier=0), "multiplier: 0 came"),
        (lambda: isr([1], [1], [1], [1], ["A", "B"]), "groups: 2 values came"),
        (lambda: isr([1], [1], [1], [1], multiplier=0), "multiplier: 0 came"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


def test_events_of_one_person_are_not_independent() -> None:
    # two age bands of weight 2 and 1 with 100 and 200 people; 6 and 4 people once, 2 and 3 people three times
    found = dsr(
        [6, 2, 4, 3], [100, 100, 200, 200], [2, 2, 1, 1], frequency=[1, 3, 1, 3], strata=list("aabb"),
        multiplier=1,
    )  # fmt: skip
    assert found.events.tolist() == [25]
    assert found.population.tolist() == [300]
    assert found.value[0] == pytest.approx((12 * 2 / 100 + 13 / 200) / 3)
    variance = ((6 + 9 * 2) * (2 / 100) ** 2 + (4 + 9 * 3) * (1 / 200) ** 2) / 9
    byar = 25 * (1 - 1 / (9 * 25) - 1.959963985 / (3 * 25**0.5)) ** 3
    assert found.lower95[0] == pytest.approx(found.value[0] + (variance / 25) ** 0.5 * (byar - 25))
    each_alone = dsr([12, 13], [100, 200], [2, 1], multiplier=1)
    assert each_alone.value == pytest.approx(found.value)
    assert each_alone.lower95[0] > found.lower95[0]


def test_totals_do_where_events_by_stratum_are_not_known():
    strata = ([1000, 1000, 500, 700], [200, 300] * 2, [10_000] * 4, ["A", "A", "B", "B"])
    by_row, by_group = smr([30, 20, 9, 8], *strata), smr({"A": 50, "B": 17}, *strata)
    assert by_group.value.tolist() == by_row.value.tolist()
    with pytest.raises(
        ArgumentError, match="events: nothing came for 'B'; allowed: a total for each group"
    ):
        smr({"A": 50}, *strata)


def test_indirect_ratios_and_rates_take_any_confidence():
    found = isr([30, 20], [1000, 1000], [200, 300], [10_000, 10_000], multiplier=1000, confidence=0.9)
    count = rates.count([50], confidence=0.9)
    assert found.lower[0] == pytest.approx(count.lower[0] / 50 * 25)
    with pytest.raises(TypeError, match="multipler"):
        smr([30], [1000], [200], [10_000], multipler=100)  # type: ignore[call-arg]


def test_a_frequency_without_a_stratum_is_0_there_and_in_the_r_package_left_out():
    rows = {
        "population": [100, 200, 100],
        "standard": [2, 1, 2],
        "frequency": [1, 1, 2],
        "strata": [*"oyo"],
    }
    ours, tool = (dsr([6, 9, 4], **rows, compatible=how) for how in (None, "pheindicatormethods"))
    assert tool.value[0] == ours.value[0]
    # variance: frequency 1 over 3 of the standard population in both; frequency 2 over 3, or over its own 2
    ones = (6 * 0.02**2 + 9 * 0.005**2) / 9
    ratio = (ones + 4 * 4 * 0.02**2 / 4) / (ones + 4 * 4 * 0.02**2 / 9)
    width = (tool.upper95[0] - tool.value[0]) / (ours.upper95[0] - ours.value[0])
    assert width == pytest.approx(math.sqrt(ratio))

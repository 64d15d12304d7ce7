"""Life expectancy by Chiang's abridged life table."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from helpers.errors import ArgumentError
from helpers.stats.life_expectancy import life_expectancy

#: three bands whose table is worked out by hand below
DEATHS, PEOPLE, AGES = [50, 100, 900], [10_000, 40_000, 10_000], ["0", "1-64", "65+"]


def test_a_table_by_hand():
    # risks .005/(1 + .005 x .9) and .16/(1 + .16/2); alive 1, .9950224, .8476117
    # person-years .9955202, 64 x .9213171, .8476117/.09
    found = life_expectancy(DEATHS, PEOPLE, AGES)
    assert found.value == pytest.approx([69.377721, 68.724285, 1 / 0.09], abs=2e-5)
    assert found.age.tolist() == [0, 1, 65]
    assert found.deaths.tolist() == [1050, 1000, 900]
    assert found.population.tolist() == [60_000, 50_000, 10_000]


def test_the_oldest_band_errs_as_the_inverse_of_its_mortality():
    found = life_expectancy(DEATHS, PEOPLE, AGES, at=[65], confidence=0.9)
    # standard error of 1/M with 900 deaths: 1/M/sqrt(900)
    assert found.upper[0] - found.value[0] == pytest.approx(norm.ppf(0.95) / 0.09 / 30)
    assert list(found.to_frame().columns) == [
        "value", "lower90", "upper90", "method", "group", "age", "deaths", "population",
    ]  # fmt: skip


def test_steady_mortality_in_narrow_bands_lives_for_its_inverse():
    ages = np.arange(0, 300)
    found = life_expectancy(np.full(300, 20.0), np.full(300, 1000.0), ages, at=[100])
    assert found.value[0] == pytest.approx(50, rel=1e-3)


def test_intervals_cover_the_truth():
    rng = np.random.default_rng(3)
    truth = life_expectancy(DEATHS, PEOPLE, AGES, at=[0]).value[0]
    drawn = rng.poisson(DEATHS, (400, 3))
    found = life_expectancy(drawn.ravel(), PEOPLE * 400, AGES * 400, np.repeat(np.arange(400), 3), at=[0])
    assert 0.92 < np.mean((found.lower95 <= truth) & (truth <= found.upper95)) < 0.98


def test_order_of_bands_and_groups_does_not_matter():
    back = life_expectancy(DEATHS[::-1], PEOPLE[::-1], AGES[::-1])
    assert back.value.tolist() == life_expectancy(DEATHS, PEOPLE, AGES).value.tolist()
    mixed = life_expectancy(
        [50, 50, 100, 100, 900, 900], np.repeat(PEOPLE, 2), np.repeat(AGES, 2), ["b", "a"] * 3
    )
    assert mixed.group == ("b", "b", "b", "a", "a", "a")
    assert mixed.value[:3].tolist() == back.value.tolist()


@pytest.mark.parametrize(
    ("deaths", "people", "why"),
    [
        ([50, 100, 0], PEOPLE, "no death in the oldest"),
        ([50, 100, 900], [10_000, 0, 10_000], "nobody lives in an age band"),
        ([50, 100, 10_001], PEOPLE, "more deaths than people"),
        ([5, 10, 90], [1000, 3000, 1000], "5,000 people or fewer"),
    ],
)
def test_a_group_that_has_none_says_why(deaths, people, why):
    found = life_expectancy(deaths, people, AGES)
    assert np.isnan([*found.value, *found.lower95]).all()
    assert all(why in one for one in found.method)


def test_a_band_that_another_group_has_is_missing():
    found = life_expectancy([*DEATHS, 50, 900], [*PEOPLE, 10_000, 10_000], [*AGES, "0", "65+"], [*"AAABB"])
    assert "age band is missing" in found.method[-1]
    assert math.isnan(found.value[-1])
    assert found.method[0] == "Chiang, Silcocks"


def test_a_wide_interval_hides_the_value_alone():
    found = life_expectancy([1, 1, 2], [2000, 3000, 1000], ["0", "1-64", "65+"], at=[65])
    assert math.isnan(found.value[0])
    assert found.lower95[0] == pytest.approx(500 - norm.ppf(0.975) * 500 / math.sqrt(2))
    assert "20 years" in found.method[0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"age": ["0", "1-64", "old"]}, "age: 'old' came"),
        ({"age": [1, 5, 10]}, "age: the first band starts at 1"),
        ({"age": [0, 5, 5]}, "age: a band came twice in a group"),
        ({"at": [70]}, r"at: 70 came; allowed: ages among \[0, 1, 65\]"),
        ({"deaths": [-1, 1, 1]}, "deaths: -1 came"),
        ({"population": [1, 1]}, "population: 2 values came"),
        ({"confidence": 95}, "confidence: 95 came"),
    ],
)
def test_bad_input_is_refused(changed, words):
    arguments = {"deaths": DEATHS, "population": PEOPLE, "age": AGES, **changed}
    with pytest.raises(ArgumentError, match=words):
        life_expectancy(**arguments)

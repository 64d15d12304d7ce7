"""Proportions, counts, rates and means with their intervals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import ArgumentError
from helpers.stats import rates

Z95, Z998 = 1.959963984540054, 3.090232306167813


def near(value, places=6):
    return pytest.approx(value, abs=0.5 * 10**-places)


def test_golden_wilson():
    found = rates.proportion([65, 0], [100, 10])
    assert found.value.tolist() == [0.65, 0.0]
    assert found.lower95.tolist() == [near(0.552544), 0.0]
    assert found.upper95.tolist() == [near(0.736358), near(0.277533)]
    assert found.method == ("Wilson", "Wilson")
    assert len(found) == 2


def test_golden_byar_and_exact():
    found = rates.count([10, 9, 0])
    assert found.lower95.tolist() == [near(4.787450), near(4.115373), 0.0]
    assert found.upper95.tolist() == [near(18.391459), near(17.084803), near(3.688879)]
    assert found.method == ("Byar", "Exact", "Exact")


def test_the_wide_interval_comes_in_the_same_call():
    # Wilson by its formula with z = 3.0902, no event: upper = z^2/(n + z^2)
    assert rates.proportion([0], [10]).upper998[0] == pytest.approx(Z998**2 / (10 + Z998**2))
    # exact Poisson, no event: -ln(.001)
    assert rates.count([0]).upper998[0] == pytest.approx(-math.log(0.001))
    byar = 16 * (1 - 1 / 144 - Z998 / 12) ** 3
    assert rates.count([16]).lower998[0] == pytest.approx(byar)


def test_a_proportion_and_its_complement_mirror_each_other():
    one, other = rates.proportion([3, 10], [10, 10]), rates.proportion([7, 0], [10, 10])
    assert one.lower95.tolist() == pytest.approx((1 - other.upper95).tolist())
    assert one.upper998.tolist() == pytest.approx((1 - other.lower998).tolist())
    assert one.upper95[1] == 1.0


def test_percentages_and_rates_are_scaled_with_their_limits():
    plain, percent = rates.proportion([65], [100]), rates.proportion([65], [100], multiplier=100)
    assert (percent.value[0], percent.lower95[0]) == (65.0, pytest.approx(100 * plain.lower95[0]))
    found = rates.rate([10, 0], [2000, 500], multiplier=1000)
    assert found.value.tolist() == [5.0, 0.0]
    assert found.lower95.tolist() == [near(4.787450 / 2), 0.0]
    assert found.upper95[1] == near(3.6888795 * 2)
    assert rates.rate([1], [1]).value[0] == 100_000


def test_what_is_missing_stays_missing():
    assert np.isnan(rates.proportion([1, None], [None, 2]).value).all()
    found = rates.rate([None, 1], [1, None])
    assert np.isnan([found.value, found.upper95]).all()
    counts = rates.count([None, 20])
    assert np.isnan([counts.lower95[0], counts.upper95[0], counts.lower998[0], counts.upper998[0]]).all()
    assert counts.method == ("", "Byar")


def test_means_by_hand():
    # 4, 5, 6: sd 1, t(.975, 2) = 4.302653; t(.999, 2) = 22.327125
    found = rates.mean([4, 5, 6])
    assert found.value.tolist() == [5.0]
    assert found.lower95[0] == near(5 - 4.302653 / math.sqrt(3), 5)
    assert found.upper998[0] == near(5 + 22.327125 / math.sqrt(3), 5)
    assert (found.group, found.count.tolist(), found.method) == ((None,), [3], ("Student's t",))


def test_means_of_groups_come_in_order_of_appearance():
    found = rates.mean([1, 7, 3, 8], ["B", "A", "B", "C"])
    assert found.group == ("B", "A", "C")
    assert found.value.tolist() == [2.0, 7.0, 8.0]
    assert np.isnan(found.lower95).tolist() == [False, True, True]  # one value has no interval


def test_the_frame_has_one_row_per_estimate():
    frame = rates.mean([1, 2, 3], ["A", "A", "B"]).to_frame()
    assert frame["group"].tolist() == ["A", "B"]
    assert list(frame.columns[:6]) == ["value", "lower95", "upper95", "lower998", "upper998", "method"]


def test_results_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        rates.count([1]).value[0] = 2


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_wilson_holds_its_value_and_widens_with_confidence(part, rest):
    found = rates.proportion([part], [part + rest])
    assert 0 <= found.lower998[0] <= found.lower95[0] <= found.value[0] + 1e-15
    assert found.value[0] <= found.upper95[0] <= found.upper998[0] <= 1
    more = rates.proportion([4 * part], [4 * (part + rest)])
    assert more.upper95[0] - more.lower95[0] < found.upper95[0] - found.lower95[0]


@given(st.integers(0, 5000))
def test_poisson_limits_grow_with_the_count(events):
    found = rates.count([events, events + 1])
    for name in ("lower95", "upper95", "lower998", "upper998"):
        lower, higher = getattr(found, name)
        assert lower < higher or events == 9 or (events, higher) == (0, 0)
    assert found.lower998[1] < found.lower95[1] < events + 1 < found.upper95[1] < found.upper998[1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rates.proportion([5], [4]), "numerator: 5 came at position 0, where denominator is 4"),
        (lambda: rates.proportion([1], [0]), "denominator: 0 came"),
        (lambda: rates.proportion([-1], [4]), "numerator: -1 came"),
        (lambda: rates.proportion([1, 2], [4]), "denominator: 1 values came"),
        (lambda: rates.proportion([1], [4], multiplier=0), "multiplier: 0 came"),
        (lambda: rates.count([-1]), "events: -1 came"),
        (lambda: rates.rate([1], [0]), "denominator: 0 came"),
        (lambda: rates.rate([1], [1, 2]), "denominator: 2 values came"),
        (lambda: rates.mean([]), "values: no value came"),
        (lambda: rates.mean([1, None]), "values: nan came at position 1"),
        (lambda: rates.mean([1, 2], ["A"]), r"groups: 1 values came; allowed: as many as in values \(2\)"),
        (lambda: rates.mean([1, 2], ["A", None]), "groups: a missing name came at position 1"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


@pytest.mark.parametrize("level", [0.8, 0.9, 0.99, 0.999])
def test_any_confidence_agrees_with_other_libraries(level):
    x, n = np.array([0, 3, 65, 100]), np.array([10, 12, 100, 100])
    wilson = proportion_confint(x, n, alpha=1 - level, method="wilson")
    own = rates.proportion(x, n, confidence=level)
    assert own.lower == pytest.approx(wilson[0], abs=1e-12)
    assert own.upper == pytest.approx(wilson[1])
    exact = rates.count([3, 9], confidence=level)
    assert exact.lower == pytest.approx(stats.chi2.ppf((1 - level) / 2, [6, 18]) / 2)
    assert exact.upper == pytest.approx(stats.chi2.ppf((1 + level) / 2, [8, 20]) / 2)
    y = [4.0, 5, 9, 11]
    low, high = stats.t.interval(level, 3, np.mean(y), stats.sem(y))
    assert (rates.mean(y, confidence=level).lower[0], rates.mean(y, confidence=level).upper[0]) == (
        pytest.approx(low), pytest.approx(high),
    )  # fmt: skip


def test_several_confidences_come_in_one_call():
    found = rates.rate([20], [1000], confidence=(0.9, 0.95, 0.998))
    assert list(found.to_frame().columns) == [
        "value", "lower90", "upper90", "lower95", "upper95", "lower998", "upper998", "method",
    ]  # fmt: skip
    assert found.at(0.95) == (found.lower95, found.upper95)
    assert found.lower is found.at(0.9)[0]
    with pytest.raises(ArgumentError, match=r"confidence: 0.99 came; allowed: 0.9, 0.95, 0.998"):
        found.at(0.99)


@pytest.mark.parametrize("wrong", [95, 0, 1, "95", [0.95, 99.8]])
def test_a_confidence_is_a_share(wrong):
    with pytest.raises(ArgumentError, match="confidence: "):
        rates.count([5], confidence=wrong)

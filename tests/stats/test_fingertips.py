"""The funnels of OHID's Fingertips: lines, denominators behind rates, and who lies beyond."""

import numpy as np
import pytest
from scipy.stats import norm, poisson

from helpers.errors import ArgumentError
from helpers.stats import rates
from helpers.stats.fingertips import funnel_significance, funnel_table, rate_denominators

X, N = [5, 20, 40, 70], [50, 100, 210, 300]


def test_on_a_line_the_wilson_interval_just_reaches_the_average():
    table = funnel_table(X, N, statistic="proportion")
    row = table.iloc[60]
    own = rates.proportion([row["lower95"] / 100 * row["population"]], [row["population"]], multiplier=100)
    assert own.upper95[0] == pytest.approx(row["baseline"])
    assert row["baseline"] == pytest.approx(100 * 135 / 660)
    assert (table["lower998"].min(), table["upper998"].max()) == (0, 100)


def test_on_a_line_of_ratios_chance_reaches_the_count_once_in_forty():
    table = funnel_table(X, N, statistic="ratio").iloc[[5, 50]]
    observed = table["observed"].to_numpy()
    assert poisson.cdf(observed, table["lower95_at"]) == pytest.approx([0.025] * 2)
    assert poisson.sf(observed - 1, table["upper998_at"]) == pytest.approx([0.001] * 2)
    assert (100 * observed / table["lower95_at"]).tolist() == pytest.approx(table["lower95"].tolist())


def test_rates_carry_the_population_of_one_year():
    table = funnel_table([50, 70], [10_000, 20_000], statistic="rate", multiplier=1000, years=2)
    ratio = funnel_table([50, 70], [50, 70], statistic="ratio")
    assert table["baseline"][0] == pytest.approx(4)
    row = table.iloc[40]
    assert row["events"] / (row["upper95_at"] * 2) * 1000 == pytest.approx(row["upper95"])
    assert poisson.sf(row["events"] - 1, row["upper95_at"] * 2 * 0.004) == pytest.approx(0.025)
    assert "baseline" not in ratio


def test_axes_end_at_round_numbers_and_start_at_nought_where_they_are_long():
    wide = funnel_table(X, N, statistic="proportion")["population"]
    assert (wide.iloc[0], wide.iloc[-1], len(wide)) == (1, 320, 100)  # 300 x 1.05 = 315, up to two digits
    narrow = funnel_table([300, 400], [3000, 4000], statistic="proportion")["population"]
    assert (narrow.iloc[0], narrow.iloc[-1]) == (2000, 4200)  # 2850 down to one digit
    assert (np.diff(wide) >= 1).all()


def test_halving_as_the_published_tool_does_stops_within_its_step():
    exact, tool = (
        funnel_table(X, N, statistic="ratio", compatible=how) for how in (None, "pheindicatormethods")
    )
    assert tool["upper95"].to_numpy() == pytest.approx(exact["upper95"].to_numpy(), rel=1e-4)
    assert tool["upper95"][0] != pytest.approx(exact["upper95"][0], rel=1e-8)


def test_proportions_are_cut_at_the_multiplier():
    assert funnel_table([1, 2], [3, 4], statistic="proportion", multiplier=1)["upper998"].max() == 1


def test_who_lies_beyond_by_hand():
    # 100 of 1,000 and an average of .125: .125 -/+ 1.96 sqrt(.125 x .875/1000) = .1045, -/+ 3.09: .0927
    assert norm.ppf(0.975) * np.sqrt(0.125 * 0.875 / 1000) == pytest.approx(0.0205, abs=5e-5)
    found = funnel_significance([100, 150, 90, 160], [1000] * 4, statistic="proportion")
    assert found == ("Low (0.025)", "High (0.025)", "Low (0.001)", "High (0.001)")


def test_few_events_of_a_standardised_rate_are_not_judged():
    x, n = [5, 40, 0], [1000, 2000, 5000]
    assert funnel_significance(x, n, statistic="rate")[2] == "Low (0.001)"
    assert funnel_significance(x, n, statistic="rate", standardised=True)[2].startswith("Not applicable")


def test_denominators_behind_rates():
    found = rate_denominators([20, 0], [400, 0], multiplier=1e5, denominator=[None, 800], standardised=True)
    assert found.tolist() == pytest.approx([5000, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel_table([3], [2], statistic="proportion"), "numerator: 3 came"),
        (lambda: funnel_table([0], [2], statistic="ratio"), "numerator: not a single event"),
        (lambda: funnel_table([1], [0], statistic="ratio"), "denominator: 0 came"),
        (lambda: funnel_table([1], [2], statistic="mean"), "statistic: 'mean' came"),
        (lambda: funnel_table([1], [2], statistic="rate", years=0), "years: 0 came"),
        (lambda: rate_denominators([1], [0], multiplier=1), "rate: none came where there are events"),
        (lambda: rate_denominators([0], [0], multiplier=1), "denominator: none came where there are no"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()

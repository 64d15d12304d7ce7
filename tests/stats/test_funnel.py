"""Funnels: limits of the four kinds of data, overdispersion, flags."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.funnel import funnel
from helpers.stats.funnel_limits import Scale, adjusted_limits, unadjusted_limits

C95, C998 = 1.959964, 3.090232
SHMI = (
    Path(__file__).parents[2].parent / "shared" / "real-data" / "shmi" / "archive" / "shmi-2014-april.csv"
)


def near(value, places=6):
    return pytest.approx(value, abs=0.5 * 10**-places)


def lines(scale, *denominators):
    return adjusted_limits(scale, np.array(denominators, dtype=float))


# --- limits


def test_golden_exact_poisson_limits():
    found = funnel([15, 20, 30], [15, 20, 30], kind="standardised_ratio", overdispersion=False).limits
    assert found.lower95.tolist() == [near(0.5596924, 7), near(0.6108260, 7), near(0.6746958, 7)]
    assert found.upper95.tolist() == [near(1.649348), near(1.544419), near(1.427562)]
    assert found.lower998.tolist() == [near(0.3862650, 7), near(0.4479107, 7), near(0.5289724, 7)]
    assert found.upper998.tolist() == [near(2.082907), near(1.902094), near(1.702771)]


def test_golden_cqc_limits():
    scale = Scale("standardised_ratio", "cqc", target=1, multiplier=1, tau2=0.00426894)
    found = lines(scale, 100, 1)
    assert (found.lower95[0], found.upper95[0]) == (near(0.703496), near(1.348509))
    assert found.lower998[1] == 0.0


def test_golden_proportion_limits_are_clipped_before_the_sine_folds_back():
    scale = Scale("proportion", "shmi", target=0.01, multiplier=1)
    assert lines(scale, 20).lower95[0] == 0.0
    high = Scale("proportion", "shmi", target=0.99, multiplier=1)
    assert lines(high, 20).upper95[0] == 1.0
    # well inside, the plain formula holds
    angle = math.asin(math.sqrt(0.3)) + C95 / (2 * math.sqrt(400))
    assert lines(Scale("proportion", "shmi", 0.3, 1), 400).upper95[0] == pytest.approx(math.sin(angle) ** 2)


def test_golden_limits_of_ratios_of_counts_and_of_rates():
    counts = lines(Scale("ratio_of_counts", "shmi", target=0.05, multiplier=1), 10_000)
    assert (counts.lower95[0], counts.upper95[0]) == (near(0.045705), near(0.054699))
    person_time = lines(Scale("rate", "shmi", target=0.05, multiplier=1), 10_000)
    assert (person_time.lower95[0], person_time.upper95[0]) == (near(0.045804), near(0.054580))


def test_shmi_limits_by_hand():
    found = lines(Scale("standardised_ratio", "shmi", target=1, multiplier=100, tau2=0.01), 100)
    assert found.lower95[0] == pytest.approx(100 * math.exp(-C95 * math.sqrt(0.02)))
    assert found.upper998[0] == pytest.approx(100 * math.exp(C998 * math.sqrt(0.02)))


def test_unadjusted_limits_may_be_approximate():
    scale = Scale("standardised_ratio", "shmi", target=1, multiplier=1, exact=False, tau2=0.01)
    found = unadjusted_limits(scale, np.array([100.0]))
    assert found.upper95[0] == pytest.approx(math.exp(C95 / 10))
    exact = funnel([9, 11], [10, 10], kind="standardised_ratio", overdispersion=False)
    rough = funnel([9, 11], [10, 10], kind="standardised_ratio", overdispersion=False, exact=False)
    assert rough.limits.upper95[0] == pytest.approx(math.exp(C95 / math.sqrt(10)))
    assert exact.limits.upper95[0] != rough.limits.upper95[0]


def test_lines_may_be_drawn_at_any_denominator():
    wide = funnel([10, 90, 300, 20], [100, 100, 400, 400], kind="proportion")
    assert wide.adjusted
    drawn = wide.limits_at([100, 400])
    assert drawn.upper95.tolist() == [wide.limits.upper95[0], wide.limits.upper95[2]]
    narrow = funnel([10, 90, 300, 20], [100, 100, 400, 400], kind="proportion", overdispersion=False)
    assert (narrow.limits_at([100, 400]).upper95 < drawn.upper95).all()
    assert list(drawn.to_frame().columns) == ["lower95", "upper95", "lower998", "upper998"]
    with pytest.raises(ArgumentError, match="denominators: 0 came"):
        narrow.limits_at([0])


# --- dispersion


def test_the_shmi_method_truncates_the_first_and_last_tenth_by_rank():
    # 19 units, ranks 1..19: floor(rank x 10/20) is 0 for rank 1 and 9 for ranks 18, 19
    expected = np.full(19, 100.0)
    observed = np.linspace(70, 130, 19)
    result = funnel(observed, expected, kind="standardised_ratio")
    assert np.flatnonzero(result.trimmed).tolist() == [0, 17, 18]
    z = 10 * np.log(observed[1:17] / 100)
    assert result.dispersion.kept == 16
    assert result.dispersion.phi == pytest.approx(np.mean(z**2))
    # equal weights of 100: sum w - sum w^2/sum w = 1600 - 100
    assert result.dispersion.tau2 == pytest.approx((np.sum(z**2) - 15) / 1500)
    assert result.adjusted
    half = C95 * math.sqrt(0.01 + result.dispersion.tau2)
    assert result.limits.upper95[0] == pytest.approx(math.exp(half))


def test_ties_share_their_mean_rank_in_truncation():
    # four equal lowest of 9: ranks 2.5 -> floor(2.5) = 2, kept
    result = funnel([80] * 4 + [100, 110, 120, 130, 140], [100] * 9, kind="standardised_ratio")
    assert np.flatnonzero(result.trimmed).tolist() == [8]


def test_the_other_methods_winsorise_at_type_7_quantiles():
    observed, expected = [60, 90, 100, 110, 160], [100] * 5
    result = funnel(observed, expected, kind="standardised_ratio", method="cqc")
    z = (np.sqrt(np.array(observed) / 100) - 1) * 20
    low, high = z[0] + 0.4 * (z[1] - z[0]), z[3] + 0.6 * (z[4] - z[3])  # 10 % and 90 % of five
    assert result.trimmed.tolist() == [True, False, False, False, True]
    assert result.dispersion.phi == pytest.approx(np.mean(np.clip(z, low, high) ** 2))
    assert result.dispersion.kept == 5
    assert result.z.tolist() == pytest.approx(z.tolist())


def test_z_of_proportions_and_of_ratios_by_hand():
    share = funnel([10, 30], [100, 100], kind="proportion")
    target = math.asin(math.sqrt(0.2))
    assert share.z[0] == pytest.approx((math.asin(math.sqrt(0.1)) - target) * 20)
    for kind in ("ratio_of_counts", "rate"):
        ratio = funnel([10, 30], [100, 100], kind=kind)
        error = math.sqrt(10 / 10.5**2 + 100 / 100.5**2)
        assert ratio.z[0] == pytest.approx((math.log(10.5 / 100.5) - math.log(0.2)) / error)


def test_without_overdispersion_limits_are_those_of_chance():
    result = funnel([100, 101, 99, 100], [100] * 4, kind="standardised_ratio")
    assert result.dispersion.phi < 1
    assert result.dispersion.tau2 == 0
    assert not result.adjusted
    exact = funnel([100, 101, 99, 100], [100] * 4, kind="standardised_ratio", overdispersion=False)
    assert result.limits.upper95.tolist() == exact.limits.upper95.tolist()


def test_tau2_is_0_where_phi_is_below_its_expectation():
    # n phi = n - 1 exactly gives 0 on both sides of the rule
    result = funnel([100, 120], [100, 100], kind="standardised_ratio", method="cqc", trim=0.0001)
    n_phi = result.dispersion.kept * result.dispersion.phi
    assert n_phi > 1
    assert result.dispersion.tau2 == pytest.approx((n_phi - 1) / (800 - 400))


def test_dispersion_is_reported_even_where_it_is_not_used():
    values = [50, 90, 100, 110, 150, 40, 160, 100, 70, 130, 100]
    used = funnel(values, [100] * 11, kind="standardised_ratio")
    unused = funnel(values, [100] * 11, kind="standardised_ratio", overdispersion=False)
    assert unused.dispersion == used.dispersion
    assert not unused.adjusted
    tool = funnel(
        values, [100] * 11, kind="standardised_ratio", overdispersion=False, compatible="funnelplotr"
    )
    assert (tool.dispersion.phi, tool.dispersion.tau2) == (0.0, 0.0)


def test_few_units_are_kept_by_truncation():
    result = funnel([5, 20], [10, 10], kind="standardised_ratio")
    assert result.dispersion.kept == 2  # ranks 1 and 2 of 2: floor(3.3), floor(6.7)
    one = funnel([20], [10], kind="standardised_ratio")
    assert (one.dispersion.kept, one.dispersion.tau2) == (1, 0.0)


def test_above_phi_50_a_caterpillar_is_advised():
    wild = funnel([1000, 9000, 2000, 8000, 5000], [10_000] * 5, kind="proportion")
    assert wild.dispersion.phi > 50
    assert wild.advice == "caterpillar"
    assert wild.spread.lowest == 0.1
    assert (wild.spread.lower_quartile, wild.spread.median, wild.spread.upper_quartile) == (0.2, 0.5, 0.8)
    assert wild.spread.highest == 0.9
    calm = funnel([1000, 1010, 990], [10_000] * 3, kind="proportion")
    assert calm.advice == "funnel"


# --- units and flags


def test_rows_of_a_group_are_summed_in_order_of_appearance():
    result = funnel([1, 2, 3], [10, 20, 30], ["B", "A", "B"], kind="proportion", multiplier=100)
    assert result.group == ("B", "A")
    assert (result.numerator.tolist(), result.denominator.tolist()) == ([4.0, 2.0], [40.0, 20.0])
    assert result.value.tolist() == [10.0, 10.0]
    assert result.target == pytest.approx(10.0)


def test_flags_are_strict_and_at_both_levels():
    result = funnel(
        [6, 20, 34, 41], [20] * 4, ["A", "B", "C", "D"], kind="standardised_ratio", overdispersion=False
    )
    # 95 %: .6108 to 1.5444; 99.8 %: .4479 to 1.9021
    assert result.flag95 == ("low", "within", "high", "high")
    assert result.flag == ("low", "within", "within", "high")
    on_the_limit = funnel([1, 1], [1, 3], kind="rate", overdispersion=False)
    assert on_the_limit.flag == ("within", "within")


def test_every_unit_carries_its_own_interval():
    share = funnel([65, 10], [100, 100], kind="proportion")
    assert share.intervals.lower95[0] == near(0.552544)
    ratio = funnel([10, 10], [5, 20], kind="standardised_ratio", multiplier=100)
    assert ratio.intervals.upper95[0] == near(18.391459 / 5 * 100, 4)
    frame = ratio.to_frame()
    assert frame["own_upper95"].tolist() == ratio.intervals.upper95.tolist()
    assert {"group", "value", "z", "trimmed", "lower998", "flag", "flag95"} <= set(frame.columns)


def test_no_event_gets_a_continuity_correction_and_says_so():
    result = funnel([0, 10, 12, 9], [10, 10, 10, 10], list("ABCD"), kind="standardised_ratio")
    assert result.corrected == ("A",)
    assert result.z[0] == pytest.approx(math.sqrt(10) * math.log(0.05))
    assert result.value[0] == 0.0
    assert result.flag95[0] == "low"
    for kind in ("proportion", "rate", "ratio_of_counts"):
        other = funnel([0, 10], [100, 100], kind=kind)
        assert other.corrected == ()
        assert np.isfinite(other.z).all()
    tool = funnel([0, 10, 12, 9], [10] * 4, kind="standardised_ratio", compatible="funnelplotr")
    assert (tool.corrected, tool.z[0]) == ((), -math.inf)


def test_peers_set_the_centre_and_the_dispersion():
    x, n, names = [10, 12, 8, 40, 60], [100] * 5, list("ABCDE")
    result = funnel(x, n, names, kind="proportion", peers=["A", "B", "C"])
    alone = funnel(x[:3], n[:3], names[:3], kind="proportion")
    assert result.target == pytest.approx(0.1)
    assert result.dispersion == alone.dispersion
    assert result.flag[3:] == ("high", "high")
    assert result.trimmed[3:].tolist() == [False, False]


# --- the published tool


def test_root_scale_limits_are_not_squared_back_in_funnelplotr():
    scale = Scale("standardised_ratio", "cqc", 1, 1, compatible="funnelplotr", tau2=0.00426894)
    assert lines(scale, 100).lower95[0] == pytest.approx(math.sqrt(0.703496), abs=1e-6)


def test_rates_have_a_quarter_over_n_in_funnelplotr():
    for kind in ("rate", "ratio_of_counts"):
        found = lines(Scale(kind, "shmi", 0.05, 1, compatible="funnelplotr"), 10_000)
        assert found.upper95[0] == pytest.approx(0.05 * math.exp(C95 / 200))


def test_expected_is_rounded_to_two_places_for_shmi_in_funnelplotr():
    ours = funnel([10, 20], [10.126, 20.124], kind="standardised_ratio")
    tool = funnel([10, 20], [10.126, 20.124], kind="standardised_ratio", compatible="funnelplotr")
    assert ours.denominator.tolist() == [10.126, 20.124]
    assert tool.denominator.tolist() == [10.13, 20.12]
    assert tool.value.tolist() == ours.value.tolist()  # the ratio itself is not of the rounded one
    cqc = funnel(
        [10, 20], [10.126, 20.124], kind="standardised_ratio", method="cqc", compatible="funnelplotr"
    )
    assert cqc.denominator.tolist() == [10.126, 20.124]


def test_unadjusted_ratios_are_always_exact_in_funnelplotr():
    found = funnel(
        [20, 20],
        [20, 20],
        kind="standardised_ratio",
        overdispersion=False,
        exact=False,
        compatible="funnelplotr",
    )
    assert found.limits.upper95[0] == near(1.544419)


def test_small_proportions_fold_back_in_funnelplotr_only_where_its_grid_sees_it():
    # T = .01, n = 3: angle .1002 - .5658 < 0; its square falls along the grid, so it is set to 0
    groups = funnel(
        [1, 10, 30], [3, 1000, 3097], kind="proportion", overdispersion=False, compatible="funnelplotr"
    )
    assert groups.limits.lower95[0] == 0.0
    angle = math.asin(math.sqrt(0.01)) - C95 / (2 * math.sqrt(1000))
    assert groups.limits.lower95[1] == pytest.approx(math.sin(angle) ** 2)
    assert groups.target == pytest.approx(0.01)
    # a share near 1 folds at the top
    top = funnel(
        [3, 990, 3066], [3, 1000, 3097], kind="proportion", overdispersion=False, compatible="funnelplotr"
    )
    assert top.limits.upper95[0] == 1.0
    percent = funnel(
        [3, 990, 3066], [3, 1000, 3097], kind="proportion", multiplier=100, compatible="funnelplotr"
    )
    assert percent.limits.upper95[0] == 100.0
    assert percent.limits.upper998[2] <= 100.0


# --- properties


units = st.lists(st.tuples(st.integers(0, 60), st.integers(61, 400)), min_size=3, max_size=25).filter(
    lambda rows: sum(x for x, _ in rows) > 0
)
kinds = st.sampled_from(
    [
        ("standardised_ratio", "shmi"),
        ("standardised_ratio", "cqc"),
        ("proportion", "shmi"),
        ("rate", "shmi"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(units, kinds, st.randoms(use_true_random=False))
def test_the_order_of_organisations_changes_nothing(rows, kind, random):
    frame = pd.DataFrame(rows, columns=["x", "n"]).assign(name=range(len(rows)))
    order = list(range(len(rows)))
    random.shuffle(order)
    results = [
        funnel(f["x"], f["n"], f["name"], kind=kind[0], method=kind[1]) for f in (frame, frame.iloc[order])
    ]
    one, other = (result.to_frame().set_index("group").sort_index() for result in results)
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)
    assert results[0].dispersion.phi == pytest.approx(results[1].dispersion.phi, nan_ok=True)


@settings(max_examples=100, deadline=None)
@given(units, kinds)
def test_limits_hold_the_target_and_widen_with_confidence(rows, kind):
    x, n = zip(*rows, strict=True)
    found = funnel(x, n, kind=kind[0], method=kind[1])
    assert (found.limits.lower998 <= found.limits.lower95).all()
    assert (found.limits.lower95 <= found.target + 1e-12).all()
    assert (found.limits.upper95 >= found.target - 1e-12).all()
    assert (found.limits.upper998 >= found.limits.upper95).all()


@settings(max_examples=100, deadline=None)
@given(kinds, st.floats(0.01, 0.99), st.integers(1, 10_000), st.floats(0, 0.1))
def test_doubling_n_narrows_a_funnel(kind, target, n, tau2):
    scale = Scale(kind[0], kind[1], 1.0 if kind[0] == "standardised_ratio" else target, 1.0, tau2=tau2)
    found = lines(scale, n, 2 * n)
    assert found.upper95[1] <= found.upper95[0]
    assert found.lower95[1] >= found.lower95[0]


@pytest.mark.real_data
@pytest.mark.skipif(not SHMI.exists(), reason="the open NHS data are not beside the project")
def test_golden_shmi_publication_of_april_2014():
    data = pd.read_csv(SHMI, encoding="cp1252").dropna(subset="OBSERVED")
    result = funnel(data["OBSERVED"], data["EXPECTED"], data["PROVIDER"], kind="standardised_ratio")
    assert (len(result.group), result.dispersion.kept) == (141, 113)
    assert result.dispersion.phi == near(6.030639)
    assert result.dispersion.tau2 == near(0.002672986, 9)
    assert np.abs(result.limits.lower95 - data["OD_LL"]).max() < 5e-5
    assert np.abs(result.limits.upper95 - data["OD_UL"]).max() < 5e-5
    bands = {"high": 1, "within": 2, "low": 3}
    assert [bands[flag] for flag in result.flag95] == data["OD_BANDING"].tolist()
    chance = result.to_frame().assign(published=data["PO_LL"].to_numpy())
    poisson = unadjusted_limits(result.scale, chance["denominator"].to_numpy()).lower998
    assert np.abs(poisson - chance["published"]).max() < 5e-5


@pytest.mark.parametrize(
    ("x", "n", "options", "words"),
    [
        ([5], [4], {}, "numerator: 5 came at position 0, where denominator is 4"),
        ([-1], [4], {}, "numerator: -1 came"),
        ([1], [0], {}, "denominator: 0 came in all for 0; allowed: more than 0 for each group"),
        ([1, 2], [4], {}, "denominator: 1 values came"),
        ([], [], {}, "numerator: no value came"),
        ([0], [4], {}, "numerator: not a single event came"),
        ([None], [4], {}, "numerator: nan came"),
        ([1, 1], [4, 4], {"groups": ["A", None]}, "groups: a missing name came"),
        ([1], [4], {"kind": "PR"}, "kind: 'PR' came"),
        ([1], [4], {"method": "smr"}, "method: 'smr' came"),
        ([1], [4], {"compatible": "r"}, "compatible: 'r' came"),
        ([1], [4], {"trim": 0.5}, "trim: 0.5 came; allowed: one finite number of 0 or more and below 0.5"),
        ([1], [4], {"multiplier": 0}, "multiplier: 0 came"),
        ([1], [4], {"peers": "A"}, "peers: 'A' came; allowed: a list of groups"),
        ([1], [4], {"peers": 3}, "peers: 3 came"),
        ([1], [4], {"peers": ["A"]}, "peers: 'A' came; allowed: groups that are in the data"),
        ([1], [4], {"peers": []}, "peers: no group came"),
    ],
)
def test_bad_input_is_refused(x, n, options, words):
    with pytest.raises(ArgumentError, match=words):
        funnel(x, n, options.pop("groups", None), **{"kind": "proportion", **options})


def test_a_limit_does_not_depend_on_what_else_is_asked_for() -> None:
    for compatible in (None, "funnelplotr"):
        found = funnel(
            [1, 9, 30, 8], [20, 100, 900, 300], kind="proportion", compatible=compatible, trim=0.2
        )
        alone, beside = found.limits_at([3]), found.limits_at([3, 900, 5000])
        assert alone.lower998[0] == pytest.approx(beside.lower998[0], abs=1e-12)
        assert alone.upper95[0] == pytest.approx(beside.upper95[0], abs=1e-12)


def test_nothing_trimmed_takes_every_organisation() -> None:
    for method in ("shmi", "cqc"):
        found = funnel([30, 40, 25, 60], [32, 30, 33, 41], kind="standardised_ratio", method=method, trim=0)
        assert not found.trimmed.any()
        assert found.dispersion.kept == 4
        assert found.dispersion.phi == pytest.approx(float((found.z**2).mean()))


def test_both_limits_are_there_to_be_drawn() -> None:
    found = funnel([80, 190, 85, 70], [1000, 1200, 900, 1100], kind="proportion", trim=0.2)
    assert found.adjusted
    chance, widened = (found.limits_at([1000], adjusted=which) for which in (False, True))
    assert found.limits_at([1000]).upper95[0] == pytest.approx(widened.upper95[0])
    assert chance.lower95[0] > widened.lower95[0]
    assert found.limits.upper998[0] == pytest.approx(widened.upper998[0])


def test_limits_that_always_carry_the_spread_need_no_overdispersion() -> None:
    calm = {"numerator": [20, 21, 40, 39], "denominator": [20, 20, 40, 40], "kind": "standardised_ratio"}
    chance, always = (funnel(**calm, overdispersion=how) for how in (True, "always"))
    assert always.dispersion.phi < 1
    assert (chance.adjusted, always.adjusted) == (False, True)
    # exact Poisson against exp(-1.96/sqrt(20)) on the logarithmic scale
    assert always.limits.lower95[0] == pytest.approx(math.exp(-C95 / math.sqrt(20)))
    assert chance.limits.lower95[0] == near(0.6108260)


def test_the_lines_hold_both_limits_at_every_denominator() -> None:
    found = funnel([80, 190, 85, 70], [1000, 1200, 900, 1100], kind="proportion", trim=0)
    table = found.lines().set_index("denominator")
    assert len(table) == 1003  # 1,000 places, the largest of which is one of the four
    own = table.loc[[1000, 1200, 900, 1100]]
    assert own["spread_upper998"].tolist() == pytest.approx(found.limits.upper998.tolist())
    assert (own["chance_upper95"] < own["spread_upper95"]).all()


def test_the_frame_holds_what_limits_are_worked_out_from() -> None:
    found = funnel([80, 190, 85, 70], [1000, 1200, 900, 1100], kind="proportion", trim=0)
    frame = found.to_frame()
    assert frame["transformed"][0] == pytest.approx(math.asin(math.sqrt(0.08)))
    assert frame["error"][0] == pytest.approx(1 / (2 * math.sqrt(1000)))
    target = math.asin(math.sqrt(425 / 4200))
    assert frame["z"].tolist() == pytest.approx(((frame["transformed"] - target) / frame["error"]).tolist())
    assert not frame["trimmed"].any()


def test_expected_events_are_rounded_as_r_does() -> None:
    # R 4: the nearer neighbour in double precision, the even one of two that are as near (0.125 down, 0.375 up)
    made = funnel([1, 1, 1], [20.125, 20.375, 20.374], kind="standardised_ratio", compatible="funnelplotr")
    assert made.denominator.tolist() == [20.12, 20.38, 20.37]


def test_the_published_tool_marks_what_lies_on_its_quantiles_as_winsorised() -> None:
    data = {
        "numerator": [80, 190, 85, 70, 90],
        "denominator": [1000] * 5,
        "kind": "proportion",
        "trim": 0.25,
    }
    ours, tool = (funnel(**data, compatible=how).trimmed.sum() for how in (None, "funnelplotr"))
    assert (ours, tool) == (2, 4)


# FunnelPlotR 0.6.0 on R 4.2.2: one organisation; one without an event; nobody trimmed
def test_one_organisation_has_no_spread_between_organisations_and_an_infinite_one_in_funnelplotr():
    ours, tool = (
        funnel([30], [20], kind="standardised_ratio", compatible=how) for how in (None, "funnelplotr")
    )
    assert (ours.dispersion.tau2, tool.dispersion.tau2) == (0, np.inf)
    assert ours.dispersion.phi == tool.dispersion.phi == pytest.approx(3.288039078)
    assert (tool.limits.lower998[0], tool.limits.upper998[0]) == (0, np.inf)
    assert np.isfinite(ours.limits.upper998[0])


def test_large_counts_of_one_organisation_are_no_spread():
    # weights and the sum of their squares over their sum differ by rounding alone: 7e16 in the published tool
    made = funnel([2_001_272] * 2, [51_309_493] * 2, ["A", "A"], kind="standardised_ratio")
    assert made.dispersion.tau2 == 0


def test_an_organisation_without_an_event_makes_the_spread_infinite_in_funnelplotr():
    counts, expected = [0, 10, 12, 9, 30], [10, 8, 15, 9.5, 12]
    tool = funnel(counts, expected, kind="standardised_ratio", compatible="funnelplotr")
    assert tool.z == pytest.approx([-np.inf, 0.631145273, -0.864231258, -0.166646368, 3.174124204])
    assert (tool.dispersion.phi, tool.dispersion.tau2) == (np.inf, np.inf)
    assert set(tool.flag) == {"within"}
    assert np.isfinite(funnel(counts, expected, kind="standardised_ratio").dispersion.tau2)


def test_no_trimming_leaves_nobody_in_funnelplotr_and_everybody_here():
    data = {"numerator": [12, 10, 12, 9, 30], "denominator": [10, 8, 15, 9.5, 12], "trim": 0.0}
    ours, tool = (
        funnel(**data, kind="standardised_ratio", overdispersion="always", compatible=how)
        for how in (None, "funnelplotr")
    )
    assert np.isnan(tool.dispersion.phi)
    assert tool.dispersion.tau2 == 0
    assert tool.limits.upper998 == pytest.approx(
        [2.65705180, 2.98190394, 2.22085992, 2.72536851, 2.44018325]
    )
    assert tool.flag == ("within", "within", "within", "within", "high")
    assert ours.dispersion.kept == 5
    shares = funnel(
        [12, 10, 12, 9, 30], [100, 80, 150, 95, 120], kind="proportion", trim=0.0,
        overdispersion="always", compatible="funnelplotr",
    )  # fmt: skip
    assert shares.dispersion.phi == pytest.approx(3.393456347216)
    assert shares.dispersion.tau2 == pytest.approx(0.007527874463)
    upper = [0.399436987, 0.408758276, 0.386604721, 0.401420057, 0.393081188]
    assert shares.limits.upper998 == pytest.approx(upper)

"""The analysis of stays on a handful of spells, every number worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from reports_made import USUAL, Analyse, Analysis, Stays
from scipy import stats

from helpers.analyses.stays.excess import REST
from helpers.analyses.stays.options import BENCHMARKS, StayOptions, name_benchmark
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import Query, Told
from helpers.errors import DataError, UsageError
from helpers.register.models import Event
from helpers.report.period import Period

BEFORE = date(2025, 4, 15)


# --- crude --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("benchmark", "days"),
    [
        ("national_mean", 4.8),  # 480 days over 100 patients, T1's left out
        ("peer_median", 5.5),  # T2 has 3 and T4 has 8; T3 is of another group
        ("best_quartile", 4.0),  # type 7 of 3, 5, 8
    ],
)
def test_benchmarks_leave_the_trust_out(usual: Analysis, benchmark: str, days: float) -> None:
    crude = usual.findings(benchmark=benchmark).crude
    assert crude["mean"] == 4
    assert crude["benchmark"] == pytest.approx(days)
    assert crude["deviation"] == pytest.approx(4 - days)


@pytest.mark.parametrize("benchmark", ["peer_median", "best_quartile"])
def test_a_quantile_over_trusts_does_not_give_the_mean_that_the_ledger_hides(
    usual: Analysis, monkeypatch: pytest.MonkeyPatch, benchmark: str
) -> None:
    def hide_two(_releases: object, _mart: object, asked: Sequence[Asked]) -> dict[Query, Told]:
        hides = {each.query: each.query.organisation == "T2" for each in asked}
        return {query: Told(query, 1, None, star=hidden) for query, hidden in hides.items()}

    monkeypatch.setattr("helpers.analyses.stays.findings.decide_on", hide_two)
    with pytest.raises(DataError, match="choose another benchmark"):
        usual.findings(benchmark=benchmark)


def test_the_interval_of_the_plain_comparison_is_the_t_interval_of_the_mean(usual: Analysis) -> None:
    crude = usual.findings().crude
    half = stats.t.ppf(0.975, 19) * np.sqrt((20 * 2**2 / 19) / 20)  # every stay lies 2 days from the mean
    assert (crude["lower"], crude["upper"]) == (pytest.approx(-0.8 - half), pytest.approx(-0.8 + half))


def test_a_target_stands_for_one_way_of_counting_only(usual: Analysis) -> None:
    found = usual.findings(benchmark="target", target_days=4.5)
    assert found.crude["deviation"] == pytest.approx(-0.5)
    assert (
        found.crude_of(zero_day=not found.options.zero_day_stays)[
            ["benchmark", "deviation", "lower", "upper"]
        ]
        .isna()
        .all()
    )
    assert found.crude_of(zero_day=not found.options.zero_day_stays)["mean"] == 4


@pytest.mark.parametrize("zero_day", [True, False])
def test_zero_day_stays_are_in_or_out_of_mean_and_benchmark_alike(analyse: Analyse, zero_day: bool) -> None:
    found = analyse(*USUAL, Stays("T1", 20, 0), Stays("T2", 60, 0)).findings(zero_day_stays=zero_day)
    rows = {True: (40, 2.0, 480 / 160), False: (20, 4.0, 4.8)}
    for row, counted in (
        (found.crude, zero_day),
        (found.crude_of(zero_day=not zero_day), not zero_day),
    ):
        assert (row["spells"], row["mean"]) == rows[counted][:2]
        assert row["benchmark"] == pytest.approx(rows[counted][2])


@pytest.mark.parametrize("zero_day", [True, False])
def test_the_past_counts_zero_day_stays_as_the_present_does(analyse: Analyse, zero_day: bool) -> None:
    past = (Stays("T1", 10, 5, BEFORE), Stays("T1", 10, 0, BEFORE))
    found = analyse(*USUAL, *past).findings(benchmark="own_past", zero_day_stays=zero_day)
    means = {True: 2.5, False: 5.0}
    assert found.crude["benchmark"] == means[zero_day]
    assert found.crude_of(zero_day=not found.options.zero_day_stays)["benchmark"] == means[not zero_day]


def test_the_pooled_and_the_unweighted_mean_of_the_others(usual: Analysis) -> None:
    assert usual.findings().national == (pytest.approx(4.8), pytest.approx(16 / 3))


def test_a_trust_of_fewer_than_20_patients_is_no_benchmark_by_itself(analyse: Analyse) -> None:
    found = analyse(*USUAL, Stays("T5", 19, 99)).findings(benchmark="best_quartile")
    assert found.crude["benchmark"] == pytest.approx(4.0)
    assert found.national[1] == pytest.approx(16 / 3)


def test_day_cases_and_other_months_are_left_out(analyse: Analyse) -> None:
    more = (
        Stays("T1", 50, 0, patient_class="day_case"),
        Stays("T1", 50, 90, date(2026, 3, 31)),
        Stays("T1", 50, 90, date(2026, 5, 1)),
    )
    assert analyse(*USUAL, *more).findings().crude[["spells", "mean"]].tolist() == [20, 4]


def test_the_history_of_a_merged_trust_counts_for_its_successor(analyse: Analyse) -> None:
    found = analyse(*USUAL, Stays("T0", 20, 10), Stays("T0", 30, 7, BEFORE)).findings(benchmark="own_past")
    assert found.crude[["spells", "mean", "benchmark"]].tolist() == [40, 7, 7]


# --- trimming -----------------------------------------------------------------------------------------


def test_a_fixed_trim_point_cuts_stays_here_and_elsewhere_and_drops_none(usual: Analysis) -> None:
    found = usual.findings(trim="fixed", trim_days=5)
    assert found.crude["mean"] == 3.5  # ten of 5 and ten of 2
    assert found.crude["benchmark"] == pytest.approx((120 + 200 + 100) / 100)
    assert found.crude["spells"] == 20


def test_the_quartile_trim_point_is_at_least_five_days(analyse: Analyse) -> None:
    # 100 stays of 1 day and 20 of 30: both quartiles are 1, so the trim point is 5 and not 1
    found = analyse(Stays("T1", 20, 30), Stays("T2", 100, 1)).findings(trim="upper_quartile")
    assert found.crude["mean"] == 5
    assert found.crude["benchmark"] == 1


def test_the_quartile_trim_point_is_the_upper_quartile_and_one_and_a_half_ranges(analyse: Analyse) -> None:
    # quartiles of 30 x 2, 40 x 4, 30 x 8 are 2 and 8: 8 + 1.5 x 6 = 17
    stays = (Stays("T2", 30, 2), Stays("T3", 40, 4), Stays("T1", 29, 8), Stays("T1", 1, 40))
    found = analyse(*stays).findings(trim="upper_quartile")
    assert found.crude["mean"] == pytest.approx((29 * 8 + 17) / 30)


# --- adjusted -----------------------------------------------------------------------------------------

#: T1: 20 old at 10 days, 10 young at 3; elsewhere 30 old at 8 and 90 young at 2, each half a day off
MIXED = (
    Stays("T1", 20, 10, age="85+"), Stays("T1", 10, 3), Stays("T2", 15, 7, age="85+"),
    Stays("T3", 15, 9, age="85+"), Stays("T2", 45, 1), Stays("T3", 45, 3),
)  # fmt: skip


def test_observed_expected_and_split_by_hand(analyse: Analyse) -> None:
    found = analyse(*MIXED).findings()
    assert found.adjusted[["observed", "expected", "excess"]].tolist() == [230, 180, 50]
    assert found.ratio.value == pytest.approx(23 / 18)
    # sum n s^2 + n^2 s^2 / m: old 30/29 and 20, 400/30; young 90/89 and 10, 100/90
    variance = 30 / 29 * (20 + 400 / 30) + 90 / 89 * (10 + 100 / 90)
    assert found.ratio.low == pytest.approx(23 / 18 * np.exp(-1.959964 * np.sqrt(variance) / 180), rel=1e-6)
    assert found.ratio.verdict == "longer"
    # 230/30; 420/120 = 3.5; mix 6 - 3.5; length 50/30
    split = found.split
    assert split[["benchmark", "level", "mix"]].tolist() == [3.5, 0, 2.5]
    assert split["length"] == pytest.approx(5 / 3)
    assert split["benchmark"] + split["mix"] + split["length"] == pytest.approx(230 / 30)


@pytest.mark.parametrize("benchmark", [name for name in BENCHMARKS if name not in ("target", "own_past")])
def test_the_split_adds_up_whatever_the_benchmark_and_calls_case_mix_only_case_mix(
    analyse: Analyse, benchmark: str
) -> None:
    split = analyse(*MIXED).findings(benchmark=benchmark).split
    assert split[["level", "mix", "length"]].sum() == pytest.approx(split["mean"] - split["benchmark"])
    assert split["mix"] == 2.5


def test_kitagawa_by_hand(analyse: Analyse) -> None:
    # shares 2/3 and 1/3 against 1/4 and 3/4; means 10 and 3 against 8 and 2
    mix, length = analyse(*MIXED).findings().kitagawa
    assert mix == pytest.approx((2 / 3 - 1 / 4) * 9 + (1 / 3 - 3 / 4) * 2.5)
    assert length == pytest.approx(2 * (2 / 3 + 1 / 4) / 2 + 1 * (1 / 3 + 3 / 4) / 2)
    assert mix + length == pytest.approx(230 / 30 - 3.5)


def test_spells_that_fall_back_are_counted(analyse: Analyse) -> None:
    stays = (*USUAL, Stays("T1", 10, 5, sex="male"), Stays("T1", 12, 5, specialty="300"))
    found = analyse(*stays).findings()
    assert found.fallback["all columns"] == 20
    assert found.fallback["without sex"] == 10
    assert found.fallback["no comparator"] == 12
    assert found.adjusted[["spells", "unmatched_spells", "observed"]].tolist() == [30, 12, 130]


def test_the_regression_agrees_where_there_is_one_stratum(usual: Analysis) -> None:
    found = usual.findings()
    assert found.model is not None
    assert found.model.ratio == pytest.approx(4 / 4.8, rel=1e-4)
    assert found.model_verdict is not None
    assert not found.model_verdict.disagrees


# --- worth --------------------------------------------------------------------------------------------


def test_beds_are_bed_days_over_days_and_occupancy(usual: Analysis) -> None:
    assert usual.findings(occupancy=0.8).beds(48) == pytest.approx(48 / 30 / 0.8)


def test_months_without_any_patient_are_named_and_make_no_beds(analyse: Analyse) -> None:
    asked = analyse(*USUAL).but(period=Period(date(2026, 3, 1), date(2026, 5, 1)))
    assert asked.findings().trend.gaps == (date(2026, 3, 1), date(2026, 5, 1))
    assert asked.findings(occupancy=0.5).beds(30) == pytest.approx(2)  # over the 30 days of April


def two_specialties(small: int) -> tuple[Stays, ...]:
    own = (Stays("T1", 20, 5), Stays("T1", 12, 5, specialty="300"), Stays("T1", small, 9, specialty="400"))
    return (*own, *(Stays("T2", 50, 4, specialty=code) for code in ("100", "300", "400")))


def test_groups_by_specialty_sum_to_the_whole(analyse: Analyse) -> None:
    found = analyse(*two_specialties(10)).findings()
    assert found.excess.groups["patients"].to_dict() == {"400": 10, "100": 20, "300": 10}  # 10, 20 and 12
    assert found.excess.groups["excess"].to_dict() == {"400": 50, "100": 20, "300": 10}
    assert found.excess.worth.raw == 80
    assert found.excess.groups["label"].tolist() == ["400", "General Surgery", "General Internal Medicine"]


def test_a_small_group_is_taken_together_with_the_next_so_that_subtraction_tells_nothing(
    analyse: Analyse,
) -> None:
    groups = analyse(*two_specialties(3)).findings().excess.groups
    assert groups["spells"].to_dict() == {"100": 20, REST: 15}
    assert groups["excess"].to_dict() == {"100": 20, REST: 27}
    assert groups["label"].tolist() == ["General Surgery", "other specialties together"]


def test_two_small_groups_of_eight_together_need_no_third(analyse: Analyse) -> None:
    stays = (*two_specialties(4), Stays("T1", 4, 4, specialty="500"), Stays("T2", 50, 4, specialty="500"))
    assert analyse(*stays).findings().excess.groups["spells"].to_dict() == {"100": 20, "300": 12, REST: 8}


def test_within_a_specialty_groups_are_ages(analyse: Analyse) -> None:
    found = analyse(*MIXED, Stays("T1", 30, 5, specialty="300")).findings(specialty="100")
    assert found.excess.groups["excess"].to_dict() == {"85+": 40, "45-64": 10}


# --- tails, trend, peers ------------------------------------------------------------------------------


def test_tails_count_zero_days_and_trim_nothing_whatever_is_asked(analyse: Analyse) -> None:
    stays = (*USUAL, Stays("T1", 3, 0), Stays("T1", 2, 14), Stays("T1", 1, 21))
    own = analyse(*stays).findings(zero_day_stays=False, trim="fixed", trim_days=5).tails.T["own"]
    expected = {"spells": 26, "days": 129, "zero_day": 3, "spells_7": 3, "days_7": 49, "spells_14": 3}
    assert own[list(expected)].to_dict() == expected
    assert (own["spells_21"], own["days_21"]) == (1, 21)


MONTHLY = tuple(
    Stays(org, 10, 4 + month % 2, date(2026, month, 15))
    for month in (1, 2, 3, 5, 6)
    for org in ("T1", "T2", "T3", "T4")
)
HALF_YEAR = Period(date(2026, 1, 1), date(2026, 6, 1))


def test_the_trend_begins_with_the_first_month_and_keeps_empty_ones(analyse: Analyse) -> None:
    found = analyse(*MONTHLY).but(period=HALF_YEAR).findings()
    assert [month.month for month in found.trend.months.index] == [1, 2, 3, 4, 5, 6]
    assert np.isnan(found.trend.chart.values[3])
    assert found.trend.chart.target_in_force == pytest.approx(found.crude["benchmark"])


@pytest.mark.parametrize(("day", "first"), [(date(2026, 3, 20), 2), (date(2026, 4, 2), 3)])
def test_limits_restart_at_a_registered_event_even_in_a_month_without_patients(
    analyse: Analyse, day: date, first: int
) -> None:
    event = Event(id="change", name="Change", day=day, kind="intervention", rebase=True)
    found = analyse(*MONTHLY).but(period=HALF_YEAR, events=(event,)).findings()
    assert [segment.first for segment in found.trend.chart.segments] in ([0, first], [0, first + 1])


def test_events_before_the_trend_and_those_that_do_not_rebase_restart_nothing(analyse: Analyse) -> None:
    early = Event(id="early", name="Early", day=date(2020, 1, 1), kind="intervention", rebase=True)
    told = Event(id="told", name="Told", day=date(2026, 3, 1), kind="intervention")
    found = analyse(*MONTHLY).but(period=HALF_YEAR, events=(early, told)).findings()
    assert len(found.trend.chart.segments) == 1
    assert found.trend.events.events == (told,)


MANY = (*USUAL, *(Stays(f"T{n}", 20, days) for n in range(5, 13) for days in (3, 6)))


def test_the_funnel_weighs_each_trust_by_the_precision_of_its_own_ratio(analyse: Analyse) -> None:
    found = analyse(*MANY).findings()
    error = found.all_trusts.loc["T1", "standard_error"]
    assert found.peers is not None
    own = found.peers.group.index("T1")
    assert found.peers.denominator[own] == pytest.approx(1 / error**2)
    # the others: 480 days over 100 patients and eight times 180 over 40
    assert found.peers.value[own] == pytest.approx(4 / ((480 + 8 * 180) / (100 + 8 * 40)))


def test_tiny_trusts_stay_out_of_the_funnel_but_never_the_reported_one(analyse: Analyse) -> None:
    small = (Stays("T1", 10, 3), *MANY[2:], Stays("T13", 19, 30))
    found = analyse(*small).findings().peers
    assert found is not None
    assert set(found.group) == {f"T{n}" for n in range(1, 13)}


def test_fewer_than_ten_trusts_make_no_funnel(usual: Analysis) -> None:
    assert usual.findings().peers is None


def test_a_regression_that_does_not_settle_is_no_result(analyse: Analyse) -> None:
    found = analyse(Stays("T1", 30, 0), Stays("T2", 50, 0), Stays("T2", 1, 1)).findings()
    assert found.model is None
    assert found.model_verdict is None


# --- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stays", "options", "message"),
    [
        ((Stays("T2", 50, 3),), {}, "no ordinary admission was discharged"),
        ((Stays("T1", 7, 3), Stays("T2", 50, 3)), {}, "so few patients were discharged"),
        ((Stays("T1", 50, 3),), {}, "no .* like at any other trust|too few patients have their like"),
        (
            (Stays("T1", 7, 3), Stays("T1", 30, 3, specialty="300"), Stays("T2", 50, 3)),
            {},
            "too few patients have their like",
        ),
        (USUAL, {"benchmark": "own_past"}, "benchmark: own_past: too few patients to compare with"),
        (
            (*USUAL, Stays("T1", 7, 3, BEFORE)),
            {"benchmark": "own_past"},
            "too few patients to compare with",
        ),
        ((Stays("T1", 50, 3), Stays("T3", 50, 3)), {"benchmark": "peer_median"}, "benchmark: peer_median"),
        ((*USUAL,), {"specialty": "300"}, "in specialty 300"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_cure_and_without_a_figure(
    analyse: Analyse, stays: tuple[Stays, ...], options: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        analyse(*stays).findings(**options)
    assert all(problem.cure for problem in caught.value.problems)
    assert " 7 " not in str(caught.value)


def test_all_wrong_options_are_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        StayOptions(
            benchmark="best",  # type: ignore[arg-type]
            trim="fixed", trim_days=2, occupancy=92, bed_day_cost=-1,
        )  # fmt: skip
    assert [problem.where for problem in caught.value.problems] == [
        "benchmark", "trim_days", "occupancy", "bed_day_cost",
    ]  # fmt: skip


@pytest.mark.parametrize("days", [None, 0, -1])
def test_a_target_needs_days(days: float | None) -> None:
    with pytest.raises(UsageError, match="target_days"):
        StayOptions(benchmark="target", target_days=days)


def test_a_benchmark_in_the_past_says_how_long() -> None:
    assert name_benchmark("own_past", 3) == "its own mean a year before"
    assert name_benchmark("own_past", 13) == "its own mean of the 13 months before"
    assert name_benchmark("target", 13) == "the stated target"

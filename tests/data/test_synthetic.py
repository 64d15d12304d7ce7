"""The invented data set: its shape, and that what was put in can be found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.synthetic import SyntheticData, generate, truth, write_demo
from helpers.data.synthetic.drawing import month_level, months
from helpers.data.synthetic.specialties import SPECIALTIES, age_shares
from helpers.errors import ArgumentError

STRATA = ["specialty_code", "admission_method", "age_band", "sex", "casemix_group"]


@pytest.fixture(scope="module")
def demo() -> SyntheticData:
    return generate()


@pytest.fixture(scope="module")
def small() -> SyntheticData:
    return generate(scale=0.01)


def ordinary(data: SyntheticData, *, since: str = "2023-10-01", until: str = "2026-10-01") -> pd.DataFrame:
    spells = data.spells
    chosen = (spells["discharged"] >= since) & (spells["discharged"] < until)
    return spells[(spells["patient_class"] == "ordinary") & chosen]


def adjusted_ratio(spells: pd.DataFrame, trust: str, *, specialty: str | None = None) -> float:
    """Observed over expected days, by strata of all other trusts: worked here without helpers.stats."""
    mine = spells["org_code"] == trust
    comparator = spells[~mine].groupby(STRATA, observed=True)["los_days"].agg(["mean", "count"])
    own = spells[mine] if specialty is None else spells[mine & (spells["specialty_code"] == specialty)]
    own = own.join(comparator[comparator["count"] >= 20], on=STRATA).dropna(subset="mean")
    return float(own["los_days"].sum() / own["mean"].sum())


def series(data: SyntheticData, measure: str, trust: str) -> pd.DataFrame:
    values = data.measure_values
    whole = values["unit_code"].isna() & values["specialty_code"].isna()
    rows = values[whole & (values["measure"] == measure) & (values["org_code"] == trust)]
    return rows.set_index("period").sort_index()


# --- shape --------------------------------------------------------------------------------------------


def test_there_are_120_trusts_in_24_boards_and_7_regions_all_named_as_synthetic(
    small: SyntheticData,
) -> None:
    kinds = small.organisations["kind"].value_counts()
    assert (kinds["trust"], kinds["icb"], kinds["region"]) == (120, 24, 7)
    assert small.organisations["name"].str.startswith("Synthetic ").all()
    assert small.organisations["org_code"].str.startswith("SY").all()
    assert small.organisations["name"].is_unique
    assert small.organisations["org_code"].is_unique


def test_every_trust_has_a_peer_group_a_region_and_a_board_that_exist(small: SyntheticData) -> None:
    organisations = small.organisations.set_index("org_code")
    trusts = organisations[organisations["kind"] == "trust"]
    assert trusts["peer_group"].notna().all()
    assert trusts["icb_code"].map(organisations["region"]).eq(trusts["region"]).all()


def test_there_are_24_treatment_functions_whose_shares_leave_room_for_transfers() -> None:
    assert SPECIALTIES["code"].nunique() == len(SPECIALTIES) == 24
    shares = SPECIALTIES[["day_case", "regular", "elective", "emergency"]].sum(axis=1)
    assert shares.between(0.9, 1 + 1e-9).all()
    np.testing.assert_allclose(age_shares().sum(axis=1), 1)


def test_records_cover_36_months_and_add_up(demo: SyntheticData) -> None:
    spells, appointments = demo.spells, demo.appointments
    assert spells["discharged"].min() == pd.Timestamp("2023-10-01")
    assert spells["discharged"].max() == pd.Timestamp("2026-09-30")
    assert appointments["appointment_date"].between("2023-10-01", "2026-09-30").all()
    assert ((spells["discharged"] - spells["admitted"]).dt.days == spells["los_days"]).all()
    assert (spells.loc[spells["patient_class"] != "ordinary", "los_days"] == 0).all()
    assert not (spells["died"] & spells["readmitted_30d"]).any()
    assert spells["imd_decile"].between(1, 10).all()
    assert (appointments["lead_days"] >= 1).all()


def test_size_follows_the_scale(demo: SyntheticData, small: SyntheticData) -> None:
    assert 450_000 < len(demo.spells) < 550_000
    assert 550_000 < len(demo.appointments) < 650_000
    assert len(small.spells) / len(demo.spells) == pytest.approx(0.01, rel=0.1)
    assert len(small.measure_values) == pytest.approx(len(demo.measure_values), rel=0.02)


def test_the_same_seed_gives_the_same_data_and_another_one_other_data(small: SyntheticData) -> None:
    again, other = generate(scale=0.01), generate(scale=0.01, seed=7)
    pd.testing.assert_frame_equal(small.spells, again.spells)
    pd.testing.assert_frame_equal(small.appointments, again.appointments)
    pd.testing.assert_frame_equal(small.measure_values, again.measure_values)
    assert len(other.spells) != len(small.spells)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_that_is_no_positive_number_is_refused(scale: float) -> None:
    with pytest.raises(ArgumentError, match="scale"):
        generate(scale=scale)


def test_months_have_a_mean_activity_of_one_and_more_days_mean_more_of_it() -> None:
    level = month_level(np.ones(12))
    assert level.mean() == pytest.approx(1)
    by_month = dict(zip(months().strftime("%Y-%m"), level, strict=True))
    assert by_month["2026-03"] > by_month["2026-02"]


# --- believable ---------------------------------------------------------------------------------------


def test_stays_look_like_stays(demo: SyntheticData) -> None:
    stays = ordinary(demo)["los_days"]
    assert 4 < stays.mean() < 8
    assert stays.median() < stays.mean() < stays.std() * 1.2
    assert 0.1 < (stays == 0).mean() < 0.35
    assert 0.03 < (stays >= 21).mean() < 0.10


def test_each_driver_of_stays_works_in_its_direction(demo: SyntheticData) -> None:
    spells = ordinary(demo)

    def mean(column: str) -> pd.Series:
        return spells.groupby(column, observed=True)["los_days"].mean()

    assert mean("age_band")["85+"] > mean("age_band")["45-64"] > mean("age_band")["0-17"]
    assert mean("admission_method")["emergency"] > mean("admission_method")["elective"]
    assert mean("casemix_group")["110-C"] > mean("casemix_group")["110-B"] > mean("casemix_group")["110-A"]
    winter = spells["discharged"].dt.month.isin([1, 2])
    emergency = spells["admission_method"] == "emergency"
    assert (emergency & winter).sum() / winter.sum() > emergency.mean()


def test_missed_appointments_follow_age_deprivation_and_lead_time(demo: SyntheticData) -> None:
    due = demo.appointments[demo.appointments["outcome"].isin(["attended", "dna"])]
    missed = due["outcome"] == "dna"
    assert missed[due["imd_decile"] == 1].mean() > 1.5 * missed[due["imd_decile"] == 10].mean()
    assert missed[due["age_band"] == "18-44"].mean() > missed[due["age_band"] == "65-74"].mean()
    assert missed[due["lead_days"] > 120].mean() > missed[due["lead_days"] < 20].mean()
    assert 0.06 < missed.mean() < 0.09


def test_measures_are_shares_where_they_should_be_and_parts_add_up(demo: SyntheticData) -> None:
    every = demo.measure_values
    counts = (
        *("elective_ordinary_admissions", "non_elective_admissions", "ae_12_hours_from_decision"),
        *("ae_attendances", "discharges", "emergency_admissions", "rtt_list_size", "rtt_new_periods"),
        *("rtt_completed_admitted", "rtt_completed_non_admitted", "rtt_92nd_percentile_wait"),
        *("delayed_patients", "complaints"),
    )
    assert every.loc[every["measure"].isin(counts), "denominator"].isna().all()
    every = every[~every["suppressed"]]
    values = every[~every["measure"].isin(counts) & (every["period_type"] == "month")]
    ratios = ("mean_los", "cost_per_spell", "mortality", "rtt_mean_wait")
    shares = values[~values["measure"].isin(ratios)]
    assert shares["value"].between(0, 1).all()
    assert (values["denominator"] > 0).all()
    assert not values.duplicated(["measure", "org_code", "unit_code", "specialty_code", "period"]).any()
    for measure, part in (
        ("rtt_18_weeks", "specialty_code"),
        ("rtt_18_weeks", "unit_code"),
        ("sickness_absence", "unit_code"),
        ("readmission_30d", "unit_code"),
    ):
        rows = values[(values["measure"] == measure) & (values["org_code"] == "SYN01")]
        parts = rows[rows[part].notna()].groupby("period")[["numerator", "denominator"]].sum()
        pd.testing.assert_frame_equal(parts, series(demo, measure, "SYN01")[["numerator", "denominator"]])


def test_waiting_lists_by_specialty_add_up_and_keep_to_their_bands(demo: SyntheticData) -> None:
    values = demo.measure_values[demo.measure_values["org_code"] == "SYN07"]
    parts = values[(values["measure"] == "rtt_list_size") & values["specialty_code"].notna()]
    key = ["specialty_code", "period"]
    lists = parts[parts["breakdown"].isna()].set_index(key)["numerator"].sort_index()
    banded = parts[parts["breakdown"] == "weeks waited"].groupby(key)["numerator"].sum()
    assert banded.sort_index().tolist() == lists.tolist()
    rows = series(demo, "rtt_list_size", "SYN07")
    whole = rows.loc[rows["breakdown"].isna(), "numerator"]
    summed = lists.groupby(level="period").sum()
    assert len(summed) == 24
    assert (summed - whole.reindex(summed.index)).abs().max() < 24


def test_fewer_patients_are_counted_by_reason_than_could_leave(demo: SyntheticData) -> None:
    reasons = demo.measure_values[demo.measure_values["breakdown"] == "reason"]
    counted = reasons[reasons["org_code"] == "SYN01"].groupby("period")["numerator"].sum()
    could_leave = series(demo, "no_criteria_to_reside", "SYN01").loc[counted.index, "numerator"]
    assert len(counted) == 12
    assert (counted / could_leave).between(0.7, 1).all()


def test_nobody_is_both_within_18_and_over_52_weeks(demo: SyntheticData) -> None:
    values = demo.measure_values[demo.measure_values["specialty_code"].notna()]
    wide = values.pivot_table(
        index=["org_code", "specialty_code", "period"],
        columns="measure",
        values=["numerator", "denominator"],
    )
    both = wide["numerator"]["rtt_18_weeks"] + wide["numerator"]["rtt_over_52_weeks"]
    assert (both <= wide["denominator"]["rtt_18_weeks"]).all()


def test_mean_stay_and_dna_rate_are_those_of_the_records(demo: SyntheticData) -> None:
    march = ordinary(demo, since="2025-03-01", until="2025-04-01")
    stays = march.loc[march["org_code"] == "SYN01", "los_days"]
    row = series(demo, "mean_los", "SYN01").loc["2025-03-01"]
    assert (row["numerator"], row["denominator"], row["origin"]) == (stays.sum(), len(stays), "records")
    appointments = demo.appointments[demo.appointments["org_code"] == "SYN01"]
    outcome = appointments.loc[
        appointments["appointment_date"].dt.strftime("%Y-%m") == "2025-03", "outcome"
    ]
    row = series(demo, "dna_rate", "SYN01").loc["2025-03-01"]
    assert row["numerator"] == (outcome == "dna").sum()
    assert row["denominator"] == outcome.isin(["attended", "dna"]).sum()


# --- truth --------------------------------------------------------------------------------------------


def test_trusts_that_truly_differ_are_found_and_fair_ones_are_not(demo: SyntheticData) -> None:
    spells = ordinary(demo)
    for item in truth.DIFFERENCES:
        if item.measure == "mean_los":
            found = adjusted_ratio(spells, item.org_code, specialty=item.specialty_code)
            assert found == pytest.approx(item.ratio, rel=0.2 if item.specialty_code else 0.07)
    for trust in truth.FAIR:
        assert adjusted_ratio(spells, trust) == pytest.approx(1, abs=0.06)


def test_the_complex_mix_makes_a_long_crude_mean_only(demo: SyntheticData) -> None:
    spells = ordinary(demo)
    own = spells.loc[spells["org_code"] == truth.COMPLEX_MIX, "los_days"].mean()
    assert own / spells["los_days"].mean() > 1.2


def test_the_change_that_worked_shows_and_the_other_does_not(demo: SyntheticData) -> None:
    for change in truth.INTERVENTIONS:
        start = change.start.isoformat()
        before = adjusted_ratio(ordinary(demo, until=start), change.org_code)
        after = adjusted_ratio(ordinary(demo, since=start), change.org_code)
        assert after / before == pytest.approx(change.ratio, abs=0.08)
    assert [change.ratio for change in truth.INTERVENTIONS] == [0.75, 1.0]


def test_a_merged_trust_ends_with_a_successor_and_its_patients_move(demo: SyntheticData) -> None:
    (merger,) = truth.MERGERS
    row = demo.organisations.set_index("org_code").loc[merger.org_code]
    assert row["successor"] == merger.successor
    assert row["valid_to"] == pd.Timestamp(merger.start) - pd.Timedelta(days=1)
    after = demo.spells["discharged"] >= pd.Timestamp(merger.start)
    counts = demo.spells.groupby(["org_code", after], observed=True).size().unstack(fill_value=0)
    assert counts.loc[merger.org_code, True] == 0
    assert counts.loc[merger.org_code, False] > 0
    assert counts.loc[merger.successor, True] > 1.3 * counts.loc[merger.successor, False]
    old, new = (series(demo, "rtt_18_weeks", code) for code in (merger.org_code, merger.successor))
    assert old.index.max() == pd.Timestamp("2025-03-01")
    assert len(new) == 36
    assert new["denominator"].iloc[-1] > 1.3 * new["denominator"].iloc[0]


def test_a_break_in_recording_lengthens_the_mean_without_a_longer_stay(demo: SyntheticData) -> None:
    at_trust, everywhere = truth.BREAKS
    stays = ordinary(demo)
    stays = stays[(stays["org_code"] == at_trust.org_code) & (stays["admission_method"] == "emergency")]
    after = stays["discharged"] >= pd.Timestamp(at_trust.start)
    zero = stays["los_days"] == 0
    assert zero[after].mean() < 0.3 * zero[~after].mean()
    lists = demo.measure_values.query("measure == 'rtt_18_weeks' and specialty_code.isna()")
    national = lists.groupby("period")["denominator"].sum()
    start = pd.Timestamp(everywhere.start)
    step = national[start] / national[start - pd.DateOffset(months=1)]
    # SYN58 submits nothing in either month, so that only the break and a little drift remain.
    assert step == pytest.approx(everywhere.kept, abs=0.015)


def test_a_gap_leaves_neither_records_nor_measures(demo: SyntheticData) -> None:
    (gap,) = truth.GAPS
    own = demo.spells["org_code"] == gap.org_code
    assert not demo.spells.loc[own, "discharged"].dt.strftime("%Y-%m").isin(gap.months).any()
    values = demo.measure_values[demo.measure_values["org_code"] == gap.org_code]
    assert not values["period"].dt.strftime("%Y-%m").isin(gap.months).any()
    assert len(series(demo, "ae_four_hours", gap.org_code)) == 33


def test_the_smallest_trust_has_a_handful_of_spells_a_month(demo: SyntheticData) -> None:
    own = demo.spells[demo.spells["org_code"] == truth.SMALL]
    assert 1 < len(own) / 36 < 12
    assert own["specialty_code"].nunique() <= 3


def test_dna_rates_differ_where_they_should(demo: SyntheticData) -> None:
    due = demo.appointments[demo.appointments["outcome"].isin(["attended", "dna"])]
    rate = (due["outcome"] == "dna").groupby(due["org_code"], observed=True).mean()
    assert rate[truth.DNA_NOT_RECORDED] < 0.01
    assert rate["SYN31"] > rate.quantile(0.9)
    assert rate["SYN36"] < rate.quantile(0.1)


def test_high_mortality_shows_in_the_published_ratio_and_in_the_records(demo: SyntheticData) -> None:
    rows = series(demo, "mortality", "SYN46")
    assert rows["numerator"].sum() / rows["denominator"].sum() == pytest.approx(1.35, abs=0.1)
    spells = ordinary(demo)
    assert spells.loc[spells["org_code"] == "SYN46", "died"].mean() > 1.15 * spells["died"].mean()


def test_signals_step_at_their_month(demo: SyntheticData) -> None:
    for signal in truth.SIGNALS:
        values = series(demo, signal.measure, signal.org_code)["value"]
        odds = np.log(values.divide(1 - values))
        start = pd.Timestamp(signal.start)
        # The same months a year before take the season out; a year's drift and noise remain.
        now = odds[start:]
        year_before = odds.loc[now.index - pd.DateOffset(years=1)]
        assert now.mean() - year_before.mean() == pytest.approx(signal.log_odds, abs=0.2)


# --- into the mart ------------------------------------------------------------------------------------


def test_the_demo_is_loaded_as_synthetic_under_two_policies(small: SyntheticData, tmp_path) -> None:
    mart = Mart(tmp_path / "mart")
    write_demo(mart, scale=0.01)
    origins = {source.dataset: source.origin for source in mart.sources()}
    assert origins["spells/synthetic"] == origins["measure_values/synthetic"] == "records"
    assert origins["measure_values/synthetic_publications"] == "published"
    assert all(source.synthetic for source in mart.sources())
    assert int(mart.query("select count(*) as n from spells")["n"][0]) == len(small.spells)
    assert int(mart.query("select count(*) as n from measure_values")["n"][0]) == len(small.measure_values)

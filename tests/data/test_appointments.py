"""Counts of appointments: what counts as missed, whose they are, and which publication they come from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.series import appointments

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def published(
    rows: list[tuple[str, str, int, float | None, float | None]], **columns: object
) -> pd.DataFrame:
    """Return measure values from (measure, org, month, numerator, denominator)."""
    frame = pd.DataFrame(rows, columns=["measure", "org_code", "month", "numerator", "denominator"])
    frame["period"] = pd.to_datetime({"year": 2026, "month": frame.pop("month"), "day": 1})
    defaults = {
        "value": frame["numerator"] / frame["denominator"], "period_type": "month", "basis": "provider",
        "status": "actual", "origin": "published", "suppressed": frame["numerator"].isna(),
    }  # fmt: skip
    return frame.assign(**{**defaults, **columns})


def load(mart: Mart, source: str, table: str, frame: pd.DataFrame) -> None:
    policy = "hes_record_level" if table == "appointments" else "published"
    with mart.load(source=source, layout="l", policy=policy, as_at=date(2026, 6, 30)) as loading:
        loading.write(table, frame)


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("mart"))
    organisations = pd.DataFrame(
        {
            "org_code": ["OLD", "NEW", "RAA", "RBB", "RBO", "ENG", "PRI"],
            "name": "N",
            "kind": ["trust", "trust", "trust", "trust", "trust", "country", "independent"],
            "successor": ["NEW", None, None, None, "RBB", None, None],
        }
    )
    load(mart, "ods", "organisations", organisations)
    rows = [
        ("dna_rate", "OLD", 1, 5.0, 50.0),
        ("dna_rate", "NEW", 1, 10.0, 100.0),
        ("dna_rate", "NEW", 2, None, None),  # hidden by the publisher
        ("dna_rate_first", "NEW", 1, 4.0, 40.0),
        ("dna_rate", "RAA", 1, 1.0, 400.0),
        ("dna_rate", "RBO", 1, 20.0, 200.0),  # merged later: compared as it stood
        ("dna_rate", "ENG", 1, 99.0, 1000.0),
        ("dna_rate", "PRI", 1, 7.0, 70.0),
    ]
    load(mart, "mar", "measure_values", published(rows))
    # another data set with its own figures for England must not displace this one's
    load(mart, "other", "measure_values", published([("dna_rate", "ENG", 1, 88.0, 1000.0)]))
    by_function = published(
        [("dna_rate", "ENG", 1, 6.0, 60.0), ("dna_rate", "ENG", 2, 3.0, 40.0)],
        scheme="treatment",
        specialty_code="130",
    )
    half = published([("dna_rate", "ENG", 1, 1.0, 10.0)], scheme="treatment", specialty_code="330")
    total = published([("dna_rate", "ENG", 1, 7.0, 70.0), ("dna_rate", "ENG", 2, 3.0, 40.0)])
    load(mart, "functions", "measure_values", pd.concat([by_function, half, total], ignore_index=True))
    names = pd.DataFrame({"scheme": ["treatment"], "specialty_code": ["130"], "name": ["Ophthalmology"]})
    load(mart, "codes", "specialties", names)
    return mart.at(mart.version)


def test_published_counts_are_those_of_the_trusts_own_data_set(mart: Mart) -> None:
    frame = appointments.published_months(mart, ("NEW", "OLD"), *YEAR)
    every = frame[frame["kind"] == "all"].set_index("org_code")
    assert sorted(every.index) == ["ENG", "NEW", "RAA", "RBO"]
    assert every.loc["NEW", ["dnas", "attended"]].tolist() == [15, 135]  # OLD's history is NEW's
    assert every.loc["ENG", "dnas"] == 99
    assert set(frame["source"]) == {"mar"}


def test_a_hidden_month_is_missing_and_never_nought(mart: Mart) -> None:
    frame = appointments.published_months(mart, ("NEW",), *YEAR)
    own = frame[(frame["org_code"] == "NEW") & (frame["kind"] == "all")]
    assert len(own) == 1


def hidden_firsts(mart: Mart, follow_ups: float | None, first_came: float = 9_000.0) -> pd.DataFrame:
    """Load two months of a trust; in the second it is hidden how many missed a first appointment."""
    organisations = pd.DataFrame({"org_code": ["OLD", "NEW"], "name": "N", "kind": "trust"})
    load(mart, "ods", "organisations", organisations.assign(successor=["NEW", None]))
    rows = [
        ("dna_rate", "NEW", 1, 500.0, 20_000.0), ("dna_rate", "NEW", 2, None, None),
        ("dna_rate_first", "NEW", 1, 100.0, 8_000.0), ("dna_rate_first", "NEW", 2, None, None),
        ("dna_rate_follow_up", "NEW", 1, 400.0, 12_000.0), ("dna_rate_follow_up", "NEW", 2, follow_ups, 11_000.0),
        ("first_outpatient_attendances", "NEW", 1, 7_900.0, None),
        ("first_outpatient_attendances", "NEW", 2, first_came, None),
    ]  # fmt: skip
    load(mart, "mar", "measure_values", published(rows))
    return appointments.published_months(mart, ("NEW", "OLD"), *YEAR)


def test_a_hidden_number_makes_sums_bounds_and_not_smaller(tmp_path: Path) -> None:
    frame = hidden_firsts(Mart(tmp_path), follow_ups=300.0)
    rows = frame.sort_values(["kind", "month"])[["kind", "dnas", "attended", "hidden"]].to_numpy().tolist()
    assert rows == [
        ["all", 500, 19_500, False], ["all", 300, 19_700, True],
        ["first", 100, 7_900, False], ["first", 0, 9_000, True],
        ["follow_up", 400, 11_600, False], ["follow_up", 300, 10_700, False],
    ]  # fmt: skip


@pytest.mark.parametrize(("follow_ups", "first_came"), [(None, 9_000.0), (300.0, 1_000.0)])
def test_a_month_that_is_not_known_closely_is_no_part_of_any_sum(
    tmp_path: Path, follow_ups: float | None, first_came: float
) -> None:
    """Follow-ups hidden too; or so few appointments that seven more would change the printed rate."""
    frame = hidden_firsts(Mart(tmp_path), follow_ups, first_came)
    assert frame["month"].nunique() == 1
    assert sorted(frame["kind"]) == ["all", "first", "follow_up"]


def test_a_merged_trust_whose_other_half_is_not_known_has_no_sum(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    hidden_firsts(mart, follow_ups=300.0)
    rows = [("dna_rate", "OLD", 1, None, None), ("dna_rate", "NEW", 1, 500.0, 20_000.0)]
    load(mart, "mar", "measure_values", published(rows))
    assert appointments.published_months(mart, ("NEW", "OLD"), *YEAR).empty


def test_kinds_of_appointment_are_kept_apart(mart: Mart) -> None:
    frame = appointments.published_months(mart, ("NEW",), *YEAR)
    first = frame[frame["kind"] == "first"]
    assert first[["org_code", "dnas", "attended"]].to_numpy().tolist() == [["NEW", 4.0, 36.0]]


def test_a_trust_without_figures_has_none(mart: Mart) -> None:
    assert appointments.published_months(mart, ("ZZZ",), *YEAR).empty
    assert appointments.latest_appointments(mart, ("ZZZ",)) is None


def test_england_by_specialty_takes_its_total_from_the_same_data_set(mart: Mart) -> None:
    table = appointments.published_specialties(mart, *YEAR)
    rows = {str(row["name"]): (row["dnas"], row["attended"], row["months"]) for _, row in table.iterrows()}
    # a specialty of one month does not stand beside sums over two
    assert sorted(rows.values()) == [(9, 91, 2), (10, 100, 2)]
    assert rows["Ophthalmology"] == (9, 91, 2)
    assert set(table["source"]) == {"functions"}


def test_the_latest_month_is_the_trusts_own(mart: Mart) -> None:
    assert appointments.latest_appointments(mart, ("NEW",)) == date(2026, 1, 1)


def record(org: str, day: str, outcome: str, **more: object) -> dict[str, object]:
    return {
        "org_code": org, "specialty_code": "110", "appointment_date": pd.Timestamp(day), "outcome": outcome,
        "kind": "first", "mode": "video", "age_band": "18-44", "sex": "female", "imd_decile": 1,
        "lead_days": 10, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("records"))
    organisations = {"org_code": ["OLD", "NEW"], "name": "N", "kind": "trust", "successor": ["NEW", None]}
    load(mart, "ods", "organisations", pd.DataFrame(organisations))
    rows = [
        record("NEW", "2026-01-05", "dna"),
        record("NEW", "2026-01-31", "attended"),
        record("OLD", "2026-01-06", "dna"),
        record("NEW", "2026-01-07", "cancelled_patient"),
        record("NEW", "2026-01-08", "cancelled_provider"),
        record("NEW", "2026-02-28", "attended", kind="follow_up", imd_decile=10, lead_days=91),
        record("NEW", "2027-01-01", "dna"),  # after the span
        record("NEW", "2026-02-10", "dna", sex="unknown"),
    ]
    load(mart, "rec", "appointments", pd.DataFrame(rows))
    return mart.at(mart.version)


def test_cancellations_are_in_neither_part_of_the_rate(records: Mart) -> None:
    frame = appointments.appointment_months(records, *YEAR)
    counts = frame.groupby(["org_code", "kind"])[["dnas", "attended"]].sum()
    assert counts.loc[("NEW", "first")].tolist() == [3, 1]
    assert counts.loc[("NEW", "follow_up")].tolist() == [0, 1]
    assert set(frame["org_code"]) == {"NEW"}  # OLD merged into it


def test_groups_are_bands_of_what_may_drive_a_miss(records: Mart) -> None:
    frame = appointments.appointment_groups(records, *YEAR, ["NEW"])
    assert frame["appointments"].sum() == 4  # unknown sex left out
    late = frame[frame["kind"] == "follow_up"].iloc[0]
    assert (late["lead"], late["deprivation"]) == ("13 weeks or more", "5 least deprived fifth")
    assert late["weekday"] == "Saturday"
    early = frame[frame["kind"] == "first"].iloc[0]
    assert (early["lead"], early["deprivation"]) == ("under 4 weeks", "1 most deprived fifth")


def test_the_list_needs_its_size_and_both_flows(mart: Mart) -> None:
    assert appointments.list_months(mart, ("NEW",)).empty


def test_list_and_flows_of_a_month(tmp_path_factory: pytest.TempPathFactory) -> None:
    mart = Mart(tmp_path_factory.mktemp("rtt"))
    rows = [
        ("rtt_list_size", "NEW", 4, 1000.0, None),
        ("rtt_new_periods", "NEW", 4, 200.0, None),
        ("rtt_completed_admitted", "NEW", 4, 50.0, None),
        ("rtt_completed_non_admitted", "NEW", 4, 120.0, None),
        ("rtt_list_size", "NEW", 5, 1010.0, None),  # a month without its flows
    ]
    load(mart, "rtt", "measure_values", published(rows, suppressed=False))
    frame = appointments.list_months(mart.at(mart.version), ("NEW",))
    assert frame[["waiting", "added", "removed"]].to_numpy().tolist() == [[1000, 200, 170]]

"""Three boards and a region of the open NHS data: their sums beside plain pandas on the files as published."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.systems.analysis import SystemView, system_view
from helpers.cli import main
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.report.period import Period
from helpers.report.report import Report

ROOT = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("BOARDPACK_REAL_DATA", ROOT.parent / "shared" / "real-data"))
FILES = (
    "ods-reference/etr_2026.csv", "rtt-monthly-by-org", "cancer-waits-monthly-by-org", "healthyr-ae",
    "healthyr-beds-sitrep", "healthyr-discharge", "hes-monthly-open-data/HES_MAR_2020-21_M13.csv",
)  # fmt: skip
#: West Yorkshire; South Yorkshire, whose largest trust returned no waiting list since July 2025; West and North
#: London, joined of two boards in April 2026 and with merged trusts; the East of England, three boards of which
#: were made anew in April 2026
SYSTEMS = ("QWO", "QF7", "Z9B2Z", "Y61")
APRIL = pd.Timestamp(2026, 4, 1)

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (REAL_DATA / "acceptance.csv").exists(), reason=f"no open NHS data at {REAL_DATA}"
    ),
]


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SystemView]:
    root = tmp_path_factory.mktemp("systems") / "project"
    (root / "params").mkdir(parents=True)
    (root / "notebooks").mkdir()
    (root / "params" / "_register").symlink_to(ROOT / "params" / "_register")
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), "data", "load", *(str(REAL_DATA / name) for name in FILES)])
    assert not ended.value.code
    mart = Mart(root / ".boardpack" / "mart")
    mart = mart.at(mart.version)
    period = Period(APRIL.date(), APRIL.date())
    return {
        code: system_view(Report("System view", root, mart, find_organisation(mart, code), period))
        for code in SYSTEMS
    }


@cache
def table(name: str) -> pd.DataFrame:
    frame = pd.read_csv(REAL_DATA / name)
    code = "org_code" if "org_code" in frame else "nhs_trust22_code"
    return frame[frame["level"] == "provider"].rename(columns={code: "code"}) if "level" in frame else (
        frame.rename(columns={code: "code"}))  # fmt: skip


@cache
def members(system: str) -> frozenset[str]:
    """Return every trust that the list of 2026 has in a board or region, closed ones too: mergers stay within."""
    trusts = pd.read_csv(REAL_DATA / "ods-reference" / "etr_2026.csv", header=None, dtype=str)
    return frozenset(trusts.loc[(trusts[3] == system) | (trusts[2] == system), 0])


def total(view: SystemView, measure: str, frame: pd.DataFrame, column: str) -> float:
    """Return a column summed over the members, less those that the sum names as left out."""
    codes = members(view.report.organisation.code) - {*view.known.sums[measure].left_out}
    return float(frame.loc[frame["code"].isin(codes), column].sum())


def newest(view: SystemView, measure: str) -> tuple[pd.Timestamp, float, float]:
    last = view.known.sums[measure].rows.iloc[-1]
    return last["period"], float(last["numerator"]), float(last["denominator"])


RTT = "rtt-monthly-by-org/rtt_monthly_by_org_2022-04_2026-04.csv"
CANCER = "cancer-waits-monthly-by-org/cancer_waits_monthly_by_org_2022-04_2026-04.csv"
AE = "healthyr-ae/england_trust_accidents_emergency.csv"
BEDS = "healthyr-beds-sitrep/england_critical_general_acute_beds.csv"


@pytest.mark.parametrize("system", SYSTEMS)
def test_sums_are_those_of_the_files(views: dict[str, SystemView], system: str) -> None:
    view = views[system]
    for measure, column in (("rtt_18_weeks", "within_18_weeks"), ("rtt_over_52_weeks", "over_52_weeks")):
        when, met, waiting = newest(view, measure)
        assert when == (APRIL if system != "QF7" else pd.Timestamp(2025, 6, 1))
        rows = table(RTT)[table(RTT)["month"] == f"{when:%Y-%m}"]
        assert met == total(view, measure, rows, column)
        assert waiting == total(view, measure, rows, "incomplete_total")
    for measure, column in (
        ("ae_attendances", "total_attendances"),
        ("emergency_admissions", "total_emergency_admissions"),
    ):
        when, came, _ = newest(view, measure)
        assert came == total(view, measure, table(AE)[table(AE)["date"] == f"{when:%B %Y}"], column)
    when, occupied, available = newest(view, "bed_occupancy")
    rows = table(BEDS)[table(BEDS)["date"] == f"{when:%B %Y}"]
    assert occupied == total(view, "bed_occupancy", rows, "general_acute_beds_occupied")
    assert available == total(view, "bed_occupancy", rows, "general_acute_beds_available")
    when, met, all_treated = newest(view, "cancer_62_day")
    rows = table(CANCER)
    rows = rows[(rows["month"] == f"{when:%Y-%m}") & rows["standard"].str.contains("62")]
    assert (met, all_treated) == (
        total(view, "cancer_62_day", rows, "within_target"),
        total(view, "cancer_62_day", rows, "total"),
    )


@pytest.mark.parametrize("system", ["QWO", "QF7"])
def test_patients_who_could_leave_are_those_of_the_daily_files(
    views: dict[str, SystemView], system: str
) -> None:
    folder = "healthyr-discharge/england_trust_"
    counted, left = (table(f"{folder}{name}.csv") for name in ("criteria_to_reside", "discharged_patients"))
    days = counted.merge(left, on=["code", "date"], validate="one_to_one")
    when, stayed, _ = newest(views[system], "no_criteria_to_reside")
    days = days[days["date"].str.startswith(f"{when:%Y-%m}") & days["code"].isin(members(system))]
    days = days[days["do_not_meet_criteria_to_reside"] > 0]
    remaining = days["do_not_meet_criteria_to_reside"] - days["discharged_total"]
    assert stayed == remaining[remaining >= 0].groupby(days["code"]).median().sum()


def test_a_trust_that_returned_nothing_makes_the_list_a_bound(views: dict[str, SystemView]) -> None:
    view = views["QF7"]
    rows = table(RTT)[table(RTT)["month"] == "2026-04"]
    least = total(view, "rtt_list_size", rows, "incomplete_total")
    assert view.known.sums["rtt_list_size"].later_bound == (APRIL.date(), least)
    assert "RHQ" in view.known.sums["rtt_list_size"].missing[APRIL.date()]


def test_a_joined_board_has_both_histories_and_a_new_one_has_one_month(
    views: dict[str, SystemView],
) -> None:
    """The board of two counts as both of them before April 2026; no merged trust makes a step."""
    joined = views["Z9B2Z"]
    own = pd.read_csv(REAL_DATA / RTT)
    march = own[(own["month"] == "2026-03") & own["org_code"].isin(["QMJ", "QRV"])]
    series = joined.known.commissioned["rtt_list_size"].series
    assert series.shown[-2] == march["incomplete_total"].sum()
    assert len(series) == joined.known.months
    sums = joined.known.sums["rtt_list_size"].rows.set_index("period")["numerator"]
    before, after = sums["2024-12-01"], sums["2025-01-01"]
    assert abs(after / before - 1) < 0.05  # RAP became part of RAL: 31,000 pathways at one code

"""Waiting lists: what is worked out by hand, and what happens at the edges."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from plain_english import text_problems

from helpers.analyses.waiting.analysis import WaitingLists, waiting_list
from helpers.analyses.waiting.lists import Aim, lists_of, simulated
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import DataError, UsageError
from helpers.report.period import Period
from helpers.report.report import Report

APRIL = date(2026, 4, 1)
#: 26 weeks after the end of April
AIM = Aim(18.0, 0.92, date(2026, 10, 29), 2.0, 8.0, 26, "")
SIZE, ADDED, ADMITTED, OTHERS = (
    "rtt_list_size", "rtt_new_periods", "rtt_completed_admitted", "rtt_completed_non_admitted",
)  # fmt: skip
P92, MEAN = "rtt_92nd_percentile_wait", "rtt_mean_wait"

Figure = tuple[str, str | None, str, float | None]
#: one list: 30 more at the end of April than of March, with 60 added and 20 treated in 30 days
ONE: tuple[Figure, ...] = (
    (SIZE, "100", "2026-03-01", 100), (SIZE, "100", "2026-04-01", 130), (ADDED, "100", "2026-04-01", 60),
    (ADMITTED, "100", "2026-04-01", 5), (OTHERS, "100", "2026-04-01", 15), (P92, "100", "2026-04-01", 40.25),
    (MEAN, "100", "2026-04-01", 18.0),
)  # fmt: skip


def rows_of(figures: tuple[Figure, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(figures, columns=["measure", "code", "month", "patients"])
    frame["month"] = pd.to_datetime(frame["month"])
    frame["patients"] = frame["patients"].astype(float)
    return frame.assign(code=frame["code"].fillna(""), band=None, value=frame["patients"])


def judged(*figures: Figure) -> pd.DataFrame:
    return lists_of(rows_of(figures), {"100": "General Surgery", "110": "Orthopaedics"}, APRIL, AIM)


def report_on(
    folder: Path, *figures: Figure, bands: tuple[tuple[str, str, float], ...] = (), **options: Any
) -> WaitingLists:
    mart = Mart(folder / "mart")
    names = [
        {"scheme": "rtt", "specialty_code": code, "name": name}
        for code, name in (("100", "General Surgery"), ("110", "Orthopaedics"))
    ]
    rows = rows_of(figures).rename(columns={"code": "specialty_code", "month": "period"})
    rows = pd.concat([rows, pd.DataFrame([
        {"measure": SIZE, "specialty_code": code, "period": pd.Timestamp(APRIL), "patients": number, "value": number,
         "breakdown": "weeks waited", "category": band} for code, band, number in bands])])  # fmt: skip
    rows = rows.assign(
        org_code="T1", scheme="rtt", numerator=rows["patients"], period_type="month", basis="provider",
        status="actual", origin="published", suppressed=rows["patients"].isna(),
        specialty_code=rows["specialty_code"].replace("", None),
    )  # fmt: skip
    with mart.load(source="rtt", layout="l", policy="published", synthetic=True) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
        )
        load.write("specialties", pd.DataFrame(names))
        load.write("measure_values", rows.drop(columns=["patients", "band"]))
    mart = mart.at(mart.version)
    return waiting_list(
        Report("Waits", folder, mart, find_organisation(mart, "T1"), Period(APRIL, APRIL)), **options
    )


def test_one_list_by_hand() -> None:
    found = judged(*ONE).loc["100"]
    weeks, mean = 30 / 7, 18 / -math.log(0.08)
    assert (found["size"], found["since"], found["before"]) == (130, APRIL, 100)
    assert found["demand"] == pytest.approx(60 / weeks)
    assert found["growth"] == pytest.approx(30 / weeks)
    # 100 + 60 - 20 - 130 left without a report
    assert found["unreported"] == pytest.approx(10 / weeks)
    assert found["load"] == pytest.approx(60 / 30)
    assert found["pressure"] == pytest.approx(2.0)
    assert found["target_size"] == pytest.approx(14 * mean)
    # 14 added a week and (1 + 1) / 2 / 7.13 for their variation, less 7 who leave
    assert found["to_hold"] == pytest.approx(14 + 1 / mean - 7)
    assert found["to_relieve"] == pytest.approx(14 + (130 - 14 * mean) / 26 - 7)


def test_a_list_that_knows_one_month_alone_loses_as_the_trust_does() -> None:
    whole = (
        (SIZE, None, "2026-03-01", 500.0), (SIZE, None, "2026-04-01", 500.0), (ADDED, None, "2026-04-01", 100.0),
        (ADMITTED, None, "2026-04-01", 40.0), (OTHERS, None, "2026-04-01", 40.0),
    )  # fmt: skip
    found = judged(*ONE[1:], *whole)
    # of 100 added 20 left without a report, so of 60 as well
    assert found.loc["100", "unreported"] == pytest.approx(12 / (30 / 7))
    assert found.loc["100", "load"] == pytest.approx(60 / (20 + 12))
    assert found.loc["", "load"] == pytest.approx(1)


def test_the_worst_comes_first_and_the_whole_last() -> None:
    calm = tuple(
        (measure, "110", month, number)
        for measure, _, month, number in (*ONE[:1], (SIZE, "", "2026-04-01", 90.0), *ONE[2:5])
    )
    assert list(judged(*calm, *ONE).index) == ["100", "110", ""]


def test_twelve_months_at_most_count_and_a_hidden_figure_ends_them() -> None:
    months = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-01-01", "2026-04-01", freq="MS")]
    figures = [(SIZE, "100", month, 100.0 + place) for place, month in enumerate(months)]
    figures += [(name, "100", month, 10.0) for name in (ADDED, ADMITTED) for month in months]
    assert judged(*figures).loc["100", ["span", "balanced"]].tolist() == [12, 12]
    hidden: list[Figure] = [
        (name, code, month, None if (name, month) == (ADDED, "2026-02-01") else number)
        for name, code, month, number in figures
    ]
    assert judged(*hidden).loc["100", ["span", "balanced"]].tolist() == [2, 2]


def test_it_clearly_grows_where_its_changes_hardly_vary() -> None:
    months = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-10-01", "2026-04-01", freq="MS")]
    for sizes, clear in ((range(100, 170, 10), True), ((100, 160, 90, 150, 90, 160, 101), False)):
        figures = [(SIZE, "100", month, float(size)) for month, size in zip(months, sizes, strict=True)]
        figures += [(name, "100", month, 50.0) for name in (ADDED, ADMITTED) for month in months]
        found = judged(*figures).loc["100"]
        assert found["grows"]
        assert found["clear"] == clear


def test_the_report_says_who_grows_since_when_and_what_it_takes(tmp_path: Path) -> None:
    lists = report_on(
        tmp_path, *ONE, bands=(("100", "0 to 6", 60), ("100", "18 to 26", 50), ("100", "over 104", 20))
    )
    words = lists.headline.words
    assert words.lead == "**The waiting list of General Surgery grows.**"
    assert words.worst_1 == (
        "**General Surgery** has grown since April 2026, from 100 to 130 patients. 7.1 more treatments a week would "
        "hold it; 8.2 more a week until 29 October 2026 would bring it to the 100 at which 92% wait less than 18 weeks."
    )
    assert words.worst_2 == words.worst_3 == ""
    assert "Chief operating officer: agree with General Surgery" in words.act
    assert lists.flows.words.balance == (
        "Over one month 2.3 patients a week (17% of those added) left the list without a reported treatment, as by "
        "validation or transfer."
    )
    assert lists.bands.frame.columns.tolist() == ["specialty", "0 to 6", "18 to 26", "over 104"]
    assert lists.bands_history.frame.iloc[-1].tolist() == ["Apr 2026", 60, 50, 20]
    assert lists.lists.frame["since"].tolist() == ["Apr 2026", "Apr 2026"]
    assert lists.flows.frame[["before", "added", "removed", "after", "unreported"]].iloc[-1].tolist() == [
        100,
        60,
        20,
        130,
        10,
    ]
    for part in (lists.bands, lists.simulation):
        part.figure()
    for said in (
        *words.values(),
        *lists.method.words.values(),
        *lists.simulation.words.values(),
        *lists.lists.words.values(),
    ):
        assert not text_problems(said)


def test_sessions_more_shorten_the_list_and_fewer_lengthen_it(tmp_path: Path) -> None:
    frame = report_on(tmp_path, *ONE, sessions=1, patients_per_session=3, weeks_ahead=10).simulation.frame
    ends = frame[frame["week"] == 10].set_index("capacity")["median"]
    more, fewer = "one session more (3.0 patients)", "one session fewer (3.0 patients)"
    assert ends[more] < ends["as it is"] < ends[fewer]
    # 14 added, 4.67 treated and 2.33 lost a week
    assert ends["as it is"] == pytest.approx(130 + 10 * 7, abs=6)


@pytest.mark.parametrize(
    ("figures", "lead"),
    [
        (((SIZE, "100", "2026-04-01", 0.0), (ADDED, "100", "2026-04-01", 0.0), (ADMITTED, "100", "2026-04-01", 0.0)),
         "**Whether the waiting lists grow is not known: the data have no patients added and removed.**"),
        (((SIZE, "100", "2026-04-01", 50.0),),
         "**Whether the waiting lists grow is not known: the data have no patients added and removed.**"),
        (((SIZE, None, "2026-04-01", 50.0),),
         "**Whether the waiting lists grow is not known: the data have no patients added and removed.**"),
        (((SIZE, None, "2026-04-01", 50.0), (SIZE, "100", "2026-04-01", None), (SIZE, "110", "2026-04-01", 20.0)),
         "**Whether the waiting lists grow is not known: the data have no patients added and removed.**"),
        (((SIZE, "100", "2026-03-01", 80.0), (SIZE, "100", "2026-04-01", 50.0), (ADDED, "100", "2026-04-01", 10.0),
          (ADMITTED, "100", "2026-04-01", 40.0)), "**The waiting list of General Surgery does not grow.**"),
    ],
    ids=["nought", "no flows", "whole alone", "a hidden list", "shrinks"],
)  # fmt: skip
def test_edges_are_said(tmp_path: Path, figures: tuple[Figure, ...], lead: str) -> None:
    lists = report_on(tmp_path, *figures)
    assert lists.headline.words.lead == lead
    for part in (
        lists.lists,
        lists.bands,
        lists.bands_history,
        lists.flows,
        lists.simulation,
        lists.method,
    ):
        assert part.shown
        assert not [said for said in part.words.values() if text_problems(said) or "nan" in said]


def test_a_hidden_list_is_shown_without_its_number(tmp_path: Path) -> None:
    hidden = (
        (SIZE, "110", "2026-04-01", None),
        (ADDED, "110", "2026-04-01", 9.0),
        (ADMITTED, "110", "2026-04-01", 3.0),
    )
    lists = report_on(tmp_path, *ONE, *hidden)
    assert lists.lists.frame.set_index("name")["size"].isna().to_dict()["Orthopaedics"]
    assert (
        "Of **Orthopaedics** the number of patients is not known or hidden." in lists.lists.words.values()
    )


def test_a_month_without_a_list_and_wrong_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no waiting list"):
        report_on(tmp_path / "none", (SIZE, "100", "2026-03-01", 50.0))
    with pytest.raises(UsageError, match="simulated") as refused:
        report_on(tmp_path / "code", *ONE, simulated="10")
    assert "100" in str(refused.value)
    wrong = {
        "target_weeks": 0,
        "share_within": 92,
        "relief_by": "2026-04-30",
        "sessions": 0,
        "weeks_ahead": 200,
    }
    with pytest.raises(UsageError) as refused:
        report_on(tmp_path / "wrong", *ONE, **wrong)
    assert all(name in str(refused.value) for name in wrong)


def test_a_simulated_list_lies_where_its_flows_take_it_on_average() -> None:
    """26 weeks of 671.5 added, 573.7 removed and 47 unreported: 10,777 + 26 x 50.8 = 12,097.8."""
    row = SimpleNamespace(
        size_=10_777.0, demand=671.5, removed=573.7, unreported=47.0, cv_demand=5.89, cv_capacity=5.23
    )
    for more in (0.0, 16.0, -16.0):
        assert simulated(row, more, 26)["median"][26] == pytest.approx(12_097.8 - 26 * more, rel=0.0035)

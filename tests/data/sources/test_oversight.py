"""The published files of the oversight framework, in each of their editions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from helpers.data.mart import Mart
from helpers.data.series.oversight import latest_oversight_month, oversight_rows
from helpers.errors import DataError

HEAD = (
    "Region,Trust_type,Trust_subtype,Trust_code,Trust_name,Domain,Sub-domain,Metric_ID,Metric_description,"
    "Reporting_date,Units,Value,Median_value,Lower_quartile,Upper_quartile,Rank\n"
)
WHO = "North West,Acute trust,Large,RAA,Alpha NHS Trust"
VALUE = "Access to services,Elective care,OF0023,Within 18 weeks,Dec-25,%,61.5,60,55,65.25,12.0\n"
DEFICIT = "Finance and productivity,Finance,OF0081,Variance to plan,Month 9 2025,%,-3.26,NA,NA,NA,NA\n"
AVERAGE = "Summary,Summary,OF5002,Average metric score,Q3 2025/26,score,2.41,NA,NA,NA,30\n"
NONE = "Access to services,Elective care,OF1023,Within 18 weeks,Dec-25,score,NA,NA,NA,NA,NA\n"
LEAGUE = (
    "Quarter,Region,Trust_type,Trust_subtype,Trust_code,Trust_name,Average_score,Likely_range_of_average_score,"
    "Segment,Trust_in_financial_deficit,Rank,Likely_range_of_rank\n"
)

Loader = Callable[..., Mart]


def held(mart: Mart) -> dict[tuple[str, str], tuple[float, ...]]:
    mart = mart.at(mart.version)
    frame = oversight_rows(mart, date(2026, 12, 31))
    figures = (
        frame[["value", "low", "middle", "high", "rank"]].fillna(-1).itertuples(index=False, name=None)
    )
    keys = zip(frame["period"].dt.strftime("%Y-%m"), frame["metric"], strict=True)
    return dict(zip(keys, figures, strict=True))


def test_a_file_of_several_quarters_is_kept_by_quarter_and_empty_figures_are_not(load: Loader) -> None:
    rows = [f"Q3 2025/26,{WHO},{row}" for row in (VALUE, DEFICIT, AVERAGE, NONE)]
    mart = load("data-q3.csv", f"Quarter,{HEAD}" + "".join([*rows, f"Q2 2025/26,{WHO},{AVERAGE}"]))
    assert held(mart) == {
        ("2025-10", "OF0023"): (61.5, 55, 60, 65.25, 12),
        ("2025-10", "OF0081"): (-3.26, -1, -1, -1, -1),
        ("2025-10", "OF5002"): (2.41, -1, -1, -1, 30),
        ("2025-07", "OF5002"): (2.41, -1, -1, -1, 30),
    }
    pinned = mart.at(mart.version)
    assert latest_oversight_month(pinned, ["RAA"]) == date(2025, 12, 1)
    assert latest_oversight_month(pinned, ["RZZ"]) is None


def test_the_first_edition_says_its_quarter_in_its_summary_alone(load: Loader) -> None:
    mart = load("data.csv", HEAD + f"{WHO},{VALUE}{WHO},{AVERAGE}")
    assert set(held(mart)) == {("2025-10", "OF0023"), ("2025-10", "OF5002")}


def test_a_later_edition_of_a_quarter_counts(load: Loader) -> None:
    load("data-q3.csv", f"Quarter,{HEAD}Q3 2025/26,{WHO},{AVERAGE}")
    again = load("data-q3-v2.csv", f"Quarter,{HEAD}Q3 2025/26,{WHO},{AVERAGE.replace('2.41', '2.38')}")
    assert held(again)["2025-10", "OF5002"][0] == pytest.approx(2.38)


def test_the_league_table_gives_the_range_that_is_likely(load: Loader) -> None:
    mart = load("league.csv", LEAGUE + f"Q4 2025/26,{WHO},2.21,1.72 to 2.73,2.0,No,24.0,6 to 49\n")
    assert held(mart) == {
        ("2026-01", "likely_rank"): (24, 6, -1, 49, -1),
    }


def test_all_that_is_wrong_with_a_file_is_said_at_once(load: Loader) -> None:
    rows = [f"Q3 2025/26,{WHO},{VALUE}"] * 2 + [f"winter,{WHO},{AVERAGE.replace('2.41', 'good')}"]
    with pytest.raises(DataError) as refused:
        load("data-q3.csv", f"Quarter,{HEAD}" + "".join(rows))
    told = str(refused.value)
    assert "each metric of a trust once a quarter" in told
    assert "'winter'" in told
    assert "2026/27 Q1" in told
    assert "'good'" in told

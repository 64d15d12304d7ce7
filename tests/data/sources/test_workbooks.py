"""Workbooks as their publishers make them: two rows of headings, title lines, notes; all figures are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.data.sources import all_layouts
from helpers.data.sources.ae_workbooks import ADMITTED, ATTENDED, FROM_DECISION, OVER, TYPES, WITHIN
from helpers.register import Register

Row = list[Any]
Loader = Callable[..., Mart]
TODAY = date(2032, 1, 1)


def book(path: Path, **sheets: list[Row]) -> Path:
    """Write a workbook; "_" in a sheet's name is a space."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def load(mart: Mart, *paths: Path) -> list[LoadResult]:
    return load_paths(mart, paths, Register(), today=TODAY)


def stored(mart: Mart, measure: str, more: str = "breakdown IS NULL") -> list[tuple[object, ...]]:
    return mart.fetch(
        "SELECT org_code, period, numerator, denominator FROM measure_values "
        f"WHERE measure = '{measure}' AND {more} ORDER BY ALL"
    )


# --- A&E by provider ------------------------------------------------------------------------------

TYPE_HEADINGS = list(TYPES.values())
ATTENDED_BLOCK = "A&E attendances"
WITHIN_BLOCK = "A&E attendances less than 4 hours from arrival to admission, transfer or discharge"
OVER_BLOCK = "A&E attendances greater than 4 hours from arrival to admission, transfer or discharge"
TWELVE = FROM_DECISION["ae_12_hours_from_decision"]
PROVIDER_HEAD = [
    [
        None,
        None,
        None,
        None,
        ATTENDED_BLOCK,
        None,
        None,
        None,
        WITHIN_BLOCK,
        None,
        None,
        None,
        "Emergency Admissions",
    ],
    [None, "Code", "Region", "Name", *TYPE_HEADINGS, ATTENDED, *TYPE_HEADINGS, WITHIN, ADMITTED, TWELVE],
]
PROVIDERS = [
    [None, "-", "-", "England", 3000, 100, 900, 4000, 2000, 100, 880, 2980, 700, 30],
    [],
    [None, "zx1", "Region", "Trust One", 1000, 50, 300, 1350, 700, 50, 295, 1045, 300, 10],
    [None, "ZX2", "Region", "Trust Two", 2000, 50, 600, 2650, 1300, 50, 585, 1935, 400, 20],
    [None, "ZX3", "Region", "Walk-in", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"],
    [],
    [None, "Notes: figures are invented"],
]
PERIOD = [[None, "Title:", "A&E"], [None, "Period:", "June 2031"], []]


def by_provider(path: Path, *, period: list[Row] = PERIOD, head: list[Row] = PROVIDER_HEAD) -> Path:
    return book(
        path, Provider_Level_Data=[*period, *head, *PROVIDERS], System_Level_Data=[*head, *PROVIDERS]
    )


def test_ae_by_provider_is_read_and_england_stays_the_total(mart: Mart, tmp_path: Path) -> None:
    (result,) = load(mart, by_provider(tmp_path / "x.xlsx"))
    june = date(2031, 6, 1)
    assert stored(mart, "ae_four_hours") == [("ZX1", june, 1045, 1350), ("ZX2", june, 1935, 2650)]
    assert stored(mart, "ae_12_hours_from_decision") == [("ZX1", june, 10, None), ("ZX2", june, 20, None)]
    assert stored(mart, "ae_four_hours", "category = 'type 1'") == [
        ("ZX1", june, 700, 1000),
        ("ZX2", june, 1300, 2000),
    ]
    assert (result.layout, result.source) == ("ae_by_provider", "ae_monthly")
    assert result.rejected == {"total row": 1, "note": 1}
    assert [remark for remark in result.remarks if "add up" in remark or "total" in remark] == []
    assert any("System Level Data" in remark for remark in result.remarks)


def test_ae_by_provider_with_those_over_four_hours_alone(mart: Mart, tmp_path: Path) -> None:
    head = [
        [OVER_BLOCK if cell == WITHIN_BLOCK else cell for cell in PROVIDER_HEAD[0]],
        [OVER if cell == WITHIN else cell for cell in PROVIDER_HEAD[1]],
    ]
    load(mart, by_provider(tmp_path / "x.xlsx", head=head))
    assert stored(mart, "ae_four_hours")[0][2:] == (1350 - 1045, 1350)
    assert stored(mart, "ae_four_hours", "category = 'type 1'")[0][2:] == (300, 1000)


def test_the_csv_and_the_workbook_of_a_month_are_one_data_set(mart: Mart, tmp_path: Path) -> None:
    numbers = {"A&E attendances Type 1": 1350, "Attendances over 4hrs Type 1": 305}
    (csv,) = (layout for layout in all_layouts() if layout.name == "ae_monthly")
    names = [name for name in csv.columns if name not in ("Period", "Org Code", "Org name")]
    cells = ["MSitAE-June-2031", "ZX1", "Trust One", *(str(numbers.get(name, 0)) for name in names)]
    header = ["Period", "Org Code", "Org name", *names]
    (tmp_path / "june.csv").write_text(f"{','.join(header)}\n{','.join(cells)}\n", "utf-8")
    load(mart, tmp_path / "june.csv")
    load(mart, by_provider(tmp_path / "x.xlsx"))
    assert [row[0] for row in stored(mart, "ae_attendances")] == ["ZX1", "ZX2"]
    assert mart.fetch("SELECT DISTINCT source FROM measure_values_all") == [("ae_monthly",)]


def test_the_month_may_stand_in_the_name_and_must_stand_somewhere(mart: Mart, tmp_path: Path) -> None:
    load(mart, by_provider(tmp_path / "June-2031-AE-by-provider.xlsx", period=[]))
    assert stored(mart, "ae_attendances")[0][1] == date(2031, 6, 1)
    with pytest.raises(LoadError, match=r"does not say of which month it is; allowed: a line Period"):
        load(mart, by_provider(tmp_path / "x.xlsx", period=[["A&E"]]))


def test_blocks_without_their_headings_are_refused(mart: Mart, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="no block of columns: within"):
        load(mart, by_provider(tmp_path / "x.xlsx", head=[[], PROVIDER_HEAD[1]]))


# --- England's months -----------------------------------------------------------------------------


def test_ae_england_takes_activity_and_performance_each_from_its_sheet(mart: Mart, tmp_path: Path) -> None:
    may, june = datetime(2031, 5, 1), datetime(2031, 6, 1)
    activity = [
        [None, "Published:", "10th July 2031"],
        [None, None, ATTENDED_BLOCK, None, None, None, "Emergency Admissions"],
        [None, "Period", *TYPE_HEADINGS, "Total Attendances", ADMITTED, TWELVE],
        [None, may, 1000, 50, 300, 1350, 300.5, 10],
        [None, june, 1100, 50, 300, 1450, 310, 11],
        [None, "Figures before June 2015 are estimates"],
    ]
    performance = [
        [None, None, WITHIN_BLOCK, None, None, None, OVER_BLOCK],
        [None, "Period", *TYPE_HEADINGS, WITHIN, *TYPE_HEADINGS, OVER],
        [None, june, 700, 50, 295, 1045, 300, 0, 5, 305],
    ]
    booking = [[None, "Period", *TYPE_HEADINGS, "Total attendances"], [None, june, 1, 2, 3, 6]]
    (result,) = load(
        mart, book(tmp_path / "x.xlsx", Activity=activity, Performance=performance, Booking=booking)
    )
    assert result.layout == "ae_england"
    assert [row[2] for row in stored(mart, "ae_attendances")] == [1350, 1450]
    assert stored(mart, "ae_four_hours") == [("ENG", june.date(), 1045, 1350)]
    assert stored(mart, "ae_four_hours", "category = 'type 1'") == [("ENG", june.date(), 700, 1000)]
    assert result.rejected == {"note": 1}
    assert any(remark.startswith("not read: sheet Booking") for remark in result.remarks)


RTT_HEAD = [
    [None, "Year", "Month", "Incomplete RTT pathways", *[None] * 7, "Completed admitted (unadjusted) RTT pathways"],
    [
        *[None] * 3, "Median wait (weeks)", "92nd percentile (weeks)", "No. within 18 weeks", "No. > 18 weeks",
        "No. > 52 weeks", "No. > 104 weeks", "Total waiting (mil)",
        "Total waiting (mil) with estimates for missing data", "Median wait (weeks)", "No. of pathways (all)",
    ],
]  # fmt: skip


def test_the_rtt_overview_takes_what_was_submitted(mart: Mart, tmp_path: Path) -> None:
    rows = [
        *RTT_HEAD,
        [None, "2007/08", datetime(2007, 8, 1), 14.25, "52+", 60, 40, 14, "-", 100, 105, 15.6, 28],
        [None, "2031/32", datetime(2031, 5, 1), 12.5, 38.75, 65, 35, 2, 0, 100, 104, 10.1, 30],
        [None, "1. Medians are estimates"],
    ]
    (result,) = load(mart, book(tmp_path / "x.xlsx", Full_Time_Series=rows))
    may = date(2031, 5, 1)
    assert stored(mart, "rtt_18_weeks")[1] == ("ENG", may, 65, 100)
    assert stored(mart, "rtt_over_104_weeks") == [("ENG", may, 0, 100)]
    assert [row[2] for row in stored(mart, "rtt_completed_admitted")] == [28, 30]
    waits = "SELECT measure, period, value FROM measure_values WHERE measure LIKE '%wait' ORDER BY ALL"
    assert mart.fetch(waits) == [
        ("rtt_92nd_percentile_wait", may, 38.75),
        ("rtt_median_wait", date(2007, 8, 1), 14.25),
        ("rtt_median_wait", may, 12.5),
    ]
    assert (result.layout, result.rows_read) == ("rtt_overview", 2)


RTT_MISTAKES = {
    "a total in millions": (
        [None, "2031/32", datetime(2031, 5, 1), 12.5, 38.75, 65, 35, 2, 0, 7.1, 7.2, 10.1, 30],
        "No. within 18 weeks and No. > 18 weeks added up",
    ),
    "a month that is none": (
        [None, "2031/32", "Mai 2031", 12.5, 38.75, 65, 35, 2, 0, 100, 104, 10.1, 30],
        "'Mai 2031'; allowed: 2026-04, April 2026",
    ),
    "words for weeks": (
        [None, "2031/32", datetime(2031, 5, 1), "long", 38.75, 65, 35, 2, 0, 100, 104, 10.1, 30],
        "'long'; allowed: weeks",
    ),
}


@pytest.mark.parametrize(("row", "message"), RTT_MISTAKES.values(), ids=RTT_MISTAKES)
def test_mistakes_in_the_rtt_overview_are_named(mart: Mart, tmp_path: Path, row: Row, message: str) -> None:
    with pytest.raises(LoadError) as raised:
        load(mart, book(tmp_path / "x.xlsx", Full_Time_Series=[*RTT_HEAD, row]))
    assert message in str(raised.value)


# --- outpatients ----------------------------------------------------------------------------------

FIGURES = [
    "All Attendances\N{NO-BREAK SPACE}", "Attended first appointment", "Attended first tele consultation",
    "Attended subsequent appointment", "Attended subsequent tele consultation",
]  # fmt: skip
TOTAL = ["Total Activity", 300, 90, 15, 150, 45]
MOST, LEAST = ["Most deprived 10%", 100, 30, 5, 50, 15], ["Least deprived 10%", 200, 60, 10, 100, 30]


def test_outpatients_by_deprivation_and_in_all(mart: Mart, tmp_path: Path) -> None:
    head = ["Index of Multiple Deprivation Decile", *FIGURES]
    rows = [head, TOTAL, MOST, LEAST, [], ["Source: invented"]]
    (result,) = load(mart, book(tmp_path / "imd-2030-31.xlsx", IMD_Decile=rows))
    year = date(2030, 4, 1)
    assert stored(mart, "outpatients_seen_remotely") == [("ENG", year, 60, 300)]
    assert stored(mart, "outpatients_seen_remotely", "category = 'Most deprived 10%'") == [
        ("ENG", year, 20, 100)
    ]
    assert stored(mart, "first_outpatient_attendances") == [("ENG", year, 105, None)]
    assert result.rejected == {"note": 1}


def test_outpatients_by_ethnic_category_are_named_and_not_coded(mart: Mart, tmp_path: Path) -> None:
    rows = [["Ethnic Category", None, *FIGURES], [None, *TOTAL], ["A", *MOST], ["B", *LEAST]]
    load(mart, book(tmp_path / "eth-2030-31.xlsx", Ethnic_Category=rows))
    found = mart.fetch(
        "SELECT DISTINCT category FROM measure_values WHERE breakdown = 'ethnic category' ORDER BY 1"
    )
    assert found == [("Least deprived 10%",), ("Most deprived 10%",)]


def test_outpatients_whose_groups_miss_the_total_are_refused(mart: Mart, tmp_path: Path) -> None:
    rows = [["Index of Multiple Deprivation Decile", *FIGURES], TOTAL, MOST]
    with pytest.raises(LoadError, match="the sum of the groups: rows are missing or doubled"):
        load(mart, book(tmp_path / "imd-2030-31.xlsx", IMD_Decile=rows))


def test_outpatients_by_specialty_leave_the_sheets_of_men_and_women(mart: Mart, tmp_path: Path) -> None:
    head = ["Main Specialty Code", "Main Specialty Code Description", "0", "1-4", "Total"]
    rows = [
        head,
        ["All", "Total Activity", 1, 2, 3],
        [100, "General Surgery", 1, 1, 2],
        ["&", "Not Known", 0, 1, 1],
    ]
    sheets = {"All_Attendances_-_All": rows, "All_Attendances_-_Male": rows}
    (result,) = load(mart, book(tmp_path / "all-2030-31.xlsx", **sheets))
    found = "SELECT scheme, specialty_code, numerator FROM measure_values ORDER BY numerator"
    assert mart.fetch(found) == [("main", "&", 1), ("main", "100", 2), (None, None, 3)]
    assert "not read: sheet All Attendances - Male" in result.remarks


# --- discharges after the day patients were ready -------------------------------------------------


def test_late_discharges_with_and_without_their_parts(mart: Mart, tmp_path: Path) -> None:
    share, volume = "perc_patients_delayed", "patients_discharged_volume"
    mean, days, late = "average_delay_los_minus_0_day_delay", "dd_bed_days", "total_delay_volume"
    england = [
        ["month", "org_code", share, volume],
        ["Apr-31", "National", 12.5, 800],
        ["Apr-Jun 2031", None, 12.5, 800],
    ]
    trusts = [
        ["month", "org_code", volume, days, mean, late, share],
        [datetime(2031, 4, 1), "ZX1", 200, 90, 3, 30, 15],
        [datetime(2031, 4, 1), "ZX2", 0, 0, None, 0, "#NUM!"],
    ]
    length = [["month", "org_code", mean], ["Apr-31", "National", 4.5]]
    (result,) = load(mart, book(tmp_path / "x.xlsx", Figure_1=england, Trusts=trusts, Length=length))
    april = date(2031, 4, 1)
    assert stored(mart, "discharged_late") == [("ENG", april, 100, 800), ("ZX1", april, 30, 200)]
    days_late = mart.fetch(
        "SELECT org_code, numerator, denominator, value FROM measure_values "
        "WHERE measure = 'days_discharged_late' ORDER BY ALL"
    )
    assert days_late == [("ENG", None, None, 4.5), ("ZX1", 90, 30, 3)]
    assert result.rejected == {"summary of several months": 1, "month without a return": 1}


# --- trusts of the Organisation Data Service, as others have cut them ------------------------------

#: code, name, region, board, five lines of an address, postcode, opened, closed, and what has no use
FULL = ["ZX1", "FICTION NHS TRUST", "Y56", "QZZ", *["STREET"] * 5, "ZZ1 1ZZ", "20010401", "", *[""] * 15]
CUTS = {
    "whole": (FULL, ("Y56", "QZZ", date(2001, 4, 1))),
    "the end cut off": (FULL[:12], ("Y56", "QZZ", date(2001, 4, 1))),
    "addresses cut out": ([*FULL[:4], *FULL[10:12]], ("Y56", "QZZ", date(2001, 4, 1))),
    "no board": ([*FULL[:3], FULL[10]], ("Y56", None, date(2001, 4, 1))),
    "names and regions alone": (FULL[:3], ("Y56", None, None)),
}


@pytest.mark.parametrize(("row", "expected"), CUTS.values(), ids=CUTS)
def test_trusts_are_known_by_what_the_columns_hold(
    load: Loader, row: list[str], expected: tuple[object, ...]
) -> None:
    other = ["ZX2" if cell == "ZX1" else cell for cell in row]
    mart = load("etr.csv", "".join(",".join(cells) + "\n" for cells in (row, other)))
    assert mart.fetch("SELECT region, icb_code, valid_from FROM organisations WHERE org_code = 'ZX1'") == [
        expected
    ]


def test_a_table_of_figures_by_trust_is_not_taken_for_trusts(load: Loader) -> None:
    with pytest.raises(LoadError, match="no known layout"):
        load("x.csv", "code,name,region,value\nZX1,FICTION,Y56,12\nZX2,FABLE,Y56,13\n")

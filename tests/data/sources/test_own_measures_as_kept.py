"""Own measures as people keep them in Excel: what a cell shows is what is stored, or the file is refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.data.sources.period_words import parse_period
from helpers.register import Measure, Register


def measure(id: str, **fields: object) -> Measure:
    needed = ("name", "description", "purpose", "numerator", "denominator", "exclusions", "source", "owner")
    settings = {
        "objective": "o",
        "perspective": "people",
        "kind": "proportion",
        "unit": "%",
        "direction": "increase",
        "benchmark": "peer_median",
        "frequency": "month",
        "stale_after_days": 60,
    }
    return Measure.model_validate(
        {"id": id, "action": "x"} | dict.fromkeys(needed, "x") | settings | fields
    )


REGISTER = Register(
    measures={
        "training": measure("training", about="staff"),
        "cost": measure("cost", kind="ratio", unit="£", about="money"),
        "seen": measure("seen"),
        "operations": measure("operations", kind="count", unit="operations"),
    }
)
HEADER = ["measure", "org_code", "period", "numerator", "denominator", "value", "target"]
MONTHS = [f"2025-{month:02}" for month in range(4, 13)]


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="organisations", layout="test", policy="published") as load:
        load.write("organisations", pd.DataFrame({"org_code": ["RX1"], "name": "N", "kind": "trust"}))
    return mart


def workbook(folder: Path, *rows: list[object], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in (HEADER, *rows):
        sheet.append(cells)
    for column, form in (formats or {}).items():
        for number in range(2, len(rows) + 2):
            sheet[f"{column}{number}"].number_format = form
    book.save(folder / "own.xlsx")
    return folder / "own.xlsx"


def row(
    period: object, value: object = 88.4, target: object = 90, measure: str = "training"
) -> list[object]:
    return [measure, "RX1", period, None, None, value, target]


def loaded(mart: Mart, file: Path) -> LoadResult:
    (result,) = load_paths(mart, [file], REGISTER)
    return result


def refusal(mart: Mart, file: Path) -> str:
    with pytest.raises(LoadError) as raised:
        load_paths(mart, [file], REGISTER)
    return str(raised.value)


def stored(mart: Mart) -> list[tuple[object, ...]]:
    return mart.fetch(
        "SELECT period, period_type, round(value, 6), target FROM measure_values ORDER BY ALL"
    )


def test_a_cell_shown_as_per_cent_is_what_it_shows(mart: Mart, tmp_path: Path) -> None:
    file = workbook(
        tmp_path, row("2025-04", 0.884, 0.9), row("2025-05", 88.4, 0.9), formats={"F": "0.0%", "G": "0%"}
    )
    # the second value really shows 8840.0%
    book = openpyxl.load_workbook(file)
    book.worksheets[0]["F3"].number_format = "General"
    book.save(file)
    loaded(mart, file)
    assert [entry[2:] for entry in stored(mart)] == [(0.884, 0.9), (0.884, 0.9)]


@pytest.mark.parametrize(
    ("cells", "column"), [("F", "value"), ("G", "target"), ("D", "numerator"), ("E", "denominator")]
)
def test_per_cent_beside_another_unit_is_refused(
    mart: Mart, tmp_path: Path, cells: str, column: str
) -> None:
    figures = ["cost", "RX1", "2025-04", 0.5, 0.5, 1, 0.9]
    assert f"column {column}: " in refusal(mart, workbook(tmp_path, figures, formats={cells: "0%"}))


@pytest.mark.parametrize(
    "period",
    [
        datetime(2025, 4, 1),
        datetime(2025, 4, 30),
        datetime(2025, 4, 1, 0, 0, 1),
        "01/04/2025",
        "30/04/2025",
        "Apr-25",
        "APR 2025",
        "April 2025",
        "1 April 2025",
        202504,
        "2025/04",
    ],
)
def test_a_month_in_any_spelling_is_that_month(mart: Mart, tmp_path: Path, period: object) -> None:
    loaded(mart, workbook(tmp_path, row(period)))
    assert stored(mart) == [(date(2025, 4, 1), "month", 0.884, 0.9)]


@pytest.mark.parametrize("period", [datetime(2025, 4, 25), "04/30/2025", "201112", "2025/26 Q1", "2025/26"])
def test_what_is_no_month_is_refused_for_a_monthly_measure(
    mart: Mart, tmp_path: Path, period: object
) -> None:
    told = refusal(mart, workbook(tmp_path, row(period)))
    assert "column period" in told
    assert "this measure is kept by month" in told


def test_a_day_as_excel_counts_it_says_what_to_do(mart: Mart, tmp_path: Path) -> None:
    told = refusal(mart, workbook(tmp_path, row(45748)))
    assert "give the cells a date format in Excel" in told
    assert told.count("45748") == 1


def test_a_month_and_its_last_day_are_one_row_given_twice(mart: Mart, tmp_path: Path) -> None:
    assert "one row per measure" in refusal(
        mart, workbook(tmp_path, row("2025-04"), row(datetime(2025, 4, 30), 80))
    )


def test_days_of_a_daily_measure_need_one_that_tells_day_from_month() -> None:
    assert parse_period("03/04/2026", "day") is None
    assert parse_period("03/04/2026", "day", british=True) == (date(2026, 4, 3), "day")


SPELLINGS = (
    *("2026-04", "2026/04", "202604", "04/2026", "April 2026", "Apr-26", "Apr'26", "2026 April", "2026M04"),
    *(
        "01/04/2026",
        "01/04/26",
        "01-04-2026",
        "30.04.2026",
        "30-Apr-26",
        "2026-04-01T00:00:00.000",
        "2026/27 M1",
    ),
)


@pytest.mark.parametrize("word", SPELLINGS)
def test_spellings_of_a_month(word: str) -> None:
    assert parse_period(word, "month") == (date(2026, 4, 1), "month")


@pytest.mark.parametrize(
    "word", ["4/30/2026", "26-Apr-26", "13/2026", "2026M13", "2026/28 M1", "2026/27 M13"]
)
def test_what_is_no_month_for_sure_is_none(word: str) -> None:
    assert parse_period(word, "month") is None


@pytest.mark.parametrize(
    ("word", "frequency", "first"),
    [
        ("2025-06-30", "quarter", date(2025, 4, 1)),
        ("31/03/2026", "quarter", date(2026, 1, 1)),
        ("Q4 2025/26", "quarter", date(2026, 1, 1)),
        ("2026-03-31", "year", date(2025, 4, 1)),
        ("2025-04 to 2026-03", "rolling12", date(2025, 4, 1)),
        ("2025-04-17", "snapshot", date(2025, 4, 17)),
    ],
)
def test_periods_of_other_lengths(word: str, frequency: str, first: date) -> None:
    assert parse_period(word, frequency) == (first, frequency)


@pytest.mark.parametrize(
    ("word", "frequency"),
    [
        ("2025-05-31", "quarter"),
        ("2025-12-31", "year"),
        ("2025-04", "quarter"),
        ("2025-04 to 2026-02", "rolling12"),
    ],
)
def test_periods_that_are_none_of_their_frequency(word: str, frequency: str) -> None:
    assert parse_period(word, frequency) is None


def test_merged_cells_are_named_once(mart: Mart, tmp_path: Path) -> None:
    file = workbook(tmp_path, *(row(month) for month in MONTHS))
    book = openpyxl.load_workbook(file)
    book.worksheets[0].merge_cells("A2:B10")
    book.save(file)
    told = refusal(mart, file)
    assert "sheet Sheet: merged cells A2:B10" in told
    assert "unmerge them and fill each row" in told
    assert "measures.yml" not in told


def test_empty_rows_and_notes_are_left_out_and_counted(mart: Mart, tmp_path: Path) -> None:
    file = workbook(
        tmp_path, row("2025-04"), [None] * 7, row("2025-05"), [None], ["Source: our own records, May 2025"]
    )
    result = loaded(mart, file)
    assert len(stored(mart)) == 2
    assert (result.rows_read, result.rejected) == (3, {"note": 1})


def test_a_row_with_a_measure_and_nothing_else_is_a_mistake(mart: Mart, tmp_path: Path) -> None:
    told = refusal(
        mart, workbook(tmp_path, row("2025-04"), ["training", None, None, None, None, None, None])
    )
    assert "row 3, column org_code" in told


def test_mistakes_keep_the_number_of_their_row(mart: Mart, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "measure,org_code,period,value\n\ntraining,RX1,2025-04,88\n,,,\n\ntraining,RX1,2025-05,x\n", "utf-8"
    )
    assert "own.csv, row 6, column value: 'x'" in refusal(mart, path)


def test_a_name_that_nothing_is_called_is_told_once(mart: Mart, tmp_path: Path) -> None:
    told = refusal(mart, workbook(tmp_path, *(row(month, measure="traning") for month in MONTHS)))
    assert told.count("traning") == 1
    assert "'traning' in 9 rows" in told


def test_a_column_of_remarks_does_no_harm_and_is_told(mart: Mart, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("measure,org_code,period,value,Comment\ntraining,RX1,2025-04,88,late\n", "utf-8")
    assert "column 'comment' is not read" in loaded(mart, path).remarks


@pytest.mark.parametrize("cell", ["-", "—", "..", ":", "n/a", "NULL", "[x]", "[z]"])
def test_what_stands_for_not_known_is_missing_and_not_hidden(mart: Mart, tmp_path: Path, cell: str) -> None:
    loaded(mart, workbook(tmp_path, row("2025-04", cell)))
    assert mart.fetch("SELECT value, suppressed FROM measure_values") == [(None, False)]


def test_shorthand_for_confidential_is_hidden(mart: Mart, tmp_path: Path) -> None:
    loaded(mart, workbook(tmp_path, row("2025-04", "[c]")))
    assert mart.fetch("SELECT value, suppressed FROM measure_values") == [(None, True)]


def test_a_star_is_a_figure_that_is_hidden(mart: Mart, tmp_path: Path) -> None:
    loaded(mart, workbook(tmp_path, row("2025-04", "*")))
    assert mart.fetch("SELECT value, suppressed FROM measure_values") == [(None, True)]


def test_two_sheets_of_own_measures_are_both_read(mart: Mart, tmp_path: Path) -> None:
    file = workbook(tmp_path, row("2025-04"))
    book = openpyxl.load_workbook(file)
    second = book.create_sheet("More")
    for cells in (HEADER, row("2025-05"), row("2025-06")):
        second.append(cells)
    book.save(file)
    assert loaded(mart, file).rows_kept == 3
    assert len(stored(mart)) == 3


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"), [("seen", -1, 10), ("seen", 1.5, 10), ("operations", 2.5, None)]
)
def test_what_can_be_no_count_of_patients_is_refused_with_the_way_out(
    mart: Mart, tmp_path: Path, name: str, numerator: float, denominator: float | None
) -> None:
    told = refusal(mart, workbook(tmp_path, [name, "RX1", "2025-04", numerator, denominator, None, None]))
    assert (
        "give it `about: staff`, `money` or `other` in the register" in told
        or "a share of 0 or more" in told
    )


def test_money_may_be_negative_and_have_decimals(mart: Mart, tmp_path: Path) -> None:
    loaded(mart, workbook(tmp_path, ["cost", "RX1", "2025-04", -2100.5, 50000.5, None, None]))
    assert mart.fetch("SELECT numerator FROM measure_values") == [(-2100.5,)]


def test_a_value_that_will_never_be_shown_is_told_at_once(mart: Mart, tmp_path: Path) -> None:
    result = loaded(
        mart,
        workbook(tmp_path, row("2025-04", measure="seen"), row("2025-05", measure="seen"), row("2025-04")),
    )
    (remark,) = result.remarks
    assert remark.startswith("seen: 2 figures are a value alone and will never be shown")

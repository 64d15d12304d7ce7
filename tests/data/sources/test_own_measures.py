"""A trust's own measures load whole, or are refused with every mistake named by its row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.sources.period_words import parse_period
from helpers.errors import ExitCode
from helpers.register import Measure, Register

HEADER = "measure,org_code,unit_code,period,numerator,denominator,value,target\n"


def measure(id: str, **fields: object) -> Measure:
    words = dict.fromkeys(
        (
            "name",
            "description",
            "purpose",
            "numerator",
            "denominator",
            "exclusions",
            "source",
            "owner",
            "action",
        ),
        "x",
    )
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
    return Measure.model_validate({"id": id} | words | settings | fields)


REGISTER = Register(
    measures={
        "training": measure("training"),
        "falls": measure("falls", kind="rate", unit="per 1,000 bed days", frequency="quarter"),
        "complaints": measure("complaints", kind="count", unit="complaints"),
    }
)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="organisations", layout="test", policy="published") as load:
        load.write(
            "organisations", pd.DataFrame({"org_code": ["RX1", "RX2"], "name": "N", "kind": "trust"})
        )
    return mart


def refused(mart: Mart, file: Path) -> str:
    before = mart.version
    with pytest.raises(LoadError) as raised:
        load_paths(mart, [file], REGISTER)
    assert raised.value.exit_code == ExitCode.DATA
    assert mart.version == before
    return str(raised.value)


def csv(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "own.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_shares_rates_and_counts_are_kept_as_plain_ratios(mart: Mart, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "training,RX1,W1,2026-04,90,100,,95",
        "training,RX1,,2026-04,,,92.5,",
        "falls,RX1,,2026/27 Q1,30,6000,5,4",
        "complaints,rx2,,2026-04,17,,,",
    )
    (result,) = load_paths(mart, [file], REGISTER)
    assert (result.outcome, result.rows_read, result.rows_kept, result.rejected) == ("loaded", 4, 4, {})
    shown = mart.query(
        "SELECT measure, org_code, unit_code, period, period_type, value, target, origin "
        "FROM measure_values ORDER BY measure, value"
    )
    assert shown["value"].tolist() == [17, 0.005, 0.9, 0.925]
    assert shown["target"].iloc[[1, 2]].tolist() == pytest.approx([0.004, 0.95])
    assert shown["period_type"].tolist() == ["month", "quarter", "month", "month"]
    assert shown["org_code"].tolist() == ["RX2", "RX1", "RX1", "RX1"]
    assert set(shown["origin"]) == {"records"}
    assert [line.policy for line in mart.loads()] == ["published", "hes_record_level"]


def test_a_workbook_is_read_as_the_csv_is(mart: Mart, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Our own measures"])
    sheet.append(["Measure ", "Org_Code", "Period", "Value"])
    sheet.append(["training", "RX1", date(2026, 4, 1), 92.5])
    sheet.append([None, None, None, None])
    book.save(tmp_path / "own.xlsx")
    load_paths(mart, [tmp_path / "own.xlsx"], REGISTER)
    shown = mart.query("SELECT period, period_type, value FROM measure_values")
    assert shown.to_numpy().tolist() == [[pd.Timestamp("2026-04-01"), "month", 0.925]]


def test_loading_it_again_changes_nothing(mart: Mart, tmp_path: Path) -> None:
    file = csv(tmp_path, "training,RX1,,2026-04,90,100,,")
    load_paths(mart, [file], REGISTER)
    version = mart.version
    (result,) = load_paths(mart, [file], REGISTER)
    assert (result.outcome, mart.version) == ("already loaded", version)


def test_a_corrected_file_wins_and_the_older_figures_stay(mart: Mart, tmp_path: Path) -> None:
    load_paths(mart, [csv(tmp_path, "training,RX1,,2026-04,90,100,,")], REGISTER)
    load_paths(mart, [csv(tmp_path, "training,RX1,,2026-04,91,100,,")], REGISTER)
    assert mart.query("SELECT value FROM measure_values")["value"].tolist() == [0.91]
    assert len(mart.query("SELECT value FROM measure_values_all")) == 2


MISTAKES = {
    "text in a number": (
        "training,RX1,,2026-04,many,100,,",
        "row 2, column numerator: 'many'; allowed: a number",
    ),
    "an infinite number": ("training,RX1,,2026-04,,,inf,", "row 2, column value: 'inf'; allowed: a number"),
    "unknown measure": ("traning,RX1,,2026-04,1,100,,", "did you mean training?"),
    "numerator above denominator": ("training,RX1,,2026-04,101,100,,", "not above its denominator"),
    "unknown organisation": ("training,RX9,,2026-04,1,100,,", "column org_code: 'RX9'"),
    "no organisation": ("training,,,2026-04,1,100,,", "column org_code: ''; allowed: a code"),
    "month 13": ("training,RX1,,2026-13,1,100,,", "column period: '2026-13'; allowed: 2026-04, April 2026"),
    "year that is none": ("training,RX1,,2026/28,1,100,,", "column period: '2026/28'"),
    "no figure": ("training,RX1,,2026-04,,,,", "a value, or a numerator and denominator"),
    "numerator alone": ("training,RX1,,2026-04,9,,,", "a denominator beside the numerator"),
    "value apart from its parts": ("training,RX1,,2026-04,90,100,80,", "numerator / denominator"),
    "negative denominator": (
        "falls,RX1,,2026/27 Q1,9,-5,,",
        "column denominator: '-5'; allowed: 0 or more",
    ),
}


@pytest.mark.parametrize(("row", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_and_nothing_is_loaded(
    mart: Mart, tmp_path: Path, row: str, message: str
) -> None:
    assert message in refused(mart, csv(tmp_path, row, "training,RX1,,2026-05,1,100,,"))


def test_a_row_given_twice_is_refused(mart: Mart, tmp_path: Path) -> None:
    row = "training,RX1,,2026-04,90,100,,"
    assert "row 3, column measure: 'training'; allowed: one row per measure" in refused(
        mart, csv(tmp_path, row, row)
    )


def test_all_mistakes_come_at_once_and_long_lists_are_capped(mart: Mart, tmp_path: Path) -> None:
    rows = [f"training,RX1,,20{year}-04,x,100,," for year in range(10, 40)]
    text = refused(mart, csv(tmp_path, *rows, "nothing,RX1,,2026-04,1,100,,"))
    assert text.count("column numerator: 'x'") == 10
    assert "20 more rows of this kind" in text
    assert "row 32, column measure: 'nothing'" in text


def test_an_unknown_column_is_refused_with_its_near_miss(mart: Mart, tmp_path: Path) -> None:
    file = csv(
        tmp_path, "training,RX1,2026-04,1,2", header="measure,org_code,period,numerater,denominator\n"
    )
    assert "unknown column 'numerater'" in refused(mart, file)


def test_a_missing_column_is_named(mart: Mart, tmp_path: Path) -> None:
    text = refused(mart, csv(tmp_path, "training,RX1,90", header="measure,org_code,value\n"))
    assert "nearest to layout own_measures, without its column period" in text


def test_two_files_that_disagree_are_both_refused(mart: Mart, tmp_path: Path) -> None:
    version = mart.version
    for name, numerator in (("a", 90), ("b", 91)):
        (tmp_path / name).mkdir()
        csv(tmp_path / name, f"training,RX1,,2026-04,{numerator},100,,")
    with pytest.raises(LoadError, match="1 figures differ"):
        load_paths(mart, [tmp_path / "a", tmp_path / "b"], REGISTER)
    assert mart.version == version


def test_good_files_are_loaded_beside_a_bad_one(mart: Mart, tmp_path: Path) -> None:
    good = csv(tmp_path, "training,RX1,,2026-04,90,100,,")
    bad = tmp_path / "bad.csv"
    bad.write_text("", "utf-8")
    with pytest.raises(LoadError) as raised:
        load_paths(mart, [good, bad, tmp_path / "nowhere.csv"], REGISTER)
    assert [result.outcome for result in raised.value.results] == ["loaded", "refused", "refused"]
    assert len(mart.query("SELECT * FROM measure_values")) == 1


def test_codes_are_not_checked_before_organisations_are_known(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    (result,) = load_paths(mart, [csv(tmp_path, "training,ZZ,,2026-04,90,100,,")], REGISTER)
    assert "were not checked" in result.remarks[0]


@pytest.mark.parametrize(
    ("word", "frequency", "expected"),
    [
        ("2026-04", "", (date(2026, 4, 1), "month")),
        ("2011-12", "", (date(2011, 12, 1), "month")),
        ("2026-04-01", "day", (date(2026, 4, 1), "day")),
        ("2026-04-02T00:00:00", "day", (date(2026, 4, 2), "day")),
        ("2026-04-02", "month", None),
        ("2026/27", "", (date(2026, 4, 1), "year")),
        ("1999/00", "", (date(1999, 4, 1), "year")),
        ("2026/27 Q3", "", (date(2026, 10, 1), "quarter")),
        ("April 2026", "", (date(2026, 4, 1), "month")),
        ("2026-02-30", "", None),
        ("", "", None),
    ],
)
def test_periods(word: str, frequency: str, expected: tuple[date, str] | None) -> None:
    assert parse_period(word, frequency) == expected

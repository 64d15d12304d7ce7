"""Tables of one's own are read by a mapping, and nothing of them goes missing without a word."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml

from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.data.schema import STAMP, TABLES
from helpers.errors import UsageError
from helpers.register import RecordMapping, Register, TableMapping, read_register
from helpers.register.files import RECORD_FIELDS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "mappings.md"
MEASURES = """
appraisals_done: {name: A, kind: ratio, about: staff, denominator: d, unit: "%", direction: increase}
savings_delivered: {name: S, kind: ratio, about: money, denominator: d, unit: "%", direction: increase}
agency_spend: {name: G, kind: count, about: money, unit: £, direction: decrease}
"""


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="organisations", layout="test", policy="published") as load:
        load.write(
            "organisations", pd.DataFrame({"org_code": ["SYN07", "RX1"], "name": "N", "kind": "trust"})
        )
    return mart


def register(folder: Path, mapping: str) -> Register:
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "measures.yml").write_text(MEASURES, "utf-8")
    (folder / "mappings" / "tracker.yml").write_text(mapping, "utf-8")
    return read_register(folder, base=None)


def load(
    mart: Mart, folder: Path, mapping: str, *rows: list[Any], formats: str = "", merged: str = ""
) -> LoadResult:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in rows:
        sheet.append(cells)
    for place in formats.split():
        sheet[place].number_format = "0.0%"
    for area in merged.split():
        sheet.merge_cells(area)
    book.save(folder / "t.xlsx")
    (result,) = load_paths(mart, [folder / "t.xlsx"], register(folder, mapping))
    return result


def stored(mart: Mart) -> list[tuple[object, ...]]:
    return mart.fetch(
        "SELECT measure, org_code, period, round(value, 6), target FROM measure_values ORDER BY ALL"
    )


def figures_page() -> str:
    """Return what the page says of tables of figures."""
    return PAGE.read_text("utf-8").partition("## Records of patients")[0]


def test_the_example_of_the_page_loads_as_it_stands(mart: Mart, tmp_path: Path) -> None:
    blocks = dict(re.findall(r"```(csv|yaml)\n(.*?)```", figures_page(), flags=re.DOTALL))
    (tmp_path / "tracker.csv").write_text(blocks["csv"], "utf-8")
    (result,) = load_paths(mart, [tmp_path / "tracker.csv"], register(tmp_path, blocks["yaml"]))
    assert stored(mart) == [
        ("appraisals_done", "SYN07", date(2026, 4, 1), 0.884, 0.9),
        ("appraisals_done", "SYN07", date(2026, 5, 1), 0.891, 0.9),
        ("appraisals_done", "SYN07", date(2026, 6, 1), 0.902, 0.9),
        ("savings_delivered", "SYN07", date(2026, 4, 1), 0.075, 1.0),
        ("savings_delivered", "SYN07", date(2026, 5, 1), 0.081, 1.0),
    ]
    assert (result.layout, result.rows_read, result.rows_kept) == ("tracker", 6, 5)
    assert result.rejected == {"left out by the mapping": 1}
    assert "columns not read: RAG" in result.remarks


def test_the_table_of_keys_has_every_key() -> None:
    _, _, records = PAGE.read_text("utf-8").partition("## Records of patients")
    for page, model in ((figures_page(), TableMapping), (records, RecordMapping)):
        keys = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
        assert {*keys, "id"} == set(model.model_fields)


def test_the_fields_of_records_are_the_columns_of_the_mart() -> None:
    for name, fields in RECORD_FIELDS.items():
        stamps = {column.name for column in STAMP}
        assert set(fields) - {"age"} == set(TABLES[name].column_names()) - stamps


def test_the_records_example_of_the_page_is_a_mapping() -> None:
    _, _, page = PAGE.read_text("utf-8").partition("## Records of patients")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    assert RecordMapping.model_validate({"id": "stays", **yaml.safe_load(block)}).records == "spells"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("columns: {org_code: a, admitted: b}", "discharged is said 0 times"),
        ("columns: {org_code: a, admitted: b, discharged: c, outcome: d}", "outcome: spells have org_code"),
        ("columns: {org_code: a, admitted: b, discharged: c}\nalways: {org_code: RX1}", "said 2 times"),
    ],
)
def test_a_mapping_of_records_that_is_wrong_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        register(tmp_path, f"title: T\nrecords: spells\n{line}\n")


WIDE = """
title: T
columns: {measure: KPI, target: Target}
always: {org_code: RX1}
periods_across: value
measures: {Appraisals: appraisals_done, Agency: agency_spend}
"""
HEAD = ["KPI", "Target", datetime(2026, 4, 1), datetime(2026, 5, 31)]


def test_cells_shown_as_per_cent_are_what_they_show_each_by_itself(mart: Mart, tmp_path: Path) -> None:
    rows: tuple[list[Any], ...] = ([], HEAD, ["Appraisals", 0.9, 0.884, 88.4], ["Agency", None, 1200.5, -3])
    load(mart, tmp_path, WIDE, *rows, formats="B3 C3")
    assert [row[3:] for row in stored(mart)] == [(1200.5, None), (-3, None), (0.884, 0.9), (0.884, 0.9)]


def test_fractions_are_shares_and_leave_other_units_alone(mart: Mart, tmp_path: Path) -> None:
    rows = (HEAD, ["Appraisals", 0.9, 0.884, 1.01], ["Agency", 1000, 1200.5, 3])
    load(mart, tmp_path, WIDE + "fractions: true\n", *rows)
    assert [row[3:] for row in stored(mart)] == [(1200.5, 1000), (3, 1000), (0.884, 0.9), (1.01, 0.9)]


def test_measures_across(mart: Mart, tmp_path: Path) -> None:
    mapping = """
title: T
columns: {org_code: Trust, period: Month}
measures_across: {"Appraisals %": appraisals_done, "Agency £": agency_spend}
organisations: {Northgate: RX1}
"""
    rows = (
        ["Trust", "Month", "Appraisals %", "Agency £"],
        ["Northgate", "April 2026", 88.4, 1200],
        ["syn07", "Apr-26", None, 900],
        ["Source: our own records"],
    )
    result = load(mart, tmp_path, mapping, *rows)
    assert stored(mart) == [
        ("agency_spend", "RX1", date(2026, 4, 1), 1200, None),
        ("agency_spend", "SYN07", date(2026, 4, 1), 900, None),
        ("appraisals_done", "RX1", date(2026, 4, 1), 0.884, None),
    ]
    assert result.rejected == {"note": 1}


def test_a_long_table_with_other_headings(mart: Mart, tmp_path: Path) -> None:
    mapping = """
title: T
columns: {measure: Indicator, org_code: Provider, period: Month, numerator: Num, denominator: Den}
"""
    load(
        mart,
        tmp_path,
        mapping,
        ["Month", "Provider", "Indicator", "Num", "Den"],
        ["2026-04", "RX1", "appraisals_done", 9, 10],
    )
    assert stored(mart) == [("appraisals_done", "RX1", date(2026, 4, 1), 0.9, None)]


LONG = """
title: T
columns: {measure: KPI, org_code: Trust, period: Month, value: Value}
measures: {Appraisals: appraisals_done, Agency: agency_spend}
"""
MERGED = (
    ["KPI", "Trust", "Month", "Value"],
    ["Appraisals", "RX1", "2026-04", 88.4],
    [None, None, "2026-05", 89.1],
    ["Agency", None, "2026-05", 900],
)


def test_words_of_merged_cells_count_in_each_of_their_rows(mart: Mart, tmp_path: Path) -> None:
    load(mart, tmp_path, LONG, *MERGED, merged="A2:A3 B2:B4")
    assert [row[:4] for row in stored(mart)] == [
        ("agency_spend", "RX1", date(2026, 5, 1), 900),
        ("appraisals_done", "RX1", date(2026, 4, 1), 0.884),
        ("appraisals_done", "RX1", date(2026, 5, 1), 0.891),
    ]


def test_a_figure_merged_over_rows_is_refused(mart: Mart, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="merged cells D2:D3"):
        load(mart, tmp_path, LONG, *MERGED, merged="A2:A3 B2:B4 D2:D3")


def test_a_mended_mapping_reads_the_file_anew_and_nothing_of_before_stays(
    mart: Mart, tmp_path: Path
) -> None:
    wrong = WIDE.replace("Appraisals: appraisals_done", "Appraisals: savings_delivered")
    rows = (HEAD, ["Appraisals", 90, 88, 89])
    load(mart, tmp_path, wrong, *rows)
    assert {row[0] for row in stored(mart)} == {"savings_delivered"}
    file = tmp_path / "t.xlsx"
    (again,) = load_paths(mart, [file], register(tmp_path, wrong))
    assert again.outcome == "already loaded"
    (mended,) = load_paths(mart, [file], register(tmp_path, WIDE))
    assert (mended.outcome, mended.rows_kept) == ("loaded", 2)
    assert {row[0] for row in stored(mart)} == {"appraisals_done"}
    assert len(mart.loads()) == 2  # the organisations, and the file once


MISTAKES = {
    "a measure that is not mapped": (
        [HEAD, ["Turnover", 10, 11, 12]],
        "row 2 (2026-04-01), column measure: 'Turnover' in 2 rows; allowed: a measure of the register; "
        "name it in measures or leave_out of mappings/tracker.yml",
    ),
    "words in a month": ([HEAD, ["Agency", 1, 2, "tbc"]], "row 2 (2026-05-31), column value: 'tbc'"),
    "a month twice": ([[*HEAD, datetime(2026, 4, 1)], ["Agency", 1, 2, 3, 4]], "2026-04-01: there twice"),
    "a month in two spellings": (
        [[*HEAD, "April 2026"], ["Agency", 1, 2, 3, 4]],
        "row 2 (April 2026), column measure: 'agency_spend'; allowed: one row per measure",
    ),
    "no period": ([["KPI", "Target", "YTD"], ["Agency", 1, 2]], "no heading is a period"),
}


@pytest.mark.parametrize(("rows", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_the_cell(mart: Mart, tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(LoadError) as raised:
        load(mart, tmp_path, WIDE, *rows)
    assert message in str(raised.value)


SPOILT = {
    "nothing of the period": ("periods_across", None, "period is said 0 times"),
    "organisation twice": ("columns", {"measure": "KPI", "org_code": "X"}, "org_code is said 2 times"),
    "figure twice": ("columns", {"measure": "KPI", "value": "X"}, "a value or numerator, once"),
    "unknown key": ("period_across", "value", "unknown key"),
    "unknown measure": ("measures", {"A": "appraisal_done"}, "did you mean appraisals_done?"),
}


@pytest.mark.parametrize(("key", "value", "message"), SPOILT.values(), ids=SPOILT)
def test_a_mapping_that_does_not_hold_together_is_refused(
    tmp_path: Path, key: str, value: object, message: str
) -> None:
    content = yaml.safe_load(WIDE) | {key: value}
    kept = {name: each for name, each in content.items() if each is not None}
    with pytest.raises(UsageError) as raised:
        register(tmp_path, yaml.safe_dump(kept))
    assert message in str(raised.value)
    assert "mappings/tracker.yml" in str(raised.value)


def test_months_without_their_year_are_told(mart: Mart, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["KPIs 2026/27"], ["KPI", "Apr", "May", "June"], ["Agency", 1, 2, 3]):
        book.worksheets[0].append(cells)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(LoadError, match="months across that do not say their year; allowed: headings such"):
        load_paths(mart, [tmp_path / "t.xlsx"], Register())


def test_a_wide_table_without_a_mapping_is_told_the_way(mart: Mart, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["Tracker"], [*HEAD, datetime(2026, 6, 1)], ["Agency", 1, 2, 3, 4]):
        book.worksheets[0].append(cells)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(LoadError, match=r"periods across; write a row for each period .* or a mapping"):
        load_paths(mart, [tmp_path / "t.xlsx"], Register())

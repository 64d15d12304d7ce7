"""A trust's own measures, in one CSV or Excel layout. See docs/reference/own-measures.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from helpers.data.sources.cells import Cells
from helpers.data.sources.layout import Context, Layout, Match, Reading, plain
from helpers.errors import DataError, Problem, near_misses
from helpers.register import Measure

REQUIRED = ("measure", "org_code", "period")
FIGURES = ("numerator", "denominator", "value", "target")
COLUMNS = ("measure", "org_code", "unit_code", "period", *FIGURES)

#: how far numerator / denominator may lie from the value beside it, relative: two decimals of a percentage
VALUE_TOLERANCE = 0.006

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T00:00:00)?")
_QUARTER = re.compile(r"(\d{4})/(\d{2}) Q([1-4])")
_YEAR = re.compile(r"(\d{4})/(\d{2})")
PERIOD_FORMS = "2026-04 (month), 2026/27 Q1 (quarter), 2026/27 (year) or 2026-04-30 (day)"


def read(matches: list[Match], context: Context) -> Reading:
    """Return the rows of a sheet; empty ones are left out.

    Raises
    ------
    DataError
        With every mistake: text in a number, an unknown measure or organisation, a period that is none,
        a numerator above its denominator, a row given twice.
    """
    match = matches[0]
    table = match.table(_present(match)).filled()
    cells = Cells(table)
    frame = pd.DataFrame({name: cells.text(name) for name in ("measure", "org_code")})
    frame["org_code"] = frame["org_code"].str.upper()
    frame["unit_code"] = _optional_text(cells, "unit_code")
    known = _check_measures(cells, frame["measure"], context)
    frame[["period", "period_type"]] = _periods(cells, known)
    for name in FIGURES:
        frame[name] = _optional_numbers(cells, name, known)
    _check_organisations(cells, frame["org_code"], context.organisations)
    _check_figures(cells, frame, known)
    _check_duplicates(cells, frame)
    cells.check()
    remarks = (
        () if context.organisations else ("organisation codes were not checked: the mart knows none yet",)
    )
    return Reading({"measure_values": _rows(frame, known)}, len(table), remarks=remarks)


def _present(match: Match) -> list[str]:
    have = {plain(name) for name in match.sheet.head[match.header]}
    extra = sorted(have - {plain(name) for name in COLUMNS} - {""})
    if extra:
        raise DataError(
            [
                Problem(
                    match.sheet.place(match.header + 1),
                    f"unknown column {name!r}",
                    ", ".join(COLUMNS),
                    near_misses(name, COLUMNS) or "remove it",
                )
                for name in extra
            ]
        )
    return [name for name in COLUMNS if name in have]


def _optional_text(cells: Cells, name: str) -> pd.Series[str] | None:
    if name not in cells.table.columns.column_names:
        return None
    return cells.text(name).replace("", None)


def _optional_numbers(cells: Cells, name: str, known: pd.Series) -> pd.Series[float] | float:
    """Return a column's numbers, values and targets in the measure's unit turned into plain ratios."""
    if name not in cells.table.columns.column_names:
        return np.nan
    numbers = cells.numbers(name, minimum=0 if name == "denominator" else None)
    if name in ("value", "target"):
        numbers = numbers / known.map(_scale)
    return numbers


def _scale(measure: Measure | None) -> float:
    return 1.0 if measure is None else measure.scale


def _check_measures(cells: Cells, names: pd.Series[str], context: Context) -> pd.Series:
    """Return each row's measure of the register, None where it has none."""
    register = context.register.measures
    for name in dict.fromkeys(names):
        if name not in register:
            cure = near_misses(name, register) or "describe it in params/_register/measures.yml"
            cells.refuse(names == name, "measure", "a measure of the register", cure)
    return names.map(lambda name: register.get(name)).astype(object).where(names.isin(list(register)), None)


def _check_organisations(cells: Cells, codes: pd.Series[str], known: Iterable[str]) -> None:
    known = frozenset(known)
    cells.refuse(codes == "", "org_code", "an organisation code")
    for code in dict.fromkeys(codes) if known else ():
        if code and code not in known:
            cure = near_misses(code, known) or "load the organisations that it belongs to first"
            cells.refuse(codes == code, "org_code", "a code of an organisation that the mart knows", cure)


def _periods(cells: Cells, known: pd.Series) -> pd.DataFrame:
    words = cells.text("period")
    frequencies = known.map(lambda measure: measure.frequency if measure else "")
    found = [parse_period(word, frequency) for word, frequency in zip(words, frequencies, strict=True)]
    cells.refuse(pd.Series([period is None for period in found]), "period", PERIOD_FORMS)
    return pd.DataFrame(
        [(pd.Timestamp(period[0]), period[1]) if period else (pd.NaT, "") for period in found],
        columns=["period", "period_type"],
        index=words.index,
    )


def parse_period(word: str, frequency: str = "") -> tuple[date, str] | None:
    """Return a period's first day and its type; None where it is no period.

    The first of a month counts as the month where the measure is monthly: Excel makes dates of months.

    >>> parse_period("2026/27 Q4")
    (datetime.date(2027, 1, 1), 'quarter')
    >>> parse_period("2026-04-01", "month")
    (datetime.date(2026, 4, 1), 'month')
    """
    try:
        if found := _MONTH.fullmatch(word):
            return date(int(found[1]), int(found[2]), 1), "month"
        if found := _DAY.fullmatch(word):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, "month" if frequency == "month" and day.day == 1 else "day"
        if found := _QUARTER.fullmatch(word) or _YEAR.fullmatch(word):
            year = int(found[1])
            if int(found[2]) != (year + 1) % 100:
                return None
            if found.re is _YEAR:
                return date(year, 4, 1), "year"
            month = 4 + 3 * (int(found[3]) - 1)
            return (date(year, month, 1) if month < 13 else date(year + 1, 1, 1)), "quarter"
    except ValueError:
        return None
    return None


def _check_figures(cells: Cells, frame: pd.DataFrame, known: pd.Series) -> None:
    some = _first_column(cells, "value", "numerator")
    sound = ~cells.wrong
    empty = sound & frame["value"].isna() & frame["numerator"].isna() & frame["target"].isna()
    cells.refuse(
        empty, some, "a value, or a numerator and denominator", "leave the row out if there is none"
    )
    kinds = known.map(lambda measure: measure.kind if measure else "")
    lone = sound & (
        frame["numerator"].notna()
        & frame["denominator"].isna()
        & frame["value"].isna()
        & (kinds != "count")
    )
    cells.refuse(lone, some, "a denominator beside the numerator", "this measure is no count")
    above = kinds.eq("proportion") & (frame["numerator"] > frame["denominator"])
    cells.refuse(above, some, "a numerator that is not above its denominator")
    ratio = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    apart = (ratio - frame["value"]).abs() > VALUE_TOLERANCE * ratio.abs().clip(lower=1e-9)
    cells.refuse(apart, some, "numerator / denominator, in the measure's unit", "give one or the other")


def _first_column(cells: Cells, *names: str) -> str:
    have = cells.table.columns.column_names
    return next((name for name in reversed(names) if name in have), "period")


def _check_duplicates(cells: Cells, frame: pd.DataFrame) -> None:
    key = ["measure", "org_code", "unit_code", "period", "period_type"]
    again = frame.duplicated(key) & frame["period"].notna()
    cells.refuse(again, "measure", "one row per measure, organisation, unit and period", "keep one of them")


def _rows(frame: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    ratio = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    counts = frame["numerator"].where(known.map(lambda measure: measure.kind) == "count")
    return frame.assign(
        value=ratio.fillna(frame["value"]).fillna(counts),
        basis="provider",
        status="actual",
        origin="records",
        suppressed=False,
    )


LAYOUT = Layout(
    name="own_measures",
    title="The organisation's own measures",
    columns=REQUIRED,
    read=read,
    policy="hes_record_level",
    ends_with_newline=False,
)

"""A trust's own measures, in one CSV or Excel layout. See docs/reference/own-measures.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.data.files.sheets import SheetTable, plain
from helpers.data.sources.cells import Cells
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.data.sources.period_words import ANY_FORM, FORMS, days_come_first, parse_period
from helpers.errors import DataError, Problem, near_misses, raise_all
from helpers.register import Measure

REQUIRED = ("measure", "org_code", "period")
FIGURES = ("numerator", "denominator", "value", "target")
COLUMNS = ("measure", "org_code", "unit_code", "period", *FIGURES)

UNKNOWN_MEASURE = "describe it in params/_register/measures.yml"
UNKNOWN_ORGANISATION = "load the organisations that it belongs to first"
#: a day of 2000 to 2099 as Excel counts days
SERIAL = r"3[6-9]\d{3}|[4-6]\d{4}|7[0-2]\d{3}"
#: how many merged areas a message lists
LISTED = 5
#: how far numerator / denominator may lie from the value beside it, relative: two decimals of a percentage
VALUE_TOLERANCE = 0.006

#: rows that hold one cell of words and nothing else
NOTE = "note"


def read(matches: list[Match], context: Context) -> Reading:
    """Return the rows of a sheet; empty ones are left out.

    Raises `DataError` with every mistake: text in a number, an unknown measure or organisation, a period that is none,
    a numerator above its denominator, a row given twice.
    """
    match = matches[0]
    names, ignored = _present(match)
    refuse_merged(match)
    table = match.table(names).filled()
    noted = notes_in(table, context.register.measures, FIGURES)
    table = table.keep([not note for note in noted])
    reading = read_rows(table, context)
    remarks = tuple(f"column {name!r} is not read" for name in ignored)
    return replace(
        reading,
        rows_read=len(noted),
        rejected={NOTE: sum(noted)},
        remarks=(*reading.remarks, *remarks),
    )


def read_rows(
    table: SheetTable, context: Context, *, fractions: bool = False, unknown: str = UNKNOWN_MEASURE
) -> Reading:
    """Return the rows of a table that has the layout's columns, or some of them.

    Parameters
    ----------
    context
        The register and the organisations that are known.
    fractions
        Whether shares are written 0.92 and not 92.
    unknown
        What to do about a measure that the register does not know.
    """
    cells = Cells(table)
    frame = pd.DataFrame({name: cells.text(name) for name in ("measure", "org_code")})
    frame["org_code"] = frame["org_code"].str.upper()
    frame["unit_code"] = _optional_text(cells, "unit_code")
    known = _check_measures(cells, frame["measure"], context, unknown)
    frame[["period", "period_type"]] = _periods(cells, known)
    for name in FIGURES:
        frame[name] = _optional_numbers(cells, name, known, fractions=fractions)
    frame["suppressed"] = _hidden(cells)
    _check_organisations(cells, frame["org_code"], context.organisations)
    _check_figures(cells, frame, known)
    _check_duplicates(cells, frame)
    cells.check()
    remarks = _never_shown(frame, known)
    if not context.organisations:
        remarks.append("organisation codes were not checked: the mart knows none yet")
    return Reading({"measure_values": _rows(frame, known)}, len(table), remarks=tuple(remarks))


def _present(match: Match) -> tuple[list[str], list[str]]:
    """Return the layout's columns that a sheet has, and its others; a misspelt one is refused."""
    have = {plain(name) for name in match.sheet.head[match.header]} - {""}
    extra = sorted(have - {plain(name) for name in COLUMNS})
    absent = [name for name in COLUMNS if name not in have]
    problems = [
        Problem(match.sheet.place(match.header + 1), f"unknown column {name!r}", ", ".join(COLUMNS), meant)
        for name in extra
        if (meant := near_misses(name, absent))
    ]
    raise_all(problems, DataError)
    return [name for name in COLUMNS if name in have], extra


def refuse_merged(match: Match) -> None:
    """Refuse cells that are merged over several rows: only the first row has what they show."""
    from openpyxl.utils import get_column_letter

    tall = [area for area in match.sheet.merged if area[0] > match.header and area[2] > area[0]]
    problems = [
        Problem(
            match.sheet.place(),
            f"merged cells {get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}",
            "every row with its own cells",
            "unmerge them and fill each row; a mapping fills words by itself (docs/reference/mappings.md)",
        )
        for top, left, bottom, right in sorted(tall)[:LISTED]
    ]
    raise_all(problems, DataError)


def notes_in(table: SheetTable, measures: Collection[str], figures: Collection[str]) -> list[bool]:
    """Return which rows are notes: one cell of words in no column of figures, and not a measure's name."""
    columns = {name: table.columns[name].to_pylist() for name in table.columns.column_names}
    noted = []
    for row in range(len(table)):
        filled = {name: text for name, cells in columns.items() if (text := cells[row].strip())}
        (name, text), *others = filled.items()
        noted.append(not others and name not in figures and text not in measures)
    return noted


def _optional_text(cells: Cells, name: str) -> pd.Series[str] | None:
    if name not in cells.table.columns.column_names:
        return None
    return cells.text(name).replace("", None)


def _optional_numbers(
    cells: Cells, name: str, known: pd.Series, *, fractions: bool
) -> pd.Series[float] | float:
    """Return a column's numbers, values and targets in the measure's unit turned into plain ratios."""
    if name not in cells.table.columns.column_names:
        return np.nan
    numbers = cells.numbers(name, minimum=0 if name == "denominator" else None)
    shares = np.array(cells.table.per_cent(name))
    units = known.map(lambda measure: measure.unit if measure else "%")
    if name not in ("value", "target"):
        cells.refuse(shares, name, "a count, and no cell shown as per cent")
        return numbers
    cells.refuse(shares & (units != "%"), name, "no cell shown as per cent: the measure's unit is another")
    # a cell that shows 88.4% holds 0.884
    return numbers / known.map(_scale).where(~(shares | (fractions & (units == "%"))), 1.0)


def _scale(measure: Measure | None) -> float:
    return 1.0 if measure is None else measure.scale


def _hidden(cells: Cells) -> pd.Series[bool]:
    """Return in which rows a figure is starred: it exists, and its publisher shows it to nobody."""
    starred = pd.Series(False, index=range(len(cells)))
    for name in ("numerator", "denominator", "value"):
        if name in cells.table.columns.column_names:
            starred |= cells.hidden(name)
    return starred


def _check_measures(cells: Cells, names: pd.Series[str], context: Context, unknown: str) -> pd.Series:
    """Return each row's measure of the register, None where it has none."""
    register = context.register.measures
    cells.refuse_names(names, register, "measure", "a measure of the register", unknown)
    return names.map(lambda name: register.get(name)).astype(object).where(names.isin(list(register)), None)


def _check_organisations(cells: Cells, codes: pd.Series[str], known: Iterable[str]) -> None:
    known = frozenset(known)
    if not known:
        cells.refuse(codes == "", "org_code", "an organisation code")
        return
    allowed = "a code of an organisation that the mart knows"
    cells.refuse_names(codes, known, "org_code", allowed, UNKNOWN_ORGANISATION)


def _periods(cells: Cells, known: pd.Series) -> pd.DataFrame:
    """Return the periods; one of another length than the measure's would stand where no report looks."""
    words = cells.text("period")
    frequencies = known.map(lambda measure: measure.frequency if measure else "")
    british = days_come_first(words)
    found = pd.Series(
        [parse_period(word, kind, british=british) for word, kind in zip(words, frequencies, strict=True)],
        dtype=object,
    )
    serial = found.isna() & words.str.fullmatch(SERIAL)
    cure = "give the cells a date format in Excel: these are numbers of days"
    cells.refuse(serial, "period", "a date", cure)
    for frequency in dict.fromkeys(frequencies):
        form = FORMS.get(frequency, ANY_FORM)
        allowed = f"{form} (this measure is kept by {frequency})" if frequency else form
        cells.refuse(found.isna() & ~serial & (frequencies == frequency), "period", allowed)
    return pd.DataFrame(
        [(pd.Timestamp(period[0]), period[1]) if period else (pd.NaT, "") for period in found],
        columns=["period", "period_type"],
        index=words.index,
    )


def _check_figures(cells: Cells, frame: pd.DataFrame, known: pd.Series) -> None:
    some = _first_column(cells, "value", "numerator")
    sound = ~cells.wrong
    empty = sound & frame[["value", "numerator", "target"]].isna().all(axis=1) & ~frame["suppressed"]
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
    below = sound & kinds.eq("proportion") & (frame[["numerator", "value"]] < 0).any(axis=1)
    cells.refuse(below, some, "a share of 0 or more")
    above = kinds.eq("proportion") & (frame["numerator"] > frame["denominator"])
    cells.refuse(above, some, "a numerator that is not above its denominator")
    ratio = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    apart = (ratio - frame["value"]).abs() > VALUE_TOLERANCE * ratio.abs().clip(lower=1e-9)
    cells.refuse(apart, some, "numerator / denominator, in the measure's unit", "give one or the other")
    _check_people(cells, frame, known)


def _check_people(cells: Cells, frame: pd.DataFrame, known: pd.Series) -> None:
    """Refuse counts of patients that cannot be counts: a figure of money or staff says that it is one."""
    for name in ("numerator", "denominator", "value"):
        counts = known.map(lambda measure, name=name: measure is not None and name in _counted(measure))
        wrong = counts & ((frame[name] < 0) | (frame[name] % 1 > 0))
        cure = "if the measure is not about patients, give it `about: staff`, `money` or `other` in the register"
        cells.refuse(wrong, name, "a whole count of patients, 0 or more", cure)


def _counted(measure: Measure) -> tuple[str, ...]:
    """Return the columns that count patients, or what happened to them."""
    if measure.about != "patients":
        return ()
    kinds = {
        "proportion": ("numerator", "denominator"),
        "count": ("numerator", "value"),
        "mean": ("denominator",),
    }
    return kinds.get(measure.kind, ("numerator",))


def _never_shown(frame: pd.DataFrame, known: pd.Series) -> list[str]:
    """Return remarks on measures some of whose figures no report will show, and what to do about it."""
    lone = frame["value"].notna() & frame["numerator"].isna()
    remarks = []
    for name in dict.fromkeys(frame["measure"][lone]):
        rows = lone & (frame["measure"] == name)
        measure = known[rows].iloc[0]
        if measure.controlled and measure.kind != "count":
            remarks.append(
                f"{name}: {rows.sum()} figures are a value alone and will never be shown: nobody can tell how "
                "many patients are behind them. Give numerator and denominator, or say in the register that "
                "the measure is not about patients (`about`) or that its small numbers are `shown`"
            )
    return remarks


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
    )


LAYOUT = Layout(
    name="own_measures",
    title="The organisation's own measures",
    columns=REQUIRED,
    read=read,
    policy="hes_record_level",
    ends_with_newline=False,
)

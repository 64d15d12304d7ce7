"""Text cells to numbers and dates, with every mistake named by its row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute

from helpers.data.files.sheets import SheetTable
from helpers.data.sources.period_words import FORMS, parse_period
from helpers.errors import DataError, Problem, near_misses, raise_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from helpers.data.sources.layout import Feed

#: how many mistakes of one kind are listed; the others are counted
LISTED = 10
#: what stands for "not known" or "nothing to divide"; a star stands for "hidden" and is never 0. Those in
#: brackets are the shorthand of government statistics: x not available, z not applicable, c confidential
EMPTY = ("", "-", "–", "—", "..", ":", "n/a", "N/A", "NULL", "NA", "[x]", "[z]")
HIDDEN = ("*", "[c]")

_NUMBER = r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$"
_THOUSANDS = r"^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"


class Cells:
    """The columns of a table as typed series; mistakes are gathered until `check` raises them."""

    def __init__(self, table: SheetTable) -> None:
        self.table = table
        self.problems: list[Problem] = []
        #: rows with a mistake so far: what follows from a mistake is not reported as another one
        self.wrong = np.zeros(len(table), dtype=bool)

    def __len__(self) -> int:
        return len(self.table)

    def text(self, column: str) -> pd.Series[str]:
        """Return a column's words without the space round them."""
        trimmed = compute.utf8_trim_whitespace(self._column(column))
        return pd.Series(trimmed.to_pandas(), dtype="str")

    def _column(self, column: str) -> pa.Array:
        found = self.table.columns[column]
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    def code(self, column: str) -> pd.Series[str]:
        """Return organisation codes in capitals; an empty one is a mistake."""
        codes = self.text(column).str.upper()
        self.refuse(codes == "", column, "an organisation code")
        return codes

    def numbers(self, column: str, *, minimum: float | None = 0) -> pd.Series[float]:
        """Return a column's numbers; empty and hidden cells are missing, never 0.

        Thousands may be set off by commas. Words, infinities and numbers below the minimum are mistakes.
        """
        words = self._column(column)
        values = _cast_all(words)
        if values is None:
            values = self._parse(words, column)
        self.refuse(np.isinf(values.to_numpy()), column, "a number of usual size")
        if minimum is not None:
            self.refuse((values < minimum).to_numpy(), column, f"{minimum:g} or more")
        return values

    def figures(self, columns: Iterable[str]) -> pd.DataFrame:
        """Return the numbers of several columns by their names."""
        return pd.DataFrame({name: self.numbers(name) for name in columns}, index=range(len(self)))

    def _parse(self, words: pa.Array, column: str) -> pd.Series[float]:
        # some programs write a minus as the dash of typesetting
        words = compute.replace_substring(compute.utf8_trim_whitespace(words), "\N{MINUS SIGN}", "-")
        void = compute.is_in(words, pa.array([*EMPTY, *HIDDEN]))
        if compute.any(compute.match_substring(words, ",")).as_py():
            grouped = compute.match_substring_regex(words, _THOUSANDS)
            words = compute.if_else(grouped, compute.replace_substring(words, ",", ""), words)
        good = compute.match_substring_regex(words, _NUMBER)
        bad = compute.invert(compute.or_(good, void))
        self.refuse(bad.to_numpy(zero_copy_only=False), column, "a number, its decimals after a point")
        kept = compute.if_else(good, words, None)
        return pd.Series(compute.cast(kept, pa.float64()).to_numpy(zero_copy_only=False))

    def hidden(self, column: str) -> pd.Series[bool]:
        """Return which cells their publisher has starred."""
        return self.text(column).isin(HIDDEN)

    def dates(
        self, column: str, *formats: str, exempt: pd.Series[bool] | None = None
    ) -> pd.Series[pd.Timestamp]:
        """Return a column's dates, each in one of the formats of `strptime`; exempt rows may have none."""
        words = self.text(column)
        unique = pd.Series(words.unique(), dtype="str")
        found = pd.Series(pd.NaT, index=unique.index, dtype="datetime64[s]")
        for form in formats:
            found = found.fillna(pd.to_datetime(unique, format=form, errors="coerce").dt.as_unit("s"))
        dates = words.map(dict(zip(unique, found, strict=True))).astype("datetime64[s]")
        wrong = dates.isna() if exempt is None else dates.isna() & ~exempt
        self.refuse(wrong, column, " or ".join(_shown(form) for form in formats))
        return dates

    def periods(self, columns: Sequence[str], kind: str = "month") -> pd.Series[pd.Timestamp]:
        """Return the first days of periods, in any spelling that is sure; others are mistakes.

        `columns`: whose words together are the period.
        """
        words = self.text(columns[0])
        for column in columns[1:]:
            words = words + " " + self.text(column)
        found = {word: parse_period(word, kind) for word in words.unique()}
        days = words.map(
            {word: pd.Timestamp(period[0]) if period else pd.NaT for word, period in found.items()}
        )
        days = days.astype("datetime64[s]")
        self.refuse(days.isna(), columns[-1], FORMS[kind])
        return days

    def refuse(
        self, bad: pd.Series[bool] | NDArray[np.bool_], column: str, allowed: str, cure: str = ""
    ) -> None:
        """Note the rows that are wrong, the first few by their number."""
        rows = np.flatnonzero(np.asarray(bad, dtype=bool))
        if not len(rows):
            return
        self.wrong[rows] = True
        words = self._column(column)
        for row in rows[:LISTED]:
            came = f"{words[int(row)].as_py()[:60]!r}"
            self.problems.append(Problem(self.table.place(int(row), column), came, allowed, cure))
        if len(rows) > LISTED:
            more = f"{len(rows) - LISTED} more rows of this kind"
            self.problems.append(Problem(f"{self.table.sheet.place()}, column {column}", more, allowed))

    def refuse_names(
        self, names: pd.Series[str], known: Collection[str], column: str, allowed: str, cure: str
    ) -> None:
        """Note names that nothing is called, each once with its first row and how often it came."""
        unknown = ~names.isin(list(known))
        self.wrong |= unknown.to_numpy()
        for name, rows in names[unknown].groupby(names[unknown], sort=False):
            came = f"{str(name)[:60]!r}" + (f" in {len(rows)} rows" if len(rows) > 1 else "")
            advice = (near_misses(str(name), known) or cure) if name else "fill every row"
            self.problems.append(
                Problem(self.table.place(int(rows.index[0]), column), came, allowed, advice)
            )

    def check(self) -> None:
        """Raise everything that was wrong.

        Raises `DataError` where there were mistakes.
        """
        raise_all(self.problems, DataError)


def _cast_all(words: pa.Array) -> pd.Series[float] | None:
    """Return the numbers of a column that holds nothing but numbers and empty cells, else None."""
    try:
        values = compute.cast(compute.if_else(compute.equal(words, ""), None, words), pa.float64())
    except pa.ArrowInvalid:
        return None
    # Arrow takes "nan" and "inf" for numbers
    if compute.all(compute.is_finite(values)).as_py() is False:
        return None
    return pd.Series(values.to_numpy(zero_copy_only=False))


def _shown(form: str) -> str:
    names = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%B": "Month", "%b": "Mon"}
    return re.sub("%.", lambda found: names.get(found.group(), found.group()), form)


def first_of_month(days: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """Return the first day of each day's month; missing ones stay missing."""
    return pd.Series(days.to_numpy().astype("datetime64[M]").astype("datetime64[s]"), index=days.index)


def latest_day(*days: pd.Series[pd.Timestamp]) -> date | None:
    """Return the latest of some days; None where there is none."""
    latest = pd.concat(days).max()
    return None if pd.isna(latest) else latest.date()


def read_months(table: SheetTable, column: str) -> tuple[Cells, pd.DataFrame, int]:
    """Return the rows of a national series with their months, and how many notes stand among them.

    A row without a month is a note where it holds nothing else, and a mistake where it does.
    """
    table = table.filled()
    others = [table.columns[name].to_pylist() for name in table.columns.column_names if name != column]
    words = [word.strip() for word in table.columns[column].to_pylist()]
    notes = [
        not parse_period(word, "month") and not any(cell.strip() for cell in cells)
        for word, *cells in zip(words, *others, strict=True)
    ]
    cells = Cells(table.keep([not note for note in notes]))
    frame = pd.DataFrame({"period": cells.periods([column])})
    cells.refuse(frame["period"].duplicated() & frame["period"].notna(), column, "each month once")
    return cells, frame, sum(notes)


def measure_rows(
    measure: str,
    frame: pd.DataFrame,
    *,
    numerator: pd.Series[float] | None = None,
    denominator: pd.Series[float] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """Return rows of `measure_values`.

    Parameters
    ----------
    frame
        Index columns: org_code, period and, where they vary, unit_code, scheme, specialty_code, basis,
        status, suppressed.
    numerator, denominator
        Of the same length. The value is their ratio, or the numerator where there is no denominator.
    **settings
        Columns that are the same in every row, such as period_type; by default a published, actual
        monthly figure of a provider.
    """
    counted = _figures(numerator, frame)
    base = _figures(denominator, frame)
    columns: dict[str, Any] = {
        "period_type": "month",
        "basis": "provider",
        "status": "actual",
        "origin": "published",
        "suppressed": False,
        **{str(name): column for name, column in frame.items()},
        "measure": measure,
        **settings,
        "numerator": counted,
        "denominator": base,
        "value": counted if denominator is None else counted / base.where(base > 0),
    }
    # made at once: set one by one, pandas copies all columns for each of them
    return pd.DataFrame(columns, index=frame.index)


def fed_rows(
    feeds: Iterable[Feed],
    frame: pd.DataFrame,
    figures: pd.DataFrame,
    *,
    hidden: pd.DataFrame | None = None,
    **settings: Any,
) -> list[pd.DataFrame]:
    """Return the rows of measures by what their feeds say: sums and differences of columns of the figures.

    `frame`, `settings`: as for `measure_rows`. `hidden`: which figures their publisher has hidden: whatever one of them
    is part of, is hidden.
    """
    rows = []
    for feed in feeds:
        if hidden is not None:
            frame = frame.assign(suppressed=hidden[parts_of(feed)].any(axis=1))
        part = _added(feed.numerator, figures)
        if feed.as_published:
            rows.append(measure_rows(feed.measure, frame, **settings).assign(value=part))
            continue
        whole = _added(feed.denominator, figures) if feed.denominator else None
        rows.append(measure_rows(feed.measure, frame, numerator=part, denominator=whole, **settings))
    return rows


def parts_of(feed: Feed) -> list[str]:
    """Return the columns of which a measure is made."""
    words = (feed.numerator, feed.denominator)
    return [name for each in words if each for name in _columns(each)[::2]]


def _columns(words: str) -> list[str]:
    """Return the columns of a sum with the signs between them.

    >>> _columns("attendances - late")
    ['attendances', '-', 'late']
    """
    return re.split(r" ([+-]) ", words)


def _added(words: str, figures: pd.DataFrame) -> pd.Series[float]:
    first, *rest = _columns(words)
    total = figures[first]
    for sign, name in zip(rest[::2], rest[1::2], strict=True):
        total = total + figures[name] if sign == "+" else total - figures[name]
    return total


def _figures(given: pd.Series[float] | None, frame: pd.DataFrame) -> pd.Series[float]:
    return pd.Series(np.nan, index=frame.index) if given is None else given.astype(float)


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the frames as one; rows without any figure are left out unless they are hidden ones."""
    stacked = pd.concat(frames, ignore_index=True)
    figures = stacked[["value", "numerator", "denominator"]].notna().any(axis=1)
    return stacked[figures | stacked["suppressed"]]

"""Single records, in the room alone: what models are fitted to, functions are given, and the latest month is of."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Final

import pandas as pd

from helpers.data.mart import Mart
from helpers.data.room.door import in_room, is_interactive
from helpers.data.room.selection import DAY, DEPRIVATION, MONTH, STAMPS, WEEKDAY, Key, Selection
from helpers.data.schema import TABLES
from helpers.errors import Problem, UsageError

#: more are not worked on one by one
MOST_RECORDS: Final = 500_000
#: rows that somebody looks at
MOST_ROWS: Final = 100


def single_records(mart: Mart, selection: Selection) -> pd.DataFrame:
    """Return records with everything that may be reckoned with: no day, which tells people apart.

    Columns of the table without its dates, and month, weekday, deprivation; in no order that means anything.

    Raises
    ------
    UsageError
        Where there are more than `MOST_RECORDS`.
    """
    selection.refuse_unknown()
    table = TABLES[selection.table]
    names = [c.name for c in table.columns if c.type != "date" and c.name not in STAMPS]
    made = [f"{selection.value_of(Key(name))} AS {name}" for name in (MONTH, WEEKDAY, DEPRIVATION)]
    keys = [f"{sql} AS k{place}" for place, sql in enumerate(selection.groups)]
    columns = ", ".join([*names, *made, *keys])
    source = selection.source(mart)
    size = int(mart.fetch(f"SELECT count(*) {source}")[0][0])
    if size > MOST_RECORDS:
        cure = "narrow them by where= or months=, or ask for .count() and .mean(), which have no limit"
        raise UsageError(Problem("records", f"{size:,}", f"{MOST_RECORDS:,} at most", cure))
    frame = mart.query(
        f"SELECT {columns} {source} ORDER BY hash({', '.join(names)}), {DAY[selection.table]}"
    )
    flags = [c.name for c in table.columns if c.type == "flag"]
    return frame.astype({name: "float64" for name in flags if frame[name].notna().all()})


def kind_of(error: BaseException) -> str:
    """Return the kind of an author's error, by a name that is none of his own making.

    >>> kind_of(type("E7321", (KeyError,), {})())
    'KeyError'
    """
    kinds = (each.__name__ for each in type(error).__mro__)
    return next(str(name) for name in kinds if getattr(builtins, name, None) in type(error).__mro__)


@dataclass(frozen=True)
class Rows:
    """Records as somebody looks at them: a picture of a table, not the table."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


@in_room(Rows)
def look_at(mart: Mart, selection: Selection, number: int) -> Rows:
    """Return some records, as they are, for somebody who sits before the notebook and may read them anyway."""
    if not is_interactive():
        cure = "take this cell out, or make it a question: .count() .mean() .share()"
        raise UsageError(
            Problem("records, rows", "shows records of patients", "an interactive session", cure)
        )
    selection.refuse_unknown()
    frame = mart.query(f"SELECT * {selection.source(mart)} LIMIT {int(number)}")
    return Rows(frame.to_html(index=False), frame.to_string(index=False))


def latest_month_of(mart: Mart, table: str) -> pd.DataFrame:
    """Return the first day of the latest month that a table of records covers to its last day, as `latest`.

    The room is asked once per version of the mart.
    """
    return mart.derived(f"latest month of {table}", lambda: _latest(mart, table))


@in_room(pd.DataFrame)
def _latest(mart: Mart, table: str) -> pd.DataFrame:
    day = DAY[table]
    months = f"(date_trunc('month', max({day}) + INTERVAL 1 DAY) - INTERVAL 1 MONTH)::DATE"
    return mart.query(f"SELECT {months} AS latest FROM {table}")

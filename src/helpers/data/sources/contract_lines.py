"""Plan and activity of a contract, in one CSV or Excel layout. See docs/reference/contracts.md."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.data.files.sheets import SheetTable, plain
from helpers.data.schema import CONTRACT_FIGURES
from helpers.data.sources import own_measures
from helpers.data.sources.cells import Cells
from helpers.data.sources.layout import Context, Layout, Match, Reading

WORDS = ("org_code", "specialty", "point_of_delivery", "period")


def read(matches: list[Match], context: Context) -> Reading:
    """Return the lines of a sheet; notes between them are left out.

    Raises `DataError` with every mistake.
    """
    match = matches[0]
    own_measures.refuse_merged(match)
    table = match.table([*WORDS, *(name for name in CONTRACT_FIGURES if match.has(name))]).filled()
    noted = own_measures.notes_in(table, (), CONTRACT_FIGURES)
    reading = read_rows(table.keep([not note for note in noted]), context)
    head = {plain(name) for name in match.sheet.head[match.header]} - {""}
    unread = sorted(head - {*WORDS, *CONTRACT_FIGURES})
    return replace(
        reading,
        rows_read=len(noted),
        rejected={own_measures.NOTE: sum(noted)},
        remarks=(*reading.remarks, *(f"column {name!r} is not read" for name in unread)),
    )


def read_rows(table: SheetTable, context: Context) -> Reading:
    """Return the lines of a table that has the layout's columns, with some of the figures."""
    cells = Cells(table)
    frame = pd.DataFrame({name: cells.text(name) for name in ("specialty", "point_of_delivery")})
    frame["org_code"], frame["period"] = cells.code("org_code"), cells.periods(["period"])
    for name in ("specialty", "point_of_delivery"):
        cells.refuse(frame[name] == "", name, "a word in every row")
    known = context.organisations or frozenset(frame["org_code"])
    cells.refuse_names(
        frame["org_code"],
        known,
        "org_code",
        "a code of an organisation that the mart knows",
        own_measures.UNKNOWN_ORGANISATION,
    )
    have = [name for name in CONTRACT_FIGURES if name in table.columns.column_names]
    for name in CONTRACT_FIGURES:
        # credits are values below nought
        least = None if name == "actual_value" else 0
        frame[name] = cells.numbers(name, minimum=least) if name in have else np.nan
    _check(cells, frame, have)
    cells.check()
    lines = frame.melt(list(WORDS), list(CONTRACT_FIGURES), "figure", "amount").dropna(subset="amount")
    return Reading({"contract_lines": lines}, len(table))


def _check(cells: Cells, frame: pd.DataFrame, have: list[str]) -> None:
    sound = ~cells.wrong
    last = have[-1] if have else "period"
    none = sound & frame[list(CONTRACT_FIGURES)].isna().all(axis=1)
    cells.refuse(none, last, "a figure", "leave the row out if there is none")
    if {"planned_activity", "planned_price"} <= {*have}:
        unpriced = sound & (frame["planned_activity"] > 0) & frame["planned_price"].isna()
        cells.refuse(unpriced, "planned_price", "a price beside the planned_activity")
    if "actual_activity" in have:
        cells.refuse(sound & (frame["actual_activity"] % 1 > 0), "actual_activity", "a whole number")
    again = frame.duplicated(list(WORDS)) & frame["period"].notna()
    cells.refuse(again, "specialty", "one row for each specialty, point of delivery and month", "keep one")


LAYOUT = Layout(
    name="contract_lines",
    title="Plan and activity of a contract",
    columns=WORDS,
    one_of=CONTRACT_FIGURES,
    read=read,
    tables=("contract_lines",),
    policy="hes_record_level",
    ends_with_newline=False,
)

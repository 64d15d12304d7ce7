"""Waiting lists counted from records of patients: every number is a count or mean that the room may tell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from helpers.analyses.waiting.lists import ALL, MEAN, NEW, P92, STOPPED, WINDOW
from helpers.data.room.records import open_records
from helpers.data.waits import EDGES, LIST_SIZE, band_names
from helpers.report.period import add_months

if TYPE_CHECKING:
    from helpers.report.report import Report

#: before everybody who waits was referred
_BEGINNING: Final = "1900-01-01"


def list_rows(report: Report) -> pd.DataFrame:
    """Return rows as `helpers.data.waits.read_lists` does, with `code`, of a year's months up to the report's."""
    rows = [row for by in ("specialty_code", "") for row in _rows(report, by)]
    frame = pd.DataFrame(rows, columns=["measure", "code", "band", "month", "patients", "value"])
    return frame.assign(month=pd.to_datetime(frame["month"]), patients=frame["patients"].astype(float))


def _rows(report: Report, by: str) -> Iterator[tuple[Any, ...]]:
    """Yield what is known of each specialty, or of all together: hidden counts are missing."""
    ask = partial(open_records, report.mart, report.organisation.code, "waits", whose="own")
    last, keys = report.period.last, [by] if by else []
    months = [add_months(last, -back) for back in range(WINDOW + 1)]

    def counts(measure: str, frame: pd.DataFrame, month: Any) -> Iterator[tuple[Any, ...]]:
        for row in frame.to_dict("records"):
            yield measure, row.get(by, ALL), None, month, row["count"], row["count"]

    for place, month in enumerate(months):
        end, later = add_months(month, 1).isoformat(), [f"{each:%Y-%m}" for each in months[:place]]
        waiting = ask(where={"removed_month": [None, *later]}, by=keys, span=(_BEGINNING, end))
        yield from counts(LIST_SIZE, waiting.count(), month)
        yield from counts(NEW, ask(where={}, by=keys, span=(month.isoformat(), end)).count(), month)
        left = ask(where={"removed_month": f"{month:%Y-%m}"}, by=keys, span=(_BEGINNING, end))
        yield from counts(STOPPED[0], left.count(), month)
    now = partial(ask, where={"removed_month": None}, span=(_BEGINNING, report.period.end.isoformat()))
    waits = {MEAN: ("mean", now(by=keys).mean("weeks")), P92: ("q92", now(by=keys).quantile("weeks", 0.92))}
    for measure, (column, frame) in waits.items():
        for row in frame.to_dict("records"):
            yield measure, row.get(by, ALL), None, last, None, row[column]
    banded = now(by=[*keys, ("weeks", EDGES[1:])]).count()
    names = dict(zip((*(f"{low:g} to under {high:g}" for low, high in zip((0, *EDGES[1:]), EDGES[1:], strict=False)),
                      f"{EDGES[-1]:g} or more"), band_names(), strict=True))  # fmt: skip
    names[f"under {EDGES[1]:g}"] = band_names()[0]
    for row in banded.to_dict("records"):
        yield LIST_SIZE, row.get(by, ALL), names[row["weeks"]], last, row["count"], row["count"]

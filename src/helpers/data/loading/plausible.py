"""What a file says that cannot be right, and what its own rows give away: before it gets into the mart.

Source: methods, section 11. What can only be seen beside other months is in `helpers.data.checking.oddities`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.data.periods import period_end
from helpers.data.schema import MEASURE_VALUES
from helpers.data.sources.names import ENGLAND
from helpers.errors import Problem
from helpers.register import Register

if TYPE_CHECKING:
    from helpers.data.sources.layout import Layout, Reading

#: how many problems of one kind are listed before they are only counted
LISTED = 5
#: how far a total may lie from the sum of its rows: half a person, or what rounding of the rows explains
TOTAL_TOLERANCE, TOTAL_ROUNDING = 0.5, 0.0005
_PARTS = ["numerator", "denominator"]


def refusals(file: str, values: pd.DataFrame, register: Register, today: date) -> list[Problem]:
    """Return what cannot be right in rows of `measure_values`: figures of the future, shares above the whole."""
    return [*_future(file, values, today), *_impossible_shares(file, values, register)]


def _future(file: str, values: pd.DataFrame, today: date) -> list[Problem]:
    figures = values[["value", "numerator"]].notna().any(axis=1) | values["suppressed"]
    late = values[figures & (values["status"] != "plan") & (values["period"] > pd.Timestamp(today))]
    allowed = f"periods that have begun by {today.day} {today:%B %Y}"
    cure = "mend the date; for an exercise with invented months name its day with --as-of"
    return _listed(file, late, "lies in the future", allowed, cure)


def _impossible_shares(file: str, values: pd.DataFrame, register: Register) -> list[Problem]:
    """Refuse values given alone that are no shares; of numerators and denominators the reader sees to it."""
    shares = {name for name, measure in register.measures.items() if measure.kind == "proportion"}
    alone = values["measure"].isin(shares) & values["denominator"].isna() & (values["origin"] == "records")
    wrong = values[alone & ((values["value"] < 0) | (values["value"] > 1))]
    cure = "give percentages as 92.5, not as 9250, or numerator and denominator"
    return _listed(file, wrong, "a share below 0 % or above 100 %", "0 to 100 %", cure)


def _listed(file: str, rows: pd.DataFrame, came: str, allowed: str, cure: str) -> list[Problem]:
    problems = [
        Problem(f"{file}, {row.measure}, {row.org_code}, {_said(row.period)}", came, allowed, cure)
        for row in _rows(rows.head(LISTED))
    ]
    if len(rows) > LISTED:
        problems.append(Problem(file, f"{len(rows) - LISTED} more rows of this kind", allowed, cure))
    return problems


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))


def _said(period: pd.Timestamp) -> str:
    return f"{period.day} {period:%B %Y}" if period.day > 1 else f"{period:%B %Y}"


def remarks(layout: Layout, reading: Reading, today: date) -> tuple[str, ...]:
    """Return what a person should look at in a file's own rows."""
    found: list[str] = []
    values = reading.tables.get("measure_values")
    if values is not None:
        found += _not_over(values, today)
        if layout.has_total:
            found += _totals(values, reading.totals)
    return tuple(found)


def _not_over(values: pd.DataFrame, today: date) -> Iterator[str]:
    """Yield the months that have not ended: their figures may be those of a part."""
    recent = values[(values["status"] != "plan") & values["value"].notna()]
    for kind, start in recent.groupby("period_type", observed=True)["period"].max().items():
        end = period_end(start.date(), str(kind))
        if start.date() <= today < end and kind in ("month", "quarter"):
            yield f"{_said(start)} is not over: its figures may be those of a part of the {kind}"


def _totals(values: pd.DataFrame, apart: pd.DataFrame | None) -> Iterator[str]:
    """Yield what is missing or does not add up to the file's own total for England."""
    is_england = values["org_code"] == ENGLAND
    england = values[is_england] if apart is None else apart
    for period in sorted(set(values["period"]) - set(england["period"])):
        yield f"the total row of {_said(period)} is missing: the file may be cut short; compare it with the publication"
    sums = values[~is_england].groupby(_key(values), dropna=False, observed=True)[_PARTS].sum()
    totals = england.groupby(_key(values), dropna=False, observed=True)[_PARTS].sum()
    both = totals.join(sums.add_suffix("_rows")).fillna(0)
    wrong = [
        f"{row.measure} {_said(row.period)} {total:,.0f}, its rows {rows:,.0f}"
        for part in _PARTS
        for row, total, rows in zip(
            _rows(both.index.to_frame()), both[part], both[f"{part}_rows"], strict=True
        )
        if abs(total - rows) > max(TOTAL_TOLERANCE, TOTAL_ROUNDING * total)
    ]
    if wrong:
        more = f" and {len(wrong) - LISTED} more" if len(wrong) > LISTED else ""
        yield f"the total row is not the sum of its rows: {'; '.join(wrong[:LISTED])}{more}"


def _key(values: pd.DataFrame) -> list[str]:
    """Return the columns by which a file's figures are told apart, organisations aside."""
    return [name for name in MEASURE_VALUES.key if name in values and name not in ("org_code", "status")]

"""Benchmarks worked out in the warehouse, where records may not leave it: strata of several organisations alone.

What comes over is a row for each stratum with a count and a sum; what is handed on is under the rule for figures
of several organisations. The SQL is SQLAlchemy's, so that every dialect has the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from helpers.bundle import SUPPRESSED
from helpers.data.disclosure.values import control_share
from helpers.data.room.counting import digits_for
from helpers.data.room.selection import OF_OTHERS
from helpers.data.schema import TABLES
from helpers.data.sources.mapped_records import DAY, meanings_of
from helpers.data.sources.records import AGE_EDGES, BABY
from helpers.errors import UsageError
from helpers.register import RecordMapping

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, TableClause, TextClause

    from helpers.data.loading.warehouse import Warehouse

#: what records may be grouped by: no organisation, no day, and nothing that counts
STRATA: Final = {
    "spells": ("specialty_code", "admission_method", "casemix_group", "age_band", "sex"),
    "appointments": ("specialty_code", "kind", "mode", "age_band", "sex"),
}
#: organisations of a stratum below which each could take its own from the figure
FEWEST_ORGANISATIONS: Final = 3
FIGURE: Final = {"spells": "mean_days", "appointments": "dna_rate"}


def benchmarks(
    warehouse: Warehouse, mapping: RecordMapping, by: Sequence[str], first: date, end: date
) -> pd.DataFrame:
    """Return counts and mean days of stay, or counts and the share of missed appointments, by stratum.

    Raises `UsageError` where the mapping has no such stratum.

    `by`: some of `STRATA`; all that the mapping has where it is empty. `first`, `end`: discharged, or due, on or after
    `first` and before `end`.

    Returns
    -------
    DataFrame
        The strata, count, and mean_days or dna_rate; `*` where the rule for several organisations hides them.
    """
    have = {*mapping.columns, *mapping.always, *({"age_band"} if "age" in mapping.columns else ())}
    allowed = [name for name in STRATA[mapping.records] if name in have]
    if odd := [name for name in by if name not in allowed]:
        raise UsageError("--by", ", ".join(odd), ", ".join(allowed), "name the column in the mapping")
    by = tuple(by) or tuple(allowed)
    with warehouse.connected() as connection:
        asked = statement(mapping, warehouse.rows, by, (first, end), connection.dialect.name)
        return shown(mapping, by, connection.execute(asked).all())


def statement(
    mapping: RecordMapping,
    rows: TableClause | TextClause,
    by: Sequence[str],
    span: tuple[date, date],
    dialect: str,
) -> Select[Any]:
    """Return the query: of each stratum how many records, of how many organisations, and the sum of the amount."""
    from sqlalchemy import Date, and_, case, cast, column, distinct, func, select

    day = cast(column(mapping.columns[DAY[mapping.records]]), Date)
    conditions = [day >= span[0], day < span[1]]
    amount: ColumnElement[Any]
    if mapping.records == "appointments":
        outcome = _value(mapping, "outcome")
        amount = case((outcome == "dna", 1), else_=0)
        conditions.append(outcome.in_(["attended", "dna"]))
    else:
        admitted = cast(column(mapping.columns["admitted"]), Date)
        amount = _days(dialect, admitted, day)
        if "los_days" in mapping.columns:
            amount = column(mapping.columns["los_days"])
        conditions.append(amount >= 0)
        if "patient_class" in mapping.columns:
            conditions.append(_value(mapping, "patient_class") == "ordinary")
    named = [_value(mapping, name).label(name) for name in by]
    # the strata have names before they are grouped by: else each mention would have parameters of its own
    inner = (
        select(*named, _value(mapping, "org_code").label("org_code"), amount.label("amount"))
        .select_from(rows)
        .where(and_(*conditions))
        .subquery("records")
    )
    keys = [inner.c[name] for name in by]
    figures = (func.count(), func.count(distinct(inner.c.org_code)), func.sum(inner.c.amount))
    return select(*keys, *figures).group_by(*keys).order_by(*keys)


def _value(mapping: RecordMapping, name: str) -> ColumnElement[Any]:
    """Return what the mart would call what a row says."""
    from sqlalchemy import String, case, cast, column, literal, null

    if name in mapping.always:
        return literal(mapping.always[name])
    if name == "age_band" and "age" in mapping.columns:
        years: ColumnElement[Any] = column(mapping.columns["age"])
        bands = [(years < high, f"{low}-{high - 1}") for low, high in pairwise(AGE_EDGES)]
        return case(
            (years >= BABY, bands[0][1]),
            *bands,
            (years >= AGE_EDGES[-1], f"{AGE_EDGES[-1]}+"),
            else_=null(),
        )
    words = cast(column(mapping.columns[name]), String(100))
    specification = next(each for each in TABLES[mapping.records].columns if each.name == name)
    if meanings := meanings_of(mapping, specification):
        other = literal("unknown") if "unknown" in specification.allowed else null()
        return case(meanings, value=words, else_=other)
    return words


def _days(dialect: str, start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    from sqlalchemy import func, literal_column

    if dialect == "postgresql":
        return end - start
    return func.datediff(literal_column("day" if dialect == "mssql" else "'day'"), start, end)


def shown(mapping: RecordMapping, by: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return what may be handed on of the strata."""
    frame = pd.DataFrame([tuple(row) for row in rows], columns=[*by, "count", "organisations", "sum"])
    few = (frame["organisations"] < FEWEST_ORGANISATIONS).to_numpy(dtype=bool)
    counts = [
        SUPPRESSED if hide else OF_OTHERS.show(int(n)) for n, hide in zip(frame["count"], few, strict=True)
    ]
    sums = frame["sum"].astype(float)
    if mapping.records == "appointments":
        shares = control_share(sums, frame["count"].astype(float), OF_OTHERS)
        figures = [SUPPRESSED if hide else each for each, hide in zip(shares, few, strict=True)]
    else:
        means = sums / frame["count"]
        figures = [
            SUPPRESSED if count == SUPPRESSED else round(float(mean), digits_for(count, OF_OTHERS))
            for mean, count in zip(means, counts, strict=True)
        ]
    return pd.concat(
        [frame[[*by]], pd.DataFrame({"count": counts, FIGURE[mapping.records]: figures}, dtype=object)],
        axis=1,
    )

"""Measures about patients as the ledger of queries knows them: whom each figure counts, and whether it may be told.

Own measures count patients that no record in the mart shows. Whom they count is then said by the measure, the
organisation, its unit and the period: a trust's figure is the sum of its units', and a share has a part and a rest.
A quarter's that is the sum of its months' counts their patients; one that is not (waiting at its end) has its own.
A measure that is counted from records of the mart is described as what it is, a query of these records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.measured import summed_periods
from helpers.data.disclosure.people import ORGANISATION, TABLES
from helpers.data.disclosure.queries import COUNTED, MEASURED, MET, PEOPLE, REST, Condition, Query
from helpers.data.ledger.releases import FROM_RECORDS, releases_of
from helpers.data.ledger.releasing import decide_on
from helpers.data.mart import Mart
from helpers.data.organisations.units import units_of
from helpers.data.periods import MONTHS, period_end
from helpers.data.room.door import in_room

if TYPE_CHECKING:
    import pandas as pd

    from helpers.register.models import Measure

#: what a figure is made of
_FIGURES: Final = ("numerator", "denominator", "value")


@dataclass(frozen=True)
class Figure:
    """A figure of a measure: of which organisation and unit ("" for the whole), when, and what it is made of."""

    measure: str
    kind: str
    digits: int
    scale: float
    #: organisation, unit: codes
    organisation: str
    unit: str
    #: period, period_type: first day, and one of the mart's types
    period: date
    period_type: str
    #: numerator, denominator, value: NaN where it is not known
    numerator: float
    denominator: float
    value: float

    @property
    def counted(self) -> Mapping[str, float]:
        """How many patients each of its parts counts."""
        if self.kind == "proportion":
            return {MET: self.numerator, PEOPLE: self.denominator}
        if self.kind == "mean":
            return {PEOPLE: self.denominator}
        plain = self.kind == "count" and math.isnan(self.denominator)  # else it is compared per a base
        return {MET: self.value if plain else self.numerator}


def as_told(mart: Mart, rows: pd.DataFrame, measures: Sequence[Measure], *, about: str) -> pd.DataFrame:
    """Return rows of measures with a column `untold`: what the ledger does not let be told beside all that was told.

    Parameters
    ----------
    mart
        Pinned.
    rows
        Of `measure_values_rolled_up`, one per measure, organisation, unit and period; without a column
        `measure` they are of the only measure, without `unit_code` of whole organisations.
    measures
        As the register has them: those of staff or money, or whose small numbers are shown, are left alone.
    about
        The report's organisation. Of others nothing is asked that cannot be compared with any other figure.
    """
    controlled = {measure.id: measure for measure in measures if measure.controlled}
    names = rows["measure"] if "measure" in rows else np.full(len(rows), measures[0].id if measures else "")
    wanted = (
        (rows["origin"] == "records") & ~rows["suppressed"].astype(bool) & np.isin(names, list(controlled))
    )
    if not wanted.any():
        return rows.assign(untold=False)
    figures = tuple(
        _figure(controlled[str(name)], row)
        for name, row in zip(np.asarray(names)[wanted], rows[wanted].to_dict("records"), strict=True)
    )
    untold = wanted.to_numpy(dtype=bool).copy()
    untold[untold] = [not told for told in may_be_told(mart, figures, about)]
    return rows.assign(untold=untold)


def _figure(measure: Measure, row: Mapping[Any, Any]) -> Figure:
    unit = row.get("unit_code")
    numbers = (float("nan") if row[name] is None else float(row[name]) for name in _FIGURES)
    return Figure(
        measure.id,
        measure.kind,
        measure.digits,
        measure.scale,
        str(row["org_code"]),
        unit if isinstance(unit, str) else "",
        row["period"].date() if hasattr(row["period"], "date") else row["period"],
        str(row["period_type"]),
        *numbers,
    )


@in_room(tuple)
def may_be_told(mart: Mart, figures: tuple[Figure, ...], about: str) -> tuple[bool, ...]:
    """Return for each figure whether it may be told beside everything that was told before.

    Figures of whole organisations are asked for before those of units, the newest and the largest first.
    """
    whom = _Whom(mart, figures, about)
    order = sorted(figures, key=lambda each: (bool(each.unit), -each.period.toordinal(), -_size(each)))
    asked = {each: whom.asked(each) for each in order}
    told = decide_on(releases_of(mart), mart, [each for some in asked.values() for each in some])
    return tuple(all(not told[each.query].star for each in asked[figure]) for figure in figures)


def _size(figure: Figure) -> float:
    known = [count for count in figure.counted.values() if not math.isnan(count)]
    return max(known, default=0.0)


class _Whom:
    """Whom the figures of some organisations count."""

    def __init__(self, mart: Mart, figures: Sequence[Figure], about: str) -> None:
        self._about = about
        self._below = {code: _below(mart, code) for code in {f.organisation for f in figures if f.unit}}
        self._records = {
            name: _counts(mart, name) for name in {f.measure for f in figures} & set(FROM_RECORDS)
        }
        self._divided = _divided(mart, figures)
        self._summed = summed_periods(mart, (f.measure for f in figures), (f.organisation for f in figures))

    def asked(self, figure: Figure) -> list[Asked]:
        """Return what the ledger is asked for a figure.

        That is nothing for the figure of another whole whose units nobody knows: it cannot be compared with any
        other, so the first rule is all that holds of it.
        """
        if any(count < 0 or not float(count).is_integer() for count in figure.counted.values()):
            return []  # counts nobody, or nobody knows how many: it is hidden where it is shown
        from_records = self._of_records(figure)
        stands_alone = (figure.measure, figure.organisation) not in self._divided | self._summed.keys()
        if not from_records and stands_alone and figure.organisation != self._about:
            return []
        queries = from_records or self._of_measure(figure)
        if figure.kind == "mean":
            plain = figure.scale == 1
            return [
                Asked(query, digits=figure.digits if plain else None, exactly=not plain)
                for query in queries
            ]
        # a rate or ratio gives its count to whoever knows what it is a rate of
        exactly = figure.kind != "proportion" and not math.isnan(figure.denominator)
        return [Asked(query, exactly=exactly) for query in queries]

    def _of_measure(self, figure: Figure) -> list[Query]:
        end = period_end(figure.period, figure.period_type) + timedelta(days=1)
        usual = [Condition("period_type", (self._summed_from(figure),))]
        if figure.unit:
            below = self._below[figure.organisation].get(figure.unit, frozenset())
            usual.append(Condition("unit_code", tuple(sorted({figure.unit, *below}))))
        parts = {MET: (MET,), PEOPLE: (MET, REST) if figure.kind == "proportion" else (PEOPLE,)}
        return [
            Query(
                f"{MEASURED}{figure.measure}",
                figure.organisation,
                (*usual, Condition(COUNTED, tuple(sorted(parts[name])))),
                figure.period.isoformat(),
                end.isoformat(),
            )
            for name in (PEOPLE, MET)
            if name in figure.counted
        ]

    def _summed_from(self, figure: Figure) -> str:
        """Return of which type the shortest periods are whose patients a figure's are; its own where it has its own."""
        for row in self._summed.get((figure.measure, figure.organisation), ()):
            same = (row["unit"], row["period"], row["period_type"])
            if same == (figure.unit, figure.period, figure.period_type):
                whole = row["some"] and row["of"]
                if whole or (row["some"] and figure.counted.keys() == {MET}):
                    return str(row["part"])
        return figure.period_type

    def _of_records(self, figure: Figure) -> list[Query]:
        """Return the queries of the records that a figure counts; none where the mart's records are not those."""
        known = FROM_RECORDS.get(figure.measure, {})
        end = period_end(figure.period, figure.period_type) + timedelta(days=1)
        mine = self._records.get(figure.measure, {}).get(figure.organisation, {})
        months = [counts for month, counts in mine.items() if figure.period <= month < end]
        if figure.unit or figure.period_type not in MONTHS or len(months) != MONTHS[figure.period_type]:
            return []
        if tuple(map(sum, zip(*months, strict=True))) != tuple(int(figure.counted[name]) for name in known):
            return []
        return [
            Query(
                each.data_set,
                figure.organisation,
                each.conditions,
                figure.period.isoformat(),
                end.isoformat(),
            )
            for each in known.values()
        ]


def _below(mart: Mart, organisation: str) -> dict[str, frozenset[str]]:
    """Return for each unit those below it, at any depth."""
    units = units_of(mart, organisation)
    found: dict[str, set[str]] = {code: set() for code in units}
    for code, unit in units.items():
        seen = {code}
        while (parent := unit.parent) in units and parent not in seen:
            found[parent].add(code)
            seen.add(parent)
            unit = units[parent]
    return {code: frozenset(each) for code, each in found.items()}


def _divided(mart: Mart, figures: Sequence[Figure]) -> frozenset[tuple[str, str]]:
    """Return the measures and organisations of which the mart has figures of units."""
    sql = """SELECT DISTINCT measure, org_code FROM measure_values_rolled_up
        WHERE unit_code IS NOT NULL AND origin = 'records' ORDER BY ALL"""
    measures = {figure.measure for figure in figures}
    # beside records, where no kernel can write it
    every = mart.derived("divided measures", lambda: mart.query(sql), records=True, measures=measures)
    asked = {(figure.measure, figure.organisation) for figure in figures}
    return frozenset(asked.intersection(zip(every["measure"], every["org_code"], strict=True)))


def _counts(mart: Mart, measure: str) -> dict[str, dict[date, tuple[int, ...]]]:
    """Return by organisation, then month, how many records a measure's queries count, worked out once per version."""
    known = FROM_RECORDS[measure]
    table = TABLES[next(iter(known.values())).data_set]
    sums = ", ".join(f"count(*) FILTER ({_sql(query)})::BIGINT AS {name}" for name, query in known.items())
    sql = f"""SELECT coalesce(s.successor, r.{ORGANISATION}) AS code,
            date_trunc('month', {table.day})::DATE AS month, {sums}
        FROM {table.name} r LEFT JOIN successors s ON s.{ORGANISATION} = r.{ORGANISATION} GROUP BY ALL"""
    frame = mart.derived(f"counted {measure}", lambda: mart.query(sql), records=True)
    numbers = zip(*(frame[name].astype(int) for name in known), strict=True)
    found: dict[str, dict[date, tuple[int, ...]]] = {}
    for code, month, each in zip(frame["code"], frame["month"].dt.date, numbers, strict=True):
        found.setdefault(str(code), {})[month] = each
    return found


def _sql(query: Query) -> str:
    words = (f"{each.dimension} IN ({', '.join(map(repr, each.among))})" for each in query.conditions)
    return " AND ".join(words)

"""The people behind figures that no records in the mart show: of a measure by unit, period and part; of a contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from helpers.data.disclosure.queries import COUNTED, MEASURED, MET, PEOPLE, REST, Query
from helpers.data.organisations.units import units_of
from helpers.data.periods import MONTHS

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart
    from helpers.data.organisations.units import Unit

#: more than the amount of one person is, whatever is measured
_ANY_AMOUNT: Final = 1e9

_ROWS = """SELECT strftime(period, '%Y-%m-%d') AS day, period_type, coalesce(unit_code, '') AS unit_code,
        numerator, denominator, value
    FROM measure_values_rolled_up
    WHERE measure = ? AND org_code = ? AND basis = 'provider' AND status <> 'plan' AND breakdown IS NULL
        AND specialty_code IS NULL"""


def measured_kinds(mart: Mart, measure: str, organisation: str) -> pd.DataFrame:
    """Return the kinds of people of a measure of an organisation.

    A unit has those that none of the units below it has, and the organisation those of no unit. Where units add
    up to more than their whole, they are taken for what they say, and the whole is what they add up to.

    Returns
    -------
    DataFrame
        day, period_type, unit_code ("" for no unit), counted; and people, total, least, most as numbers.
    """
    import pandas as pd

    rows = mart.query(_ROWS, [measure, organisation])
    units = units_of(mart, organisation)
    families = {
        MET: rows["numerator"].fillna(rows["value"]),
        REST: (rows["denominator"] - rows["numerator"]).clip(lower=0),
        PEOPLE: rows["denominator"],
    }
    parts = []
    for name, people in families.items():
        part = rows[["day", "period_type", "unit_code"]].assign(counted=name, people=people)
        part["total"] = rows["numerator"] if name == PEOPLE else 0.0
        parts.append(part[people.notna()])
    kinds = pd.concat(parts, ignore_index=True)
    above = _above_each(kinds, units)
    for column in ("people", "total"):
        own = kinds[column].to_numpy(dtype=float).copy()
        np.subtract.at(own, list(above.values()), kinds[column].to_numpy(dtype=float)[list(above)])
        kinds[column] = own
    # where the units below hold everybody, a reader may know that nobody is in none of them
    kinds = kinds[~(kinds.index.isin(set(above.values())) & (kinds["people"] <= 0))]
    kinds["people"] = kinds["people"].clip(lower=0).round().astype(np.int64)
    has_amount = kinds[COUNTED] == PEOPLE
    return kinds.assign(
        least=np.where(has_amount & (kinds["total"] < 0), -_ANY_AMOUNT, 0.0),
        most=np.where(has_amount, _ANY_AMOUNT, 0.0),
    )


#: periods that shorter ones fill, with what they are made of: whether the parts (`some`) and wholes (`of`) add up
_SUMMED: Final = f"""WITH figures AS (
        SELECT measure, org_code, coalesce(unit_code, '') AS unit, period_type, period::DATE AS period,
            coalesce(numerator, value) AS some, denominator AS of, (period + CASE period_type
                {" ".join(f"WHEN '{kind}' THEN INTERVAL {length} MONTH" for kind, length in MONTHS.items())}
                ELSE INTERVAL 1 DAY END)::DATE AS end_
        FROM measure_values_rolled_up
        WHERE origin = 'records' AND basis = 'provider' AND status <> 'plan' AND period_type <> 'snapshot'
            AND breakdown IS NULL AND specialty_code IS NULL
            AND list_contains(?, measure) AND list_contains(?, org_code))
    SELECT w.measure, w.org_code, w.unit, w.period, w.period_type, p.period_type AS part,
        abs(sum(p.some) - w.some) < 0.5 AS some, coalesce(abs(sum(p.of) - w.of) < 0.5, false) AS of
    FROM figures w JOIN figures p ON (w.measure, w.org_code, w.unit) = (p.measure, p.org_code, p.unit)
        AND p.period >= w.period AND p.end_ <= w.end_ AND p.end_ - p.period < w.end_ - w.period
    GROUP BY w.measure, w.org_code, w.unit, w.period, w.period_type, w.end_, w.some, w.of, p.period_type
    HAVING sum(p.end_ - p.period) = w.end_ - w.period ORDER BY min(p.end_ - p.period)"""


def summed_periods(
    mart: Mart, measures: Iterable[str], organisations: Iterable[str]
) -> dict[tuple[str, str], list[dict[Any, Any]]]:
    """Return by measure and organisation the periods that shorter ones fill, those of the shortest parts first."""
    rows = mart.query(_SUMMED, [sorted(set(measures)), sorted(set(organisations))])
    rows = rows.assign(period=[each.date() for each in rows["period"]])
    groups = rows.groupby(["measure", "org_code"], observed=True)
    return {(str(measure), str(code)): rows.to_dict("records") for (measure, code), rows in groups}


def by_their_parts(mart: Mart, queries: Sequence[Query]) -> dict[Query, Query]:
    """Return for queries of one measure and organisation, told before the shorter periods came, whom they count now.

    A quarter's that is the sum of its months counts their people.
    """
    measure, organisation = queries[0].data_set.removeprefix(MEASURED), queries[0].organisation
    rows = summed_periods(mart, [measure], [organisation]).get((measure, organisation), [])
    units = units_of(mart, organisation) if rows else {}
    counts_alone = all(_among(query, COUNTED) == (MET,) for query in queries)
    parts = {
        (row["unit"], row["period"].isoformat(), row["period_type"]): str(row["part"])
        for row in reversed(rows)
        if row["some"] and (row["of"] or counts_alone)
    }
    found = {}
    for query in queries:
        codes, (kind,) = _among(query, "unit_code"), _among(query, "period_type")
        top = next((code for code in codes if code not in units or units[code].parent not in codes), "")
        part = parts.get((top, query.first, kind), kind)
        conditions = (
            replace(each, among=(part,)) if each.dimension == "period_type" else each
            for each in query.conditions
        )
        found[query] = replace(query, conditions=tuple(conditions))
    return found


def _among(query: Query, dimension: str) -> tuple[str, ...]:
    return next((each.among for each in query.conditions if each.dimension == dimension), ())


_ACTIVITY = """SELECT strftime(period, '%Y-%m-%d') AS day, specialty || ', ' || point_of_delivery AS line,
        amount::BIGINT AS people, 0.0 AS total, 0.0 AS least, 0.0 AS most
    FROM contract_lines WHERE org_code = ? AND figure = 'actual_activity' ORDER BY ALL"""


def contract_kinds(mart: Mart, organisation: str) -> pd.DataFrame:
    """Return the kinds of people of an organisation's contract, those of one line in one month."""
    return mart.query(_ACTIVITY, [organisation])


def _above_each(kinds: pd.DataFrame, units: Mapping[str, Unit]) -> dict[int, int]:
    """Return for the rows of units that of the nearest unit above, or of the organisation, where there is one."""
    found: dict[int, int] = {}
    for _, group in kinds.groupby(["day", "period_type", COUNTED]):
        places = dict(zip(group["unit_code"], group.index, strict=True))
        found |= {
            place: above
            for code, place in places.items()
            if (above := _above(code, places, units)) is not None
        }
    return found


def _above(code: str, places: Mapping[str, int], units: Mapping[str, Unit]) -> int | None:
    """Return the row of the nearest unit above one, or of the organisation; None where there is neither."""
    if not code:
        return None
    seen = {code}
    while code in units and (code := units[code].parent) and code not in seen:
        if code in places:
            return places[code]
        seen.add(code)
    return places.get("")

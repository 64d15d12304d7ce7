"""Hospital stays out of the mart: sums by stratum, month and organisation, never a row of a patient.

A stay is a spell (admission to discharge in one hospital), by default of an ordinary admission, counted where
and when the patient was discharged. Spells of a merged organisation count for its successor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from helpers.data.disclosure.queries import Condition
from helpers.data.mart.views import literal
from helpers.data.room.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_STRATA = "specialty_code AS specialty, admission_method, casemix_group, age_band, sex"

#: A trim point below this would cut ordinary stays (methods, section 4).
LEAST_TRIM_DAYS = 5
LONG_STAYS = (7, 14, 21)
#: what is added up of stays
SUMS: Final = ("spells", "days", "days_squared")
#: the largest value of DuckDB's hash
_HASHES: Final = 2**64 - 1
#: which spells are stays where nobody says otherwise: day cases and regular attenders are none
ORDINARY: Final = (Condition("patient_class", ("ordinary",)),)


@dataclass(frozen=True)
class StayRule:
    """Which stays count, and how long a stay may count."""

    #: first, end: discharged on or after `first` and before `end`
    first: date
    end: date
    zero_day: bool = True  # whether stays that end on the day of admission count
    #: "none", "fixed" (at `trim_days`) or "upper_quartile" (by specialty and admission method)
    trim: str = "none"
    trim_days: float | None = None  # the fixed trim point, in days
    where: tuple[Condition, ...] = ORDINARY

    @property
    def restriction(self) -> str:
        """What every spell must meet, as SQL."""
        return Selection("spells", "", "all", self.where, (), f"{self.first}", f"{self.end}").restriction

    @property
    def key(self) -> str:
        """A name for what is computed once per load under this rule."""
        trim = f"{self.trim}{self.trim_days or ''}"
        which = sha256(self.restriction.encode()).hexdigest()[:12]
        return f"{self.first}_{self.end}_{'all' if self.zero_day else 'overnight'}_{trim}_{which}"


def stay_cells(mart: Mart, rule: StayRule, org_code: str | None = None) -> pd.DataFrame:
    """Return the sums of every organisation, or of one, and stratum; computed once per load and rule.

    Returns
    -------
    DataFrame
        org_code, specialty, admission_method, casemix_group, age_band, sex, unit_code (the team, ward or site;
        missing where the records have none), spells (count), days (sum), days_squared (sum of the squares of days).
    """
    sql = f"""SELECT org_code, {_STRATA}, unit_code, count(*) AS spells, sum(days) AS days,
               sum(days * days) AS days_squared
        FROM trimmed GROUP BY ALL ORDER BY ALL"""
    return _derived(mart, "stay_unit_cells", rule, sql, org_code)


def stay_totals(mart: Mart, rule: StayRule, by: Sequence[str]) -> pd.DataFrame:
    """Return the cells' sums by some of their columns: a benchmark is a few thousand rows, and cells are many.

    Returns
    -------
    DataFrame
        The columns, spells, days, days_squared.
    """

    def add_up() -> pd.DataFrame:
        return stay_cells(mart, rule).groupby([*by], dropna=False)[[*SUMS]].sum().reset_index()

    return mart.derived(f"stay_totals_{'_'.join(by)}_{rule.key}", add_up, records=True)


def stay_months(mart: Mart, rule: StayRule, org_code: str) -> pd.DataFrame:
    """Return the sums of an organisation by specialty and month; computed once per load and rule.

    Returns
    -------
    DataFrame
        org_code, specialty, month (first day), spells, days, days_squared.
    """
    sql = """SELECT org_code, specialty_code AS specialty, date_trunc('month', discharged) AS month,
               count(*) AS spells, sum(days) AS days, sum(days * days) AS days_squared
        FROM trimmed GROUP BY ALL ORDER BY ALL"""
    return _derived(mart, "stay_months", rule, sql, org_code)


def stay_tails(mart: Mart, rule: StayRule, lengths: Sequence[int] = LONG_STAYS) -> pd.DataFrame:
    """Return very short and long stays of every organisation and specialty, untrimmed.

    Returns
    -------
    DataFrame
        org_code, specialty, spells, days, zero_day (spells), and for each of the lengths, such as 7 days,
        spells_7 and days_7 (spells of at least that length, and their bed-days).
    """
    long = ", ".join(
        f"count(*) FILTER (los_days >= {n}) AS spells_{n}, "
        f"coalesce(sum(los_days) FILTER (los_days >= {n}), 0) AS days_{n}"
        for n in lengths
    )
    sql = f"""SELECT org_code, specialty_code AS specialty, count(*) AS spells, sum(los_days) AS days,
               count(*) FILTER (los_days = 0) AS zero_day, {long}
        FROM trimmed GROUP BY ALL ORDER BY ALL"""
    return _derived(mart, f"stay_tails_{'_'.join(map(str, lengths))}", rule, sql)


def stay_sample(mart: Mart, rule: StayRule, org_code: str, *, others: int) -> pd.DataFrame:
    """Return stays for a regression: all of the organisation, and a fixed sample of the others.

    They live in the memory of the records room; they are never shown.

    Returns
    -------
    DataFrame
        own (bool), cluster (the organisation's team, ward or site; of the others the organisation), days,
        specialty, admission_method, casemix_group, age_band, sex, spells (how many stays a row stands for).
    """
    import pandas as pd

    sql = f"""{_stays(rule, mart.codes_of([org_code]))}
        SELECT true AS own, unit_code AS cluster, days, {_STRATA}, count(*) AS spells
        FROM trimmed WHERE org_code = ? GROUP BY ALL ORDER BY ALL"""
    own = mart.query(sql, [*_arguments(mart, rule), org_code])
    drawn = _sample(mart, rule, 2 * others)
    rest = drawn[drawn["cluster"] != org_code]
    if len(rest) < others and len(drawn) == 2 * others:  # most of them are the organisation's own
        rest = _sample(mart, rule, others, without=org_code)
    return pd.concat([own, rest.head(others).assign(own=False, spells=1)], ignore_index=True)


def _sample(mart: Mart, rule: StayRule, number: int, *, without: str = "") -> pd.DataFrame:
    """Return so many single stays of all organisations but one, the same each time; computed once per load and rule."""
    stays = stay_totals(mart, rule, ("org_code", "specialty"))
    there = stays.loc[stays["org_code"] != without, "spells"].sum()
    # the first by a hash are among those below twice their share of it: a country's stays need not be sorted
    share = min(1.0, (2 * number + 1000) / max(1, there))
    drawn = "hash(org_code, admitted, discharged, specialty_code, age_band, sex, imd_decile, cost)"
    sql = f"""{_stays(rule)}
        SELECT org_code AS cluster, days, {_STRATA} FROM trimmed
        WHERE org_code <> {literal(without)} AND {drawn} <= {int(share * _HASHES)}
        ORDER BY {drawn}, admission_method, casemix_group LIMIT {number}"""
    return _once(mart, f"stay_sample_{number}_{without}", rule, sql)


def _once(mart: Mart, name: str, rule: StayRule, sql: str) -> pd.DataFrame:
    return mart.derived(f"{name}_{rule.key}", lambda: mart.query(sql, _arguments(mart, rule)), records=True)


def _derived(mart: Mart, name: str, rule: StayRule, sql: str, org_code: str | None = None) -> pd.DataFrame:
    """Return what is asked of the stays of each organisation (`trimmed`)."""

    def ask(codes: Sequence[str]) -> pd.DataFrame:
        return mart.query(f"{_stays(rule, codes)} {sql}", _arguments(mart, rule))

    only = None if org_code is None else ("org_code", org_code)
    return mart.derived_by_organisation(f"{name}_{rule.key}", "spells", ask, only=only)


def _stays(rule: StayRule, codes: Sequence[str] = ()) -> str:
    """The common part of every query: `trimmed`, one row per stay that counts, with its `days`.

    With codes only these organisations' files are opened.
    """
    among = f"s.org_code IN ({', '.join(map(literal, codes))})"
    point = {"none": "NULL", "fixed": "?::DOUBLE", "upper_quartile": "point"}[rule.trim]
    return f"""WITH stays AS (
            SELECT coalesce(o.successor, s.org_code) AS org_code, s.* EXCLUDE (org_code)
            FROM spells s LEFT JOIN successors o ON o.org_code = s.org_code
            WHERE s.discharged >= ? AND s.discharged < ? AND ({rule.restriction})
              AND ({"true" if rule.zero_day else "s.los_days > 0"})
              AND ({among if codes else "true"})
        ), trimmed AS (
            SELECT stays.*, least(los_days, {point})::DOUBLE AS days
            FROM stays {_POINTS if rule.trim == "upper_quartile" else ""}
        )"""


_POINTS: Final = """LEFT JOIN (
        SELECT unnest(?::VARCHAR[]) AS specialty, unnest(?::VARCHAR[]) AS method, unnest(?::DOUBLE[]) AS point
    ) p ON stays.specialty_code IS NOT DISTINCT FROM p.specialty
       AND stays.admission_method IS NOT DISTINCT FROM p.method"""


def _arguments(mart: Mart, rule: StayRule) -> list[object]:
    if rule.trim != "upper_quartile":
        return [rule.first, rule.end, *([rule.trim_days] if rule.trim == "fixed" else [])]
    whole = replace(rule, trim="none")
    sql = f"""{_stays(whole)}
        SELECT specialty_code, admission_method,
               greatest({LEAST_TRIM_DAYS}, 2.5 * quantile_cont(los_days, 0.75) - 1.5 * quantile_cont(los_days, 0.25))
        FROM stays GROUP BY ALL ORDER BY ALL"""
    points = _once(mart, "stay_trim_points", whole, sql).astype(object)
    return [rule.first, rule.end, *points.where(points.notna(), None).T.to_numpy().tolist()]

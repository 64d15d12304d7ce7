"""Tidy frames from the mart: validated, and aware of where they come from and how they may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from helpers.bundle import Origin, Source
from helpers.data.mart import Mart
from helpers.data.schema import find_table, validate
from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

#: which rows of a measure: those of the whole organisation, of its units, of its specialties,
#: of other breakdowns (age band, reason), or all
Level = Literal["organisation", "unit", "specialty", "breakdown", "any"]

_LEVELS: dict[Level, str] = {
    "organisation": "unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL",
    "unit": "unit_code IS NOT NULL AND breakdown IS NULL",
    "specialty": "specialty_code IS NOT NULL AND unit_code IS NULL AND breakdown IS NULL",
    "breakdown": "breakdown IS NOT NULL",
    "any": "true",
}


@dataclass(frozen=True)
class TidyFrame:
    """A validated frame with its sources.

    Parameters
    ----------
    data
        The rows.
    sources
        Every data set that was read for them, whether or not it gave a row.
    """

    data: pd.DataFrame
    sources: tuple[Source, ...]

    @property
    def origin(self) -> Origin:
        """How the figures may be shown: as records where any of them comes from records."""
        return "records" if any(source.origin == "records" for source in self.sources) else "published"

    @property
    def as_at(self) -> str:
        """The day up to which the data speak, ISO; empty where nothing was read."""
        return max((source.as_at for source in self.sources), default="")

    @property
    def reads(self) -> tuple[str, ...]:
        """The data sets that were read, as the mart's fingerprints name them."""
        return tuple(source.dataset for source in self.sources)


def read_measure(
    mart: Mart,
    measure: str,
    *,
    organisations: Sequence[str] | None = None,
    kinds: Sequence[str] = ("trust", "icb"),
    level: Level = "organisation",
    scheme: str | None = None,
    period_type: str = "month",
    basis: str = "provider",
    since: date | None = None,
    until: date | None = None,
    plan: bool = False,
) -> TidyFrame:
    """Return a measure's values in order of organisation and period, merged histories added up.

    Parameters
    ----------
    mart
        The mart, pinned or not.
    measure
        Id of the measure.
    organisations
        Codes to keep; those of all organisations by default.
    kinds
        Kinds of organisation to keep where no codes are given: sums over regions and the country stand
        in the same table. A code that the mart does not know is kept.
    level
        Whole organisations, their units, their specialties, other breakdowns, or any.
    scheme
        Specialty scheme (main, treatment, rtt), needed where a measure has more than one.
    period_type, basis
        One of each: series of different type or basis are never mixed.
    since, until
        First and last period, both included, by their first days.
    plan
        Whether planned figures are wanted instead of actual ones.

    Returns
    -------
    TidyFrame
        Columns of `measure_values`, and `members`: how many organisations a row adds up.

    Raises
    ------
    DataError
        Where specialties of more than one scheme would be mixed.
    """
    where = [
        "measure = $measure",
        "period_type = $period_type",
        "basis = $basis",
        f"(status = 'plan') = {str(plan).lower()}",
        _LEVELS[level],
    ]
    params: dict[str, object] = {"measure": measure, "period_type": period_type, "basis": basis}
    _add_limits(where, params, "period", since, until)
    if scheme is not None:
        where.append("scheme = $scheme")
        params["scheme"] = scheme
    if organisations is not None:
        where.append("list_contains($organisations, org_code)")
        params["organisations"] = list(organisations)
    else:
        where.append(
            "org_code NOT IN (SELECT org_code FROM organisations WHERE NOT list_contains($kinds, kind))"
        )
        params["kinds"] = list(kinds)
    rows = mart.query(
        f"SELECT * FROM measure_values_rolled_up WHERE {' AND '.join(where)} "
        "ORDER BY org_code, unit_code, scheme, specialty_code, breakdown, category, period",
        params,
    )
    _refuse_mixed_schemes(measure, rows)
    given = mart.query("SELECT DISTINCT source FROM measure_values_all WHERE measure = $1", [measure])
    return TidyFrame(
        validate(find_table("measure_values"), rows),
        sources_of(mart, "measure_values", set(given["source"])),
    )


def _refuse_mixed_schemes(measure: str, rows: pd.DataFrame) -> None:
    schemes = sorted(rows["scheme"].dropna().unique())
    if len(schemes) > 1:
        raise DataError(
            Problem(
                f"measure {measure}",
                f"specialties of {len(schemes)} schemes",
                ", ".join(schemes),
                "name one",
            )
        )


def read_spells(
    mart: Mart,
    *,
    organisations: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> TidyFrame:
    """Return the spells that ended between two days, both included; codes are those of successors.

    Rows are records of patients: they stay in memory and are never shown, stored or logged.
    """
    return _read_records(mart, "spells", "discharged", organisations, since, until)


def read_appointments(
    mart: Mart,
    *,
    organisations: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> TidyFrame:
    """Return the appointments between two days, both included; see `read_spells`."""
    return _read_records(mart, "appointments", "appointment_date", organisations, since, until)


def _read_records(
    mart: Mart,
    table: str,
    day: str,
    organisations: Sequence[str] | None,
    since: date | None,
    until: date | None,
) -> TidyFrame:
    where = ["true"]
    params: dict[str, object] = {}
    _add_limits(where, params, day, since, until)
    if organisations is not None:
        # named one by one, so that only these organisations' files are opened
        codes = _with_predecessors(mart, organisations)
        places = [f"$code{number}" for number in range(len(codes))]
        where.append(f"t.org_code IN ({', '.join(places)})" if places else "false")
        params |= {place[1:]: code for place, code in zip(places, codes, strict=True)}
    rows = mart.query(
        "SELECT t.* REPLACE (coalesce(s.successor, t.org_code) AS org_code) "
        f"FROM {table} t LEFT JOIN successors s ON t.org_code = s.org_code "
        f"WHERE {' AND '.join(where)} ORDER BY t.org_code, {day}",
        params,
    )
    return TidyFrame(validate(find_table(table), rows), sources_of(mart, table))


def _with_predecessors(mart: Mart, organisations: Sequence[str]) -> list[str]:
    found = mart.query(
        "SELECT org_code FROM successors WHERE list_contains($1, successor)", [list(organisations)]
    )
    return sorted({*organisations, *found["org_code"]})


def _add_limits(
    where: list[str], params: dict[str, object], column: str, since: date | None, until: date | None
) -> None:
    for name, sign, limit in (("since", ">=", since), ("until", "<=", until)):
        if limit is not None:
            where.append(f"{column} {sign} ${name}")
            params[name] = limit


def sources_of(mart: Mart, table: str, names: set[str] | None = None) -> tuple[Source, ...]:
    """Return a table's sources, and those of the organisations by which histories are added up."""
    return tuple(
        source
        for source in mart.sources()
        if source.dataset.startswith("organisations/")
        or (
            source.dataset.startswith(f"{table}/")
            and (names is None or source.dataset.partition("/")[2] in names)
        )
    )

"""The series of many measures of some organisations with one query, and what explains them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal

from helpers.data.checking.quality import CHANGE_TOLERANCE, EDITIONS, WHOLE
from helpers.data.mart import Mart
from helpers.data.organisations.directory import readable_name
from helpers.data.schema import find_table, typed
from helpers.data.series.frames import TidyFrame, sources_of
from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    import pandas as pd

_SQL = sql_beside(__file__)
#: which rows: of whole organisations, of their units or of their specialties
Part = Literal["organisation", "unit", "specialty"]

_PARTS: dict[Part, str] = {
    "organisation": "unit_code IS NULL AND specialty_code IS NULL",
    "unit": "unit_code IS NOT NULL",
    "specialty": "specialty_code IS NOT NULL AND unit_code IS NULL",
}


def read_series(
    mart: Mart,
    frequencies: Mapping[str, str],
    *,
    organisations: Sequence[str],
    until: date,
    part: Part = "organisation",
    scheme: str | None = None,
    basis: str = "provider",
    origin: str | None = None,
) -> TidyFrame:
    """Return the values of many measures of some organisations with one query.

    Parameters
    ----------
    frequencies
        The period type that is wanted of each measure, by its id.
    organisations
        Codes; histories of merged organisations count for their successors.
    until
        First day of the last period.
    part
        Whole organisations, their units or their specialties.
    scheme
        Specialty scheme; None takes all, where each measure has one.
    basis
        Of providers or of commissioners: one is not the sum of the other.
    origin
        "published" leaves out what was counted from records.

    Returns
    -------
    TidyFrame
        Columns of `measure_values` and `members`, in order of measure, organisation, part and period.
    """
    if part == "organisation" and len(organisations) == 1 and scheme is None and origin is None:
        rows = _of_one(mart, organisations[0], frequencies, until, basis)
        given = names_in(rows["source"])
        return TidyFrame(
            typed(find_table("measure_values"), rows), sources_of(mart, "measure_values", given)
        )
    rows = mart.query(
        f"""
        SELECT * FROM measure_values_rolled_up
        WHERE list_contains($organisations, org_code) AND basis = $basis AND status <> 'plan'
            AND ($origin IS NULL OR origin = $origin) AND breakdown IS NULL AND {_PARTS[part]} AND period <= $until
            AND list_contains($wanted, measure || '/' || period_type)
            AND ($scheme IS NULL OR scheme = $scheme)
        ORDER BY measure, org_code, unit_code, specialty_code, period
        """,
        {
            "organisations": list(organisations),
            "until": until,
            "wanted": [f"{measure}/{kind}" for measure, kind in frequencies.items()],
            "scheme": scheme,
            "basis": basis,
            "origin": origin,
        },
    )
    given = names_in(rows["source"])
    return TidyFrame(typed(find_table("measure_values"), rows), sources_of(mart, "measure_values", given))


def _of_one(
    mart: Mart, organisation: str, frequencies: Mapping[str, str], until: date, basis: str
) -> pd.DataFrame:
    """Return what `read_series` asks for of one whole organisation: every report asks, so all are worked out once."""
    every = mart.derived(
        "series of organisations", lambda: mart.query(_SQL["whole"]), only=("org_code", organisation)
    )
    wanted = every["measure"].map(frequencies) == every["period_type"]
    due = every["period"] <= datetime.combine(until, time())
    return every[wanted & due & (every["basis"] == basis)].reset_index(drop=True)


def names_in(sources: Iterable[str]) -> set[str]:
    """Return the data sets that rolled-up rows name, several of them in one cell."""
    return {name for cell in set(sources) for name in cell.split(", ")}


def read_reasons(mart: Mart) -> pd.DataFrame:
    """Return the parts by reason of every trust's counts, read once per version of the mart.

    Returns
    -------
    DataFrame
        measure, org_code, period, reason, patients, source; published figures alone, since parts of records might
        tell of single patients.
    """
    return mart.derived("reasons", lambda: mart.query(_SQL["reasons"]))


def edition_moves(mart: Mart, organisation: str) -> dict[str, tuple[int, int]]:
    """Return, per measure of an organisation, how many figures were revised and how many moved clearly."""
    found = mart.query(
        EDITIONS.format(where=f"org_code = $2 AND {WHOLE}"), [CHANGE_TOLERANCE, organisation]
    )
    sums = found.groupby("measure")[["revised", "changed"]].sum()
    return {str(name): (int(row.revised), int(row.changed)) for name, row in sums.iterrows()}


def merged_into(mart: Mart, organisation: str) -> list[tuple[str, str, date | None]]:
    """Return the organisations that became part of one: code, name, and the first day after their last."""
    rows = mart.fetch(
        """
        SELECT o.org_code, arg_max(o.name, coalesce(o.valid_from, DATE '1900-01-01')),
            (max(o.valid_to) + INTERVAL 1 DAY)::DATE
        FROM organisations o JOIN successors s ON s.org_code = o.org_code
        WHERE s.successor = ? GROUP BY o.org_code ORDER BY 3, 1
        """,
        [organisation],
    )
    return [(code, readable_name(name), day) for code, name, day in rows]


def part_names(mart: Mart, organisation: str) -> dict[str, str]:
    """Return the names of an organisation's units and of the specialties, by code."""
    rows = mart.fetch(
        "SELECT unit_code, any_value(name) FROM units WHERE org_code = ? GROUP BY 1 "
        "UNION ALL SELECT specialty_code, any_value(name) FROM specialties GROUP BY 1",
        [organisation],
    )
    return dict(rows)


def latest_measure_month(mart: Mart, organisations: Sequence[str]) -> date | None:
    """Return the latest month of which an organisation has figures of any measure; None without any."""
    every = mart.derived("latest months of measures", lambda: mart.query(_SQL["latest"]))
    found = every.loc[every["org_code"].isin(list(organisations)), "latest"]
    return found.max().date() if len(found) else None

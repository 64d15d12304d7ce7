"""`open_report`: what every notebook begins with."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation, find_organisation, find_specialty
from helpers.data.organisations.units import find_unit, units_of
from helpers.data.room.single import latest_month_of
from helpers.data.series.appointments import latest_appointments
from helpers.data.series.contract import latest_contract_month
from helpers.data.series.measure_series import latest_measure_month
from helpers.data.series.oversight import latest_oversight_month
from helpers.data.series.published_stays import latest_stay_month
from helpers.data.waits import latest_list_month
from helpers.errors import DataError, Problem, raise_all
from helpers.places import VERSION_VARIABLE, find_root, state_folder
from helpers.report.arguments import check_word, read_argument, read_code
from helpers.report.own.frames import show_as_tables
from helpers.report.period import Period, read_month
from helpers.report.report import Report
from helpers.theme.brand import read_brand
from helpers.theme.charts import use_palette

if TYPE_CHECKING:
    import pandas as pd

Latest = Literal[
    "spells",
    "appointments",
    "measure_values",
    "dna",
    "published_stay",
    "measures",
    "waiting_list",
    "contract",
    "oversight",
]

_LATEST_VALUES = """SELECT max(period)::DATE AS latest FROM measure_values
    WHERE period_type = 'month' AND status <> 'plan'"""
#: what has a latest month of all organisations together
_OF_ALL: dict[str, Callable[[Mart], pd.DataFrame]] = {
    "spells": partial(latest_month_of, table="spells"),
    "appointments": partial(latest_month_of, table="appointments"),
    "measure_values": lambda mart: mart.derived("latest value", lambda: mart.query(_LATEST_VALUES)),
}
#: what has a latest month of the organisation's own, as statistics end at different months, and what messages call it
_OWN_LATEST: dict[str, tuple[Callable[[Mart, Sequence[str]], date | None], str]] = {
    "dna": (latest_appointments, "outpatient appointments"),
    "published_stay": (latest_stay_month, "quarters with both beds and admissions"),
    "measures": (latest_measure_month, "monthly figures"),
    "waiting_list": (latest_list_month, "months of a waiting list"),
    "contract": (latest_contract_month, "activity of a contract"),
    "oversight": (latest_oversight_month, "published figures of the oversight framework"),
}
#: what `open_report(latest_in=)` may name
LATEST_IN = (*_OF_ALL, *_OWN_LATEST)


def use_colours_of(root: Path) -> None:
    """Draw all charts of this process from now on in the colours of a project."""
    use_palette(read_brand(root / "params" / "_theme.yml").palette)


def open_report(
    title: str,
    *,
    trust: str,
    specialty: str | None = None,
    unit: str | None = None,
    measure: str | None = None,
    period: str = "latest",
    months: int = 12,
    latest_in: Latest = "spells",
) -> Report:
    """Open the mart for one organisation and a span of months; what cannot be is refused, all at once.

    Parameters
    ----------
    title
        Title of the report.
    trust
        Organisation code.
    specialty
        Treatment function code, whose name is added to the title; None for all.
    unit
        Code of a division, site or other unit, whose name is added to the title; None for the whole.
    measure
        Id of the one measure that the report is on, whose name is added to the title.
    period
        Last month of the report, `YYYY-MM`, or `latest` for the latest complete month of the data.
    months
        How many months the report covers.
    latest_in
        What the latest complete month `latest` means: that of a table, or of the organisation's own missed
        appointments (`dna`), published beds and admissions (`published_stay`), waiting lists (`waiting_list`), any
        measure (`measures`), lines of a contract (`contract`) or the published oversight framework (`oversight`).
    """
    problems: list[Problem] = []
    trust = read_code("trust", trust, problems) or ""
    specialty, unit = read_code("specialty", specialty, problems), read_code("unit", unit, problems)
    period = read_argument("period", period, str, problems) or ""
    months = read_argument("months", months, int, problems) or 0
    check_word("latest_in", latest_in, LATEST_IN, problems)
    raise_all(problems)
    show_as_tables()
    root = find_root()
    use_colours_of(root)
    mart = _open_mart(root)
    organisation = find_organisation(mart, trust)
    latest = latest_month(mart, latest_in, organisation) if period == "latest" else date.min
    last = read_month(period, latest=latest)
    if specialty is not None:
        title = f"{title}: {find_specialty(mart, specialty)}"
    if unit is not None:
        title = f"{title}: {find_unit(units_of(mart, organisation.code), organisation.code, unit).name}"
    # what was read to open it is no figure of the report: not its source, nor records that it shows
    opened = Report(title, root, mart.apart(), organisation, Period.ending(last, months), specialty)
    if measure is None:
        return opened
    known = opened.register.measures  # an analysis refuses one that is unknown, with near misses
    return replace(opened, title=f"{title}: {known[measure].name}") if measure in known else opened


def _open_mart(root: Path) -> Mart:
    mart = Mart(state_folder(root) / "mart")
    version = os.environ.get(VERSION_VARIABLE) or mart.version
    if not version:
        cure = "run `boardpack data load FILE…`, or `boardpack demo build` for invented data"
        raise DataError(str(mart.path), "nothing has been loaded yet", cure=cure)
    return mart.at(version)


def latest_month(mart: Mart, kind: Latest, organisation: Organisation) -> date:
    """Return the first day of the latest month that the data cover to its last day; see `open_report`."""
    if kind in _OWN_LATEST:
        own = (organisation.code, *organisation.predecessors)
        look_up, what = _OWN_LATEST[kind]
        found, where = look_up(mart, own), f"{organisation.code}, period: latest"
        if found is None:
            came = f"the mart holds no {what} of it"
            raise DataError(where, came, cure="load data first")
        return found
    latest = _OF_ALL[kind](mart)["latest"][0]
    if latest is None or latest != latest:
        raise DataError("period: latest", f"the mart holds no {kind}", cure="load data first")
    return date(latest.year, latest.month, 1)

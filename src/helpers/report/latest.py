"""What `period: latest` means: the latest complete month of a table, or of the organisation's own figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal

from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.room.single import latest_month_of
from helpers.data.series.appointments import latest_appointments
from helpers.data.series.contract import latest_contract_month
from helpers.data.series.measure_series import latest_measure_month
from helpers.data.series.oversight import latest_oversight_month
from helpers.data.series.published_stays import latest_stay_month
from helpers.data.waits import latest_list_month
from helpers.errors import DataError, Problem

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


def latest_month(mart: Mart, kind: Latest, organisation: Organisation) -> date:
    """Return the first day of the latest month that the data cover to its last day; see `open_report`."""
    if kind in _OWN_LATEST:
        own = (organisation.code, *organisation.predecessors)
        look_up, what = _OWN_LATEST[kind]
        found, where = look_up(mart, own), f"{organisation.code}, period: latest"
        if found is None:
            came = f"the mart holds no {what} of it"
            raise DataError(Problem(where, came, cure="load data first"))
        return found
    latest = _OF_ALL[kind](mart)["latest"][0]
    if latest is None or latest != latest:
        raise DataError(Problem("period: latest", f"the mart holds no {kind}", cure="load data first"))
    return date(latest.year, latest.month, 1)

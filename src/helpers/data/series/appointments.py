"""Outpatient appointments out of the mart: counts of those kept and missed, never a row of a patient.

An appointment counts where the patient attended or did not attend without notice; cancellations are out
(HES `ATTENDED`: 5 and 6, 3 and 7). Counts come from records, or from published statistics where a trust has
no records here. Records of a merged organisation count for its successor. Published figures are compared
among organisations as they stood in the period: only the predecessors of the reported one are added to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from helpers.data.disclosure.queries import Condition
from helpers.data.mart import Mart
from helpers.data.mart.views import literal
from helpers.data.room.door import in_room
from helpers.data.room.selection import Selection
from helpers.data.room.single import latest_month_of
from helpers.data.sources.names import ENGLAND
from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    import pandas as pd

_SQL = sql_beside(__file__)
_GROUPED: Final = _SQL["grouped"]
ALL, FIRST, FOLLOW_UP = "all", "first", "follow_up"
#: the published measure of each kind of appointment
MEASURES = {ALL: "dna_rate", FIRST: "dna_rate_first", FOLLOW_UP: "dna_rate_follow_up"}
#: upper ends, in weeks, of the bands of lead time, and their names
LEAD_BANDS = ((4, "under 4 weeks"), (8, "4 to 7 weeks"), (13, "8 to 12 weeks"))
LONGEST_LEAD = "13 weeks or more"
#: groups of deprivation, most deprived first: two deciles each
DEPRIVATION: Final = (
    "1 most deprived fifth",
    "2 second fifth",
    "3 middle fifth",
    "4 fourth fifth",
    "5 least deprived fifth",
)
_LEADS: Final = (*(name for _, name in LEAD_BANDS), LONGEST_LEAD)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: what the records have in words of what may drive a DNA, and the column of it
_WORDS: Final = {
    "specialty": "specialty_code", **{name: name for name in ("kind", "mode", "age_band", "sex")}
}  # fmt: skip

_COUNTS = "count(*) FILTER (outcome = 'dna') AS dnas, count(*) FILTER (outcome = 'attended') AS attended"


def restriction_of(where: tuple[Condition, ...]) -> str:
    """Return what every appointment must meet, as SQL."""
    return Selection("appointments", "", "all", where, (), "", "").restriction


def _due(where: tuple[Condition, ...], codes: Sequence[str]) -> str:
    """The common part of every query: `due`, one row for each appointment that counts.

    With codes only these organisations' files are opened.
    """
    among = f"a.org_code IN ({', '.join(map(literal, codes))})" if codes else "true"
    return _SQL["due"].format(restriction_of(where), among)


def derived_name(name: str, first: date, end: date, where: tuple[Condition, ...]) -> str:
    """Return a name for what is computed once per load of these appointments."""
    which = f"_{sha256(restriction_of(where).encode()).hexdigest()[:12]}" if where else ""
    return f"{name}_{first}_{end}{which}"


def appointment_months(
    mart: Mart, first: date, end: date, where: tuple[Condition, ...] = ()
) -> pd.DataFrame:
    """Return counts from records for every organisation; computed once per load and span.

    `first`, `end`: first day of the span, and first day after it.

    Returns
    -------
    DataFrame
        org_code, specialty, kind (first, follow_up or unknown), month (first day), dnas, attended.
    """
    sql = f"""SELECT org_code, specialty_code AS specialty, coalesce(kind, 'unknown') AS kind,
               date_trunc('month', appointment_date)::DATE AS month, {_COUNTS}
        FROM due GROUP BY ALL ORDER BY ALL"""
    return mart.derived_by_organisation(
        derived_name("appointment_months", first, end, where),
        "appointments",
        lambda codes: mart.query(f"{_due(where, codes)} {sql}", [first, end]),
    )


def appointment_fifths(
    mart: Mart, first: date, end: date, where: tuple[Condition, ...] = ()
) -> pd.DataFrame:
    """Return counts from records by fifth of deprivation for every organisation; computed once per load and span.

    Appointments that lack one of the characteristics of `appointment_groups` are left out.

    Returns
    -------
    DataFrame
        org_code, specialty, deprivation (fifth), dnas, appointments (attended and missed).
    """
    sql = f"SELECT org_code, specialty_code AS specialty, {_FIFTHS} AS deprivation, {_GROUPED} ORDER BY ALL"

    def ask(codes: Sequence[str]) -> pd.DataFrame:
        found = _named(mart.query(f"{_due(where, codes)} {sql}", [first, end]), deprivation=DEPRIVATION)
        return found.astype({"deprivation": object})

    return mart.derived_by_organisation(
        derived_name("appointment_fifths", first, end, where), "appointments", ask
    )


def appointment_groups(
    mart: Mart,
    first: date,
    end: date,
    codes: Sequence[str],
    where: tuple[Condition, ...] = (),
    *,
    apart: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return counts from records by everything that may drive a DNA, of some organisations.

    Of all of them apart there may be nearly as many groups as appointments: ask for some of them at a time.

    `codes`: those of the organisations, without their predecessors', whose appointments count as theirs. `apart`: where
    each organisation is to have rows of its own: what specialty, kind, mode, age_band and sex may be. What is otherwise
    is missing.

    Returns
    -------
    DataFrame
        org_code (where apart), specialty, kind, mode, age_band, sex, deprivation (fifth), weekday, lead, dnas,
        appointments (attended and missed); those that lack one of these are left out.
    """
    columns = dict(_WORDS)
    if apart is not None:  # as numbers with names: there are too many rows for words
        levels = {"org_code": codes, **apart}
        columns = {
            name: f"TRY_CAST({column} AS ENUM ({', '.join(map(literal, levels[name]))}))"
            for name, column in {"org_code": "org_code", **_WORDS}.items()
        }
    lead = " + ".join(f"(lead_days >= {7 * weeks})::TINYINT" for weeks, _ in LEAD_BANDS)
    sql = f"""{_due(where, mart.codes_of(codes))}
        SELECT {", ".join(f"{sql} AS {name}" for name, sql in columns.items())}, {_FIFTHS} AS deprivation,
               isodow(appointment_date) - 1 AS weekday, {lead} AS lead, {_GROUPED} {"" if apart else "ORDER BY ALL"}"""
    return _named(mart.query(sql, [first, end]), deprivation=DEPRIVATION, weekday=_WEEKDAYS, lead=_LEADS)


#: place among `DEPRIVATION`
_FIFTHS: Final = "CASE WHEN imd_decile <= 10 THEN greatest(imd_decile - 1, 0) // 2 ELSE -1 END"


def _named(frame: pd.DataFrame, **names: Sequence[str]) -> pd.DataFrame:
    """Return a frame with the names of what columns have as places among them; -1 is missing."""
    import pandas as pd

    return frame.assign(
        **{
            column: pd.Categorical.from_codes(frame[column].to_numpy(), pd.Index(words))
            for column, words in names.items()
        }
    )


#: the largest count that the publisher hides, and by how much a rate may be unknown and still be printed
MOST_HIDDEN, CLOSELY = 7, 0.0005
#: the published measure of those who came to a first appointment
CAME_FIRST = "first_outpatient_attendances"


def published_months(mart: Mart, own: Sequence[str], first: date, end: date) -> pd.DataFrame:
    """Return published counts of a trust, of all trusts in the same data sets, and of England.

    `own`: the trust's code, and those of its predecessors after it. `first`, `end`: first day of the span, and first
    day after it.

    Returns
    -------
    DataFrame
        org_code, kind, month, dnas, attended, source, hidden: whether `dnas` leaves out a number from 1 to
        `MOST_HIDDEN` that the publisher has hidden. A month that is not known that closely is not there, and of
        the kinds only months of which all appointments are known: no part is then larger than its whole.
    """
    values = {
        "all": MEASURES[ALL],
        "first_kind": MEASURES[FIRST],
        "later_kind": MEASURES[FOLLOW_UP],
        "came_first": CAME_FIRST,
        "own": list(own),
        "code": own[0],
        "england": ENGLAND,
        "first": first,
        "end": end,
        "most": MOST_HIDDEN,
        "closely": CLOSELY,
    }
    frame = mart.query(_SQL["published"], values)
    whole = frame.loc[frame["kind"] == ALL, ["org_code", "month"]]
    return frame.merge(whole, on=["org_code", "month"])


def published_specialties(mart: Mart, first: date, end: date) -> pd.DataFrame:
    """Return England's published counts by treatment function; the row without one is all of them.

    Returns
    -------
    DataFrame
        specialty (None for all), name, months (how many, the same for all), dnas, attended, source.
    """
    values: dict[str, object] = {"measure": MEASURES[ALL], "england": ENGLAND, "first": first, "end": end}
    return mart.query(_SQL["specialties"], values)


@in_room(date, type(None))
def latest_appointments(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the first day of the trust's latest whole month with counts: of records, else published.

    `own`: the trust's code, and those of its predecessors.
    """
    among, latest = ", ".join(map(literal, own)), None
    if mart.fetch(f"SELECT 1 FROM appointments WHERE org_code IN ({among}) LIMIT 1"):
        latest = latest_month_of(mart, "appointments")["latest"][0]
    if latest is None or latest != latest:
        months = published_months(mart, own, date.min, date.max)
        known = months[(months["org_code"] == own[0]) & (months["kind"] == ALL)]
        if known.empty:
            return None
        latest = known["month"].max()
    return date(latest.year, latest.month, 1)


#: what the list and its flows are called in the waiting-time statistics
LIST_SIZE, NEW_PERIODS = "rtt_list_size", "rtt_new_periods"
COMPLETED = ("rtt_completed_admitted", "rtt_completed_non_admitted")


def list_months(mart: Mart, own: Sequence[str]) -> pd.DataFrame:
    """Return a trust's waiting list with its flows for each month that has all of them.

    Returns
    -------
    DataFrame
        month, waiting (patients at its end), added and removed (patients in it), source.
    """
    values: dict[str, object] = {
        "own": list(own),
        "list": LIST_SIZE,
        "new": NEW_PERIODS,
        "done": list(COMPLETED),
    }
    return mart.query(_SQL["lists"], values)

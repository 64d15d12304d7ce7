"""A waiting list as a table: its size day by day, and what becomes of it with new patients and with clinics.

Source: the functions `wl_queue_size`, `wl_insert`, `wl_join` and `wl_schedule` of NHSRwaitinglist. Each raises
`ArgumentError` for missing columns, what is no date, an end before the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import check_columns, check_dates, check_integer
from helpers.stats.waiting.queue import Tool, is_compatible

REFERRED, REMOVED, WITHDRAWN = "referred", "removed", "withdrawn"


def queue_sizes(
    patients: pd.DataFrame, *, start: Any = None, end: Any = None, compatible: Tool | None = None
) -> pd.Series:
    """Return how many patients wait at the end of each day.

    Parameters
    ----------
    patients
        One row per patient: `referred`, and `removed` (missing while the patient waits).
    start, end
        First and last day; first and last referral when None.
    compatible
        "nhsrwaitinglist": who left before the start still waits.

    >>> dates = {"referred": ["2024-01-01", "2024-01-04"], "removed": ["2024-01-03", None]}
    >>> queue_sizes(pd.DataFrame(dates)).tolist()
    [1, 1, 0, 1]
    """
    table = _checked("patients", patients)
    if table.empty:
        raise ArgumentError("patients", "no patient came", "one or more")
    first = table[REFERRED].min() if start is None else check_dates("start", [start])[0]
    last = table[REFERRED].max() if end is None else check_dates("end", [end])[0]
    if last < first:
        raise ArgumentError("end", f"{last:%d %B %Y}", "a day from start on")
    if is_compatible(compatible):
        table = table.assign(**{REMOVED: table[REMOVED].where(table[REMOVED] >= first)})
    days = pd.date_range(first, last)
    joined, left = (
        np.searchsorted(np.sort(table[name].dropna().to_numpy()), days.to_numpy(), side="right")
        for name in (REFERRED, REMOVED)
    )
    return pd.Series(joined - left, index=days, name="waiting")


def insert_referrals(patients: pd.DataFrame, referred: Any) -> pd.DataFrame:
    """Return the list with further patients on it, who wait, by their dates of referral; other columns are missing."""
    return join_lists(
        patients, pd.DataFrame({REFERRED: check_dates("referred", referred), REMOVED: pd.NaT})
    )


def join_lists(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return two lists as one, in order of referral; arguments and errors as for `queue_sizes`."""
    return _in_order([_checked("first", first), _checked("second", second)])


def schedule_list(
    patients: pd.DataFrame, clinics: Any, *, places: int = 1, compatible: Tool | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the list after clinics, and how many places each of them filled; who waits longest is seen first.

    Parameters
    ----------
    patients
        As for `queue_sizes`; who has a date in a column `withdrawn` leaves then unless seen before.
    clinics
        Their dates; a date may come more than once.
    places
        How many patients each sees.
    compatible
        "nhsrwaitinglist": patients and clinics are taken in the order in which they come.

    Returns
    -------
    DataFrame and Series
        Nobody is seen on the day of referral or before. The list is in order of referral; the filled places are
        by clinic, in order of their dates.

    >>> waiting = pd.DataFrame({"referred": ["2024-01-01", "2024-01-04"], "removed": [None, None]})
    >>> seen, filled = schedule_list(waiting, ["2024-01-03", "2024-01-04"])
    >>> seen["removed"].dt.day.fillna(0).tolist(), filled.tolist()
    ([3.0, 0.0], [1, 0])
    """
    tool = is_compatible(compatible)
    table = _checked("patients", patients) if tool else _in_order([_checked("patients", patients)])
    days = check_dates("clinics", clinics)
    days = days if tool else days.sort_values()
    most = check_integer("places", places, 1)
    waiting = np.flatnonzero(table[REMOVED].isna())
    joined, removed = table[REFERRED].to_numpy(), table[REMOVED].to_numpy().copy()
    withdrawn = pd.to_datetime(table.get(WITHDRAWN, pd.Series(pd.NaT, index=table.index))).to_numpy()
    filled, next_one = [], 0
    for day in days.to_numpy():
        taken = 0
        while taken < most and next_one < len(waiting) and joined[waiting[next_one]] < day:
            one = waiting[next_one]
            gone = withdrawn[one] <= day
            removed[one] = withdrawn[one] if gone else day
            taken, next_one = taken + (not gone), next_one + 1
        filled.append(taken)
    removed[waiting[next_one:]] = withdrawn[waiting[next_one:]]
    seen = table.assign(**{REMOVED: removed})
    if tool:  # there who was seen before comes first of those referred on one day
        seen = pd.concat([seen.drop(index=seen.index[waiting]), seen.iloc[waiting]])
    seen = _in_order([seen])
    return seen, pd.Series(filled, index=days, name="filled", dtype="int64")


def _checked(name: str, patients: pd.DataFrame) -> pd.DataFrame:
    check_columns(name, patients, [REFERRED, REMOVED])
    removed = patients[REMOVED]
    left = pd.Series(pd.NaT, index=patients.index, dtype="datetime64[ns]")
    left[removed.notna()] = check_dates(f"{name}.{REMOVED}", removed.dropna())
    joined = pd.Series(check_dates(f"{name}.{REFERRED}", patients[REFERRED]), index=patients.index)
    return patients.assign(**{REFERRED: joined, REMOVED: left})


def _in_order(lists: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(lists, ignore_index=True).sort_values(REFERRED, kind="stable", ignore_index=True)

"""A waiting list as a table; expected values are those of the tests of NHSRwaitinglist, and by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import waiting


def patients(*rows: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["referred", "removed"])


def test_the_queue_day_by_day_as_the_r_package_has_it() -> None:
    # tests/testthat/test-wl_queue_size.R: no removals
    waits = patients(("2024-01-01", None), ("2024-01-04", None), ("2024-01-10", None))
    assert waiting.queue_sizes(waits).tolist() == [1, 1, 1, 2, 2, 2, 2, 2, 2, 3]
    left = patients(("2024-01-01", "2024-01-08"), ("2024-01-04", None))
    days = waiting.queue_sizes(left, start="2024-01-01", end="2024-01-31")
    assert (days.iloc[0], days.iloc[3], days.iloc[7], len(days)) == (1, 2, 1, 31)
    # who had left before the window is not in it, which the R package counts
    assert waiting.queue_sizes(left, start="2024-01-09", end="2024-01-09").tolist() == [1]


def test_patients_are_put_in_by_their_date() -> None:
    # tests/testthat/test-wl_insert.R and test-wl_join.R
    first = patients(("2024-01-01", "2024-03-01"), ("2024-02-03", "2024-05-05"))
    longer = waiting.insert_referrals(first, ["2024-01-02", "2024-03-03"])
    assert longer["referred"].dt.strftime("%d %m").tolist() == ["01 01", "02 01", "03 02", "03 03"]
    assert longer["removed"].isna().tolist() == [False, True, False, True]
    both = waiting.join_lists(first, patients(("2024-01-02", "2024-05-21"), ("2024-03-03", "2024-07-15")))
    assert both["removed"].dt.strftime("%d %m").tolist() == ["01 03", "21 05", "05 05", "15 07"]


def test_clinics_see_who_waits_longest_and_nobody_on_the_day_of_referral() -> None:
    # tests/testthat/test-wl_schedule.R: both clinics find a patient
    waits = patients(("2024-01-01", None), ("2024-01-04", None), ("2024-01-10", None))
    seen, filled = waiting.schedule_list(waits, ["2024-01-05", "2024-01-03"])
    assert seen["removed"].dt.day.fillna(0).tolist() == [3, 5, 0]
    assert filled.tolist() == [1, 1]
    seen, filled = waiting.schedule_list(waits, ["2024-01-10", "2024-02-01"], places=2)
    assert seen["removed"].dt.strftime("%d %m").tolist() == ["10 01", "10 01", "01 02"]
    assert filled.tolist() == [2, 1]
    assert waiting.schedule_list(waits, ["2023-01-01"])[1].tolist() == [0]


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ArgumentError, match="removed"):
        waiting.queue_sizes(pd.DataFrame({"referred": ["2024-01-01"]}))
    with pytest.raises(ArgumentError, match="no patient"):
        waiting.queue_sizes(patients())
    with pytest.raises(ArgumentError, match="end"):
        waiting.queue_sizes(patients(("2024-01-01", None)), end="2023-01-01")
    with pytest.raises(ArgumentError, match="clinics"):
        waiting.schedule_list(patients(("2024-01-01", None)), ["soon"])


def test_in_the_r_package_who_left_before_the_window_still_waits() -> None:
    left = patients(("2024-01-01", "2024-01-03"), ("2024-01-02", None))
    window = {"start": "2024-01-05", "end": "2024-01-06"}
    assert waiting.queue_sizes(left, **window).tolist() == [1, 1]
    assert waiting.queue_sizes(left, **window, compatible="nhsrwaitinglist").tolist() == [2, 2]


def test_in_the_r_package_a_late_clinic_that_comes_first_takes_the_first_patient() -> None:
    waits = patients(("2024-01-01", None), ("2024-01-02", None))
    clinics = ["2024-01-20", "2024-01-05"]
    ours, _ = waiting.schedule_list(waits, clinics)
    tool, filled = waiting.schedule_list(waits, clinics, compatible="nhsrwaitinglist")
    assert ours["removed"].dt.day.tolist() == [5, 20]
    assert tool["removed"].dt.day.tolist() == [20, 5]
    assert filled.tolist() == [1, 1]


def test_who_withdraws_before_being_seen_takes_no_place() -> None:
    waits = patients(("2024-01-01", None), ("2024-01-02", None), ("2024-01-03", None), ("2024-01-04", None))
    waits["withdrawn"] = ["2024-01-05", None, "2024-02-01", "2024-02-02"]
    seen, filled = waiting.schedule_list(waits, ["2024-01-10", "2024-01-11"])
    assert seen["removed"].dt.strftime("%m-%d").tolist() == ["01-05", "01-10", "01-11", "02-02"]
    assert filled.tolist() == [1, 1]


def test_who_was_seen_before_comes_first_of_a_day_in_the_r_package() -> None:
    # NHSRwaitinglist 0.1.2.9001: rows 2, 1, 3 of the first day, 5, 4 of the fourth
    table = pd.DataFrame(
        {
            "referred": ["2026-01-01"] * 3 + ["2026-01-04"] * 2,
            "removed": [None, "2026-01-06", None, None, "2026-01-08"],
        }
    )
    clinics = ["2026-01-03", "2026-01-05", "2026-01-07"]
    tool, ours = (
        waiting.schedule_list(table, clinics, compatible=how)[0] for how in ("nhsrwaitinglist", None)
    )
    assert tool["removed"].dt.day.tolist() == [6, 3, 5, 8, 7]
    assert ours["removed"].dt.day.tolist() == [3, 6, 5, 7, 8]

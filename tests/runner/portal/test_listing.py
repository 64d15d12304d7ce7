from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from helpers.runner.history import Entry, History, State
from helpers.runner.portal.listing import Listed, Status, describe, list_reports

MakeEntry = Callable[..., Entry]
TODAY = date(2026, 6, 1)


def told(*entries: Entry, newest: Entry | None = None, today: date = TODAY) -> list[Listed]:
    latest = {(each.notebook, each.name): each for each in (*entries, *([newest] if newest else []))}
    return list(describe(entries, latest, today=today))


def test_a_report_is_new_for_seven_days(entry: MakeEntry) -> None:
    (fresh,) = told(entry(day="2026-05-25"))
    (older,) = told(entry(day="2026-05-24"))
    assert (fresh.status, older.status) == (Status.NEW, Status.CURRENT)


def test_a_report_that_replaced_another_is_changed_and_says_which(entry: MakeEntry) -> None:
    (only,) = told(entry(day="2026-05-10"), entry(day="2026-05-28"))
    assert (only.status, only.published) == (Status.CHANGED, date(2026, 5, 28))
    assert only.note == "replaces that of 10 May 2026"


def test_the_same_report_of_another_period_is_no_change(entry: MakeEntry) -> None:
    march, february = told(
        entry(period="2026-02", day="2026-05-27"), entry(period="2026-03", day="2026-05-28")
    )
    assert (march.status, february.status) == (Status.NEW, Status.NEW)
    assert (march.previous, february.previous) == ("2026-02", "")


def test_a_newer_run_that_did_not_pass_is_said_with_the_day_of_the_last_good_report(
    entry: MakeEntry,
) -> None:
    failed = replace(
        entry(day="2026-05-31"), state=State.BLOCKED, error="/secret/path 943 476 5919", outputs={}
    )
    (only,) = told(entry(day="2026-04-01"), newest=failed)
    assert only.status is Status.FAILED
    assert only.note == (
        "the run of 31 May 2026 did not pass; this is the last good report, of 1 April 2026"
    )
    assert set(only.outputs) == {"html", "pdf"}


def test_only_the_newest_period_was_to_be_renewed(entry: MakeEntry) -> None:
    failed = entry(day="2026-05-31", state=State.FAILED, period="")
    march, february = told(entry(period="2026-02"), entry(period="2026-03"), newest=failed)
    assert (march.status, february.status) == (Status.FAILED, Status.CURRENT)


def test_a_run_that_goes_on_says_nothing_yet(entry: MakeEntry) -> None:
    waiting = entry(day="2026-05-31", state=State.WAITING)
    (only,) = told(entry(), newest=waiting)
    assert only.status is Status.CURRENT


def test_the_newest_period_comes_first_then_the_newest_day_and_the_undated_last(entry: MakeEntry) -> None:
    found = told(
        entry("A", period="undated", day="2026-05-01"),
        entry("B", period="2025-12", day="2026-05-03"),
        entry("C", period="2026-03", day="2026-04-01"),
        entry("D", period="2026-03", day="2026-04-02"),
        entry("E", period="2026-03", day="2026-04-02"),
    )
    assert [each.report for each in found] == ["stay/D", "stay/E", "stay/C", "stay/B", "stay/A"]


def test_the_period_before_is_the_nearest_that_has_a_page(entry: MakeEntry) -> None:
    found = told(
        entry(period="2025-11"),
        replace(entry(period="2026-01"), outputs={"pdf": entry().outputs["pdf"]}),
        entry(period="2026-03"),
        entry(period="undated"),
    )
    assert [each.previous for each in found] == ["2025-11", "2025-11", "", ""]


def test_a_report_whose_file_was_taken_away_is_not_listed(tmp_path: Path, entry: MakeEntry) -> None:
    history = History(tmp_path / "state")
    published = entry()
    history.begin(published.run, "", [published])
    assert list_reports(history, tmp_path / "reports") == ()
    for output in published.outputs.values():
        path = tmp_path / "reports" / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [each.report for each in list_reports(history, tmp_path / "reports")] == ["stay/SYN07"]

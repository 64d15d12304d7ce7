from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from helpers.runner.history.store import Entry, History, State
from helpers.runner.portal.listing import Listed, Status, describe, list_reports

MakeEntry = Callable[..., Entry]
TODAY = date(2026, 6, 1)
STANDING = {State.PUBLISHED, State.HELD, State.WITHDRAWN}


def told(*entries: Entry, newest: Entry | None = None, today: date = TODAY) -> list[Listed]:
    """What is said where these were published or withdrawn, and where the newest run did something else."""
    latest = {(each.notebook, each.name): each for each in (*entries, *([newest] if newest else []))}
    standing = {name: each for name, each in latest.items() if each.state in STANDING}
    return list(describe(entries, latest, standing, today=today))


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
    failed = entry(day="2026-05-31", state=State.FAILED, facts=None)
    march, february = told(entry(period="2026-02"), entry(period="2026-03"), newest=failed)
    assert (march.status, february.status) == (Status.FAILED, Status.CURRENT)


def test_a_withdrawn_report_says_why_and_has_no_files(entry: MakeEntry) -> None:
    gone = entry(day="2026-05-02", state=State.WITHDRAWN, note="wrong figures")
    (only,) = told(entry(day="2026-04-01"), gone)
    assert (only.status, only.note, dict(only.outputs)) == (
        Status.WITHDRAWN,
        "on 2 May 2026: wrong figures",
        {},
    )


def test_what_a_report_says_first_is_told_of_what_can_be_read_alone(entry: MakeEntry) -> None:
    (published,) = told(entry())
    assert published.headline == "Patients stay 9% longer than elsewhere."
    draft = entry(state=State.HELD)
    (held,) = told(newest=draft)
    (gone,) = told(entry(day="2026-04-01"), entry(day="2026-05-02", state=State.WITHDRAWN, note="wrong"))
    assert (held.headline, gone.headline) == ("", "")


def test_a_withdrawn_period_is_not_offered_to_compare(entry: MakeEntry) -> None:
    gone = entry(period="2026-02", state=State.WITHDRAWN, note="wrong figures")
    march, february = told(gone, entry(period="2026-03"))
    assert (march.previous, february.status) == ("", Status.WITHDRAWN)


def test_a_report_that_came_back_after_its_withdrawal_is_new(entry: MakeEntry) -> None:
    (only,) = told(entry(day="2026-05-20", state=State.WITHDRAWN), entry(day="2026-05-28"))
    assert (only.status, only.note) == (Status.NEW, "")


def test_a_draft_that_waits_is_told_beside_the_report_that_it_will_replace(entry: MakeEntry) -> None:
    draft = entry(day="2026-05-31", state=State.HELD)
    (only,) = told(entry(), newest=draft)
    assert (only.status, only.note) == (Status.HELD, "a newer one waits for approval")
    assert only.outputs["html"] == "2026-03/stay/SYN07.html"


def test_a_draft_of_a_new_period_is_told_without_its_private_files(entry: MakeEntry) -> None:
    draft = entry(period="2026-04", day="2026-05-31", state=State.HELD)
    april, march = told(entry(), newest=draft)
    assert (april.status, april.note) == (Status.HELD, "waits for approval since 31 May 2026")
    assert dict(april.outputs) == {}
    assert march.status is Status.CURRENT


def test_what_a_reader_may_look_for_comes_with_the_report(entry: MakeEntry) -> None:
    (only,) = told(entry())
    assert (only.organisation, only.groups) == ("Synthetic Trust (SYN07)", (("ICB", "North"),))
    assert only.synthetic


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


def test_a_report_of_which_the_figures_have_become_too_old_is_out_of_date(entry: MakeEntry) -> None:
    made = entry(day="2026-05-28")
    assert made.facts is not None
    before, after = (
        told(replace(made, facts=made.facts.model_copy(update={"good_until": until})))[0]
        for until in ("2026-06-02", "2026-06-01")
    )
    assert before.status is Status.NEW
    assert (after.status, after.note) == (
        Status.OUT_OF_DATE,
        "its figures were to be read before 1 June 2026",
    )


def test_reports_that_share_a_title_are_told_apart_by_their_files_names(entry: MakeEntry) -> None:
    """All other titles stay, and so does that of the file with the organisation's code alone."""
    full, board = entry(), entry("SYN07_board")
    assert full.facts is not None
    board = replace(board, facts=full.facts)
    titles = {
        each.report: each.title for each in told(full, board, entry("SYN08"), entry(period="2026-02"))
    }
    assert titles == {
        "stay/SYN07": "Length of stay",
        "stay/SYN07_board": "Length of stay: board",
        "stay/SYN08": "Length of stay",
    }

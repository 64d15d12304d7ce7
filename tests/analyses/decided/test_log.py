"""The log of decisions: what is overdue first, in words, and how it comes out in a report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.decided.analysis import Decisions, in_order, overdue_words, until_words
from helpers.bundle import Bundle
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.register import BoardDecision, ObservedRegister, Register
from helpers.report.period import Period
from helpers.report.report import Report

DAY = date(2026, 11, 30)
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 1))


def decided(name: str, due: str = "", done: str = "", **keys: str) -> BoardDecision:
    told = {"organisation": "T1", "day": "2026-01-08", "owner": "Chief nurse", "decision": name}
    dated = {key: value for key, value in (("due", due), ("done", done)) if value}
    return BoardDecision.model_validate({**told, **dated, **keys})


OLD = decided("Close the old ward", "2026-02-01", "2026-02-01")
LATE = decided("Open the ward", "2026-11-01")
LATER = decided("Hire a manager", "2026-06-30")
OPEN = decided("Buy a scanner", "2027-01-31")
UNDATED = decided("Think about parking")
DONE = decided("Send reminders", "2026-10-01", "2026-10-03", outcome="all clinics send them")


def test_the_longest_overdue_comes_first_and_what_has_no_date_last_of_what_is_to_be_done() -> None:
    everything = [OLD, UNDATED, DONE, OPEN, LATE, LATER]
    assert in_order(everything, DAY) == [LATER, LATE, OPEN, UNDATED, DONE]


def test_what_is_done_after_the_day_was_still_overdue_on_it() -> None:
    assert in_order([DONE], date(2026, 10, 2)) == [DONE]
    assert until_words(DONE, date(2026, 10, 2)) == "due 1 October 2026, one day ago"


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (LATE, "due 1 November 2026, 29 days ago"),
        (OPEN, "due 31 January 2027"),
        (UNDATED, "no date was set"),
        (DONE, "done 3 October 2026, two days late. All clinics send them."),
        (OLD, "done 1 February 2026"),
    ],
)
def test_each_says_by_when_it_is_due_or_when_it_was_done(decision: BoardDecision, said: str) -> None:
    assert until_words(decision, DAY) == said


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ([], ""),
        ([OLD], "On 30 November 2026 no decision is overdue."),
        ([OPEN, UNDATED], "On 30 November 2026 no decision is overdue; two are still to be done."),
        (
            [LATE, OPEN],
            "**On 30 November 2026 one decision is overdue.** It is “Open the ward” (Chief nurse), due 1 November "
            "2026, 29 days ago.",
        ),
        (
            [LATE, LATER],
            "**On 30 November 2026 two decisions are overdue.** The longest is “Hire a manager” (Chief nurse), due "
            "30 June 2026, 153 days ago.",
        ),
    ],
)
def test_what_is_overdue_is_said_first(decisions: list[BoardDecision], said: str) -> None:
    assert overdue_words(decisions, DAY) == said


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    made = Mart(tmp_path / "mart")
    names = [{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}]
    with made.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame(names))
    return made.at(made.version)


def shown(mart: Mart, *decisions: BoardDecision, today: date = DAY) -> list[Bundle]:
    report = Report("Board", mart.path, mart, find_organisation(mart, "T1"), SEPTEMBER, today=today)
    report.__dict__["register"] = ObservedRegister.over(Register(decisions=decisions))
    return [each.bundle for each in Decisions(report).log.shown]


def test_a_report_without_decisions_shows_nothing(mart: Mart) -> None:
    elsewhere = decided("Open the ward", organisation="T2")
    assert shown(mart) == []
    assert shown(mart, elsewhere) == []


def test_the_table_heads_what_is_overdue_and_counts_what_is_left_out(mart: Mart) -> None:
    heading, words, table = shown(mart, OLD, DONE, OPEN, LATE)
    assert heading.caption == "What was decided last time"
    assert words.markdown.startswith("**On 30 November 2026 one decision is overdue.**")
    assert [row[0] for row in table.rows] == [
        "Overdue", "Open the ward", "To be done", "Buy a scanner", "Done", "Send reminders",
    ]  # fmt: skip
    assert table.markdown == "One decision done more than 3 months ago is left out."


def test_a_report_made_early_knows_no_later_decision_and_none_after_its_meeting(mart: Mart) -> None:
    soon, late = decided("Soon", day="2026-10-20"), decided("Late", day="2026-12-01")
    tables = [
        shown(mart, soon, late, today=date(*day)) for day in ((2026, 10, 1), (2026, 10, 20), (2027, 3, 1))
    ]
    assert tables[0] == []
    assert ["Soon" in str(found) and "Late" not in str(found) for found in tables[1:]] == [True, True]

"""The year ahead by the register: everything that has a day and is not done."""

from __future__ import annotations

from datetime import date

from helpers.measures.examples import example_measure
from helpers.register import (
    BoardDecision,
    Comment,
    Event,
    ExpectedEffect,
    MatrixRow,
    Register,
    Target,
    Team,
)
from helpers.register.calendar import calendar

MEASURE = example_measure(
    id="missed", name="Missed", owner="Head", unit="%",
    targets=(Target(value=5, kind="local", source="S", end=date(2027, 3, 31)),),
)  # fmt: skip
ROW = MatrixRow(
    id="row", organisation="T1", objective="care", team="clinic", team_objective="Fewer", measure="missed",
    change="Reminders", start="2026-04", review="2026-10",
)  # fmt: skip
TEAM = Team(id="clinic", name="Clinic", owner="Manager")


def event(name: str, row: str | None, review: str | None = None) -> Event:
    effect = ExpectedEffect(size=-1, row=row)
    return Event(
        id=name, name=name.capitalize(), day=date(2026, 2, 15), kind="intervention", organisation="T1", author="Author",
        review=review, expected={"missed": effect},
    )  # fmt: skip


def decision(**keys: object) -> BoardDecision:
    told = {"organisation": "T1", "day": date(2026, 1, 8), "decision": "Decided", "owner": "Chief", **keys}
    return BoardDecision.model_validate(told)


def test_everything_with_a_day_is_in_it_in_order_and_what_is_done_is_not() -> None:
    comment = {"measure": "missed", "organisation": "T1", "author": "A", "why": "W"}
    register = Register(
        measures={"missed": MEASURE}, matrix={"row": ROW}, teams={"clinic": TEAM},
        events={each.id: each for each in (
            event("alone", None), event("of_the_row", "row"), event("early", None, "2026-08"))},
        decisions=(decision(due=date(2026, 12, 1)), decision(due=date(2026, 5, 1), done=date(2026, 5, 1)), decision()),
        comments=(
            Comment(month="2026-01", recovery=date(2026, 6, 1), **comment),
            Comment(month="2026-02", recovery=date(2026, 7, 1), actions=(
                {"action": "Ring", "owner": "Clerk", "due": date(2026, 6, 15)},), **comment),
        ),
    )  # fmt: skip
    assert [(f"{each.day}", each.what, each.who) for each in calendar(register)] == [
        ("2026-06-15", "Ring", "Clerk"),
        ("2026-07-01", "Recovered: Missed", "Head"),
        ("2026-08-01", "Did it work? Early", "Author"),
        ("2026-10-01", "Review: Reminders", "Manager"),
        ("2026-12-01", "Decided", "Chief"),
        ("2027-02-01", "Did it work? Alone", "Author"),
        ("2027-03-31", "Target: Missed, 5%", "Head"),
    ]


def test_an_organisation_sees_its_own_and_what_concerns_everyone() -> None:
    register = Register(measures={"missed": MEASURE}, decisions=(decision(due=date(2026, 12, 1)),))
    assert [each.what for each in calendar(register, "T2")] == ["Target: Missed, 5%"]
    assert [each.what for each in calendar(register, "T1")] == ["Decided", "Target: Missed, 5%"]

"""Sentences about record sheets, case by case."""

from __future__ import annotations

from datetime import date

import pytest
from made_results import quiet
from plain_english import text_problems

from helpers.analyses.record_sheets import analysis as words
from helpers.analyses.record_sheets.sheets import RecordSheet, at_board, leaving_board
from helpers.measures.examples import example_measure
from helpers.measures.result import MOST_MEASURES
from helpers.register import Objective, Register, Target
from helpers.register.sheet import answers, gaps_of

DAY = date(2026, 9, 30)
OBJECTIVE = Objective(id="use_of_capacity", name="Use", description="D", owner="Director")
REGISTER = Register(objectives={OBJECTIVE.id: OBJECTIVE})
GOOD = Target(value=15, kind="local", source="the board")
BAD = Target(value=5, kind="local", source="the board")


def sheet(name: str, target: Target | None = GOOD, **keys: object) -> RecordSheet:
    """Return the sheet of a quiet measure that somebody reads; without a target it has no figure."""
    told = {"id": name.lower(), "name": name, "read_by": ("board",), **keys}
    measure = example_measure(**told)
    result = None if target is None else quiet(measure=measure, targets=[target])
    return RecordSheet(measure, result, answers(measure, REGISTER, DAY), gaps_of(measure, REGISTER, DAY))


WHOLE, UNREAD, IDLE = sheet("Whole"), sheet("Unread", read_by=()), sheet("Idle", owner="", objective=None)
URGENT = sheet("Urgent", BAD, read_by=())


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ([], "The register has no measure of which this organisation has a figure."),
        (
            [WHOLE],
            "The one measure has somebody who acts on it, a meeting that reads it and an objective that it serves: "
            "none is one to drop.",
        ),
        (
            [WHOLE, UNREAD],
            "**One of two measures is a candidate to drop.** Nobody acts on it, nobody reads it, or it serves no "
            "objective: “Unread”.",
        ),
        (
            [IDLE, UNREAD],
            "**Two of two measures are candidates to drop.** Nobody acts on them, nobody reads them, or they serve no "
            "objective: “Idle” and “Unread”.",
        ),
    ],
)
def test_candidates_to_drop_are_counted_and_named(sheets: list[RecordSheet], said: str) -> None:
    assert words.drop_sentence(sheets) == said
    assert text_problems(said) == []


def test_many_candidates_are_not_all_named() -> None:
    many = [sheet(f"M{number}", read_by=()) for number in range(8)]
    assert words.names_of(many) == "“M0”, “M1”, “M2”, “M3”, “M4” and three more"


def test_why_a_measure_is_a_candidate_is_said_the_gravest_first() -> None:
    assert words.gap_words(IDLE) == "Nobody acts on it; serves no objective"
    assert words.gap_words(WHOLE) == ""


def test_what_needs_attention_is_not_to_go() -> None:
    assert words.urgent_sentence([UNREAD]) == ""
    assert words.urgent_sentence([UNREAD, URGENT]) == (
        "Before any goes: “Urgent” needs attention now, so what it lacks is somebody who looks."
    )


def test_what_is_left_open_most_often_is_said() -> None:
    assert words.open_sentence([UNREAD, IDLE]).startswith(
        "Left open most often: who asked for it is not written down (two measures);"
    )


def test_the_board_reads_what_names_it() -> None:
    assert at_board([WHOLE, UNREAD]) == [WHOLE]
    assert words.board_sentence([], []) == "No measure is registered as read by the board (`read_by`)."
    assert words.board_sentence([WHOLE], leaving_board([WHOLE])) == "The board reads one measure."


def test_of_too_many_the_quiet_and_least_grave_leave_first() -> None:
    board = [sheet(f"Grave{number}", consequence=5) for number in range(MOST_MEASURES - 2)]
    board += [sheet("Small", consequence=1), sheet("Alarm", BAD, consequence=1), sheet("Unknown", None)]
    board.append(sheet("Middling", consequence=2))
    leaving = leaving_board(board)
    assert [each.measure.name for each in leaving] == ["Unknown", "Small"]
    assert words.board_sentence(board, leaving).endswith(
        f"{MOST_MEASURES} are plenty, and the first that could leave for a committee: “Unknown” and “Small”."
    )


@pytest.mark.parametrize(
    ("one", "said"),
    [(WHOLE, "is in maintenance"), (URGENT, "needs attention"), (sheet("N", None), "no figure")],
)
def test_where_it_stands_is_said_as_elsewhere(one: RecordSheet, said: str) -> None:
    assert one.standing == said

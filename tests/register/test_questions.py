"""What a report asks the register is noted, each question with the digest of its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from helpers.reads import READS_VARIABLE, noted, read_notes
from helpers.register.models import Comment, Event, Measure, OwnFile, Register, Trajectory
from helpers.register.questions import ObservedRegister, answer

BEDS = Measure(
    id="beds",
    name="Beds",
    kind="count",
    unit="beds",
    direction="neutral",
    description="Beds",
    numerator="Beds",
    stale_after_days=60,
)
WORDS = Comment(
    measure="beds", organisation="RGT", month="2026-03", author="Analyst", why="A ward was closed."
)
LATER = WORDS.model_copy(update={"month": "2026-04"})
CLOSED = Event(id="closed", name="Closed", day=date(2026, 1, 1), kind="intervention", organisation="RGT")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return what gives the questions that were noted for the runner."""
    path = tmp_path / "reads"
    monkeypatch.setenv(READS_VARIABLE, str(path))
    monkeypatch.setattr("helpers.reads._NOTED", {})
    return lambda: [each.name for each in read_notes(path)]


def test_each_question_is_noted_once_with_its_answer(asked: Callable[[], list[str]]) -> None:
    register = ObservedRegister.over(Register(measures={"beds": BEDS}, comments=(WORDS,)))
    assert register.measures["beds"] == BEDS
    assert register.measures.get("bed") is None
    assert register.comments_of("beds", "RGT", "2026-03") == (WORDS,)
    assert register.events_of("beds", "RGT") == register.events_of("beds", "RGT") == ()
    assert asked() == ["measures beds", "measures bed", "comments beds RGT 2026-03", "events beds RGT"]


def test_whoever_looks_through_all_asks_for_all(asked: Callable[[], list[str]]) -> None:
    register = ObservedRegister.over(Register(measures={"beds": BEDS}, comments=(WORDS,)))
    assert list(register.measures.values()) == [BEDS]
    assert tuple(register.comments) == (WORDS,)
    assert register.share_of("money") == 25
    assert asked() == ["measures", "measures beds", "comments", "perspectives money"]


@pytest.mark.parametrize(
    ("question", "change", "is_changed"),
    [
        ("comments beds RGT 2026-03", {"comments": (WORDS,)}, True),
        ("comments beds RGT 2026-03", {"comments": (LATER,)}, False),
        ("comments beds RGT", {"comments": (LATER,)}, True),
        ("comments beds RWF 2026-03", {"comments": (WORDS,)}, False),
        ("comments", {"comments": (WORDS,)}, True),
        ("events beds RGT", {"events": {"closed": CLOSED}}, True),
        ("events beds RWF", {"events": {"closed": CLOSED}}, False),
        ("events closed", {"events": {"closed": CLOSED}}, True),
        ("measures", {"measures": {"beds": BEDS}}, True),
        ("measures waits", {"measures": {"beds": BEDS}}, False),
        ("mergers RGT", {"measures": {"beds": BEDS}}, False),
        (
            "files data/a.csv",
            {"files": {"data/*.csv": OwnFile(origin="other", source="x", as_at=date(2026, 1, 1))}},
            True,
        ),
    ],
)
def test_an_answer_changes_with_what_was_asked_and_with_nothing_else(
    question: str, change: dict[str, object], is_changed: bool
) -> None:
    assert (answer(Register(), question) != answer(Register.model_validate(change), question)) is is_changed


def test_a_trajectory_is_asked_of_one_organisation() -> None:
    plan = Trajectory(measure="beds", organisation="RGT", source="Board plan", months={"2026-04": 92.0})
    without, held = Register(), Register(trajectories=(plan,))
    assert answer(without, "trajectory beds RGT") != answer(held, "trajectory beds RGT")
    assert answer(without, "trajectory beds RYR") == answer(held, "trajectory beds RYR")
    observed = ObservedRegister.over(held)
    assert observed.trajectory_of("beds", "RGT") == {"2026-04": 92.0}
    assert "trajectory beds RGT" in noted("answer")

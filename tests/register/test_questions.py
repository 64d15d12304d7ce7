"""What a report asks the register is noted, each question with the digest of its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from helpers.reads import READS_VARIABLE, read_notes
from helpers.register.cycle import BoardDecision, MatrixRow, Risk, Team
from helpers.register.files import OwnFile
from helpers.register.models import Comment, Event, Measure, Register, Trajectory
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

FULL = Risk(id="full", organisation="RGT", name="No bed", owner="Matron", score=20)
WARDS = Team(id="wards", name="Wards", organisation="RGT", owner="Matron")
ROW = MatrixRow(
    id="shorter",
    organisation="RGT",
    objective="capacity",
    team="wards",
    team_objective="Shorter stays",
    measure="beds",
    change="A daily round",
    start="2026-01",
)
DECIDED = BoardDecision(
    organisation="RGT", day=date(2026, 1, 8), decision="Open the ward", owner="Chief nurse"
)


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
        ("teams_of RGT", {"teams": {"wards": WARDS}}, True),
        ("teams_of RWF", {"teams": {"wards": WARDS}}, False),
        ("matrix_of RGT", {"matrix": {"shorter": ROW}}, True),
        ("matrix_of RWF", {"matrix": {"shorter": ROW}}, False),
        ("risks_of RGT", {"risks": {"full": FULL}}, True),
        ("risks_of RWF", {"risks": {"full": FULL}}, False),
        ("decisions RGT", {"decisions": (DECIDED,)}, True),
        ("decisions RGT 2025-12", {"decisions": (DECIDED,)}, False),
        ("decisions RWF", {"decisions": (DECIDED,)}, False),
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


def test_a_trajectory_is_asked_of_one_organisation(asked: Callable[[], list[str]]) -> None:
    plan = Trajectory(measure="beds", organisation="RGT", source="Board plan", months={"2026-04": 92.0})
    without, held = Register(), Register(trajectories=(plan,))
    assert answer(without, "trajectory beds RGT") != answer(held, "trajectory beds RGT")
    assert answer(without, "trajectory beds RYR") == answer(held, "trajectory beds RYR")
    observed = ObservedRegister.over(held)
    assert observed.trajectory_of("beds", "RGT") == {"2026-04": 92.0}
    assert asked() == ["trajectory beds RGT"]


def test_what_an_organisation_carries_and_decided_is_asked_of_it_alone(
    asked: Callable[[], list[str]],
) -> None:
    elsewhere = DECIDED.model_copy(update={"organisation": "RWF"})
    shared = WARDS.model_copy(update={"id": "shared", "organisation": "all"})
    register = ObservedRegister.over(
        Register(
            teams={"wards": WARDS, "shared": shared},
            matrix={"shorter": ROW},
            decisions=(DECIDED, elsewhere),
        )
    )
    assert list(register.teams_of("RWF")) == ["shared"]
    assert register.matrix_of("RGT") == {"shorter": ROW}
    assert register.decisions_of("RGT", "2026-01") == (DECIDED,)
    assert register.decisions_of("RGT", "2025-12") == ()
    assert asked() == ["teams_of RWF", "matrix_of RGT", "decisions RGT 2026-01", "decisions RGT 2025-12"]

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.runner.batch.run import Order, failed_only, resume
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

NAMES = ("a", "b", "c", "d")
STATES = (State.PUBLISHED, State.FAILED, State.INTERRUPTED, State.BLOCKED)
ENTRIES = tuple(Entry("run1", "good", name, state) for name, state in zip(NAMES, STATES, strict=True))


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {f"{name}.yml": "trust: SYN07" for name in NAMES}}))


def titles(jobs: tuple[object, ...]) -> list[str]:
    return [job.name for job in jobs]  # type: ignore[attr-defined]


def test_only_what_failed_in_its_newest_run_is_chosen(project: Project) -> None:
    history = History(project.state)
    history.begin("run1", "v1", ENTRIES)
    jobs = make_plan(project)
    assert titles(failed_only(project, jobs)) == ["b", "d"]
    history.begin("run2", "v1", [replace(ENTRIES[1], run="run2", state=State.PUBLISHED)])
    assert titles(failed_only(project, jobs)) == ["d"]


def test_a_batch_is_resumed_as_it_was_asked_for(project: Project) -> None:
    history = History(project.state)
    settings = {"formats": ["pdf"], "force": True, "hold": True, "verify": True, "renderer": "embedded"}
    history.begin("run1", "v1", ENTRIES, settings=settings)
    history.end("run1")
    history.begin("run2", "v1", [replace(ENTRIES[0], run="run2")], kind="approve")
    history.end("run2")
    jobs, order = resume(project, make_plan(project), Order(jobs=1))
    assert titles(jobs) == ["c"]
    assert order == Order(formats=("pdf",), force=True, jobs=1, renderer="embedded", hold=True)


def test_a_batch_that_came_to_its_end_leaves_nothing_to_resume(project: Project) -> None:
    assert resume(project, make_plan(project), Order()) == ((), Order())
    history = History(project.state)
    history.begin("run1", "v1", ENTRIES)
    history.end("run1")
    history.begin("run2", "v1", [replace(ENTRIES[2], run="run2", state=State.PUBLISHED)])
    history.end("run2")
    assert resume(project, make_plan(project), Order())[0] == ()


def test_a_batch_under_way_is_not_resumed(project: Project) -> None:
    History(project.state).begin("run1", "v1", ENTRIES)
    with pytest.raises(UsageError, match="still under way"):
        resume(project, make_plan(project), Order())

"""A report that another run has in hand keeps nobody else waiting, whichever engine renders."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from helpers.errors import ReportError
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.document.making import Document
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.locks import ReportLock
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project
from helpers.runner.render import render as render_embedded
from helpers.theme import Theme

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
LIMIT = 120  # seconds for a test, which takes about three: whoever waits for ever fails instead

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")


@pytest.fixture(autouse=True)
def _limited() -> Iterator[None]:
    def end(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"not done after {LIMIT} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {"AAA.yml": GOOD, "BBB.yml": GOOD}}))


@pytest.fixture
def held(project: Project) -> Iterator[ReportLock]:
    """The right to make the first report, for another run to take."""
    lock = ReportLock(project.state, "good", "AAA")
    yield lock
    lock.release()


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """A Quarto that renders as the embedded engine does; what stands in the list is done at each call."""
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\necho 1.9.38\n")
    command.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(command))
    acts: list[Callable[[], object]] = []

    def render(
        documents: Mapping[str, Document],
        formats: tuple[str, ...],
        *,
        theme: Theme,
        folder: Path,
        **_: object,
    ) -> dict[str, dict[str, Path] | ReportError]:
        for act in acts:
            act()
        made: dict[str, dict[str, Path] | ReportError] = {}
        for stem, document in documents.items():
            (folder / stem).mkdir()
            made[stem] = render_embedded(document, formats, theme=theme, folder=folder / stem)
        return made

    monkeypatch.setattr("helpers.runner.render.quarto.render_batch", render)
    return acts


def states_of(project: Project, tell: Callable[[Entry], None], renderer: str) -> dict[str, State]:
    order = Order(formats=("html",), jobs=1, renderer=renderer)
    batch = run_batch(project, make_plan(project), order, tell=tell)
    return {entry.name: entry.state for entry in batch.entries}


@pytest.mark.parametrize("renderer", ["embedded", "quarto"])
@pytest.mark.usefixtures("called")
def test_a_report_that_another_run_holds_is_waited_for_until_the_batch_is_interrupted(
    project: Project, held: ReportLock, renderer: str
) -> None:
    assert held.try_once()

    def interrupt(_: Entry) -> None:
        raise KeyboardInterrupt

    states = states_of(project, interrupt, renderer)
    assert states == {"AAA": State.INTERRUPTED, "BBB": State.PUBLISHED}


@pytest.mark.parametrize("renderer", ["embedded", "quarto"])
@pytest.mark.usefixtures("called")
def test_it_is_made_once_the_other_run_lets_it_go(
    project: Project, held: ReportLock, renderer: str
) -> None:
    assert held.try_once()
    told: list[str] = []

    def let_go(entry: Entry) -> None:
        told.append(entry.name)
        held.release()

    states = states_of(project, let_go, renderer)
    assert states == {"AAA": State.PUBLISHED, "BBB": State.PUBLISHED}
    assert told == ["BBB", "AAA"]


def test_one_that_another_run_takes_while_quarto_renders_holds_up_no_other_of_the_call(
    project: Project, held: ReportLock, called: list[Callable[[], object]]
) -> None:
    called.append(held.try_once)
    told: list[str] = []

    def let_go(entry: Entry) -> None:
        told.append(entry.name)
        held.release()

    states = states_of(project, let_go, "quarto")
    assert states == {"AAA": State.PUBLISHED, "BBB": State.PUBLISHED}
    assert told == ["BBB", "AAA"]

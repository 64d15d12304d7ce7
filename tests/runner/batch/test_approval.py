"""A draft is published by a person alone, as it was held; a report that is taken back leaves a note."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from helpers.bundle import Bundle
from helpers.errors import GateError, Problem, UsageError, UserError
from helpers.runner.batch.approval import approve, withdraw
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.locks import ReportLock
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project
from helpers.runner.render.offline import find_remote

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
REPORT = ("good", "SYN07")
HTML = Order(formats=("html",), jobs=1)


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {"SYN07.yml": GOOD}}))


def run(project: Project, order: Order = HTML) -> Entry:
    (entry,) = run_batch(project, make_plan(project), order).entries
    return entry


def shown(project: Project) -> list[str]:
    return sorted(path.name for path in (project.reports / "2026-03" / "good").glob("*"))


def test_a_draft_stays_private_and_is_not_made_again_until_it_is_approved(project: Project) -> None:
    released: list[tuple[str, tuple[Bundle, ...]]] = []
    project = replace(project, release=lambda *told: released.append(told))
    held = run(project, replace(HTML, hold=True))
    assert held.state is State.HELD
    assert not (project.reports / "2026-03").exists()
    assert run(project).state is State.HELD  # also in a batch that holds nothing
    assert released == []

    entry = approve(project, REPORT, note="seen by the board secretary")
    assert (entry.state, entry.note, entry.maker) == (
        State.PUBLISHED,
        "seen by the board secretary",
        held.run,
    )
    assert shown(project) == ["SYN07.html", "SYN07.manifest.json"]
    assert {name: each.sha256 for name, each in entry.outputs.items()} == {
        name: each.sha256 for name, each in held.outputs.items()
    }
    assert [(report, bundles[0].kind) for report, bundles in released] == [("good/SYN07", "report")]
    assert run(project).state is State.UNCHANGED
    with pytest.raises(UsageError, match="no draft of it waits"):
        approve(project, REPORT)


def test_a_draft_that_was_altered_is_not_published(project: Project) -> None:
    run(project, replace(HTML, hold=True))
    (page,) = project.state.glob("runs/*/good/SYN07/draft/2026-03/good/SYN07.html")
    page.write_text(page.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    with pytest.raises(GateError, match="altered"):
        approve(project, REPORT)
    assert not (project.reports / "2026-03").exists()


def test_only_the_draft_that_was_looked_at_is_published(project: Project) -> None:
    first = run(project, replace(HTML, hold=True)).outputs["html"].sha256
    second = run(project, replace(HTML, force=True)).outputs["html"].sha256  # its run is named in it
    with pytest.raises(UsageError, match="not the draft that waits"):
        approve(project, REPORT, draft=first[:12])
    assert approve(project, REPORT, draft=second[:12]).state is State.PUBLISHED


def test_what_has_been_published_since_can_forbid_a_draft(project: Project) -> None:
    def refuse(*_: object) -> None:
        raise GateError(Problem("tbl-stay", "a suppressed count can be told"))

    run(project, replace(HTML, hold=True))
    with pytest.raises(GateError):
        approve(replace(project, release=refuse), REPORT)
    history = History(project.state)
    assert history.latest()[REPORT].state is State.BLOCKED
    assert history.standing()[REPORT].state is State.HELD
    assert not (project.reports / "2026-03").exists()


class Outline(HTMLParser):
    """Collects the tags and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_note_that_everybody_can_read_takes_the_place_of_a_withdrawn_report(project: Project) -> None:
    run(project, replace(HTML, formats=("html", "pdf")))
    entry = withdraw(project, REPORT, why="The beds of one site were counted twice.\n<b>No</b> harm.")
    assert entry.state is State.WITHDRAWN
    assert shown(project) == ["SYN07.html", "SYN07.manifest.json"]
    page = (project.reports / entry.outputs["html"].path).read_text("utf-8")
    outline = Outline(page)
    assert "Length of stay" in outline.words
    assert "Synthetic Trust SYN07" in outline.words
    assert "counted twice." in outline.words
    assert "<b>No</b> harm." in outline.words
    assert dict(outline.tags)["html"] == {"lang": "en-GB"}
    assert [tag for tag, _ in outline.tags if tag in {"main", "h1", "h2"}] == ["main", "h1", "h2"]
    assert find_remote(page) == []
    manifest = json.loads((project.reports / "2026-03/good/SYN07.manifest.json").read_text("utf-8"))
    assert manifest["state"] == "withdrawn"
    assert list(manifest["files"]) == ["html"]


def test_what_comes_after_a_withdrawal_waits_for_approval(project: Project) -> None:
    run(project)
    withdraw(project, REPORT, why="wrong")
    assert run(project).state is State.WITHDRAWN  # nothing has changed: it is not made again
    assert run(project, replace(HTML, force=True)).state is State.HELD
    assert "withdrawn" in (project.reports / "2026-03/good/SYN07.html").read_text("utf-8")
    assert approve(project, REPORT).state is State.PUBLISHED
    assert "withdrawn" not in (project.reports / "2026-03/good/SYN07.html").read_text("utf-8")
    assert [e.state for e in History(project.state).places()] == [State.PUBLISHED]


@pytest.mark.parametrize(
    ("words", "told"),
    [({"why": " "}, "--why"), ({"why": "x", "period": "2025-01"}, "is not published 2025-01")],
)
def test_what_cannot_be_withdrawn_is_told(project: Project, words: dict[str, str], told: str) -> None:
    run(project)
    with pytest.raises(UsageError, match=told):
        withdraw(project, REPORT, **words)
    assert "withdrawn" not in (project.reports / "2026-03/good/SYN07.html").read_text("utf-8")


def test_a_reason_that_names_a_person_is_refused(project: Project) -> None:
    def find(path: Path) -> list[Problem]:
        return [Problem(path.name, "an NHS number")] if "943 476 5919" in path.read_text("utf-8") else []

    run(project)
    with pytest.raises(GateError, match="an NHS number"):
        withdraw(replace(project, file_checks=(find,)), REPORT, why="of 943 476 5919")
    assert shown(project) == ["SYN07.html", "SYN07.manifest.json"]


def test_nobody_decides_over_a_report_that_a_run_has_in_hand(project: Project) -> None:
    run(project)
    lock = ReportLock(project.state, *REPORT)
    assert lock.try_once()
    with pytest.raises(UserError, match="in hand"):
        withdraw(project, REPORT, why="wrong")
    lock.release()


def test_the_manifest_says_what_the_report_was_made_from_and_nothing_private(project: Project) -> None:
    entry = run(project, replace(HTML, formats=("html", "pdf")))
    text = (project.reports / "2026-03/good/SYN07.manifest.json").read_text("utf-8")
    told = json.loads(text)
    assert told["files"] == {
        name: {"file": f"SYN07.{name}", "sha256": output.sha256} for name, output in entry.outputs.items()
    }
    assert told["parameters"] == {"trust": "SYN07", "period": "2026-03"}
    assert (told["report"], told["run"], told["state"]) == ("good/SYN07", entry.run, "published")
    assert str(project.root) not in text
    assert not {"error", "warnings", "timings", "peak", "host"} & told.keys()


def test_a_withdrawal_that_fails_leaves_the_earlier_state(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project)
    before = {path: path.read_bytes() for path in project.reports.rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpers.runner.publish.placing.switch", full)
    with pytest.raises(OSError, match="No space left"):
        withdraw(project, REPORT, why="Counted twice.")
    monkeypatch.undo()
    history = History(project.state)
    assert history.latest()[REPORT].state is State.PUBLISHED
    assert history.standing()[REPORT].state is State.PUBLISHED
    assert [entry.state for entry in history.of(*REPORT)] == [State.FAILED, State.PUBLISHED]
    assert run(project).state is State.UNCHANGED
    after = {path: path.read_bytes() for path in before}
    assert {path for path in before if after[path] != before[path]} <= {project.reports / "runs.html"}

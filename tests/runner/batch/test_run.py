"""Batches of small notebooks, from parameter file to published report."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from helpers.errors import ExitCode, UserError
from helpers.runner.batch.life import Setting
from helpers.runner.batch.run import Batch, Order, preview, run_batch
from helpers.runner.batch.steps import Steps
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import IS_SUPPORTED
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import DataSet, Project
from helpers.runner.publisher import Publisher

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
BAD = ("raises", "prints", "bare_html", "no_data", "other_trust", "empty")
HTML_ONLY = Order(formats=("html",), jobs=2)


def run(project: Project, order: Order = HTML_ONLY) -> Batch:
    return run_batch(project, make_plan(project), order)


@pytest.fixture(scope="module")
def mixed(lay_out_once: Callable[..., Path]) -> tuple[Project, Batch]:
    """One batch with a report that is good and one of every kind that is not."""
    versions = {"v1": {"spells/synthetic": DataSet("abc", "Synthetic spells", "2026-03-31", "load-1")}}
    project = Project(
        lay_out_once({name: {"SYN07.yml": GOOD} for name in ("good", *BAD)}),
        pin=lambda: "v1",
        datasets=versions.__getitem__,
    )
    return project, run(project, Order(jobs=2))


def entry_of(mixed: tuple[Project, Batch], notebook: str) -> Entry:
    return next(entry for entry in mixed[1].entries if entry.notebook == notebook)


def test_a_good_report_comes_out_beside_all_that_fail(mixed: tuple[Project, Batch]) -> None:
    published = sorted(p.relative_to(mixed[0].reports).as_posix() for p in mixed[0].reports.rglob("*.*"))
    assert [path for path in published if "/" in path] == [
        "2026-03/good/SYN07.html",
        "2026-03/good/SYN07.manifest.json",
        "2026-03/good/SYN07.pdf",
    ]
    assert "index.html" in published


@pytest.mark.parametrize(
    ("notebook", "state", "code", "told"),
    [
        ("good", State.PUBLISHED, ExitCode.OK, ""),
        ("raises", State.FAILED, ExitCode.REPORT, "cell 5 (`1 / 0`): ZeroDivisionError"),
        ("no_data", State.FAILED, ExitCode.DATA, "nothing of SYN07 in 2026-03"),
        ("prints", State.BLOCKED, ExitCode.GATE, "a note to myself"),
        ("bare_html", State.BLOCKED, ExitCode.GATE, "cell 8"),
        ("other_trust", State.BLOCKED, ExitCode.GATE, "the report is about SYN99"),
        ("empty", State.BLOCKED, ExitCode.GATE, "nothing is shown"),
    ],
)
def test_each_report_ends_in_its_own_state(
    mixed: tuple[Project, Batch], notebook: str, state: State, code: ExitCode, told: str
) -> None:
    entry = entry_of(mixed, notebook)
    assert (entry.state, entry.exit_code) == (state, code)
    assert told in entry.error


def test_the_batch_ends_with_the_highest_code(mixed: tuple[Project, Batch]) -> None:
    assert mixed[1].exit_code == ExitCode.GATE


def test_the_history_has_a_row_for_each(mixed: tuple[Project, Batch]) -> None:
    project, batch = mixed
    by_name = {entry.report: entry for entry in History(project.state).entries(batch.run)}
    assert by_name == {entry.report: entry for entry in batch.entries}


def test_what_the_report_read_and_took_is_recorded(mixed: tuple[Project, Batch]) -> None:
    entry = entry_of(mixed, "good")
    assert entry.reads == ("spells/synthetic",)
    assert list(entry.timings) == ["execute", "document", "gate", "render", "inspect", "publish"]
    assert entry.parameters == {"trust": "SYN07", "period": "2026-03"}
    assert entry.synthetic


def test_executed_notebooks_and_logs_stay_private(mixed: tuple[Project, Batch]) -> None:
    project, batch = mixed
    folder = project.state / "runs" / batch.run / "raises" / "SYN07"
    assert (folder / "executed.ipynb").is_file()
    assert (folder / "run.log").is_file()
    assert folder.stat().st_mode & 0o077 == 0


def test_the_index_lists_what_is_published_alone(mixed: tuple[Project, Batch]) -> None:
    index = (mixed[0].reports / "all.html").read_text("utf-8")
    assert index.count('<p class="what">') == 1


def test_an_unchanged_report_is_not_run_again_until_its_data_change(lay_out: Callable[..., Path]) -> None:
    data = {"spells/synthetic": DataSet("abc"), "appointments/synthetic": DataSet("x")}
    project = Project(lay_out({"good": {"SYN07.yml": GOOD}}), datasets=lambda _: data)
    states = [run(project).entries[0].state]
    data["appointments/synthetic"] = DataSet("y")  # the report does not read these
    states.append(run(project).entries[0].state)
    data["spells/synthetic"] = DataSet("def")
    states.append(run(project).entries[0].state)
    assert states == [State.PUBLISHED, State.UNCHANGED, State.PUBLISHED]


def test_the_last_good_report_stays_while_new_runs_fail(lay_out: Callable[..., Path]) -> None:
    project = Project(lay_out({"good": {"SYN07.yml": GOOD}}))
    run(project)
    page = project.reports / "2026-03" / "good" / "SYN07.html"
    good = page.read_bytes()
    notebook = project.notebooks / "good.ipynb"
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace("organisation_code=trust", "organisation_code='SYN99'"), "utf-8")
    assert run(project).entries[0].state is State.BLOCKED
    assert page.read_bytes() == good
    assert "last good" in (project.reports / "index.html").read_text("utf-8")
    assert run(project).entries[0].state is State.BLOCKED  # a failure is never taken for unchanged


def test_what_always_needs_a_sign_off_waits_for_it(lay_out: Callable[..., Path]) -> None:
    project = Project(lay_out({"good": {"SYN07.yml": GOOD}}), publisher=Publisher(sign_off="good"))
    assert run(project).entries[0].state is State.HELD
    assert not (project.reports / "2026-03").exists()


@pytest.fixture
def three(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {f"{name}.yml": GOOD for name in "abc"}}))


def fail_with(monkeypatch: pytest.MonkeyPatch, act: Callable[[Setting], None]) -> None:
    """Let the execution of every report do something else."""

    def execute(_job: object, _folder: object, *, stop: threading.Event, **_: object) -> None:
        act(stop)

    monkeypatch.setattr("helpers.runner.batch.life.execute", execute)


@pytest.mark.skipif(not IS_SUPPORTED, reason="kernels are forked on Linux alone")
def test_the_next_kernel_starts_while_a_notebook_is_executed_but_waits_for_its_turn(three: Project) -> None:
    batch = run(three, replace(HTML_ONLY, jobs=1))
    times = [executed_between(three, batch, entry) for entry in batch.entries]
    times.sort(key=lambda each: each[1])
    asked, first_cells, ended = zip(*times, strict=True)
    assert asked[1] < ended[0], "its kernel starts beside the one before"
    assert all(first >= last for last, first in zip(ended, first_cells[1:], strict=False)), (
        "its cells come after"
    )


def executed_between(project: Project, batch: Batch, entry: Entry) -> tuple[datetime, datetime, datetime]:
    """Return when a kernel was asked for, and when its first cell began and its last one ended."""
    path = project.state / "runs" / batch.run / entry.notebook / entry.name / "executed.ipynb"
    notebook = nbformat.read(path, 4)
    cells = [cell.metadata.papermill for cell in notebook.cells if cell.cell_type == "code"]
    return (
        datetime.fromisoformat(notebook.metadata.papermill.start_time),
        min(datetime.fromisoformat(each.start_time) for each in cells),
        max(datetime.fromisoformat(each.end_time) for each in cells),
    )


def test_what_a_report_waits_for_its_turn_is_no_time_of_its_step(tmp_path: Path) -> None:
    steps = Steps(threading.Event(), tmp_path)
    with steps.step("execute"):
        time.sleep(0.3)
        steps.waited = 0.2
    with steps.step("document"):
        pass
    assert 0.1 <= steps.timings["execute"] < 0.3
    assert steps.timings["document"] >= 0


def test_a_bug_keeps_its_traceback_and_its_own_code(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise KeyError("ours")

    fail_with(monkeypatch, fail)
    batch = run(three)
    assert batch.exit_code == ExitCode.BUG
    assert all("Traceback" in entry.error and "'ours'" in entry.error for entry in batch.entries)


def test_a_full_disk_is_no_bug(three: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OSError(28, "No space left on device")

    fail_with(monkeypatch, fail)
    batch = run(three)
    assert batch.exit_code == ExitCode.REPORT
    assert "No space left" in batch.entries[0].error


def test_an_interruption_is_written_for_every_report(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for_the_end(stop: threading.Event) -> None:
        assert stop.wait(20)
        raise UserError([])

    def interrupt(stop: threading.Event) -> None:
        if not asked.is_set():
            asked.set()
            raise ValueError("the first ends, and telling of it interrupts")
        wait_for_the_end(stop)

    def tell(_: Entry) -> None:
        raise KeyboardInterrupt

    asked = threading.Event()
    fail_with(monkeypatch, interrupt)
    batch = run_batch(three, make_plan(three), replace(HTML_ONLY, jobs=2), tell=tell)
    assert batch.interrupted
    assert sorted(entry.state for entry in batch.entries) == ["failed", "interrupted", "interrupted"]
    assert [e.state for e in History(three.state).entries(batch.run)].count(State.WAITING) == 0


@pytest.mark.parametrize(
    ("codes", "interrupted", "expected"),
    [
        ((0, 0), False, 0),
        ((0, 1, 3), False, 3),
        ((4, 3, 1), False, 4),
        ((1, 130), True, 130),
        ((70, 4), True, 70),
        ((), False, 0),
    ],
)
def test_the_exit_code_is_the_gravest(codes: tuple[int, ...], interrupted: bool, expected: int) -> None:
    entries = tuple(Entry("r", "n", f"{code}", State.FAILED, exit_code=code) for code in codes)
    assert Batch("r", entries, interrupted).exit_code == expected


QUARTO = """#!{python}
import pathlib, re, sys, yaml
if "--version" in sys.argv:
    print("1.9.38"); sys.exit(0)
with open(pathlib.Path(__file__).with_name("calls"), "a") as calls:
    calls.write("x")
settings = yaml.safe_load(open("_quarto.yml"))
for source in settings["project"]["render"]:
    text = pathlib.Path(source).read_text()
    if "SYN13" in text:
        sys.stderr.write("ERROR: it broke\\n"); sys.exit(0)
    out = pathlib.Path("_out", source).with_suffix(".html")
    out.parent.mkdir(parents=True, exist_ok=True)
    labels = "".join(f'<p id="{{each}}">' for each in re.findall(r"#(tbl-[a-z]+)", text))
    out.write_text(f"<html>{{text}}{{labels}}{{' ' * 1024}}</html>")
"""


@pytest.fixture
def quarto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the command that renders nothing, and breaks at one trust."""
    path = tmp_path / "bin" / "quarto"
    path.parent.mkdir()
    path.write_text(QUARTO.format(python=sys.executable))
    path.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(path))
    return path


def test_quarto_is_called_once_for_a_batch_and_fails_for_each_report_alone(
    lay_out: Callable[..., Path], quarto: Path
) -> None:
    files = {f"{name}.yml": GOOD.replace("SYN07", name) for name in ("SYN07", "SYN08")}
    batch = run(Project(lay_out({"good": files})))
    assert [entry.state for entry in batch.entries] == [State.PUBLISHED] * 2
    assert quarto.with_name("calls").read_text() == "x"
    assert batch.entries[0].key["renderer"] == "quarto 1.9.38"
    assert list(batch.entries[0].timings)[3:] == ["render", "inspect", "publish"]


@pytest.mark.usefixtures("quarto")
def test_a_document_that_quarto_cannot_render_leaves_the_others_alone(
    lay_out: Callable[..., Path],
) -> None:
    files = {f"{name}.yml": GOOD.replace("SYN07", name) for name in ("SYN12", "SYN13", "SYN14")}
    batch = run(Project(lay_out({"good": files})))
    assert {entry.name: entry.state for entry in batch.entries} == {
        "SYN12": State.PUBLISHED,
        "SYN13": State.FAILED,
        "SYN14": State.PUBLISHED,
    }
    assert "it broke" in batch.entries[1].error


@pytest.mark.usefixtures("quarto")
def test_the_renderer_is_part_of_what_a_report_depends_on(lay_out: Callable[..., Path]) -> None:
    project = Project(lay_out({"good": {"SYN07.yml": GOOD}}))
    run(project)
    (decision,) = preview(project, make_plan(project), replace(HTML_ONLY, renderer="embedded"))
    assert decision.reason == "changed: renderer"
    assert run(project).entries[0].state is State.UNCHANGED

"""What runs a worker's reports: one process for many of them, with their imports done; begun anew where it dies."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cloudpickle
import nbformat
import psutil
import pytest

from helpers.errors import ReportError
from helpers.runner.batch import host
from helpers.runner.kernel.execute import IS_SUPPORTED, Executed, Ground, KernelLimits
from helpers.runner.key.surroundings import stamp_of_machine
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project, private_folder

#: says by what command the kernel's process was started, and waits until a file is there
CELL = """import pathlib, time
print("begun by", pathlib.Path("/proc/self/cmdline").read_text())
while not pathlib.Path({!r}).exists():
    time.sleep(0.05)
"""
Run = Callable[[str, host.Ready], object]


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    """A project whose report waits until a file `go` is there."""
    root = lay_out({"good": {"SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n'}})
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source = CELL.format(str(root / "go")) + notebook.cells[2].source
    nbformat.write(notebook, path)
    return Project(root)


@pytest.fixture
def ready(project: Project) -> Iterator[host.Ready]:
    """What its batch has ready; the processes are ended after the test."""
    home = str(project.state / "ipython")
    yield host.Ready(stamp_of_machine(), {}, home, (str(project.root / "notebooks" / "good.ipynb"),))
    while host._HOSTS:
        host._HOSTS.pop().close()


@pytest.fixture
def run(project: Project) -> Run:
    """Return what runs the project's report in a folder of a name, as a worker does."""

    def run(name: str, ready: host.Ready) -> object:
        folder = private_folder(project.state / "runs" / name)
        (job,) = make_plan(project)
        (folder / host.ORDER).write_bytes(cloudpickle.dumps((job, {}, KernelLimits(), Ground())))
        made = folder / host.attempt(str(folder), ready)
        return pickle.loads((made / host.OUTCOME).read_bytes()) if made.exists() else None

    return run


def processes() -> list[int]:
    return [each._process.pid for each in host._HOSTS]


def text_of(outcome: object) -> str:
    assert isinstance(outcome, Executed), outcome
    return str(outcome.notebook.cells[3].outputs[0]["text"])


def waits(folder: Path, number: int) -> None:
    """Wait until so many attempts at a report have a kernel."""
    for _ in range(1200):
        if len(list(folder.glob("attempt-*/kernel.log"))) >= number:
            return
        threading.Event().wait(0.05)
    pytest.fail(f"no {number} attempts in {folder}")


@pytest.mark.skipif(not IS_SUPPORTED, reason="kernels are forked on Linux")
def test_reports_one_after_the_other_come_from_one_process(
    project: Project, ready: host.Ready, run: Run
) -> None:
    (project.root / "go").touch()
    first, begun = text_of(run("first", ready)), processes()
    second = text_of(run("second", ready))
    assert processes() == begun
    assert len(begun) == 1
    assert "helpers.runner.kernel.fork_server" in first
    assert "helpers.runner.kernel.fork_server" in second


def test_a_report_whose_process_dies_is_run_by_another_one(
    project: Project, ready: host.Ready, run: Run
) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, "report", ready)
        waits(project.state / "runs" / "report", 1)
        (before,) = processes()
        below = psutil.Process(before).children(recursive=True)
        os.kill(before, signal.SIGKILL)
        waits(project.state / "runs" / "report", 2)
        (project.root / "go").touch()
        assert "begun by" in text_of(running.result(120))
    assert processes() != [before]
    assert below
    assert not psutil.wait_procs(below, timeout=30)[1]  # nothing of the first outlives it


def test_a_report_that_nobody_waits_for_is_given_up(project: Project, ready: host.Ready, run: Run) -> None:
    folder = project.state / "runs" / "report"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, "report", ready)
        waits(folder, 1)
        (folder / host.STOP).touch()
        assert running.result(120) is None
    assert not list(folder.glob("attempt-*"))


def test_a_process_of_another_version_says_so_and_runs_nothing(ready: host.Ready, run: Run) -> None:
    outcome = run("report", replace(ready, stamp="another"))
    assert isinstance(outcome, ReportError)
    assert "were changed while it ran" in str(outcome)
    assert "start the worker anew" in str(outcome)


def test_what_another_batch_needs_takes_the_place_of_what_rests(
    project: Project, ready: host.Ready, run: Run
) -> None:
    (project.root / "go").touch()
    text_of(run("first", ready))
    before = processes()
    text_of(run("fewer", replace(ready, notebooks=())))
    assert processes() == before  # it has more ready than is asked for
    text_of(run("second", replace(ready, environment={"BOARDPACK_ROOT": str(project.root)})))
    assert len(processes()) == 1
    assert processes() != before
    assert not psutil.pid_exists(before[0])

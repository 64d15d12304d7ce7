"""Many machines: a real Dask scheduler with three workers, of which one is killed, one slow, one of another version."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import distributed
import nbformat
import pytest

from helpers import __file__ as package
from helpers.errors import UsageError
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.entries import State
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

REPORTS = 2
WAITING = "import pathlib, time\nwhile not pathlib.Path({!r}).exists():\n    time.sleep(0.05)\n"
Processes = dict[str, subprocess.Popen[bytes]]


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        threading.Event().wait(0.05)


def start(*words: str, log: Path, path: Path = Path(package).parents[1]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", *words], env=environment, stdout=stream, stderr=subprocess.STDOUT
        )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, Processes]]:
    """Yield the address of a scheduler, and the processes of its workers: two alike, one with another package.

    What they say is printed, so that a test that fails shows it.
    """
    other = tmp_path / "other" / "helpers"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("__version__ = '0.0.1'\n")
    file = str(tmp_path / "scheduler.json")
    known = ("--scheduler-file", file, "--no-dashboard")
    listens = ("--host", "127.0.0.1", "--port", "0")
    processes = {
        "scheduler": start(
            "distributed.cli.dask_scheduler", *known, *listens, log=tmp_path / "scheduler.log"
        )
    }
    for name in ("killed", "slow", "other"):
        words = ("distributed.cli.dask_worker", *known, "--name", name, "--nthreads", "1", "--no-nanny")
        more = ("--local-directory", str(tmp_path / name))
        path = other.parent if name == "other" else Path(package).parents[1]
        processes[name] = start(*words, *more, log=tmp_path / f"{name}.log", path=path)
    try:
        with distributed.Client(scheduler_file=file, set_as_default=False, timeout=300) as client:
            client.wait_for_workers(3, timeout=300)
            address = client.scheduler.address
        yield address, processes
    finally:
        for name, process in processes.items():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
            print(f"--- {name}\n{(tmp_path / f'{name}.log').read_text()}")


def project_of(root: Path) -> Project:
    """Return a project whose reports wait until a file is there."""
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source = WAITING.format(str(root / "go")) + notebook.cells[2].source
    nbformat.write(notebook, path)
    return Project(root)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_lost_workers_report_runs_again_elsewhere_and_is_published_once(
    lay_out: Callable[..., Path], cluster: tuple[str, Processes]
) -> None:
    address, workers = cluster
    files = {f"SYN0{n}.yml": f'trust: SYN0{n}\nperiod: "2026-03"\n' for n in range(1, REPORTS + 1)}
    project = project_of(lay_out({"good": files}))
    order = Order(formats=("html",), cluster=address)

    def attempts() -> set[Path]:
        return {path.parent for path in project.state.glob("runs/*/good/*/attempt-*/run.log")}

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_batch, project, make_plan(project), order)
        until(lambda: len(attempts()) == 2 or running.done(), "two workers, of three, have a report each")
        first = attempts()
        workers["slow"].send_signal(signal.SIGSTOP)
        workers["killed"].kill()
        (project.root / "go").touch()
        until(lambda: workers["killed"].poll() is not None, "the killed worker is gone")
        workers["slow"].send_signal(signal.SIGCONT)
        batch = running.result(300)
    assert [(entry.state, entry.error) for entry in batch.entries] == [(State.PUBLISHED, "")] * REPORTS
    assert len({path.parent.name for path in first}) == 2
    assert len(list(History(project.state).entries(batch.run))) == REPORTS
    assert len(list(project.reports.glob("2026-03/good/*.html"))) == REPORTS
    assert all("another boardpack" in " ".join(entry.warnings) for entry in batch.entries)
    until(lambda: not list(project.state.glob("runs/*/good/*/attempt-*")), "no attempt has left anything")


def test_an_address_where_nothing_listens_is_refused(lay_out: Callable[..., Path]) -> None:
    project = Project(lay_out({"good": {"SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n'}}))
    with pytest.raises(UsageError, match="such as tcp"):
        run_batch(project, make_plan(project), Order(cluster="tcp:/nowhere"))

"""A batch that is ended from outside leaves no process, no half-published file and no open row."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from helpers.runner.history.store import History, State
from helpers.runner.kernel.execute import MIRROR

from .conftest import COMMAND

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on Unix")

WAIT = 60  # seconds, for a machine with much else to do
#: the kernel that is in its cells, what these have started, and the kernel of the next report, which waits for its turn
ALL_STARTED = 3


@pytest.fixture
def slow(lay_out: Callable[..., Path]) -> Path:
    """A project with two reports that take ten minutes each."""
    return lay_out({"slow": {"SYN07.yml": "trust: SYN07", "SYN08.yml": "trust: SYN08"}})


@pytest.fixture
def running(slow: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A batch whose first report is in the middle of its cells."""
    words = ["--project", str(slow), "run", "--jobs", "1"]
    # a shell that runs the tests in the background has them, and all they start, ignore an interruption
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        batch = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    with ended_after(batch):
        until(lambda: any(slow.glob(f".boardpack/runs/*/slow/SYN07/{MIRROR}/notebooks/child")), batch)
        yield batch


@contextlib.contextmanager
def ended_after(batch: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a batch whatever becomes of the test: nothing waits for reports that take ten minutes."""
    with batch:
        try:
            yield
        finally:
            batch.kill()


def until(holds: Callable[[], bool], batch: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for something to come true; a batch that ends before tells what it said."""
    deadline = time.monotonic() + WAIT
    while not holds():
        if batch is not None and (batch.poll() is not None or time.monotonic() > deadline):
            batch.kill()
            said, told = batch.communicate()
            pytest.fail(f"the batch did not come so far ({batch.returncode}):\n{(said + told).decode()}")
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def kernels_of(project: Path) -> list[psutil.Process]:
    """Return the processes that work in a project's run folders."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and str(project / ".boardpack") in process.cwd():
                found.append(process)
        except psutil.Error:
            continue
    return found


def states(project: Path) -> list[State]:
    return [entry.state for entry in History(project / ".boardpack").latest().values()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_asked_for_end_is_clean(
    slow: Path, running: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    until(lambda: len(kernels_of(slow)) == ALL_STARTED)
    running.send_signal(number)
    _, told = running.communicate(timeout=WAIT)
    assert running.returncode == 130
    assert b"Traceback" not in told
    assert kernels_of(slow) == []
    assert states(slow) == [State.INTERRUPTED, State.INTERRUPTED]
    assert list((slow / "reports").rglob("SYN0*")) == []


def test_after_a_sudden_end_all_it_started_ends_too_and_the_rows_are_closed(
    slow: Path, running: subprocess.Popen[bytes]
) -> None:
    until(lambda: len(kernels_of(slow)) == ALL_STARTED)
    running.kill()
    running.wait()
    until(lambda: kernels_of(slow) == [])
    history = History(slow / ".boardpack")
    assert states(slow) == [State.WAITING, State.WAITING]
    history.recover()
    assert states(slow) == [State.INTERRUPTED, State.INTERRUPTED]


HANGING = """
import os, sys
from pathlib import Path
folder = Path(os.environ["FAKE"])
(folder / "pandoc").write_text("#!/bin/sh\\n: > $FAKE/called\\nexec sleep 600\\n")
(folder / "pandoc").chmod(0o755)
from helpers.cli import assembly, main
from helpers.runner.render import embedded
assembly._ROOMS = assembly.LATE = ()
embedded.pandoc_path = lambda: str(folder / "pandoc")
main(sys.argv[1:])
"""


def test_an_interruption_does_not_wait_for_a_renderer_that_hangs(
    lay_out: Callable[..., Path], tmp_path: Path
) -> None:
    root = lay_out({"good": {"SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n'}})
    command = [sys.executable, "-c", HANGING, "--project", str(root), "run", "--renderer", "embedded"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        batch = subprocess.Popen(
            command,
            env={**os.environ, "FAKE": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with ended_after(batch):
        until((tmp_path / "called").exists, batch)
        batch.send_signal(signal.SIGINT)
        batch.communicate(timeout=WAIT)
    assert batch.returncode == 130
    assert states(root) == [State.INTERRUPTED]
    assert kernels_of(root) == []


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at", ["before an import", "while others are read"])
def test_in_the_first_moments_an_interruption_is_told_in_words(tmp_path: Path, asked: int, at: str) -> None:
    """What raises the signal stands where Python imports: before the command line, or in the middle of it."""
    module = {"before an import": "helpers.cli", "while others are read": "typer"}[at]
    start = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), {int(asked)})\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from helpers.start import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", start, "--project", str(tmp_path), "run"],
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    assert done.returncode == 130
    assert done.stderr.startswith("interrupted: what was not finished has changed nothing")
    assert "Traceback" not in done.stderr

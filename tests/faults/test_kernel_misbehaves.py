"""What a notebook can do to its kernel, its machine and the batch: it touches its own report alone."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import v4

from helpers.errors import ReportError
from helpers.runner import execute as execution
from helpers.runner.execute import Executed, execute
from helpers.runner.failures import KernelDeathError, MemoryLimitError, TimeLimitError
from helpers.runner.guard import can_wall_off
from helpers.runner.kernel import kernel_environment
from helpers.runner.parameters import read_notebook
from helpers.runner.plan import Job
from helpers.runner.prewarmed import IS_SUPPORTED, ForkServer
from helpers.runner.watch import Limits

pytestmark = pytest.mark.skipif(not IS_SUPPORTED, reason="kernels are forked on Linux alone")

WAIT = 120  # seconds, for a machine with much else to do

#: leaves a process in a session of its own whose parents have ended, and that no polite request ends
DAEMON = """
import os, signal, time
from pathlib import Path
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        Path({path!r}).write_text(str(os.getpid()))
        time.sleep(3600)
    os._exit(0)
while not Path({path!r}).exists() or not Path({path!r}).read_text():
    time.sleep(0.01)
"""
COUNT = "with open({path!r}, 'a') as file:\n    file.write('x')\n"
Run = Callable[..., Executed]


def write_notebook(folder: Path, *cells: str) -> Path:
    given = v4.new_code_cell('trust: "org" = "SYN07"  # code', metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells_ = [given, *(v4.new_code_cell(cell) for cell in cells)]
    path = folder / "misbehaves.ipynb"
    nbformat.write(v4.new_notebook(cells=cells_, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    home = tmp_path_factory.mktemp("home")
    with ForkServer(kernel_environment({}, home), forbidden=home / "reports") as server:
        yield server


@pytest.fixture
def run(server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(execution, "PAUSES", (0.0, 0.0))

    def run_cells(*cells: str, limits: Limits | None = None, server: ForkServer = server) -> Executed:
        notebook = write_notebook(tmp_path, *cells)
        job = Job(read_notebook(notebook), "SYN07", {"trust": "SYN07"}, notebook)
        folder = tmp_path / f"run{len(list(tmp_path.glob('run*')))}"
        folder.mkdir()
        stop = threading.Event()
        return execute(job, folder, environment={}, limits=limits or Limits(), stop=stop, server=server)

    return run_cells


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_a_kernel_that_was_killed_once_is_started_again(run: Run, tmp_path: Path) -> None:
    counted = tmp_path / "attempts"
    killed_at_first = (
        f"{COUNT.format(path=str(counted))}import os\nif os.path.getsize({str(counted)!r}) == 1:\n"
    )
    executed = run(f"{killed_at_first}    os.kill(os.getpid(), 9)", "'done'")
    assert executed.warnings[0].startswith("run again: its kernel was killed")
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'done'"
    assert counted.read_text() == "xx"


def test_a_kernel_that_always_dies_is_given_up_after_three_attempts(run: Run, tmp_path: Path) -> None:
    counted = tmp_path / "attempts"
    with pytest.raises(KernelDeathError, match=r"Segmentation fault \(signal 11\)"):
        run(COUNT.format(path=str(counted)), "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert counted.read_text() == "xxx"


@pytest.mark.parametrize("cell", ["import os; os._exit(3)", "1 / 0"])
def test_what_the_notebook_itself_did_is_not_tried_again(run: Run, tmp_path: Path, cell: str) -> None:
    counted = tmp_path / "attempts"
    with pytest.raises(ReportError, match=r"exit code 3|division by zero"):
        run(COUNT.format(path=str(counted)), cell)
    assert counted.read_text() == "x"


def test_a_limit_is_not_tried_again(run: Run, tmp_path: Path) -> None:
    counted = tmp_path / "attempts"
    with pytest.raises(MemoryLimitError):
        run(
            COUNT.format(path=str(counted)),
            "held = b'x' * 700_000_000",
            "while True: pass",
            limits=Limits(megabytes=600),
        )
    assert counted.read_text() == "x"


def test_a_daemon_is_ended_with_its_notebook(run: Run, tmp_path: Path) -> None:
    daemon = tmp_path / "daemon"
    run(DAEMON.format(path=str(daemon)))
    assert is_gone(int(daemon.read_text()))


@pytest.mark.long
def test_a_daemon_is_ended_with_a_notebook_that_takes_too_long(run: Run, tmp_path: Path) -> None:
    daemon = tmp_path / "daemon"
    forever = "import time\nwhile True:\n    time.sleep(1)"
    with pytest.raises(TimeLimitError):
        run(DAEMON.format(path=str(daemon)), forever, limits=Limits(seconds=8))
    until(lambda: not daemon.exists() or is_gone(int(daemon.read_text())))


@pytest.mark.long
def test_memory_of_processes_that_a_notebook_leaves_counts(run: Run) -> None:
    greedy = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(os.urandom(1) * 150_000_000)
        time.sleep(3600)
time.sleep(3600)
"""
    with pytest.raises(MemoryLimitError):
        run(greedy, limits=Limits(megabytes=500))


@pytest.mark.long
def test_a_hundred_megabytes_of_print_take_no_gigabytes(run: Run) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes
    with pytest.raises(ReportError, match="more than 64 megabytes of output"):
        run("for _ in range(100_000):\n    print('x' * 1023)", "while True: pass")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 700 * 1024


def test_threads_do_not_keep_a_kernel_alive(run: Run) -> None:
    executed = run(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,)).start()\n'done'"
    )
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'done'"


def test_a_notebook_may_delete_its_working_folder_and_go_elsewhere(run: Run, tmp_path: Path) -> None:
    cells = ("import os, shutil\nshutil.rmtree(os.getcwd())", "os.chdir('/')\n'done'")
    assert run(*cells).notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'done'"
    assert not (tmp_path / "run0" / "work").exists()


@pytest.mark.parametrize(
    "cell",
    [
        "open({path!r}, 'w')",
        "from pathlib import Path; Path({path!r}).mkdir(parents=True)",
        "import os; os.replace('mine', {path!r})",
        "import os; os.open({path!r}, os.O_CREAT | os.O_RDWR)",
        "import pandas; pandas.DataFrame().to_csv({path!r})",
        "import shutil; open('mine', 'w').close(); shutil.copy('mine', {path!r})",
    ],
)
def test_writing_among_the_published_reports_is_refused(
    server: ForkServer, run: Run, tmp_path: Path, cell: str
) -> None:
    reports = Path(server._forbidden)
    (reports / "2026-03").mkdir(parents=True, exist_ok=True)
    around = tmp_path / "around"
    around.symlink_to(reports)
    with pytest.raises(ReportError, match="a notebook writes nothing where reports are published"):
        run("open('mine', 'w').close()", cell.format(path=str(around / "2026-03" / "SYN07.html")))
    assert list((reports / "2026-03").iterdir()) == []


#: changes that no line of Python code makes by itself
UNSEEN = """
import ctypes, os, subprocess, duckdb
reports = {path!r}
subprocess.run(["sh", "-c", f"echo altered > {{reports}}/page.html; rm {{reports}}/page.html; mv {{reports}} gone"])
subprocess.run(["sh", "-c", f"echo new > {{reports}}/new.html; : > {{reports}}/page.html"], start_new_session=True)
assert not ctypes.CDLL(None).fopen(f"{{reports}}/new.html".encode(), b"w")
try:
    duckdb.sql(f"COPY (SELECT 1) TO '{{reports}}/new.csv'")
except duckdb.IOException:
    pass
open("mine", "w").close(), os.mkdir("folder"), os.replace("mine", "folder/mine"), os.remove("folder/mine")
"done"
"""


@pytest.mark.skipif(not can_wall_off(), reason="this system has no Landlock, or an old one")
@pytest.mark.parametrize("kind", ["forked", "started from nothing"])
def test_nothing_that_a_notebook_starts_can_write_among_the_published_reports(
    run: Run, tmp_path: Path, kind: str
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "page.html").write_text("published")
    with ForkServer(kernel_environment({}, tmp_path), forbidden=reports) as server:
        assert server.unfit == ()
        if kind != "forked":
            server._unfit = ["a test wants it so"]
        executed = run(UNSEEN.format(path=str(reports)), server=server)
    assert executed.notebook.cells[-1].outputs[-1]["data"]["text/plain"] == "'done'"
    assert [path.name for path in reports.iterdir()] == ["page.html"]
    assert (reports / "page.html").read_text() == "published"


@pytest.mark.skipif(not can_wall_off(), reason="this system has no Landlock, or an old one")
def test_a_notebook_that_makes_a_file_beside_the_reports_is_told_where_it_can(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "kept").write_text("")
    with ForkServer(kernel_environment({}, tmp_path), forbidden=tmp_path / "reports") as server:
        cell = f"import os; os.chdir({str(tmp_path)!r}); open('notes/new', 'w'); open('kept', 'w')"
        with pytest.raises(ReportError, match="makes nothing new in a folder that leads to the published"):
            run(
                cell,
                "import pathlib; pathlib.Path('none').unlink(missing_ok=True); open('new', 'w')",
                server=server,
            )
    assert (tmp_path / "notes" / "new").exists()


def test_reading_among_the_published_reports_is_allowed(server: ForkServer, run: Run) -> None:
    page = Path(server._forbidden) / "index.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text("here")
    executed = run(f"open({str(page)!r}).read()")
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'here'"


def test_a_server_that_was_killed_is_replaced(tmp_path: Path, run: Run) -> None:
    with ForkServer(kernel_environment({}, tmp_path)) as server:
        run("'first'", server=server)
        assert server._process is not None
        server._process.kill()
        server._process.wait()
        executed = run("'second'", server=server)
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'second'"


RUNNER = """
import sys, threading
from pathlib import Path
from helpers.runner.execute import execute
from helpers.runner.guard import can_wall_off
from helpers.runner.kernel import kernel_environment
from helpers.runner.parameters import read_notebook
from helpers.runner.plan import Job
from helpers.runner.prewarmed import ForkServer
from helpers.runner.watch import Limits
notebook, folder = map(Path, sys.argv[1:])
job = Job(read_notebook(notebook), "SYN07", {}, notebook)
with ForkServer(kernel_environment({}, folder)) as server:
    execute(job, folder, environment={}, limits=Limits(), stop=threading.Event(), server=server)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_nothing_outlives_a_runner_that_was_killed(tmp_path: Path, number: signal.Signals) -> None:
    daemon, kernel, folder = tmp_path / "daemon", tmp_path / "kernel", tmp_path / "run"
    folder.mkdir()
    tell = f"import os\nopen({str(kernel)!r}, 'w').write(str(os.getpid()))"
    notebook = write_notebook(tmp_path, DAEMON.format(path=str(daemon)), tell, "while True: pass")
    with subprocess.Popen([sys.executable, "-c", RUNNER, str(notebook), str(folder)]) as runner:
        until(lambda: kernel.exists() and kernel.read_text() != "")
        below = psutil.Process(runner.pid).children(recursive=True)
        os.kill(runner.pid, number)
    ours = [int(daemon.read_text()), int(kernel.read_text()), *(each.pid for each in below)]
    until(lambda: all(map(is_gone, ours)))


def fill(size: int) -> str:
    return f"with open('big', 'wb') as file:\n    for _ in range({size}):\n        file.write(b'x' * 2**20)"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of a few megabytes, where this user may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"no file system can be made here: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_fails_the_report_and_says_so(server: ForkServer, small_disk: Path) -> None:
    notebook = write_notebook(small_disk, fill(16))
    job = Job(read_notebook(notebook), "SYN07", {}, notebook)
    folder = small_disk / "run"
    folder.mkdir()
    with pytest.raises((ReportError, OSError), match="No space left on device"):
        execute(job, folder, environment={}, limits=Limits(), stop=threading.Event(), server=server)

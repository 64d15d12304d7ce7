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
from helpers.landlock import can_wall_off
from helpers.runner.kernel import execute as execution
from helpers.runner.kernel.execute import Executed, Ground, execute
from helpers.runner.kernel.failures import KernelDeathError, MemoryLimitError, TimeLimitError
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook

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
    with ForkServer(kernel_environment({}, home)) as server:
        yield server


@pytest.fixture
def run(server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(execution, "PAUSES", (0.0, 0.0))

    def run_cells(*cells: str, limits: KernelLimits | None = None, server: ForkServer = server) -> Executed:
        notebook = write_notebook(tmp_path, *cells)
        job = Job(read_notebook(notebook), "SYN07", {"trust": "SYN07"}, notebook)
        folder = tmp_path / f"run{len(list(tmp_path.glob('run*')))}"
        folder.mkdir()
        stop = threading.Event()
        return execute(
            job, folder, environment={}, limits=limits or KernelLimits(), stop=stop, server=server
        )

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
            limits=KernelLimits(megabytes=600),
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
        run(DAEMON.format(path=str(daemon)), forever, limits=KernelLimits(seconds=8))
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
        run(greedy, limits=KernelLimits(megabytes=500))


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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a page published, data, and what another report's run left."""
    root = tmp_path / "project"
    for name, text in {
        "reports/page.html": "published",
        "data/beds.csv": "a,b\n1,2\n",
        "notebooks/own.py": "VALUE = 7\n",
        "notebooks/beside.csv": "a,b\n1,2\n",
        "params/misbehaves/SYN07.yml": "trust: SYN07\n",
        ".boardpack/runs/20260101T000000Z-aaaaaa/other/SYN01/executed.ipynb": "private",
        ".boardpack/mart/CURRENT": "v1",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


InProject = Callable[..., Executed]


@pytest.fixture
def in_project(project: Path, server: ForkServer) -> InProject:
    """Run cells in a report of the project, with all that a batch puts around it."""

    def run_cells(*cells: str, server: ForkServer = server) -> Executed:
        notebook = write_notebook(project / "notebooks", *cells)
        job = Job(read_notebook(notebook), "SYN07", {"trust": "SYN07"}, notebook)
        state = project / ".boardpack"
        folder = state / "runs" / "20260102T000000Z-bbbbbb" / "misbehaves" / "SYN07"
        folder.mkdir(parents=True)
        ground = Ground(project, state, hidden=(state / "runs",))
        environment = {"PROJECT": str(project)}
        return execute(
            job,
            folder,
            environment=environment,
            limits=KernelLimits(),
            stop=threading.Event(),
            server=server,
            ground=ground,
        )

    return run_cells


def contents(root: Path) -> dict[str, str]:
    """Return every file of a project, but those of the run under way and the notebook itself."""
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and "bbbbbb" not in str(path) and path.suffix != ".ipynb"
    }


def test_a_notebook_finds_what_jupyterlab_would_show_it(in_project: InProject, project: Path) -> None:
    executed = in_project(
        "import os, own, pandas as pd\nfrom pathlib import Path",
        "found = [own.VALUE, len(pd.read_csv('beside.csv')), len(pd.read_csv('../data/beds.csv'))]",
        "Path('new.csv').write_text('mine'); Path('../up.csv').write_text('mine'); os.makedirs('a/b')",
        "found, sorted(os.listdir('..')), Path.cwd().name",
    )
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == (
        "([7, 1, 1], ['data', 'notebooks', 'params', 'reports', 'up.csv'], 'notebooks')"
    )
    work = executed.path.parent / "work"
    left = sorted(
        path.relative_to(work).as_posix() for path in work.rglob("*") if "__pycache__" not in str(path)
    )
    assert left == ["notebooks", "notebooks/a", "notebooks/a/b", "notebooks/new.csv", "up.csv"]  # no link
    assert not (project / "notebooks" / "new.csv").exists()


#: ways in which a cell changes a file, and where each is tried in the gate
WAYS = {
    "open({path!r}, 'w')": "{root}/reports/new.html",
    "from pathlib import Path; Path({path!r} + 'x/y').mkdir(parents=True)": "../data/n",
    "import os; os.open({path!r}, os.O_CREAT | os.O_RDWR)": "../reports/page.html",
    "import pandas; pandas.DataFrame().to_csv({path!r})": "beside.csv",
    "import shutil; open('mine', 'w').close(); shutil.copy('mine', {path!r})": "../reports/page.html",
}


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        pytest.param(cell, place, marks=[] if place == tried else pytest.mark.long)
        for cell, tried in WAYS.items()
        for place in sorted({*WAYS.values()})
        # beside it lies the working folder, where a notebook may make folders
        if not ("mkdir" in cell and place == "beside.csv")
    ],
)
def test_changing_the_project_is_refused_with_words(
    in_project: InProject, project: Path, cell: str, place: str
) -> None:
    before = contents(project)
    with pytest.raises(ReportError, match="a notebook changes nothing of the project"):
        in_project(cell.format(path=place.format(root=project)))
    assert contents(project) == before


#: changes that no line of Python code makes by itself, and a look at another report's run
UNSEEN = """
import ctypes, os, subprocess, duckdb
root = os.environ["PROJECT"]
for command in (
    f"echo altered > {root}/reports/page.html", f"rm {root}/reports/page.html", f"mv {root}/reports gone",
    f"echo new > {root}/new.html", f": > {root}/reports/page.html", "echo x > beside.csv", "echo x > ../data/n",
    f"echo v2 > {root}/.boardpack/mart/CURRENT", f"echo x > {root}/params/misbehaves/SYN08.yml",
    f"cat {root}/.boardpac?/runs/*aaaaaa/other/SYN01/executed.ipynb > seen",
):
    subprocess.run(["sh", "-c", command], start_new_session=True, stderr=subprocess.DEVNULL)
assert not ctypes.CDLL(None).fopen(f"{root}/reports/new.html".encode(), b"w")
try:
    duckdb.sql(f"COPY (SELECT 1) TO '{root}/reports/new.csv'")
except duckdb.IOException:
    pass
open("mine", "w").close(), os.mkdir("folder"), os.replace("mine", "folder/mine"), os.remove("folder/mine")
open("seen").read(), open("../.boardpack").read() if os.path.exists("../.boardpack") else "not shown"
"""


@pytest.mark.skipif(not can_wall_off(), reason="this system has no Landlock, or an old one")
@pytest.mark.parametrize("kind", ["forked", "started from nothing"])
def test_nothing_that_a_notebook_starts_changes_the_project_or_sees_other_runs(
    in_project: InProject, project: Path, tmp_path: Path, kind: str
) -> None:
    before = contents(project)
    with ForkServer(kernel_environment({}, tmp_path)) as server:
        assert server.unfit == ()
        if kind != "forked":
            server._unfit = ["a test wants it so"]
        executed = in_project(UNSEEN, server=server)
    assert executed.notebook.cells[-1].outputs[-1]["data"]["text/plain"] == "('', 'not shown')"
    assert contents(project) == before


def test_what_is_published_and_loaded_can_be_read(in_project: InProject) -> None:
    read = "[open(os.environ['PROJECT'] + each).read() for each in {}]"
    executed = in_project("import os\n" + read.format(("/reports/page.html", "/.boardpack/mart/CURRENT")))
    assert executed.notebook.cells[-1].outputs[0]["data"]["text/plain"] == "['published', 'v1']"


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
from helpers.runner.kernel.execute import execute
from helpers.landlock import can_wall_off
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.plan.parameters import read_notebook
from helpers.runner.plan.jobs import Job
from helpers.runner.kernel.prewarmed import ForkServer
from helpers.runner.kernel.watch import KernelLimits
notebook, folder = map(Path, sys.argv[1:])
job = Job(read_notebook(notebook), "SYN07", {}, notebook)
with ForkServer(kernel_environment({}, folder)) as server:
    execute(job, folder, environment={}, limits=KernelLimits(), stop=threading.Event(), server=server)
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
        execute(job, folder, environment={}, limits=KernelLimits(), stop=threading.Event(), server=server)

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import psutil
import pytest

from helpers.errors import DataError, ReportError
from helpers.runner.kernel.execute import Executed, execute
from helpers.runner.kernel.failures import MemoryLimitError, TimeLimitError
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook
from helpers.runner.processes import descendants

FIXTURES = Path(__file__).parents[2] / "fixtures" / "notebooks"


@pytest.fixture(autouse=True)
def _nothing_is_left(
    server: ForkServer | None,  # noqa: ARG001  (started first)
    tmp_path: Path,  # noqa: ARG001  (made first)
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Every test of this module must leave no process and no socket behind."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        before = set(descendants(os.getpid()))
        yield
        left = set(descendants(os.getpid())) - before
        assert [each for each in left if is_alive(each)] == []
        assert list(Path(folder).iterdir()) == []


@pytest.fixture(scope="module", params=["forked", "started"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForkServer | None]:
    """What kernels are forked from; or None, so that each is started as a process of its own."""
    if request.param == "started":
        yield None
        return
    if not IS_SUPPORTED:
        pytest.skip("kernels are forked on Linux alone")
    with ForkServer(kernel_environment({}, tmp_path_factory.mktemp("home"))) as server:
        assert server.unfit == ()
        yield server


Run = Callable[..., Executed]


@pytest.fixture
def run(server: ForkServer | None) -> Run:
    return lambda *given: run_once(server, *given)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def run_once(
    server: ForkServer | None, notebook: str, folder: Path, limits: KernelLimits | None = None
) -> Executed:
    job = Job(read_notebook(FIXTURES / f"{notebook}.ipynb"), "SYN07", {"trust": "SYN07"}, Path("SYN07.yml"))
    environment = {"BOARDPACK_MART_VERSION": "v7"}
    stop = threading.Event()
    return execute(
        job, folder, environment=environment, limits=limits or KernelLimits(), stop=stop, server=server
    )


def test_the_kernel_is_ours_isolated_and_knows_its_parameters(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "no kernels here"))
    folder = tmp_path / "run {with} braces"
    folder.mkdir()
    executed = run("tells", folder)
    (output,) = json.loads(executed.path.read_text("utf-8"))["cells"][-1]["outputs"]
    told = json.loads("".join(output["data"]["text/plain"]).strip("'"))
    assert told == {
        "trust": "SYN07",
        "executable": sys.executable,
        "folder": str(folder / "work"),
        "version": "v7",
        "hash_seed": "0",
        "backend": "module://matplotlib_inline.backend_inline",
        "transport": "ipc",
        "startup_files": [],
    }
    assert executed.peak > 0
    assert executed.warnings == ()


def test_a_cell_that_raises_is_named_with_its_line_error_and_parameters(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        run("raises", tmp_path)
    told = str(caught.value)
    assert "cell 5 (`1 / 0`): ZeroDivisionError: division by zero" in told
    assert "trust='SYN07'" in told
    assert str(tmp_path / "executed.ipynb") in told
    assert (tmp_path / "executed.ipynb").is_file()


def test_a_data_error_of_the_notebook_stays_a_data_error(run: Run, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"cell 4 \(`raise DataError.*nothing of SYN07 in latest; load its data"
    ):
        run("no_data", tmp_path)


def test_a_kernel_that_ends_by_itself_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.runner.kernel.execute.PAUSES", ())
    with pytest.raises(ReportError, match="its kernel ended by itself"):
        run("dies", tmp_path)


def test_the_time_limit_ends_the_kernel_and_what_it_started(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "work" / "child"

    # the watch's clock leaps as soon as the cell has started its child, however long the kernel took
    def leaping() -> float:
        return monotonic() + 900 * (started.exists() and started.stat().st_size > 0)

    monkeypatch.setattr("helpers.runner.kernel.watch.monotonic", leaping)
    with pytest.raises(TimeLimitError, match="longer than 600 seconds"):
        run("slow", tmp_path, KernelLimits(seconds=600))
    child = int(started.read_text())
    assert not is_alive(child)


def test_the_memory_limit_ends_the_kernel(run: Run, tmp_path: Path) -> None:
    with pytest.raises(MemoryLimitError, match="more than 400 megabytes"):
        run("greedy", tmp_path, KernelLimits(megabytes=400))

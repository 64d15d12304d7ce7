"""An ordinary notebook gives the same outputs, cell by cell, in a batch as by papermill and `jupyter execute`."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from helpers.runner.kernel.execute import Ground, execute
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer, imported_by
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook

from .ordinary import NOTEBOOKS, write_project

TOOLS = ("papermill", "jupyter")
PATIENCE = 300  # seconds, for a machine with much else to do
#: what differs from run to run wherever it is run: addresses, Styler's ids, the file that stands for a cell
_PASSING = re.compile(r"0x[0-9a-f]+|T_[0-9a-f]{5}|\S*ipykernel_\d+/\d+\.py|In\[\d+\]")


def write_project_with(name: str, cells: Iterable[str], root: Path) -> Path:
    write_project(root)
    return write_notebook(root / "notebooks", name, cells)


def write_notebook(folder: Path, name: str, cells: Iterable[str]) -> Path:
    made = [v4.new_code_cell("trust = 'SYN07'", metadata={"tags": ["parameters"]})]
    made += map(v4.new_code_cell, cells)
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(v4.new_notebook(cells=made, metadata={"kernelspec": spec}), path)
    return path


@contextlib.contextmanager
def by_standard_tools(
    tools: Sequence[str], name: str, cells: Iterable[str], folder: Path
) -> Iterator[dict[str, Path]]:
    """Run a notebook by some of the tools, beside what is done meanwhile; then what they made is there."""
    binaries = Path(sys.executable).parent
    environ = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_PLATFORM_DIRS": "1"}
    environ.pop("MPLBACKEND", None)
    commands = {
        "papermill": [sys.executable, "-m", "papermill", "--no-progress-bar", f"{name}.ipynb"],
        "jupyter": [str(binaries / "jupyter-execute"), f"{name}.ipynb", "--output"],
    }
    made = {tool: folder / f"{tool}.ipynb" for tool in tools}
    with contextlib.ExitStack() as stack:
        running = []
        for tool, path in made.items():
            notebook = write_project_with(name, cells, folder / tool)
            process = subprocess.Popen(
                [*commands[tool], path], cwd=notebook.parent, env=environ, stderr=subprocess.PIPE
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            running.append(process)
        yield made
        for process in running:
            _, told = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, told.decode()


def outputs(cell: Any) -> list[dict[str, Any]]:
    """Return what a cell gave, without what is no output of its own; texts of one stream as one."""
    found: list[dict[str, Any]] = []
    for each in cell.get("outputs", []):
        told = {key: value for key, value in each.items() if key != "execution_count"}
        if "data" in told:
            told["data"] = {
                # letters of a picture stand for nothing, and are too many to look for words in
                kind: value if kind.startswith("image/") else plain(value)
                for kind, value in told["data"].items()
                if kind != "image/svg+xml"
            }
            told["metadata"] = {k: v for k, v in told["metadata"].items() if k != "image/svg+xml"}
        if told["output_type"] == "stream" and found and found[-1].get("name") == told["name"]:
            found[-1]["text"] += plain(told["text"])
            continue
        found.append({key: plain(value) for key, value in told.items()})
    return found


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(each) for each in value]
    return _PASSING.sub("…", value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """What kernels are forked from, with all imported that the notebooks import, as in a batch."""
    folder = tmp_path_factory.mktemp("preload")
    every = [write_notebook(folder, name, cells) for name, cells in NOTEBOOKS.items()]
    with ForkServer(kernel_environment({}, folder), imported_by(every)) as server:
        yield server


def check_same(
    name: str, cells: Iterable[str], folder: Path, server: ForkServer, tools: Sequence[str] = TOOLS
) -> None:
    notebook = write_project_with(name, cells, root := folder / "project")
    run = root / ".boardpack" / "runs" / name
    run.mkdir(parents=True)
    with by_standard_tools(tools, name, cells, folder) as made:
        assert server.unfit == ()
        ours = execute(
            Job(read_notebook(notebook), name, {}, notebook),
            run,
            environment={},
            limits=KernelLimits(),
            stop=threading.Event(),
            server=server,
            ground=Ground(root, root / ".boardpack", hidden=(run.parent,)),
        )
    seen = [outputs(cell) for cell in ours.notebook.cells]
    assert sum(map(len, seen)) >= 3
    for tool, path in made.items():
        both = zip(nbformat.read(path, as_version=4).cells, seen, strict=True)
        differ = [(cell.source, outputs(cell), found) for cell, found in both if outputs(cell) != found]
        assert differ == [], tool


pytestmark = pytest.mark.skipif(not IS_SUPPORTED, reason="kernels are forked on Linux alone")


@pytest.mark.parametrize("place", range(len(TOOLS)))
def test_all_their_cells_one_after_the_other_give_the_same(
    place: int, tmp_path: Path, server: ForkServer
) -> None:
    """Half of the notebooks beside each tool: both hand cells to the same client of kernels."""
    half = [*NOTEBOOKS.values()][place :: len(TOOLS)]
    joined = [cell for cells in half for cell in ("%reset -f", *cells)]
    check_same("joined", joined, tmp_path, server, TOOLS[place : place + 1])


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_gives_the_same(name: str, tmp_path: Path, server: ForkServer) -> None:
    check_same(name, NOTEBOOKS[name], tmp_path, server)

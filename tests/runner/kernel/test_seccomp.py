"""What a kernel opens is seen from outside it, whoever opens it: Arrow, DuckDB, C, a program that it starts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from helpers.reads import ABSENT, READS_VARIABLE
from helpers.runner.kernel.execute import MIRROR, Executed, Ground, execute
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer
from helpers.runner.kernel.seccomp import can_watch
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.key.surroundings import is_folder, own_files
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook

pytestmark = pytest.mark.skipif(
    not (IS_SUPPORTED and can_watch()), reason="this system tells nobody what others open"
)

#: a program of its own, and what it reads
HELPER = """
import json, waits
from pathlib import Path
print(Path("../data/by_child.csv").read_text(), waits.NAME)
"""
CELLS = {
    "data/by_duckdb.parquet": "import duckdb; duckdb.sql(\"FROM '../data/by_duckdb.parquet'\").fetchall()",
    "data/by_pandas.csv": "import pandas as pd; pd.read_csv('../data/by_pandas.csv', engine='pyarrow')",
    "data/by_arrow.csv": "import pyarrow.csv; pyarrow.csv.read_csv('../data/by_arrow.csv')",
    "data/by_c.csv": "import ctypes; ctypes.CDLL(None).fopen(b'../data/by_c.csv', b'r') or 1 / 0",
    "data/by_shell.csv": "import subprocess; subprocess.run(['sh', '-c', 'cat ../data/by_shell.csv'], check=True)",
    "data/by_thread.csv": (
        "import threading\nthread = threading.Thread(target=lambda: open('../data/by_thread.csv').read())\n"
        "thread.start(); thread.join()"
    ),
    "notebooks/helper.py data/by_child.csv notebooks/waits.py": (
        "import sys; subprocess.run([sys.executable, 'helper.py'], check=True)"
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    with ForkServer(
        kernel_environment({}, tmp_path_factory.mktemp("home")), ["pandas", "duckdb"]
    ) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for folder in ("notebooks", "data", "more"):
        (root / folder).mkdir(parents=True)
    pd.DataFrame({"a": [1]}).to_parquet(root / "data" / "by_duckdb.parquet")
    for name in ("pandas", "arrow", "c", "shell", "thread", "child"):
        (root / "data" / f"by_{name}.csv").write_text("a,b\n1,2\n")
    (root / "notebooks" / "helper.py").write_text(HELPER)
    (root / "notebooks" / "waits.py").write_text("NAME = 'Waits'\n")
    (root / "more" / "x.csv").write_text("a\n1\n")
    return root


Run = Callable[..., Executed]


@pytest.fixture
def run(root: Path, server: ForkServer) -> Run:
    def run_cells(
        *cells: str, server: ForkServer = server, environment: dict[str, str] | None = None
    ) -> Executed:
        given = v4.new_code_cell("trust = 'SYN07'", metadata={"tags": ["parameters"]})
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = root / "notebooks" / "reads.ipynb"
        made = [given, *map(v4.new_code_cell, cells)]
        nbformat.write(v4.new_notebook(cells=made, metadata={"kernelspec": spec}), notebook)
        folder = root / ".boardpack" / "runs" / f"{len(list(root.glob('.boardpack/runs/*')))}"
        folder.mkdir(parents=True)
        return execute(
            Job(read_notebook(notebook), "SYN07", {}, notebook),
            folder,
            environment=environment or {},
            limits=KernelLimits(),
            stop=threading.Event(),
            server=server,
            ground=Ground(root, root / ".boardpack", hidden=(folder.parent,)),
        )

    return run_cells


def seen(executed: Executed, root: Path) -> dict[str, str]:
    """Return the own files that a report was seen to read, and what lies there."""
    mirror = executed.path.parent / MIRROR
    return own_files(executed.notes, root, (root / ".boardpack",), mirror)


def named(keys: Sequence[str]) -> set[str]:
    return {name for key in keys for name in key.split()}


@pytest.mark.parametrize("kind", ["forked", "started from nothing"])
def test_whoever_opens_a_file_is_seen(run: Run, root: Path, tmp_path: Path, kind: str) -> None:
    with ForkServer(kernel_environment({}, tmp_path)) as server:
        if kind != "forked":
            server._unfit = ["a test wants it so"]
        found = seen(run(*CELLS.values(), server=server), root)
    assert set(found) == named(list(CELLS))
    assert ABSENT not in found.values()


def test_what_is_not_there_is_seen_and_so_is_a_folder_that_is_listed(run: Run, root: Path) -> None:
    found = seen(
        run(
            "import ctypes, duckdb, subprocess\nctypes.CDLL(None).fopen(b'../data/not_there.csv', b'r')",
            "duckdb.sql(\"FROM '../more/*.csv'\").fetchall()",
            "subprocess.run(['ls', '../data'], check=True)",
        ),
        root,
    )
    assert set(found) == {"data", "data/not_there.csv", "more", "more/x.csv"}
    assert found["data/not_there.csv"] == ABSENT
    assert is_folder(found["data"])
    assert is_folder(found["more"])


def test_a_folder_in_which_modules_are_looked_for_is_no_reading(run: Run, root: Path) -> None:
    found = seen(run("import importlib.metadata, waits\nlen(importlib.metadata.entry_points())"), root)
    assert set(found) == {"notebooks/waits.py"}


def test_a_folder_beside_the_notebook_is_one_when_it_is_listed(run: Run, root: Path) -> None:
    (root / "notebooks" / "own.csv").write_text("a\n1\n")
    found = seen(run("import duckdb\nduckdb.sql(\"FROM '*.csv'\").fetchall()"), root)
    assert set(found) == {"notebooks", "notebooks/own.csv"}


def test_what_the_notebook_itself_writes_is_no_reading(run: Run, root: Path) -> None:
    write = "import duckdb\nduckdb.sql(\"COPY (SELECT 1 AS a) TO 'mine.parquet'\")"
    read = "duckdb.sql(\"FROM 'mine.parquet'\").fetchall()"
    assert seen(run(write, read), root) == {}


def test_a_file_that_changes_while_it_is_read_is_told_from_what_it_is_now(run: Run, root: Path) -> None:
    path = root / "data" / "by_c.csv"
    executed = run(CELLS["data/by_c.csv"])
    before = seen(executed, root)["data/by_c.csv"]
    path.write_text("changed\n")
    assert seen(executed, root)["data/by_c.csv"] != before


def test_without_a_file_for_notes_nothing_is_watched(run: Run) -> None:
    executed = run(CELLS["data/by_c.csv"], environment={READS_VARIABLE: ""})
    assert executed.notes == ()

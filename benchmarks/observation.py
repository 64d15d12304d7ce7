"""What it costs to see what a report reads: python benchmarks/observation.py [NOTEBOOK]

Runs the cells of a notebook (`performance_report` unless named) over the invented data in a fresh process, in turn
with and without what is observed in a kernel: the plans of its queries, the questions to the register, the files
that Python opens, the modules. Prints the least processor time of each, over three turns: it hardly depends on
what else the machine does. Then what the runner does with the notes: which files count, and their hashes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from helpers.cli.assembly import open_mart, open_project
from helpers.data.synthetic import write_demo
from helpers.places import ROOT_VARIABLE
from helpers.reads import READS_VARIABLE, read_notes
from helpers.runner.key.surroundings import look_through, survey

TURNS = 3
ROOT = Path(__file__).resolve().parents[1]
RUN = """
import sys, time
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

notebook, observed = sys.argv[1], sys.argv[2] == "observed"
import helpers.data.mart.reader as mart
import helpers.report.report as reports
import helpers.runner.kernel.audit_hook as audit_hook
import matplotlib.pyplot, pandas, pyarrow.parquet

cells = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
if observed:
    audit_hook.load_ipython_extension(shell)
else:
    mart.observe = lambda connection: None
    mart.tables_read = lambda *_: frozenset(mart.TABLES)
    reports.ObservedRegister.over = staticmethod(lambda register: register)
began = time.process_time()
with capture_output():
    for cell in cells:
        shell.run_cell(cell.source).raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            shell.run_cell("trust = 'SYN07'")
print(time.process_time() - began)
"""


def lay_out(root: Path) -> None:
    """Make a project with the shipped notebooks and register, and the invented data."""
    for name in ("notebooks", "params/_register"):
        shutil.copytree(ROOT / name, root / name)
    write_demo(open_mart(root), scale=0.1)


def run(root: Path, notebook: str, how: str, notes: Path) -> float:
    """Return the processor seconds of a notebook's cells."""
    environment = {**os.environ, ROOT_VARIABLE: str(root), READS_VARIABLE: str(notes), "MPLBACKEND": "agg"}
    path = str(root / "notebooks" / f"{notebook}.ipynb")
    command = [sys.executable, "-W", "ignore", "-c", RUN, path, how]
    done = subprocess.run(
        command, env=environment, cwd=root / "notebooks", capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    """Print what observation costs a report."""
    notebook = sys.argv[1] if len(sys.argv) > 1 else "performance_report"
    with tempfile.TemporaryDirectory() as folder:
        root, notes = Path(folder, "project"), Path(folder, "reads")
        lay_out(root)
        took: dict[str, list[float]] = {"plain": [], "observed": []}
        for _ in range(TURNS):
            for how, seconds in took.items():
                notes.unlink(missing_ok=True)
                seconds.append(run(root, notebook, how, notes))
        plain, observed = min(took["plain"]), min(took["observed"])
        print(
            f"{notebook}: {plain:.3f} s plain, {observed:.3f} s observed: {1000 * (observed - plain):+.0f} ms"
        )
        found = tuple(read_notes(notes))
        project = open_project(root)
        surroundings = survey(project)
        began = time.process_time()
        look_through(found, project, surroundings)
        print(f"{len(found)} notes {json.dumps(Counter(each.kind for each in found))}, ", end="")
        print(f"looked through by the runner in {1000 * (time.process_time() - began):.1f} ms")


if __name__ == "__main__":
    main()

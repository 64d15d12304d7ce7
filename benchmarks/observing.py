"""What it costs to see what a kernel opens: for each opening, and for a report.

    python benchmarks/observing.py [--openings 2000] [--reports 10]

An opening is that of a file of the machine, which is passed over, and of one of the project. The report is a small
one: it reads a table beside the notebook and draws it. With observation and without, in turns; where the system
tells nobody what others open (`helpers.runner.kernel.seccomp`), what the interpreter itself sees remains.

Machines are noisy: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import nbformat
from nbformat import v4

from helpers.reads import READS_VARIABLE
from helpers.runner.kernel.execute import Executed, Ground, execute
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import ForkServer, imported_by
from helpers.runner.kernel.seccomp import can_watch
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook

REPORT = (
    "import pandas as pd\nimport seaborn as sns",
    "waits = pd.read_csv('waits.csv')\nwaits",
    "sns.lineplot(waits, x='month', y='waiting')",
)
OPENINGS = """
import json, os, time
def one(path):
    began = time.perf_counter()
    for _ in range({number}):
        os.close(os.open(path, os.O_RDONLY))
    return (time.perf_counter() - began) / {number} * 1e6
print(json.dumps([one("/etc/hostname"), one("waits.csv")]))
"""


def lay_out(root: Path, name: str, *cells: str) -> Path:
    """Write a notebook with a table beside it, and return its path."""
    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    (root / "notebooks" / "waits.csv").write_text("month,waiting\n1,10\n2,12\n", "utf-8")
    given = v4.new_code_cell("trust = 'SYN07'", metadata={"tags": ["parameters"]})
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = root / "notebooks" / f"{name}.ipynb"
    made = v4.new_notebook(cells=[given, *map(v4.new_code_cell, cells)], metadata={"kernelspec": spec})
    nbformat.write(made, path)
    return path


def run(notebook: Path, root: Path, server: ForkServer, *, observed: bool) -> tuple[float, Executed]:
    """Run a notebook as a batch does; return the seconds on the clock as well."""
    folder = Path(tempfile.mkdtemp(dir=root / ".boardpack" / "runs"))
    began = time.perf_counter()
    executed = execute(
        Job(read_notebook(notebook), "SYN07", {}, notebook),
        folder,
        environment={} if observed else {READS_VARIABLE: ""},
        limits=KernelLimits(),
        stop=threading.Event(),
        server=server,
        ground=Ground(root, root / ".boardpack", hidden=(folder.parent,)),
    )
    return time.perf_counter() - began, executed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--openings", type=int, default=2000)
    parser.add_argument("--reports", type=int, default=10)
    given = parser.parse_args()
    print("seen from outside" if can_watch() else "seen by the interpreter alone")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        report = lay_out(root, "report", *REPORT)
        openings = lay_out(root, "openings", OPENINGS.format(number=given.openings))
        (root / ".boardpack" / "runs").mkdir(parents=True)
        with ForkServer(kernel_environment({}, Path(folder)), imported_by([report])) as server:
            run(report, root, server, observed=True)  # what is done once
            took: dict[bool, list[float]] = {True: [], False: []}
            for _ in range(given.reports):
                for observed, seconds in took.items():
                    seconds.append(run(report, root, server, observed=observed)[0])
            for observed in (False, True):
                _, executed = run(openings, root, server, observed=observed)
                machine, own = json.loads(executed.notebook.cells[-1].outputs[0]["text"])
                word = "observed" if observed else "unobserved"
                print(
                    f"{word:>10}: an opening {machine:6.0f} µs of the machine's, {own:6.0f} µs of the project's"
                )
    with_, without = median(took[True]), median(took[False])
    print(f"a report: {without:.2f} s unobserved, {with_:.2f} s observed: ratio {with_ / without:.3f}")


if __name__ == "__main__":
    main()

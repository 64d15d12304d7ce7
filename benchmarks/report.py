"""What a batch costs, beside the plain loop of standard commands and beside the floor; and where its time goes.

    python benchmarks/report.py [--reports 24] [--loop 24] [--notebooks small los_published los_deviation]

Needs the demo data (`boardpack demo build`). All of it in one run, for each notebook, as HTML and PDF:

* the loop: for each report the papermill command and Quarto to HTML and to PDF, each a process of its own;
  where there is no Quarto, what our embedded engine is made of: nbconvert, pandoc, Typst.
* the floor: the same cells in one warm process, pandoc and Typst, with nothing around them.
* boardpack with one report at a time on one core, with one and with two, where there is Quarto also with it in
  place of the embedded engine; and one report alone, which tells what a batch costs before its first report: the
  command, and the libraries that all kernels are forked with.

A notebook is one of the project's or one of this folder's: `small` reads once and shows a chart and a table.

Machines are noisy: read the ratios. Seconds of processor time count all processes of a batch and hardly
depend on what else the machine does; seconds on the clock do.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

#: the first trusts of the demo data, which have all that the notebooks need; reports go round them
TRUSTS = 12
ROOT = Path(__file__).resolve().parents[1]
STATE = Path(os.environ.get("BOARDPACK_STATE") or ROOT / ".boardpack")
TYPST = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
PANDOC = "import sys, subprocess, pypandoc; subprocess.run([pypandoc.get_pandoc_path(), *sys.argv[1:]], check=True)"
FLOOR = """
import json, os, resource, subprocess, sys, time
import nbformat, pypandoc, typst
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

notebook, folder, *trusts = sys.argv[1:]
cells = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
os.chdir(folder)

def run(trust):
    with capture_output():
        for cell in cells:
            shell.run_cell(cell.source).raise_error()
            if "parameters" in cell.metadata.get("tags", []):
                shell.run_cell(f"trust = {trust!r}")
    shell.reset(new_session=False)

def render():
    for options in (["-o", "floor.html", "--embed-resources"], ["-o", "floor.typ"]):
        command = [pypandoc.get_pandoc_path(), "report.md", "--standalone", "--metadata=title=Report", *options]
        subprocess.run(command, check=True)
    typst.compile("floor.typ", output="floor.pdf")

def processor():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

run(trusts[0]), render()  # warm
began, before_all, cells_took = time.perf_counter(), processor(), 0.0
for trust in trusts:
    before = time.perf_counter()
    run(trust)
    cells_took += time.perf_counter() - before
    render()
print(json.dumps([time.perf_counter() - began, processor() - before_all, cells_took]))
"""


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of the processors, for one report."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:6.2f} s on the clock, {self.processor:6.2f} s of processors"


def measure(work: Callable[[], Any], reports: int) -> tuple[Cost, Any]:
    """Do some work in child processes; return its cost for each report, and its result."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    result = work()
    clock, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(clock / reports, processor / reports), result


def run(*words: str | Path, cwd: Path, **keywords: Any) -> subprocess.CompletedProcess[str]:
    """Run a command quietly."""
    told = {
        **os.environ,
        "BOARDPACK_ROOT": str(ROOT),
        "BOARDPACK_STATE": str(STATE),
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [str(word) for word in words]
    return subprocess.run(
        command, cwd=cwd, env=told, check=True, capture_output=True, text=True, **keywords
    )


def run_loop(folder: Path, notebook: Path, trusts: list[str], quarto: str | None) -> dict[str, float]:
    """Make reports with the standard commands, one after the other; return the seconds of each command."""
    python = sys.executable
    seconds: dict[str, float] = {}
    executed, text, typ = folder / "out.ipynb", folder / "out.md", folder / "out.typ"
    figures = ["--standalone", "--metadata", "title=Report"]
    pandoc = [python, "-c", PANDOC, text, *figures]
    commands: dict[str, list[str | Path]] = {}
    if quarto:
        commands |= {
            f"quarto {kind}": [quarto, "render", executed, "--to", kind] for kind in ("html", "typst")
        }
    else:
        commands["nbconvert"] = [python, "-m", "nbconvert", "--to", "markdown", "--no-input", executed]
        commands["pandoc html"] = [*pandoc, "--embed-resources", "-o", folder / "out.html"]
        commands["pandoc typst"] = [*pandoc, "-o", typ]
        commands["typst"] = [python, "-c", TYPST, typ, folder / "out.pdf"]
    for trust in trusts:
        papermill = [python, "-m", "papermill", notebook, executed, "-p", "trust", trust]
        for name, words in {"papermill": papermill, **commands}.items():
            began = time.perf_counter()
            run(*words, cwd=folder)
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began
    return {name: value / len(trusts) for name, value in seconds.items()}


def lay_out(folder: Path, notebook: Path, trusts: list[str]) -> Path:
    """Make a project with one notebook and a parameter file for each report."""
    for name in ("notebooks", f"params/{notebook.stem}"):
        (folder / name).mkdir(parents=True)
    shutil.copy(notebook, folder / "notebooks")
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copytree(ROOT / "params" / "_register", folder / "params" / "_register")
    for number, trust in enumerate(trusts):
        (folder / "params" / notebook.stem / f"{trust}-{number}.yml").write_text(
            f"trust: {trust}\n", "utf-8"
        )
    return folder


@dataclass(frozen=True)
class Way:
    """How boardpack makes the reports: how many at a time, on which cores, with which engine."""

    name: str
    jobs: int
    cores: frozenset[int]
    renderer: str = "embedded"


def ways(quarto: str | None) -> list[Way]:
    """Return the ways that are compared; the first is the one whose steps are listed."""
    every = frozenset(os.sched_getaffinity(0))
    one = frozenset({min(every)})
    found = [
        Way("one at a time, one core", 1, one),
        Way("one at a time", 1, every),
        Way("two at a time", 2, every),
    ]
    if quarto:
        found += [
            Way("Quarto, one, one core", 1, one, "quarto"),
            Way("Quarto, one at a time", 1, every, "quarto"),
            Way("Quarto, two at a time", 2, every, "quarto"),
        ]
    return found


def run_boardpack(project: Path, way: Way, *names: str) -> dict[str, Any]:
    """Run reports of a project in one way, all or those named; return what the command says."""
    words = ("run", *names, "--force", "--json", "--jobs", str(way.jobs), "--renderer", way.renderer)
    state = Path(tempfile.mkdtemp(dir=project))
    # a state of its own knows nothing of what another way has told of patients, and would publish nothing beside it
    shutil.rmtree(project / "reports", ignore_errors=True)
    (state / "mart").symlink_to(STATE.resolve() / "mart")
    command = (sys.executable, "-m", "helpers.cli", "--project", project, *words)
    told = {**os.environ, "BOARDPACK_STATE": str(state)}
    done = subprocess.run(
        list(map(str, command)),
        env=told,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, way.cores),
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    batch: dict[str, Any] = json.loads(done.stdout)
    batch["cells"] = mean(cell_seconds(path) for path in state.glob("runs/*/*/*/executed.ipynb"))
    return batch


def cell_seconds(executed: Path) -> float:
    """Return the seconds that the cells of an executed notebook took."""
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    return sum(cell["metadata"].get("papermill", {}).get("duration") or 0.0 for cell in cells)


def show_budget(batch: dict[str, Any], cost: Cost) -> None:
    """Print where the time of a report goes when one is made after the other."""
    steps = [report["timings"] for report in batch["reports"]]
    for name in steps[0]:
        took = mean(each.get(name, 0.0) for each in steps)
        within = f"  (of which its cells {batch['cells']:.2f} s)" if name == "execute" else ""
        print(f"    {name:10s} {took:6.2f} s{within}")
    print(
        f"    all steps  {mean(sum(each.values()) for each in steps):6.2f} s, of a report on the clock "
        f"{cost.clock:.2f} s: steps of two reports overlap, and the command's start is shared out"
    )
    print(f"    peak of a kernel {max(report['peak'] for report in batch['reports']):.0f} MB")


def compare(notebook: Path, reports: int, loops: int, quarto: str | None) -> None:
    """Print one notebook's costs and ratios."""
    trusts = [f"SYN{1 + number % TRUSTS:02d}" for number in range(reports)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loop, parts = measure(lambda: run_loop(folder, notebook, trusts[:loops], quarto), loops)
        executed = folder / "out.ipynb"
        run(sys.executable, "-m", "nbconvert", "--to", "markdown", "--no-input", executed, cwd=folder)
        (folder / "out.md").rename(folder / "report.md")
        done = run(sys.executable, "-c", FLOOR, notebook, folder, *trusts, cwd=folder)
        *both, cells = (seconds / reports for seconds in json.loads(done.stdout))
        floor = Cost(*both)
        project = lay_out(folder / "project", notebook, trusts)
        compared = ways(quarto)
        alone, _ = measure(lambda: run_boardpack(project, compared[0], f"{trusts[0]}-0"), 1)
        costs, batches = {}, {}
        for way in compared:
            costs[way.name], batches[way.name] = measure(
                lambda way=way: run_boardpack(project, way), reports
            )
    print(f"\n{notebook.stem}, {reports} reports as HTML and PDF; for each report:")
    print(f"  the loop ({loops} reports)       {loop}")
    print("    " + ", ".join(f"{name} {value:.2f} s" for name, value in parts.items()))
    print(f"  the floor                  {floor}; its cells {cells:.2f} s")
    for name, cost in costs.items():
        print(f"  boardpack, {name:24s}{cost}")
        print(
            f"    {loop.clock / cost.clock:.1f} times the loop, {cost.clock / floor.clock:.2f} times the floor's time;"
        )
        times = loop.processor / cost.processor, cost.processor / floor.processor
        print(f"    of processors {times[0]:.1f} times the loop, {times[1]:.2f} times the floor's time")
    slow, _, together, *_ = (costs[way.name] for way in compared)
    print(f"  two on two cores: {slow.clock / together.clock:.2f} times as fast as one on one core")
    each = (slow.processor * reports - alone.processor) / (reports - 1)
    print(
        f"  of processors on one core {each:.2f} s for each further report, {each / floor.processor:.2f} times the "
        f"floor's, and {alone.processor - each:.1f} s before the first, shared out among {reports}"
    )
    for way in compared[::3]:
        print(f"  budget, {way.name}:")
        show_budget(batches[way.name], costs[way.name])


def main() -> None:
    """Read the arguments and print the comparison for each notebook."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--loop", type=int, help="reports that the loop makes; all by default")
    parser.add_argument("--notebooks", nargs="+", default=["small", "los_published", "los_deviation"])
    arguments = parser.parse_args()
    quarto = shutil.which("quarto") or os.environ.get("QUARTO_PATH")
    print(
        f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}; the loop's renderer: "
        f"{quarto or 'nbconvert, pandoc, Typst'}"
    )
    for name in arguments.notebooks:
        own = Path(__file__).with_name(f"{name}.ipynb")
        notebook = own if own.exists() else ROOT / "notebooks" / own.name
        compare(notebook, arguments.reports, arguments.loop or arguments.reports, quarto)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nlargest process of all: {peak:.0f} MB")


if __name__ == "__main__":
    main()

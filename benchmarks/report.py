"""What a report costs: the steps of one, and a batch beside the plain loop of standard commands.

    python benchmarks/report.py [--reports 24] [--jobs 1]

Needs the demo data (`boardpack demo build`). The plain loop runs, for each report, the papermill command,
nbconvert to Markdown, and pandoc to HTML and to a PDF by Typst, each a process of its own. Machines are
noisy: read the ratios, which come from one run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "los_deviation.ipynb"
IMPORTS = "import helpers.report.los.deviation"
TYPST = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
PANDOC = "import sys, subprocess, pypandoc; subprocess.run([pypandoc.get_pandoc_path(), *sys.argv[1:]], check=True)"


def run(*command: str | Path, cwd: Path = ROOT) -> float:
    """Run a command of this environment quietly and return its seconds."""
    began = time.perf_counter()
    words = [str(word) for word in command]
    subprocess.run([sys.executable, *words], cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - began


def boardpack(names: list[str], jobs: int) -> tuple[float, list[dict[str, object]]]:
    """Run reports through boardpack, due or not; return seconds and what it says of each."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "helpers.cli", "run", *names, "--force", "--json", "--jobs", str(jobs)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, json.loads(done.stdout)["reports"]


def plain_report(folder: Path, trust: str) -> dict[str, float]:
    """Make one report with the standard commands; return the seconds of each."""
    executed, text = folder / "out.ipynb", folder / "out.md"
    seconds = {"papermill": run("-m", "papermill", NOTEBOOK, executed, "-p", "trust", trust)}
    seconds["nbconvert"] = run("-m", "nbconvert", "--to", "markdown", "--no-input", executed)
    figures = ["--standalone", "--metadata", "title=Report"]
    seconds["html"] = run(
        "-c", PANDOC, text, *figures, "--embed-resources", "-o", folder / "out.html", cwd=folder
    )
    seconds["pdf"] = run("-c", PANDOC, text, *figures, "-o", folder / "out.typ", cwd=folder)
    seconds["pdf"] += run("-c", TYPST, folder / "out.typ", folder / "out.pdf", cwd=folder)
    return seconds


def show_steps() -> None:
    """Print the steps of one report, alone on the machine."""
    seconds, (report,) = boardpack(["los_deviation/SYN07"], jobs=1)
    steps = dict(report["timings"])  # type: ignore[call-overload]
    print(f"one report, {seconds:.1f} s in all, peak of its kernel {report['peak']} MB")
    print(f"  command's own start  {seconds - sum(steps.values()):6.2f} s")
    print(f"  (imports alone       {run('-c', IMPORTS):6.2f} s, part of execute)")
    for name, value in steps.items():
        print(f"  {name:20s} {value:6.2f} s")


def show_batch(reports: int, jobs: int) -> None:
    """Print a batch beside the plain loop."""
    trusts = [f"SYN{number:02d}" for number in range(1, reports + 1)]
    with tempfile.TemporaryDirectory(dir=ROOT / ".boardpack") as folder:
        plain = [plain_report(Path(folder), trust) for trust in trusts]
    loop = sum(sum(each.values()) for each in plain)
    parts = {name: sum(each[name] for each in plain) / reports for name in plain[0]}
    with Batch(trusts) as names:
        ours, _ = boardpack(names, jobs)
    print(f"{reports} reports: plain loop {loop:.1f} s, boardpack {ours:.1f} s with {jobs} job(s)")
    print("  a report in the loop: " + ", ".join(f"{name} {value:.2f} s" for name, value in parts.items()))
    print(f"  ratio: {loop / ours:.2f} times the loop's speed")


class Batch:
    """Parameter files for a batch, removed afterwards."""

    def __init__(self, trusts: list[str]) -> None:
        self._files = [ROOT / "params" / "los_deviation" / f"bench-{trust}.yml" for trust in trusts]
        self._trusts = trusts

    def __enter__(self) -> list[str]:
        for file, trust in zip(self._files, self._trusts, strict=True):
            file.write_text(f"trust: {trust}\n", "utf-8")
        return [f"los_deviation/{file.stem}" for file in self._files]

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.unlink()
            for made in (ROOT / "reports").glob(f"*/los_deviation/{file.stem}.*"):
                made.unlink()


def main() -> None:
    """Read the arguments and print both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    show_steps()
    show_batch(arguments.reports, arguments.jobs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process of all: {peak:.0f} MB")


if __name__ == "__main__":
    main()

"""What a report costs in this checkout and in another one, one after the other in one run, as a ratio.

    git worktree add /tmp/before COMMIT
    python benchmarks/before_and_after.py /tmp/before [performance_report/SYN07 …] [--times 3] [--scale 0.1]

Each checkout makes its own demo data first. The processor time is that of all processes of the command `boardpack
run`, from its start to the published HTML and PDF; the least of several times is compared, since other work on the
machine only adds to it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def boardpack(checkout: Path, state: Path, *words: str) -> float:
    """Run a command of a checkout; return the seconds of processor time of all its processes."""
    told = {"BOARDPACK_STATE": str(state), "PYTHONPATH": str(checkout / "src"), "OPENBLAS_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "helpers.cli", *words]
    subprocess.run(command, cwd=checkout, env=os.environ | told, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_demo(checkout: Path, state: Path, scale: float) -> None:
    """Make the demo data of a checkout; the command had one word once."""
    size = ("--scale", str(scale))
    try:
        boardpack(checkout, state, "demo", "build", *size)
    except subprocess.CalledProcessError:
        boardpack(checkout, state, "demo", *size)


def main() -> None:
    """Print the seconds of both and their ratio for each report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("reports", nargs="*", default=["performance_report/SYN07"])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the demo data; 1 is its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        states = {each: Path(name) / str(n) for n, each in enumerate((asked.before.resolve(), HERE))}
        for checkout, state in states.items():
            make_demo(checkout, state, asked.scale)
        for report in asked.reports:
            found: dict[Path, list[float]] = {checkout: [] for checkout in states}
            for _ in range(asked.times):
                for checkout, state in states.items():
                    words = ("run", report, "--force", "--jobs", "1", "--renderer", "embedded")
                    found[checkout].append(boardpack(checkout, state, *words))
            before, after = (min(seconds) for seconds in found.values())
            print(
                f"{report}: {before:.2f} s before, {after:.2f} s now, {after / before:.2f} times",
                flush=True,
            )
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")


if __name__ == "__main__":
    main()

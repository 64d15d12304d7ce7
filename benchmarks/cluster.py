"""Seconds of a batch on 1, 2 and 3 workers of Dask, beside the local batch: python benchmarks/cluster.py [REPORTS].

The workers are processes of this machine, so the figures say what the cluster costs and not what more machines
bring: those need machines. Each report is the small notebook; HTML alone is rendered.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from distributed import Client

from helpers.runner.batch.run import Order, run_batch
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

NOTEBOOK = Path(__file__).parents[1] / "tests" / "fixtures" / "notebooks" / "good.ipynb"


def timed(folder: Path, reports: int, cluster: str = "") -> str:
    """Return the seconds of a batch in a new project, with how many reports were published."""
    root = folder / (cluster.rpartition(":")[2] or "local") / str(time.monotonic_ns())
    params = root / "params" / "good"
    params.mkdir(parents=True)
    (root / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, root / "notebooks")
    for number in range(1, reports + 1):
        (params / f"SYN{number:02}.yml").write_text(f'trust: SYN{number:02}\nperiod: "2026-03"\n')
    project = Project(root)
    began = time.perf_counter()
    batch = run_batch(project, make_plan(project), Order(formats=("html",), jobs=2, cluster=cluster))
    seconds = time.perf_counter() - began
    published = sum(str(entry.state) == "published" for entry in batch.entries)
    return f"{seconds:6.1f} s, {60 * published / seconds:5.1f} reports a minute, {published} published"


def main() -> None:
    """Time the batches and print a line for each."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    print(f"{reports} reports, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"local, 2 jobs  {timed(folder, reports)}")
        known = ["--scheduler-file", str(folder / "scheduler.json"), "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", *known]
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--nthreads",
            "1",
            "--no-nanny",
            *known,
        ]
        processes = [subprocess.Popen(scheduler, **quiet)]
        try:
            for workers in (1, 2, 3):
                processes.append(
                    subprocess.Popen([*worker, "--local-directory", str(folder / "work")], **quiet)
                )
                with Client(scheduler_file=known[1], set_as_default=False) as client:
                    client.wait_for_workers(workers, timeout=120)
                    address = client.scheduler.address
                print(f"{workers} workers      {timed(folder, reports, address)}", flush=True)
        finally:
            for process in processes:
                process.kill()


if __name__ == "__main__":
    main()

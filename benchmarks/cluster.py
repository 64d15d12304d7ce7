"""Seconds of a batch on workers of Dask, beside the local batch: python benchmarks/cluster.py [REPORTS [WORKERS …]].

The workers are processes of this machine, so the figures say what the cluster costs and not what more machines
bring: those need machines. The seconds of the clock begin when the workers are there, and hold what each of them
imports once; those of the processor hold all that was started, scheduler and workers too. Each report is the small
notebook; HTML alone is rendered.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from distributed import Client

from helpers.runner.batch.run import Order, run_batch
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

NOTEBOOK = Path(__file__).parents[1] / "tests" / "fixtures" / "notebooks" / "good.ipynb"
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_DASK = {name: [sys.executable, "-m", f"distributed.cli.dask_{name}"] for name in ("scheduler", "worker")}


def project_in(root: Path, reports: int) -> Project:
    """Lay out a project of so many reports."""
    params = root / "params" / "good"
    params.mkdir(parents=True)
    (root / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, root / "notebooks")
    for number in range(1, reports + 1):
        (params / f"SYN{number:02}.yml").write_text(f'trust: SYN{number:02}\nperiod: "2026-03"\n')
    return Project(root)


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Yield the address of a cluster with so many workers; none for no workers."""
    if not workers:
        yield ""
        return
    known = ["--scheduler-file", str(folder / "scheduler.json"), "--no-dashboard"]
    mine = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder / "work")]
    commands = [
        [*_DASK["scheduler"], "--port", "0", *known],
        *[[*_DASK["worker"], *mine, *known]] * workers,
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen(command, **quiet) for command in commands]
    try:
        with Client(scheduler_file=known[1], set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
            address = client.scheduler.address
        yield address
    finally:
        for process in processes:
            process.kill()


def used() -> float:
    """Return the seconds of the processor that this process and all that it started, and that has ended, took."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in found)


def timed(folder: Path, reports: int, workers: int) -> str:
    """Return what a batch in a new project takes, with how many reports were published."""
    before = used()
    project = project_in(folder / "project", reports)
    with cluster(folder, workers) as address:
        began = time.perf_counter()
        order = Order(formats=("html",), jobs=2, cluster=address)
        batch = run_batch(project, make_plan(project), order)
        seconds = time.perf_counter() - began
    published = sum(str(entry.state) == "published" for entry in batch.entries)
    processor = used() - before
    return (
        f"{seconds:6.1f} s, {60 * published / seconds:5.1f} reports a minute, processor {processor:6.1f} s, "
        f"{published} published, load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Time the batches and print a line for each."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    chosen = [int(each) for each in sys.argv[2:]] or [0, 1, 2, 3]
    # what a worker that was killed leaves comes to this process, which counts what it took
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    print(f"{reports} reports on {os.cpu_count()} cores")
    for workers in chosen:
        with tempfile.TemporaryDirectory() as name:
            what = f"{workers} workers" if workers else "local, 2 jobs"
            print(f"{what:14} {timed(Path(name), reports, workers)}", flush=True)


if __name__ == "__main__":
    main()

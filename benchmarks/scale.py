"""A country's records: drawing, loading, benchmarks, reports, and pandas beside DuckDB on a part of the rows.

    python benchmarks/scale.py [--spells 20_000_000] [--appointments 100_000_000] [--trusts 5] [--folder /tmp/scale]

Each step runs in a process of its own, which prints seconds on the clock, of the processor, and its largest resident
memory; the system gives none more than `LIMIT` bytes. The benchmarks by trust and stratum come first, alone; the first
report of a kind works out what else is kept once per load, and those of `--trusts` others rest on it. Reports a minute
are reckoned from these. The folder is removed at the end unless it was named (and then used again).

Aims, on two cores: load under 10 minutes, benchmarks under 60 s, a report under 3 s and 600 MB, over 60 reports a
minute, ten times pandas.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPELLS, APPOINTMENTS = 500_000, 600_000  # at scale 1
SEED = 20260930
#: bytes that a step may have of its own, by the system
LIMIT = 4 * 1024**3
#: with a history before and ordinary numbers
TRUSTS = (
    "SYN11",
    "SYN22",
    "SYN02",
    "SYN31",
    "SYN36",
    "SYN46",
    "SYN07",
    "SYN17",
    "SYN27",
    "SYN12",
    "SYN01",
    "SYN62",
)
COUNTED = ("specialty_code", "kind", "mode", "age_band", "sex", "outcome")


# --- the steps ----------------------------------------------------------------------------------------


def draw(folder: Path, table: str, scale: str) -> None:
    """Write the records as Parquet."""
    from helpers.data.synthetic.parts import write_records

    write_records(folder, table, scale=float(scale), seed=SEED)


def load(folder: Path, table: str) -> None:
    """Load the Parquet file, into a mart with the demo's publications."""
    from helpers.data.loading.load import load_paths
    from helpers.data.mart import Mart
    from helpers.data.synthetic import write_demo
    from helpers.register import read_register

    mart = Mart(folder / "project" / ".boardpack" / "mart")
    if not mart.version:
        write_demo(mart, scale=0.01)
    load_paths(mart, [folder / f"synthetic_{table}.parquet"], read_register(ROOT / "params" / "_register"))


def benchmarks(folder: Path) -> None:
    """Work out the sums by trust and stratum of the latest year, of stays and of missed appointments."""
    import pandas as pd

    from helpers.data.mart import Mart
    from helpers.data.room.single import latest_month_of
    from helpers.data.series import appointments, stays

    mart = Mart(folder / "project" / ".boardpack" / "mart")
    mart = mart.at(mart.version)
    for table in ("spells", "appointments"):
        end = pd.Timestamp(latest_month_of(mart, table)["latest"][0]) + pd.DateOffset(months=1)
        first = end - pd.DateOffset(years=1)
        if table == "appointments":
            appointments.appointment_months(mart, first.date(), end.date())
            appointments.appointment_fifths(mart, first.date(), end.date())
            continue
        for trim in ("none", "upper_quartile"):
            rule = stays.StayRule(first.date(), end.date(), trim=trim)
            stays.stay_totals(
                mart, rule, ("specialty", "admission_method", "casemix_group", "age_band", "sex")
            )
            stays.stay_totals(mart, rule, ("org_code", "specialty"))


def report(folder: Path, kind: str, trust: str) -> None:
    """Work out every part of a report, as its notebook does."""
    from helpers import open_report
    from helpers.analyses import did_not_attend, length_of_stay
    from helpers.report.parts import part

    os.chdir(folder / "project")
    if kind == "los_deviation":
        made: object = length_of_stay(open_report("Stays", trust=trust, period="latest", months=12))
    else:
        made = did_not_attend(open_report("Missed", trust=trust, period="latest", latest_in="dna"))
    for name in dir(type(made)):
        if isinstance(inspect.getattr_static(type(made), name), part):
            getattr(made, name)


def count(folder: Path, engine: str) -> dict[str, float]:
    """Count a tenth of the appointments by six columns: the trusts whose files come first."""
    import duckdb

    path = folder / "tenth.parquet"
    if not path.exists():
        whole = folder / "synthetic_appointments.parquet"
        rows = f"(SELECT count(*) // 10 FROM read_parquet('{whole}'))"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT * FROM read_parquet('{whole}') LIMIT {rows}) TO '{path}'")
    work = counting(engine, path)
    began, used = time.perf_counter(), time.process_time()
    work()
    return {"inside": time.perf_counter() - began, "used": time.process_time() - used}


def counting(engine: str, path: Path) -> Callable[[], object]:
    """Return what counts with an engine; what is imported for it takes no part in the comparison."""
    import pandas as pd
    import pyarrow.parquet  # noqa: F401

    keys = list(COUNTED)
    if engine == "pandas":
        return lambda: pd.read_parquet(path, columns=keys).groupby(keys).size()
    if engine == "polars":
        import polars as pl

        return lambda: pl.scan_parquet(path).group_by(keys).len().collect()
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    sql = f"SELECT {', '.join(keys)}, count(*) FROM read_parquet('{path}') GROUP BY ALL"
    return lambda: connection.execute(sql).df()


# --- running them -------------------------------------------------------------------------------------


def run(folder: Path, step: str, *words: str) -> dict[str, float]:
    """Run a step in a process of its own; return seconds, those of the processor, and megabytes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, __file__, "--folder", str(folder), "--step", step, *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": wall, "processor": used, **told}


def show(name: str, found: dict[str, float]) -> None:
    """Print a line."""
    print(
        f"{name:44} {found['seconds']:7.1f} s, processor {found['processor']:7.1f} s, "
        f"{found['megabytes']:6.0f} MB",
        flush=True,
    )


def measure(folder: Path, spells: int, appointments: int, trusts: int) -> None:
    """Run every step and print."""
    sizes = {"spells": (spells, SPELLS), "appointments": (appointments, APPOINTMENTS)}
    for name in ("notebooks", "params", "_quarto.yml", "pyproject.toml"):
        source, target = ROOT / name, folder / "project" / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    loaded = (folder / "project" / ".boardpack").exists()
    for table, (number, at_one) in sizes.items():
        path = folder / f"synthetic_{table}.parquet"
        if not path.exists():
            show(f"draw {number:,} {table}", run(folder, "draw", table, str(number / at_one)))
        if not loaded:
            show(f"load {table}, {path.stat().st_size / 1e6:,.0f} MB", run(folder, "load", table))
    show("benchmarks by trust and stratum, alone", run(folder, "benchmarks"))
    for kind in ("los_deviation", "dna_impact"):
        show(f"{kind} {TRUSTS[0]}, first after a load", run(folder, "report", kind, TRUSTS[0]))
        each = [run(folder, "report", kind, trust) for trust in TRUSTS[1 : trusts + 1]]
        middle = {name: statistics.median(one[name] for one in each) for name in each[0]}
        show(f"{kind}, median of {len(each)} other trusts", middle)
        print(f"{'':44} at most {max(one['megabytes'] for one in each):.0f} MB; "
              f"{120 / middle['processor']:.0f} a minute on two cores, by the processor's seconds")  # fmt: skip
    engines = ["duckdb", "pandas", *(["polars"] if find_spec("polars") else [])]
    counted = {engine: run(folder, "count", engine) for engine in engines}
    for engine, found in counted.items():
        clock, processor = (found[name] / counted["duckdb"][name] for name in ("inside", "used"))
        print(
            f"count a tenth of the appointments, {engine:9} {found['inside']:7.1f} s, processor "
            f"{found['used']:5.1f} s, {found['megabytes']:5.0f} MB: {clock:.1f} times DuckDB, processor {processor:.1f}"
        )
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Run the benchmark, or one step of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spells", type=int, default=20_000_000)
    parser.add_argument("--appointments", type=int, default=100_000_000)
    parser.add_argument("--trusts", type=int, default=5, choices=range(1, len(TRUSTS)))
    parser.add_argument("--folder", type=Path, help="kept and used again")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step, *words = given.step
        resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
        steps: dict[str, Callable[..., dict[str, float] | None]] = {
            "draw": draw, "load": load, "benchmarks": benchmarks, "report": report, "count": count
        }  # fmt: skip
        told = steps[step](given.folder, *words) or {}
        print(json.dumps(told | {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="boardpack-scale-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        measure(folder, given.spells, given.appointments, given.trusts)
    finally:
        if not given.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

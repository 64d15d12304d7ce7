"""A country's records: drawing, loading, benchmarks, reports, and pandas beside DuckDB on a part of the rows.

    python benchmarks/scale.py [--spells 20_000_000] [--appointments 100_000_000] [--trusts 5] [--minutes 60]

Each step runs in a process of its own, which tells seconds on the clock, of the processor, and its largest resident
memory; the system gives none more than `LIMIT` bytes, and all together end after `--minutes`. The benchmarks by trust
and stratum come first, alone; the first report of a kind works out what else is kept once per load, and those of
`--trusts` others rest on it. At the end all figures stand as one table beside what is aimed at on two cores.

What is drawn, loaded and measured lies in a folder of its own outside the project, by default in the system's one for
temporary files: the same command goes on where it was interrupted. It is removed at the end unless `--keep` is given.
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
from datetime import UTC, datetime
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
#: bytes on the disk that a record takes, drawn and loaded with what is written meanwhile
BYTES = 60
#: seconds of the processor and megabytes that a step may take; of a load the seconds are those of the clock
AIMS = {"load": (600, 4096), "benchmarks": (60, 4096), "report": (3, 600)}
Figures = dict[str, float]
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


def report(folder: Path, kind: str, trust: str, _: str = "") -> None:
    """Work out every part of a report, as its notebook does; its last word says whether it is the first."""
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


def reports(folder: Path, kind: str, first: str, *others: str) -> Figures:
    """Work out reports one after the other in one process, as a batch does that imports once; tell the seconds of each.

    The first one, which also imports, takes no part.
    """
    folder = folder.absolute()  # each report goes into the project
    report(folder, kind, first)
    used = time.process_time()
    for trust in others:
        report(folder, kind, trust)
    return {"each": (time.process_time() - used) / len(others)}


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
        os.environ["POLARS_MAX_THREADS"] = "1"  # as DuckDB
        import polars as pl

        return lambda: pl.scan_parquet(path).group_by(keys).len().collect()
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    sql = f"SELECT {', '.join(keys)}, count(*) FROM read_parquet('{path}') GROUP BY ALL"
    return lambda: connection.execute(sql).df()


# --- running them -------------------------------------------------------------------------------------


class Steps:
    """The steps that were run, each once: what was found is kept, and is there when the run is begun again."""

    def __init__(self, folder: Path, minutes: float) -> None:
        self.folder, self._path = folder, folder / "figures.json"
        self._ends = time.monotonic() + 60 * minutes
        self.found: dict[str, Figures] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def run(self, *words: str) -> Figures:
        """Run a step in a process of its own; return seconds, those of the processor, megabytes and the load."""
        name = " ".join(words)
        if name not in self.found:
            figures = self._measured(words)
            part = self._path.with_suffix(".part")
            self.found[name] = figures
            part.write_text(json.dumps(self.found, indent=1))
            part.replace(self._path)
            print(f"{datetime.now(UTC):%H:%M:%S} {row(name, figures)}", flush=True)
        return self.found[name]

    def _measured(self, words: tuple[str, ...]) -> Figures:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, __file__, "--folder", str(self.folder), "--step", *words]
        left = self._ends - time.monotonic()
        # an installed package has its bytecode; to compile it anew takes a second of each step
        environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        try:
            done = subprocess.run(
                command,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                timeout=max(left, 1),
                env=environment,
            )
        except subprocess.TimeoutExpired:
            sys.exit(f"no time is left for {' '.join(words)}: the same command goes on from there")
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told = json.loads(done.stdout.strip().splitlines()[-1])
        return {"seconds": wall, "processor": used, "load": os.getloadavg()[0], **told}


def row(name: str, found: Figures) -> str:
    """Return a line of the table."""
    aim = AIMS.get(name.partition(" ")[0])
    seconds = found["seconds" if name.startswith("load") else "processor"]
    met = ""
    if aim and "first" not in name:
        met = "met" if seconds < aim[0] and found["megabytes"] < aim[1] else "missed"
        met += f": {aim[0]} s, {aim[1]} MB"
    return (
        f"| {name} | {found['seconds']:.1f} s | {found['processor']:.1f} s | {found['megabytes']:.0f} MB "
        f"| {found['load']:.1f} | {met} |"
    )


def project_in(folder: Path) -> None:
    """Lay out the project whose mart the records are loaded into."""
    for name in ("notebooks", "params", "_quarto.yml", "pyproject.toml"):
        source, target = ROOT / name, folder / "project" / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def measure(steps: Steps, sizes: dict[str, float], trusts: int) -> None:
    """Run every step."""
    for table, scale in sizes.items():
        steps.run("draw", table, str(scale))
        steps.run("load", table)
    steps.run("benchmarks")
    for kind in ("los_deviation", "dna_impact"):
        steps.run("report", kind, TRUSTS[0], "first")
        for trust in TRUSTS[1 : trusts + 1]:
            steps.run("report", kind, trust)
        steps.run("reports", kind, *TRUSTS[: trusts + 1])
    for engine in engines():
        steps.run("count", engine)


def engines() -> list[str]:
    """Return what counts the same rows."""
    return ["duckdb", "pandas", *(["polars"] if find_spec("polars") else [])]


def table(steps: Steps) -> str:
    """Return every figure as a table, with medians, and the ratio of each engine to DuckDB."""
    lines = ["| step | on the clock | processor | memory | load | aim |", "|---|---|---|---|---|---|"]
    lines += [row(name, found) for name, found in steps.found.items() if not name.startswith("count")]
    for kind in ("los_deviation", "dna_impact"):
        begins = f"report {kind} "
        each = [
            found
            for name, found in steps.found.items()
            if name.startswith(begins) and not name.endswith("first")
        ]
        middle = {name: statistics.median(one[name] for one in each) for name in each[0]}
        lines.append(row(f"{begins}(median of {len(each)})", middle))
        lasting = next(found for name, found in steps.found.items() if name.startswith(f"reports {kind} "))
        rate = 120 / lasting["each"]
        lines.append(f"| {kind}, worked out a minute by two processes that last | | {rate:.0f} | | | 60 |")
    counted = {engine: steps.found[f"count {engine}"] for engine in engines()}
    for engine, found in counted.items():
        clock, used = (found[name] / counted["duckdb"][name] for name in ("inside", "used"))
        ratio = "" if engine == "duckdb" else f"{clock:.1f} times DuckDB, by the processor {used:.1f}"
        lines.append(
            f"| count a tenth of the appointments, {engine} | {found['inside']:.2f} s | {found['used']:.2f} s "
            f"| {found['megabytes']:.0f} MB | {found['load']:.1f} | {ratio} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark, or one step of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spells", type=int, default=20_000_000)
    parser.add_argument("--appointments", type=int, default=100_000_000)
    parser.add_argument("--trusts", type=int, default=5, choices=range(1, len(TRUSTS)))
    parser.add_argument(
        "--minutes", type=float, default=60, help="after which it stops, to be gone on with"
    )
    parser.add_argument("--folder", type=Path, help="where everything lies meanwhile")
    parser.add_argument("--keep", action="store_true", help="leave the folder as it is at the end")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        take(given.folder, *given.step)
        return
    name = f"boardpack-scale-{given.spells}-{given.appointments}"
    folder: Path = given.folder or Path(tempfile.gettempdir()) / name
    folder.mkdir(parents=True, exist_ok=True)
    needed = BYTES * (given.spells + given.appointments)
    steps = Steps(folder, given.minutes)
    if not steps.found and shutil.disk_usage(folder).free < needed:
        sys.exit(f"{folder}: {needed / 1e9:.0f} GB are needed; --folder names another place")
    print(f"{folder}, load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    project_in(folder)
    measure(
        steps,
        {"spells": given.spells / SPELLS, "appointments": given.appointments / APPOINTMENTS},
        given.trusts,
    )
    print(table(steps))
    if not given.keep:
        shutil.rmtree(folder)


def take(folder: Path, step: str, *words: str) -> None:
    """Run one step, with no more memory than it may have, and print what it tells."""
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
    steps: dict[str, Callable[..., Figures | None]] = {
        "draw": draw, "load": load, "benchmarks": benchmarks, "report": report, "reports": reports,
        "count": count,
    }  # fmt: skip
    told = steps[step](folder, *words) or {}
    print(json.dumps(told | {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()

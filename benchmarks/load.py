"""Load all of a folder into a fresh mart and print seconds and peak memory, in all and by layout.

    python benchmarks/load.py ../shared/real-data

Aim: under 60 s and 1.5 GB for the folder of open NHS data (31 MB, 73 files).
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.register import read_register

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", default=[ROOT.parent / "shared" / "real-data"])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    register = read_register(ROOT / "params" / "_register")
    with tempfile.TemporaryDirectory() as folder:
        mart = Mart(Path(folder) / "mart")
        moments: list[tuple[str, float]] = []
        started, processor = time.perf_counter(), time.process_time()
        try:
            results = load_paths(
                mart,
                options.paths,
                register,
                progress=lambda file, *_: moments.append((file, time.perf_counter())),
            )
        except LoadError as error:
            results = list(error.results)
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        rows = mart.fetch("SELECT count(*) FROM measure_values_all")[0][0]
        size = sum(path.stat().st_size for path in mart.path.rglob("*.parquet"))
    spent = {file: after - at for (file, at), (_, after) in itertools.pairwise(moments)}
    by_layout: dict[str, float] = defaultdict(float)
    for result in results:
        by_layout[result.layout or result.outcome] += spent.get(result.path, 0.0)
    report = {
        "files": len(results),
        "loaded": sum(result.outcome == "loaded" for result in results),
        "refused": sum(result.outcome == "refused" for result in results),
        "rows_read": sum(result.rows_read for result in results),
        "measure_values": rows,
        "mart_megabytes": round(size / 1e6, 1),
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "seconds_by_layout": {
            name: round(value, 2) for name, value in sorted(by_layout.items(), key=lambda item: -item[1])
        },
    }
    if options.json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()

"""Time and memory of a batch: python benchmarks/batch.py NOTEBOOK [-- more words of `boardpack run`].

Runs `boardpack run NOTEBOOK` in the project that the current folder is in, and prints reports, states, seconds
and the most memory that any single process used (the command itself and each report's kernel).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter


def run_batch(words: list[str]) -> tuple[float, dict[str, object]]:
    """Run the command and return its seconds and what it says of the batch."""
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "run", "--json", *words]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if not done.stdout.strip():
        sys.exit(done.stderr or f"the command ended with {done.returncode} and said nothing")
    return seconds, json.loads(done.stdout)


def main() -> None:
    """Run the batch and print one line per figure."""
    words = [word for word in sys.argv[1:] if word != "--"]
    seconds, told = run_batch(words)
    reports = told.get("reports", [])
    states = Counter(str(each["state"]) for each in reports) if isinstance(reports, list) else Counter()
    count = sum(states.values())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"reports            {count}: " + ", ".join(f"{n} {state}" for state, n in states.items()))
    print(f"seconds            {seconds:.0f} ({seconds / max(count, 1):.2f} a report)")
    print(f"largest process    {peak:.0f} MB")


if __name__ == "__main__":
    main()

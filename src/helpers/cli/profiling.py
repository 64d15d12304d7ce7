"""What `boardpack run --profile` prints: where the time of the reports went."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from helpers.runner.batch.profile import read_profile
from helpers.runner.history.entries import Entry

#: cells and parts that are named
_SLOWEST = 5


def show_profile(entries: Iterable[Entry], states: Iterable[Path]) -> None:
    """Print to standard error the seconds of each step, mean by notebook, and the slowest cells and parts."""
    by_notebook: dict[str, list[dict[str, float]]] = {}
    slow: dict[str, list[tuple[float, str]]] = {"cell: ": [], "part ": []}
    states = list(states)
    for entry in entries:
        folders = (each / "runs" / entry.run / entry.notebook / entry.name for each in states)
        found = {} if entry.same_as else next(filter(None, map(read_profile, folders)), {})
        if found:
            by_notebook.setdefault(entry.notebook, []).append(found)
        for name, seconds in found.items():
            for kind, kept in slow.items():
                if name.partition("/")[2].startswith(kind):
                    kept.append((seconds, f"{entry.report} {name.partition(kind)[2]}"))
    if hasattr(os, "getloadavg"):  # not on Windows
        told = f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors"
        print(told, file=sys.stderr)
    for notebook, reports in by_notebook.items():
        _show_notebook(notebook, reports)
    for kind, kept in slow.items():
        if kept:
            named = (f"{name} {seconds:.2f} s" for seconds, name in sorted(kept, reverse=True)[:_SLOWEST])
            print(f"slowest {kind.strip(': ')}s: " + "; ".join(named), file=sys.stderr)


def _show_notebook(notebook: str, found: list[dict[str, float]]) -> None:
    total: defaultdict[str, float] = defaultdict(float)
    for each in found:
        for name, seconds in each.items():
            total[name] += seconds
    whole = sum(seconds for name, seconds in total.items() if "/" not in name) or 1.0
    print(f"{notebook}: {whole / len(found):.2f} s a report, {len(found)} made", file=sys.stderr)
    for step in (name for name in total if "/" not in name):
        within = [name for name in total if name.startswith(f"{step}/")]
        for name in (
            step,
            *(each for each in within if not each.partition("/")[2].startswith(("cell:", "part "))),
        ):
            seconds, words = total[name], name if name == step else f"  {name.partition('/')[2]}"
            print(f"  {words:16} {seconds / len(found):7.2f} s {seconds / whole:4.0%}", file=sys.stderr)

"""Removing a source: its loads in every version of the mart, and what was derived from them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from helpers.audience import homes
from helpers.data.mart import Mart
from helpers.data.mart.files import DERIVED, ROOM, SPILL, no_load, put_in_force, read_manifest
from helpers.data.mart.manifest import LoadRecord, Manifest, manifest_after
from helpers.errors import DataError, near_misses


@dataclass(frozen=True)
class Forgotten:
    """What was removed: loads, versions of the mart, run folders; and the published files that remain."""

    loads: tuple[str, ...]
    versions: tuple[str, ...]
    runs: tuple[str, ...]
    published: tuple[str, ...]


def forget_source(state: Path, source: str) -> Forgotten:
    """Remove a source's loads, every older version that holds them, derived figures and executed notebooks.

    What was published stays published, and on record as released: it names no patient, and readers have it.

    Raises `DataError` if the mart holds no such source, or a load is under way.
    """
    path = state / "mart"
    if not path.is_dir():
        raise DataError(source, "nothing is loaded")
    with no_load(path):
        loads, versions = _forget_loads(path, source)
    runs: list[str] = []
    published: list[str] = []
    for home in homes(state):
        read, made = _runs_that_read(home, source)
        for run in read:
            shutil.rmtree(home / "runs" / run, ignore_errors=True)
        runs, published = [*runs, *read], [*published, *made]
    return Forgotten(loads, versions, tuple(runs), tuple(published))


def _forget_loads(path: Path, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    manifests = {file.stem: read_manifest(file) for file in (path / "manifests").glob("*.json")}
    gone = {each.load for each in _all_loads(manifests.values()) if each.source == source}
    if not gone:
        known = sorted({load.source for load in _all_loads(manifests.values())})
        raise DataError(source, "no source of that name", ", ".join(known), near_misses(source, known))
    current = Mart(path).version
    _replace_current(path, manifests[current], gone)
    holding = [version for version, each in manifests.items() if gone & {load.load for load in each.loads}]
    for version in holding:
        (path / "manifests" / f"{version}.json").unlink()
    for load in gone:
        shutil.rmtree(path / "data" / load, ignore_errors=True)
    for folder in (DERIVED, SPILL, ROOM):
        shutil.rmtree(path / folder, ignore_errors=True)
    return tuple(sorted(gone)), tuple(sorted(holding))


def _replace_current(path: Path, current: Manifest, gone: set[str]) -> None:
    """Make a version without the loads the current one, where it holds any."""
    if any(file.load in gone for file in current.files):
        manifest = manifest_after(current, gone, datetime.now(UTC).replace(tzinfo=None))
        put_in_force(path, manifest)


def _all_loads(manifests: Iterable[Manifest]) -> list[LoadRecord]:
    return list({load.load: load for manifest in manifests for load in manifest.loads}.values())


def _runs_that_read(state: Path, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the runs with a report that read the source or that did not get so far as to tell."""
    history = state / "history.sqlite"
    if not history.exists():
        return (), ()
    with closing(sqlite3.connect(history, timeout=30.0)) as database:
        rows = database.execute("SELECT run, state, reads, outputs FROM reports").fetchall()
    runs, published = set(), set()
    for run, ended, reads, outputs in rows:
        read = any(dataset.partition("/")[2] == source for dataset in json.loads(reads))
        if read or ended != "published":
            runs.add(run)
        if read and ended == "published":
            published |= {output["path"] for output in json.loads(outputs).values()}
    kept = {folder.name for folder in (state / "runs").glob("*")}
    return tuple(sorted(runs & kept)), tuple(sorted(published))

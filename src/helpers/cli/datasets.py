"""The data sets of the mart as the history keeps them: what a report's key holds of each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.data.schema import NAME_LISTS
from helpers.runner.project import DataSet

if TYPE_CHECKING:
    from helpers.data.mart import Mart


def datasets_of(mart: Mart) -> dict[str, DataSet]:
    """Return the data sets of a version, "<table>/<source>"; a list of names is one, whichever files have filled it.

    Most files name the organisations of their figures. Were each of them a data set, every new file would make
    every report due.
    """
    found = _by_source(mart)
    for table in NAME_LISTS:
        parts = [found.pop(name) for name in [*found] if name.partition("/")[0] == table]
        if parts:
            newest = max(parts, key=lambda each: (each.as_at, each.load))
            found[table] = replace(newest, name=f"Names of {table}", fingerprint=mart.list_digest(table))
    return found


def _by_source(mart: Mart) -> dict[str, DataSet]:
    manifest = mart.manifest
    loads = {file.load for file in manifest.files}
    newest = {load.source: load.load for load in manifest.loads if load.load in loads}
    measures = mart.measures()
    return {
        each.dataset: DataSet(
            manifest.fingerprints[each.dataset],
            each.name,
            each.as_at,
            newest[each.dataset.partition("/")[2]],
            tuple(sorted(measures[each.dataset])) if each.dataset in measures else None,
        )
        for each in mart.sources()
    }

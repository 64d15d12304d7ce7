"""What a query read, by the plan that DuckDB carried out: nobody has to say it, so nobody can say it wrong.

A plan names the files of each scan and the filters that were pushed down to it. The folder of a file is its
table; a scan of `measure_values` that was filtered by measure read these measures alone. A table without a file
is in no plan: it counts as read where a query names it, so that the first load of it is noticed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from helpers.data.mart.manifest import Manifest
from helpers.data.schema import TABLES

if TYPE_CHECKING:
    import duckdb

_ON: Final = "PRAGMA enable_profiling = 'no_output'"
_TEXT: Final = r"'(?:[^']|'')*'"
_MEASURES: Final = re.compile(rf"\(measure (?:= ({_TEXT})|IN \(({_TEXT}(?:, {_TEXT})*)\))\)")
#: a filter that says more than which measures: nothing can be taken from it
_BROADER: Final = re.compile(r" OR |\bNOT\b|<>|!=")
#: views whose names do not begin with that of the table below them
_VIEWS_OF: Final = {"organisations": ("successors", "measure_values_r"), "measure_values": ()}


def observe(connection: duckdb.DuckDBPyConnection) -> None:
    """Have a connection keep the plan of what it carries out."""
    connection.execute(_ON)


def tables_read(
    connection: duckdb.DuckDBPyConnection, sql: str, root: Path, manifest: Manifest
) -> frozenset[str]:
    """Return notes (`helpers.reads`) of what the last query of a connection read."""
    plan = json.loads(connection.get_profiling_information("json") or "{}")
    scans = [scan for root_operator in plan.get("operator", ()) for scan in _scans(root_operator)]
    return frozenset([*_notes(scans, root / "data"), *_empty_tables(sql, manifest)])


def held_to(notes: Iterable[str], measures: Iterable[str]) -> set[str]:
    """Return notes with those of figures held to some measures.

    >>> sorted(held_to(["measure_values", "measure_values:waits", "units"], ["beds"]))
    ['measure_values:beds', 'units']
    """
    others = {note for note in notes if note.partition(":")[0] != "measure_values"}
    return others | {f"measure_values:{measure}" for measure in measures}


def _scans(operator: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "Filename(s)" in operator["extra_info"]:
        yield operator["extra_info"]
    for below in operator.get("children", ()):
        yield from _scans(below)


def _notes(scans: Iterable[Mapping[str, Any]], data: Path) -> Iterator[str]:
    for scan in scans:
        first = Path(str(scan["Filename(s)"]).split(", ")[0])
        if first.is_relative_to(data):  # others are files of an analyst's own
            table = first.relative_to(data).parts[1]
            measures = _measures(str(scan.get("Filters", ""))) if table == "measure_values" else ()
            yield from (f"{table}:{measure}" for measure in measures) if measures else (table,)


def _measures(filters: str) -> list[str]:
    """Return the measures that a scan was held to; none where it was not.

    >>> _measures("optional: (measure IN ('beds', 'dna_rate'))"), _measures("(period > '2026-01-01')")
    (['beds', 'dna_rate'], [])
    """
    found = _MEASURES.search(filters)
    if found is None or _BROADER.search(re.sub(_TEXT, "", filters)):
        return []
    return [text[1:-1].replace("''", "'") for text in re.findall(_TEXT, found[1] or found[2])]


def _empty_tables(sql: str, manifest: Manifest) -> Iterator[str]:
    filled = {file.table for file in manifest.files}
    for table in TABLES:
        names = "|".join((table, *_VIEWS_OF.get(table, ())))
        if table not in filled and re.search(rf"\b(?:{names})", sql):
            yield table

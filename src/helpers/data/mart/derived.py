"""What is worked out once per version of the mart and of this package, and kept beside it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from helpers.data.mart.manifest import PRIVATE_FILE, make_private, write_private
from helpers.data.mart.views import no_glob
from helpers.hashes import hash_files, hash_json

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq


Row = tuple[str, ...]
#: works a frame out, and says what it has read (`helpers.reads`)
Build = Callable[[], tuple["pd.DataFrame", set[str]]]
#: where a kept frame says what was read for it
_READ = b"reads"
#: rows that are read together: who asks for one organisation's, of many, reads a few of these groups
_GROUP = 50_000


def derived_frame(
    folder: Path, name: str, parts: Callable[[], Sequence[Build]], only: tuple[str, str] | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame of a name from a folder, built where none is there and whole, and what was read for it.

    `parts`: what builds it: one, or several whose rows follow each other. Processes that need the same frame at the
    same time, on whichever machines share the folder, each take the parts that no other is at; a part of one that dies
    is free again. `only`: a column, and the value that its rows must have.
    """
    path = _path(folder, name)
    found = _read(path, only)
    if found is None:
        builds = parts()
        kept = [_path(folder, f"{name}, part {n} of {len(builds)}") for n in range(len(builds))]
        if len(builds) > 1:
            _build_parts(path, kept, builds)
        with FileLock(path.with_suffix(".lock"), mode=PRIVATE_FILE):
            if (found := _read(path, only)) is None:
                _write(path, _joined(kept, builds) if len(builds) > 1 else _told(*builds[0]()))
                found = _read(path, only)
        for each in kept if len(builds) > 1 else ():
            each.unlink(missing_ok=True)
    assert found is not None
    return found.to_pandas(use_threads=False), json.loads(found.schema.metadata[_READ])


def _build_parts(whole: Path, kept: Sequence[Path], builds: Sequence[Build]) -> None:
    """Build the parts that nobody is at; then wait for the others, and build what they have left."""
    for wait in (0, -1):
        for path, build in zip(kept, builds, strict=True):
            with suppress(Timeout), FileLock(path.with_suffix(".lock"), timeout=wait, mode=PRIVATE_FILE):
                if not (whole.exists() or path.exists()):
                    _write(path, _told(*build()))


def _joined(kept: Sequence[Path], builds: Sequence[Build]) -> pa.Table:
    import pyarrow as pa

    # one that is damaged, or was cleared away a moment ago, is built once more
    found = map(_read, kept)
    tables = [
        _told(*build()) if table is None else table for table, build in zip(found, builds, strict=True)
    ]
    read = {note for table in tables for note in json.loads(table.schema.metadata[_READ])}
    # a column that is empty in one of them has a kind in others
    table = pa.concat_tables(tables, promote_options="permissive")
    return table.replace_schema_metadata({**table.schema.metadata, _READ: json.dumps(sorted(read))})


def _told(frame: pd.DataFrame, read: set[str]) -> pa.Table:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    return table.replace_schema_metadata({**table.schema.metadata, _READ: json.dumps(sorted(read))})


def _write(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", row_group_size=_GROUP)
    write_private(path, content.getbuffer())


def kept_rows(folder: Path, query: str, ask: Callable[[], list[Row]]) -> list[Row]:
    """Return the few rows of words that answer a query, from a folder or, where no process has kept them, by asking.

    Parameters
    ----------
    folder
        That of the mart's version, for what no kernel may write.
    query
        What identifies them.
    ask
        Asks the mart, which takes the libraries that read it and most of a second.
    """
    path = _path(folder, query).with_suffix(".json")
    try:
        return [tuple(row) for row in json.loads(path.read_bytes())]
    except (OSError, ValueError):  # not there, or not whole
        rows = ask()
    with suppress(OSError):  # a mart that may only be read keeps nothing
        make_private(folder)
        write_private(path, json.dumps(rows).encode())
    return rows


def fill_derived(
    connection: duckdb.DuckDBPyConnection, table: str, query: Callable[[], str], folder: Path, name: str
) -> None:
    """Fill a table of a connection with a query's rows, which are kept as a frame's are.

    DuckDB alone does it, so that what reads little of the mart needs no pandas.
    """
    path = _path(folder, name)
    if _fill(connection, table, path):
        return
    try:
        make_private(folder)
        with FileLock(path.with_suffix(".lock"), mode=PRIVATE_FILE):
            if not _fill(connection, table, path):
                _keep(connection, query(), path)
                _fill(connection, table, path)
    except OSError:  # a mart that may only be read keeps nothing
        connection.execute(f"INSERT INTO {table} {query()}")


def _fill(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> bool:
    """Fill a table from a file, and tell whether that was there and whole."""
    import duckdb

    if not path.exists():
        return False
    try:
        connection.execute(f"INSERT INTO {table} SELECT * FROM read_parquet(?)", [no_glob(str(path))])
    except duckdb.Error:
        return False
    return True


def _keep(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    try:
        shown = str(beside).replace("'", "''")
        connection.execute(
            f"COPY ({query}) TO '{shown}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        )
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    stem = hashlib.sha256(f"{_CODE}\n{name}".encode()).hexdigest()[:32]
    return folder / f"{stem}.parquet"


def _read(path: Path, only: tuple[str, str] | None = None) -> pa.Table | None:
    import pyarrow.compute as compute
    import pyarrow.parquet as pq

    try:  # a report reads dozens of these small files: a thread for each column costs more than it gains
        with pq.ParquetFile(path) as file:
            if only is None:
                return file.read(use_threads=False)
            table = file.read_row_groups(list(_groups(file, *only)), use_threads=False)
        return table.filter(compute.equal(table[only[0]], only[1]))
    except (OSError, ValueError):  # not there, or not whole
        return None


def _groups(file: pq.ParquetFile, column: str, value: str) -> Iterator[int]:
    """Yield which groups of rows may have a value in a column."""
    place = file.schema_arrow.names.index(column)
    for group in range(file.num_row_groups):
        told = file.metadata.row_group(group).column(place).statistics
        if told is None or not told.has_min_max or told.min <= value <= told.max:
            yield group


#: the package's own code: a benchmark computed by other code is not reused. It is read as this is imported, so that
#: kernels, each of whose files is looked at, have it from the process that they are forked from
_CODE: Final = hash_json(hash_files([Path(__file__).parents[2]]))

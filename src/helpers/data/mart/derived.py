"""What is worked out once per version of the mart and of this package, and kept beside it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from helpers.data.mart.manifest import PRIVATE_FILE, make_private, write_private
from helpers.data.mart.views import no_glob

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


Row = tuple[str, ...]
#: where a kept frame says what was read for it (`helpers.reads`)
_READ = "reads"


def derived_frame(
    folder: Path,
    name: str,
    build: Callable[[], tuple[pd.DataFrame, set[str]]],
    only: tuple[str, str] | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame of a name from a folder, built where none is there and whole, and what was read for it.

    `only` names a column and the value that its rows must have.
    """
    path = _path(folder, name)
    found = _read(path, only)
    if found is None:
        with FileLock(path.with_suffix(".lock"), mode=PRIVATE_FILE):
            found = _read(path, only)
            if found is None:
                frame, read = build()
                frame.attrs = {_READ: sorted(read)}
                write_private(path, frame.to_parquet(index=False, compression="zstd"))
                found = _read(path, only)
    assert found is not None
    return found, found.attrs.pop(_READ)


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
    stem = hashlib.sha256(f"{_code_fingerprint()}\n{name}".encode()).hexdigest()[:32]
    return folder / f"{stem}.parquet"


def _read(path: Path, only: tuple[str, str] | None = None) -> pd.DataFrame | None:
    import pyarrow.compute as compute
    import pyarrow.parquet as pq

    try:  # a report reads dozens of these small files: a thread for each column costs more than it gains
        table = pq.ParquetFile(path).read(use_threads=False)
        if only is not None:
            table = table.filter(compute.equal(table[only[0]], only[1]))
        frame: pd.DataFrame = table.to_pandas(use_threads=False)
    except (OSError, ValueError):  # not there, or not whole
        return None
    return frame


@cache
def _code_fingerprint() -> str:
    """Hash the package's own code: a benchmark computed by other code is not reused."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[2]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

"""The mart without what patients could be told by: what an analyst's own queries read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from helpers.data.mart.manifest import Manifest
from helpers.data.mart.query_errors import NO_TABLE
from helpers.data.mart.reader import Mart
from helpers.data.schema import PUBLISHED, RECORDS
from helpers.errors import Problem, UsageError, near_misses

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_PAGE: Final = "docs/reference/mart.md lists tables and columns"
_WHERE: Final = "report.query"


class PublishedMart(Mart):
    """The figures of a mart that their publishers have released; no records, and nothing counted from them."""

    @property
    def manifest(self) -> Manifest:
        """The loads and files that hold nothing else."""
        whole = super().manifest
        loads = tuple(load for load in whole.loads if load.policy == "published")
        known = {load.load for load in loads}
        files = tuple(file for file in whole.files if file.load in known and file.table in PUBLISHED)
        held = {f"{file.table}/{file.source}" for file in files}
        prints = {name: each for name, each in whole.fingerprints.items() if name in held}
        return whole.model_copy(update={"loads": loads, "files": files, "fingerprints": prints})

    @classmethod
    def beside(cls, mart: Mart) -> Self:
        """Return that of a mart's version; what it is asked is noted beside what the mart itself is."""
        part = cls(mart.path, mart.version)
        part._above = mart._above or mart
        return part

    def _connect_to_files(self, threads: int = 1, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
        """Return a connection in which the tables of records are not there."""
        connection = super()._connect_to_files(threads, memory)
        for name in RECORDS:
            connection.execute(f"DROP VIEW IF EXISTS {name}")
        return connection

    def _derived_folder(self, below: Path | None = None) -> Path:
        """Return where what is worked out is kept: apart from that of the whole mart."""
        return super()._derived_folder(below) / "published"


def query_published(mart: PublishedMart, sql: str, values: Mapping[str, object]) -> pd.DataFrame:
    """Return the result of an analyst's query.

    Raises `UsageError` where the query cannot be carried out, with what is there instead.
    """
    with _told(sql):
        return mart.query(sql, dict(values))


@contextmanager
def _told(sql: str) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.CatalogException as error:
        if found := NO_TABLE.search(str(error)):
            came, cure = (
                f"there is no table {found[1]}",
                f"{near_misses(found[1], PUBLISHED)} {_PAGE}".strip(),
            )
            raise UsageError(_WHERE, came, ", ".join(PUBLISHED), cure) from None
        raise UsageError(_misread(sql, error)) from None
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        raise UsageError(_misread(sql, error)) from None


def _misread(sql: str, error: Exception) -> Problem:
    said = str(error).split("\n\nLINE")[0].partition("Error: ")[2] or str(error)
    return Problem(_WHERE, f"{' '.join(said.split())} (in {' '.join(sql.split())[:80]})", cure=_PAGE)

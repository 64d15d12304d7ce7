"""The mart: readers of one version of its files (`helpers.data.mart.files`) that never wait for a load.

Importing this module stays cheap: pandas, Arrow and DuckDB come when needed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler, PlainValidator

from helpers.bundle import Source
from helpers.data.mart.choice import make_rolled_up, make_series
from helpers.data.mart.derived import Build, Row, derived_frame, kept_rows
from helpers.data.mart.files import DERIVED, ROOM, SPILL, MartFiles
from helpers.data.mart.lots import lots
from helpers.data.mart.manifest import LoadRecord, Manifest, make_private
from helpers.data.mart.query_errors import explained
from helpers.data.mart.query_reads import held_to, observe, tables_read
from helpers.data.mart.views import ROLLED_UP_VIEWS, SERIES_VIEWS, measures_behind, view_statements
from helpers.data.schema import RECORDS, TABLES
from helpers.data.sql import open_engine
from helpers.errors import DataError
from helpers.places import in_notebook
from helpers.reads import is_about, note_data

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class Mart:
    """The mart at a path, at its current version or pinned to one.

    Parameters
    ----------
    path
        Folder of the mart; it need not exist yet.
    version
        A manifest to stay on; by default every call sees the current one.

    >>> Mart("nowhere").version
    ''
    """

    def __init__(self, path: Path | str, version: str | None = None) -> None:
        self.path = Path(path).absolute()
        self._pinned = version
        #: notes (`helpers.reads`) of what its queries have read, and those of marts that are made from it
        self.asked: set[str] = set()
        #: of these, what this process has read by itself
        self.held: set[str] = set()
        self._building: set[str] | None = None  # what has been read for a frame that is being built
        self._above: Mart | None = None
        self._shared: Mart | None = None  # whose connection it uses, where it has none of its own
        self.files = MartFiles(self.path)
        self.load, self.holds, self.prune = self.files.load, self.files.holds, self.files.prune
        self.sealed, self.in_force = self.files.sealed, self.files.in_force

    @property
    def told(self) -> tuple[str, str | None]:
        """It, as a message to another process holds it: its folder, and the version that it is pinned to."""
        return str(self.path), self._pinned

    def __reduce__(self) -> tuple[Callable[..., Mart], tuple[str, str | None]]:
        return _reopened, self.told

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> Any:
        """How it is read from a message."""
        return PlainValidator(lambda told: _reopened(*told)).__get_pydantic_core_schema__(source, handler)

    def __repr__(self) -> str:
        return f"Mart({str(self.path)!r}, version={self.version!r})"

    @property
    def version(self) -> str:
        """The pinned version, or the one that CURRENT names; empty where nothing has been loaded."""
        return self.files.current if self._pinned is None else self._pinned

    def at(self, version: str) -> Mart:
        """Return this mart pinned to a version: a batch hands one version to all of its reports.

        Raises `DataError` where the mart holds no such version (any more).
        """
        if version and not self.files.manifest_path(version).exists():
            raise DataError(
                f"mart {self.path}", f"no version {version}", cure="run again without a version"
            )
        return Mart(self.path, version)

    @property
    def manifest(self) -> Manifest:
        """The loads and files of this version."""
        return self.files.manifest(self.version)

    def fingerprints(self) -> dict[str, str]:
        """Return a hash of the content of each data set, named "<table>/<source>"."""
        return dict(self.manifest.fingerprints)

    def loads(self) -> tuple[LoadRecord, ...]:
        """Return the loads whose rows are in this version, oldest first."""
        return self.manifest.loads

    def sources(self) -> tuple[Source, ...]:
        """Return each data set of this version with its name, as-at date and how it may be shown."""
        manifest = self.manifest
        latest = {load.source: load for load in sorted(manifest.loads, key=lambda load: load.as_at)}
        return tuple(
            _source(dataset, latest[dataset.partition("/")[2]]) for dataset in sorted(manifest.fingerprints)
        )

    def meant_by(self, notes: Iterable[str]) -> tuple[Source, ...]:
        """Return the data sets of this version that some notes of reading mean (`helpers.reads`)."""
        notes, held = tuple(notes), self.measures()
        return tuple(
            each
            for each in self.sources()
            if any(is_about(note, each.dataset, held.get(each.dataset)) for note in notes)
        )

    def measures(self) -> dict[str, frozenset[str]]:
        """Return the measures that each data set holds; those of which it is not known are left out."""
        found: dict[str, frozenset[str]] = {}
        unknown: set[str] = set()
        for file in self.manifest.files:
            name = f"{file.table}/{file.source}"
            found[name] = found.get(name, frozenset()) | frozenset(file.measures)
            unknown |= set() if file.measures else {name}
        return {name: measures for name, measures in found.items() if name not in unknown}

    def list_digest(self, table: str) -> str:
        """Return a hash of what a list of names says, whichever files say it.

        Most files name the organisations of their figures: a new edition of one mostly changes none of them.
        """
        rows = f"SELECT * EXCLUDE (source, vintage) FROM {table}"
        asked = f"SELECT count(*)::VARCHAR, coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR FROM ({rows}) t"
        ((count, total),) = self.recall(asked)
        return f"{count} rows, {int(total):x}"

    # --- reading ---------------------------------------------------------------------------------

    def connect(
        self, threads: int = 1, memory: str = "1GB", *, series: bool = True
    ) -> duckdb.DuckDBPyConnection:
        """Return an in-memory DuckDB with a view per table over this version's files.

        See `helpers.data.mart.views.view_statements` for the views. The caller closes the connection. What it is
        asked is not observed, so that all of the mart counts as read; `query` knows better.

        `threads`, `memory`: how much of the machine it may take. `series`: false leaves out the views that rest on the
        choice of sources, which takes memory to work out.
        """
        self.note(TABLES)
        connection = self._connect_to_files(threads, memory)
        return self._with_rolled_up(self._with_series(connection)) if series else connection

    def _with_series(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        with explained(self):
            make_series(connection, self.manifest, self._derived_folder())
        return connection

    def _with_rolled_up(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        with explained(self):
            make_rolled_up(connection)
        return connection

    def _connect_to_files(self, threads: int = 1, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
        connection = open_engine(
            threads=threads, memory_limit=memory, temp_directory=str(self._spill_folder())
        )
        with explained(self):
            without = RECORDS if in_notebook() else ()  # a kernel may not hold those
            for statement in view_statements(self.path, self.manifest, without=without):
                connection.execute(statement)
        return connection

    def _spill_folder(self) -> Path:
        """Return where a query over the memory limit goes; the engine makes it below a folder that must exist."""
        folder = self.path / SPILL if in_notebook() else self.path / ROOM / SPILL
        with suppress(OSError):  # a mart that may only be read is read as far as memory goes
            make_private(folder)
        return folder / f"{os.getpid()}-{secrets.token_hex(4)}"

    def query(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> pd.DataFrame:
        """Return the result of a query over the views of this version as a frame."""
        with self._observed(sql) as connection:
            found: pd.DataFrame = connection.execute(sql, params or []).df()
        return found

    @contextmanager
    def _observed(self, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield what carries out a query, and note what that has read."""
        with explained(self), self._cursor(sql) as connection:
            observe(connection)
            yield connection
            self.note(tables_read(connection, sql, self.path, self.manifest))

    def note(self, read: Iterable[str], *, elsewhere: bool = False) -> None:
        """Note what was read (`helpers.reads`): of this mart, and of those that it was made from.

        What was read `elsewhere`, in the records room, is not held in this process. What is read for a frame is noted
        when that is there: of a frame of many measures, a report may use the rows of one.
        """
        if self._building is not None:
            self._building.update(read)
            return
        self.asked.update(read)
        if not elsewhere:
            self.held.update(read)
        if self._above is None:
            note_data(read)
        else:
            self._above.note(read, elsewhere=elsewhere)

    @property
    def all_asked(self) -> set[str]:
        """Notes of what has been read: of this mart, and of those that it was made from."""
        return self.asked if self._above is None else self._above.all_asked

    def apart(self) -> Mart:
        """Return this mart at this version for one analysis: it knows by itself what that has read."""
        part = Mart(self.path, self.version)
        part._shared = part._above = self
        return part

    def _cursor(self, sql: str) -> duckdb.DuckDBPyConnection:
        # a view takes the longer to make the more others it rests on: those rolled up take longer than all the rest
        asked = sql.lower()
        steps = [any(name in asked for name in names) for names in (SERIES_VIEWS, ROLLED_UP_VIEWS)]
        if self._pinned is not None:
            readers = ("_reader", "_series_reader", "_rolled_up_reader")
            made: duckdb.DuckDBPyConnection = getattr(self, readers[sum(steps)])
            return made.cursor()
        connection = self._connect_to_files()
        for make in (self._with_series, self._with_rolled_up)[: sum(steps)]:
            make(connection)
        return connection

    @cached_property
    def _reader(self) -> duckdb.DuckDBPyConnection:
        # a pinned version never changes, so its views are made once
        return self._connect_to_files() if self._shared is None else self._shared._reader

    @cached_property
    def _series_reader(self) -> duckdb.DuckDBPyConnection:
        if self._shared is not None:
            return self._shared._series_reader
        try:
            return self._with_series(self._reader)
        except BaseException:
            del self._reader  # which holds some of them: the next question makes them on a new one
            raise

    @cached_property
    def _rolled_up_reader(self) -> duckdb.DuckDBPyConnection:
        if self._shared is not None:
            return self._shared._rolled_up_reader
        return self._with_rolled_up(self._series_reader)

    def fetch(self, sql: str, params: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query as plain tuples."""
        with self._observed(sql) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql, params or []).fetchall()
        return found

    def codes_of(self, organisations: Sequence[str]) -> list[str]:
        """Return the codes under which organisations have records: their own, and those of what became part of them.

        A query that names them opens their files alone; one that works them out itself opens every organisation's.
        """
        merged = "SELECT org_code FROM successors WHERE list_contains(?, successor) ORDER BY org_code"
        return [*organisations, *(str(code) for (code,) in self.fetch(merged, [list(organisations)]))]

    def recall(self, sql: str) -> list[Row]:
        """Return the few rows of words of a query, which is carried out once per version of the mart."""
        return kept_rows(self._derived_folder(self.path / ROOM), sql, lambda: self.fetch(sql))

    def derived(
        self,
        name: str,
        build: Callable[[], pd.DataFrame],
        *,
        records: bool = False,
        only: tuple[str, str] | None = None,
        measures: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Return a frame that is computed once per version of the mart and of this package.

        Parameters
        ----------
        name
            What identifies the frame, parameters included: "los_strata 2025-04 2026-03".
        build
            Computes it, where no process has done so yet.
        records
            Whether it is worked out from records of patients: then it stays in the records room.
        only
            Of the rows those that have a value in a column: `("org_code", "SYN07")`.
        measures
            Of the measures that it is worked out from, those whose figures are looked at; None for all.
        """
        return self._derived(name, lambda: [partial(self._build, build)], records, only, measures)

    def derived_by_organisation(
        self,
        name: str,
        table: str,
        build: Callable[[Sequence[str]], pd.DataFrame],
        *,
        only: tuple[str, str] | None = None,
    ) -> pd.DataFrame:
        """Return a frame that is computed once, as `derived` does, whose rows each rest on one organisation's records.

        A country's records are taken a part at a time, by all the reports that wait for the frame, on whichever
        machines they run.

        `table`: the records that it is worked out from. `build`: works out the rows of the organisations whose codes it
        is given, predecessors' among them; those of all for none. Rows are in the order of organisations.
        """
        return self._derived(
            name,
            lambda: [partial(self._build, partial(build, codes)) for codes in lots(self, table)],
            True,
            only,
        )

    def _derived(
        self,
        name: str,
        parts: Callable[[], Sequence[Build]],
        records: bool,
        only: tuple[str, str] | None,
        measures: Collection[str] | None = None,
    ) -> pd.DataFrame:
        folder = make_private(self._derived_folder(self.path / ROOM if records else self.path))
        frame, read = derived_frame(folder, name, parts, only)
        self.note(read if measures is None else held_to(read, measures_behind(measures)))
        return frame

    def _build(self, build: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, set[str]]:
        """Return a frame and what was read for it, also where that had been read before."""
        read: set[str] = set()
        before, self._building = self._building, read
        if (
            self._pinned is not None
        ):  # others wait for it, so it may take more of the machine than one report
            self._reader.execute("SET threads = 2")
        try:
            return build(), read
        except BaseException:
            self._building = before
            self.note(read)  # by who gets no frame
            raise
        finally:
            self._building = before
            if self._pinned is not None:
                self._reader.execute("SET threads = 1")

    def _derived_folder(self, below: Path | None = None) -> Path:
        return (below or self.path) / DERIVED / (self.version or "empty")


def _reopened(path: str, version: str | None) -> Mart:
    """Return a mart in another process, where the records room is asked many times of one version."""
    mart = Mart(path, version)
    mart._shared = None if version is None else _reading(path, version)
    return mart


@lru_cache(maxsize=2)
def _reading(path: str, version: str) -> Mart:
    return Mart(path, version)


def _source(dataset: str, load: LoadRecord) -> Source:
    return Source(
        name=load.name,
        dataset=dataset,
        as_at=load.as_at.isoformat(),
        origin="published" if load.policy == "published" else "records",
        synthetic=load.synthetic,
    )

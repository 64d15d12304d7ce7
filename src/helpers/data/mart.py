"""The mart: a folder of immutable Parquet files, a manifest per version, and readers that never wait.

::

    CURRENT               the version that new readers see, replaced in one step
    manifests/<version>.json
    data/<load>/<table>/[org_code=<code>/]part-<n>.parquet
    derived/<version>/    benchmarks computed once per version
    room/                 the same of what was worked out from records of patients
    staging/              loads under way; what a killed load left is cleared by the next
    lock                  held by the one load that may write

A load writes its files, then its manifest, then replaces CURRENT. Whatever happens before that last step
leaves the mart as it was. Importing this module stays cheap: pandas, Arrow and DuckDB come when needed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from helpers.bundle import Source
from helpers.data.choice import choice_query
from helpers.data.derived import derived_frame, fill_derived
from helpers.data.manifest import (
    PRIVATE_FILE,
    LoadRecord,
    Manifest,
    Mode,
    Policy,
    hash_file,
    make_private,
    next_manifest,
    write_private,
)
from helpers.data.observing import observe, tables_read
from helpers.data.query_errors import explained
from helpers.data.schema import TABLES
from helpers.data.views import needs_choice, series_statements, view_statements
from helpers.data.writing import Load
from helpers.errors import DataError, Problem
from helpers.places import in_notebook
from helpers.reads import is_about, note_data

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: seconds that a load waits for another one to end
LOAD_WAIT = 600
#: how long a manifest that is not current stays, for readers that pinned it
KEEP_MANIFESTS = timedelta(days=1)

#: what may stand in CURRENT
SAFE_VERSION = re.compile(r"[A-Za-z0-9_-]+")
#: folders of the mart that whoever reads it writes to: benchmarks once worked out, queries beyond the memory
DERIVED, SPILL = "derived", "spill"
#: where the records room has its own of both: no kernel may read what is in it
ROOM = "room"


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
        self._above: Mart | None = None
        self._shares_reader = False
        # one lock per object, so that the loads of a batch may be open side by side
        self._file_lock = FileLock(self.path / "lock", timeout=LOAD_WAIT, mode=PRIVATE_FILE)

    def __reduce__(self) -> tuple[Callable[..., Mart], tuple[Path, str | None]]:
        return (Mart if self._pinned is None else _reopened), (self.path, self._pinned)

    def __repr__(self) -> str:
        return f"Mart({str(self.path)!r}, version={self.version!r})"

    @property
    def version(self) -> str:
        """The pinned version, or the one that CURRENT names; empty where nothing has been loaded."""
        if self._pinned is not None:
            return self._pinned
        current = self.path / "CURRENT"
        if not current.exists():
            return ""
        version = current.read_bytes().decode("utf-8", "replace").strip()
        if not SAFE_VERSION.fullmatch(version) or not self._manifest_path(version).exists():
            cure = "boardpack state restore FILE; or write the name of the newest file of manifests to it"
            raise DataError(Problem(str(current), "names no version that the mart holds", cure=cure))
        return version

    def at(self, version: str) -> Mart:
        """Return this mart pinned to a version: a batch hands one version to all of its reports.

        Raises
        ------
        DataError
            Where the mart holds no such version (any more).
        """
        if version and not self._manifest_path(version).exists():
            raise DataError(
                Problem(f"mart {self.path}", f"no version {version}", cure="run again without a version")
            )
        return Mart(self.path, version)

    @property
    def manifest(self) -> Manifest:
        """The loads and files of this version."""
        version = self.version
        if not version:
            return Manifest()
        return read_manifest(self._manifest_path(version))

    def _manifest_path(self, version: str) -> Path:
        return self.path / "manifests" / f"{version}.json"

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
        return _measures(self.manifest)

    def list_digest(self, table: str) -> str:
        """Return a hash of what a list of names says, whichever files say it.

        Most files name the organisations of their figures: a new edition of one mostly changes none of them.
        """
        rows = f"SELECT * EXCLUDE (source, vintage) FROM {table}"
        with explained(self), self._connect_to_files() as connection:
            found = connection.execute(f"SELECT count(*), sum(hash(t)::HUGEINT) FROM ({rows}) t").fetchone()
        assert found is not None
        return f"{found[0]} rows, {found[1] or 0:x}"

    # --- reading ---------------------------------------------------------------------------------

    def connect(
        self, threads: int = 1, memory: str = "1GB", *, series: bool = True
    ) -> duckdb.DuckDBPyConnection:
        """Return an in-memory DuckDB with a view per table over this version's files.

        See `helpers.data.views.view_statements` for the views. The caller closes the connection. What it is
        asked is not observed, so that all of the mart counts as read; `query` knows better.

        Parameters
        ----------
        threads, memory
            How much of the machine it may take.
        series
            False leaves out the views that rest on the choice of sources, which takes memory to work out.
        """
        self.note(TABLES)
        return self._connect(threads, memory) if series else self._connect_to_files(threads, memory)

    def _connect(self, threads: int = 1, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
        """Return a connection whose views of measures follow one source each; whoever asks it notes what is read."""
        connection = self._connect_to_files(threads, memory)
        with explained(self):
            for statement in series_statements():
                connection.execute(statement)
            if needs_choice(self.manifest):
                self._choose(connection)
        return connection

    def _connect_to_files(self, threads: int = 1, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
        import duckdb

        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": threads,
                "memory_limit": memory,
                "temp_directory": str(self._spill_folder()),
                # never reach for the network
                "autoinstall_known_extensions": "false",
            },
        )
        with explained(self):
            for statement in view_statements(self.path, self.manifest, without=_not_held()):
                connection.execute(statement)
        return connection

    def _choose(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Fill in the source of every period of the series that have several, worked out once per version."""
        folder, name = self._derived_folder(), "series sources"
        fill_derived(connection, "series_sources", lambda: choice_query(connection), folder, name)

    def _spill_folder(self) -> Path:
        """Return where a query over the memory limit goes; the engine makes it below a folder that must exist."""
        folder = self.path / SPILL if in_notebook() else self.path / ROOM / SPILL
        with suppress(OSError):  # a mart that may only be read is read as far as memory goes
            make_private(folder)
        return folder / f"{os.getpid()}-{secrets.token_hex(4)}"

    def query(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> pd.DataFrame:
        """Return the result of a query over the views of this version as a frame."""
        with self._observed(sql) as connection:
            return _frame(connection.execute(sql, params or []))

    @contextmanager
    def _observed(self, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield what carries out a query, and note what that has read."""
        with explained(self), self._cursor() as connection:
            observe(connection)
            yield connection
            self.note(tables_read(connection, sql, self.path, self.manifest))

    def note(self, read: Iterable[str], *, elsewhere: bool = False) -> None:
        """Note what was read (`helpers.reads`): of this mart, and of those that it was made from.

        What was read `elsewhere`, in the records room, is not held in this process.
        """
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
        part.__dict__["_reader"], part._above = self._reader, self
        return part

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connect() if self._pinned is None else self._reader.cursor()

    @cached_property
    def _reader(self) -> duckdb.DuckDBPyConnection:
        # a pinned version never changes, so its views are made once
        if self._shares_reader and self._pinned is not None:
            return _reader_of(self.path, self._pinned)
        return self._connect()

    def fetch(self, sql: str, params: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query as plain tuples."""
        with self._observed(sql) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql, params or []).fetchall()
        return found

    def derived(
        self, name: str, build: Callable[[], pd.DataFrame], *, records: bool = False
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
        """
        folder = make_private(self._derived_folder(self.path / ROOM if records else self.path))
        frame, read = derived_frame(folder, name, lambda: self._build(build))
        self.note(read)
        return frame

    def _build(self, build: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, set[str]]:
        """Return a frame and what was read for it, also where that had been read before."""
        before, self.asked = self.asked, set()
        try:
            return build(), self.asked
        finally:
            self.asked = before | self.asked

    def _derived_folder(self, below: Path | None = None) -> Path:
        return (below or self.path) / DERIVED / (self.version or "empty")

    def sealed(self) -> tuple[Path, ...]:
        """Return the folders, of any version, that hold records of patients or what was worked out from them."""
        data = self.path / "data"
        found = [path for name in _record_tables() for path in data.glob(f"*/{name}")]
        # a folder that is never there, so that what comes to `data` later is not open as a whole
        return (*sorted(found), data / "later" / "records", self.path / ROOM, self.path / "staging")

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def load(
        self,
        *,
        source: str,
        layout: str,
        policy: Policy,
        file: Path | str | None = None,
        shown: str = "",
        synthetic: bool = False,
        name: str = "",
        mode: Mode = "replace",
        secondary: bool = False,
        publication: str = "",
        settings: str = "",
        vintage: datetime | None = None,
        as_at: date | None = None,
    ) -> Iterator[Load]:
        """Load one file, all or nothing: committed when the block ends, forgotten when it raises.

        Loading content that this version already holds from the same source changes nothing, unless it is read
        with other settings: it then stands in for what it gave before.

        Parameters
        ----------
        source
            Short name of where the rows come from; with the table it names a data set.
        layout
            The module of `helpers.data.sources` that read them, or "synthetic".
        policy
            Disclosure rule: "hes_record_level" for anything from records, "published" for statistics
            that their publisher has controlled.
        file
            What was read; its hash tells whether it has been loaded before.
        shown
            How the file is recorded, where that is not its path: the address it was fetched from.
        synthetic
            True for invented data: every report that reads them says so.
        name
            The source's name for people.
        mode
            "replace" drops earlier loads of the source; "append" adds to them, the latest vintage wins.
        secondary
            True for figures that somebody else tabulated: the publication itself wins over them.
        publication
            What the figures are from, where several sources tabulate one publication; the source by default.
        settings
            Hash of what an analyst wrote on how to read the file, where anything.
        vintage
            Edition of the figures (UTC); by default the moment of the load.
        as_at
            Date up to which the data speak; by default today.

        Raises
        ------
        DataError
            Where another load holds the mart for ten minutes.
        """
        make_private(self.path)
        with self._lock():
            now = _now()
            self._clear_staging()
            identity = f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}"
            staging = make_private(self.path / "staging" / identity)
            load = Load(identity, source, vintage or now, staging)
            try:
                yield load
                if load.discarded:
                    return
                record = LoadRecord(
                    load=load.id,
                    source=source,
                    name=name or source,
                    layout=layout,
                    file=shown or str(file or ""),
                    sha256=hash_file(Path(file)) if file else _hash_content(load),
                    rows_read=load.rows_kept if load.rows_read is None else load.rows_read,
                    rows_kept=load.rows_kept,
                    rows_rejected=sum(load.rejected.values()),
                    rejected=load.rejected,
                    loaded_at=now,
                    vintage=load.vintage,
                    as_at=load.as_at or as_at or now.date(),
                    policy=policy,
                    synthetic=synthetic,
                    secondary=secondary,
                    publication=publication,
                    settings=settings,
                )
                self._commit(load, record, replace=mode == "replace")
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def holds(self, source: str, sha256: str, settings: str = "") -> bool:
        """Tell whether this version has rows of that very content from that source, read in that way."""
        sought = (source, sha256, settings)
        return any((load.source, load.sha256, load.settings) == sought for load in self.manifest.loads)

    def _commit(self, load: Load, record: LoadRecord, *, replace: bool) -> None:
        if self.holds(record.source, record.sha256, record.settings):
            return
        current = self.manifest
        manifest = next_manifest(current, record, tuple(load.files), replace=replace)
        make_private(self.path / "data")
        load.staging.rename(self.path / "data" / load.id)
        make_private(self.path / "manifests")
        write_private(
            self._manifest_path(manifest.version), manifest.model_dump_json(indent=1).encode("utf-8")
        )
        write_private(self.path / "CURRENT", f"{manifest.version}\n".encode())

    def prune(self, *, older_than: timedelta = KEEP_MANIFESTS) -> list[str]:
        """Remove the versions that nothing refers to, and the files that only they held.

        Parameters
        ----------
        older_than
            Younger versions stay: a batch may have pinned one.

        Returns
        -------
        list of str
            The versions and loads that were removed.
        """
        with self._lock():
            self._clear_staging()
            limit = _now() - older_than
            manifests = [read_manifest(path) for path in (self.path / "manifests").glob("*.json")]
            old = [m for m in manifests if m.version != self.version and (m.created_at or limit) <= limit]
            held = {file.load for m in manifests if m not in old for file in m.files}
            for manifest in old:
                self._manifest_path(manifest.version).unlink()
                for folder in (self.path, self.path / ROOM):
                    shutil.rmtree(folder / DERIVED / manifest.version, ignore_errors=True)
            self._clear_spill(limit)
            gone = [path for path in (self.path / "data").glob("*") if path.name not in held]
            for folder in gone:
                shutil.rmtree(folder)
            return sorted([m.version for m in old] + [folder.name for folder in gone])

    def _clear_spill(self, limit: datetime) -> None:
        """Remove what killed queries left; those under way are younger."""
        for left in (*(self.path / SPILL).glob("*"), *(self.path / ROOM / SPILL).glob("*")):
            if datetime.fromtimestamp(left.stat().st_mtime, UTC).replace(tzinfo=None) <= limit:
                shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        make_private(self.path)
        lock = self._file_lock
        try:
            lock.acquire()
        except Timeout:
            raise DataError(
                Problem(f"mart {self.path}", "another load is running", cure="wait for it to end")
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _clear_staging(self) -> None:
        if self._file_lock.lock_counter > 1:
            return
        for left in (self.path / "staging").glob("*"):
            shutil.rmtree(left, ignore_errors=True)


def _reopened(path: Path, version: str) -> Mart:
    """Return the mart of a version in another process: the records room is asked many times of one."""
    mart = Mart(path, version)
    mart._shares_reader = True
    return mart


@lru_cache(maxsize=2)
def _reader_of(path: Path, version: str) -> duckdb.DuckDBPyConnection:
    return Mart(path, version)._reader


def _record_tables() -> tuple[str, ...]:
    return tuple(name for name, table in TABLES.items() if table.records)


def _not_held() -> tuple[str, ...]:
    """Return the tables that this process may not hold: those of records, where it is a notebook's kernel."""
    return _record_tables() if in_notebook() else ()


def _source(dataset: str, load: LoadRecord) -> Source:
    return Source(
        name=load.name,
        dataset=dataset,
        as_at=load.as_at.isoformat(),
        origin="published" if load.policy == "published" else "records",
        synthetic=load.synthetic,
    )


def _measures(manifest: Manifest) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    unknown: set[str] = set()
    for file in manifest.files:
        name = f"{file.table}/{file.source}"
        found[name] = found.get(name, frozenset()) | frozenset(file.measures)
        unknown |= set() if file.measures else {name}
    return {name: measures for name, measures in found.items() if name not in unknown}


@cache
def read_manifest(path: Path) -> Manifest:
    """Return a manifest from its file.

    Raises
    ------
    DataError
        Where it is gone or damaged.
    """
    # a manifest never changes once written, so a process reads each once
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        came = "this file of the mart is " + ("gone" if isinstance(error, FileNotFoundError) else "damaged")
        cure = "restore a back-up: boardpack state restore FILE"
        raise DataError(Problem(str(path), came, cure=cure)) from error


def _frame(result: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    found: pd.DataFrame = result.df()
    return found


def _hash_content(load: Load) -> str:
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in load.files)).encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

"""The files of the mart: which version is current, and how a load adds one, whole or not at all.

::

    CURRENT               the version that new readers see, replaced in one step
    manifests/<version>.json
    data/<load>/<table>/[org_code=<code>/]part-<n>.parquet
    derived/<version>/    benchmarks computed once per version
    room/                 the same of what was worked out from records of patients
    staging/              loads under way; what a killed load left is cleared by the next
    lock                  held by the one load that may write

A load writes its files, then its manifest, then replaces CURRENT. Whatever happens before that last step
leaves the mart as it was.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from helpers.data.mart.manifest import (
    PRIVATE_FILE,
    LoadRecord,
    Manifest,
    Mode,
    Policy,
    make_private,
    next_manifest,
    write_private,
)
from helpers.data.mart.writing import Load
from helpers.data.schema import RECORDS
from helpers.errors import DataError
from helpers.hashes import hash_file

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


class MartFiles:
    """The folder of the mart, whichever version one reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # one lock per object, so that the loads of a batch may be open side by side
        self._file_lock = FileLock(path / "lock", timeout=LOAD_WAIT, mode=PRIVATE_FILE)

    @property
    def current(self) -> str:
        """The version that CURRENT names; empty where nothing has been loaded."""
        current = self.path / "CURRENT"
        if not current.exists():
            return ""
        version = current.read_bytes().decode("utf-8", "replace").strip()
        if not SAFE_VERSION.fullmatch(version) or not self.manifest_path(version).exists():
            cure = "boardpack state restore FILE; or write the name of the newest file of manifests to it"
            raise DataError(str(current), "names no version that the mart holds", cure=cure)
        return version

    def manifest_path(self, version: str) -> Path:
        """Return where the manifest of a version lies."""
        return self.path / "manifests" / f"{version}.json"

    def manifest(self, version: str) -> Manifest:
        """Return the loads and files of a version."""
        return read_manifest(self.manifest_path(version)) if version else Manifest()

    def in_force(self, moment: datetime) -> str:
        """Return the version that was current at a moment (UTC).

        Raises `DataError` where nothing was loaded by then, or that version is not kept any more.
        """
        found = [read_manifest(path) for path in (self.path / "manifests").glob("*.json")]
        by_age = sorted(found, key=lambda each: (each.created_at or datetime.min, each.version))
        then = [each for each in by_age if (each.created_at or datetime.min) <= moment]
        later = by_age[len(then)] if len(then) < len(by_age) else None
        if then and (later is None or later.parent == then[-1].version):
            return then[-1].version
        where = f"the data as they were known on {moment:%Y-%m-%d}"
        if later is None or not later.parent:
            first = f"; the first load was on {later.created_at:%Y-%m-%d}" if later else ""
            raise DataError(where, f"nothing was loaded by then{first}")
        came = f"are not kept: what was in force before {later.created_at:%Y-%m-%d} was removed"
        raise DataError(where, came)

    def sealed(self) -> tuple[Path, ...]:
        """Return the folders, of any version, that hold records of patients or what was worked out from them."""
        data = self.path / "data"
        found = [path for name in RECORDS for path in data.glob(f"*/{name}")]
        # a folder that is never there, so that what comes to `data` later is not open as a whole
        return (*sorted(found), data / "later" / "records", self.path / ROOM, self.path / "staging")

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

        Loading content that the mart already holds from the same source changes nothing, unless it is read
        with other settings: it then stands in for what it gave before.

        Raises `DataError` where another load holds the mart for ten minutes.

        Parameters
        ----------
        file, shown
            What was read; how it is recorded, where that is not its path: the address it was fetched from.
        mode
            "replace" drops earlier loads of the source; "append" adds to them, the latest vintage wins.
        vintage, as_at
            Edition of the figures (UTC), by default the moment of the load; the date up to which they speak, by
            default today.
        others
            As `LoadRecord` has them.
        """
        make_private(self.path)
        with self._lock():
            now = _now()
            self._clear_staging()
            identity = f"{now:%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"  # of two, the newer is the greater
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

    @contextmanager
    def on_its_way(self) -> Iterator[Path]:
        """Yield a private folder for what is fetched to be loaded: no other load may run beside it.

        What a killed process left in it goes with the next load.
        """
        with self._lock():
            self._clear_staging()
            folder = make_private(self.path / "staging" / f"fetch-{secrets.token_hex(4)}")
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def holds(self, source: str, sha256: str, settings: str = "") -> bool:
        """Tell whether the current version has rows of that very content from that source, read in that way."""
        sought = (source, sha256, settings)
        return any(
            (load.source, load.sha256, load.settings) == sought
            for load in self.manifest(self.current).loads
        )

    def _commit(self, load: Load, record: LoadRecord, *, replace: bool) -> None:
        if self.holds(record.source, record.sha256, record.settings):
            return
        current = self.manifest(self.current)
        manifest = next_manifest(current, record, tuple(load.files), replace=replace)
        make_private(self.path / "data")
        load.staging.rename(self.path / "data" / load.id)
        put_in_force(self.path, manifest)

    def prune(self, *, older_than: timedelta = KEEP_MANIFESTS, dry_run: bool = False) -> list[str]:
        """Remove the versions that nothing refers to, and the files that only they held.

        `older_than`: younger versions stay: a batch may have pinned one.

        Returns
        -------
        list of str
            The versions and loads that were removed.
        """
        with self._lock():
            self._clear_staging()
            limit = _now() - older_than
            manifests = [read_manifest(path) for path in (self.path / "manifests").glob("*.json")]
            old = [m for m in manifests if m.version != self.current and (m.created_at or limit) <= limit]
            held = {file.load for m in manifests if m not in old for file in m.files}
            gone = [path for path in (self.path / "data").glob("*") if path.name not in held]
            if not dry_run:
                self._remove(old, gone)
                self._clear_spill(limit)
            return sorted([m.version for m in old] + [folder.name for folder in gone])

    def _remove(self, old: list[Manifest], loads: list[Path]) -> None:
        """Remove versions, what was derived from them, and folders of loads."""
        for manifest in old:
            self.manifest_path(manifest.version).unlink()
            for folder in (self.path, self.path / ROOM):
                shutil.rmtree(folder / DERIVED / manifest.version, ignore_errors=True)
        for folder in loads:
            shutil.rmtree(folder)

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
                f"mart {self.path}", "another load is running", cure="wait for it to end"
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


def put_in_force(path: Path, manifest: Manifest) -> None:
    """Write a version of the mart at a path, and make it the current one."""
    make_private(path / "manifests")
    write_private(
        path / "manifests" / f"{manifest.version}.json", manifest.model_dump_json(indent=1).encode("utf-8")
    )
    write_private(path / "CURRENT", f"{manifest.version}\n".encode())


@contextmanager
def no_load(path: Path) -> Iterator[None]:
    """Hold loads into the mart at a path off while the block runs; one under way is waited for."""
    try:
        with FileLock(path / "lock", timeout=LOAD_WAIT, mode=PRIVATE_FILE):
            yield
    except Timeout:
        raise DataError("mart", "a load is running", cure="wait for it to end") from None


@cache
def read_manifest(path: Path) -> Manifest:
    """Return a manifest from its file.

    Raises `DataError` where it is gone or damaged.
    """
    # a manifest never changes once written, so a process reads each once
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        came = "this file of the mart is " + ("gone" if isinstance(error, FileNotFoundError) else "damaged")
        cure = "restore a back-up: boardpack state restore FILE"
        raise DataError(str(path), came, cure=cure) from error


def _hash_content(load: Load) -> str:
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in load.files)).encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

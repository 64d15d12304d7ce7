"""The private state as a whole: its version, back-up and restore, and what is old enough to go.

Everything below the folder is the owner's alone: folders 0700, files 0600, temporary files inside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from helpers.audience import homes
from helpers.data.mart import Mart
from helpers.data.mart.files import DERIVED, SPILL, no_load
from helpers.data.mart.manifest import PRIVATE_FILE, PRIVATE_FOLDER, make_private, write_private
from helpers.errors import DataError, Problem, UsageError

STATE_VERSION = 3
VERSION_FILE = "VERSION"
CONTENTS = "CONTENTS.json"
#: keeps private files out of git wherever the state lies, also where no `.gitignore` of the project names it
IGNORED = ".gitignore"
#: how long executed notebooks and logs stay
KEEP_RUNS = timedelta(days=90)
#: what a back-up leaves out: it is made anew, or belongs to a process
_PASSING = frozenset({"staging", "derived", "spill", "room", "lock", "scratch"})


def open_state(state: Path) -> None:
    """Upgrade the private state to this version in place, or refuse it; whatever comes there, git leaves alone.

    Raises `UsageError` if a newer boardpack wrote it.
    """
    if not (state / IGNORED).exists():
        with contextlib.suppress(OSError):  # whoever may not write here is told by what has to
            write_private(make_private(state) / IGNORED, b"*\n")
    if _is_empty(state):
        return
    version = _version(state)
    if version > STATE_VERSION:
        came = f"was written by a newer boardpack (state {version})"
        allowed = f"state {STATE_VERSION} or older"
        raise UsageError(str(state), came, allowed, "update boardpack, or restore a back-up")
    for step in range(version, STATE_VERSION):
        _UPGRADES[step](state)
        write_private(state / VERSION_FILE, f"{step + 1}\n".encode())


def _is_empty(state: Path) -> bool:
    return not state.is_dir() or all(each.name == IGNORED for each in state.iterdir())


def _version(state: Path) -> int:
    path = state / VERSION_FILE
    if not path.exists():
        return 1  # the first version wrote none
    text = path.read_text("utf-8").strip()
    if not text.isdecimal():
        cure = "restore a back-up: boardpack state restore FILE"
        raise UsageError(str(path), "is damaged", "a whole number", cure)
    return int(text)


def make_all_private(state: Path) -> None:
    """Take from everybody else what they may do with the state's folders and files."""
    for path in (state, *state.rglob("*")):
        if not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def forget_derived(state: Path) -> None:
    """Remove what was worked out from the mart: sums of records lay where kernels read."""
    for name in (DERIVED, SPILL):
        shutil.rmtree(state / "mart" / name, ignore_errors=True)


#: from which version to the next: the first left logs and executed notebooks readable, the second sums of records
_UPGRADES: Mapping[int, Callable[[Path], None]] = {1: make_all_private, 2: forget_derived}


# --- back-up and restore ------------------------------------------------------------------------------


def back_up(state: Path, target: Path) -> int:
    """Write the private state to one file, readable by its owner alone, while reports may go on.

    Raises `DataError` if there is no state, the target exists or lies in the state, or a load is under way.

    `target`: a file that does not exist yet, such as `boardpack-2026-11-22.tar.gz`. It holds records of patients where
    the mart does.

    Returns
    -------
    int
        How many files it holds.
    """
    if not state.is_dir():
        raise DataError(str(state), "there is no private state to back up")
    if target.exists() or target.resolve().is_relative_to(state.resolve()):
        came = "exists already" if target.exists() else "lies in the private state"
        raise DataError(str(target), came, "a new file elsewhere")
    if not target.parent.is_dir():
        raise DataError(str(target.parent), "there is no such folder", cure="make it first")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with (
            no_load(state / "mart") if (state / "mart").is_dir() else contextlib.nullcontext(),
            os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            count = _write_archive(state, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _write_archive(state: Path, file: io.BufferedWriter) -> int:
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
        for path in sorted(state.rglob("*")):
            name = path.relative_to(state)
            if (
                not path.is_file()
                or path.is_symlink()
                or _PASSING & set(name.parts)
                or name.name.endswith((".sqlite-wal", ".sqlite-shm", ".sqlite-journal"))
            ):
                continue
            content = _content(path)
            if content is not None:
                sums[name.as_posix()] = hashlib.sha256(content).hexdigest()
                _add(archive, name.as_posix(), content)
        _add(archive, CONTENTS, json.dumps({"state": _version(state), "files": sums}).encode())
    return len(sums)


def _content(path: Path) -> bytes | None:
    """Return a file's content; a database as of one moment; nothing where it has gone meanwhile."""
    if path.suffix == ".sqlite":
        with contextlib.closing(sqlite3.connect(path, timeout=30.0)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is still in the log belongs to it
            return database.serialize()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), PRIVATE_FILE
    member.mtime = int(datetime.now(UTC).timestamp())
    archive.addfile(member, io.BytesIO(content))


def restore(state: Path, source: Path, *, replace: bool = False) -> int:
    """Put a back-up in the state's place: checked whole first, then swapped in.

    Raises `DataError` if the file is no whole back-up, or there is a state and `replace` is not set; `UsageError` if a
    newer boardpack wrote the back-up.

    `source`: a file that `back_up` wrote. `replace`: whether a state that is there may go.

    Returns
    -------
    int
        How many files were restored.
    """
    if not source.is_file():
        raise DataError(str(source), "there is no such file")
    if not _is_empty(state) and not replace:
        raise DataError(str(state), "there is a private state already", cure="give --replace to drop it")
    beside = state.with_name(f"{state.name}.restoring-{secrets.token_hex(4)}")
    old = state.with_name(f"{state.name}.replaced-{secrets.token_hex(4)}")
    make_private(beside)
    try:
        count = _unpack(source, beside)
        open_state(beside)
        if state.exists():
            state.rename(old)
        beside.rename(state)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return count


def _unpack(source: Path, folder: Path) -> int:
    try:
        with tarfile.open(source, "r:gz") as archive:
            contents = archive.extractfile(CONTENTS)
            sums = json.loads(contents.read())["files"] if contents else {}
            for name, wanted in sums.items():
                member = archive.extractfile(name)
                content = member.read() if member else b""
                if hashlib.sha256(content).hexdigest() != wanted:
                    raise DataError(_broken(source, "a file in it is damaged"))
                write_private(_target(folder, name, source), content)
    except (tarfile.TarError, KeyError, ValueError, EOFError, OSError) as error:
        raise DataError(_broken(source, f"is no whole back-up ({type(error).__name__})")) from error
    return len(sums)


def _target(folder: Path, name: str, source: Path) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise DataError(_broken(source, "names a place outside the private state"))
    make_private(folder.joinpath(*parts[:-1]))
    return folder.joinpath(*parts)


def _broken(source: Path, came: str) -> Problem:
    return Problem(str(source), came, "a file written by boardpack state backup", "take another back-up")


# --- retention ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pruned:
    """What was removed because of its age: run folders, and versions and loads of the mart."""

    runs: tuple[str, ...]
    versions: tuple[str, ...]


def prune_state(
    state: Path,
    *,
    older_than: timedelta = KEEP_RUNS,
    versions: timedelta | None = None,
    spared: Collection[str] = (),
    now: datetime | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Remove executed notebooks, logs and versions of the mart that are older than this.

    History and the record of what was released stay: they hold no figures of patients beyond those that
    were published.

    `versions`: that from which versions of the mart go; the same unless given. `spared`: runs that stay: a draft of
    theirs waits.
    """
    limit = (now or datetime.now(UTC)) - older_than
    folders = sorted(run for home in homes(state) for run in (home / "runs").glob("*"))
    gone = [each for each in folders if _begun(each) < limit and each.name not in spared]
    for folder in () if dry_run else gone:
        shutil.rmtree(folder)
    mart = Mart(state / "mart")
    age = older_than if versions is None else versions
    old = mart.prune(older_than=age, dry_run=dry_run) if mart.version else []
    return Pruned(tuple(each.name for each in gone), tuple(old))


def _begun(run: Path) -> datetime:
    """Return when a run began: its name says so, else its folder's age."""
    try:
        return datetime.strptime(run.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(run.stat().st_mtime, UTC)

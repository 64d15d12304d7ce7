"""What a version of the mart consists of: its loads and its files, as one JSON document per version."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Policy = Literal["hes_record_level", "published"]
Mode = Literal["replace", "append"]

#: only the owner may read the mart: it can hold records of patients
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LoadRecord(_Frozen):
    """One load: what was read from where, and how it may be shown."""

    load: str
    version: str = ""  # the first manifest that holds it
    source: str  # short name of where the rows come from; with the table it names a data set
    name: str  # for people
    layout: str  # the module of `helpers.data.sources` that read them, or "synthetic"
    file: str
    sha256: str  # tells whether it has been loaded before
    rows_read: int
    rows_kept: int
    rows_rejected: int
    rejected: dict[str, int] = Field(default_factory=dict)  # reason: rows
    loaded_at: datetime
    vintage: datetime
    as_at: date
    policy: Policy  # "hes_record_level" for anything from records, "published" for what its publisher controlled
    synthetic: bool = False  # invented: every report that reads them says so
    secondary: bool = False  # tabulated by somebody else from the publication
    publication: str = ""  # what the figures are from, where several sources tabulate one
    settings: str = ""  # hash of how the file was read: by which code, and what an analyst wrote on it


class FileRecord(_Frozen):
    """One Parquet file of a load; `path` is relative to the mart."""

    table: str
    source: str
    load: str
    path: str
    rows: int
    sha256: str  # of its rows, without their edition
    schema_id: str
    measures: tuple[str, ...] = ()  # that it holds; none where that is not known or it has none


class Manifest(_Frozen):
    """A version of the mart. `fingerprints` maps "<table>/<source>" to a hash of its content."""

    version: str = ""
    parent: str = ""
    created_at: datetime | None = None
    loads: tuple[LoadRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()
    fingerprints: dict[str, str] = Field(default_factory=dict)

    def table_files(self, table: str) -> tuple[FileRecord, ...]:
        """Return the files of one table."""
        return tuple(file for file in self.files if file.table == table)


def fingerprint_files(files: Iterable[FileRecord]) -> dict[str, str]:
    """Return one hash per "<table>/<source>"; the order counts, since later editions win."""
    grouped: dict[str, list[str]] = {}
    for file in files:
        grouped.setdefault(f"{file.table}/{file.source}", []).append(file.sha256)
    return {
        name: hashlib.sha256("\n".join(hashes).encode()).hexdigest()
        for name, hashes in sorted(grouped.items())
    }


def next_manifest(
    current: Manifest, load: LoadRecord, files: tuple[FileRecord, ...], *, replace: bool
) -> Manifest:
    """Return the manifest after a load; `replace` drops the earlier loads of the same source.

    A file that is read anew, with other settings, stands in for its earlier reading in any case.
    """
    gone = {
        old.load
        for old in current.loads
        if old.source == load.source and (replace or old.sha256 == load.sha256)
    }
    return manifest_after(current, gone, load.loaded_at, (load,), files)


def manifest_after(
    current: Manifest,
    gone: Collection[str],
    now: datetime,
    loads: tuple[LoadRecord, ...] = (),
    files: tuple[FileRecord, ...] = (),
) -> Manifest:
    """Return the manifest without some loads of the current one, and with others."""
    kept = (*(file for file in current.files if file.load not in gone), *files)
    fingerprints = fingerprint_files(kept)
    digest = hashlib.sha256(
        json.dumps([str(now), *(load.load for load in loads), fingerprints]).encode()
    ).hexdigest()
    version = f"{int(current.version.partition('-')[0] or 0) + 1:06d}-{digest[:10]}"
    return Manifest(
        version=version,
        parent=current.version,
        created_at=now,
        loads=(
            *(old for old in current.loads if old.load not in gone),
            *(load.model_copy(update={"version": version}) for load in loads),
        ),
        files=kept,
        fingerprints=fingerprints,
    )


def make_private(folder: Path) -> Path:
    """Create a folder, and any parent that is missing, that only its owner may enter."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def write_private(path: Path, content: bytes | memoryview) -> None:
    """Put a file in place in one step: written beside it, synced, renamed; readable by its owner alone."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)

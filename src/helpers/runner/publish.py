"""Put finished reports in their place, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from helpers.errors import GateError, Problem
from helpers.runner.history import Output

STAGED = ".part"
#: reports may be read by others; everything else that a run writes may not
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
#: seconds after which a staged file belongs to no living run
ABANDONED = 24 * 3600
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def publish(files: Mapping[str, Path], reports: Path, place: PurePosixPath) -> dict[str, Output]:
    """Publish all formats of one report together; until then the last good ones stay.

    Every file is written beside its place and synced; only when all are there are they renamed.

    Parameters
    ----------
    files
        The finished file of each format.
    reports
        The folder of published reports.
    place
        Where the report belongs in it, without the ending.

    Raises
    ------
    GateError
        If the place is not below the reports folder.
    """
    if not all(_PART.fullmatch(part) and ".." not in part for part in place.parts):
        came = f"the report asks for the place {place}"
        raise GateError(Problem(str(reports), came, "letters, digits and - _ . between them"))
    folder = reports.joinpath(*place.parts[:-1])
    public_folder(folder)
    staged: dict[Path, Path] = {}
    outputs: dict[str, Output] = {}
    try:
        for name, path in files.items():
            target = folder / f"{place.name}.{name}"
            content = path.read_bytes()
            staged[target] = _stage(target, content)
            shown = target.relative_to(reports).as_posix()
            outputs[name] = Output(shown, hashlib.sha256(content).hexdigest())
        for target, source in staged.items():
            source.replace(target)
    finally:
        for source in staged.values():
            source.unlink(missing_ok=True)
    _sync_folder(folder)
    return outputs


def public_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, which others may read."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(PUBLIC_FOLDER)
    return path


def write_whole(target: Path, content: bytes) -> None:
    """Write a file such that readers see the old content or the new one, never a part."""
    staged = _stage(target, content)
    try:
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    _sync_folder(target.parent)


def sweep(reports: Path) -> None:
    """Remove staged files that a killed run left behind."""
    oldest = time.time() - ABANDONED
    for path in reports.rglob(f".*{STAGED}"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _stage(target: Path, content: bytes) -> Path:
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}{STAGED}")
    with staged.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.chmod(PUBLIC_FILE)
    return staged


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot sync a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

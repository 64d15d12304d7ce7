"""Hashes of contents: dates do not count."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_WRITER: Final = json.JSONEncoder(sort_keys=True, default=str)


def hash_files(roots: Iterable[Path]) -> dict[str, str]:
    """Return the hash of each file of some files and folders, by its name; compiled and hidden files are left out."""
    return {
        name: hash_bytes(path.read_bytes()) for root in roots for name, path in sorted(_files_below(root))
    }


def _files_below(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder, or the file itself, with their names from the folder above it."""
    if root.is_file():
        yield root.name, root
    # several times as fast as a pattern, at each start of a command
    for folder, below, files in os.walk(root):
        below[:] = (each for each in below if each != "__pycache__")
        place = Path(folder)
        inside = place.relative_to(root.parent).as_posix()
        yield from ((f"{inside}/{name}", place / name) for name in files if not name.startswith("."))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_json(content: object) -> str:
    """Return the SHA-256 of something that JSON can hold."""
    return hash_bytes(_WRITER.encode(content).encode())

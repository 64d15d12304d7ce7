"""Hashes of what a report depends on: contents count, dates do not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def hash_files(roots: Iterable[Path]) -> dict[str, str]:
    """Return the hash of each file of some files and folders, by its name."""
    return {
        path.relative_to(root.parent).as_posix(): hash_file(path)
        for root in roots
        for path in sorted(root.rglob("*") if root.is_dir() else [root])
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_json(content: object) -> str:
    """Return the SHA-256 of something that JSON can hold."""
    return hash_bytes(json.dumps(content, sort_keys=True, default=str).encode())

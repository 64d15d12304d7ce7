"""What the last published reports said of each measure, so that the next can say what has changed.

Kept in the private state when a report is published, never in what is published. It holds only what
readers have seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.bundle import Bundle
from helpers.data.mart.manifest import make_private, write_private
from helpers.errors import DataError

FOLDER = "last_published"
#: periods of which a report's summary stays
MOST_PERIODS = 60


@dataclass(frozen=True)
class LastPublished:
    """The newest summary of an earlier period: its period, as folders are named, and its rows."""

    period: str
    rows: tuple[tuple[str | float | None, ...], ...]


def keep_published(state: Path, bundles: Sequence[Bundle]) -> None:
    """Keep what a report that is being published says, instead of what it said of the same period before."""
    for bundle in bundles:
        if bundle.kept is not None:
            path = _path(state, bundle.kept.key)
            make_private(path.parent)
            every = {**_read(path), bundle.kept.period: [list(row) for row in bundle.kept.rows]}
            newest = {period: every[period] for period in sorted(every)[-MOST_PERIODS:]}
            write_private(path, json.dumps(newest, ensure_ascii=False).encode("utf-8"))


def last_before(state: Path, key: str, period: str) -> LastPublished | None:
    """Return what was published last of a period before one; None where nothing was.

    Raises `DataError` where the file cannot be read.
    """
    earlier = {name: rows for name, rows in _read(_path(state, key)).items() if name < period}
    if not earlier:
        return None
    newest = max(earlier)
    return LastPublished(newest, tuple(tuple(row) for row in earlier[newest]))


def _read(path: Path) -> dict[str, list[list[str | float | None]]]:
    if not path.exists():
        return {}
    try:
        found: dict[str, list[list[str | float | None]]] = json.loads(path.read_text("utf-8"))
    except ValueError:
        cure = "remove it: the next report then has nothing to compare itself with"
        raise DataError(f"{FOLDER}/{path.name}", "is damaged", cure=cure) from None
    return found


def _path(state: Path, key: str) -> Path:
    return state / FOLDER / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"

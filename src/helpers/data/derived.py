"""Frames that are worked out once per version of the mart and of this package, and kept beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from helpers.data.manifest import PRIVATE_FILE, write_private

if TYPE_CHECKING:
    import pandas as pd


#: where a kept frame says what was read for it (`helpers.reads`)
_READ = "reads"


def derived_frame(
    folder: Path, name: str, build: Callable[[], tuple[pd.DataFrame, set[str]]]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame of a name from a folder, built where no process has done so or its file is damaged.

    Parameters
    ----------
    folder
        That of the mart's version.
    name
        What identifies the frame, parameters included.
    build
        Computes it, and says what was read for it.

    Returns
    -------
    DataFrame and list of str
        The frame, and what was read for it, now or when it was built.
    """
    stem = hashlib.sha256(f"{_code_fingerprint()}\n{name}".encode()).hexdigest()[:32]
    path = folder / f"{stem}.parquet"
    found = _read(path)
    if found is None:
        with FileLock(folder / f"{stem}.lock", mode=PRIVATE_FILE):
            found = _read(path)
            if found is None:
                frame, read = build()
                frame.attrs = {_READ: sorted(read)}
                write_private(path, frame.to_parquet(index=False, compression="zstd"))
                found = _read(path)
    assert found is not None
    return found, found.attrs.pop(_READ)


def _read(path: Path) -> pd.DataFrame | None:
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):  # not there, or not whole
        return None


@cache
def _code_fingerprint() -> str:
    """Hash the package's own code: a benchmark computed by other code is not reused."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

"""A frame or a file of an analyst's own, to lie beside the report."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any, Final

from helpers.bundle import DELIVERED, LARGEST_FILE
from helpers.errors import Problem, UsageError
from helpers.report.own.frames import flat

_WHERE: Final = "report.deliver"


def read_file(what: Any, name: str) -> tuple[str, bytes]:
    """Return the name and the content of what is to be delivered; see `helpers.report.report.Report.deliver`."""
    is_path = isinstance(what, str | os.PathLike)
    name = name or (Path(what).name if is_path else "")
    if not DELIVERED.fullmatch(name):
        allowed = "letters, digits, - and _, up to 60, with the ending .csv or .xlsx"
        cure = 'name it: `report.deliver(frame, "waits-by-specialty.xlsx")`'
        raise UsageError(Problem(f"{_WHERE}, name", repr(name), allowed, cure))
    content = _content_of(Path(what), name) if is_path else _written(what, name)
    if not 0 < len(content) <= LARGEST_FILE:
        came = f"{len(content):,} bytes"
        cure = "leave out rows or sheets that readers do not need"
        raise UsageError(Problem(f"{_WHERE}, {name}", came, f"1 to {LARGEST_FILE:,} bytes", cure))
    return name, content


def _content_of(path: Path, name: str) -> bytes:
    if not path.is_file():
        cure = "write it before: `frame.to_excel(path, index=False)`"
        raise UsageError(
            Problem(_WHERE, f"{path} is not there", "a file that the notebook has written", cure)
        )
    if path.suffix.lower() != Path(name).suffix:
        came = f"{path.name} as {name}"
        raise UsageError(
            Problem(f"{_WHERE}, name", came, "the same ending", f"write it as {Path(name).suffix}")
        )
    return path.read_bytes()


def _written(frame: Any, name: str) -> bytes:
    """Return a frame as a file, without an index that only counts the rows."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame | pd.Series):
        allowed = "a DataFrame, a Series, or the path of a file"
        raise UsageError(
            Problem(_WHERE, f"a {type(frame).__name__}", allowed, "hand over the frame itself")
        )
    rows = flat(frame)
    rows.columns = [str(column).strip() for column in rows.columns]
    if name.endswith(".csv"):
        return rows.to_csv(index=False, lineterminator="\r\n").encode()
    made = io.BytesIO()
    rows.to_excel(made, index=False)
    return made.getvalue()

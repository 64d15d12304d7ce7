"""SQL: where it stands, and what carries it out.

Longer SQL stands in a file beside the module that asks it: `views.sql` beside `views.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


def open_engine(**settings: Any) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB in memory with some settings, which never reaches for the network and shows no progress.

    It would write how far a long query is onto the standard output of a process without a script of its own, which
    forked kernels are: among what a notebook shows, or what a program reads.
    """
    import duckdb  # late: heavy

    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", **settings})
    (shows,) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() or (False,)
    if shows:  # where it is off, as in a kernel without widgets, to set it is refused
        connection.execute("SET enable_progress_bar = false")
    return connection


def sql_beside(module: str) -> dict[str, str]:
    """Return the SQL beside a module, which says so by its `__file__`, by the name above each: `-- name: latest`.

    Lines that begin with "--" say why, and are no part of it.
    """
    told = Path(module).with_suffix(".sql").read_text("utf-8")
    _, *parts = re.split(r"^-- name: (\w+)\n", told, flags=re.MULTILINE)
    bare = (re.sub(r"^--.*\n", "", part, flags=re.MULTILINE) for part in parts[1::2])
    return dict(zip(parts[::2], bare, strict=True))

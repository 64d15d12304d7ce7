"""Longer SQL stands in a file beside the module that asks it: `views.sql` beside `views.py`."""

from __future__ import annotations

import re
from pathlib import Path


def sql_beside(module: str) -> dict[str, str]:
    """Return the SQL beside a module, which says so by its `__file__`, by the name above each: `-- name: latest`.

    Lines that begin with "--" say why, and are no part of it.
    """
    told = Path(module).with_suffix(".sql").read_text("utf-8")
    _, *parts = re.split(r"^-- name: (\w+)\n", told, flags=re.MULTILINE)
    bare = (re.sub(r"^--.*\n", "", part, flags=re.MULTILINE) for part in parts[1::2])
    return dict(zip(parts[::2], bare, strict=True))

"""Organisations in lots, of which what each frame rests on is worked out a part at a time."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.data.mart.reader import Mart

#: rows of records that are worked out together where they are many: seconds of work
LOT = 2_000_000


def lots(mart: Mart, table: str) -> list[list[str]]:
    """Return the organisations with records in lots of some `LOT` rows; a lot without codes where one is enough."""
    rows = Counter[str]()
    for file in mart.manifest.table_files(table):
        rows[PurePath(file.path).parent.name.removeprefix("org_code=")] += file.rows
    if rows.total() <= LOT:
        return [[]]
    became = {code: code for code in rows} | dict(mart.fetch("SELECT org_code, successor FROM successors"))
    found, held = [list[str]()], 0
    for _, together in groupby(sorted(rows, key=became.__getitem__), became.__getitem__):
        codes = list(together)
        if held >= LOT:
            found, held = [*found, []], 0
        found[-1] += codes
        held += sum(rows[code] for code in codes)
    return found

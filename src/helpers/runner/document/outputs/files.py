"""Files that a notebook hands over, to lie beside its report: their tables for the gate, their bytes without traces.

What a workbook says of the person and the machine that wrote it is taken out. What the gate could not look
through (macros, links to other files, the data behind a pivot table) is refused by name.
"""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from helpers.bundle import DELIVERED, LARGEST_FILE, Bundle, Cell, Column
from helpers.errors import Problem
from helpers.runner.document.outputs.ordinary import Draft
from helpers.runner.document.outputs.pieces import ShownOutput

#: what the records room calls its counts: the ledger knows each of them
_COUNT: Final = "count"
#: parts of a workbook that hide what they hold, or who wrote it, and what to do about each
_REFUSED: Final = {
    "vbaProject": ("macros", "save it as .xlsx without macros"),
    "externalLinks/": ("links to other workbooks", "paste their values"),
    "pivotCache/": ("the data behind a pivot table", "paste the pivot table as values"),
    "embeddings/": ("files within the file", "take them out"),
    "connections.xml": ("connections to data", "paste their values"),
    "comments": ("comments, which name who wrote them", "write them into cells"),
    "persons/": ("names of persons who commented", "take the comments out"),
}
_PROPERTIES: Final = re.compile(rb"(<(?:\w+:)?(?:Properties|coreProperties)\b[^>]*?)/?>.*", re.DOTALL)
#: the folder in which Excel last saved a workbook
_SAVED_IN: Final = re.compile(rb"<x15ac:absPath\b[^>]*?(/>|>.*?</x15ac:absPath>)", re.DOTALL)
#: one time for each part, the earliest that a ZIP knows
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


def read_delivered(where: str, bundle: Bundle, encoded: str) -> Iterator[Draft | Problem]:
    """Yield what a delivered file holds, a bundle for each of its tables, the first with the file itself."""
    where = f"{where}, {bundle.id}"
    content = base64.b64decode(encoded)
    if not DELIVERED.fullmatch(bundle.id) or len(content) > LARGEST_FILE:
        yield Problem(where, "no name or size of such a file", cure="Hand it over by report.deliver.")
        return
    is_book = bundle.id.endswith(".xlsx")
    try:
        tables = _sheets(content) if is_book else {"": _rows_of(content)}
        content = without_traces(content) if is_book else content
    except Exception as error:  # openpyxl has no error of its own for a damaged file
        cure = (
            "Write it with pandas: `frame.to_csv(path, index=False)`, in UTF-8, or `frame.to_excel(path)`."
        )
        yield Problem(where, f"cannot be read ({type(error).__name__})", "CSV in UTF-8, or .xlsx", cure)
        return
    for what, cure in _hidden_parts(content) if is_book else ():
        allowed, cure = "cells, charts and pictures", f"{cure.capitalize()}."
        yield Problem(where, f"the workbook holds {what}", allowed, cure)
    if not any(len(rows) > 1 for rows in tables.values()):
        cure = "Leave it out where it is empty."
        yield Problem(where, "no rows below a heading", "a heading and a row", cure)
    for number, (sheet, rows) in enumerate(tables.items()):
        columns = _columns(rows)
        filled = tuple((*row, *[None] * (len(columns) - len(row))) for row in rows[1:])
        told: dict[str, Any] = {"columns": columns, "rows": filled}
        if number:
            told["id"] = f"{bundle.id}, sheet {sheet}"
        shown = ShownOutput(where, bundle.model_copy(update=told), file=b"" if number else content)
        yield Draft(shown, handed_over=True)


def _rows_of(content: bytes) -> list[list[Cell]]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [[_number(cell) for cell in row] for row in rows if any(row)]


def _number(cell: str) -> Cell:
    try:
        number = float(cell)
    except ValueError:
        return cell or None
    return int(number) if number.is_integer() else number if number - number == 0 else cell


def _sheets(content: bytes) -> dict[str, list[list[Cell]]]:
    import openpyxl

    # formulas as they stand: what they come to stands there only where Excel has worked it out
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    found = {
        sheet.title: [
            [_plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True) if any(row)
        ]
        for sheet in book.worksheets
    }
    book.close()
    return found


def _plain(cell: object) -> Cell:
    if cell is None or (isinstance(cell, int | float | str) and not isinstance(cell, bool)):
        return cell
    return str(cell).removesuffix(" 00:00:00")


def _columns(rows: Sequence[Sequence[Cell]]) -> tuple[Column, ...]:
    width = max(map(len, rows), default=0)
    heads = [*map(str, rows[0] if rows else ()), *[""] * width][:width]
    cells = [[row[place] for row in rows[1:] if place < len(row)] for place in range(width)]
    return tuple(_column(*each) for each in zip(heads, cells, strict=True))


def _column(head: str, cells: Sequence[Cell]) -> Column:
    if head.strip().casefold() == _COUNT:
        return Column(label=head, kind="count")
    words = any(isinstance(cell, str) for cell in cells)
    return Column(label=head, kind="text" if words else "rate")


def _hidden_parts(content: bytes) -> list[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = book.namelist()
    return [said for part, said in _REFUSED.items() if any(part in name for name in names)]


def without_traces(content: bytes) -> bytes:
    """Return a workbook that tells nothing of who wrote it, where and when; the same whenever it is made."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as book,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in book.namelist():
            part = book.read(name)
            if name.startswith("docProps/") and name.endswith(".xml"):
                part = _PROPERTIES.sub(rb"\1/>", part)
            elif name.endswith("workbook.xml"):
                part = _SAVED_IN.sub(b"", part)
            out.writestr(zipfile.ZipInfo(name, _LONG_AGO), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()

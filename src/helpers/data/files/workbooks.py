"""Workbooks as tables of text cells: Excel's .xlsx and .xls, and OpenDocument's .ods.

Besides its text a cell may bear a mark: it is shown as per cent, it is part of a merged range, or it is a
formula whose result was never stored. What a mark means for a figure is for the layouts to say.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from helpers.data.files.sheets import Sheet, seen

#: a sheet of Excel has no more cells that are filled in any file we met; a small file can claim to have
MAX_CELLS = 20_000_000

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3}[0-9]+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')

Place = tuple[int, int]


def shows_per_cent(number_format: str | None) -> bool:
    """Tell whether a number format multiplies by a hundred and adds a sign.

    >>> shows_per_cent("0.0%"), shows_per_cent('0.0"%"'), shows_per_cent("General")
    (True, False, False)
    """
    return "%" in _QUOTED.sub("", number_format or "")


def read_xlsx(content: bytes, file: str) -> list[Sheet]:
    """Return the sheets of a workbook of Excel 2007 or later."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [_xlsx_sheet(sheet, archive, file) for sheet in book.worksheets]
    book.close()
    return sheets


def _xlsx_sheet(sheet: Any, archive: zipfile.ZipFile, file: str) -> Sheet:
    # some exports state too small an area, and openpyxl would read no further
    sheet.reset_dimensions()
    percents: set[Place] = set()
    rows = []
    for row, cells in enumerate(sheet.iter_rows()):
        rows.append(tuple(as_text(cell.value) for cell in cells))
        percents.update((row, at) for at, cell in enumerate(cells) if _is_per_cent(cell))
    # openpyxl has no public name for where a sheet lies
    source = archive.read(sheet._worksheet_path.lstrip("/"))
    return Sheet(
        file,
        sheet.title,
        trim(rows),
        hidden=sheet.sheet_state != "visible",
        percents=frozenset(percents),
        merged=tuple(_merged(source)),
        unstored=frozenset(_unstored(source)),
        hidden_rows=len(_HIDDEN_ROW.findall(source)),
    )


def _is_per_cent(cell: Any) -> bool:
    return isinstance(cell.value, int | float) and shows_per_cent(cell.number_format)


def _merged(source: bytes) -> Iterator[tuple[int, int, int, int]]:
    from openpyxl.utils import range_boundaries

    for found in _MERGED.findall(source):
        left, top, right, bottom = range_boundaries(found.decode())
        yield top - 1, left - 1, bottom - 1, right - 1


def _unstored(source: bytes) -> Iterator[Place]:
    from openpyxl.utils.cell import coordinate_to_tuple

    for attributes, empty in _FORMULA.findall(source):
        # a formula that gives an empty text has an empty result, which is stored
        if (place := _PLACE.search(attributes)) and not (empty and b't="str"' in attributes):
            row, column = coordinate_to_tuple(place[1].decode())
            yield row - 1, column - 1


def read_xls(content: bytes, file: str) -> list[Sheet]:
    """Return the sheets of a workbook of Excel 97 to 2003."""
    import xlrd

    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), formatting_info=True)
    return [_xls_sheet(book, sheet, file) for sheet in book.sheets()]


def _xls_sheet(book: Any, sheet: Any, file: str) -> Sheet:
    rows = []
    percents: set[Place] = set()
    for row in range(sheet.nrows):
        cells = sheet.row(row)
        rows.append(tuple(_xls_text(book, cell) for cell in cells))
        percents.update((row, at) for at, cell in enumerate(cells) if _xls_per_cent(book, cell))
    merged = ((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
    hidden_rows = sum(bool(info.hidden) for info in sheet.rowinfo_map.values())
    return Sheet(
        file,
        sheet.name,
        trim(rows),
        hidden=bool(sheet.visibility),
        percents=frozenset(percents),
        merged=tuple(merged),
        hidden_rows=hidden_rows,
    )


def _xls_text(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return as_text(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return as_text(bool(cell.value))
    return as_text(cell.value)


def _xls_per_cent(book: Any, cell: Any) -> bool:
    import xlrd

    if cell.ctype != xlrd.XL_CELL_NUMBER or cell.xf_index is None:
        return False
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return form is not None and shows_per_cent(form.format_str)


_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_ods(content: bytes, file: str) -> list[Sheet]:
    """Return the sheets of an OpenDocument spreadsheet."""
    from xml.etree import ElementTree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(part.get(f"{_TABLE}display") == "false" for part in style)
    }
    tables = root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table")
    return [_ods_sheet(table, file, hidden=table.get(f"{_TABLE}style-name") in unseen) for table in tables]


def _ods_sheet(table: Any, file: str, *, hidden: bool) -> Sheet:
    rows: list[tuple[str, ...]] = []
    percents: set[Place] = set()
    merged, hidden_rows, waiting, cells = [], 0, 0, 0
    for row in table.iter(f"{_TABLE}table-row"):
        texts, shares, spans = _ods_row(row)
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        if not texts:
            # a sheet ends with a million empty rows that count only where something follows
            waiting += repeated
            continue
        cells += (waiting + repeated) * len(texts)
        if cells > MAX_CELLS:
            raise ValueError(f"more than {MAX_CELLS:,} cells")
        rows.extend([()] * waiting)
        merged += [(len(rows), at, len(rows) + down, at + right) for at, down, right in spans]
        percents.update((len(rows) + nth, at) for nth in range(repeated) for at in shares)
        hidden_rows += repeated * (row.get(f"{_TABLE}visibility", "visible") != "visible")
        rows.extend([tuple(texts)] * repeated)
        waiting = 0
    return Sheet(
        file,
        table.get(f"{_TABLE}name", ""),
        trim(rows),
        hidden=hidden,
        percents=frozenset(percents),
        merged=tuple(merged),
        hidden_rows=hidden_rows,
    )


def _ods_row(row: Any) -> tuple[list[str], list[int], list[tuple[int, int, int]]]:
    """Return a row's texts up to the last that is filled, the places of percentages, and what is merged."""
    texts: list[str] = []
    shares: list[int] = []
    spans: list[tuple[int, int, int]] = []
    waiting = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        text = _ods_text(cell)
        down, right = (int(cell.get(f"{_TABLE}number-{way}-spanned", 1)) - 1 for way in ("rows", "columns"))
        if down or right:
            spans.append((len(texts) + waiting, down, right))
        if not text:
            waiting += repeated
            continue
        if waiting + repeated > MAX_CELLS:
            raise ValueError(f"more than {MAX_CELLS:,} cells")
        texts.extend([""] * waiting)
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            shares.extend(range(len(texts), len(texts) + repeated))
        texts.extend([text] * repeated)
        waiting = 0
    return texts, shares, spans


def _ods_text(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return as_text(float(cell.get(f"{_OFFICE}value")))
    if kind == "date":
        return as_text(datetime.fromisoformat(cell.get(f"{_OFFICE}date-value")))
    paragraphs = ("".join(part.itertext()) for part in cell.iterfind(f"{_TEXT}p"))
    return seen("\n".join(paragraphs)).strip()


def trim(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return rows without the empty ones at the end."""
    cells = [tuple(row) for row in rows]
    while cells and not any(cells[-1]):
        cells.pop()
    return tuple(cells)


def as_text(cell: object) -> str:
    """Return what a cell holds as text: dates as ISO has them, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        # a date that was worked out in Excel lies a hair beside midnight
        nearest = datetime.combine((cell + timedelta(hours=12)).date(), datetime.min.time())
        if abs(nearest - cell) <= timedelta(seconds=2):
            return nearest.date().isoformat()
        return cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return seen(str(cell)).strip()

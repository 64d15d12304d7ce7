"""Opening what analysts are given: CSV or workbook, compressed or not, in any of the usual encodings.

What a file is, its content says; its name is only for messages. A file that is cut short, is something
else in disguise, or unpacks to an absurd size is refused before anything reads it.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from helpers.data.sheets import Sheet
from helpers.errors import DataError, Problem

#: no file of the NHS's publications unpacks to more; anything that does is a mistake or an attack
MAX_BYTES = 1_500_000_000
#: a workbook is many times its packed size in memory
MAX_WORKBOOK_BYTES = 400_000_000

_GZIP, _ZIP, _XLS = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_DELIMITERS = ",\t;|"


def open_file(path: Path) -> list[Sheet]:
    """Return the sheets of a file: one for a CSV, one per sheet of a workbook.

    Raises
    ------
    DataError
        Where the file is missing, empty, cut short, too large or nothing that holds tables.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(Problem(str(path), f"cannot be read: {error.strerror}")) from None
    return open_bytes(content, path.name)


def open_bytes(content: bytes, file: str) -> list[Sheet]:
    """Return the sheets of a file's content; see `open_file`."""
    if content.startswith(_GZIP):
        content = _gunzip(content, file)
    if content.startswith(_ZIP):
        return _open_zip(content, file)
    if content.startswith(_XLS):
        return _open_xls(content, file)
    if content.startswith(_PDF):
        raise _refuse(
            file, "a PDF, which holds no table", "ask its publisher for the figures as CSV or workbook"
        )
    return [_open_text(content, file)]


def _refuse(file: str, came: str, cure: str = "download it again") -> DataError:
    return DataError(Problem(file, came, "CSV, Excel workbook (.xlsx, .xls), either compressed", cure))


def _gunzip(content: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise _refuse(file, f"damaged or cut short while it was downloaded ({error})") from None
    if len(unpacked) > MAX_BYTES:
        raise _too_large(file, MAX_BYTES)
    return unpacked


def _too_large(file: str, limit: int) -> DataError:
    return _refuse(file, f"unpacks to more than {limit / 1e6:,.0f} MB", "check where it comes from")


def _open_zip(content: bytes, file: str) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            workbook = any(member.filename == "xl/workbook.xml" for member in members)
            limit = MAX_WORKBOOK_BYTES if workbook else MAX_BYTES
            if sum(member.file_size for member in members) > limit:
                raise _too_large(file, limit)
            inside = {} if workbook else {m.filename: archive.read(m) for m in members}
    except DataError:
        raise
    # zipfile raises whatever it meets in a damaged archive: its own, value, struct and memory errors
    except Exception as error:
        raise _refuse(file, f"damaged or cut short while it was downloaded ({error})") from None
    if workbook:
        return _open_xlsx(content, file)
    if not inside:
        raise _refuse(file, "an empty archive")
    return [_open_member(packed, f"{file}/{name}") for name, packed in inside.items()]


def _open_member(content: bytes, file: str) -> Sheet:
    if content.startswith((_GZIP, _ZIP, _XLS)):
        raise _refuse(file, "a packed file in a packed file", "unpack it first")
    return _open_text(content, file)


def _open_text(content: bytes, file: str) -> Sheet:
    text = _decode(content, file)
    if not text.strip():
        raise _refuse(file, "empty" if content else "empty (0 bytes)")
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml")) or "<html" in start or "<body" in start:
        raise _refuse(file, "a web page, not data: the address may have moved", "look for its new address")
    line = next(line for line in io.StringIO(text) if line.strip())
    delimiter = max(_DELIMITERS, key=line.count)
    return Sheet(file, text=text, delimiter=delimiter)


def _decode(content: bytes, file: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4096]:
        raise _refuse(file, "neither text nor a workbook")
    else:
        # publications of 2011 to 2014 come as Windows text
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise _refuse(file, "text in an unknown encoding", "save it as UTF-8")


def _open_xlsx(content: bytes, file: str) -> list[Sheet]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [
            Sheet(file, sheet.title, tuple(_trim(sheet.iter_rows(values_only=True))))
            for sheet in book.worksheets
        ]
        book.close()
    # openpyxl raises whatever its parsers meet in a damaged workbook: zip, XML, key and value errors
    except Exception as error:
        raise _refuse(file, f"a damaged workbook ({type(error).__name__}: {error})") from None
    return _with_content(sheets, file)


def _open_xls(content: bytes, file: str) -> list[Sheet]:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
        sheets = [Sheet(file, sheet.name, tuple(_trim(_xls_rows(book, sheet)))) for sheet in book.sheets()]
    # the same holds for xlrd: struct, index, assertion and unicode errors
    except Exception as error:
        raise _refuse(file, f"a damaged workbook ({type(error).__name__}: {error})") from None
    return _with_content(sheets, file)


def _xls_rows(book: object, sheet: object) -> Iterator[list[object]]:
    import xlrd

    for number in range(sheet.nrows):  # type: ignore[attr-defined]
        cells = sheet.row(number)  # type: ignore[attr-defined]
        yield [
            xlrd.xldate_as_datetime(cell.value, book.datemode)  # type: ignore[attr-defined]
            if cell.ctype == xlrd.XL_CELL_DATE
            else cell.value
            for cell in cells
        ]


def _with_content(sheets: list[Sheet], file: str) -> list[Sheet]:
    if not any(sheet.grid for sheet in sheets):
        raise _refuse(file, "a workbook whose sheets are empty")
    return [sheet for sheet in sheets if sheet.grid]


def _trim(rows: Iterator[Sequence[object]]) -> list[tuple[str, ...]]:
    """Return the rows as text, without the empty ones at the end."""
    cells = [tuple(_as_text(cell) for cell in row) for row in rows]
    while cells and not any(cells[-1]):
        cells.pop()
    return cells


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()

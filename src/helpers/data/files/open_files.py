"""Opening what analysts are given: CSV or workbook, compressed or not, in any of the usual encodings.

What a file is, its content says; its name is only for messages. A file that is cut short, is something
else in disguise, or unpacks to an absurd size is refused before anything reads it. What else lies in an
archive beside the tables is named as not read.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from helpers.data.files.sheets import HEAD_ROWS, Sheet, seen
from helpers.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

#: no file of the NHS's publications unpacks to more; anything that does is a mistake or an attack
MAX_BYTES = 1_500_000_000
#: a workbook is many times its packed size in memory
MAX_WORKBOOK_BYTES = 400_000_000

_GZIP, _ZIP, _OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF, PARQUET = b"%PDF-", b"PAR1"
#: rows of a Parquet file that is read whole: more are read a part at a time, or not at all
MAX_ROWS = 10_000_000
_DELIMITERS = ",\t;|"
_SAVE = "open it in Excel and save it as .xlsx"
#: parts by which packed files tell what they are
_XLSX, _XLSB, _ODS_TYPE = "xl/workbook.xml", "xl/workbook.bin", b"application/vnd.oasis.opendocument."
_DOCUMENTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "Index/Document.iwa": "a workbook of Apple's Numbers",
}
#: how files begin that hold no table of text, what they are, and what to do
_STARTS = {
    b"%PDF-": ("a PDF, which holds no table", "ask its publisher for the figures as CSV or workbook"),
    b"Rar!": ("a RAR archive", "unpack it and load what is in it"),
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it and load what is in it"),
    b"SQLite format 3\0": ("a database of SQLite", "write its table as CSV"),
    b"\x89PNG": ("a picture", "load the tables that it was made from"),
    b"\xff\xd8\xff": ("a picture", "load the tables that it was made from"),
}
#: files in an archive that hold no tables, whoever packed them; what macOS adds is not worth a word
_NO_TABLES = (
    *(".pdf", ".doc", ".docx", ".ppt", ".pptx", ".rtf", ".md"),
    *(".png", ".jpg", ".jpeg", ".html", ".htm"),
)
_OF_SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """The tables of a file, and what in it is none: each with its name and the reason."""

    sheets: list[Sheet]
    unread: tuple[str, ...] = ()


def open_file(path: Path) -> Opened:
    """Return the tables of a file: one of a CSV, one per sheet of a workbook, those of an archive's files.

    Raises `DataError` where the file is missing, empty, cut short, too large or nothing that holds tables.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(str(path), f"cannot be read: {error.strerror}") from None
    return open_bytes(content, path.name)


def open_bytes(content: bytes, file: str) -> Opened:
    """Return the tables of a file's content; see `open_file`."""
    if content.startswith(_GZIP):
        content = _gunzip(content, file)
    if content.startswith(_ZIP):
        return _open_zip(content, file)
    return Opened(_open_plain(content, file))


def _open_plain(content: bytes, file: str) -> list[Sheet]:
    """Return the tables of a file that is not packed."""
    if content.startswith(_OLE):
        return _open_ole(content, file)
    for start, (what, cure) in _STARTS.items():
        if content.startswith(start):
            raise _refuse(file, what, cure)
    if content.startswith(PARQUET):
        return [*parquet_sheets(io.BytesIO(content), file, MAX_ROWS)]
    text = _decode(content, file)
    if not text.strip():
        raise _refuse(file, "empty" if content else "empty (0 bytes)")
    _refuse_markup(text, file)
    # title lines above a table have commas of their own, or none
    head = "".join(line for _, line in zip(range(HEAD_ROWS), io.StringIO(text), strict=False))
    delimiter = max(_DELIMITERS, key=head.count)
    return [Sheet(file, text=_without_blank_end(text, delimiter), delimiter=delimiter)]


def parquet_sheets(source: Path | IO[bytes], file: str, rows: int) -> Iterator[Sheet]:
    """Yield a Parquet file's table as text, so many rows at a time, each part with the heading and its own numbers.

    Raises `DataError` where it is damaged, or a column holds lists or the like.
    """
    import pyarrow as pa
    import pyarrow.csv as arrow_csv
    import pyarrow.parquet as parquet

    before = 0
    try:
        with parquet.ParquetFile(source) as opened:
            for batch in opened.iter_batches(rows):
                text = io.BytesIO()
                arrow_csv.write_csv(_plain_days(batch), text)
                yield Sheet(file, text=seen(text.getvalue().decode("utf-8")), lines_before=before)
                before += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _refuse(file, f"a Parquet file that cannot be read ({error})") from None
    if not before:
        raise _refuse(file, "a Parquet file without rows", "check what was written to it")


def _plain_days(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with moments that are all midnights as days: warehouses keep days so."""
    import pyarrow as pa
    import pyarrow.compute as compute

    for place, column in enumerate(batch.columns):
        if pa.types.is_timestamp(column.type):
            days = compute.cast(column, pa.date32(), safe=False)
            if compute.all(compute.equal(compute.cast(days, column.type), column)).as_py():
                batch = batch.set_column(place, batch.schema.field(place).name, days)
    return batch


def _refuse(file: str, came: str, cure: str = "download it again") -> DataError:
    return DataError(
        file,
        came,
        "CSV, workbook of Excel (.xlsx, .xls) or OpenDocument (.ods), compressed or not; Parquet",
        cure,
    )


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


def _open_zip(content: bytes, file: str) -> Opened:
    """Return the tables of a workbook, or of every file in an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            names = {member.filename for member in members}
            packed = _kind_of_packed(archive, names)
            limit = MAX_WORKBOOK_BYTES if packed else MAX_BYTES
            if sum(member.file_size for member in members) > limit:
                raise _too_large(file, limit)
            if any(member.flag_bits & 1 for member in members):
                raise _refuse(
                    file, "an archive protected by a password", "unpack it and load what is in it"
                )
            inside = {} if packed else {m.filename: archive.read(m) for m in members}
    except DataError:
        raise
    # zipfile raises whatever it meets in a damaged archive: its own, value, struct and memory errors
    except Exception as error:
        raise _refuse(file, f"damaged or cut short while it was downloaded ({error})") from None
    if packed:
        return Opened(_open_packed(packed, content, names, file))
    return _open_members(inside, file)


def _kind_of_packed(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Return what a packed file is: "xlsx", "ods", words for what holds no table, "" for an archive."""
    if _XLSX in names:
        return "xlsx"
    if _XLSB in names:
        return "a binary workbook (.xlsb)"
    if "mimetype" in names and (kind := archive.read("mimetype")).startswith(_ODS_TYPE):
        sheets = kind.startswith(_ODS_TYPE + b"spreadsheet")
        return "ods" if sheets else "an OpenDocument file that is no spreadsheet"
    return next((words for part, words in _DOCUMENTS.items() if part in names), "")


def _open_packed(kind: str, content: bytes, names: set[str], file: str) -> list[Sheet]:
    from helpers.data.files import workbooks

    if kind == "xlsx":
        return _read_workbook(workbooks.read_xlsx, content, file)
    if kind != "ods":
        raise _refuse(file, kind, _SAVE if "workbook" in kind else "load the tables that it was made from")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise _protected(file)
    return _read_workbook(workbooks.read_ods, content, file)


def _protected(file: str) -> DataError:
    return _refuse(file, "a workbook protected by a password", "open it and save it without one")


def members_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, without those that operating systems add."""
    return [m for m in archive.infolist() if not m.is_dir() and not _OF_SYSTEMS.search(m.filename)]


def _open_members(inside: dict[str, bytes], file: str) -> Opened:
    sheets: list[Sheet] = []
    unread = []
    for name, content in inside.items():
        if _OF_SYSTEMS.search(name):
            continue
        if PurePosixPath(name).suffix.lower() in _NO_TABLES or content.startswith(_PDF):
            unread.append(f"{name} (no table)")
        elif not content.strip():
            unread.append(f"{name} (empty)")
        else:
            sheets += _open_member(content, f"{file}/{name}")
    if not sheets:
        raise _refuse(
            file, "an archive without a table" if unread else "an empty archive", "look what is in it"
        )
    return Opened(sheets, tuple(unread))


def _open_member(content: bytes, file: str) -> list[Sheet]:
    if not content.startswith((_GZIP, _ZIP)):
        return _open_plain(content, file)
    opened = None if content.startswith(_GZIP) else open_bytes(content, file)
    if opened is None or any(sheet.name == "" for sheet in opened.sheets):
        raise _refuse(file, "a packed file in a packed file", "unpack it first")
    return opened.sheets


def _open_ole(content: bytes, file: str) -> list[Sheet]:
    """Return the sheets of an old workbook; Excel wraps protected new ones in the same container."""
    from helpers.data.files import workbooks

    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _protected(file)
    if "WordDocument".encode("utf-16-le") in content:
        raise _refuse(file, "a Word document", "load the tables that it was made from")
    return _read_workbook(workbooks.read_xls, content, file)


def _read_workbook(read: Callable[[bytes, str], list[Sheet]], content: bytes, file: str) -> list[Sheet]:
    try:
        sheets = read(content, file)
    # the parsers raise whatever they meet in a damaged workbook: zip, XML, struct, key and value errors
    except Exception as error:
        if "encrypted" in str(error).lower():
            raise _protected(file) from None
        raise _refuse(file, f"a damaged workbook ({type(error).__name__}: {error})") from None
    if not any(sheet.grid for sheet in sheets):
        raise _refuse(file, "a workbook whose sheets are empty")
    return [sheet for sheet in sheets if sheet.grid]


def _without_blank_end(text: str, delimiter: str) -> str:
    """Return text without the lines of delimiters alone that Excel leaves below a table."""
    end = text.find("\n", len(text.rstrip(f"{delimiter} \r\n")))
    return text if end < 0 else text[: end + 1]


def _refuse_markup(text: str, file: str) -> None:
    start = text[:4000].lstrip().lower()
    if start.startswith(("{", "[")):
        raise _refuse(file, "JSON, which is no table", "write it as CSV")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise _refuse(file, "an XML spreadsheet of Excel 2003, whatever its name says", _SAVE)
    page = start.startswith(("<!doctype", "<html", "<table")) or "<html" in start or "<body" in start
    if page and "<table" in start:
        raise _refuse(
            file,
            "an HTML table, as some systems export it under the name .xls",
            f"{_SAVE}; or, if it was downloaded, look for its new address",
        )
    if page:
        raise _refuse(file, "a web page, not data: the address may have moved", "look for its new address")
    if start.startswith("<?xml"):
        raise _refuse(
            file, "XML, which is no table", "ask its publisher for the figures as CSV or workbook"
        )


def _decode(content: bytes, file: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in (head := content[:4096]):
        # each second byte of English text in UTF-16 is 0
        nil = [set(head[place::2]) == {0} for place in (0, 1)]
        if not any(nil):
            raise _refuse(file, "neither text nor a workbook")
        encodings = ["utf-16-be" if nil[0] else "utf-16-le"]
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
        return seen(text)
    raise _refuse(file, "text in an unknown encoding", "save it as UTF-8")

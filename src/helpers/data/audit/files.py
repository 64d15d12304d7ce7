"""Files of every kind that reports leave in: HTML, PDF, notebooks, CSV, Excel, Word, pictures, archives."""

from __future__ import annotations

import csv
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Any

from helpers.data.audit.alarms import AuditAlarm
from helpers.data.audit.containers import DEEPEST, LARGEST, audit_container, audit_sheets, unreadable
from helpers.data.audit.notebooks import audit_json
from helpers.data.audit.pictures import words_in
from helpers.data.audit.tables import (
    audit_header,
    has_rows_of_patients,
    rows_problem,
    split_numbers,
    unsaid,
)
from helpers.data.audit.text import audit_plain, audit_text
from helpers.data.files.workbooks import read_xlsx
from helpers.errors import Problem

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".ico", ".emf", ".wmf")
_FONTS = (".woff", ".woff2", ".ttf", ".otf", ".odttf")
_ARCHIVES = (".docx", ".pptx", ".xlsx", ".xlsm", ".odt", ".ods", ".zip")
#: parts of Office files that hold settings of printers, drawings and fonts in a form of their own
_OFFICE_PARTS = (".bin", ".fntdata", ".vml", ".thmx")
#: archives of 7-Zip, RAR, Zstandard and LZ4
_STRANGE = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")
#: bytes that hardly occur in text, from how large a share of those looked at it is none
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n\v\f\r\x1b"})
LOOKED_AT, MOST_CONTROLS = 65_536, 0.01
#: PDFium serves one thread at a time
_PDFIUM = threading.Lock()
_PARAGRAPH = re.compile(r"</(?:w:p|a:p|text:p|si|c|row|comment|w:tc)>|<(?:w:br|w:tab|w:cr)\b[^>]*>")
_ATTRIBUTE = re.compile(
    r"""\s[\w:]*(?:descr|title|name|val|tooltip|author|alt)="([^"]*)\"""", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]+>")


def audit_file(path: Path | str) -> list[Problem]:
    """Return the identifiers of patients found in a file, by whatever name and in whatever part of it.

    Reads HTML, SVG, PDF (text, metadata, alt texts, notes, attachments), notebooks, JSON, CSV, Word, Excel,
    PowerPoint, Parquet, SQLite, packed files and archives (.gz, .bz2, .xz, .tar, .zip), the metadata of
    pictures, and anything else that is text. What cannot be read is a problem too; pickles are never opened.

    Raises `OSError` if the file cannot be opened.
    """
    path = Path(path)
    name = audit_plain(path.name.replace("_", " _ "), "file name", headings=False)
    return [*name, *audit_bytes(path.read_bytes(), path.name, depth=0)]


def audit_bytes(content: bytes, name: str, *, depth: int) -> list[Problem]:
    """Return what the content of a file gives away, by the ending of its name."""
    suffix = PurePosixPath(name).suffix.lower()
    if depth > DEEPEST:
        return [unreadable(name, "is packed too deep")]
    if suffix == ".pdf" or content.startswith(b"%PDF-"):
        return _audit_pdf(content, name, depth)
    if suffix in _ARCHIVES or content.startswith(b"PK\x03\x04"):
        return _audit_archive(content, name, depth)
    if suffix in _FONTS:
        return []
    if suffix in _PICTURES:
        return audit_plain(words_in(content), f"{name}, metadata", headings=False)
    held = audit_container(content, name, depth, _inside)
    if held is not None:
        return held
    if _is_binary(content) and suffix not in _OFFICE_PARTS:
        return [
            unreadable(
                name, "is of a kind that cannot be looked through", "save it as CSV, or leave it out"
            )
        ]
    text = _text_of(content)
    if suffix in (".ipynb", ".json"):
        return audit_json(text, name)
    if suffix in (".jsonl", ".ndjson"):
        return audit_json(f"[{','.join(line for line in text.splitlines() if line.strip())}]", name)
    if suffix in (".csv", ".tsv"):
        return _audit_csv(text, name)
    return audit_text(text, name)


def _inside(content: bytes, name: str, depth: int) -> list[Problem]:
    return audit_bytes(content, name, depth=depth)


def _is_binary(content: bytes) -> bool:
    """Tell whether content is no text: packed in a way that nothing here unpacks, or full of control characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    start = content[:LOOKED_AT]
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return content.startswith(_STRANGE) or b"\0" in start or controls > MOST_CONTROLS * len(start)


def _text_of(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    return words_in(content) if b"\0" in content else content.decode("utf-8", errors="replace")


def _audit_csv(text: str, name: str) -> list[Problem]:
    problems = audit_plain(text, name)
    rows = _rows(text)
    header = audit_header(unsaid(rows[0]), name) if rows else []
    # A heading of records in one line is known from the text already.
    is_known = any(isinstance(each, AuditAlarm) and each.kind == "record_rows" for each in problems)
    is_rows = has_rows_of_patients(rows[1:]) and not is_known
    return [*header, *problems, *split_numbers(rows, name), *([rows_problem(name)] if is_rows else [])]


def _rows(text: str) -> list[list[str]]:
    """Return the rows of a CSV; of one that is none, what its lines hold between commas."""
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return list(csv.reader(io.StringIO(text), dialect))
    except csv.Error:
        return [line.split(",") for line in text.splitlines()]


# --- archives: Word, Excel, PowerPoint ----------------------------------------------------------------


def _audit_archive(content: bytes, name: str, depth: int) -> list[Problem]:
    problems: list[Problem] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in members) > LARGEST:
                return [unreadable(name, "holds too much")]
            for each in members:
                where = f"{name}, {each.filename}"
                problems += audit_plain(each.filename.replace("_", " _ "), where, headings=False)
                inner = archive.read(each)
                if each.filename.endswith((".xml", ".rels")):
                    problems += audit_plain(_said(inner), where, headings=False)
                else:
                    problems += audit_bytes(inner, where, depth=depth + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        return [unreadable(name, f"cannot be unpacked ({type(error).__name__})")]
    if name.lower().endswith((".xlsx", ".xlsm")):
        problems += _audit_sheets(content, name)
    return problems


def _said(xml: bytes) -> str:
    """Return the words of a part of an Office file: runs joined, paragraphs and cells apart."""
    text = xml.decode("utf-8", errors="replace")
    attributes = "\n".join(_ATTRIBUTE.findall(text))
    return unescape(_TAG.sub("", _PARAGRAPH.sub("\n", text)) + "\n" + attributes)


def _audit_sheets(content: bytes, name: str) -> Iterator[Problem]:
    """Read the sheets of a workbook as tables."""
    try:
        sheets = read_xlsx(content, name)
    except Exception as error:  # openpyxl has no error of its own for a damaged file
        yield unreadable(name, f"cannot be read as a workbook ({type(error).__name__})")
        return
    yield from audit_sheets(sheets)


# --- PDF ----------------------------------------------------------------------------------------------


def _audit_pdf(content: bytes, name: str, depth: int) -> list[Problem]:
    import pikepdf
    import pypdfium2

    try:
        with _PDFIUM:
            pages = _pages(content)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            strings = "\n".join(_strings(pdf))
            attached = {key: spec.get_file().read_bytes() for key, spec in pdf.attachments.items()}
    except (pypdfium2.PdfiumError, pikepdf.PdfError, ValueError) as error:
        return [unreadable(name, f"cannot be read as a PDF ({type(error).__name__})")]
    problems = audit_plain(strings, f"{name}, metadata and alt texts", headings=False)
    for number, text in enumerate(pages, start=1):
        problems += audit_plain(text, f"{name}, page {number}", headings=False)
    for key, inner in attached.items():
        problems += audit_bytes(inner, f"{name}, {key}", depth=depth + 1)
    return problems


def _pages(content: bytes) -> list[str]:
    """Return the text of each page."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(content)
    try:
        return [str(page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


#: the random number that the writer of a PDF gives each file: 16 bytes, which now and then look like a postcode
_RANDOM_ID = re.compile(r"<xmpMM:(?P<id>InstanceID|DocumentID)>[A-Za-z0-9+/]{22}==</xmpMM:(?P=id)>")


def _strings(pdf: Any) -> Iterator[str]:
    """Yield every string of a PDF's objects: titles, authors, alt texts, notes, links, XMP."""
    import pikepdf

    for content in pdf.objects:
        if isinstance(content, pikepdf.Stream) and content.get("/Type") == "/Metadata":
            yield _RANDOM_ID.sub("", content.read_bytes().decode("utf-8", errors="replace"))
        stack = [content]
        while stack:
            item = stack.pop()
            if isinstance(item, pikepdf.String):
                yield str(item)
            elif isinstance(item, pikepdf.Stream | pikepdf.Dictionary):
                stack += _direct(
                    item.as_dict().values() if isinstance(item, pikepdf.Dictionary) else item.values()
                )
            elif isinstance(item, pikepdf.Array):
                stack += _direct(item.as_list())


def _direct(values: Iterable[Any]) -> list[Any]:
    """Leave out what is an object of its own and comes in its turn."""
    return [value for value in values if not getattr(value, "is_indirect", False)]


#: how the gate calls a check of a file
FileCheck = Callable[[Path], list[Problem]]

"""Long files of rows that mean something one by one, read a part at a time: memory holds one part."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from helpers.data.files.open_files import MAX_BYTES, PARQUET, members_of, open_bytes, parquet_sheets
from helpers.data.files.sheets import HEAD_ROWS, Sheet
from helpers.errors import DataError

#: bytes of a part; the first is small, since it only tells which layout it is
PART, FIRST = 32_000_000, 1_000_000
#: rows of a part of a Parquet file; extracts shrink about so many times when they are packed
PART_ROWS, PACKED = 500_000, 8
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
#: how files begin that are no text of one byte a letter
_OTHERS = (_GZIP, _ZIP, b"\xd0\xcf\x11\xe0", b"%PDF-", b"\xff\xfe", b"\xfe\xff")


def is_long(path: Path) -> bool:
    """Tell whether a file is text of more than one part, packed or not, or Parquet."""
    try:
        with _unpacked(path) as (stream, _, size):
            start = stream.read(4)
            return start == PARQUET or (size > PART and not start.startswith(_OTHERS))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, DataError):
        return False  # whoever reads it says what is wrong


def refuse_too_long(path: Path, shown: str) -> None:
    """Refuse a file that can only be read whole and is too large for that.

    Raises `DataError` where it has more than `MAX_BYTES`.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        came = f"{size / 1e6:,.0f} MB of a layout that is read whole"
        raise DataError(shown, came, f"{MAX_BYTES / 1e6:,.0f} MB", "load it month by month")


def read_parts(path: Path) -> Iterator[Sheet]:
    """Yield a CSV's parts as sheets of their own, each with the file's head and the rows' own numbers.

    Raises `DataError` where a part is no text, a line is longer than a part, or the packed file is damaged.
    """
    with path.open("rb") as stream:
        if stream.read(len(PARQUET)) == PARQUET:
            yield from parquet_sheets(path, path.name, PART_ROWS)
            return
    head, before = b"", 0
    for part, name in _blocks(path):
        if not head:
            (sheet,) = open_bytes(part, name).sheets
            head = b"".join(part.splitlines(keepends=True)[: _header_rows(sheet)])
            before = _rows(part)
            yield sheet
            continue
        (sheet,) = open_bytes(head + part, name).sheets
        yield replace(sheet, lines_before=before - _rows(head))
        before += _rows(part)


def _header_rows(sheet: Sheet) -> int:
    """Return how many lines come before the first row below the widest heading."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in sheet.head[:HEAD_ROWS]]
    return widths.index(max(widths)) + 1


def _rows(part: bytes) -> int:
    """Count rows: a line end in quotes ends none."""
    return b"".join(part.split(b'"')[::2]).count(b"\n")


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[IO[bytes] | gzip.GzipFile, str, int]]:
    """Yield a file's text, or that of the only file in an archive, its name and about how long it is."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(0)
        if start.startswith(_GZIP):
            with gzip.open(stream) as unpacked:
                yield unpacked, path.name, size * PACKED
        elif start == _ZIP:
            with zipfile.ZipFile(stream) as archive:
                members = members_of(archive)
                if len(members) != 1 or members[0].flag_bits & 1:
                    raise DataError(path.name, "not one file that can be read a part at a time")
                with archive.open(members[0]) as unpacked:
                    yield unpacked, f"{path.name}/{members[0].filename}", members[0].file_size
        else:
            yield stream, path.name, size


def _blocks(path: Path) -> Iterator[tuple[bytes, str]]:
    """Yield the bytes of a file in blocks that end with a row, each with the file's name for messages."""
    with _unpacked(path) as (stream, name, _):
        rest, size = b"", FIRST
        while block := _read(stream, size, name):
            whole, rest = _split(rest + block, name)
            yield whole, name
            size = PART
        if rest:
            yield rest, name


def _read(stream: IO[bytes] | gzip.GzipFile, size: int, name: str) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
        came = f"damaged or cut short while it was downloaded ({error})"
        raise DataError(name, came, cure="download it again") from None


def _split(block: bytes, name: str) -> tuple[bytes, bytes]:
    """Return a block up to the end of its last whole row, and what follows; a line end in quotes ends no row."""
    end = block.rfind(b"\n")
    within = block.count(b'"', 0, end + 1) % 2
    while end >= 0 and within:
        before = block.rfind(b"\n", 0, end)
        within ^= block.count(b'"', before + 1, end) % 2
        end = before
    if end < 0:
        came = f"a row of more than {len(block) / 1e6:,.0f} MB"
        raise DataError(name, came, cure="look for a quotation mark that is not closed")
    return block[: end + 1], block[end + 1 :]

"""Long files of rows that mean something one by one, read a part at a time: memory holds one part."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO

from helpers.data.opening import MAX_BYTES, open_bytes
from helpers.data.sheets import HEAD_ROWS, Sheet
from helpers.errors import DataError, Problem

#: bytes of a part; the first is small, since it only tells which layout it is
PART, FIRST = 32_000_000, 1_000_000
#: extracts shrink about so many times when they are packed
PACKED = 8
_GZIP, _OTHERS = (
    b"\x1f\x8b",
    (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\xff\xfe", b"\xfe\xff", b"PAR1"),
)


def is_long(path: Path) -> bool:
    """Tell whether a file is text, packed by gzip or not, of more than one part."""
    with path.open("rb") as stream:
        start = stream.read(4)
    size = path.stat().st_size * (PACKED if start.startswith(_GZIP) else 1)
    return size > PART and not start.startswith(_OTHERS)


def refuse_too_long(path: Path, shown: str) -> None:
    """Refuse a file that can only be read whole and is too large for that.

    Raises
    ------
    DataError
        Where it has more than `MAX_BYTES`.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        came = f"{size / 1e6:,.0f} MB of a layout that is read whole"
        raise DataError(Problem(shown, came, f"{MAX_BYTES / 1e6:,.0f} MB", "load it month by month"))


def read_parts(path: Path) -> Iterator[Sheet]:
    """Yield a CSV's parts as sheets of their own, each with the file's head and the rows' own numbers.

    Raises
    ------
    DataError
        Where a part is no text, a line is longer than a part, or the packed file is damaged.
    """
    head, before = b"", 0
    for part in _blocks(path):
        if not head:
            (sheet,) = open_bytes(part, path.name).sheets
            head = b"".join(part.splitlines(keepends=True)[: _header_rows(sheet)])
            before = part.count(b"\n")
            yield sheet
            continue
        (sheet,) = open_bytes(head + part, path.name).sheets
        yield replace(sheet, lines_before=before - head.count(b"\n"))
        before += part.count(b"\n")


def _header_rows(sheet: Sheet) -> int:
    """Return how many lines come before the first row below the widest heading."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in sheet.head[:HEAD_ROWS]]
    return widths.index(max(widths)) + 1


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks that end with a row."""
    with ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(path.open("rb"))
        if stream.read(2) == _GZIP:
            stream = stack.enter_context(gzip.open(path))
        stream.seek(0)
        rest, size = b"", FIRST
        while block := _read(stream, size, path):
            whole, rest = _split(rest + block, path)
            yield whole
            size = PART
        if rest:
            yield rest


def _read(stream: IO[bytes], size: int, path: Path) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, OSError, zlib.error) as error:
        came = f"damaged or cut short while it was downloaded ({error})"
        raise DataError(Problem(path.name, came, cure="download it again")) from None


def _split(block: bytes, path: Path) -> tuple[bytes, bytes]:
    """Return a block up to the end of its last whole row, and what follows; a line end in quotes ends no row."""
    end = block.rfind(b"\n")
    while end >= 0 and block.count(b'"', 0, end) % 2:
        end = block.rfind(b"\n", 0, end)
    if end < 0:
        came = f"a row of more than {len(block) / 1e6:,.0f} MB"
        raise DataError(Problem(path.name, came, cure="look for a quotation mark that is not closed"))
    return block[: end + 1], block[end + 1 :]

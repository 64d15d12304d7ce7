"""What pictures and other binary files say besides their pixels: titles, comments, places, authors."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PIXELS = frozenset({b"IDAT", b"fdAT", b"PLTE"})
_PRINTABLE = re.compile(rb"[\x20-\x7e\xa0-\xff]{6,}")


def words_in(content: bytes) -> str:
    """Return the readable words of a binary file, one run to a line.

    >>> words_in(bytes(range(32)) + b"Patient 943 476 5919" + bytes(3))
    'Patient 943 476 5919'
    """
    pieces = _png_pieces(content) if content.startswith(_PNG) else [content]
    found = []
    for piece in pieces:
        # UTF-16, as cameras and Windows write it, is plain text with a zero after each letter.
        for text in (piece, piece.replace(b"\0", b"")):
            found += [match.group(0).decode("latin-1") for match in _PRINTABLE.finditer(text)]
    return "\n".join(dict.fromkeys(found))


def _png_pieces(content: bytes) -> Iterator[bytes]:
    """Yield the chunks of a PNG file that are not pixels, unpacked."""
    place = len(_PNG)
    while place + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + size]
        place += 12 + size
        if kind in _PIXELS:
            continue
        yield body
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            start = body.find(b"\x78")
            if start >= 0:
                yield _unpacked(body[start:])
    yield content[place:]


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, 1_000_000)
    except zlib.error:
        return b""

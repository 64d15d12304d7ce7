"""Files that hold others or tables in a form of their own: packed ones, Parquet, SQLite, workbooks."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from helpers.data.audit.alarms import AuditAlarm
from helpers.data.audit.tables import shape_problems, text_rows
from helpers.data.audit.text import audit_plain
from helpers.data.files.sheets import Sheet
from helpers.data.files.workbooks import read_xls
from helpers.errors import Problem

#: a file within a file within a file; deeper nesting is refused, as is more than this in bytes unpacked
DEEPEST, LARGEST = 4, 500_000_000
#: how far down a heading may stand
HEADINGS = 10
#: rows that are looked at together
ROWS = 50_000

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
_PARQUET, _SQLITE, _OLE = b"PAR1", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED: dict[bytes, Callable[[io.BytesIO], io.BufferedIOBase]] = {
    _GZIP: lambda packed: gzip.GzipFile(fileobj=packed),
    _BZIP2: bz2.BZ2File,
    _XZ: lzma.LZMAFile,
}
_PICKLES = (".pkl", ".pickle", ".joblib")
_TAR_AT = slice(257, 262)

#: how what is inside is looked at: content, name, depth
Inside = Callable[[bytes, str, int], list[Problem]]


def audit_container(content: bytes, name: str, depth: int, inside: Inside) -> list[Problem] | None:
    """Return what a packed file or a file of tables gives away; None where the content is neither.

    Pickles are never opened: that runs what they hold.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _PICKLES or (
        content[:1] == b"\x80" and content[1:2] in b"\2\3\4\5" and content[-1:] == b"."
    ):
        cure = "a pickle runs code when it is opened: save it as CSV or Parquet"
        return [unreadable(name, "is a pickle, which is never opened", cure)]
    for magic, opened in _PACKED.items():
        if content.startswith(magic):
            return _audit_packed(content, name, depth, inside, opened)
    if content[_TAR_AT] == b"ustar":
        return _audit_tar(content, name, depth, inside)
    if content.startswith(_PARQUET):
        return _guarded(_audit_parquet, content, name)
    if content.startswith(_SQLITE):
        return _guarded(_audit_sqlite, content, name)
    if content.startswith(_OLE):
        return _guarded(_audit_xls, content, name)
    return None


def unreadable(
    name: str, came: str, cure: str = "open it without protection, or leave it out"
) -> AuditAlarm:
    """Return the alarm about a file that cannot be looked through."""
    return AuditAlarm("unreadable", [name], name, came, allowed="a file that can be read", cure=cure)


def _audit_packed(
    content: bytes, name: str, depth: int, inside: Inside, opened: Callable[[io.BytesIO], io.BufferedIOBase]
) -> list[Problem]:
    try:
        with opened(io.BytesIO(content)) as stream:
            unpacked = stream.read(LARGEST + 1)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        return [unreadable(name, f"cannot be unpacked ({type(error).__name__})")]
    if len(unpacked) > LARGEST:
        return [unreadable(name, "holds too much")]
    path = PurePosixPath(name)
    inner = path.stem + ".tar" * (path.suffix.lower() in (".tgz", ".tbz", ".txz"))
    return inside(unpacked, inner, depth + 1)


def _audit_tar(content: bytes, name: str, depth: int, inside: Inside) -> list[Problem]:
    problems: list[Problem] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            members = [member for member in archive if member.isfile()]
            if sum(member.size for member in members) > LARGEST:
                return [unreadable(name, "holds too much")]
            for member in members:
                stream = archive.extractfile(member)
                problems += inside(stream.read() if stream else b"", f"{name}, {member.name}", depth + 1)
    except (tarfile.TarError, EOFError) as error:
        return [unreadable(name, f"cannot be unpacked ({type(error).__name__})")]
    return problems


def _guarded(audit: Callable[[bytes, str], Iterator[Problem]], content: bytes, name: str) -> list[Problem]:
    try:
        return list(audit(content, name))
    except Exception as error:  # each library has errors of its own for a damaged file
        return [unreadable(name, f"cannot be read ({type(error).__name__})")]


def _audit_parquet(content: bytes, name: str) -> Iterator[Problem]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(pa.BufferReader(content)) as file:
        said = {str(key): str(value) for key, value in (file.metadata.metadata or {}).items()}
        yield from audit_table([*map(list, said.items())], f"{name}, metadata")
        for batch in file.iter_batches(ROWS):
            columns = [column.to_pylist() for column in batch.columns]
            yield from audit_table([batch.schema.names, *text_rows(zip(*columns, strict=True))], name)


def _audit_sqlite(content: bytes, name: str) -> Iterator[Problem]:
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(content)
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            quoted = '"' + table.replace('"', '""') + '"'
            rows = database.execute(f"SELECT * FROM {quoted}")
            names = [column[0] for column in rows.description]
            some = rows.fetchmany(ROWS)
            yield from audit_table([names, *text_rows(some)], f"{name}, table {table}")
            while some := rows.fetchmany(ROWS):
                yield from audit_table(text_rows(some), f"{name}, table {table}")
    finally:
        database.close()


def _audit_xls(content: bytes, name: str) -> Iterator[Problem]:
    return audit_sheets(read_xls(content, name))


def audit_table(rows: Sequence[Sequence[str]], where: str) -> Iterator[Problem]:
    """Yield what a table gives away by its shape, and in its cells."""
    rows = [row for row in rows if any(row)]
    yield from shape_problems(rows[:HEADINGS], rows, where)
    yield from audit_plain("\n".join(cell for row in rows for cell in row), where, headings=False)


def audit_sheets(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    """Yield what the sheets of a workbook give away."""
    for sheet in sheets:
        yield from audit_table(sheet.grid, sheet.place())

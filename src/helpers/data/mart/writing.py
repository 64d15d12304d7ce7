"""Writing one load: its files are staged out of sight, then moved into the mart in one rename."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.mart.manifest import PRIVATE_FILE, FileRecord, make_private
from helpers.data.schema import STAMP, Table, arrow_schema, find_table, validate
from helpers.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from typing_extensions import Buffer

#: what may stand in a folder's name: ODS codes and the like
SAFE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass
class Load:
    """A load under way: tables are written to it, and committed when its `with` block ends well."""

    id: str
    source: str
    vintage: datetime
    staging: Path
    rows_read: int | None = None
    rejected: dict[str, int] = field(default_factory=dict)
    files: list[FileRecord] = field(default_factory=list)
    as_at: date | None = None  # up to which the data speak, where that is known only at the end
    discarded: bool = False  # set to leave the mart as it was although nothing was raised

    @property
    def rows_kept(self) -> int:
        """Rows of the source that were kept; without a count of their own, the rows written."""
        if self.rows_read is None:
            return sum(file.rows for file in self.files)
        return self.rows_read - sum(self.rejected.values())

    def count(self, *, read: int, rejected: Mapping[str, int] | None = None) -> None:
        """Say how many rows the source had, and how many were left out for which reason."""
        self.rows_read = (self.rows_read or 0) + read
        for reason, rows in (rejected or {}).items():
            self.rejected[reason] = self.rejected.get(reason, 0) + rows

    def write(self, table: str, frame: pd.DataFrame) -> int:
        """Validate a frame and stage it; may be called many times for one table.

        Raises `DataError` where columns are missing or values are not allowed.

        `table`: one of `helpers.data.schema.TABLES`. `frame`: its columns; those that may be empty can be left out,
        others may be added.

        Returns
        -------
        int
            The rows written.
        """
        specification = find_table(table)
        stamped = validate(specification, frame.assign(source=self.source, vintage=self.vintage))
        part = sum(file.table == table for file in self.files)
        for folder, rows in _partitions(specification, _to_arrow(specification, stamped)):
            self._write_file(table, f"{table}/{folder}", f"part-{part:05d}.parquet", rows)
        return len(stamped)

    def _write_file(self, table: str, folder: str, name: str, rows: pa.Table) -> None:
        import pyarrow.parquet as parquet

        path = self.staging / folder / name
        make_private(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as stream:
            parquet.write_table(rows, stream, compression="zstd")
            stream.flush()
            os.fsync(stream.fileno())
        self.files.append(
            FileRecord(
                table=table,
                source=self.source,
                load=self.id,
                path=f"data/{self.id}/{folder}{name}",
                rows=rows.num_rows,
                sha256=_hash_rows(folder, rows),
                schema_id=hashlib.sha256(str(rows.schema).encode()).hexdigest()[:12],
                measures=_measures(rows),
            )
        )


def _measures(rows: pa.Table) -> tuple[str, ...]:
    if "measure" not in rows.column_names:
        return ()
    return tuple(sorted(str(name) for name in rows["measure"].unique().to_pylist()))


class _HashingSink(io.RawIOBase):
    """A file that keeps nothing but the hash of what is written to it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Buffer, /) -> int:
        self.digest.update(content)
        return memoryview(content).nbytes


def _hash_rows(folder: str, rows: pa.Table) -> str:
    """Hash the rows without their edition, so that the same content loaded again is recognised.

    The folder counts: it names the table and the organisation.
    """
    import pyarrow as pa

    sink = _HashingSink()
    sink.write(folder.encode())
    content = rows.drop_columns([column.name for column in STAMP])
    with pa.ipc.new_stream(sink, content.schema) as stream:
        stream.write_table(content)
    return sink.digest.hexdigest()


def _to_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    declared = table.column_names()
    added = [str(name) for name in frame.columns if name not in declared]
    extra = pa.Schema.from_pandas(frame[added], preserve_index=False) if added else ()
    rows = pa.Table.from_pandas(
        frame[[*declared, *added]], schema=arrow_schema(table, extra), preserve_index=False
    )
    return rows.replace_schema_metadata(None)


def _partitions(table: Table, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield (folder, rows): one folder per organisation for records, none for the other tables."""
    if not table.records:
        if rows.num_rows:
            yield "", rows
        return
    import pyarrow.compute as compute

    rows = rows.take(compute.sort_indices(rows["org_code"]))
    counts = compute.value_counts(rows["org_code"].combine_chunks()).to_pylist()
    start = 0
    for code, length in ((count["values"], count["counts"]) for count in counts):
        if not SAFE_CODE.fullmatch(code):
            raise DataError(f"table {table.name}, column org_code", repr(code), "letters, digits, - and _")
        yield f"org_code={code}/", rows.slice(start, length).drop_columns(["org_code"])
        start += length

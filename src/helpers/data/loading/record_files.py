"""Parquet files of records in the mart's own columns: checked and taken over by DuckDB, whatever their size."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from helpers.data.mart.manifest import PRIVATE_FILE, FileRecord, make_private
from helpers.data.mart.views import literal, no_glob
from helpers.data.mart.writing import SAFE_CODE, Load
from helpers.data.schema import STAMP, TABLES, Table, TableColumn, duckdb_columns
from helpers.data.sources.layout import Layout, Reading
from helpers.data.sources.records import is_artificial
from helpers.data.sql import open_engine
from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    import duckdb

#: what taking a file over may need of the machine; beyond it the engine sorts on disk
MEMORY: Final = "1500MB"
#: by which day the rows of an organisation are put in order, so that a report of a year reads that year alone
DAYS: Final = {"spells": "discharged", "appointments": "appointment_date", "waits": "referred"}
_STAMPS: Final = tuple(column.name for column in STAMP)


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, by its content."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


@dataclass(frozen=True)
class RecordFile:
    """One such file; `shown` is what messages call it.

    Asking what it holds raises `DataError` where it is damaged, holds none of the tables of records, or with
    everything that is wrong with its rows.
    """

    path: Path
    shown: str

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        import pyarrow as pa
        import pyarrow.parquet as parquet

        try:
            return tuple(parquet.read_schema(self.path).names)
        except (OSError, pa.ArrowException):
            raise DataError(
                self.shown, "a Parquet file that is damaged or cut short", cure="fetch it again"
            ) from None

    @cached_property
    def table(self) -> Table:
        """The table whose columns it has."""
        records = [table for table in TABLES.values() if table.records]
        for table in records:
            if table.required - set(_STAMPS) <= set(self.columns):
                return table
        needed = (f"{t.name} ({', '.join(sorted(t.required - set(_STAMPS)))})" for t in records)
        came = f"a Parquet file with columns {', '.join(self.columns)}"
        cure = "name them so (docs/reference/mart.md), or write a mapping (docs/reference/mappings.md)"
        raise DataError(self.shown, came, f"the columns of {'; '.join(needed)}", cure)

    @property
    def layout(self) -> Layout:
        """How it is recorded among the loads; one file of a table takes the place of the one before."""
        name, title = f"own_{self.table.name}", f"Own records: {self.table.name}"
        return Layout.of_records(
            self.table.name, name=name, title=title, columns=self.columns, read=lambda *_: self.reading
        )

    @cached_property
    def reading(self) -> Reading:
        """What its rows come to, none of them held: how many, up to which day."""
        checks = list(self._checks())
        counts = ", ".join(f"count(*) FILTER ({sql})" for _, _, sql in checks)
        with self._connect() as connection:
            sql = f"SELECT count(*), max({self._typed(DAYS[self.table.name])}), {counts} FROM {self._rows}"
            rows, last, *wrong = connection.execute(sql).fetchone() or ()
        problems = [
            Problem(f"{self.shown}, column {column.name}", f"{number:,} values", allowed)
            for (column, allowed, _), number in zip(checks, wrong, strict=True)
            if number
        ]
        if problems or not rows:
            raise DataError(problems or Problem(self.shown, "no row"))
        declared = set(self.table.column_names())
        rest = [name for name in self.columns if name not in declared]
        remarks = (f"columns not read: {', '.join(rest)}",) if rest else ()
        as_at = last if isinstance(last, date) else None
        return Reading({}, rows, remarks=remarks, as_at=as_at, synthetic=is_artificial(self.path.name))

    def stage(self, load: Load) -> None:
        """Write its rows to a load: a file for each organisation, in the order of their days."""
        table, apart = self.table, load.staging / "apart"
        select = ", ".join(f'{self._typed(name)} AS "{name}"' for name in table.column_names()[:-2])
        with self._connect(load.staging / "spill") as connection:
            connection.execute(
                f"COPY (SELECT {select} FROM {self._rows}) TO {literal(str(apart))} (FORMAT parquet, "
                "PARTITION_BY (org_code))"
            )
            for folder in sorted(apart.iterdir()):
                load.files.append(self._put_in_order(load, connection, folder))
                shutil.rmtree(folder)
        apart.rmdir()

    def _put_in_order(self, load: Load, connection: duckdb.DuckDBPyConnection, folder: Path) -> FileRecord:
        import pyarrow.parquet as parquet

        place = f"{self.table.name}/{folder.name}"
        path = make_private(load.staging / place) / "part-00000.parquet"
        rows = f"read_parquet({literal(no_glob(str(folder)) + '/*.parquet')}, hive_partitioning = false)"
        # alike whichever thread wrote which of them first
        content = connection.execute(f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {rows} t").fetchone()
        connection.execute(
            f"COPY (SELECT *, {literal(load.source)} AS source, {literal(str(load.vintage))}::TIMESTAMP AS vintage "
            f"FROM {rows} ORDER BY {DAYS[self.table.name]}) TO {literal(str(path))} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        path.chmod(PRIVATE_FILE)
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        metadata = parquet.read_metadata(path)
        schema = str(metadata.schema.to_arrow_schema())
        return FileRecord(
            table=self.table.name,
            source=load.source,
            load=load.id,
            path=f"data/{load.id}/{place}/{path.name}",
            rows=metadata.num_rows,
            sha256=hashlib.sha256(f"{place} {content}".encode()).hexdigest(),
            schema_id=hashlib.sha256(schema.encode()).hexdigest()[:12],
        )

    def _connect(self, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
        return open_engine(
            memory_limit=MEMORY,
            preserve_insertion_order="false",
            partitioned_write_max_open_files="1000",
            **({"temp_directory": str(spill)} if spill else {}),
        )

    @property
    def _rows(self) -> str:
        return f"read_parquet({literal(no_glob(str(self.path)))}, hive_partitioning = false)"

    def _typed(self, name: str) -> str:
        kind = dict(duckdb_columns(self.table))[name]
        return f'TRY_CAST("{name}" AS {kind})' if name in self.columns else f"NULL::{kind}"

    def _checks(self) -> Iterator[tuple[TableColumn, str, str]]:
        """Yield a column, what is allowed in it, and as SQL which rows hold something else."""
        for column in self.table.columns:
            if column.name not in self.columns or column.name in _STAMPS:
                continue
            value, kind = self._typed(column.name), dict(duckdb_columns(self.table))[column.name]
            yield column, f"{kind} or nothing", f'"{column.name}" IS NOT NULL AND {value} IS NULL'
            if not column.nullable:
                yield column, "something in every row", f'"{column.name}" IS NULL'
            if column.allowed:
                words = ", ".join(map(literal, column.allowed))
                yield column, ", ".join(column.allowed), f"{value} NOT IN ({words})"
            if column.minimum is not None:
                yield column, f"at least {column.minimum:g}", f"{value} < {column.minimum:g}"
            if column.name == "org_code":
                unsafe = f"NOT regexp_full_match({value}, {literal(SAFE_CODE.pattern)})"
                yield column, "letters, digits, - and _", unsafe

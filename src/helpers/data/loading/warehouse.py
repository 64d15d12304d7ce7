"""Tables out of a data warehouse by SQLAlchemy, in chunks, counted twice, and never a password in words.

What comes is written to one Parquet file, a chunk at a time, which then goes the way of every file: recognised,
read, checked and committed whole or not at all. A pull that is killed has loaded nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from helpers.data.files.finding import Found
from helpers.data.loading.load import LoadResult, Progress, load_files
from helpers.data.mart.manifest import PRIVATE_FILE
from helpers.errors import DataError, UsageError
from helpers.places import WAREHOUSE_PASSWORD, WAREHOUSE_URL

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, TableClause, TextClause

    from helpers.data.mart import Mart
    from helpers.register import Register

#: rows that are fetched at a time
CHUNK: Final = 50_000
#: settings of an address that hold what nobody else may know
_SECRET = re.compile(r"pass|pwd|token|secret|key|odbc_connect", re.IGNORECASE)
#: an address's scheme, with the driver that comes with the extra where it names none
_DRIVERS: Final = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
#: what a session is told where the dialect knows it: one moment's data, and nothing written
_READING: Final[Mapping[str, Mapping[str, Any]]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
}


@dataclass(frozen=True)
class Warehouse:
    """Where a warehouse is, and what is wanted of it: a table, or the rows of a query."""

    url: URL
    table: str = ""
    query: str = ""

    @property
    def shown(self) -> str:
        """What it is called in messages and in the mart: without user, password or settings."""
        where = f"{self.url.get_backend_name()}://{self.url.host or ''}/{self.url.database or ''}"
        asked = self.table or f"query {sha256(self.query.encode()).hexdigest()[:12]}"
        return f"{where}, {asked}"

    @property
    def rows(self) -> TableClause | TextClause:
        """What is wanted, to select from."""
        from sqlalchemy import table, text

        if self.table:
            *schema, name = self.table.rsplit(".", 1)
            return table(name, schema=".".join(schema) or None)
        query = self.query.strip().rstrip(";").replace(":", "\\:")  # no colon of it is a parameter
        return text(f"({query}) AS asked")

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection that reads the data of one moment, where the warehouse can.

        Raises `DataError` with what the warehouse says, less every secret and every value of its rows.
        """
        try:
            import sqlalchemy
        except ImportError:
            raise _not_installed(self.shown) from None
        try:
            engine = sqlalchemy.create_engine(self.url, hide_parameters=True, poolclass=sqlalchemy.NullPool)
            with engine.connect() as connection:
                yield connection.execution_options(**_READING.get(connection.dialect.name, {}))
        except (sqlalchemy.exc.NoSuchModuleError, ImportError):
            raise _not_installed(self.shown) from None
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise DataError(self.shown, self._why(error), cure=_CURE) from None

    def _why(self, error: Exception) -> str:
        """Return the first line of what went wrong: those below it, and faults of values, repeat the rows."""
        from sqlalchemy.exc import DataError as ValueFault

        if isinstance(error, ValueFault):
            code = getattr(error.orig, "sqlstate", None) or type(error.orig).__name__
            return f"the warehouse cannot work out a value of its rows ({code})"
        words = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        for secret in _secrets(self.url):
            words = words.replace(secret, "…")
        return words or type(error).__name__


_CURE: Final = (
    f"check address, table and your right to read it; the password is taken from {WAREHOUSE_PASSWORD}"
)


def _not_installed(where: str) -> UsageError:
    cure = "pip install 'boardpack[warehouse]' (PostgreSQL), or the SQLAlchemy dialect of your warehouse"
    return UsageError(where, "what talks to this warehouse is not installed", cure=cure)


def _secrets(url: URL) -> list[str]:
    """Return what no message repeats: the password, and settings that may hold one, also as an address has them."""
    from urllib.parse import quote, quote_plus

    held = [url.password or "", *(str(value) for name, value in url.query.items() if _SECRET.search(name))]
    return sorted(
        {form(each) for each in held if each for form in (str, quote, quote_plus)}, key=len, reverse=True
    )


def find_warehouse(
    address: str, *, table: str = "", query: str = "", environment: Mapping[str, str] = os.environ
) -> Warehouse:
    """Return the warehouse at an address; without one the environment's, with the environment's password.

    Raises `UsageError` where there is no address or it is none; where one of the command line holds a password, which
    others may then see; where not one of table and query is given.
    """
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError:
        raise _not_installed("boardpack data pull") from None
    form = "such as postgresql://reader@warehouse/activity"
    if bool(table) == bool(query):
        raise UsageError(
            "boardpack data pull", "asks for nothing or too much", "--table or --query, one of them"
        )
    try:
        url = make_url(address or environment.get(WAREHOUSE_URL, ""))
    except (ArgumentError, ValueError):  # its words would repeat the address
        came = "no address of a warehouse"
        raise UsageError(f"URL or {WAREHOUSE_URL}", came, form) from None
    if address and _secrets(url):
        cure = f"put the password into {WAREHOUSE_PASSWORD}, or the whole address into {WAREHOUSE_URL}"
        raise UsageError("URL", "holds a password, which process lists and histories keep", form, cure)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    password = environment.get(WAREHOUSE_PASSWORD)
    return Warehouse(url.set(password=password) if password else url, table, query)


def pull(
    mart: Mart, warehouse: Warehouse, register: Register, *, progress: Progress | None = None
) -> list[LoadResult]:
    """Load a table or the rows of a query, all or nothing.

    Raises `DataError` where the warehouse cannot be read, or other rows came than it counts; `LoadError` where what
    came is refused as a file would be.

    `progress`: called with the table, the rows that came, and how many there are.
    """
    name = re.sub(r"\W+", "_", warehouse.table.rpartition(".")[2]) or "query"
    with mart.files.on_its_way() as folder:
        path = folder / f"{name}.parquet"
        with warehouse.connected() as connection:
            fetch(connection, warehouse, path, progress or (lambda *_: None))
        return load_files(mart, [Found(path, warehouse.shown)], register)


def fetch(connection: Connection, warehouse: Warehouse, path: Path, progress: Progress) -> None:
    """Write all rows to a Parquet file, a chunk at a time, and hold their number against the warehouse's own."""
    import pyarrow as pa
    import pyarrow.parquet as parquet
    from sqlalchemy import func, select, text

    rows = warehouse.rows
    expected = connection.execute(select(func.count()).select_from(rows)).scalar_one()
    result = connection.execution_options(stream_results=True, yield_per=CHUNK).execute(
        select(text("*")).select_from(rows)
    )
    names, came = tuple(result.keys()), 0
    schema = pa.schema([(name, pa.string()) for name in names])
    with (
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as stream,
        parquet.ParquetWriter(stream, schema, compression="zstd") as writer,
    ):
        for chunk in result.partitions():
            columns = [pa.array(map(as_text, column), pa.string()) for column in zip(*chunk, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            came += len(chunk)
            progress(warehouse.shown, came, expected)
    if came != expected:
        cure = "the table is being written to, or the query gives other rows each time: pull it again later"
        raise DataError(warehouse.shown, f"{came:,} rows came", f"{expected:,}, as it counts itself", cure)


def as_text(value: Any) -> str | None:
    """Return a value as files have it; a moment at midnight is a day.

    >>> [as_text(value) for value in (None, True, Decimal("1E+2"), datetime(2026, 4, 1))]
    [None, 'true', '100', '2026-04-01']
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)

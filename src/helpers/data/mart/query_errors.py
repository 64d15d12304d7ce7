"""What DuckDB says when a query of the mart fails, told as what the user can mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.schema import RECORDS
from helpers.errors import DataError, Problem, UsageError, UserError
from helpers.places import in_notebook

if TYPE_CHECKING:
    from helpers.data.mart.reader import Mart

NO_TABLE = re.compile(r"Table with name \"?(\w+)")
_PARQUET = re.compile(r"""["']([^"']+\.parquet)["']""")


@contextmanager
def explained(mart: Mart) -> Iterator[None]:
    """Turn the errors of a query that are no fault of its words into errors that say what to do.

    Raises `DataError` where a file of the mart is damaged or gone, memory or the disk is full; `KeyboardInterrupt`
    where the query was interrupted; DuckDB makes a RuntimeError of it.
    """
    import duckdb

    try:
        yield
    except RuntimeError as error:
        # DuckDB's own errors are no RuntimeErrors but this one
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except duckdb.OutOfMemoryException as error:
        came = f"a query needs more memory or space on disk than there is ({_first_line(error)})"
        raise DataError(
            Problem(f"mart {mart.path}", came, cure="free some space where the mart lies")
        ) from error
    except duckdb.CatalogException as error:
        raise _about_records(error) or error from None
    except duckdb.Error as error:
        raise _about_file(mart, error) or error from None


def _about_file(mart: Mart, error: Exception) -> UserError | None:
    if "permission denied" in str(error).lower() and in_notebook():
        came = "a notebook does not read files of the mart"
        cure = (
            'ask for figures by report.records("spells", by=[…]).count(), or a published table by its name'
        )
        return UsageError(Problem("query", came, cure=cure))
    records = {mart.path / file.path: file for file in mart.manifest.files}
    for name in _PARQUET.findall(str(error)):
        path = Path(name)
        if path in records:
            came = "damaged" if path.exists() else "gone"
            source = records[path].source
            cure = f"boardpack data forget {source}, then load it again; or boardpack state restore FILE"
            return DataError(Problem(str(path), f"this file of the mart is {came}", cure=cure))
    return None


def _about_records(error: Exception) -> UsageError | None:
    """Return what to do where a kernel asks for a table of records, which only the records room has."""
    found = NO_TABLE.search(str(error))
    if found is None or found[1].lower() not in RECORDS:
        return None
    came = "a notebook holds no records of patients"
    cure = f'ask for figures by report.records("{found[1].lower()}", where={{…}}, by=[…]).count()'
    return UsageError(Problem(f"query of {found[1]}", came, cure=cure))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

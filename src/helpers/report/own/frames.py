"""An analyst's frame as a table of the report, as the data behind a figure, or as a file beside it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from helpers.bundle import DELIVERED, LARGEST_FILE, SUPPRESSED, Cell, Column
from helpers.errors import UsageError, raise_all, unknown_names
from helpers.report.own.cells import Format, digits_for, is_nothing, show, shown_frame

if TYPE_CHECKING:
    import pandas as pd

#: what heads a series without a name, and an index without one in a list of data
_UNNAMED: Final = "value"
_UNNAMED_INDEX: Final = "row"
#: of a frame from the records room: whether something of a row may not be shown
_HIDDEN: Final = "hidden"
#: columns to show: their names in the frame, or these with what heads them
Columns = Sequence[Any] | Mapping[Any, str]
_WHERE: Final = "report.deliver"


def table_html(
    frame: Any, columns: Columns | None = None, formats: Mapping[Any, Format] | None = None
) -> str:
    """Return the HTML of a whole table: a frame or series, or what else shows one table as HTML; see `Report.table`."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame | pd.Series):
        return _made_html(frame, columns, formats)
    whole, formats = flat(frame), formats or {}
    stars = _stars(whole)
    if columns is None and stars is not None:
        columns = list(stars.columns)
    rows = choose(whole, columns)
    check_names("report.table, formats", formats, list(whole.columns))
    shown = shown_frame(rows, formats)
    if stars is not None:
        shown = shown.mask(stars.reindex(columns=rows.columns, fill_value=False), SUPPRESSED)
    shown.columns = _headed(rows, columns)
    with pd.option_context("display.max_colwidth", None):
        html: str = shown.to_html(index=False, border=0, na_rep="")
    return html


def _stars(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return which cells of a frame from the records room may not be shown, without `hidden`; None for any other."""
    if list(frame.columns).count(_HIDDEN) != 1 or frame[_HIDDEN].dtype != bool:
        return None
    told = frame.drop(columns=_HIDDEN)
    return told.isna() & frame[[_HIDDEN]].to_numpy()


def _made_html(table: Any, columns: Columns | None, formats: Mapping[Any, Format] | None) -> str:
    given = "columns" if columns else "formats" if formats else ""
    if given:
        cure = "choose and format in the table itself, or hand over its frame"
        raise UsageError(f"report.table, {given}", f"given beside a {type(table).__name__}", cure=cure)
    for name in ("_repr_html_", "as_raw_html", "to_html"):
        if (write := getattr(table, name, None)) and (html := write()):
            return str(html)
    cure = "a frame: pd.DataFrame(…)"
    came = f"{type(table).__name__} is no table"
    raise UsageError("report.table", came, "a DataFrame, Series, Styler or Great Table", cure)


def as_frame(series: pd.Series[Any]) -> pd.DataFrame:
    """Return a series as a frame of one column."""
    import pandas as pd

    return pd.DataFrame({_UNNAMED if series.name is None else series.name: series})


def show_as_tables() -> None:
    """Have Jupyter show a series as a frame, and what the records room hides as stars: there is not nothing."""
    import pandas as pd

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type(pd.Series, lambda series: _frame_html(as_frame(series)))
        html.for_type(pd.DataFrame, _frame_html)


def _frame_html(frame: Any) -> Any:
    stars = _stars(frame)
    shown = frame if stars is None else frame[stars.columns].astype(object).mask(stars, SUPPRESSED)
    return shown._repr_html_()


def flat(frame: Any) -> pd.DataFrame:
    """Return a frame with what its index says as columns; one that only counts the rows says nothing."""
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = as_frame(frame)
    counts = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    if counts:
        return pd.DataFrame(frame).reset_index(drop=True)
    names = [
        name if name is not None else " " * (place + 1) for place, name in enumerate(frame.index.names)
    ]
    flattened: pd.DataFrame = frame.rename_axis(index=names).reset_index()
    return flattened


def choose(frame: pd.DataFrame, columns: Columns | None) -> pd.DataFrame:
    """Return the columns that are to be shown, in their order."""
    if columns is None:
        return frame
    check_names("report.table, columns", columns, list(frame.columns))
    return frame.loc[:, list(columns)]


def check_names(where: str, named: Sequence[Any] | Mapping[Any, Any], known: Sequence[Any]) -> None:
    """Refuse names of columns that are not there, all at once, with near misses."""
    raise_all(unknown_names(named, known, where=f"{where}, ", came="no such column"))


def _headed(frame: pd.DataFrame, columns: Columns | None) -> Any:
    if isinstance(columns, Mapping):
        return [columns[name] for name in frame.columns]
    if frame.columns.nlevels > 1:
        return frame.columns
    return [str(name).strip() for name in frame.columns]


def data_behind(data: Any) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the data behind a figure: columns with their kinds, and rows.

    >>> import pandas as pd
    >>> data_behind(pd.DataFrame({"ward": ["A"], "beds": [12]}))[1]
    (('A', 12),)
    """
    frame = flat(data)
    series = [list(frame.iloc[:, place]) for place in range(frame.shape[1])]
    columns = tuple(_column(str(name), cells) for name, cells in zip(frame.columns, series, strict=True))
    cells = [[_cell(column, cell) for cell in each] for column, each in zip(columns, series, strict=True)]
    return columns, tuple(zip(*cells, strict=True))


def _column(name: str, cells: Sequence[Any]) -> Column:
    there = [cell for cell in cells if not is_nothing(cell)]
    label = name.strip() or _UNNAMED_INDEX  # a heading without words says nothing to those who hear it
    if there and all(isinstance(cell, Real) and not isinstance(cell, bool) for cell in there):
        return Column(label=label, kind="rate", digits=digits_for(there))
    dates = bool(there) and all(isinstance(cell, date) for cell in there)
    return Column(label=label, kind="date" if dates else "text")


def has_nothing_to_draw(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether data hold no number and a column of nothing at all: what was to be drawn is missing or hidden.

    >>> import pandas as pd
    >>> has_nothing_to_draw(*data_behind(pd.DataFrame({"age": ["0-17", "85+"], "stay": [None, None]})))
    True
    """
    has_numbers = any(column.kind == "rate" for column in columns)
    return not has_numbers and any(all(cell is None for cell in cells) for cells in zip(*rows, strict=True))


def _cell(column: Column, cell: Any) -> Cell:
    if is_nothing(cell):
        return None
    return show(cell) if column.kind != "rate" else float(cell) if column.digits else int(cell)


def read_file(what: Any, name: str) -> tuple[str, bytes]:
    """Return the name and the content of what is to be delivered; see `helpers.report.report.Report.deliver`."""
    is_path = isinstance(what, str | os.PathLike)
    name = name or (Path(what).name if is_path else "")
    if not DELIVERED.fullmatch(name):
        allowed = "letters, digits, - and _, up to 60, with the ending .csv or .xlsx"
        cure = 'name it: `report.deliver(frame, "waits-by-specialty.xlsx")`'
        raise UsageError(f"{_WHERE}, name", repr(name), allowed, cure)
    content = _content_of(Path(what), name) if is_path else _written(what, name)
    if not 0 < len(content) <= LARGEST_FILE:
        came = f"{len(content):,} bytes"
        cure = "leave out rows or sheets that readers do not need"
        raise UsageError(f"{_WHERE}, {name}", came, f"1 to {LARGEST_FILE:,} bytes", cure)
    return name, content


def _content_of(path: Path, name: str) -> bytes:
    if not path.is_file():
        cure = "write it before: `frame.to_excel(path, index=False)`"
        raise UsageError(_WHERE, f"{path} is not there", "a file that the notebook has written", cure)
    if path.suffix.lower() != Path(name).suffix:
        came = f"{path.name} as {name}"
        raise UsageError(f"{_WHERE}, name", came, "the same ending", f"write it as {Path(name).suffix}")
    return path.read_bytes()


def _written(frame: Any, name: str) -> bytes:
    """Return a frame as a file, without an index that only counts the rows."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame | pd.Series):
        allowed = "a DataFrame, a Series, or the path of a file"
        raise UsageError(_WHERE, f"a {type(frame).__name__}", allowed, "hand over the frame itself")
    rows = flat(frame)
    rows.columns = [str(column).strip() for column in rows.columns]
    if name.endswith(".csv"):
        return rows.to_csv(index=False, lineterminator="\r\n").encode()
    made = io.BytesIO()
    rows.to_excel(made, index=False)
    return made.getvalue()

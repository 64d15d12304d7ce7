"""A table of text cells, whatever file it came from: its head, its rows, and named columns below a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

#: how far down a header row may stand
HEAD_ROWS = 40
#: characters that take no space, which web pages and e-mails leave in cells that are copied from them
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
#: how many broken rows a message lists
LISTED_ROWS = 5


@lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """Return a column's name as headers are compared: case, space and line ends do not count.

    >>> plain(" Org\\n Code ")
    'org code'
    """
    return " ".join(name.split()).casefold()


def seen(text: str) -> str:
    """Return text as it is seen: without the characters that take no space.

    >>> seen("\\u200bRAE")
    'RAE'
    """
    for character in _UNSEEN:
        if character in text:
            text = text.replace(character, "")
    return text


@dataclass(frozen=True)
class Sheet:
    """A table of text cells: a CSV file, or a sheet of a workbook.

    `grid` are the cells of a workbook's sheet; a CSV keeps its text and is parsed when asked for. Places of
    marked cells are (row, column), counted from 0: those shown as per cent, and formulas without a stored
    result; merged ranges are (top, left, bottom, right).
    """

    file: str
    name: str = ""
    grid: tuple[tuple[str, ...], ...] = ()
    text: str | None = None
    delimiter: str = ","
    hidden: bool = False
    percents: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    unstored: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: int = 0
    lines_before: int = 0  # of a part of a long file: lines of the file that are not in it

    @cached_property
    def head(self) -> list[list[str]]:
        """The first rows, as far down as a header may stand."""
        if self.text is None:
            return [list(row) for row in self.grid[:HEAD_ROWS]]
        return [cells for _, cells in zip(range(HEAD_ROWS), self._parse(), strict=False)]

    @cached_property
    def plain_head(self) -> list[frozenset[str]]:
        """The words of each of the first rows, as headers are compared: every layout looks at them."""
        return [frozenset(map(plain, cells)) for cells in self.head]

    def rows(self) -> list[list[str]]:
        """Return every row: for layouts that are not one table under one header."""
        return [list(row) for row in self.grid] if self.text is None else list(self._parse())

    @property
    def cut_short(self) -> bool:
        """Whether the last line has no end, as where a download broke off."""
        return self.text is not None and not self.text.endswith(("\n", "\r"))

    def fill_merged(self, header: int, columns: Collection[int]) -> Sheet:
        """Return the sheet with cells that are merged over rows filled in each, in columns of words.

        In any other column a cell for several rows stays as it is: it is no figure of each.
        """
        tall = [area for area in self.merged if area[0] > header and area[2] > area[0]]
        filled = [area for area in tall if set(range(area[1], area[3] + 1)) <= set(columns)]
        if not filled:
            return self
        grid = [list(row) for row in self.grid]
        for top, left, bottom, _ in filled:
            for row in grid[top : bottom + 1]:
                row.extend([""] * (left + 1 - len(row)))
                row[left] = grid[top][left]
        rest = tuple(area for area in self.merged if area not in filled)
        return replace(self, grid=tuple(tuple(row) for row in grid), merged=rest)

    def place(self, row: int | None = None) -> str:
        """Return "file, sheet name, row n" for messages."""
        sheet = f", sheet {self.name}" if self.name else ""
        return f"{self.file}{sheet}" + (f", row {row}" if row is not None else "")

    def table(self, header: int, columns: Sequence[str]) -> SheetTable:
        """Return the named columns of the rows below a header row.

        Raises `DataError` with the rows whose number of cells differs from the header's.

        `header`: index of the header row. `columns`: names to keep, as the header has them apart from space at the
        ends.
        """
        names = _unique(self.head[header])
        if self.text is None:
            return self.table_at(header, {column: names.index(column) for column in columns})
        return _csv_table(self, header, names, columns)

    def table_at(self, header: int, places: Mapping[str, int]) -> SheetTable:
        """Return columns of the rows below a header row by their places, counted from 0.

        `header`: index of the header row; -1 where there is none. `places`: where each column is, by the name that it
        gets; a row may end before it.
        """
        import pyarrow as pa

        _refuse_unstored(self, header, list(places.values()))
        below = self.grid[header + 1 :] if self.text is None else self.rows()[header + 1 :]
        chosen = {
            name: pa.array([row[place] if place < len(row) else "" for row in below], pa.string())
            for name, place in places.items()
        }
        return SheetTable(self, pa.table(chosen), header + 2, columns_at=tuple(places.values()))

    def _parse(self) -> Iterator[list[str]]:
        reader = csv.reader(io.StringIO(self.text or "", newline=""), delimiter=self.delimiter)
        try:
            yield from reader
        except csv.Error as error:
            raise DataError(self.place(reader.line_num), f"not CSV: {error}") from None


@dataclass(frozen=True)
class SheetTable:
    """Columns of text below a header."""

    sheet: Sheet
    columns: pa.SheetTable
    first_row: int  # row number, as a person counts, of the first row
    numbers: tuple[int, ...] | None = None  # row number of every row, where some between them were left out
    columns_at: tuple[int, ...] = ()  # each column's place in the sheet, counted from 0
    #: which cells of a column are shown as per cent, where the table was made of another one's cells
    shares: Mapping[str, Sequence[bool]] | None = None
    labels: tuple[str, ...] = ()  # what tells rows apart that come from one row of the sheet

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def row(self, index: int) -> int:
        """Return a row's number as a person counts."""
        return self.first_row + index if self.numbers is None else self.numbers[index]

    def place(self, index: int, column: str = "") -> str:
        """Return "file, row n, column name" of a cell."""
        label = f" ({self.labels[index]})" if self.labels and self.labels[index] else ""
        return self.sheet.place(self.row(index)) + label + (f", column {column}" if column else "")

    def filled(self) -> SheetTable:
        """Return the table without the rows in which every column is empty, as Excel leaves them behind."""
        import pyarrow.compute as compute

        blank = None
        for column in self.columns.columns:
            empty = compute.equal(compute.utf8_trim_whitespace(column), "")
            blank = empty if blank is None else compute.and_(blank, empty)
            if not compute.any(blank).as_py():
                return self
        if blank is None:
            return self
        return self.keep([not out for out in blank.to_pylist()])

    def keep(self, wanted: Sequence[bool]) -> SheetTable:
        """Return the table with some of its rows, which keep their numbers."""
        import pyarrow as pa

        if all(wanted):
            return self
        numbers = tuple(self.row(index) for index, keep in enumerate(wanted) if keep)
        return replace(self, columns=self.columns.filter(pa.array(wanted, pa.bool_())), numbers=numbers)

    def per_cent(self, column: str) -> list[bool]:
        """Return which cells of a column their workbook shows as per cent."""
        if self.shares is not None:
            return list(self.shares.get(column, [False] * len(self)))
        if not self.sheet.percents:
            return [False] * len(self)
        at = self.columns_at[self.columns.column_names.index(column)]
        return [(self.row(index) - 1, at) in self.sheet.percents for index in range(len(self))]


def _unique(names: Sequence[str]) -> list[str]:
    """Return the stripped names; a repeated one gets its number: "Total", "Total [2]"."""
    seen: dict[str, int] = {}
    unique = []
    for name in (name.strip() for name in names):
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} [{seen[name]}]")
    return unique


def _refuse_unstored(sheet: Sheet, header: int, columns: Sequence[int]) -> None:
    """Refuse formulas whose result the program that wrote the file never worked out."""
    from openpyxl.utils import get_column_letter

    wanted = set(columns)
    found = sorted(place for place in sheet.unstored if place[0] > header and place[1] in wanted)
    if not found:
        return
    shown = ", ".join(f"{get_column_letter(column + 1)}{row + 1}" for row, column in found[:LISTED_ROWS])
    more = f" and {len(found) - LISTED_ROWS} more" if len(found) > LISTED_ROWS else ""
    came = f"formulas without a stored result: {shown}{more}"
    raise DataError(sheet.place(), came, cure="open it in Excel, save it, and load it again")


def _csv_table(sheet: Sheet, header: int, names: list[str], columns: Sequence[str]) -> SheetTable:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    below = _below(sheet, header)
    if not below.strip():
        return SheetTable(
            sheet, pa.table({column: pa.array([], pa.string()) for column in columns}), header + 2
        )
    broken: list[tuple[int, int]] = []
    empty: set[int] = set()

    def collect(row: arrow_csv.InvalidRow) -> str:
        number = header + 1 + sheet.lines_before + (row.number or 0)
        if row.text.strip():
            broken.append((number, row.actual_columns))
        else:
            empty.add(number)
        return "skip"

    try:
        found = arrow_csv.read_csv(
            pa.BufferReader(below.encode("utf-8")),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=sheet.delimiter,
                invalid_row_handler=collect,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(sheet.place(), f"not a CSV table: {error}") from None
    if broken:
        raise DataError(_broken_rows(sheet, broken, len(names)))
    first = header + 2 + sheet.lines_before
    rows = range(first, first + found.num_rows + len(empty))
    numbers = tuple(row for row in rows if row not in empty) if empty else None
    return SheetTable(sheet, found, first, numbers)


def _below(sheet: Sheet, header: int) -> str:
    """Return the text below the header row, which may itself run over several lines."""
    stream = io.StringIO(sheet.text or "", newline="")
    reader = csv.reader(stream, delimiter=sheet.delimiter)
    for _ in range(header + 1):
        next(reader)
    return stream.read()


def _broken_rows(sheet: Sheet, broken: list[tuple[int, int]], expected: int) -> list[Problem]:
    problems = [
        Problem(
            sheet.place(row),
            f"{cells} {'cell' if cells == 1 else 'cells'}",
            f"{expected}, as the header has",
            "download it again",
        )
        for row, cells in broken[:LISTED_ROWS]
    ]
    if len(broken) > LISTED_ROWS:
        problems.append(Problem(sheet.place(), f"{len(broken) - LISTED_ROWS} more such rows"))
    return problems

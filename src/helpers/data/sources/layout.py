"""What a layout is: how a file of its kind is recognised, read, named and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha256
from inspect import getfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked

from helpers.data.files.sheets import Sheet, SheetTable, plain
from helpers.data.mart.manifest import Mode, Policy
from helpers.data.schema import find_table
from helpers.errors import DataError, Problem, raise_all
from helpers.register import Register

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Context:
    """What a reader may need besides the file: the register, and the organisations that are known.

    `organisations` is empty where the mart holds none yet: codes are then not checked.
    """

    register: Register = field(default_factory=Register)
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """What a file gave: frames for the mart, rows counted, and what is worth a remark."""

    tables: dict[str, pd.DataFrame]
    rows_read: int
    rejected: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    as_at: date | None = None
    published: date | None = None  # where the file itself says so: its edition
    synthetic: bool = False  # invented, though the layout is that of real files
    totals: pd.DataFrame | None = None  # of England, as rows of measure_values, where the mart keeps none

    def __post_init__(self) -> None:
        # readers count rows for each reason that there may be
        counted = {reason: int(rows) for reason, rows in self.rejected.items() if rows}
        object.__setattr__(self, "rejected", counted)


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Feed:
    """Where a measure comes from, in words or as columns ("late + in time"): a line of the data dictionary.

    Parameters
    ----------
    as_published
        Whether the numerator's column is the value itself, whose parts nobody gives.
    parts
        Whether parts of it are figures too, in tables whose rows add up to it.
    by_month
        What days make of their month.
    """

    measure: str
    numerator: str
    denominator: str = ""
    note: str = ""
    as_published: bool = False
    parts: bool = True
    by_month: Literal["median", "sum", ""] = ""


@dataclass(frozen=True)
class Layout:
    """One kind of file."""

    name: str
    title: str
    columns: tuple[str, ...]  # the header's columns by which it is recognised; all of them are needed
    read: Callable[[list[Match], Context], Reading]  # turns the sheets that match into frames
    tables: tuple[str, ...] = ("measure_values",)  # which tables of the mart it fills
    feeds: tuple[Feed, ...] = ()
    source: str = ""  # name of the data set in the mart; the layout's own by default
    sheet: str = ""  # start of the sheet's name in a workbook; any sheet by default
    policy: Policy = "published"
    mode: Mode = "append"
    secondary: bool = False
    #: what its figures are from, where other layouts tabulate the same: they may follow each other in a series
    publication: str = ""
    synthetic: bool = False
    #: whether each row means something by itself, so that a long file can be read a part at a time
    by_rows: bool = False
    #: hash of what an analyst wrote on how to read it, where anything
    settings: str = ""
    #: the file in this package that declares it, where no code of its own reads it
    declared: str = ""
    #: whether a row for England closes the file and is the sum of its other rows
    has_total: bool = False
    #: whether the sheets that fit are parts of one table; else each is read by itself
    joins_sheets: bool = False
    #: a published CSV ends with a line end; one that an analyst saves may not
    ends_with_newline: bool = True
    #: of these the header must have at least one besides: tables that share their other columns
    one_of: tuple[str, ...] = ()
    #: for files without a header: recognises a sheet by its rows
    headless: Callable[[Sheet], bool] | None = None

    @classmethod
    def of_records(cls, table: str, /, **told: Any) -> Layout:
        """Return the layout of a table with a row per patient or event: a newer file takes the older one's place."""
        return cls(**{"tables": (table,), "policy": "hes_record_level", "mode": "replace", **told})

    @property
    def how_read(self) -> str:
        """Hash of its reader's module and of what an analyst wrote: what was read otherwise is read anew."""
        reader = self.read.func if isinstance(self.read, partial) else self.read
        return sha256(Path(getfile(reader)).read_bytes() + self.settings.encode()).hexdigest()

    @property
    def dataset(self) -> str:
        """Name of the data set in the mart."""
        return self.source or self.name

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it feeds."""
        return tuple(dict.fromkeys(feed.measure for feed in self.feeds))


@dataclass(frozen=True)
class Match:
    """A sheet that a layout fits, and the index of its header row."""

    layout: Layout
    sheet: Sheet
    header: int

    def table(self, columns: Iterable[str] = ()) -> SheetTable:
        """Return the named columns below the header; those of the layout by default.

        They are named as asked for, however the header spells them.
        """
        names = [name.strip() for name in self.sheet.head[self.header]]
        wanted = list(columns) or list(self.layout.columns)
        exact = {plain(name): name for name in reversed(names)}
        table = self.sheet.table(self.header, [exact[plain(column)] for column in wanted])
        return replace(table, columns=table.columns.rename_columns(wanted))

    def table_at(self, places: Mapping[str, int]) -> SheetTable:
        """Return columns by their places, counted from 0: for headers in which names come again."""
        return self.sheet.table_at(self.header, places)

    def below_banners(self) -> dict[tuple[str, str], int]:
        """Return the place of each column by the heading of its block, in the row above, and its own; both plain.

        A heading of a block stands over its first column alone, as merged cells have it.
        """
        above = self.sheet.head[self.header - 1] if self.header > 0 else []
        found: dict[tuple[str, str], int] = {}
        banner = ""
        for place, name in enumerate(self.sheet.head[self.header]):
            banner = (plain(above[place]) if place < len(above) else "") or banner
            found.setdefault((banner, plain(name)), place)
        return found

    def has(self, column: str) -> bool:
        """Tell whether the header has a column."""
        return plain(column) in {plain(name) for name in self.sheet.head[self.header]}


def read_all(matches: list[Match], context: Context) -> Reading:
    """Return what all the sheets of one file that fit a layout give together.

    Raises `DataError` with every mistake of every sheet; where two sheets give different figures for the same thing.
    """
    layout = matches[0].layout
    groups = [matches] if layout.joins_sheets else [[match] for match in matches]
    readings: list[Reading] = []
    problems: list[Problem] = []
    for group in groups:
        try:
            readings.append(layout.read(group, context))
        except DataError as error:
            problems += error.problems
    raise_all(problems, DataError)
    return readings[0] if len(readings) == 1 else _joined(matches, readings)


def _joined(matches: list[Match], readings: list[Reading]) -> Reading:
    import pandas as pd

    names = dict.fromkeys(name for reading in readings for name in reading.tables)
    tables = {}
    for name in names:
        frames = [reading.tables[name] for reading in readings if name in reading.tables]
        key = find_table(name).key
        _refuse_contradictions(matches, readings, name)
        stacked = pd.concat(frames, ignore_index=True)
        have = [column for column in key if column in stacked.columns]
        tables[name] = stacked.drop_duplicates(have) if have else stacked
    rejected: dict[str, int] = {}
    for reading in readings:
        for reason, rows in reading.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + rows
    totals = [reading.totals for reading in readings if reading.totals is not None]
    return Reading(
        tables,
        sum(reading.rows_read for reading in readings),
        rejected,
        remarks=tuple(dict.fromkeys(remark for reading in readings for remark in reading.remarks)),
        as_at=max((day for reading in readings if (day := reading.as_at)), default=None),
        published=max((day for reading in readings if (day := reading.published)), default=None),
        synthetic=any(reading.synthetic for reading in readings),
        totals=pd.concat(totals, ignore_index=True) if totals else None,
    )


def _refuse_contradictions(matches: list[Match], readings: list[Reading], table: str) -> None:
    """Refuse a file in which two tables give different figures for the same thing."""
    from helpers.data.files.editions import Editions

    if table != "measure_values":
        return
    editions = Editions()
    for match, reading in zip(matches, readings, strict=True):
        if table in reading.tables:
            editions.add(match.sheet.place(), reading.tables[table], edition=0)
    problems = [replace(problem, cure="keep one of them") for _, problem in editions.clashes()]
    raise_all(problems, DataError)


def find_header(layout: Layout, sheet: Sheet) -> tuple[int, list[str]]:
    """Return the header row that fits a layout best, and which of its columns are missing there."""
    choice = [" or ".join(layout.one_of)] if layout.one_of else []
    wanted = {column: plain(column) for column in layout.columns}
    either = {plain(column) for column in layout.one_of}
    best, missing = 0, [*layout.columns, *choice]
    for index, have in enumerate(sheet.plain_head):
        absent = [column for column, name in wanted.items() if name not in have]
        absent += choice if not have & either else []
        if len(absent) < len(missing):
            best, missing = index, absent
    return best, missing

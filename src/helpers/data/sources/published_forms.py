"""What a published table says of itself in `published/*.yml`: enough to recognise and to read it without code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from helpers.data.sources.cells import Cells, parts_of
from helpers.data.sources.layout import Feed


class Declaration(BaseModel):
    """A part of a declaration; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class When(Declaration):
    """Where the period of a row is: in columns, or in the file's name alone.

    Parameters
    ----------
    column
        One, or several whose words together are the period ("2016-17", "April").
    forms
        Of `strptime`, where they are spelt in no way that `parse_period` knows.
    in_name
        What the file's name says of the whole file.
    months_before
        How many months before the day that stands there the period began.
    """

    column: str | tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    in_name: Literal["month", "year", ""] = ""
    kind: Literal["day", "month", "quarter", "year", "rolling12"] = "month"
    months_before: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """All of its columns."""
        return (self.column,) if isinstance(self.column, str) else self.column


class WordColumn(Declaration):
    """A column of words: what they stand for in the mart, and how they are tidied before (pattern, replacement)."""

    column: str
    words: dict[str, str] = {}
    otherwise: str | None = None  # what every other word stands for; they are refused where it says nothing
    allowed: str = ""
    tidy: tuple[tuple[str, str], ...] = ()

    def read(self, cells: Cells) -> pd.Series[str]:
        """Return what the words of the column stand for, with mistakes noted."""
        found = cells.text(self.column)
        found = found.map({word: self._tidied(word) for word in found.unique()})
        if not self.words:
            cells.refuse(found == "", self.column, self.allowed or "a word in every row")
            return found
        meant = found.map(self.words)
        if self.otherwise is not None:
            return meant.fillna(self.otherwise)
        cells.refuse(meant.isna(), self.column, self.allowed or ", ".join(self.words))
        return meant

    def _tidied(self, word: str) -> str:
        for pattern, by in self.tidy:
            word = re.sub(pattern, by, word)
        return word


class Level(Declaration):
    """What a level of organisations has: a basis, a kind (else told by code and name), and columns of its own."""

    basis: Literal["provider", "commissioner"] = "provider"
    kind: str = ""
    column: str = ""
    name: str = ""


class Whose(Declaration):
    """Whose a row is.

    Parameters
    ----------
    column, name
        Of code and name; of a name that is spelt in several ways, all spellings.
    england
        Columns and what stands in them in rows of the whole country.
    level, levels
        The column that tells levels of organisations apart, and what it may say.
    kind
        The column of the kind of organisation.
    more
        Further columns of `organisations`, each with the column that it is taken from.
    """

    column: str
    name: str | tuple[str, ...] = ""
    england: dict[str, str] = {}
    level: str = ""
    levels: dict[str, Level] = {}
    kind: WordColumn | None = None
    more: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The spellings of the column of the name."""
        return (self.name,) if isinstance(self.name, str) else self.name

    @property
    def columns(self) -> Iterator[str]:
        """All of its columns."""
        yield from (self.column, *self.names, *self.england, self.level, *self.more.values())
        yield from (name for level in self.levels.values() for name in (level.column, level.name))
        yield from [self.kind.column] if self.kind else []


class Specialty(Declaration):
    """The column of specialty codes, their scheme, and the column of their names."""

    column: str
    scheme: Literal["main", "treatment", "rtt"]
    name: str = ""


class OneRowEach(Declaration):
    """A table with a row for each of these words: its figures are called "figure of word"."""

    column: str
    figures: tuple[str, ...]
    words: tuple[str, ...]


class Rate(Declaration):
    """The file's own rate in per cent, if it has one, and how far rounding may take it from its parts."""

    column: str
    within: float


class PublishedTable(Declaration):
    """A published table with a row for each organisation and period, or for the parts of one.

    Parameters
    ----------
    organisation
        Without it, all rows are England's; `england` then names the country in the mart.
    words, always
        Further columns of `measure_values`: by column of the file, and those that are the same in every row.
    left_out
        Rows that are no figures: for each reason the columns that tell them, with a pattern for all of a cell.
    totals
        Which of these rows is the total for England, by which the others are checked; `has_total` where the total is a
        row like the others.
    once
        What there is once: another row of it is refused with these words.
    sums
        Columns that stand for one figure together; an empty one counts as nought.
    at_most
        Figures, and those that they may not exceed.
    prefixes
        Blocks of columns of the same names, by what the names begin with, and what is the same in their rows.
    breakdowns
        Further rows: breakdown, category, where its figures come from.
    without_empty
        Whether parts are left out whose denominator is 0.
    added_up
        Whether the rows are parts, whose sums are figures too: only where all parts are known, or of those that are.
    mend
        Name of a module beside this one, whose `mend` puts right what the makers of the table got wrong.
    aside
        Columns of figures that make no measure, for `mend` to look at.
    optional, also
        Columns that a file may lack, and needed ones that nothing else names.
    """

    title: str
    period: When
    feeds: tuple[Feed, ...]
    organisation: Whose | None = None
    england: bool = False
    words: dict[str, WordColumn] = {}
    always: dict[str, str] = {}
    specialty: Specialty | None = None
    left_out: dict[str, dict[str, str]] = {}
    totals: str = ""
    has_total: bool = False
    once: str = ""
    one_row_each: OneRowEach | None = None
    sums: dict[str, tuple[str, ...]] = {}
    at_most: dict[str, str] = {}
    prefixes: dict[str, dict[str, str]] = {"": {}}
    breakdowns: dict[str, dict[str, tuple[Feed, ...]]] = {}
    without_empty: bool = False
    added_up: Literal["where all are known", "those that are known", ""] = ""
    mend: str = ""
    aside: tuple[str, ...] = ()
    rate: Rate | None = None
    publication: str = ""
    secondary: bool = False
    sheet: str = ""
    optional: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """The columns of figures, as they are called without their prefix."""
        if self.one_row_each:
            return self.one_row_each.figures
        further = [feed for parts in self.breakdowns.values() for feeds in parts.values() for feed in feeds]
        named = [name for feed in (*self.feeds, *further) for name in parts_of(feed)]
        named += [*self.aside, *(name for pair in self.at_most.items() for name in pair)]
        columns = (column for name in named for column in self.sums.get(name, (name,)))
        return tuple(dict.fromkeys(columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which a file is recognised, in the order in which they are named."""
        found: list[str] = [*self.period.columns, *(self.organisation.columns if self.organisation else ())]
        found += [each.column for each in (*self.words.values(), self.one_row_each) if each]
        found += [self.specialty.column, self.specialty.name] if self.specialty else []
        found += [name for told in self.left_out.values() for name in told]
        found += [f"{prefix}{name}" for prefix in self.prefixes for name in self.figures]
        return tuple(
            dict.fromkeys(name for name in (*found, *self.also) if name and name not in self.optional)
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the mart that it fills."""
        named = self.england or (self.organisation and self.organisation.name)
        some = {"organisations": named, "specialties": self.specialty and self.specialty.name}
        return ("measure_values", *(table for table, fills in some.items() if fills))

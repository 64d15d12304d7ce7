"""The one function that reads the tables declared in `published/*.yml`; `published_forms` has what they may say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib import import_module
from inspect import getfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.data.files.sheets import Sheet, SheetTable
from helpers.data.sources import published_forms, stated
from helpers.data.sources.cells import EMPTY, Cells, fed_rows, first_of_month, parts_of, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, england_row, organisation_rows
from helpers.data.sources.published_forms import OneRowEach, PublishedTable, When
from helpers.data.sources.stated import period_in_name, published_on
from helpers.errors import raise_all
from helpers.yaml_files import read_yaml

FOLDER = Path(__file__).with_name("published")


@dataclass(frozen=True)
class _Figures:
    """Rows of a table: whose figures of when (the other columns of `measure_values`), the figures, which are hidden."""

    base: pd.DataFrame
    numbers: pd.DataFrame
    hidden: pd.DataFrame

    def assign(self, **columns: Any) -> _Figures:
        """Return the same figures with further columns of `measure_values`."""
        return _Figures(self.base.assign(**columns), self.numbers, self.hidden)

    def some(self, kept: pd.Series[bool]) -> _Figures:
        """Return some of the rows."""
        return _Figures(self.base[kept], self.numbers[kept], self.hidden[kept])

    def summed(self, keys: Sequence[str], how: str = "all") -> _Figures:
        """Return the sums ("all", "known" without those that are missing) or the "median" of the rows alike in keys."""
        by = [self.base[key] for key in keys]
        grouped = self.numbers.groupby(by, observed=True)
        numbers = grouped.median() if how == "median" else grouped.sum(skipna=how == "known")
        hidden = self.hidden.groupby(by, observed=True).any()
        base = numbers.index.to_frame(index=False)
        return _Figures(base, numbers.reset_index(drop=True), hidden.reset_index(drop=True))

    def rows(self, feeds: Sequence[Feed], kind: str) -> list[pd.DataFrame]:
        """Return rows of `measure_values`."""
        return fed_rows(feeds, self.base, self.numbers, hidden=self.hidden, period_type=kind)


def read(table: PublishedTable, matches: list[Match], _: Context) -> Reading:
    """Return the figures of a table, with the names of its organisations and specialties.

    Raises `DataError` with every mistake.
    """
    match = matches[0]
    have = [name for name in table.optional if match.has(name)]
    whole = match.table([*table.columns, *have])
    left = _left_out(table, whole)
    left_out = pd.DataFrame(left, index=range(len(whole))).any(axis=1)
    cells = Cells(whole.keep((~left_out).tolist()))
    whose = _whose(table, cells, have)
    base = whose[["org_code"]].assign(
        period=_periods(table.period, cells, match.sheet), basis=whose["basis"]
    )
    base = base.assign(**{name: words.read(cells) for name, words in table.words.items()}, **table.always)
    if table.specialty:
        codes = cells.text(table.specialty.column)
        cells.refuse(codes == "", table.specialty.column, "a code of a specialty")
        base = base.assign(scheme=table.specialty.scheme, specialty_code=codes)
    blocks = [
        _figures(table, cells, base, prefix).assign(**labels) for prefix, labels in table.prefixes.items()
    ]
    told = _once(table, cells, base)
    remarks = _contradicted(table, cells, blocks[0]) if table.rate and table.rate.column in have else ()
    cells.check()
    if table.one_row_each:
        blocks = [_spread(block, table.one_row_each, told) for block in blocks]
    if table.mend:
        numbers, remarks = _mender(table.mend).mend(base["period"], blocks[0].numbers)
        blocks = [_Figures(base, numbers, blocks[0].hidden)]
    rows = [row for block in blocks for row in _rows(table, block)]
    return Reading(
        {"measure_values": stack(rows), **_names(table, cells, whose)},
        len(whole),
        {reason: sum(out) for reason, out in left.items()},
        remarks,
        published=published_on(match.sheet),
        totals=_totals(table, whole.keep(left[table.totals]), base) if table.totals else None,
    )


def _left_out(table: PublishedTable, whole: SheetTable) -> dict[str, list[bool]]:
    """Return which rows are no figures, by the reason."""
    cells = Cells(whole)
    left = {}
    for reason, told in table.left_out.items():
        out = pd.Series(True, index=range(len(whole)))
        for column, pattern in told.items():
            out &= cells.text(column).str.fullmatch(pattern)
        left[reason] = out.tolist()
    return left


def _whose(table: PublishedTable, cells: Cells, have: Sequence[str]) -> pd.DataFrame:
    """Return whose each row is: org_code, name, kind (empty where code and name tell it), basis."""
    frame = pd.DataFrame(
        {"org_code": ENGLAND, "name": "", "kind": "", "basis": "provider"}, index=range(len(cells))
    )
    whose = table.organisation
    if whose is None:
        return frame
    frame["org_code"] = cells.text(whose.column).str.upper()
    for name in whose.names:
        if name in (*table.columns, *have):
            frame["name"] = cells.text(name)
    if whose.kind:
        frame["kind"] = whose.kind.read(cells)
    for column, word in whose.england.items():
        frame.loc[cells.text(column) == word, ["org_code", "name"]] = ENGLAND, "England"
    if whose.levels:
        said = cells.text(whose.level)
        cells.refuse(~said.isin(list(whose.levels)), whose.level, ", ".join(whose.levels))
        for word, level in whose.levels.items():
            rows = said == word
            frame.loc[rows, ["kind", "basis"]] = level.kind, level.basis
            for name, column in (("org_code", level.column), ("name", level.name)):
                if column:
                    frame.loc[rows, name] = cells.text(column)[rows]
            if level.kind == "country":
                frame.loc[rows, ["org_code", "name"]] = ENGLAND, "England"
    frame["org_code"] = frame["org_code"].str.upper()
    cells.refuse(frame["org_code"] == "", whose.column, "an organisation code")
    return frame


def _periods(when: When, cells: Cells, sheet: Sheet) -> pd.Series[pd.Timestamp]:
    if when.in_name:
        days = pd.Series(period_in_name(sheet.file, when.in_name), range(len(cells)), "datetime64[s]")
    elif when.forms:
        days = cells.dates(when.columns[0], *when.forms)
    else:
        # the day of a publication is a month of its own
        days = cells.periods(when.columns, "month" if when.kind == "rolling12" else when.kind)
    if when.months_before:
        days = days - pd.DateOffset(months=when.months_before)
    return days if when.kind == "day" else first_of_month(days)


def _figures(table: PublishedTable, cells: Cells, base: pd.DataFrame, prefix: str = "") -> _Figures:
    """Return the figures of one block of columns, and of what columns stand for together."""
    columns = {name: f"{prefix}{name}" for name in table.figures}
    numbers = cells.figures(columns.values()).set_axis(list(columns), axis=1)
    hidden = pd.DataFrame(False, index=numbers.index, columns=numbers.columns)
    for name in numbers.columns[numbers.isna().any()]:
        hidden[name] = cells.hidden(columns[name])
    for name, parts in table.sums.items():
        numbers[name], hidden[name] = numbers[list(parts)].sum(axis=1), hidden[list(parts)].any(axis=1)
    for part, whole in table.at_most.items():
        column = columns.get(part) or table.sums[part][0]
        cells.refuse(numbers[part] > numbers[whole], column, f"no more than {whole}")
    return _Figures(base, numbers, hidden)


def _once(table: PublishedTable, cells: Cells, base: pd.DataFrame) -> pd.Series[str] | None:
    """Refuse what is there twice; return the words of a table with a row for each of them."""
    told, column = None, table.columns[0]
    if table.one_row_each:
        column = table.one_row_each.column
        told = cells.text(column)
        cells.refuse(~told.isin(table.one_row_each.words), column, ", ".join(table.one_row_each.words))
        base = base.assign(told=told)
    elif table.organisation:
        column = table.organisation.column
    if table.once or told is not None:
        again = base.duplicated() & base.notna().all(axis=1)
        cells.refuse(again, column, table.once or "each of them once")
    return told


def _spread(block: _Figures, each: OneRowEach, told: pd.Series[str] | None) -> _Figures:
    """Return figures that have a row for each word as columns called "figure of word"."""
    keys = [block.base[name] for name in block.base]
    names = [f"{figure} of {word}" for word in each.words for figure in each.figures]
    numbers, hidden = (
        _wide(long.set_index([*keys, told]), names) for long in (block.numbers, block.hidden)
    )
    base = numbers.index.to_frame(index=False)
    return _Figures(base, numbers.reset_index(drop=True), hidden.reset_index(drop=True).eq(True))


def _wide(long: pd.DataFrame, names: list[str]) -> Any:
    wide: Any = long.unstack()
    named = wide.set_axis([f"{figure} of {word}" for figure, word in wide.columns], axis=1)
    return named.reindex(columns=names)


def _contradicted(table: PublishedTable, cells: Cells, block: _Figures) -> tuple[str, ...]:
    """Say in how many rows the file's own rate is not what its parts make."""
    rate, feed = table.rate, table.feeds[0]
    assert rate is not None
    made = 100 * block.numbers[feed.numerator] / block.numbers[feed.denominator]
    apart = (made - cells.numbers(rate.column)).abs() > rate.within
    if not apart.any():
        return ()
    first = cells.table.place(int(apart.to_numpy().argmax()))
    parts = f"{feed.numerator} / {feed.denominator}"
    return (f"{apart.sum()} rows whose {rate.column} is not {parts}, the first: {first}",)


def _rows(table: PublishedTable, block: _Figures) -> Iterator[pd.DataFrame]:
    """Yield the rows of a block: of its feeds, and of its breakdowns."""
    kind = table.period.kind
    if table.added_up:
        yield from _parts_and_whole(table, block)
    else:
        yield from block.rows(table.feeds, kind)
    for feed in table.feeds:
        if feed.by_month:
            yield from _months(block, feed)
    for breakdown, categories in table.breakdowns.items():
        for category, feeds in categories.items():
            for rows in block.assign(breakdown=breakdown, category=category).rows(feeds, kind):
                yield rows[rows["denominator"] > 0] if table.without_empty else rows


def _parts_and_whole(table: PublishedTable, block: _Figures) -> Iterator[pd.DataFrame]:
    """Yield the sums over all parts, and the parts, of which spellings may have been made one."""
    parts = block.summed([str(name) for name in block.base])
    how = "all" if table.added_up == "where all are known" else "known"
    yield from block.summed(["org_code", "period", "basis"], how).rows(table.feeds, table.period.kind)
    yield from parts.rows([feed for feed in table.feeds if feed.parts], table.period.kind)


def _months(block: _Figures, feed: Feed) -> list[pd.DataFrame]:
    """Return days by month: the median of those that are not 0, or the sum of those that are known whole."""
    columns = parts_of(feed)
    known = block.numbers[columns]
    kept = (known > 0).all(axis=1) if feed.by_month == "median" else known.notna().all(axis=1)
    days = block.some(kept).assign(period=first_of_month(block.base["period"][kept]))
    return days.summed(["org_code", "period", "basis"], feed.by_month).rows([feed], "month")


def _totals(table: PublishedTable, rows: SheetTable, base: pd.DataFrame) -> pd.DataFrame | None:
    """Return England's figures: the total row is of the month of all the others."""
    if len(rows) != 1 or base["period"].nunique() != 1:
        return None
    england = pd.DataFrame({"org_code": [ENGLAND], "period": base["period"].iloc[:1].array})
    return stack([*_rows(table, _figures(table, Cells(rows), england))])


def _names(table: PublishedTable, cells: Cells, whose: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the names of organisations and of specialties, where the table has them."""
    found = {"organisations": england_row()} if table.england else {}
    of, named = table.organisation, table.specialty
    if of and of.name:
        names = whose["name"].where(~whose["name"].isin(EMPTY), "")
        more = {ours: cells.text(theirs).replace("", None) for ours, theirs in of.more.items()}
        codes = whose["org_code"].where(~whose["org_code"].isin(EMPTY), "")
        found["organisations"] = organisation_rows(codes, names, kind=whose["kind"], **more)
    if named and named.name:
        columns = {"specialty_code": cells.text(named.column), "name": cells.text(named.name)}
        frame = pd.DataFrame({"scheme": named.scheme, **columns})
        found["specialties"] = frame[frame["name"] != ""].drop_duplicates("specialty_code")
    return found


def _mender(name: str) -> ModuleType:
    return import_module(f"{__package__}.{name}")


def declared_in(path: Path) -> Iterator[tuple[str, PublishedTable]]:
    """Yield the tables that a file declares, by their names.

    Raises `UsageError` with every key that is unknown, missing or mistyped, and its line.
    """
    file = read_yaml(path)
    for name, entry in file.content.items() if isinstance(file.content, dict) else ():
        table = file.build(PublishedTable, entry, (name,))
        if table is not None:
            yield name, table
    raise_all(file.problems)


def _layout(name: str, table: PublishedTable, path: Path) -> Layout:
    modules = [published_forms, stated, *([_mender(table.mend)] if table.mend else [])]
    code = "".join(Path(getfile(each)).read_text("utf-8") for each in modules)
    return Layout(
        name=name,
        title=table.title,
        columns=table.columns,
        read=partial(read, table),
        tables=table.tables,
        feeds=table.feeds,
        sheet=table.sheet,
        publication=table.publication,
        secondary=table.secondary,
        has_total=table.has_total or bool(table.totals),
        settings=sha256(f"{table!r}{code}".encode()).hexdigest(),
        declared=f"published/{path.name}",
    )


LAYOUTS = tuple(
    _layout(name, table, path) for path in sorted(FOLDER.glob("*.yml")) for name, table in declared_in(path)
)

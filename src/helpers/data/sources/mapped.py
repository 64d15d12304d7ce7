"""Somebody's own tables, read as a mapping in `params/_register/mappings` says: see docs/reference/mappings.md."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial

import pyarrow as pa

from helpers.data.files.sheets import SheetTable, plain
from helpers.data.sources import contract_lines, mapped_records, own_measures
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.data.sources.period_words import parse_period
from helpers.errors import DataError
from helpers.register import Register, TableMapping
from helpers.register.files import CONTRACT

LEFT_OUT = "left out by the mapping"


def mapped_layouts(register: Register) -> tuple[Layout, ...]:
    """Return a layout for each mapping of the register."""
    return tuple(
        _layout(mapping) if isinstance(mapping, TableMapping) else mapped_records.layout_of(mapping)
        for mapping in register.mappings.values()
    )


def _layout(mapping: TableMapping) -> Layout:
    made = contract_lines.LAYOUT if mapping.table is CONTRACT else own_measures.LAYOUT
    return Layout(
        name=mapping.id,
        title=mapping.title,
        columns=(*mapping.columns.values(), *mapping.measures_across),
        read=partial(read, mapping),
        tables=made.tables,
        source=made.dataset,
        sheet=mapping.sheet,
        policy=made.policy,
        ends_with_newline=False,
        settings=hashlib.sha256(mapping.model_dump_json().encode()).hexdigest(),
    )


def read(mapping: TableMapping, matches: list[Match], context: Context) -> Reading:
    """Return the figures of a sheet: a row for each cell that holds one.

    Raises `DataError` where a heading is there twice, no heading is a period, and with the mistakes of any own
    measures.
    """
    match = _unmerged(matches[0], mapping)
    own_measures.refuse_merged(match)
    across = list(mapping.measures_across) or (_period_headings(match) if mapping.periods_across else [])
    table = match.table([*mapping.columns.values(), *across]).filled()
    figures = [
        *across,
        *(mapping.columns[name] for name in mapping.table.figures if name in mapping.columns),
    ]
    wide = _Wide(table, mapping)
    left = [wide.left_out(row) for row in range(len(table))]
    notes = own_measures.notes_in(table, mapping.measures, figures)
    noted = [note and not out for note, out in zip(notes, left, strict=True)]
    for row in range(len(table)):
        if not (noted[row] or left[row]):
            wide.add(row, across)
    if mapping.table is CONTRACT:
        reading = contract_lines.read_rows(wide.long(), context)
    else:
        unknown = f"name it in measures or leave_out of mappings/{mapping.id}.yml"
        reading = own_measures.read_rows(wide.long(), context, fractions=mapping.fractions, unknown=unknown)
    return replace(
        reading,
        rows_read=reading.rows_read + sum(noted) + sum(left),
        rejected={own_measures.NOTE: sum(noted), LEFT_OUT: sum(left)},
        remarks=(*reading.remarks, *_unread(match, table)),
    )


def _unmerged(match: Match, mapping: TableMapping) -> Match:
    """Return the sheet with the words of merged cells in every row that they stand for, as Excel shows them."""
    words = {plain(heading) for name, heading in mapping.columns.items() if name in mapping.table.words}
    header = match.sheet.head[match.header]
    places = [place for place, heading in enumerate(header) if plain(heading) in words]
    return replace(match, sheet=match.sheet.fill_merged(match.header, places))


def _unread(match: Match, table: SheetTable) -> list[str]:
    """Return a remark on the columns that the mapping says nothing of."""
    read_ones = {plain(name) for name in table.columns.column_names}
    rest = [head.strip() for head in match.sheet.head[match.header] if plain(head) not in read_ones | {""}]
    return [f"columns not read: {', '.join(rest)}"] if rest else []


def _period_headings(match: Match) -> list[str]:
    """Return the headings that are periods; each may be there once."""
    heads = [head.strip() for head in match.sheet.head[match.header]]
    found = [head for head in heads if parse_period(head, british=True)]
    place = match.sheet.place(match.header + 1)
    twice = sorted({head for head in found if found.count(head) > 1})
    if twice:
        raise DataError(place, f"{', '.join(twice)}: there twice", cure="keep one column of each period")
    if not found:
        allowed = "headings such as April 2026, or dates"
        raise DataError(place, "no heading is a period", allowed, "fill the row of headings")
    return found


@dataclass
class _Wide:
    """A table as it is, and the rows that its cells make."""

    table: SheetTable
    mapping: TableMapping
    rows: list[dict[str, str]] = field(default_factory=list)
    shares: list[dict[str, bool]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = self.table.columns.column_names
        self.cells = {
            name: [text.strip() for text in self.table.columns[name].to_pylist()] for name in names
        }
        self.columns = {str(name): heading for name, heading in self.mapping.columns.items()}
        self.always = {str(name): word for name, word in self.mapping.always.items()}
        self.per_cent = {name: self.table.per_cent(name) for name in names}

    def word(self, name: str, row: int) -> str:
        """Return what the table, or the mapping itself, says of a row."""
        column = self.columns.get(name)
        return self.cells[column][row] if column else self.always.get(name, "")

    def left_out(self, row: int) -> bool:
        """Tell whether one of the row's words (measure, organisation, specialty …) is among those left out."""
        words = {plain(self.word(name, row)) for name in self.mapping.table.needed if name != "period"}
        return bool(words & {plain(word) for word in self.mapping.leave_out})

    def add(self, row: int, across: list[str]) -> None:
        """Note the figures of a row: one, or one below each heading across that is filled."""
        kind = self.mapping.table
        base = {str(name): self.word(name, row) for name in (*kind.words, *kind.figures)}
        base_shares: dict[str, bool] = {
            name: self.per_cent[column][row]
            for name, column in self.mapping.columns.items()
            if name in kind.figures
        }
        if not across:
            self._note(row, base, base_shares, "")
        for heading in across:
            if not self.cells[heading][row]:
                continue
            figure = self.mapping.periods_across or "value"
            where = "period" if self.mapping.periods_across else "measure"
            named = self.mapping.measures_across.get(heading, heading)
            share: dict[str, bool] = {figure: self.per_cent[heading][row]}
            self._note(
                row, base | {where: named, figure: self.cells[heading][row]}, base_shares | share, heading
            )

    def _note(self, row: int, cells: dict[str, str], shares: dict[str, bool], label: str) -> None:
        measures = {plain(word): name for word, name in self.mapping.measures.items()}
        codes = {plain(word): code for word, code in self.mapping.organisations.items()}
        if "measure" in cells:
            cells["measure"] = measures.get(plain(cells["measure"]), cells["measure"])
        cells["org_code"] = codes.get(plain(cells["org_code"]), cells["org_code"])
        self.rows.append(cells)
        self.shares.append(shares)
        self.numbers.append(self.table.row(row))
        self.labels.append(label)

    def long(self) -> SheetTable:
        """Return the rows as a table with the columns of own measures, or of a contract's lines."""
        kind = self.mapping.table
        columns = {
            str(name): pa.array([row[name] for row in self.rows], pa.string())
            for name in (*kind.words, *kind.figures)
        }
        shares: dict[str, list[bool]] = {
            name: [share.get(name, False) for share in self.shares] for name in kind.figures
        }
        return SheetTable(
            self.table.sheet,
            pa.table(columns),
            0,
            tuple(self.numbers),
            shares=shares,
            labels=tuple(self.labels),
        )

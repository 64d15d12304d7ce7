"""Layouts of files, one small module each that defines LAYOUT or LAYOUTS, recognised by what they contain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from helpers.data.files.open_files import Opened
from helpers.data.files.sheets import Sheet
from helpers.data.sources.layout import Feed, Layout, Match, find_header
from helpers.data.sources.period_words import is_month_name, parse_period
from helpers.errors import DataError, Problem
from helpers.register import Measure, Register

#: how many layouts a message names as nearest, and how many missing columns of each
NEAREST, MISSING_SHOWN = 3, 5
#: share of its columns that a layout may lack to be named as near, and how many it must find
NEAR_ENOUGH, FEWEST_FOUND = 0.5, 2
#: from how many periods in one row a table has them across
FEWEST_PERIODS = 3


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Return every known layout."""
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    found = [getattr(module, "LAYOUTS", None) or [getattr(module, "LAYOUT", None)] for module in modules]
    return tuple(layout for layouts in found for layout in layouts if layout)


def recognise(sheets: list[Sheet], own: Sequence[Layout] = ()) -> list[Match]:
    """Return the sheets that a layout fits; of several layouts the one that asks for most columns.

    Layouts of the project's own go before those of publications.

    Hidden sheets count only where no visible one fits.

    Raises `DataError` where none fits, with the nearest ones and what is missing for them; where a file is cut short.
    """
    visible = [sheet for sheet in sheets if not sheet.hidden]
    best = _best(visible, own) or _best(visible) or _best(sheets, own) or _best(sheets)
    if not best:
        raise DataError(_unknown_layout(sheets))
    for match in best:
        if match.layout.ends_with_newline and match.sheet.cut_short:
            raise DataError(match.sheet.place(), "ends in the middle of a line", cure="download it again")
    return best


def _best(sheets: list[Sheet], layouts: Sequence[Layout] | None = None) -> list[Match]:
    known = all_layouts() if layouts is None else layouts
    fitting = [matches for layout in known if (matches := _match(layout, sheets))]
    return max(fitting, key=lambda matches: len(matches[0].layout.columns), default=[])


def describe_rest(opened: Opened, matches: list[Match]) -> tuple[str, ...]:
    """Return remarks on what of a file is not read, each table and member by its name, and on what is hidden."""
    read = {id(match.sheet) for match in matches}
    rest = [sheet for sheet in opened.sheets if id(sheet) not in read]
    plain_rest = [_short(sheet) for sheet in rest if not _why_not(sheet)]
    remarks = [f"not read: {_short(sheet)}, {why}" for sheet in rest if (why := _why_not(sheet))]
    if plain_rest or opened.unread:
        remarks.append(f"not read: {'; '.join([*plain_rest, *opened.unread])}")
    for match in matches:
        if match.sheet.hidden:
            remarks.append(f"{_short(match.sheet)} is hidden in the workbook; it was read")
        elif match.sheet.hidden_rows:
            one = match.sheet.hidden_rows == 1
            rows = (
                "1 hidden row, which counts"
                if one
                else f"{match.sheet.hidden_rows} hidden rows, which count"
            )
            remarks.append(f"{_short(match.sheet)} has {rows} as the others do")
    return tuple(remarks)


def _short(sheet: Sheet) -> str:
    return f"sheet {sheet.name}" if sheet.name else sheet.file


def _why_not(sheet: Sheet) -> str:
    """Return why a sheet that looks like data is not read; "" for notes and the like."""
    fitting = _best([sheet])
    if fitting:
        if sheet.hidden:
            return "which is hidden: show it in Excel to have it read"
        return f"which has the layout {fitting[0].layout.name}: load it as a file of its own"
    near = _near([sheet])
    return f"which is nearest to layout {near[0][0].name}, without {_columns(near[0][2])}" if near else ""


def _match(layout: Layout, sheets: list[Sheet]) -> list[Match]:
    matches = []
    for sheet in sheets:
        if not plain_start(sheet.name, layout.sheet):
            continue
        if layout.headless:
            if layout.headless(sheet):
                matches.append(Match(layout, sheet, -1))
            continue
        header, missing = find_header(layout, sheet)
        if not missing:
            matches.append(Match(layout, sheet, header))
    return matches


def plain_start(name: str, start: str) -> bool:
    """Tell whether a sheet's name begins as a layout asks; a CSV has no sheet name and always does."""
    return not name or name.strip().casefold().startswith(start.casefold())


def _near(sheets: list[Sheet]) -> list[tuple[Layout, Sheet, list[str]]]:
    """Return the layouts that lack few of their columns in a sheet, the nearest first."""
    found = [
        (len(missing) / len(layout.columns), len(missing), layout, sheet, missing)
        for layout in all_layouts()
        if not layout.headless
        for sheet in sheets
        for missing in [find_header(layout, sheet)[1]]
        if missing
    ]
    near = sorted(
        (
            entry
            for entry in found
            if entry[0] <= NEAR_ENOUGH and len(entry[2].columns) - entry[1] >= FEWEST_FOUND
        ),
        key=lambda entry: entry[:2],
    )
    return [(layout, sheet, missing) for _, _, layout, sheet, missing in near]


def _columns(missing: list[str]) -> str:
    shown = ", ".join(missing[:MISSING_SHOWN]) + (" …" if len(missing) > MISSING_SHOWN else "")
    return f"its {'column' if len(missing) == 1 else 'columns'} {shown}"


def _unknown_layout(sheets: list[Sheet]) -> list[Problem]:
    near = [
        Problem(sheet.place(), f"nearest to layout {layout.name}, without {_columns(missing)}")
        for layout, sheet, missing in _near(sheets)[:NEAREST]
    ]
    cure = (
        "see `boardpack data sources` for those known; figures of your own: docs/reference/own-measures.md, "
        "or a mapping of your table's columns: docs/reference/mappings.md"
    )
    return [Problem(sheets[0].file, "no known layout", cure=cure), *near, *_periods_across(sheets)]


def _periods_across(sheets: list[Sheet]) -> list[Problem]:
    """Return the way out for tables of one's own that have a column for each period."""
    rows = "write a row for each period (docs/reference/own-measures.md), or a mapping with periods_across"
    problems = []
    for sheet in sheets:
        periods = max((sum(bool(parse_period(cell)) for cell in row) for row in sheet.head), default=0)
        names = max((sum(map(is_month_name, row)) for row in sheet.head), default=0)
        if periods >= FEWEST_PERIODS:
            problems.append(
                Problem(sheet.place(), "a table of one's own with the periods across", cure=rows)
            )
        elif names >= FEWEST_PERIODS:
            came = "a table of one's own with months across that do not say their year"
            problems.append(
                Problem(sheet.place(), came, "headings such as Apr-26", f"write the years; then {rows}")
            )
    return problems


def describe_measures(register: Register) -> Iterator[tuple[Measure, Layout, Feed]]:
    """Yield each measure with each layout that feeds it and the columns it comes from, in the register's order."""
    feeds = [(layout, feed) for layout in all_layouts() for feed in layout.feeds]
    for measure in register.measures.values():
        yield from ((measure, layout, feed) for layout, feed in feeds if feed.measure == measure.id)


def reader_of(layout: Layout) -> str:
    """Return what reads a layout: a function, or the file that declares it."""
    if layout.declared:
        return f"sources/{layout.declared}"
    return f"{layout.read.__module__.removeprefix('helpers.data.')}.{layout.read.__name__}"

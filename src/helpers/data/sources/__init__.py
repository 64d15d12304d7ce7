"""Layouts of files, one small module each, recognised by what they contain."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from helpers.data.sheets import Sheet
from helpers.data.sources.layout import Layout, Match, find_header
from helpers.errors import DataError, Problem

#: modules that each define LAYOUT or LAYOUTS
MODULES = (
    "activity_return",
    "admitted_diagnosis",
    "ae_monthly",
    "ae_tables",
    "beds_sitrep",
    "cancer_waits",
    "discharge_sitrep",
    "hes_england",
    "hes_provider",
    "kh03",
    "own_measures",
    "quarterly_panel",
    "records",
    "reference",
    "rtt_full_extract",
    "rtt_tables",
    "shmi",
    "sickness_absence",
)

#: how many layouts a message names as nearest, and how many missing columns of each
NEAREST, MISSING_SHOWN = 3, 5
#: share of its columns that a layout may lack to be named beside the nearest one
NEAR_ENOUGH = 0.5


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Return every known layout."""
    found: list[Layout] = []
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        found.extend(getattr(module, "LAYOUTS", None) or [module.LAYOUT])
    return tuple(found)


def recognise(sheets: list[Sheet]) -> list[Match]:
    """Return the sheets that a layout fits; of several layouts the one that asks for most columns.

    Raises
    ------
    DataError
        Where none fits, with the nearest ones and what is missing for them; where a file is cut short.
    """
    fitting = [matches for layout in all_layouts() if (matches := _match(layout, sheets))]
    if not fitting:
        raise DataError(_unknown_layout(sheets))
    best = max(fitting, key=lambda matches: len(matches[0].layout.columns))
    for match in best:
        if match.layout.ends_with_newline and match.sheet.cut_short:
            raise DataError(
                Problem(match.sheet.place(), "ends in the middle of a line", cure="download it again")
            )
    return best


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


def _unknown_layout(sheets: list[Sheet]) -> list[Problem]:
    nearest = sorted(
        (
            (len(missing) / len(layout.columns), len(missing), layout, sheet, missing)
            for layout in all_layouts()
            if not layout.headless
            for sheet in sheets
            for missing in [find_header(layout, sheet)[1]]
        ),
        key=lambda found: found[:2],
    )
    problems = []
    for share, _, layout, sheet, missing in nearest[:NEAREST]:
        if share <= max(nearest[0][0], NEAR_ENOUGH) and share < 1:
            shown = ", ".join(missing[:MISSING_SHOWN]) + (" …" if len(missing) > MISSING_SHOWN else "")
            which = "column" if len(missing) == 1 else "columns"
            problems.append(
                Problem(sheet.place(), f"nearest to layout {layout.name}, without its {which} {shown}")
            )
    head = Problem(sheets[0].file, "no known layout", cure="see `boardpack data sources` for those known")
    return [head, *problems]

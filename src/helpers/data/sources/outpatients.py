"""Hospital outpatient activity of a year, England: by deprivation, by ethnic category, by main specialty."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND
from helpers.data.sources.stated import period_in_name

ALL, FIRST, FIRST_REMOTE = (
    "All Attendances",
    "Attended first appointment",
    "Attended first tele consultation",
)
SUBSEQUENT, REMOTE = "Attended subsequent appointment", "Attended subsequent tele consultation"
FIGURES = (ALL, FIRST, FIRST_REMOTE, SUBSEQUENT, REMOTE)
TOTAL = "Total Activity"
NOTE = "note"


def _reader(column: str, breakdown: str, *, after: int = 0) -> Callable[[list[Match], Context], Reading]:
    """Return a reader of a table with a row for each group, named in a column or so many columns after it."""

    def read(matches: list[Match], _: Context) -> Reading:
        match = matches[0]
        headings = match.below_banners()
        at = {heading: place for (_, heading), place in reversed(headings.items())}
        places = {column: at[column.casefold()] + after} | {name: at[name.casefold()] for name in FIGURES}
        table = match.table_at(places).filled()
        cells = Cells(table)
        group, figures = cells.text(column), cells.figures(FIGURES)
        note = figures.isna().all(axis=1)
        total = (group == TOTAL) & ~note
        cells.refuse((group == "") & ~note, column, "a group")
        cells.refuse(group.duplicated() & ~note, column, "each group once")
        missed = abs(figures[~total].sum()[ALL] - figures[total].sum()[ALL]) > 0.5
        cells.refuse(total & missed, column, "the sum of the groups: rows are missing or doubled")
        cells.check()
        base = pd.DataFrame({"org_code": ENGLAND, "period": _year(match)}, index=group.index)
        split = base.assign(breakdown=breakdown, category=group)
        rows = [
            row
            for of, kept in ((split, ~note & ~total), (base, total))
            for row in fed_rows(FEEDS, of[kept], figures[kept], period_type="year")
        ]
        return Reading({"measure_values": stack(rows)}, len(table), {NOTE: note.sum()})

    return read


def _year(match: Match) -> pd.Timestamp:
    return pd.Timestamp(period_in_name(match.sheet.file, "year"))


def read_specialties(matches: list[Match], _: Context) -> Reading:
    """Return attendances by the consultant's main specialty, and in all."""
    match = matches[0]
    cells = Cells(match.table().filled())
    code, name = cells.text(SPECIALTY), cells.text(SPECIALTY_NAME)
    attended = cells.numbers("Total")
    note = attended.isna()
    total = code.str.casefold() == "all"
    cells.refuse((code == "") & ~note, SPECIALTY, "a code")
    cells.refuse(code.duplicated() & ~note, SPECIALTY, "each specialty once")
    cells.check()
    base = pd.DataFrame({"org_code": ENGLAND, "period": _year(match)}, index=code.index)
    base = base.assign(specialty_code=code.mask(total), scheme=pd.Series("main", code.index).mask(total))
    rows = measure_rows(
        "outpatient_attendances", base[~note], numerator=attended[~note], period_type="year"
    )
    named = pd.DataFrame({"scheme": "main", "specialty_code": code, "name": name})
    return Reading(
        {"measure_values": stack([rows]), "specialties": named[~note & ~total]},
        len(cells),
        {NOTE: note.sum()},
    )


SPECIALTY, SPECIALTY_NAME = "Main Specialty Code", "Main Specialty Code Description"
DECILE, ETHNICITY = "Index of Multiple Deprivation Decile", "Ethnic Category"
FEEDS = (
    Feed("outpatient_attendances", ALL),
    Feed("first_outpatient_attendances", f"{FIRST} + {FIRST_REMOTE}"),
    Feed("outpatients_seen_remotely", f"{FIRST_REMOTE} + {REMOTE}", ALL),
)
LAYOUTS = (
    Layout(
        name="outpatients_deprivation",
        publication="outpatients",
        title="Hospital outpatient activity of a year by decile of deprivation, England (NHS England)",
        columns=(DECILE, *FIGURES),
        read=_reader(DECILE, "deprivation"),
        feeds=FEEDS,
    ),
    Layout(
        name="outpatients_ethnicity",
        publication="outpatients",
        title="Hospital outpatient activity of a year by ethnic category, England (NHS England)",
        columns=(ETHNICITY, *FIGURES),
        # the heading stands over the codes, and the names beside them
        read=_reader(ETHNICITY, "ethnic category", after=1),
        feeds=FEEDS,
    ),
    Layout(
        name="outpatients_specialties",
        publication="outpatients",
        title="Hospital outpatient activity of a year by main specialty, England (NHS England)",
        columns=(SPECIALTY, SPECIALTY_NAME, "Total"),
        read=read_specialties,
        # those of men and of women are sheets of their own
        sheet="All Attendances - All",
        tables=("measure_values", "specialties"),
        feeds=(Feed("outpatient_attendances", "Total"),),
    ),
)

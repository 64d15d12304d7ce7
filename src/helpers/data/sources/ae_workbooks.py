"""A&E attendances as the monthly workbooks have them: a month by provider, and England's months."""

from __future__ import annotations

import re

import pandas as pd

from helpers.data.files.sheets import plain
from helpers.data.sources.cells import Cells, measure_rows, read_months, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, england_row, organisation_rows
from helpers.data.sources.period_words import parse_period
from helpers.data.sources.stated import month_in_name, published_on
from helpers.errors import DataError

TYPES = {
    "type 1": "Type 1 Departments - Major A&E",
    "type 2": "Type 2 Departments - Single Specialty",
    "other": "Type 3 Departments - Other A&E/Minor Injury Unit",
}
ATTENDED = "Total attendances"
WITHIN, OVER = "Total Attendances < 4 hours", "Total Attendances > 4 hours"
ADMITTED = "Total Emergency Admissions"
FROM_DECISION = {
    "ae_4_hours_from_decision": "Number of patients spending >4 hours from decision to admit to admission",
    "ae_12_hours_from_decision": "Number of patients spending >12 hours from decision to admit to admission",
}
COUNTS = {"emergency_admissions": ADMITTED, **FROM_DECISION}
NOTE = "note"

#: what the headings over the blocks of columns say of the waits in them
_WITHIN_BLOCK = re.compile(r"less than (or equal to )?4 hours|<=? ?4 ?h")
_OVER_BLOCK = re.compile(r"(greater|more) than 4 hours|> ?4 ?h")


def read_provider(matches: list[Match], _: Context) -> Reading:
    """Return a month by provider; booked appointments are in its figures already."""
    match = matches[0]
    blocks = _blocks(match)
    _check_blocks(match, blocks, ("attended",), ("within", "over"))
    places = {name: _place(match, name) for name in ("Code", "Name", ATTENDED)} | blocks
    places |= {name: _place(match, name) for name in (WITHIN, OVER, *COUNTS.values()) if match.has(name)}
    cells = Cells(match.table_at(places).filled())
    code, name = cells.text("Code").str.upper(), cells.text("Name")
    total = name.str.casefold().isin(["england", "total"])
    note = (name == "") | ((code == "") & ~total)
    frame = cells.figures(column for column in places if column not in ("Code", "Name"))
    attended, waits = frame[ATTENDED], frame[WITHIN] if WITHIN in frame else frame[ATTENDED] - frame[OVER]
    cells.refuse(waits > attended, ATTENDED, "no more within four hours than attended")
    cells.check()
    frame = frame.assign(within=waits, org_code=code.mask(total, ENGLAND), period=_month(match))
    kept = ~total & ~note
    return Reading(
        {
            "measure_values": stack(_provider_measures(frame[kept].reset_index(drop=True))),
            "organisations": organisation_rows(code[kept], name[kept]),
        },
        len(cells),
        {"total row": total.sum(), NOTE: note.sum()},
        totals=stack(_provider_measures(frame[total].reset_index(drop=True))) if total.sum() == 1 else None,
    )


def _place(match: Match, name: str) -> int:
    return [plain(cell) for cell in match.sheet.head[match.header]].index(plain(name))


def _blocks(match: Match) -> dict[str, int]:
    """Return the columns by type of department: "attended type 1", "within type 1", "over type 1" and so on."""
    found: dict[str, int] = {}
    names = {plain(heading): kind for kind, heading in TYPES.items()}
    for (banner, heading), place in match.below_banners().items():
        forms = {"within": _WITHIN_BLOCK, "over": _OVER_BLOCK}
        block = next((name for name, form in forms.items() if form.search(banner)), "attended")
        if heading in names and "percentage" not in banner:
            found.setdefault(f"{block} {names[heading]}", place)
    return found


def _check_blocks(match: Match, found: dict[str, int], *wanted: tuple[str, ...]) -> None:
    """Refuse a sheet in which no heading says which block is which; of the blocks in a tuple one will do.

    Raises `DataError` with the blocks that are missing.
    """
    missing = [
        blocks[0]
        for blocks in wanted
        if not any(f"{block} {kind}" in found for block in blocks for kind in TYPES)
    ]
    if missing:
        came = f"no block of columns: {', '.join(missing)}"
        allowed = "headings over the blocks: A&E attendances, … less than 4 hours …"
        raise DataError(match.sheet.place(match.header), came, allowed, "download it again")


def _month(match: Match) -> pd.Timestamp:
    """Return the month that the title lines name, or else the file's name.

    Raises `DataError` where neither does.
    """
    for row in match.sheet.head[: match.header]:
        words = [cell.strip() for cell in row if cell.strip()]
        if len(words) > 1 and plain(words[0]).rstrip(":") == "period":
            found = parse_period(words[1], "month")
            if found:
                return pd.Timestamp(found[0])
    named = month_in_name(match.sheet.file)
    if named is None:
        allowed = "a line Period: June 2025 above the table, or a name such as June-2025-AE-by-provider.xls"
        raise DataError(match.sheet.place(), "does not say of which month it is", allowed, "rename it")
    return pd.Timestamp(named)


def _provider_measures(frame: pd.DataFrame) -> list[pd.DataFrame]:
    base = frame[["org_code", "period"]]
    rows = [
        measure_rows("ae_four_hours", base, numerator=frame["within"], denominator=frame[ATTENDED]),
        measure_rows("ae_attendances", base, numerator=frame[ATTENDED]),
        *(measure_rows(name, base, numerator=frame[c]) for name, c in COUNTS.items() if c in frame),
    ]
    return rows + _departments(frame, base)


def _departments(frame: pd.DataFrame, base: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the share within four hours by type of department, where anybody attended one."""
    rows = []
    for kind in TYPES:
        within, over, seen = (frame.get(f"{block} {kind}") for block in ("within", "over", "attended"))
        if seen is None and within is not None and over is not None:
            seen = within + over
        if within is None and seen is not None and over is not None:
            within = seen - over
        if seen is not None and within is not None:
            kept = seen > 0
            split = base[kept].assign(breakdown="department", category=kind)
            rows.append(
                measure_rows("ae_four_hours", split, numerator=within[kept], denominator=seen[kept])
            )
    return rows


def read_england(matches: list[Match], _: Context) -> Reading:
    """Return England's months from the sheets of activity and of performance.

    From May 2019 to May 2023 the sheet of performance leaves out the trusts that tested other standards, so
    its attendances are fewer than those of the sheet of activity.
    """
    rows, read, notes = [], 0, 0
    for match in matches:
        activity = match.has(ADMITTED)
        places = {"Period": _place(match, "Period")}
        names = (ATTENDED, *COUNTS.values()) if activity else (WITHIN, OVER)
        places |= {name: _place(match, name) for name in names if match.has(name)}
        if not activity:
            places |= _blocks(match)
            _check_blocks(match, places, ("within",), ("over",))
        cells, frame, left = read_months(match.table_at(places), "Period")
        for column in set(places) - {"Period"}:
            frame[column] = cells.numbers(column)
        cells.check()
        frame["org_code"] = ENGLAND
        read, notes = read + len(cells) + left, notes + left
        rows += _activity(frame) if activity else _performance(frame)
    return Reading(
        {"measure_values": stack(rows), "organisations": england_row()},
        read,
        {NOTE: notes},
        published=published_on(matches[0].sheet),
    )


def _activity(frame: pd.DataFrame) -> list[pd.DataFrame]:
    base = frame[["org_code", "period"]]
    columns = {"ae_attendances": ATTENDED, **COUNTS}
    return [measure_rows(name, base, numerator=frame[c]) for name, c in columns.items() if c in frame]


def _performance(frame: pd.DataFrame) -> list[pd.DataFrame]:
    base = frame[["org_code", "period"]]
    attended = frame[WITHIN] + frame[OVER]
    whole = measure_rows("ae_four_hours", base, numerator=frame[WITHIN], denominator=attended)
    return [whole, *_departments(frame, base)]


BY_PROVIDER = Layout(
    name="ae_by_provider",
    publication="ae",
    title="A&E attendances and emergency admissions, monthly workbook by provider (NHS England)",
    columns=("Code", "Name", *TYPES.values(), ATTENDED),
    one_of=(WITHIN, OVER),
    read=read_provider,
    source="ae_monthly",
    sheet="Provider",
    tables=("measure_values", "organisations"),
    has_total=True,
    feeds=(
        Feed("ae_four_hours", WITHIN, ATTENDED),
        Feed("ae_attendances", ATTENDED, note="booked ones included"),
        *(Feed(measure, column) for measure, column in COUNTS.items()),
    ),
)
ENGLAND_MONTHS = Layout(
    name="ae_england",
    title="A&E attendances and emergency admissions, England's months (NHS England)",
    columns=("Period", *TYPES.values()),
    one_of=(ADMITTED, WITHIN),
    read=read_england,
    joins_sheets=True,
    tables=("measure_values", "organisations"),
    feeds=(
        Feed("ae_four_hours", WITHIN, f"{WITHIN} + {OVER}", "May 2019 to May 2023 without 14 trusts"),
        Feed("ae_attendances", ATTENDED, note="until May 2015 estimated by the publisher from weeks"),
        *(Feed(measure, column) for measure, column in COUNTS.items()),
    ),
)
LAYOUTS = (BY_PROVIDER, ENGLAND_MONTHS)

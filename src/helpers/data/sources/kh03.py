"""KH03 workbooks: overnight beds by trust, by sector and by consultant main specialty."""

from __future__ import annotations

import re

import pandas as pd

from helpers.data.files.sheets import plain
from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows
from helpers.data.sources.stated import published_on
from helpers.errors import DataError

KEYS = ("Year", "Period End", "Region Code", "Org Code", "Org Name")
SECTORS = ("Total", "General & Acute", "Learning Disabilities", "Maternity", "Mental Illness")
MAIN_SECTOR = "General & Acute"
AVAILABLE, OCCUPIED = "Available", "Occupied"
#: a quarter's last month, and the month and year (after the financial year's first) in which it began
QUARTERS = {"June": (4, 0), "September": (7, 0), "December": (10, 0), "March": (1, 1)}

_SPECIALTY = re.compile(r"(\d{3}) \S.*")


def read(matches: list[Match], _: Context) -> Reading:
    """Return beds available and occupied by sector, and those occupied by main specialty.

    Columns are found by their heading and the block's heading above it: names repeat in each block, and
    the empty columns between the blocks hold numbers in some quarters.
    """
    tables: dict[str, list[pd.DataFrame]] = {"measure_values": [], "organisations": [], "specialties": []}
    rows = 0
    for match in matches:
        header = [cell.strip() for cell in match.sheet.head[match.header]]
        if MAIN_SECTOR in header:
            values, names, count = _by_sector(match)
        elif any(_SPECIALTY.fullmatch(cell) for cell in header):
            values, names, count = _by_specialty(match)
            tables["specialties"].append(_specialties(header))
        else:
            continue
        tables["measure_values"].append(values)
        tables["organisations"].append(names)
        rows += count
    if not rows:
        raise DataError(matches[0].sheet.file, "no sheet of beds by sector", MAIN_SECTOR)
    joined = {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items() if frames}
    joined["organisations"] = joined["organisations"].drop_duplicates("org_code")
    return Reading(joined, rows, published=published_on(matches[0].sheet))


def _by_sector(match: Match) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    blocks = _blocks(match)
    wanted = {
        f"{block} {sector}": blocks[block, sector] for block in (AVAILABLE, OCCUPIED) for sector in SECTORS
    }
    cells, base, names = _rows(match, wanted)
    frames = []
    for sector in SECTORS:
        available = cells.numbers(f"{AVAILABLE} {sector}")
        occupied = cells.numbers(f"{OCCUPIED} {sector}")
        of = base if sector == MAIN_SECTOR else base.assign(breakdown="sector", category=sector.lower())
        kept = (available > 0) | (sector == MAIN_SECTOR)
        frames.append(
            measure_rows(
                "bed_occupancy",
                of[kept],
                numerator=occupied[kept],
                denominator=available[kept],
                period_type="quarter",
            )
        )
    cells.check()
    return stack(frames), names, len(cells)


def _blocks(match: Match) -> dict[tuple[str, str], int]:
    """Return the column of each (block, sector)."""
    below = match.below_banners()
    wanted = [(block, sector) for block in (AVAILABLE, OCCUPIED) for sector in SECTORS]
    missing = [f"{b} / {s}" for b, s in wanted if (plain(b), plain(s)) not in below]
    if missing:
        raise DataError(match.sheet.place(match.header), f"no column {', '.join(missing)}")
    return {(block, sector): below[plain(block), plain(sector)] for block, sector in wanted}


def _by_specialty(match: Match) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    header = [cell.strip() for cell in match.sheet.head[match.header]]
    wanted = {name: column for column, name in enumerate(header) if _SPECIALTY.fullmatch(name)}
    cells, base, names = _rows(match, wanted)
    frames = [
        measure_rows(
            "beds_occupied",
            base.assign(scheme="main", specialty_code=name[:3]),
            numerator=cells.numbers(name),
            period_type="quarter",
        )
        for name in wanted
    ]
    cells.check()
    values = stack(frames)
    # a trust has beds in a few of the 76 specialties; zeros of the others say nothing
    return values[values["numerator"] > 0], names, len(cells)


def _rows(match: Match, wanted: dict[str, int]) -> tuple[Cells, pd.DataFrame, pd.DataFrame]:
    """Return the rows of trusts and of England below the header, as cells, base columns and names."""
    header = [cell.strip() for cell in match.sheet.head[match.header]]
    places = {name: header.index(name) for name in KEYS} | wanted
    table = match.table_at(places)
    cells = Cells(table.keep([bool(year) for year in table.columns["Year"].to_pylist()]))
    name = cells.text("Org Name")
    code = cells.text("Org Code").str.upper().mask(name == "England", ENGLAND)
    cells.refuse(code == "", "Org Code", "an organisation code")
    ends = cells.text("Year") + " " + cells.text("Period End")
    period = ends.map(quarter_start)
    cells.refuse(period.isna(), "Period End", "a financial year and June, September, December or March")
    base = pd.DataFrame({"org_code": code, "period": period.astype("datetime64[s]")})
    cells.refuse(base.duplicated(), "Org Code", "each organisation once a quarter")
    return cells, base, organisation_rows(code, name)


def quarter_start(words: str) -> pd.Timestamp | None:
    """Return the first day of the quarter that ends in a month of a financial year.

    >>> quarter_start("2020-21 March")
    Timestamp('2021-01-01 00:00:00')
    """
    found = re.fullmatch(r"(\d{4})-\d{2} ([A-Z][a-z]+)", words)
    if not found or found[2] not in QUARTERS:
        return None
    month, later = QUARTERS[found[2]]
    return pd.Timestamp(int(found[1]) + later, month, 1)


def _specialties(header: list[str]) -> pd.DataFrame:
    names = [name for name in header if _SPECIALTY.fullmatch(name)]
    codes = pd.DataFrame({"specialty_code": [n[:3] for n in names], "name": [n[4:] for n in names]})
    return codes.assign(scheme="main")


LAYOUT = Layout(
    name="kh03",
    publication="kh03",
    title="KH03 overnight beds, by sector and by main specialty (NHS England)",
    columns=KEYS,
    read=read,
    joins_sheets=True,
    tables=("measure_values", "organisations", "specialties"),
    has_total=True,
    feeds=(
        Feed(
            "bed_occupancy",
            "Occupied, General & Acute",
            "Available, General & Acute",
            "other sectors apart",
        ),
        Feed("beds_occupied", "Occupied by Specialty", note="by main specialty"),
    ),
)

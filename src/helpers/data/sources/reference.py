"""Who is who: NHS trusts of the Organisation Data Service, their boards, sizes, and specialty codes."""

from __future__ import annotations

import re
from functools import partial

import pandas as pd

from helpers.data.files.sheets import Sheet
from helpers.data.sources.cells import Cells, latest_day
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows

#: columns of the ODS file, which has no header (numbered from 0)
ODS_COLUMNS = {"code": 0, "name": 1, "region": 2, "icb": 3, "opened": 10, "closed": 11}
#: the first column without a use, from which on columns may be cut off
ODS_WIDTH = 12
#: rows by which a file without a header is known
ODS_ROWS = 5
_CODE, _REGION, _DAY = r"[A-Z0-9]{3,5}", r"Y\d\d", r"(19|20)\d{6}"


def ods_columns(sheet: Sheet) -> dict[str, int]:
    """Return where the columns of an ODS trust file are, with those that others have cut out left out.

    Columns may be missing at the end or in the middle (addresses and telephone numbers usually are); what is
    left is told by what it holds. Empty where the sheet is none.
    """
    rows = sheet.head[:ODS_ROWS]
    width = min((len(row) for row in rows), default=0)
    if width < 3 or not all(re.fullmatch(_CODE, row[0]) and row[1].strip() for row in rows):
        return {}
    places = {place: [row[place] for row in rows] for place in range(2, width)}
    regions = [place for place, cells in places.items() if _all(_REGION, cells)]
    days = [place for place, cells in places.items() if _all(_DAY, cells)]
    if not regions or not all(re.search(r"[A-Za-z]{3}", row[1]) for row in rows):
        return {}
    if width >= ODS_WIDTH and regions[0] == ODS_COLUMNS["region"] and ODS_COLUMNS["opened"] in days:
        return ODS_COLUMNS
    found = {"code": 0, "name": 1, "region": regions[0]}
    boards = places.get(regions[0] + 1, [])
    if _all(_CODE, boards):
        found["icb"] = regions[0] + 1
    return found | dict(zip(("opened", "closed"), days, strict=False))


def _all(form: str, cells: list[str]) -> bool:
    """Tell whether cells have a form, those that are filled, and that some are."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(re.fullmatch(form, cell) for cell in filled)


def read_ods(matches: list[Match], _: Context) -> Reading:
    """Return trusts, open and closed; the file's edition is the latest date that it gives."""
    sheet = matches[0].sheet
    places = ods_columns(sheet)
    rows = sheet.rows()
    width = len(rows[0])
    wrong = pd.Series([len(row) != width for row in rows])
    cells = Cells(matches[0].table_at(places))
    cells.refuse(wrong, "code", f"a row of {width} cells")
    code = cells.code("code")
    cells.refuse(code.duplicated(), "code", "each organisation once")
    opened, closed = (_days(cells, name, needed=name == "opened") for name in ("opened", "closed"))
    cells.check()
    frame = pd.DataFrame({"org_code": code, "name": cells.text("name"), "kind": "trust"})
    frame["region"] = cells.text("region").replace("", None)
    frame["icb_code"] = cells.text("icb").replace("", None) if "icb" in places else None
    frame["valid_from"], frame["valid_to"] = opened, closed
    edition = latest_day(opened, closed)
    absent = [name for name in ODS_COLUMNS if name not in places]
    remarks = (f"without the columns {', '.join(absent)}, which were cut out",) if absent else ()
    return Reading({"organisations": frame}, len(rows), remarks=remarks, as_at=edition, published=edition)


def _days(cells: Cells, column: str, *, needed: bool) -> pd.Series[pd.Timestamp]:
    """Return days of a column that may be absent, or empty where it is not needed."""
    if column not in cells.table.columns.column_names:
        return pd.Series(pd.NaT, index=range(len(cells)), dtype="datetime64[s]")
    if needed:
        return cells.dates(column, "%Y%m%d")
    words = cells.text(column)
    dates = pd.to_datetime(words.where(words != ""), format="%Y%m%d", errors="coerce").dt.as_unit("s")
    cells.refuse(dates.isna() & (words != ""), column, "YYYYMMDD")
    return dates


def read_boards(matches: list[Match], _: Context) -> Reading:
    """Return which integrated care board each provider belongs to."""
    cells = Cells(matches[0].table())
    board, code = cells.code("icb_code"), cells.code("provider_org_code")
    cells.check()
    providers = organisation_rows(code, cells.text("provider_org_name"), icb_code=board)
    boards = organisation_rows(board, cells.text("icb_name"))
    both = pd.concat([providers, boards], ignore_index=True).drop_duplicates("org_code")
    return Reading({"organisations": both}, len(cells))


def read_peers(matches: list[Match], _: Context) -> Reading:
    """Return each trust's type and size as its peer group, by the codes of 2016-17."""
    cells = Cells(matches[0].table())
    code = cells.code("organisation_code")
    cells.check()
    peer = cells.text("organisation_type").str.capitalize().replace("", None)
    frame = organisation_rows(code, cells.text("organisation_name"), peer_group=peer, kind="trust")
    return Reading({"organisations": frame}, len(cells))


def read_specialties(scheme: str, matches: list[Match], _: Context) -> Reading:
    """Return the codes of a scheme, which stand in the layout's first column, and their names in its second."""
    code, name = matches[0].layout.columns
    cells = Cells(matches[0].table())
    codes, names = cells.text(code), cells.text(name)
    cells.refuse(codes == "", code, "a code")
    cells.check()
    frame = pd.DataFrame({"scheme": scheme, "specialty_code": codes, "name": names})
    named = frame[names != ""]
    kept = named.drop_duplicates("specialty_code")
    rejected = {
        "code without a name": len(frame) - len(named),
        "another spelling of a code's name": len(named) - len(kept),
    }
    return Reading({"specialties": kept}, len(cells), rejected)


_SPECIALTIES = partial(Layout, tables=("specialties",), secondary=True)
LAYOUTS = (
    Layout(
        name="ods_trusts",
        title="NHS trusts (Organisation Data Service, etr)",
        columns=("code", "name", "region", "ICB", "opened", "closed"),
        read=read_ods,
        tables=("organisations",),
        headless=lambda sheet: bool(ods_columns(sheet)),  # codes, names and regions, and no header
    ),
    Layout(
        name="provider_boards",
        title="Providers and their integrated care boards (from the RTT extract)",
        columns=("provider_org_code", "provider_org_name", "icb_code", "icb_name"),
        read=read_boards,
        tables=("organisations",),
        secondary=True,
    ),
    Layout(
        name="trust_types",
        title="Trust types and sizes 2016-17 (NHS Digital, ERIC)",
        columns=("organisation_code", "organisation_name", "organisation_type"),
        read=read_peers,
        tables=("organisations",),
        secondary=True,
    ),
    _SPECIALTIES(
        name="rtt_function_codes",
        title="RTT treatment functions",
        columns=("rtt_treatment_function_code", "name"),
        read=partial(read_specialties, "rtt"),
    ),
    _SPECIALTIES(
        name="treatment_codes",
        title="Treatment specialty codes (HES)",
        columns=("treatment_specialty_code", "description"),
        read=partial(read_specialties, "treatment"),
    ),
)

"""Who is who: NHS trusts of the Organisation Data Service, their boards, sizes, and specialty codes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from helpers.data.sheets import Sheet, Table
from helpers.data.sources.cells import Cells
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows

#: columns of the ODS file, which has no header (numbered from 0)
ODS_COLUMNS = {"code": 0, "name": 1, "region": 2, "icb": 3, "opened": 10, "closed": 11}
ODS_WIDTH = 27


def is_ods_file(sheet: Sheet) -> bool:
    """Tell whether a sheet is an ODS trust file: 27 columns, a code, a region and a date of opening."""
    rows = sheet.head[:5]
    return bool(rows) and all(
        len(row) == ODS_WIDTH
        and re.fullmatch(r"[A-Z0-9]{3,5}", row[0])
        and re.fullmatch(r"(Y\d\d)?", row[2])
        and re.fullmatch(r"\d{8}", row[10])
        for row in rows
    )


def read_ods(matches: list[Match], _: Context) -> Reading:
    """Return trusts, open and closed; the file's edition is the latest date that it gives."""
    import pyarrow as pa

    sheet = matches[0].sheet
    rows = sheet.rows()
    wrong = next((number for number, row in enumerate(rows) if len(row) != ODS_WIDTH), None)
    columns = pa.table(
        {
            name: pa.array([row[place] if place < len(row) else "" for row in rows], pa.string())
            for name, place in ODS_COLUMNS.items()
        }
    )
    cells = Cells(Table(sheet, columns, 1))
    if wrong is not None:
        cells.refuse(pd.Series(range(len(rows))) == wrong, "code", f"a row of {ODS_WIDTH} cells")
    code = cells.code("code")
    cells.refuse(code.duplicated(), "code", "each organisation once")
    opened = cells.dates("opened", "%Y%m%d")
    closed = _optional_dates(cells, "closed")
    cells.check()
    frame = pd.DataFrame(
        {
            "org_code": code,
            "name": cells.text("name"),
            "kind": "trust",
            "region": cells.text("region").replace("", None),
            "icb_code": cells.text("icb").replace("", None),
            "valid_from": opened,
            "valid_to": closed,
        }
    )
    edition = max(opened.max(), closed.max()) if closed.notna().any() else opened.max()
    return Reading({"organisations": frame}, len(rows), as_at=edition.date(), published=edition.date())


def _optional_dates(cells: Cells, column: str) -> pd.Series[pd.Timestamp]:
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


def _specialty_reader(scheme: str, code: str, name: str) -> Callable[[list[Match], Context], Reading]:
    def read(matches: list[Match], _: Context) -> Reading:
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
        return Reading(
            {"specialties": kept}, len(cells), {reason: rows for reason, rows in rejected.items() if rows}
        )

    return read


def _specialty_layout(layout: str, title: str, scheme: str, code: str, name: str) -> Layout:
    reader = _specialty_reader(scheme, code, name)
    return Layout(layout, title, (code, name), reader, tables=("specialties",), secondary=True)


LAYOUTS = (
    Layout(
        name="ods_trusts",
        title="NHS trusts (Organisation Data Service, etr)",
        columns=("code", "name", "region", "ICB", "opened", "closed"),
        read=read_ods,
        tables=("organisations",),
        headless=is_ods_file,
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
    _specialty_layout(
        "rtt_function_codes", "RTT treatment functions", "rtt", "rtt_treatment_function_code", "name"
    ),
    _specialty_layout(
        "treatment_codes",
        "Treatment specialty codes (HES)",
        "treatment",
        "treatment_specialty_code",
        "description",
    ),
)

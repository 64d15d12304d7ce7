"""What kind of organisation a code and a name stand for, and the country's own code."""

from __future__ import annotations

import re

import pandas as pd

#: the code that sums for England carry in the mart
ENGLAND = "ENG"

_TRUST_NAME = re.compile(
    r"NHS( FOUNDATION)? TRUST|HEALTH( AND|&)? SOCIAL CARE TRUST|CARE NHS", re.IGNORECASE
)
_TRUST_CODE = re.compile(r"[RT][0-9A-Z]{2}")
_REGION_CODE = re.compile(r"Y\d\d")


def kind_of(code: str, name: str = "") -> str:
    """Return the kind of organisation, as `organisation_kinds` in `schema.yml` has them.

    >>> kind_of("RGT"), kind_of("G6V2S", "NORTH LONDON NHS FOUNDATION TRUST"), kind_of("Y56")
    ('trust', 'trust', 'region')
    >>> kind_of("QE1", "NHS LANCASHIRE AND SOUTH CUMBRIA INTEGRATED CARE BOARD")
    'icb'
    """
    if code == ENGLAND:
        return "country"
    words = name.upper()
    marks = (
        ("INTEGRATED CARE BOARD", "icb"),
        ("COMMISSIONING HUB", "hub"),
        ("COMMISSIONING SUPPORT", "support"),
        ("CCG", "sub_icb"),
        ("COMMISSIONING REGION", "region"),
    )
    for mark, kind in marks:
        if mark in words:
            return kind
    if _REGION_CODE.fullmatch(code):
        return "region"
    if _TRUST_CODE.fullmatch(code) or _TRUST_NAME.search(words):
        return "trust"
    return "independent" if name else "other"


def england_row() -> pd.DataFrame:
    """Return the row of `organisations` of the country itself."""
    return organisation_rows(pd.Series([ENGLAND]), pd.Series(["England"]))


def organisation_rows(
    codes: pd.Series[str], names: pd.Series[str], **columns: pd.Series[str] | str
) -> pd.DataFrame:
    """Return one row of `organisations` per code, undated, with the last name that the file gives it.

    An empty kind is told by code and name.
    """
    rows = pd.DataFrame({"org_code": codes, "name": names, **columns})
    rows = rows[(rows["org_code"] != "") & (rows["name"] != "")].drop_duplicates("org_code", keep="last")
    told = rows["kind"] if "kind" in rows else [""] * len(rows)
    each = zip(rows["org_code"], rows["name"], told, strict=True)
    return rows.assign(kind=[kind or kind_of(code, name) for code, name, kind in each])

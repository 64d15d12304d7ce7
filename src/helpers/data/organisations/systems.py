"""Systems: the trusts of an integrated care board or a region, and the published figures that they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation, readable_name
from helpers.errors import DataError

#: kinds of organisation that are a system
KINDS: Final = {"icb": "integrated care board", "region": "region"}

# A board that became part of another counts as that; one that was divided is told by its trusts' older entries.
# A trust belongs where it is listed itself: one that it took over may have been listed elsewhere.
_TRUSTS = """
    SELECT o.org_code, arg_max(n.name, coalesce(n.valid_from, DATE '1900-01-01'))
    FROM {table} o LEFT JOIN successors b ON b.org_code = o.icb_code
    JOIN organisations n ON n.org_code = o.org_code
    WHERE o.kind = 'trust' AND {belongs} AND o.org_code NOT IN (SELECT org_code FROM successors)
    GROUP BY 1 ORDER BY 1"""
_IN_BOARD = "coalesce(b.successor, o.icb_code) IN (?)"
_IN_REGION = "o.region IN (?, ?)"


@dataclass(frozen=True)
class System:
    """The trusts of a system by the lists that name it last."""

    trusts: Mapping[str, str]  # names by code, in the order of the names
    #: whether it is a board that no longer stands: most of its trusts have been listed under another since
    former: bool


def system_of(mart: Mart, about: Organisation) -> System:
    """Return the trusts of a board or a region.

    Today's trusts count for the whole of a series, so that no month is larger or smaller because a border moved.

    Raises `DataError` for an organisation of another kind, or one of which the data name no trust.
    """
    if about.kind not in KINDS:
        came = f"is a {about.kind or 'place of unknown kind'}"
        raise DataError(about.code, came, "an integrated care board or a region", "choose another")
    if about.kind == "region":
        now = _trusts(mart, "organisations", _IN_REGION, [about.code, about.region or about.code])
        former = False
    else:
        now = _trusts(mart, "organisations", _IN_BOARD, [about.code])
        ever = _trusts(mart, "organisations_all", _IN_BOARD, [about.code])
        former = 2 * len(now) < len(ever)
        now = ever if former else now
    if not now:
        cure = "load a list of organisations that says which trust belongs to it"
        raise DataError(about.code, "the mart names no trust of it", cure=cure)
    return System(dict(sorted(now.items(), key=lambda entry: entry[1])), former)


def _trusts(mart: Mart, table: str, belongs: str, values: list[object]) -> dict[str, str]:
    rows = mart.fetch(_TRUSTS.format(table=table, belongs=belongs), values)
    return {code: readable_name(name or code) for code, name in rows}

"""Names: organisations with what became of them, and specialties."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.data.organisations.mergers import has_no_list
from helpers.data.sql import sql_beside
from helpers.errors import DataError, near_misses

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_SQL = sql_beside(__file__)


@dataclass(frozen=True)
class Organisation:
    """An organisation as a report names it."""

    #: code, name: as published
    code: str
    name: str
    kind: str  # trust, icb and so on
    #: region, icb_code, peer_group: where it belongs; empty where unknown
    region: str
    icb_code: str
    peer_group: str
    predecessors: tuple[str, ...]  # codes whose history counts as its own since they merged into it
    icb_name: str = ""  # name of the integrated care board of `icb_code`; empty where unknown

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """What readers may look for it by: its integrated care board and its region, where they are known."""
        named = (("ICB", self.icb_name or self.icb_code), ("Region", readable_name(self.region)))
        return tuple((kind, name) for kind, name in named if name)


def organisations(mart: Mart) -> pd.DataFrame:
    """Return the latest entry of each organisation that still stands, indexed by org_code.

    Returns
    -------
    DataFrame
        name, kind, region, icb_code, peer_group, and former: the codes of those that became part of it, separated
        by commas; missing entries are empty text.
    """
    return mart.derived("organisations", lambda: _organisations(mart)).set_index("org_code")


def _organisations(mart: Mart) -> pd.DataFrame:
    frame = mart.query(_SQL["organisations"])
    frame["name"] = [readable_name(name) for name in frame["name"]]
    return frame.fillna("")


#: words that stay small within a name, and those that are always capitals
_SMALL_WORDS, _CAPITALS = (
    frozenset(["and", "for", "in", "of", "on", "the", "to", "upon", "with"]),
    frozenset({"NHS", "ICB", "UK"}),
)


def readable_name(name: str) -> str:
    """Return a name that was published all in capitals as people write it; any other stays as it is.

    >>> readable_name("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST"), readable_name("STOKE-ON-TRENT TRUST")
    ("Guy's and St Thomas' NHS Foundation Trust", 'Stoke-on-Trent Trust')
    """
    if not name.isupper():
        return name
    words = re.split(r"([ \-(/])", name)
    return "".join(_write_word(word, first=not place) for place, word in enumerate(words))


def _write_word(word: str, *, first: bool) -> str:
    if word in _CAPITALS:
        return word
    return word.lower() if word.lower() in _SMALL_WORDS and not first else word.capitalize()


def find_organisation(mart: Mart, code: str) -> Organisation:
    """Return an organisation by its code.

    Raises `DataError` where the mart does not know the code, or knows it as one that merged into another.
    """
    known = organisations(mart)
    if code in known.index:
        name, kind, region, icb_code, peer_group, former = (str(value) for value in known.loc[code])
        predecessors = tuple(filter(None, former.split(",")))
        icb_name = str(known.loc[icb_code, "name"]) if icb_code in known.index else ""
        return Organisation(code, name, kind, region, icb_code, peer_group, predecessors, icb_name)
    mine = "SELECT 1 FROM measure_values WHERE org_code = ? LIMIT 1"
    if has_no_list(mart) and len(mart.query(mine, [code])):
        return Organisation(code, code, "trust", "", "", "", ())
    heir = mart.query("SELECT successor FROM successors WHERE org_code = ?", [code])
    cure = (
        f"use {heir['successor'][0]}, which it became part of"
        if len(heir)
        else near_misses(code.upper(), known.index)
    )
    raise DataError("organisation", f"{code} is not in the mart", "a code of the organisations table", cure)


def specialty_names(mart: Mart) -> dict[str, str]:
    """Return the names of the treatment functions by code."""
    frame = mart.query("SELECT specialty_code, name FROM specialties WHERE scheme = 'treatment'")
    return {
        code: plain_specialty(name) for code, name in zip(frame.specialty_code, frame.name, strict=True)
    }


def plain_specialty(name: str) -> str:
    """Return a treatment function as people say it: without "Service" where a noun is left, or made, without it.

    >>> [plain_specialty(f"{each} Service") for each in ("Urology", "Paediatric", "Neurosurgical", "Neonatal")]
    ['Urology', 'Paediatrics', 'Neurosurgery', 'Neonatal Service']
    """
    plain = name.removesuffix(" Service")
    if plain == name or not plain.endswith(("ic", "al")):
        return plain
    if plain.endswith("ic"):
        return f"{plain}s"
    return f"{plain.removesuffix('ical')}ery" if plain.endswith("surgical") else name


def find_specialty(mart: Mart, code: str) -> str:
    """Return the name of a treatment function.

    Raises `DataError` where the mart does not know the code.
    """
    known = specialty_names(mart)
    if code not in known:
        allowed = ", ".join(f"{each} {name}" for each, name in sorted(known.items()))
        raise DataError("specialty", f"{code!r} is not in the mart", allowed, near_misses(code, known))
    return known[code]

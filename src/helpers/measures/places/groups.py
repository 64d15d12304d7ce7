"""Peer groups: whom a trust is compared with, by type, size, region, board, or a list of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.errors import Problem, UsageError, near_misses

GroupKind = Literal["national", "type", "size", "region", "icb", "chosen"]
GROUP_KINDS: tuple[GroupKind, ...] = get_args(GroupKind)
#: with fewer members a median moves with every one of them
SMALL_GROUP = 8
_SIZES = ("smallest", "second smallest", "second largest", "largest")


@dataclass(frozen=True)
class PeerGroup:
    """A group that an organisation is compared with, itself included."""

    kind: GroupKind
    label: str  # who is in it, as prose says it after their number: "acute trusts in the region North West"
    codes: frozenset[str]  # organisations, whether or not they have a figure
    note: str = ""  # why there is no such group, where it is empty


def find_group(
    kind: GroupKind, own: str, organisations: pd.DataFrame, *, chosen: Collection[str] = ()
) -> PeerGroup:
    """Return a peer group of an organisation, which is a member of each.

    `national`: all trusts of the own kind (acute with acute); of these, `type`: those of the same type and size by
    ERIC; `size`: the same quarter by general and acute beds; `region`; `icb`; or the codes that are `chosen`, of which
    one that is unknown is refused.
    """
    if kind == "chosen":
        return _chosen(own, organisations, chosen)
    alike = _alike(own, organisations)
    nation = _nation(own, organisations)
    if kind == "national":
        return PeerGroup(kind, nation, frozenset(alike.index))
    if kind == "size":
        return _by_size(own, alike, nation)
    column, name, words = {
        "type": ("peer_group", "peer_group", ""),
        "region": ("region", "region_name", "in the region {}"),
        "icb": ("icb_code", "icb_name", "of {}"),
    }[kind]
    mine = str(alike.loc[own, column])
    if not mine:
        return PeerGroup(kind, "", frozenset(), f"its {_MISSING[kind]} is not known")
    label = str(alike.loc[own, name]) or mine
    members = frozenset(alike.index[alike[column] == mine])
    if kind == "type":
        return PeerGroup(kind, _by_type(nation, label), members)
    return PeerGroup(kind, f"{nation} {words.format(label)}", members)


def _by_type(nation: str, label: str) -> str:
    """Return the trusts of a type as prose says it: what all of the group are comes once, sizes come first.

    >>> _by_type("acute trusts", "Acute - teaching"), _by_type("acute trusts", "Acute large")
    ('acute teaching trusts', 'large acute trusts')
    >>> _by_type("trusts", "Acute large")  # where the kind of organisation is not known
    'large acute trusts'
    >>> _by_type("mental health trusts", "Care trust")
    'mental health trusts of the type “Care trust”'
    """
    *words, own = re.split(r"\s+(?:-\s+)?", label.lower())
    known = nation.removesuffix("trusts").strip()
    kind = known or " ".join(words)
    if " ".join(words) == kind and own in _BY_SIZE:
        return f"{_BY_SIZE[own]} {kind} trusts"
    if " ".join(words) == kind and own in _KINDS:
        return f"{kind} {own} trusts"
    return f"{nation} of the type “{label}”"


#: types by ERIC that are a size, and those that go before the word "trusts"
_BY_SIZE = {"small": "small", "medium": "medium-sized", "large": "large"}
_KINDS = ("teaching", "specialist", "multi-service")
_MISSING = {"type": "type", "region": "region", "icb": "integrated care board"}


def _alike(own: str, organisations: pd.DataFrame) -> pd.DataFrame:
    """Return the trusts of the own kind; all of them where the own kind is not known."""
    mine = organisations.loc[own, "org_type"]
    return organisations[organisations["org_type"] == mine] if mine else organisations


def _nation(own: str, organisations: pd.DataFrame) -> str:
    kind = str(organisations.loc[own, "org_type"]).removesuffix(" Trust").lower()
    return f"{kind} trusts".strip()


def _by_size(own: str, alike: pd.DataFrame, nation: str) -> PeerGroup:
    beds = alike["beds"].dropna()
    if own not in beds.index:
        return PeerGroup("size", "", frozenset(), "its number of general and acute beds is not known")
    ends = np.quantile(beds, [0.25, 0.5, 0.75])
    quarter = np.searchsorted(ends, beds)  # a trust on an end belongs to the smaller quarter
    place = int(quarter[beds.index.get_loc(own)])
    words = f"{nation} in the {_SIZES[place]} quarter by general and acute beds"
    return PeerGroup("size", words, frozenset(beds.index[quarter == place]))


def _chosen(own: str, organisations: pd.DataFrame, chosen: Collection[str]) -> PeerGroup:
    unknown = [code for code in chosen if code not in organisations.index]
    if unknown:
        known, other = organisations.index, "give codes of trusts, of a merged one its successor's"
        raise UsageError(
            Problem(
                "peers", f"{code!r} is no trust that the data know", cure=near_misses(code, known) or other
            )
            for code in unknown
        )
    others = frozenset(chosen) - {own}
    if not others:
        return PeerGroup("chosen", "", frozenset(), "no other trust was chosen")
    return PeerGroup("chosen", "chosen trusts", others | {own})

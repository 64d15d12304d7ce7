"""Peer groups: who is in them, and why one may be empty."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from helpers.data.series.peer_values import peer_organisations
from helpers.errors import UsageError
from helpers.measures.places.groups import find_group

from .conftest import Figure, MakePeers, Trust


def table(**columns: list[object]) -> pd.DataFrame:
    codes = [f"T{n}" for n in range(1, 1 + len(next(iter(columns.values()))))]
    base: dict[str, object] = {
        "name": codes, "region": "Y1", "region_name": "North", "icb_code": "Q1", "icb_name": "North ICB",
        "org_type": "Acute", "peer_group": "Acute - large", "beds": float("nan"),
    }  # fmt: skip
    return pd.DataFrame({**base, **columns}, index=codes)


def test_all_trusts_of_the_own_kind() -> None:
    known = table(org_type=["Acute", "Acute", "Mental Health", ""])
    group = find_group("national", "T1", known)
    assert (sorted(group.codes), group.label) == (["T1", "T2"], "acute trusts")
    assert find_group("national", "T4", known).codes == {"T1", "T2", "T3", "T4"}
    assert find_group("national", "T4", known).label == "trusts"


@pytest.mark.parametrize(
    ("kind", "column", "label"),
    [
        ("type", "peer_group", "acute trusts of the type “A”"),
        ("region", "region", "acute trusts in the region North"),
        ("icb", "icb_code", "acute trusts of North ICB"),
    ],
)
def test_groups_by_what_the_trusts_share(kind: str, column: str, label: str) -> None:
    group = find_group(kind, "T1", table(**{column: ["A", "A", "B"]}))  # type: ignore[arg-type]
    assert (sorted(group.codes), group.label) == (["T1", "T2"], label)


@pytest.mark.parametrize(
    ("kind", "column"), [("type", "peer_group"), ("region", "region"), ("icb", "icb_code")]
)
def test_what_is_not_known_makes_no_group_and_says_so(kind: str, column: str) -> None:
    group = find_group(kind, "T1", table(**{column: ["", ""]}))  # type: ignore[arg-type]
    assert not group.codes
    assert "not known" in group.note


def test_size_is_the_quarter_by_beds() -> None:
    """Of 100, 200 ... 800 the quarters end at 275, 450 and 625."""
    known = table(beds=[100.0 * n for n in range(1, 9)])
    assert sorted(find_group("size", "T1", known).codes) == ["T1", "T2"]
    assert sorted(find_group("size", "T6", known).codes) == ["T5", "T6"]
    assert "second largest quarter" in find_group("size", "T6", known).label
    assert "not known" in find_group("size", "T1", table(beds=[float("nan"), 5.0])).note


def test_chosen_peers_and_the_trust_itself() -> None:
    known = table(beds=[1.0, 2.0, 3.0])
    assert find_group("chosen", "T1", known, chosen=["T3"]).codes == {"T1", "T3"}
    assert find_group("chosen", "T1", known, chosen=["T1"]).note == "no other trust was chosen"
    with pytest.raises(UsageError) as refused:
        find_group("chosen", "T1", known, chosen=["T33", "X"])
    assert len(refused.value.problems) == 2
    assert "T3" in str(refused.value.problems[0])


def test_a_merged_trust_has_the_type_that_its_parts_share(peers: MakePeers) -> None:
    trusts = [
        Trust("NEW", peer_group=None), Trust("A", successor="NEW"), Trust("B", successor="NEW"),
        Trust("MIX", peer_group=None), Trust("C", successor="MIX"),
        Trust("D", peer_group="Acute - small", successor="MIX"),
    ]  # fmt: skip
    found = peer_organisations(peers(Figure("NEW", 1, 2), trusts=trusts).mart)
    assert found["peer_group"].to_dict() == {"MIX": "", "NEW": "Acute - large"}
    assert found["region_name"].to_dict() == {"MIX": "North", "NEW": "North"}
    assert found["icb_name"]["NEW"] == "Synthetic North ICB"


def test_beds_are_the_latest_available(peers: MakePeers) -> None:
    beds = [
        Figure("T1", 80, 100, date(2026, 1, 1), "bed_occupancy"),
        Figure("T1", 80, 120, date(2026, 2, 1), "bed_occupancy"),
    ]
    assert peer_organisations(peers(*beds).mart)["beds"]["T1"] == 120


@pytest.mark.parametrize(
    ("group", "label"),
    [
        ("Acute - teaching", "acute teaching trusts"),
        ("Acute - medium", "medium-sized acute trusts"),
        ("Acute specialist", "acute specialist trusts"),
        ("Other", "acute trusts of the type “Other”"),
    ],
)
def test_a_type_is_named_as_prose_has_it(group: str, label: str) -> None:
    assert find_group("type", "T1", table(peer_group=[group] * 2)).label == label

"""Units of an organisation, and which lies below which."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.organisations.units import Unit, below, find_unit, units_of
from helpers.errors import DataError


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    rows = [("T1", "D1", "Surgery", None), ("T1", "S1", "Urology", "D1"), ("T2", "D1", "Elsewhere", None)]
    columns = ["org_code", "unit_code", "name", "parent_unit"]
    mart = Mart(tmp_path / "mart")
    with mart.load(source="units", layout="l", policy="published", synthetic=True) as load:
        load.write("units", pd.DataFrame(rows, columns=columns))
    return mart.at(mart.version)


def test_units_are_those_of_one_organisation_with_their_parents(mart: Mart) -> None:
    assert units_of(mart, "T1") == {"D1": Unit("D1", "Surgery", ""), "S1": Unit("S1", "Urology", "D1")}
    assert units_of(mart, "T9") == {}


def test_those_right_below_are_told_from_those_further_down(mart: Mart) -> None:
    units = units_of(mart, "T1")
    assert [unit.name for unit in below(units, "")] == ["Surgery"]
    assert [unit.name for unit in below(units, "D1")] == ["Urology"]


def test_an_unknown_unit_is_refused_with_what_there_is(mart: Mart) -> None:
    with pytest.raises(DataError, match="unit of T1: S2 is not in the mart"):
        find_unit(units_of(mart, "T1"), "T1", "S2")
    with pytest.raises(DataError, match="no unit of it is loaded"):
        find_unit({}, "T9", "S2")

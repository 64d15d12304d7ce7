"""Names of organisations and specialties, and what became of them."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.organisations.directory import (
    find_organisation,
    find_specialty,
    organisations,
    specialty_names,
)
from helpers.errors import DataError


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("names"))
    rows = [
        ("SYA", "Synthetic Old Name", "1990-01-01", None, "large"),
        ("SYA", "Synthetic Northmoor", "2020-04-01", None, "large"),
        ("SYB", "Synthetic Southmoor", None, "SYA", None),
        ("SYC", "Synthetic Westmoor", None, "SYB", None),
        ("SYD", "Synthetic Eastmoor", None, None, None),
    ]
    columns = ["org_code", "name", "valid_from", "successor", "peer_group"]
    frame = pd.DataFrame(rows, columns=columns).assign(kind="trust", region="North")
    frame["valid_from"] = pd.to_datetime(frame["valid_from"])
    names = [
        ("treatment", "100", "General Surgery Service"),
        ("treatment", "180", "Emergency Medicine"),
        ("main", "999", "Another scheme"),
    ]
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", frame)
        load.write("specialties", pd.DataFrame(names, columns=["scheme", "specialty_code", "name"]))
    return mart.at(mart.version)


def test_an_organisation_has_its_latest_name_and_all_that_merged_into_it(mart: Mart) -> None:
    found = find_organisation(mart, "SYA")
    assert (found.name, found.kind, found.peer_group) == ("Synthetic Northmoor", "trust", "large")
    assert found.predecessors == ("SYB", "SYC")


def test_missing_entries_are_empty_text(mart: Mart) -> None:
    found = find_organisation(mart, "SYD")
    assert (found.peer_group, found.icb_code, found.predecessors) == ("", "", ())


def test_only_organisations_that_still_stand_are_listed(mart: Mart) -> None:
    assert organisations(mart).index.tolist() == ["SYA", "SYD"]


@pytest.mark.parametrize(
    ("code", "cure"),
    [("SYC", "use SYA, which it became part of"), ("sya", "SYA"), ("XXX", "")],
)
def test_an_organisation_that_is_not_there_is_refused_with_a_cure(mart: Mart, code: str, cure: str) -> None:
    with pytest.raises(DataError, match=f"{code} is not in the mart") as caught:
        find_organisation(mart, code)
    assert cure in caught.value.problems[0].cure


def test_specialties_are_those_of_the_treatment_scheme_without_the_word_service(mart: Mart) -> None:
    assert specialty_names(mart) == {"100": "General Surgery", "180": "Emergency Medicine"}
    assert find_specialty(mart, "100") == "General Surgery"


def test_an_unknown_specialty_names_all_that_are_known(mart: Mart) -> None:
    with pytest.raises(DataError, match=r"'999' is not in the mart.*100 General Surgery, 180 Emergency"):
        find_specialty(mart, "999")

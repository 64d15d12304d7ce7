"""A contract's plan and activity: long as the layout has it, wide by a mapping, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.data.mart.published import PublishedMart
from helpers.data.series.contract import contract_lines, latest_contract_month
from helpers.errors import UsageError
from helpers.register import Register, read_register

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "contracts.md"


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="codes", layout="test", policy="published") as load:
        load.write("organisations", pd.DataFrame({"org_code": ["RX1"], "name": "N", "kind": "trust"}))
        names = {"scheme": "treatment", "specialty_code": ["110"], "name": "Trauma and Orthopaedic Service"}
        load.write("specialties", pd.DataFrame(names))
    return mart


def load(mart: Mart, folder: Path, text: str, mapping: str = "") -> LoadResult:
    (folder / "t.csv").write_text(text, "utf-8")
    (folder / "mappings").mkdir(exist_ok=True)
    if mapping:
        (folder / "mappings" / "plan.yml").write_text(mapping, "utf-8")
    register = read_register(folder) if mapping else Register()
    (result,) = load_paths(mart, [folder / "t.csv"], register)
    return result


def stored(mart: Mart) -> list[list[object]]:
    frame = contract_lines(mart, "RX1").drop(columns="line")
    return frame.astype(object).where(frame.notna(), None).values.tolist()


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"```(csv|yaml)\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)


def test_the_examples_of_the_page_load_as_they_stand(mart: Mart, tmp_path: Path) -> None:
    (_, long), (_, wide), (_, mapping), *_ = blocks()
    load(mart, tmp_path, long)
    orthopaedics = "Trauma and Orthopaedics", "Day case"
    assert stored(mart)[0] == [*orthopaedics, date(2026, 4, 1), 260, 1120, 214, 239680]
    assert latest_contract_month(mart, ["RX1"]) == date(2026, 5, 1)
    result = load(mart, tmp_path, wide, mapping)
    assert (result.layout, result.source) == ("plan", "contract_lines")
    # a later plan takes the place of the first; what was returned stays
    assert stored(mart)[0] == [*orthopaedics, date(2026, 4, 1), 250, 1120, 214, 239680]
    assert stored(mart)[1][2:4] == [date(2026, 5, 1), 252]


def test_the_register_of_the_page_reads_as_it_stands(tmp_path: Path) -> None:
    _, _, _, (_, payment), (_, contracts), (_, meetings) = blocks()
    (tmp_path / "payment").mkdir()
    (tmp_path / "payment" / "2026-27.yml").write_text(payment, "utf-8")
    (tmp_path / "contracts.yml").write_text(contracts, "utf-8")
    (tmp_path / "meetings.yml").write_text(meetings, "utf-8")
    register = read_register(tmp_path)
    scheme = register.payment["2026-27"]
    assert [scheme.element_of(word) for word in ("day case", "Non-elective")] == ["elective", "rest"]
    (contract,) = register.contracts_of("RX1", "2026-27").values()
    assert contract.measures == (
        "rtt_18_weeks",
        "friends_and_family",
        "complaints",
        "no_criteria_to_reside",
    )
    assert len(register.meetings_of(contract.id)) == 1
    assert {"2025-26", "2026-27"} <= set(register.payment)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("elements: {a: {name: A, source: s}}", "neither fixed nor bands"),
        (
            "elements: {a: {name: A, source: s, bands: [{rate: 1}, {rate: 2, up_to: 1}]}}",
            "only the last may be open",
        ),
        (
            "elements: {a: {name: A, source: s, fixed: 1}, b: {name: B, source: s, fixed: 1}}",
            "in several elements: a, b",
        ),
    ],
)
def test_rules_of_payment_that_do_not_hold_together_are_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "payment").mkdir()
    (tmp_path / "payment" / "2027-28.yml").write_text(f"name: N\nsource: S\n{text}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_register(tmp_path)
    assert said in str(caught.value)
    assert "payment/2027-28.yml" in str(caught.value)


def test_its_figures_are_counts_of_patients_treatment_and_no_published_ones(
    mart: Mart, tmp_path: Path
) -> None:
    load(mart, tmp_path, blocks()[0][1])
    (source,) = [each for each in mart.sources() if each.dataset == "contract_lines/contract_lines"]
    assert source.origin == "records"
    assert len(PublishedMart(mart.path, mart.version).query("SELECT * FROM contract_lines")) == 0


HEAD = "org_code,specialty,point_of_delivery,period,planned_activity,planned_price,actual_activity,actual_value\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("RX1,110,Day case,2026-04,,,,\n", "a figure"),
        ("RX1,110,Day case,2026-04,10,,,\n", "a price beside the planned_activity"),
        ("RX1,110,Day case,2026-04,,,2.5,9\n", "a whole number"),
        ("RX1,110,Day case,2026-04,,,-2,9\n", "0 or more"),
        ("RX1,,Day case,2026-04,,,2,9\n", "a word in every row"),
        ("RX9,110,Day case,2026-04,,,2,9\n", "a code of an organisation that the mart knows"),
        ("RX1,110,Day case,spring,,,2,9\n", "April 2026"),
        ("RX1,110,Day case,2026-04,,,2,9\nRX1,110,Day case,Apr-26,,,3,9\n", "one row for each specialty"),
    ],
)
def test_mistakes_are_named_with_their_row(mart: Mart, tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(LoadError) as caught:
        load(mart, tmp_path, HEAD + row)
    assert said in str(caught.value)
    assert "row 2" in str(caught.value) or "row 3" in str(caught.value)


def test_a_credit_may_be_below_nought(mart: Mart, tmp_path: Path) -> None:
    load(mart, tmp_path, HEAD + "RX1,110,Day case,2026-04,,,0,-120.50\n")
    assert stored(mart)[0][-1] == -120.5


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            "columns: {org_code: A, specialty: B, period: C, planned_activity: D}",
            "point_of_delivery is said 0 times",
        ),
        (
            "columns: {org_code: A, specialty: B, point_of_delivery: E, period: C, measure: F}",
            "a table is of measures, or of a contract's lines",
        ),
        (
            "columns: {org_code: A, specialty: B, point_of_delivery: E, period: C, planned_price: F}",
            "planned_activity or actual_activity or actual_value, once",
        ),
    ],
)
def test_a_mapping_says_all_of_a_contract(tmp_path: Path, mapping: str, said: str) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "plan.yml").write_text(f"title: T\n{mapping}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_register(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "contracts",
            "c: {organisation: RX1, name: N, commissioner: C, year: 2025-26, terms: {electiv: "
            "{name: E, fixed: 1, source: s}}}",
            "element 'electiv' is not in the register",
        ),
        (
            "contracts",
            "c: {organisation: RX1, name: N, commissioner: C, year: 2025-26, experience: [friends]}",
            "measure 'friends' is not in the register",
        ),
        ("meetings", "- {contract: x, day: 2026-05-01}", "contract 'x' is not in the register"),
        (
            "meetings",
            "- {contract: x, day: 2026-05-01, items: [{issue: I, action: A, due: 2026-06-01}]}",
            "an action needs its owner",
        ),
        (
            "meetings",
            "- {contract: x, day: 2026-05-01, items: [{issue: I, action: A, owner: O, due: 2026-04-01}]}",
            "2026-04-01 is before 2026-05-01",
        ),
    ],
)
def test_names_that_nothing_is_called_are_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / f"{name}.yml").write_text(f"{text}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_register(tmp_path)
    assert said in str(caught.value)

"""Two sources that say something else of one thing are told, figure by figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.data.checking.agreement import disagreements, told
from helpers.data.checking.quality import check_data
from helpers.data.mart import Mart
from helpers.register import read_register

ROOT = Path(__file__).parents[2]
MEASURE = "ae_attendances"


def hand_in(
    mart: Mart, source: str, figures: dict[tuple[str, str], float], *, measure: str = MEASURE
) -> None:
    """Load monthly counts by organisation and month."""
    frame = pd.DataFrame(
        [
            {"org_code": code, "period": pd.Timestamp(f"{month}-01"), "numerator": figure, "value": figure}
            for (code, month), figure in figures.items()
        ]
    ).assign(
        measure=measure,
        period_type="month",
        basis="provider",
        status="actual",
        origin="published",
        suppressed=False,
    )
    organisations = pd.DataFrame({"org_code": ["RAL", "RAP"], "name": "Some Trust", "kind": "trust"})
    with mart.load(source=source, layout="l", policy="published") as load:
        load.write("organisations", organisations.assign(successor=["", "RAL"]).replace("", None))
        load.write("measure_values", frame.astype({"numerator": float, "value": float}))


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    """Return a mart in which a table has merged two trusts for a month that the publication gives apart."""
    mart = Mart(tmp_path)
    months = {f"2025-0{n}": 40_000.0 + n for n in range(1, 7)}
    hand_in(mart, "table", {("RAL", month): figure for month, figure in months.items()})
    apart = {("RAL", month): figure - 100 for month, figure in months.items() if month < "2025-05"}
    apart |= {("RAP", month): 100.0 for month in months if month < "2025-05" and month != "2025-02"}
    hand_in(mart, "publication", apart)
    hand_in(mart, "table_2", {("RAL", "2025-01"): 5.0}, measure="rtt_list_size")
    return mart.at(mart.version)


def test_each_figure_on_which_sources_disagree_is_named(mart: Mart) -> None:
    # in February the publication lacks the half that was merged later
    (found,) = disagreements(mart)
    assert (found.organisation, f"{found.period:%Y-%m}", found.published) == ("RAL", "2025-02", True)
    assert {found.used.source: found.used.numerator, found.other.source: found.other.numerator} == {
        "table": 40_002, "publication": 39_902,
    }  # fmt: skip


def test_only_the_measures_and_the_organisation_asked_for(mart: Mart) -> None:
    assert disagreements(mart, {"rtt_list_size"}) == []
    assert disagreements(mart, organisation="RAA") == []
    assert len(disagreements(mart, {MEASURE}, organisation="RAL")) == 1


def test_the_check_names_each(mart: Mart) -> None:
    register = read_register(ROOT / "params" / "_register")
    (finding,) = [found for found in check_data(mart, register) if found.each]
    assert finding.measure == MEASURE
    assert finding.organisations == ("RAL",)
    assert finding.each == tuple(map(told, disagreements(mart)))
    assert finding.each[0] in finding.message


@pytest.mark.parametrize(
    ("category", "breakdown", "larger"),
    [(41.0, "department", 1), (39.0, "department", 0), (41.0, "sector", 0)],
)
def test_a_part_larger_than_its_whole_is_found(
    tmp_path: Path, category: float, breakdown: str, larger: int
) -> None:
    """Sectors of beds stand beside those of general and acute patients, and are no parts of these."""
    mart = Mart(tmp_path)
    row = {
        "measure": MEASURE,
        "org_code": "RAL",
        "period": pd.Timestamp("2025-01-01"),
        "period_type": "month",
    }
    frame = pd.DataFrame(
        [
            {**row, "numerator": 40.0, "breakdown": None, "category": None},
            {**row, "numerator": category, "breakdown": breakdown, "category": "type 1"},
        ]
    ).assign(basis="provider", status="actual", origin="published", suppressed=False)
    with mart.load(source="s", layout="l", policy="published") as load:
        load.write("measure_values", frame.assign(value=frame["numerator"]))
    found = check_data(mart, read_register(ROOT / "params" / "_register"))
    assert sum("larger than its whole" in finding.message for finding in found) == larger

"""What cannot be right is refused, what a careful person would ask about is told, and good files are quiet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.checking.oddities import find_oddities, remarks_of
from helpers.data.checking.quality import QualityFinding, check_data
from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.loading.plausible import remarks
from helpers.data.mart import Mart
from helpers.data.sources import all_layouts
from helpers.data.sources.layout import Layout, Reading
from helpers.register import read_register

REGISTER = read_register(Path(__file__).parents[2] / "params" / "_register")
TODAY = date(2026, 11, 29)
MONTHS = [f"2025-{month:02}" for month in range(4, 13)]
LAYOUTS = {layout.name: layout for layout in all_layouts()}


def own(tmp_path: Path, rows: list[str], columns: str = "measure,org_code,period,value") -> Path:
    path = tmp_path / "own.csv"
    path.write_text("\n".join([columns, *rows]) + "\n")
    return path


def load(tmp_path: Path, path: Path, today: date = TODAY) -> LoadResult:
    (result,) = load_paths(Mart(tmp_path / "mart"), [path], REGISTER, today=today)
    return result


def check(tmp_path: Path) -> list[QualityFinding]:
    found = check_data(Mart(tmp_path / "mart"), REGISTER, today=TODAY)
    return [
        finding
        for finding in found
        if finding.aspect == "validity" and "load the org" not in finding.message
    ]


def values(measure: str, numbers: list[float]) -> list[str]:
    return [f"{measure},RAE,{month},{number}" for month, number in zip(MONTHS, numbers, strict=False)]


GOOD = [88.4, 89.1, 90.2, 87.9, 91.0, 92.5, 90.8, 89.9, 91.7]


def test_good_files_are_loaded_without_a_word(tmp_path: Path) -> None:
    result = load(tmp_path, own(tmp_path, values("appraisals_done", GOOD)))
    assert result.outcome == "loaded"
    assert [line for line in result.remarks if "not checked" not in line] == []
    assert check(tmp_path) == []


def test_a_month_of_the_future_is_refused_by_its_row(tmp_path: Path) -> None:
    path = own(tmp_path, [*values("appraisals_done", GOOD), "appraisals_done,RAE,2062-04,90"])
    with pytest.raises(LoadError) as raised:
        load(tmp_path, path)
    told = str(raised.value)
    assert "appraisals_done, RAE, April 2062: lies in the future" in told
    assert "periods that have begun by 29 November 2026" in told
    assert "--as-of" in told
    assert not Mart(tmp_path / "mart").version


def test_a_day_of_the_future_may_be_named_and_is_still_found_by_the_check(tmp_path: Path) -> None:
    path = own(tmp_path, [*values("appraisals_done", GOOD), "appraisals_done,RAE,2027-04,90"])
    assert load(tmp_path, path, today=date(2027, 5, 1)).outcome == "loaded"
    (found,) = check(tmp_path)
    assert (found.severity, found.measure) == ("high", "appraisals_done")
    assert found.message.startswith("figures of the future")


def test_a_month_that_is_not_over_is_told(tmp_path: Path) -> None:
    path = own(tmp_path, values("appraisals_done", GOOD))
    assert any(
        "December 2025 is not over" in line for line in load(tmp_path, path, date(2025, 12, 3)).remarks
    )


@pytest.mark.parametrize("value", [884, -3])
def test_a_share_beyond_the_whole_is_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(LoadError, match="share"):
        load(tmp_path, own(tmp_path, values("dna_rate", [*GOOD[:3], value])))


ODD = {
    "fractions alone": (values("appraisals_done", [x / 100 for x in GOOD]), "fractions given as per cent?"),
    "a fraction beside per cent": (
        values("appraisals_done", [*GOOD[:7], 0.921, 0.904]),
        "0.921 % in November 2025, 90.8 % before it: a fraction beside per cent?",
    ),
    "twenty times its neighbours": (
        values("cost_per_spell", [2400, 2410, 2390, 50_500, 2420, 2405]),
        "cost_per_spell, RAE: 50,500 in July 2025, 2,390 beside it",
    ),
    "a twentieth of its neighbours": (
        values("cost_per_spell", [2400, 2410, 2390, 24, 2420, 2405]),
        "cost_per_spell, RAE: 24 in July 2025, 2,390 beside it",
    ),
    "the latest value": (values("cost_per_spell", [2400, 2410, 2390, 24]), "24 in July 2025, 2,390"),
}


@pytest.mark.parametrize(("rows", "words"), ODD.values(), ids=ODD)
def test_figures_out_of_place_are_told_at_load_and_by_the_check(
    tmp_path: Path, rows: list[str], words: str
) -> None:
    told = load(tmp_path, own(tmp_path, rows)).remarks
    assert sum(words in line for line in told) == 1
    assert len([line for line in told if "RAE" in line]) == 1
    assert words.split(", RAE: ")[-1] in " ".join(finding.message for finding in check(tmp_path))


def test_small_counts_jump_without_a_word(tmp_path: Path) -> None:
    rows = [
        f"dna_rate,RAE,{month},{n},1000" for month, n in zip(MONTHS, [1, 2, 60, 1, 99, 2], strict=False)
    ]
    result = load(tmp_path, own(tmp_path, rows, "measure,org_code,period,numerator,denominator"))
    assert not any("RAE" in line for line in result.remarks)


def test_targets_of_another_scale_are_told(tmp_path: Path) -> None:
    rows = [f"{row},0.9" for row in values("appraisals_done", GOOD)]
    result = load(tmp_path, own(tmp_path, rows, "measure,org_code,period,value,target"))
    assert any("no value is above 92.5 where the target is 0.9: of one scale?" in x for x in result.remarks)


def test_values_without_the_denominator_that_others_have_are_told(tmp_path: Path) -> None:
    rows = [f"appraisals_done,RAE,{month},450,500," for month in MONTHS[:5]]
    rows += [f"appraisals_done,RAE,{month},,,90" for month in MONTHS[5:]]
    result = load(tmp_path, own(tmp_path, rows, "measure,org_code,period,numerator,denominator,value"))
    assert "appraisals_done, RAE: 4 rows have no denominator, 5 have one" in result.remarks


def test_a_step_is_found_against_the_months_of_an_earlier_file(tmp_path: Path) -> None:
    load(tmp_path, own(tmp_path, values("appraisals_done", GOOD)[:8]))
    result = load(tmp_path, own(tmp_path, values("appraisals_done", [*GOOD[:8], 0.917])[8:]))
    assert any("0.917 % in December 2025, 89.9 % beside it" in line for line in result.remarks)


def test_a_month_of_fewer_organisations_than_the_months_beside_it_is_told(tmp_path: Path) -> None:
    every = [f"dna_rate,R{n:02},{month},50,1000" for n in range(40) for month in MONTHS]
    cut = [row for row in every if not ("2025-07" in row and row[9:12] > "R30")]
    result = load(tmp_path, own(tmp_path, cut, "measure,org_code,period,numerator,denominator"))
    (line,) = (line for line in result.remarks if "organisations in" in line)
    assert line.startswith("dna_rate: 31 organisations in July 2025, 40 in the periods beside it")


def test_missing_months_of_own_figures_are_named(tmp_path: Path) -> None:
    rows = [
        row for row in values("appraisals_done", GOOD) if not row[20:].startswith(("2025-07", "2025-08"))
    ]
    assert len(rows) == len(GOOD) - 2
    words = "2 months missing between June 2025 and September 2025"
    assert load(tmp_path, own(tmp_path, rows)).remarks[-1] == f"appraisals_done, RAE: {words}"
    found = check_data(Mart(tmp_path / "mart"), REGISTER, today=TODAY)
    assert f"RAE: {words}" in [f.message for f in found if f.aspect == "completeness"]


# --- totals -------------------------------------------------------------------------------------------


def counts(org: str, number: float) -> dict[str, object]:
    return {
        "measure": "elective_admissions", "org_code": org, "period": pd.Timestamp(2025, 4, 1),
        "period_type": "month", "numerator": number, "denominator": None, "value": number, "status": "actual",
    }  # fmt: skip


def told_of(rows: list[dict[str, object]], totals: pd.DataFrame | None = None) -> tuple[str, ...]:
    layout: Layout = LAYOUTS["activity_return"]
    reading = Reading({"measure_values": pd.DataFrame(rows)}, len(rows), totals=totals)
    return remarks(layout, reading, TODAY)


def test_rows_that_add_up_to_their_total_are_quiet() -> None:
    assert told_of([counts("ENG", 90), counts("RAE", 40), counts("RCB", 50)]) == ()


def test_rows_that_do_not_add_up_are_told_with_both_sums() -> None:
    (told,) = told_of([counts("ENG", 90), counts("RAE", 40)])
    assert "elective_admissions April 2025 90, its rows 40" in told


def test_a_file_without_its_total_row_is_told() -> None:
    (told,) = told_of([counts("RAE", 40), counts("RCB", 50)])
    assert told.startswith("the total row of April 2025 is missing")


def test_layouts_with_a_total_are_known() -> None:
    assert {name for name, layout in LAYOUTS.items() if layout.has_total} >= {"ae_monthly", "kh03"}


# --- records ------------------------------------------------------------------------------------------


def spells(discharged_in_may: int) -> pd.DataFrame:
    months = [*(["2025-04", "2025-05", "2025-06"] * 40)]
    frame = pd.DataFrame({"org_code": "RAE", "admitted": pd.to_datetime([f"{m}-03" for m in months])})
    frame["discharged"] = frame["admitted"] + pd.Timedelta(days=4)
    in_may = frame.index[frame["admitted"].dt.month == 5]
    frame.loc[in_may[discharged_in_may:], "discharged"] = pd.NaT
    return frame.assign(
        los_days=4.0, admission_method="emergency", patient_class="ordinary", age_band="40-49", died=False
    )


@pytest.mark.parametrize(("discharged", "told"), [(19, ["RAE"]), (20, [])])
def test_months_with_half_as_many_discharges_as_admissions_are_told(
    tmp_path: Path, discharged: int, told: list[str]
) -> None:
    mart = Mart(tmp_path)
    with mart.load(source="stays", layout="l", policy="hes_record_level") as under_way:
        under_way.write("spells", spells(discharged))
    found = find_oddities(mart, REGISTER, {under_way.id})
    assert [oddity.organisation for oddity in found] == told
    words = "fewer than half as many discharges as admissions in 1 month, the first May 2025: are stays missing?"
    assert remarks_of(found) == tuple(f"{code}: {words}" for code in told)

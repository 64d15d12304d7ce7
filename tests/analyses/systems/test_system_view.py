"""A system as one: sums worked out by hand, gaps, mergers, boards that were joined, reasons, models, words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from plain_english import text_problems

from helpers.analyses.systems.analysis import SystemView, system_view
from helpers.analyses.systems.findings import who_could_act
from helpers.analyses.systems.words import answer_sentence
from helpers.data.disclosure import disclosure_problems
from helpers.data.disclosure.checks import effective_origin
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import DataError, UsageError
from helpers.register.models import Comment
from helpers.report.opening import latest_month
from helpers.report.parts import Part
from helpers.report.period import Period
from helpers.report.report import Report

ROOT = Path(__file__).parents[3]
FIRST, LAST = pd.Timestamp(2025, 5, 1), pd.Timestamp(2026, 4, 1)
MONTHS = pd.date_range(FIRST, LAST, freq="MS")
APRIL = Period(LAST.date(), LAST.date())
#: T0 became part of T1; board Q0 became part of Q1; Q8 was divided, and its trust is listed under Q9 since
PLACES = [
    ("Q1", "Synthetic North ICB", "icb", "", None),
    ("Q0", "Synthetic Old ICB", "icb", "", "Q1"),
    ("Q8", "Synthetic Divided ICB", "icb", "", None),
    ("Q9", "Synthetic New ICB", "icb", "", None),
    ("Y1", "NORTH COMMISSIONING REGION", "region", "", None),
    ("T1", "Synthetic Alder", "trust", "Q1", None),
    ("T0", "Synthetic Before", "trust", "Q1", "T1"),
    ("T2", "Synthetic Birch", "trust", "Q0", None),
    ("T3", "Synthetic Cedar", "trust", "Q9", None),
]
Row = dict[str, Any]


def figures(
    measure: str,
    code: str,
    numerator: float | None,
    denominator: float | None = None,
    **told: Any,
) -> list[Row]:
    """Return a figure for every month, or for those named by `months`."""
    months = told.pop("months", MONTHS)
    value = None if numerator is None else numerator / denominator if denominator else numerator
    row = {
        "measure": measure, "org_code": code, "period_type": "month", "basis": "provider",
        "numerator": numerator, "denominator": denominator, "value": value, "status": "actual",
        "suppressed": numerator is None, "origin": "published", "breakdown": None, "category": None,
    }  # fmt: skip
    return [{**row, "period": month, **told} for month in months]


USUAL = [
    *figures("ae_four_hours", "T1", 700, 1000),
    *figures("ae_four_hours", "T2", 100, 200),
    *figures("emergency_admissions", "T1", 300),
    *figures("emergency_admissions", "T2", 100),
    *figures("bed_occupancy", "T1", 90, 100),
    *figures("bed_occupancy", "T2", 30, 40),
    *figures("no_criteria_to_reside", "T1", 18, 90),
    *figures("no_criteria_to_reside", "T2", 6, 30),
]


def view(
    folder: Path,
    rows: list[Row],
    system: str = "Q1",
    places: Any = PLACES,
    more: Mapping[str, list[Row]] | None = None,
) -> SystemView:
    """Return the view of a system from these figures, and from more of other publications."""
    mart = Mart(folder / "mart")
    names = ["org_code", "name", "kind", "icb_code", "successor"]
    listed = pd.DataFrame([dict(zip(names, each, strict=True)) for each in places]).assign(region="Y1")
    listed["icb_code"] = listed["icb_code"].replace("", None)
    older = listed[listed["org_code"] == "T3"].assign(icb_code="Q8")
    for source, frame in (("a_list_of_before", older), ("codes", listed)):
        with mart.load(source=source, layout="l", policy="published", synthetic=True) as load:
            load.write("organisations", frame)
    for source, told in {"returns": rows, **(more or {})}.items():
        with mart.load(source=source, layout="l", policy="published", synthetic=True) as load:
            load.write("measure_values", pd.DataFrame(told))
    (folder / "params").mkdir(exist_ok=True)
    link = folder / "params" / "_register"
    if not link.exists():
        link.symlink_to(ROOT / "params" / "_register")
    mart = mart.at(mart.version)
    report = Report("System view", folder, mart, find_organisation(mart, system), APRIL)
    return system_view(report)


def parts_of(found: SystemView) -> list[Part]:
    names = "headline steps charts beds way_out models organisations population gaps method"
    return [getattr(found, name) for name in names.split()]


def latest(found: SystemView, measure: str) -> tuple[date, float]:
    result = found.known.results[measure].latest
    assert result is not None
    return result.day, result.value


def test_a_share_is_the_sum_over_the_sum_and_not_the_mean_of_shares(tmp_path: Path) -> None:
    found = view(tmp_path, USUAL)
    assert latest(found, "ae_four_hours")[1] == pytest.approx(100 * 800 / 1200)
    assert latest(found, "emergency_admissions") == (LAST.date(), 400.0)
    assert found.known.results["ae_four_hours"].organisation == "Q1"


def test_a_missing_month_makes_a_gap_and_a_count_a_bound(tmp_path: Path) -> None:
    rows = [each for each in USUAL if not (each["org_code"] == "T2" and each["period"] == LAST)]
    found = view(tmp_path, rows)
    assert latest(found, "emergency_admissions")[0] == date(2026, 3, 1)
    assert found.known.sums["emergency_admissions"].later_bound == (LAST.date(), 300.0)
    table = found.steps.frame.set_index("id")["latest"]
    assert "at least 300 in Apr 2026" in table["emergency_admissions"]
    assert "at least" not in table["ae_four_hours"]
    assert any("Synthetic Birch" in each and "at least" in each for each in found.gaps.words.values())


def test_a_hidden_figure_makes_the_sum_unknown(tmp_path: Path) -> None:
    rows = [
        *figures("ae_four_hours", "T1", 700, 1000),
        *figures("ae_four_hours", "T2", None, 200, months=[LAST]),
    ]
    rows += figures("ae_four_hours", "T2", 100, 200, months=MONTHS[:-1])
    assert latest(view(tmp_path, rows), "ae_four_hours")[0] == date(2026, 3, 1)


def test_a_small_trust_that_misses_months_stays_out_of_all_of_them_and_is_named(tmp_path: Path) -> None:
    rows = [*USUAL, *figures("emergency_admissions", "T9", 4, months=MONTHS[:3])]
    places = [*PLACES, ("T9", "Synthetic Yew", "trust", "Q1", None)]
    found = view(tmp_path, rows, places=places).known.sums["emergency_admissions"]
    assert found.trusts == ("T1", "T2")
    assert found.left_out == {"T9": pytest.approx(4 / 404)}
    assert set(found.rows["numerator"]) == {400.0}


def test_a_merged_history_counts_once_and_a_joined_board_holds_its_trusts(tmp_path: Path) -> None:
    rows = figures("emergency_admissions", "T1", 200, months=MONTHS[:6])
    rows += figures("emergency_admissions", "T0", 100, months=MONTHS[:6])
    rows += figures("emergency_admissions", "T1", 300, months=MONTHS[6:])
    rows += figures("emergency_admissions", "T2", 50)  # of Q0, which became part of Q1
    found = view(tmp_path, rows)
    assert list(found.known.system.trusts) == ["T1", "T2"]
    assert set(found.known.sums["emergency_admissions"].rows["numerator"]) == {350.0}
    assert len(found.known.sums["emergency_admissions"].rows) == len(MONTHS)


def test_a_trust_belongs_where_it_is_listed_not_where_one_that_it_took_over_was(tmp_path: Path) -> None:
    places = [*PLACES, ("T7", "Synthetic Elder", "trust", "Q1", "T3")]
    rows = [*USUAL, *figures("emergency_admissions", "T3", 70)]
    assert list(view(tmp_path, rows, places=places).known.system.trusts) == ["T1", "T2"]


def test_a_board_that_was_divided_keeps_the_trusts_last_listed_under_it(tmp_path: Path) -> None:
    rows = figures("emergency_admissions", "T3", 70)
    old = view(tmp_path, rows, "Q8")
    assert (list(old.known.system.trusts), old.known.system.former) == (["T3"], True)
    assert "no longer stands" in old.method.words["former"]
    new = view(tmp_path, rows, "Q9")
    assert (list(new.known.system.trusts), new.known.system.former) == (["T3"], False)


def test_a_region_holds_the_trusts_of_all_its_boards(tmp_path: Path) -> None:
    found = view(tmp_path, [*USUAL, *figures("emergency_admissions", "T3", 70)], "Y1")
    assert latest(found, "emergency_admissions")[1] == 470.0


def test_a_trust_is_no_system(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="T1: is a trust; allowed: an integrated care board or a region"):
        view(tmp_path, USUAL, "T1")


def test_a_commissioners_figure_is_beside_the_sum_and_never_in_it(tmp_path: Path) -> None:
    rows = [
        *figures("rtt_list_size", "T1", 500),
        *figures("rtt_list_size", "Q1", 900, basis="commissioner"),
    ]
    found = view(tmp_path, rows)
    assert latest(found, "rtt_list_size")[1] == 500.0
    (row,) = found.population.rows
    assert row[1:3] == ("500\nApr 2026", "900\nApr 2026")


def test_a_region_has_no_people_of_its_own(tmp_path: Path) -> None:
    rows = [*figures("rtt_list_size", "T1", 500), *figures("rtt_list_size", "Y1", 3, basis="commissioner")]
    assert view(tmp_path, rows, "Y1").population.rows == ()


def test_figures_from_records_are_not_added_up(tmp_path: Path) -> None:
    rows = [*USUAL, *figures("sickness_absence", "T1", 5, 100, origin="records")]
    assert "sickness_absence" not in view(tmp_path, rows).known.sums


@pytest.mark.parametrize("system", ["SYI02", "SYR1"])
def test_the_demo_shows_published_figures_as_such_beside_records(demo_measures: Mart, system: str) -> None:
    """Records of the same table are none of what is shown, so nothing is hidden and the gate has no objection."""
    last = latest_month(demo_measures, "measure_values", find_organisation(demo_measures, system))
    report = Report(
        "System view", ROOT, demo_measures, find_organisation(demo_measures, system), Period(last, last)
    )
    found = system_view(report)
    bundles = [shown.bundle for each in parts_of(found) for shown in each.shown]
    assert "records" in {
        each.origin for each in demo_measures.sources() if "measure_values/" in each.dataset
    }
    assert disclosure_problems(bundles) == []
    assert {effective_origin(each) for each in bundles} == {"published"}
    assert (
        found.organisations.frame.iloc[-1]["emergency_admissions"]
        == latest(found, "emergency_admissions")[1]
    )


def test_the_table_says_over_how_many_trusts_its_sums_are(tmp_path: Path) -> None:
    assert "sums over its two trusts." in view(tmp_path / "all", USUAL).steps.caption
    alone = [*USUAL, *figures("cancer_62_day", "T1", 50, 100)]
    assert "sums over 1 to 2 of its 2 trusts." in view(tmp_path / "some", alone).steps.caption


def test_charts_stand_four_to_a_picture_in_full_rows_and_in_order(tmp_path: Path) -> None:
    names = ("rtt_18_weeks", "cancer_28_day_fds", "cancer_31_day", "cancer_62_day", "rtt_over_52_weeks")
    months = pd.date_range("2024-05-01", LAST, freq="MS")
    rows = [row for name in names for row in figures(name, "T1", 50, 100, months=months)]
    rows += figures("rtt_list_size", "T1", 1_500_000, months=months)
    rows += figures("emergency_admissions", "T1", 300, months=months)
    captions = [each.bundle.caption for each in view(tmp_path, rows).charts.shown]
    assert [each.partition(":")[0] for each in captions] == [
        "Demand and planned care",  # one and three
        "Cancer",
    ]


def test_reasons_of_another_publication_are_among_the_sources(tmp_path: Path) -> None:
    rows = [each for each in reasons("T1", {CARE: 4}) if each["breakdown"]]
    found = view(tmp_path, USUAL, more={"reasons": rows})
    sources = {each.dataset for each in found.way_out.made.sources}
    assert sources == {"measure_values/returns", "measure_values/reasons"}


def test_beds_are_admissions_times_stay(tmp_path: Path) -> None:
    """Beds 120, of which 24 held; 400 admissions in April's 30 days: 9 bed-days each, 1.8 of them waiting."""
    found = view(tmp_path, USUAL).known.pressure
    assert found is not None
    assert (found.occupied.value, found.waiting.value, found.available) == (120, 24, 140)
    assert found.share == pytest.approx(20)
    assert found.days.value == pytest.approx(120 * 30 / 400)
    assert found.days_waiting.value == pytest.approx(24 * 30 / 400)
    # February has 28 days, seven months have 31
    assert found.days.low == pytest.approx(120 * 28 / 400)
    assert found.days.high == pytest.approx(120 * 31 / 400)


def reasons(code: str, counts: dict[str, float]) -> list[Row]:
    rows = figures("delayed_patients", code, sum(counts.values()), months=[LAST])
    for reason, patients in counts.items():
        rows += figures(
            "delayed_patients", code, patients, breakdown="reason", category=reason, months=[LAST]
        )
    return rows


CARE = "Capacity – Residential/nursing home care not yet available (Pathway 3)"
REHAB = "Capacity – Bed-based rehabilitation, reablement or recovery services not yet available (Pathway 2)"
OWN = "Hospital process – Awaiting patient transport services"
BOTH = "Interface process – Residential/nursing home care arrangements still underway (Pathway 3)"


def test_reasons_are_told_by_who_could_act_with_bounds(tmp_path: Path) -> None:
    """24 could leave, 15 with a reason: 9 may wait for anything, so 5 + 2 outside is at least 7 and at most 16."""
    rows = [*USUAL, *reasons("T1", {CARE: 4, OWN: 5, BOTH: 3}), *reasons("T2", {CARE: 1, REHAB: 2})]
    found = view(tmp_path, rows)
    table = found.way_out.frame.set_index("who")
    assert table["patients"].to_dict() == {
        "The hospital itself": 5, "Hospital and partners together": 3, "Community health services": 2,
        "Social care and housing": 5,
    }  # fmt: skip
    assert table["most"]["Social care and housing"] == 5 + 9
    assert "at least 7 and at most 16 beds" in found.headline.words["outside"]


@pytest.mark.parametrize(
    ("reason", "who"),
    [
        (CARE, "social"), (REHAB, "community"), (OWN, "hospital"), (BOTH, "interface"),
        ("Capacity – Awaiting restart of existing social care arrangements (Pathway 0)", "social"),
        ("Capacity – Housing adaptations not yet completed (Pathway 1 or 3)", "social"),
        ("Care transfer hub process – Awaiting confirmation of funding eligibility", "interface"),
        ("Wellbeing concerns – Ongoing safeguarding concern", "patient"),
        ("Something else", "untold"),
    ],
)  # fmt: skip
def test_each_kind_of_reason_has_somebody_who_could_act(reason: str, who: str) -> None:
    assert who_could_act(reason) == who


def test_what_is_done_is_said_with_who_and_when_and_its_lack_too(tmp_path: Path) -> None:
    rows = [*USUAL, *figures("cancer_62_day", "T1", 50, 100)]
    found = view(tmp_path, rows)
    assert "not registered" in found.headline.words["answer"]
    told = Comment(
        measure="cancer_62_day", organisation="Q1", month="2026-04", author="Head of performance", why="One scanner.",
        next="One list from May.", owner="Director of coordination", recovery=date(2026, 9, 30),
    )  # fmt: skip
    results = [replace(each, comment=told) for each in found.known.results.values()]
    said = answer_sentence([each for each in results if each.measure.id == "cancer_62_day"])
    assert said == (
        "Cancer treatment within 62 days: One list from May. Director of coordination answers for it, to be back on "
        "course by 30 September 2026."
    )


def test_models_give_ranges_by_hand(tmp_path: Path) -> None:
    """A tenth of 24 beds is 2.4: a stay of 9 days, 60 to 90 % of it of emergencies, gives room for 8.9 to 13.3."""
    found = view(tmp_path, USUAL)
    table = found.models.frame
    assert table["low"].tolist() == [pytest.approx(2.4), pytest.approx(0.1 * 0.6 * 120)]
    assert table["high"].tolist() == [pytest.approx(2.4), pytest.approx(0.1 * 0.9 * 120)]
    assert table["room"][0] == f"{2.4 * 30 / 8.1:.0f} to {2.4 * 30 / 5.4:.0f}"
    assert table["occupancy"][0] == f"{100 * 117.6 / 140:.1f} to {100 * 117.6 / 140:.1f}"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        figures("emergency_admissions", "T1", 300, months=[LAST]),
        figures("ae_four_hours", "T1", 0, 0),
        [*figures("bed_occupancy", "T1", 90, 100), *figures("no_criteria_to_reside", "T2", 6, 30)],
        reasons("T1", {CARE: 0}),
    ],
    ids=["nothing", "one figure", "nobody came", "other trusts", "no patients"],
)
def test_a_poor_mart_gives_a_whole_report_that_claims_nothing(tmp_path: Path, rows: list[Row]) -> None:
    rows = rows or figures("shmi", "T1", 1, 1)
    found = view(tmp_path, rows)
    texts = [text for each in parts_of(found) for text in (*each.words.values(), each.note, each.caption)]
    assert [problem for text in texts for problem in text_problems(text.replace("\\", ""))] == []
    assert found.models.rows == ()
    assert "not known" in found.headline.words["pressure"]


BLAME = r"fault|blam|fail|poor|worst|best|underperform|because of|caus|culprit|league|rank|responsib"


def test_no_trust_is_blamed_and_none_is_ranked(tmp_path: Path) -> None:
    rows = [*USUAL, *reasons("T1", {CARE: 4, OWN: 5}), *figures("cancer_62_day", "T2", 10, 100)]
    found = view(tmp_path, rows)
    trusts = list(found.known.system.trusts.values())
    for each in parts_of(found):
        said = " ".join((*each.words.values(), each.note))
        if each.name != "gaps":  # who returned nothing is a fact about data
            assert not [name for name in trusts if name in said]
        plain = re.sub("name no cause", "", re.sub("for whom the board is responsible", "", said))
        assert not re.search(BLAME, plain, flags=re.IGNORECASE), said
    names = found.organisations.frame["trust"].tolist()
    assert names == [*sorted(trusts), "Sum"]


def test_options_that_cannot_be_are_refused_together(tmp_path: Path) -> None:
    report = view(tmp_path, USUAL).report
    with pytest.raises(UsageError) as refused:
        system_view(report, months=3, change=0)
    assert len(refused.value.problems) == 2

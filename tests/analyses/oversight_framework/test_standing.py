"""Where a trust stands by the oversight framework: by hand, at its edges, in words, and from invented figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plain_english import jargon_in, text_problems

from helpers.analyses import oversight
from helpers.analyses.oversight_framework import words
from helpers.analyses.oversight_framework.analysis import Oversight
from helpers.analyses.oversight_framework.standing import Standing
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.synthetic.oversight import oversight_frame
from helpers.errors import DataError, UsageError
from helpers.register import read_register
from helpers.report.period import Period
from helpers.report.report import Report

YEARS = read_register(Path("no such folder")).oversight
BEFORE, NOW, NEXT_YEAR = (pd.Timestamp(day) for day in ("2025-10-01", "2026-01-01", "2026-04-01"))
CANCER, EMERGENCY, FINANCE, PLAN = "OF1011", "OF1013", "OF1080", "OF1079"
AVERAGE, SEGMENT, ALONE, FLAG = "OF5002", "OF5000", "OF5003", "OF5004"
Figures = Mapping[str, float]


def rows(
    trusts: Mapping[str, Figures], day: pd.Timestamp = NOW, kind: str = "Acute trust", **columns: object
) -> pd.DataFrame:
    """Return the rows of some trusts in a quarter, as the mart has them."""
    told = [(code, metric, value) for code, figures in trusts.items() for metric, value in figures.items()]
    frame = pd.DataFrame(told, columns=["org_code", "metric", "value"])
    unit = np.where(frame["metric"].str.startswith("OF0"), "%", "score")
    empty: dict[str, object] = dict.fromkeys(("low", "middle", "high", "rank"), np.nan)
    return frame.assign(
        name=frame["metric"],
        domain="Access",
        unit=unit,
        reported="",
        period=day,
        trust_type=kind,
        **empty | columns,
    )


def summary(average: float, alone: int, *, deficit: int = 0) -> Figures:
    return {AVERAGE: average, ALONE: alone, SEGMENT: max(alone, 3) if deficit else alone, FLAG: deficit}


#: D: (4 + 2 + 1) / 3; its plan of finance counts within finance
FOUR: Mapping[str, Figures] = {
    "A": {CANCER: 1, EMERGENCY: 1, FINANCE: 1, PLAN: 4, "OF0011": 90, **summary(1.00, 1)},
    "B": {CANCER: 2, EMERGENCY: 2.5, FINANCE: 1, PLAN: 4, "OF0011": 80, **summary(1.83, 2)},
    "C": {CANCER: 3, EMERGENCY: 3, FINANCE: 1, PLAN: 4, "OF0011": 70, **summary(2.33, 3)},
    "D": {CANCER: 4, EMERGENCY: 2, FINANCE: 1, PLAN: 4, "OF0011": 60, **summary(2.33, 3)},
}


def standing(code: str, *frames: pd.DataFrame) -> Standing:
    return Standing(pd.concat(frames or [rows(FOUR)], ignore_index=True), code, YEARS)


def test_marks_and_what_they_take_off_by_hand() -> None:
    found = standing("D")
    by_id = found.metrics.set_index("id")
    # the worst of four by cancer: the mark is the score of the third; second by A&E: that of the first
    assert by_id["mark"].dropna().to_dict() == {CANCER: 3, EMERGENCY: 1}
    assert by_id["fall"].dropna().round(4).to_dict() == {CANCER: 0.3333, EMERGENCY: 0.3333}
    assert (by_id.loc[CANCER, "value"], by_id.loc[CANCER, "value_there"]) == ("60.00%", "70.00%")
    assert (by_id.loc[EMERGENCY, "value"], by_id.loc[EMERGENCY, "place"]) == ("", "2 of 4")
    assert found.mean == pytest.approx(7 / 3)
    assert found.agrees


def test_the_way_to_the_next_segment_by_hand() -> None:
    found = standing("D")
    # segment 2 ends at 1.83, and no trust is worse than segment 3
    assert found.ends[0] == pytest.approx(1.83)
    assert np.isnan(found.ends[1])
    some, then = found.reached_with()
    # one mark brings 2.00, both bring 1.67
    assert (len(some), round(then, 2)) == (2, 1.67)
    assert words.lead(found) == "Segment 3, average score 2.33; 0.50 from segment 2."
    assert words.way(found) == (
        "Segment 2 ends at 1.83: 1.51 fewer points over 3 scores. One metric alone, from the worst score to the best, "
        "is worth 1.00. “A\\&E within four hours” and “cancer treated within 62 days” at the mark would bring it to "
        "1.67."
    )
    assert words.movers(found) == (
        "“A\\&E within four hours” and “cancer treated within 62 days” move it most: at the mark of the next quarter "
        "of trusts each would lower the average by 0.33."
    )


def test_the_best_trust_is_told_how_clear_it_is_and_that_nothing_moves_it() -> None:
    found = standing("A")
    assert words.lead(found) == "Segment 1, average score 1.00; 0.83 clear of segment 2."
    assert words.movers(found) == "Every metric is in the best quarter of trusts."
    assert words.way(found) == ""


def test_the_override_is_told_with_the_segment_without_it() -> None:
    held = {
        **FOUR,
        "D": {**FOUR["D"], **summary(2.33, 2, deficit=1)},
        "B": {**FOUR["B"], **summary(1.83, 1)},
    }
    found = standing("D", rows({**held, "C": {**FOUR["C"], **summary(2.34, 3)}}))
    assert words.lead(found).startswith(
        "Segment 3 by the financial override, segment 2 without it, average score 2.33"
    )
    assert words.way(found).endswith(
        "keeps it in segment 3 until the deficit, or the support for it, ends."
    )


def test_too_far_is_said_where_all_marks_do_not_bring_the_segment() -> None:
    far = {**FOUR, "B": {**FOUR["B"], **summary(1.20, 2)}}
    assert "the average would still be 1.67" in words.way(standing("D", rows(far)))


def test_infections_weigh_a_third_and_a_score_of_nought_is_none() -> None:
    figures = {"OF1020": 4, "OF1048": 1, "OF1088": 1, CANCER: 2, EMERGENCY: 0, **summary(2.0, 2)}
    found = standing("A", rows({"A": figures, "B": {**figures, EMERGENCY: 3}}))
    # (4 + 1 + 1) / 3 and 2, over two
    assert found.mean == pytest.approx(2.0)
    assert EMERGENCY not in set(found.metrics["id"])


def test_trusts_with_the_same_score_share_the_best_place_that_they_take() -> None:
    scores = dict(zip("ABCDEFGH", (1, 1, 2, 2, 2, 2, 2, 4), strict=True))
    found = {
        code: standing(code, rows({c: {CANCER: s, **summary(2, 2)} for c, s in scores.items()}))
        for code in "AGH"
    }
    assert [each.metrics.loc[0, "place"] for each in found.values()] == ["1 of 8", "3 of 8", "8 of 8"]
    # G's place is in the second quarter of trusts, H's in the last: the quarters before end at 1 and at 2
    assert [found[code].metrics.loc[0, "mark"] for code in "GH"] == [1, 2]


def test_ends_are_common_to_kinds_of_trust_unless_they_overlap() -> None:
    others = {"X": {CANCER: 2, **summary(1.95, 2)}}
    assert standing("D", rows(FOUR), rows(others, kind="Ambulance trust")).ends[0] == pytest.approx(1.95)
    apart = {"X": {CANCER: 2, **summary(2.90, 2)}}
    assert standing("D", rows(FOUR), rows(apart, kind="Ambulance trust")).ends[0] == pytest.approx(1.83)


def test_thresholds_of_a_year_go_before_what_is_seen() -> None:
    year = YEARS["2025-26"].model_copy(update={"segments": "thresholds", "thresholds": {1: 1.5, 2: 2.1}})
    found = Standing(rows(FOUR), "D", {"2025-26": year})
    assert found.ends[0] == pytest.approx(2.1)


@pytest.mark.parametrize(("average", "fits"), [(2.33, True), (2.34, True), (2.35, False), (2.32, False)])
def test_a_mean_fits_but_for_rounding_of_it_and_of_its_scores(average: float, fits: bool) -> None:
    # 2.3333; scores to two digits may be 0.005 off each, and so may their published average
    figures = {**FOUR, "D": {**FOUR["D"], **summary(average, 3)}}
    assert standing("D", rows(figures)).agrees is fits


def test_a_score_that_another_holds_takes_nothing_off_the_average() -> None:
    parts = {**FOUR, "B": {**FOUR["B"], PLAN: 1}}
    assert np.isnan(standing("D", rows(parts)).metrics.set_index("id").loc[PLAN, "fall"])


def test_movement_says_which_metric_moved_most_also_over_a_change_of_year() -> None:
    before = {"D": {CANCER: 3, EMERGENCY: 2, FINANCE: 1, **summary(2.00, 2)}}
    found = standing("D", rows(before, BEFORE, rank=2), rows(FOUR, rank=4))
    assert words.change(found) == (
        "Since Q3 2025/26 the average has got worse, 2.00 to 2.33, most by “cancer treated within 62 days” "
        "(3.00 to 4.00)."
    )
    assert words.place(found) == "Rank 4 of 4 acute trusts; 2 in Q3 2025/26."
    same = {"D": {**FOUR["D"], **summary(2.33, 3)}}
    assert words.change(standing("D", rows(same, BEFORE), rows(FOUR))) == (
        "Since Q3 2025/26 the average is as it was, 2.33."
    )
    better = {"D": {CANCER: 4, EMERGENCY: 4, FINANCE: 1, **summary(3.00, 3)}}
    assert words.change(standing("D", rows(better, BEFORE), rows(FOUR))).endswith("(4.00 to 2.00).")
    later = {code: {"OF2011": figures[CANCER] - 0.5, **summary(2, 2)} for code, figures in FOUR.items()}
    new = standing("D", rows(FOUR), rows(later, NEXT_YEAR))
    assert new.metrics.loc[0, "past"] == [4, 3.5]
    assert words.change(standing("D")) == ""


CODES = (*(f"SYN{n:02d}" for n in range(1, 25)),)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    made = Mart(tmp_path / "mart")
    names = pd.DataFrame(
        [{"org_code": code, "name": f"Synthetic {code}", "kind": "trust"} for code in CODES]
    )
    with made.load(source="figures", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", names)
        load.write("oversight", oversight_frame(np.random.default_rng(3), CODES))
    return made.at(made.version)


def of(mart: Mart, folder: Path, code: str, month: date = date(2026, 3, 1)) -> Oversight:
    report = Report("Oversight", folder, mart.apart(), find_organisation(mart, code), Period(month, month))
    return oversight(report)


@pytest.mark.parametrize("code", ["SYN07", "SYN11", "SYN17", "SYN01"])
def test_the_invented_publication_agrees_with_itself_and_reads_well(
    mart: Mart, tmp_path: Path, code: str
) -> None:
    found = of(mart, tmp_path, code)
    assert found.standing.agrees
    parts = (
        found.headline,
        found.quarters,
        found.metrics,
        found.own_measures,
        found.gaps,
        found.method,
        found.trusts,
    )
    said = [
        *(text for each in parts for text in each.words.values()),
        *(each.note + each.caption for each in parts),
    ]
    assert [problem for text in said for problem in text_problems(text.replace("\\", ""))] == []
    assert [word for text in said[:8] for word in jargon_in(text)] == []
    assert list(found.quarters.frame["quarter"]) == [f"Q{n} 2025/26" for n in (4, 3, 2, 1)]
    assert len(found.metrics.frame) == 15
    for each in parts:
        assert all(shown._repr_mimebundle_() for shown in each.shown)  # as a notebook has it


def test_what_was_put_in_is_found(mart: Mart, tmp_path: Path) -> None:
    first = of(mart, tmp_path, "SYN07").metrics.frame.set_index("id")
    assert first.loc[[CANCER, EMERGENCY], "score"].min() > 3.5
    assert first.loc[EMERGENCY, "owner"] == "Chief operating officer"
    assert "by the financial override" in of(mart, tmp_path, "SYN11").headline.words["lead"]
    assert "has got worse" in of(mart, tmp_path, "SYN17").headline.words["change"]


def test_what_is_not_there_is_refused_by_name(mart: Mart, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no average score in Q1 2026/27.*Q1 2025/26, Q2 2025/26"):
        of(mart, tmp_path, "SYN07", date(2026, 6, 1))
    with pytest.raises(UsageError, match=r"oversight/2024-25.yml.*2025-26"):
        of(mart, tmp_path, "SYN07", date(2025, 3, 1))


def test_a_year_whose_scores_are_called_otherwise_is_told_where_to_mend_it(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="figures", layout="l", policy="published", synthetic=True) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "D", "name": "Synthetic D", "kind": "trust"}])
        )
        load.write("oversight", rows({"D": FOUR["D"]}, NEXT_YEAR))
    with pytest.raises(DataError, match=r"oversight/2026-27.yml, rows, score.*OF2: no score of Q1 2026/27"):
        of(mart.at(mart.version), tmp_path, "D", date(2026, 6, 1))


def test_a_mean_that_does_not_fit_and_a_metric_that_the_year_does_not_describe_are_on_the_page(
    tmp_path: Path,
) -> None:
    mart = Mart(tmp_path / "mart")
    odd = {**FOUR, "D": {**FOUR["D"], **summary(2.35, 3), "OF1999": 2.5}}
    names = pd.DataFrame([{"org_code": code, "name": f"Synthetic {code}", "kind": "trust"} for code in odd])
    with mart.load(source="figures", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", names)
        load.write("oversight", rows(odd))
    found = of(mart.at(mart.version), tmp_path, "D")
    assert "published average is 2.35" in found.headline.words["check"]
    assert "OF1999" in found.gaps.words["new"]
    assert found.own_measures.words["none"]

"""The crude stay from two published returns, worked out by hand for four trusts in a quarter of 92 days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.stays.published import PublishedStay
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.series.published_stays import ADMISSIONS
from helpers.errors import DataError
from helpers.report.period import Period
from helpers.report.report import Report

#: beds occupied, and admissions of each kind in each of the three months
RETURNS = {
    "NEW": (150.0, 800.0),  # with OLD 180 beds and 5,520 admissions: 3 days
    "OLD": (30.0, 120.0),
    "RAA": (300.0, 1_150.0),  # 4 days
    "RBB": (600.0, 1_840.0),  # 5 days
    "RCC": (90.0, 690.0),  # 2 days
    "RDD": (10.0, 100.0),  # too few admissions to be compared
}


def rows(code: str, occupied: float, admitted: float) -> list[dict[str, object]]:
    months = [
        {"measure": kind, "org_code": code, "period": pd.Timestamp(2021, month, 1), "period_type": "month",
         "numerator": admitted, "value": admitted, "breakdown": "specialties", "category": "specific acute"}
        for kind in ADMISSIONS for month in (7, 8, 9)
    ]  # fmt: skip
    beds = {"measure": "bed_occupancy", "org_code": code, "period": pd.Timestamp(2021, 7, 1),
            "period_type": "quarter", "numerator": occupied, "denominator": 1_000.0}  # fmt: skip
    return [*months, beds]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("mart"))
    values = pd.DataFrame([row for code, given in RETURNS.items() for row in rows(code, *given)])
    values = values.assign(basis="provider", status="actual", origin="published", suppressed=False)
    names = [
        {"org_code": code, "name": f"Trust {code}", "kind": "trust", "successor": "NEW" if code == "OLD" else None}
        for code in RETURNS
    ]  # fmt: skip
    with mart.load(source="both", layout="l", policy="published", as_at=date(2021, 9, 30)) as load:
        load.write("organisations", pd.DataFrame(names))
        load.write("measure_values", values)
    return mart.at(mart.version)


def published(mart: Mart, folder: Path, code: str = "NEW", last: date = date(2021, 9, 1)) -> PublishedStay:
    about, period = find_organisation(mart, code), Period.ending(last, 3)
    return PublishedStay(Report("Stay", folder, mart, about, period, today=date(2021, 12, 1)))


def test_a_stay_is_bed_days_over_admissions_beside_every_mean_of_the_others(
    mart: Mart, tmp_path: Path
) -> None:
    found = published(mart, tmp_path).means
    # 107,640 bed-days over 27,600 admissions; 3, 4, 5 and 2 days; a quarter of the way from 2 to 5 days
    wanted = {"own": 3.0, "pooled": 3.9, "unweighted": 3.5, "best_quarter": 2.75, "trusts": 4}
    assert dict(found.values) == pytest.approx(wanted)
    assert found.rows[0] == ("This trust", 180.0, 16_560.0, 5_520.0, pytest.approx(3.0))
    assert found.rows[1] == (
        "All, every patient counting once",
        1_170.0,
        107_640.0,
        27_600.0,
        pytest.approx(3.9),
    )


def test_the_first_sentence_says_how_the_stay_lies_to_the_others(mart: Mart, tmp_path: Path) -> None:
    words = published(mart, tmp_path).headline.words
    assert words.stay == (
        "**In July to September 2021 a stay at Trust NEW lasted 3.00 days, 0.90 days shorter than the mean of 3.90 "
        "days over all patients of four trusts; the best quarter of trusts keeps to 2.75 days or less.**"
    )
    assert words.crude == "The figure is crude, not adjusted for who the patients were."
    assert words.pandemic == ""


def test_every_trust_with_enough_admissions_is_listed_lowest_first(mart: Mart, tmp_path: Path) -> None:
    frame = published(mart, tmp_path).trusts.frame
    assert frame["trust"].tolist() == ["RCC", "NEW", "RAA", "RBB"]
    assert frame["mean"].tolist() == pytest.approx([2, 3, 4, 5])


def test_each_quarter_stands_beside_the_others(mart: Mart, tmp_path: Path) -> None:
    (row,) = published(mart, tmp_path).quarters.rows
    assert row[:2] == ("July to September 2021", 4)
    assert row[2:5] == pytest.approx((3.0, 3.9, 3.5))
    assert row[5:] == ("", "2021-07")


@pytest.mark.parametrize(("code", "last"), [("RDD", date(2021, 9, 1)), ("NEW", date(2021, 6, 1))])
def test_too_few_admissions_or_no_return_are_an_error(
    mart: Mart, tmp_path: Path, code: str, last: date
) -> None:
    with pytest.raises(DataError, match="no quarter with both beds and admissions that can be compared"):
        published(mart, tmp_path, code, last)

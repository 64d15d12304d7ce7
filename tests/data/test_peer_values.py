"""Every trust's figures come of one query of all measures: each has those that it alone would be asked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.series.measure_series import latest_measure_month
from helpers.data.series.peer_values import peer_values

COLUMNS = ["measure", "org_code", "period", "period_type", "numerator", "denominator", "value"]
#: of whole trusts; the sitrep's two counts by day make a third and a share of the beds
FIGURES = {
    "kh03": [
        ("bed_occupancy", "T1", "2026-01-01", "month", 20, 40, 0.5),
        ("bed_occupancy", "T1", "2026-02-01", "month", 0, 40, 0),
        ("bed_occupancy", "T1", "2026-01-01", "quarter", 10, 40, 0.25),
        ("bed_occupancy", "T2", "2026-01-01", "month", 30, 40, 0.75),
        ("bed_occupancy", "OLD", "2026-01-01", "month", 10, 20, 0.5),
    ],
    "sitrep": [
        ("delayed_patients", "T1", "2026-01-01", "month", 5, None, 5),
        ("delayed_patients", "T1", "2026-02-01", "month", 6, None, 6),
        ("delayed_patients", "T2", "2026-01-01", "month", 4, None, 4),
        ("delayed_patients", "OLD", "2026-01-01", "month", 6, None, 6),
        ("delayed_patients", "T3", "2026-03-01", "month", 9, None, 9),
        ("delayed_patients", "ICB", "2026-04-01", "month", 9, None, 9),
        *(("no_criteria_patients", "T1", f"2026-01-0{day}", "day", 8, None, 8) for day in (1, 2, 3)),
        *(("no_criteria_discharged", "T1", f"2026-01-0{day}", "day", 3, None, 3) for day in (1, 2, 3)),
    ],
    "rtt": [("seen_soon", "T2", "2026-01-01", "month", 1, 4, 0.25)],
}
#: which no comparison of whole trusts is made of
OTHERS = [
    {"unit_code": "A"},
    {"scheme": "treatment", "specialty_code": "100"},
    {"breakdown": "reason", "category": "Beds"},
    {"basis": "commissioner"},
    {"status": "plan"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mart = Mart(tmp_path_factory.mktemp("mart"))
    for source, figures in FIGURES.items():
        rows = pd.DataFrame(figures, columns=COLUMNS).assign(
            basis="provider", status="actual", origin="published", suppressed=False
        )
        rows["period"] = pd.to_datetime(rows["period"])
        rows = pd.concat([rows, *(rows.assign(**other) for other in OTHERS)], ignore_index=True)
        with mart.load(source=source, layout="l", policy="published") as load:
            load.write("measure_values", rows)
    codes = ["T1", "T2", "T3", "OLD", "ICB"]
    organisations = pd.DataFrame({"org_code": codes, "name": codes, "kind": ["trust"] * 4 + ["icb"]})
    organisations["successor"] = [None, None, None, "T2", None]
    with mart.load(source="ods", layout="l", policy="published") as load:
        load.write("organisations", organisations)
    return mart.path


def reader(folder: Path) -> Mart:
    return Mart(folder).at(Mart(folder).version)


def single(measure: str, period_type: str) -> str:
    return f"""SELECT org_code, period::DATE AS period, period_type, numerator, denominator, value, suppressed,
            members, origin, source
        FROM measure_values_rolled_up
        WHERE measure = '{measure}' AND period_type = '{period_type}' AND basis = 'provider' AND status <> 'plan'
            AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL
            AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
        ORDER BY org_code, period"""


@pytest.mark.parametrize(
    ("measure", "period_type", "rows"),
    [
        ("bed_occupancy", "month", 3),
        ("bed_occupancy", "quarter", 1),
        ("seen_soon", "month", 1),
        ("no_criteria_patients", "day", 3),
        ("no_criteria_remaining", "month", 1),
        ("no_criteria_to_reside", "month", 1),
        ("nothing", "month", 0),
    ],
)
def test_a_measures_figures_and_notes_are_those_of_a_query_of_its_own(
    folder: Path, measure: str, period_type: str, rows: int
) -> None:
    alone = reader(folder)
    expected = alone.query(single(measure, period_type))
    for mart in (reader(folder), reader(folder)):  # whoever builds it, and whoever finds it
        found = peer_values(mart, measure, period_type)
        pd.testing.assert_frame_equal(found, expected, check_dtype=rows > 0)
        assert (len(found), mart.asked, mart.held) == (rows, alone.asked, alone.asked)


def test_a_count_is_its_ratio_to_the_base_of_the_same_trust_and_period(folder: Path) -> None:
    mart = reader(folder)
    found = peer_values(mart, "delayed_patients", "month")
    # T1: 5 of 20 occupied beds, and in February of none; T2 with the trust that it took over: 4 + 6 of 30 + 10
    told = found[["org_code", "numerator", "denominator", "value", "members"]].values.tolist()
    assert told == [["T1", 5, 20, 0.25, 1], ["T2", 10, 40, 0.25, 2]]
    assert found["source"].tolist() == ["sitrep, kh03", "sitrep, kh03"]
    assert mart.asked == {
        "measure_values:delayed_patients",
        "measure_values:bed_occupancy",
        "organisations",
    }


def test_who_fails_to_build_a_frame_has_read_for_it(folder: Path) -> None:
    mart = reader(folder)

    def build() -> pd.DataFrame:
        mart.fetch("SELECT count(*) FROM units")
        raise ValueError("no frame")

    with pytest.raises(ValueError, match="no frame"):
        mart.derived("no frame", build)
    assert mart.asked == {"units"}
    mart.fetch("SELECT 1 FROM measure_values WHERE measure = 'seen_soon'")
    assert "measure_values:seen_soon" in mart.asked


@pytest.mark.parametrize(
    ("organisations", "month"),
    [
        (["T1"], date(2026, 2, 1)),
        (["T2", "OLD"], date(2026, 1, 1)),
        (["T1", "T3"], date(2026, 3, 1)),
        (["XXX"], None),
        ([], None),
    ],
)
def test_the_latest_month_of_some_is_that_of_the_last_of_them(
    folder: Path, organisations: list[str], month: date | None
) -> None:
    assert latest_measure_month(reader(folder), organisations) == month

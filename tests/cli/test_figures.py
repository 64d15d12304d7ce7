"""`boardpack data show` and `boardpack explain`: the figures of a measure, protected as in a report, and what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.cli import main
from helpers.data.mart import Mart
from helpers.data.synthetic.organisations import organisations_frame

MEASURES = """
falls:
  name: Falls
  kind: proportion
  numerator: Patients who fell
  denominator: Patients
  unit: "%"
  direction: decrease
  targets: [{value: 5, kind: local, source: Board}]
ae_four_hours:
  name: A&E within four hours
  kind: proportion
  denominator: Attendances
  unit: "%"
  direction: increase
"""


def rows(measure: str, origin: str, counts: list[tuple[int, int]]) -> pd.DataFrame:
    months = pd.date_range("2026-01-01", periods=len(counts), freq="MS").date
    return pd.DataFrame(
        [
            {
                "measure": measure, "org_code": "SYN07", "period": month, "period_type": "month",
                "basis": "provider", "numerator": some, "denominator": whole, "value": some / whole,
                "status": "actual", "suppressed": False, "origin": origin,
            }
            for month, (some, whole) in zip(months, counts, strict=True)
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("figures")
    (root / "notebooks").mkdir()
    (root / "params" / "_register").mkdir(parents=True)
    (root / "params" / "_register" / "measures.yml").write_text(MEASURES, "utf-8")
    mart = Mart(root / ".boardpack" / "mart")
    with mart.load(source="codes", layout="reference", policy="published") as load:
        load.write("organisations", organisations_frame())
    loaded: list[tuple[str, str, pd.DataFrame]] = [
        ("wards", "hes_record_level", rows("falls", "records", [(40, 403), (3, 400), (41, 400)])),
        ("early", "published", rows("ae_four_hours", "published", [(70, 100), (72, 100)])),
        ("late", "published", rows("ae_four_hours", "published", [(70, 100), (72, 100), (75, 100)])),
    ]
    for source, policy, frame in loaded:
        with mart.load(
            source=source, layout="own_measures", policy=policy, name=source.title(), as_at=date(2026, 4, 1)
        ) as load:
            load.write("measure_values", frame)
    return root


@pytest.fixture
def call(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), *words])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return run


Call = Callable[..., tuple[int, str, str]]


def test_a_row_a_period_with_what_it_is_made_of(call: Call) -> None:
    code, out, _ = call("data", "show", "ae_four_hours", "--org", "SYN07", "--json")
    told: dict[str, Any] = json.loads(out)
    assert code == 0
    assert [(row["period"], row["value"], row["numerator"]) for row in told["rows"]] == [
        ("2026-01-01", 70.0, 70.0), ("2026-02-01", 72.0, 72.0), ("2026-03-01", 75.0, 75.0),
    ]  # fmt: skip
    assert set(told["rows"][0]) == {
        "period", "value", "numerator", "denominator", "source", "vintage", "status",
    }  # fmt: skip
    assert date.fromisoformat(told["rows"][0]["vintage"])
    assert told["sources"] == {"late": "Late"}


def test_small_numbers_of_records_stay_hidden_with_what_would_tell_them(call: Call) -> None:
    _, out, _ = call("data", "show", "falls", "--org", "SYN07", "--json")
    by_month = {row["period"]: row for row in json.loads(out)["rows"]}
    assert by_month["2026-02-01"]["value"] == "*"
    assert by_month["2026-02-01"]["numerator"] == "*"
    assert by_month["2026-02-01"]["denominator"] == "*"
    assert by_month["2026-01-01"]["denominator"] == 405.0  # 403, rounded to fives as in a report
    _, text, _ = call("data", "show", "falls", "--org", "SYN07")
    assert "* is hidden" in text
    assert "rounded to the nearest 5" in text
    assert " 3 " not in text


def test_the_record_sheet_names_columns_and_functions(call: Call) -> None:
    _, out, _ = call("explain", "ae_four_hours")
    assert "Higher is better" in out
    assert "total_attendances - attendances_over_4hours" in out
    assert "sources/published/accident_and_emergency.yml" in out
    told = json.loads(call("explain", "falls", "--json")[1])
    assert (told["targets"][0]["value"], told["feeds"]) == (5.0, [])


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("explain", "fals"), "did you mean falls?"),
        (("data", "show", "fals", "--org", "SYN07"), "did you mean falls?"),
        (("data", "show", "falls", "--org", "SYN7"), "did you mean SYN"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(call: Call, words: tuple[str, ...], cure: str) -> None:
    code, _, told = call(*words)
    assert code in {2, 3}
    assert cure in told

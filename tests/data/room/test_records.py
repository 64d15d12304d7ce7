"""What a handle on records gives: counts and what rests on them, as they may be shown, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.room.memory import remember
from helpers.data.room.records import Records, open_records
from helpers.errors import UsageError

Ask = Callable[..., Records]


def spells(number: int, **values: object) -> list[dict[str, object]]:
    row: dict[str, object] = {
        "org_code": "T1", "specialty_code": "100", "admitted": date(2026, 4, 1), "discharged": date(2026, 4, 15),
        "los_days": 4.0, "admission_method": "elective", "patient_class": "ordinary", "age_band": "45-64",
        "sex": "female", "imd_decile": 5, "casemix_group": "A", "readmitted_30d": False, "cost": 100.0,
    }  # fmt: skip
    return [row | values] * number


ROWS = [
    *spells(20, los_days=2.0), *spells(20, los_days=6.0),  # 40 of specialty 100, mean 4
    *spells(3, specialty_code="300", los_days=30.0),
    *spells(12, specialty_code="110", sex="male", imd_decile=1, readmitted_30d=True),
    *spells(30, specialty_code="110", discharged=date(2026, 5, 2), imd_decile=2, org_code="T0"),
    *spells(50, org_code="T2", los_days=8.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("room") / "mart")
    names = [
        {"org_code": code, "name": code, "kind": "trust", "successor": after}
        for code, after in (("T1", None), ("T2", None), ("T0", "T1"))
    ]
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame(names))
    with mart.load(source="pas", layout="l", policy="hes_record_level") as load:
        load.write("spells", pd.DataFrame(ROWS))
    return mart.at(mart.version)


@pytest.fixture
def ask(mart: Mart) -> Ask:
    """Return what opens a handle, in a room that has told nothing yet."""
    remember.cache_clear()

    def records(**asked: Any) -> Records:
        usual: dict[str, Any] = {
            "where": None,
            "by": (),
            "whose": "own",
            "span": ("2026-04-01", "2026-07-01"),
        }
        return open_records(mart, "T1", asked.pop("table", "spells"), **{**usual, **asked})

    return records


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [
        tuple(None if value is pd.NA else value for value in row) for row in frame.itertuples(index=False)
    ]


def test_small_counts_are_hidden_and_others_rounded(ask: Ask) -> None:
    frame = ask(by="specialty_code").count()
    assert list(frame) == ["specialty_code", "count", "hidden"]
    assert rows(frame) == [("100", 40, False), ("110", 40, False), ("300", None, True)]  # 42 is rounded


def test_records_of_a_merged_organisation_count_for_its_successor(ask: Ask) -> None:
    frame = ask(where={"specialty_code": "110"}, by="month").count()
    assert rows(frame) == [
        (pd.Timestamp("2026-04-01"), 10, False),
        (pd.Timestamp("2026-05-01"), 30, False),
    ]


def test_others_and_all_leave_the_organisation_out_or_in(ask: Ask) -> None:
    assert ask(whose="others").count()["count"].tolist() == [40]  # coarser: 50 in steps of 20
    assert rows(ask(whose="all", by="org_code").count()) == [("T1", 80, False), ("T2", 40, False)]


def test_a_mean_is_hidden_with_its_count_and_coarser_than_whole_people_give(ask: Ask) -> None:
    frame = ask(by="specialty_code").mean("los_days")
    assert rows(frame)[0] == ("100", 40, 4.0, False)
    assert rows(frame)[2] == ("300", None, None, True)


def test_a_sum_is_the_mean_times_the_count_that_is_shown(ask: Ask) -> None:
    frame = ask(where={"specialty_code": "110", "sex": "male"}).sum("cost")
    assert rows(frame) == [(10, 1000.0, False)]  # 12 people who cost 1,200


def test_a_share_is_of_rounded_counts_and_hidden_with_its_complement(ask: Ask) -> None:
    assert rows(ask(where={"specialty_code": "110"}).share(sex="male")) == [(40, 0.25, False)]  # 10 of 40
    assert rows(ask(where={"specialty_code": "110"}).rate(sex="male", per=1000)) == [(40, 250.0, False)]
    assert rows(ask().share(specialty_code="300")) == [(85, None, True)]
    assert rows(ask().share(specialty_code="!300")) == [(85, None, True)]


def test_a_quantile_has_people_enough_on_either_side(ask: Ask) -> None:
    frame = ask(where={"specialty_code": "100"}).quantile("los_days", [0.1, 0.5])
    assert rows(frame) == [(40, None, 4.0, True)]  # of 40, 4 lie below the tenth


def test_numbers_come_in_bands_and_deprivation_in_fifths(ask: Ask) -> None:
    frame = ask(where={"specialty_code": ["100", "300"]}, by=[("los_days", [3, 21])]).count()
    assert rows(frame) == [("under 3", 20, False), ("3 to under 21", 20, False), ("21 or more", None, True)]
    assert rows(ask(where={"deprivation": "1"}).count()) == [(40, False)]


def test_what_was_not_recorded_is_a_group(ask: Ask) -> None:
    assert rows(ask(by="readmitted_30d").count()) == [("false", 75, False), ("true", 10, False)]
    assert rows(ask(by="died").count()) == [("not recorded", 85, False)]
    assert rows(ask(where={"died": None}).count()) == [(85, False)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"table": "spels"}, "did you mean spells?"),
        ({"table": "organisations"}, "report.mart.query"),
        ({"where": {"discharged": "2026-04-15"}}, "months="),
        ({"where": {"sex": "femal"}}, "did you mean female"),
        ({"where": {"los_days": 30}}, '{"los_days": (21, None)}'),
        ({"where": {"nhs_number": "1"}}, "spells has no such column"),
        ({"by": "admitted"}, 'group by "month"'),
        ({"by": "cost"}, "the edges of bands"),
        ({"by": "org_code"}, 'whose="all"'),
        ({"by": "sex", "where": {"sex": "male"}}, "leave it out of by="),
        ({"whose": "theirs"}, "own, others, all"),
    ],
)
def test_what_cannot_be_asked_says_what_can(ask: Ask, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(**asked)
    assert words in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(ask: Ask) -> None:
    with pytest.raises(UsageError) as caught:
        ask(where={"discharged": 1, "sx": "male"}, by=["cost", "admitted"])
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("share", [0, 1, [0.5, 1.0], []])
def test_the_ends_of_a_distribution_belong_to_one_patient(ask: Ask, share: Any) -> None:
    with pytest.raises(UsageError, match="one patient each"):
        ask().quantile("los_days", share)


def test_a_mean_of_words_says_what_to_ask(ask: Ask) -> None:
    with pytest.raises(UsageError, match=r"\.share\("):
        ask().mean("sex")

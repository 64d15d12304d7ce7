"""Answers of one run together: what is hidden in one is not told by others, whatever was asked in between."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from solver import Oracle

from helpers.data.disclosure.people import find_people
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.ledger.releases import Releases
from helpers.data.mart import Mart
from helpers.data.room.memory import remember
from helpers.data.room.records import Records, open_records
from helpers.places import REPORT_VARIABLE

from .test_records import spells

SEXES, SPECIALTIES, MIXES = ("female", "male"), ("100", "110", "300"), ("A", "B")
DIMENSIONS = {"sex": SEXES, "specialty_code": SPECIALTIES, "casemix_group": MIXES}
Atom = tuple[str, str, str]


def make_mart(folder: Path, people: dict[Atom, int]) -> Mart:
    mart = Mart(folder / "mart")
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame([{"org_code": "T1", "name": "T1", "kind": "trust"}]))
    rows = [
        row
        for (sex, specialty, mix), number in people.items()
        for row in spells(number, sex=sex, specialty_code=specialty, casemix_group=mix)
    ]
    with mart.load(source="pas", layout="l", policy="hes_record_level") as load:
        load.write("spells", pd.DataFrame(rows))
    remember.cache_clear()
    return mart.at(mart.version)


def ask(mart: Mart, *by: str, **where: str) -> Records:
    return open_records(
        mart, "T1", "spells", where=where, by=by, whose="own", span=("2026-04-01", "2026-05-01")
    )


def shown(frame: pd.DataFrame) -> list[int | None]:
    return [None if number is pd.NA else int(number) for number in frame["count"]]


def unsafe(mart: Mart, told: list[Told]) -> list[Query]:
    """Return the stars of which fewer than three values are possible."""
    reader = Oracle(find_people(mart, [each.query for each in told], "T1"), told)
    return [each.query for each in told if each.star and reader.values(each.query) < 3]


def test_people_of_several_organisations_are_found_once_and_as_those_of_each_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {("female", "100", "A"): 8, ("male", "110", "A"): 5, ("male", "300", "B"): 2}
    mart = make_mart(tmp_path, people)
    with mart.files.load(source="other", layout="l", policy="hes_record_level") as load:
        load.write("spells", pd.DataFrame(spells(4, specialty_code="110")).assign(org_code="T2"))
    mart = Mart(mart.path, Mart(mart.path).version)
    one = Condition("specialty_code", ("100",))
    asked = {code: [Query("spells", code), Query("spells", code, (one,))] for code in ("T1", "T2")}
    alone = {code: find_people(mart, queries, code) for code, queries in asked.items()}
    found = {code: find_people(mart, queries, code, (*asked,)) for code, queries in asked.items()}
    for code, queries in asked.items():
        pd.testing.assert_frame_equal(found[code].kinds, alone[code].kinds)
        counts = [int(found[code].count[found[code].mask(query)].sum()) for query in queries]
        assert counts == ([15, 8] if code == "T1" else [4, 0])
    assert len(found["T1"].kinds) == 2  # those that no query names are one kind
    monkeypatch.setattr(Mart, "query", None)  # another report asks nothing more
    assert find_people(mart, asked["T2"], "T2", ("T2", "T1")).count.sum() == 4


def test_what_is_asked_of_one_organisation_opens_its_files_and_its_predecessors_alone(
    tmp_path: Path,
) -> None:
    mart = make_mart(tmp_path, {("female", "100", "A"): 8})
    merged = {"org_code": "T0", "name": "T0", "kind": "trust", "successor": "T1"}
    with mart.files.load(source="more codes", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame([merged]))
    for code, number in (("T0", 7), ("T2", 4)):
        with mart.files.load(source=code, layout="l", policy="hes_record_level") as load:
            load.write("spells", pd.DataFrame(spells(number)).assign(org_code=code))
    mart = Mart(mart.path, Mart(mart.path).version)
    (others,) = mart.path.glob("data/*/spells/org_code=T2/*.parquet")
    others.write_bytes(b"no Parquet")  # who opens it fails
    assert find_people(mart, [Query("spells", "T1")], "T1").count.sum() == 15
    assert shown(ask(mart).count()) == [15]


def test_a_total_after_its_parts_does_not_tell_the_hidden_one(tmp_path: Path) -> None:
    mart = make_mart(
        tmp_path, {("female", "100", "A"): 8, ("female", "110", "A"): 8, ("female", "300", "A"): 1}
    )
    parts = [shown(ask(mart, specialty_code=each).count()) for each in SPECIALTIES]
    assert parts == [[10], [10], [None]]
    assert shown(ask(mart).count()) == [None]  # 15 beside 10 and 10 would leave 1 alone


def test_one_question_less_another_tells_nothing(tmp_path: Path) -> None:
    people = {("female", "100", "A"): 40, ("male", "100", "A"): 2, ("female", "110", "A"): 30}
    mart = make_mart(tmp_path, people)
    assert shown(ask(mart, specialty_code="100", sex="male").count()) == [None]
    assert shown(ask(mart, specialty_code="100").count()) == [
        40
    ]  # 40 to 42 and 40 to 42: the rest is 0 to 4
    assert shown(ask(mart, specialty_code="100", sex="female").count()) == [40]
    assert unsafe(mart, remember().told) == []


def test_what_was_shown_once_is_shown_again(tmp_path: Path) -> None:
    mart = make_mart(
        tmp_path, {("female", "100", "A"): 8, ("female", "110", "A"): 8, ("female", "300", "A"): 1}
    )
    first = shown(ask(mart, "specialty_code").count())
    ask(mart).count()
    assert shown(ask(mart, "specialty_code").mean("cost")) == first


def test_a_mean_does_not_tell_how_many_there_are(tmp_path: Path) -> None:
    mart = make_mart(tmp_path, {("female", "100", "A"): 9})
    frame = ask(mart).mean("los_days")
    assert frame["mean"].tolist() == [4.0]  # every number of people can have it
    assert remember().told[-1].mean == (3.5, 4.5)


@pytest.mark.parametrize("seed", range(8))
def test_random_questions_leave_three_values_for_each_hidden_count(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    atoms = list(product(SEXES, SPECIALTIES, MIXES))
    people = {atom: chance.choice((1, 2, 3, 7, 8, 12, 20)) for atom in atoms}
    mart = make_mart(tmp_path, people)
    for _ in range(5):
        names = chance.sample(list(DIMENSIONS), chance.randint(0, 3))
        split = chance.randint(0, len(names))
        where = {name: chance.choice(DIMENSIONS[name]) for name in names[:split]}
        ask(mart, *names[split:], **where).count()
    ask(mart, *DIMENSIONS).count()
    assert any(each.star for each in remember().told)
    assert unsafe(mart, remember().told) == []


def test_what_another_report_has_told_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mart = make_mart(
        tmp_path, {("female", "100", "A"): 8, ("female", "110", "A"): 8, ("female", "300", "A"): 1}
    )
    monkeypatch.setenv(REPORT_VARIABLE, "parts")
    assert shown(ask(mart, "specialty_code").count()) in ([10, None, None], [None, 10, None])
    assert [each.told.query.data_set for each in Releases(tmp_path).of_report("parts")] == ["spells"] * 4
    Releases(tmp_path).release("parts")
    remember.cache_clear()
    monkeypatch.setenv(REPORT_VARIABLE, "whole")
    apart = [shown(ask(mart, specialty_code=each).count()) for each in SPECIALTIES]
    assert sum(each == [10] for each in apart) == 1  # as they were told before
    assert apart[2] == [None]

"""Known ways round the first rule, tried on invented trusts: who reads all editions is told no small count."""

from __future__ import annotations

from datetime import date

import pytest
from solver import Oracle

from helpers.data.disclosure.deciding import Asked, Witnesses, decide
from helpers.data.disclosure.people import People, find_people
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.mart import Mart
from helpers.data.synthetic import write_demo

TRUSTS = ("SYN07", "SYN62")
#: twelve months each, three months apart
EDITIONS = [
    (date(2024, 10, 1), date(2025, 10, 1)),
    (date(2025, 1, 1), date(2026, 1, 1)),
    (date(2025, 4, 1), date(2026, 4, 1)),
]
NIGHTS, NO_NIGHT = Condition("los_days", low=1), Condition("los_days", high=1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("demo"))
    write_demo(mart, scale=0.15)
    return mart.at(mart.version)


def stays(trust: str, first: date, end: date, *, zero_day: bool) -> Query:
    usual = Query(
        "spells", trust, (Condition("patient_class", ("ordinary",)),), first.isoformat(), end.isoformat()
    )
    return usual if zero_day else usual.where(NIGHTS)


def specialties(mart: Mart, trust: str) -> list[str]:
    rows = mart.fetch(
        "SELECT specialty_code FROM spells WHERE org_code = ? GROUP BY 1 ORDER BY count(*) DESC, 1", [trust]
    )
    return [code for (code,) in rows]


def editions(mart: Mart, trust: str) -> tuple[People, list[Told], list[Query]]:
    """Release every edition with both settings; return people, what was told, and every count that may be small."""
    codes = specialties(mart, trust)
    tables, attacked = [], []
    for first, end in EDITIONS:
        for zero_day in (True, False):
            whole = stays(trust, first, end, zero_day=zero_day)
            parts = [whole.where(Condition("specialty_code", (code,))) for code in codes]
            tables.append([Asked(query, digits=1) for query in (whole, *parts)])
            attacked += parts
        every = stays(trust, first, end, zero_day=True)
        attacked += [every.where(Condition("specialty_code", (code,)), NO_NIGHT) for code in codes]
    people = find_people(mart, [*(each.query for table in tables for each in table), *attacked], trust)
    told: list[Told] = []
    witnesses: Witnesses = {}
    for table in tables:
        decision = decide(people, told, table, witnesses=witnesses)
        told += decision.told
        witnesses = decision.witnesses
    return people, told, attacked


def told_of(people: People, told: list[Told], attacked: list[Query], codes: list[str]) -> list[str]:
    """Return the small counts of which a reader of all that was told of a specialty has fewer than three values."""
    small = [query for query in attacked if 1 <= people.count[people.mask(query)].sum() <= 7]
    assert small
    found = []
    for code in codes:
        within = Condition("specialty_code", (code,))
        mine = [query for query in small if within in query.conditions]
        reader = Oracle(people, told, within=within, ask=mine)
        found += [query.words for query in mine if reader.values(query) < 3]
    return found


@pytest.mark.parametrize("trust", [TRUSTS[0], pytest.param(TRUSTS[1], marks=pytest.mark.long)])
def test_no_small_count_is_told_by_settings_and_editions(demo: Mart, trust: str) -> None:
    people, told, attacked = editions(demo, trust)
    assert told_of(people, told, attacked, specialties(demo, trust)) == []


@pytest.mark.long
def test_without_the_ledger_the_same_reader_is_told_many(demo: Mart) -> None:
    people, told, attacked = editions(demo, TRUSTS[0])
    plain = [decide(people, [], [Asked(each.query, digits=1)]).told[0] for each in told]
    assert len(told_of(people, plain, attacked, specialties(demo, TRUSTS[0]))) > 10

"""Known ways round the first rule, tried on invented trusts: who reads all editions is told no small count."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

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


class Attacker:
    """Reads all that was told of one specialty, numbers and means, beside the rule."""

    def __init__(self, people: People, told: list[Told], code: str) -> None:
        mine = people.kinds["specialty_code"].to_numpy() == code
        own = [each for each in told if Condition("specialty_code", (code,)) in each.query.conditions]
        masks = np.array([people.mask(each.query)[mine] for each in own])
        zero = people.most[mine] == 0
        # kinds that nothing tells apart are one
        signs = np.vstack([masks, zero])
        pieces, self.piece_of = np.unique(signs, axis=1, return_inverse=True)
        self.mine, self.size = mine, pieces.shape[1]
        rows, low, high = [], [], []
        for each, mask in zip(own, pieces[:-1], strict=True):
            counts = np.concatenate([mask.astype(float), np.zeros(self.size)])
            rows.append(counts)
            low.append(1 if each.star else each.low)
            high.append(np.inf if each.star or each.high is None else each.high)
            if each.mean:
                for end, lows, highs in (
                    (each.mean[0] - 1e-7, 0, np.inf),
                    (each.mean[1] + 1e-7, -np.inf, 0),
                ):
                    rows.append(np.concatenate([-end * mask, mask.astype(float)]))
                    low.append(lows)
                    high.append(highs)
        unit = np.eye(self.size)
        for bound, lows, highs in (
            (np.where(pieces[-1], 0, 1), 0, np.inf),
            (np.where(pieces[-1], 0, 400), -np.inf, 0),
        ):
            rows += list(np.hstack([-unit * bound[:, None], unit]))
            low += [lows] * self.size
            high += [highs] * self.size
        self.rows, self.low, self.high = np.array(rows), low, high

    def values(self, people: People, query: Query, enough: int = 3) -> int:
        mask = np.zeros(self.size)
        mask[self.piece_of.reshape(-1)[people.mask(query)[self.mine]]] = 1
        row = np.concatenate([mask, np.zeros(self.size)])
        count, least = 0, 0.0
        while count < enough:
            found = milp(
                row,
                integrality=np.ones(2 * self.size),
                bounds=Bounds(0, 1e5),
                constraints=LinearConstraint(
                    np.vstack([self.rows, row]), [*self.low, least], [*self.high, np.inf]
                ),
                options={"time_limit": 10},
            )
            if found.x is None:
                break
            count, least = count + 1, round(found.fun) + 1
        return count


@pytest.mark.parametrize("trust", [TRUSTS[0], pytest.param(TRUSTS[1], marks=pytest.mark.long)])
def test_no_small_count_is_told_by_settings_and_editions(demo: Mart, trust: str) -> None:
    people, told, attacked = editions(demo, trust)
    small = [query for query in attacked if 1 <= people.count[people.mask(query)].sum() <= 7]
    assert small
    known = []
    for code in specialties(demo, trust):
        reader = Attacker(people, told, code)
        known += [
            query.words
            for query in small
            if Condition("specialty_code", (code,)) in query.conditions and reader.values(people, query) < 3
        ]
    assert known == []


@pytest.mark.long
def test_without_the_ledger_the_same_reader_is_told_many(demo: Mart) -> None:
    people, told, attacked = editions(demo, TRUSTS[0])
    small = [query for query in attacked if 1 <= people.count[people.mask(query)].sum() <= 7]
    plain = [decide(people, [], [Asked(each.query, digits=1)]).told[0] for each in told]
    readers = {code: Attacker(people, plain, code) for code in specialties(demo, TRUSTS[0])}
    known = sum(
        reader.values(people, query) < 3
        for code, reader in readers.items()
        for query in small
        if Condition("specialty_code", (code,)) in query.conditions
    )
    assert known > len(small) / 10

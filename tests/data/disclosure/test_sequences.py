"""Tables one after the other, a period or a group later: what is let through tells no star, the oracle says."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solver import Oracle

from helpers.data.disclosure import exhibiting
from helpers.data.disclosure.deciding import Asked, Witnesses, decide
from helpers.data.disclosure.people import People
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.disclosure.worlds import Change, Target, World
from helpers.data.ledger.manifests import shown_cell

CODES, SEXES = ("100", "300"), ("female", "male")
APRIL, MAY, JUNE = "2026-04-01", "2026-05-01", "2026-06-01"
MONTH = Query("spells", "T1", (), APRIL, MAY)
COUNT = st.one_of(st.integers(0, 9), st.integers(0, 40))
CELLS = st.lists(COUNT, min_size=4, max_size=4)


def people_of(first: list[int], second: list[int], dimension: str, values: tuple[str, str]) -> People:
    """Two blocks of specialty by sex; the blocks are two months, or two groups of one month."""
    rows = [
        (*pair, block)
        for block in values
        for pair in itertools.product(CODES, SEXES)
    ]  # fmt: skip
    kinds = pd.DataFrame(rows, columns=["specialty_code", "sex", dimension]).assign(org_code="T1")
    if dimension != "day":
        kinds["day"] = APRIL
    nothing = np.zeros(len(rows))
    return People(kinds, np.array([*first, *second]), nothing, nothing, nothing)


def table(base: Query) -> list[Asked]:
    """Its grand total, then totals, then cells."""
    by_code = [base.where(Condition("specialty_code", (code,))) for code in CODES]
    by_sex = [base.where(Condition("sex", (sex,))) for sex in SEXES]
    cells = [row.where(Condition("sex", (sex,))) for row in by_code for sex in SEXES]
    return [Asked(query) for query in (base, *by_code, *by_sex, *cells)]


def release(people: People, *tables: list[Asked]) -> tuple[list[Told], bool]:
    """All that is told, and whether the ledger calls it certified."""
    told: list[Told] = []
    witnesses: Witnesses = {}
    certified = True
    for asked in tables:
        decision = decide(people, told, asked, witnesses=witnesses)
        told, witnesses = [*told, *decision.told], decision.witnesses
        certified &= not decision.exposed
    return told, certified


def check(people: People, *tables: list[Asked]) -> None:
    told, certified = release(people, *tables)
    # small counts are stars by the rule, and beside old figures these alone may tell: the ledger then says so
    if not certified:
        return
    reader = Oracle(people, told)
    for each in told:
        assert not each.star or reader.values(each.query) >= 3, each.query.words


def a_period_later(april: list[int], may: list[int]) -> None:
    """April; then May; then both as the year to date."""
    spans = [
        Query("spells", "T1", (), first, end) for first, end in ((APRIL, MAY), (MAY, JUNE), (APRIL, JUNE))
    ]
    check(people_of(april, may, "day", (APRIL, MAY)), *map(table, spans))


def with_and_without(group: list[int], rest: list[int]) -> None:
    """Everybody; then everybody but a group; then the group."""
    everybody = Query("spells", "T1")
    parts = [everybody.where(Condition("kind", ("elective",), excluded=out)) for out in (True, False)]
    check(people_of(group, rest, "kind", ("elective", "other")), *map(table, (everybody, *parts)))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(CELLS, CELLS)
def test_periods_and_groups_tell_no_star_together(one: list[int], other: list[int]) -> None:
    a_period_later(one, other)
    with_and_without(one, other)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(CELLS, CELLS)
def test_many_sequences_tell_no_star_together(one: list[int], other: list[int]) -> None:
    a_period_later(one, other)
    with_and_without(one, other)


def one_by_one(counts: list[int], *asked: tuple[str, ...]) -> list[object]:
    """What is shown of sums of specialties, each asked for by itself."""
    kinds = pd.DataFrame({"specialty_code": [str(place) for place in range(len(counts))], "day": APRIL})
    nothing = np.zeros(len(counts))
    people = People(kinds, np.array(counts), nothing, nothing, nothing)
    queries = [Query("spells", "T1", (Condition("specialty_code", codes),)) for codes in asked]
    return [shown_cell(each) for each in release(people, *([Asked(query)] for query in queries))[0]]


def test_a_star_that_a_later_number_would_tell_keeps_that_number_hidden() -> None:
    # 1 and 8 in 17: once the total and two parts are told, the third part hides the first
    assert one_by_one([1, 8, 8], ("0", "1", "2"), ("0",), ("2",), ("1",)) == [15, "*", 10, "*"]


def test_a_year_to_date_gives_way_to_a_months_star() -> None:
    # 18 to 22 less 8 to 12 would leave 6 and 7 to a star of 7, once it is taken for small
    assert one_by_one([12, 7], ("0",), ("1",), ("0", "1")) == [10, "*", "*"]


def test_revised_figures_are_not_held_against_the_old_ones() -> None:
    kinds = pd.DataFrame({"specialty_code": ["0", "1"], "day": APRIL})
    nothing = np.zeros(2)
    people = People(kinds, np.array([100, 40]), nothing, nothing, nothing)
    both = Query("spells", "T1")
    before = [Told(both, 23, 27), Told(both.where(Condition("specialty_code", ("0",))), 1, 7, star=True)]
    asked = [
        Asked(query) for query in (both, *(both.where(Condition("specialty_code", (c,))) for c in "01"))
    ]
    assert [shown_cell(each) for each in decide(people, before, asked).told] == [140, 100, 40]


def test_an_old_difference_that_revised_records_make_empty_binds_nothing() -> None:
    both = [among("0", "1"), among("0")]
    before = decide(specialties_of([100, 5]), [], [Asked(query) for query in both])
    assert any(len(name) > 1 for name in before.witnesses)  # 105 less 100
    after = decide(
        specialties_of([100, 0]), before.told, [Asked(among("1", "2"))], witnesses=before.witnesses
    )
    assert after.exposed == ()


def specialties_of(counts: list[int]) -> People:
    """One kind of people for each specialty, all in April."""
    kinds = pd.DataFrame({"specialty_code": [str(place) for place in range(len(counts))], "day": APRIL})
    nothing = np.zeros(len(counts))
    return People(kinds, np.array(counts), nothing, nothing, nothing)


def among(*codes: str) -> Query:
    return Query("spells", "T1", (Condition("specialty_code", codes),))


def test_what_was_told_before_is_said_and_nothing_new_is_told_about_it() -> None:
    people, exactly = (
        specialties_of([100, 5]),
        [Told(among("0"), 100, 100), Told(among("0", "1"), 105, 105)],
    )
    asked = [Asked(among("1")), Asked(among("0", "1"), digits=1)]
    told = decide(people, exactly, asked)
    assert (among("1"),) in told.exposed
    assert [shown_cell(each) for each in told.told] == ["*", "*"]
    beside_less = decide(people, exactly[:1], asked)
    assert not beside_less.exposed
    assert [shown_cell(each) for each in beside_less.told] == ["*", 105]


def test_a_star_that_would_be_told_if_it_were_small_may_be_any_number() -> None:
    people = specialties_of([7, 3])
    before = [Told(among("1"), 3, 3), Told(among("0", "1"), 10, 14)]
    told = decide(people, before, [Asked(among("0"))])
    assert not told.exposed
    again = decide(people, [*before, *told.told], [Asked(among("0", "1"))], witnesses=told.witnesses)
    assert not again.exposed


def test_a_world_outlasts_a_new_star_that_is_no_small_count_in_it() -> None:
    # of 14 people neither seven can be another small count, so a reader who takes both for small may be wrong
    people = specialties_of([7, 7])
    kind = {code: (("specialty_code", code), ("day", APRIL)) for code in "01"}
    worlds = tuple(((kind["0"], by, 0.0), (kind["1"], -by, 0.0)) for by in (1.0, 2.0))
    before = [Told(among("0", "1"), 14, 14), Told(among("1"), 1, 7, star=True)]
    told = decide(people, before, [Asked(among("0"))], witnesses={(among("1"),): worlds})
    assert {frozenset(each) for each in told.witnesses[(among("1"),)]} == {
        frozenset(each) for each in worlds
    }
    assert not told.exposed
    again = decide(people, [*before, *told.told], [], witnesses=told.witnesses)
    assert (again.witnesses, again.exposed) == (told.witnesses, ())


def test_programmes_are_solved_as_far_as_their_size_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    # three people that were told exactly: nothing finds another world
    solved: list[int] = []

    def solve(world: World, *_: object, **__: object) -> None:
        solved.append(world.holds.size)

    monkeypatch.setattr(exhibiting, "solve_change", solve)
    world = World(specialties_of([3, 9]), [Told(among("0"), 3, 3), Told(among("0", "1"), 10, 14)], 7)
    target = Target(world.holds[0] > 0, 3, 7)
    found = exhibiting.Exhibits(world)
    budget = exhibiting.Budget(1_000)
    assert found.of(target, solve=budget) == ()
    assert solved
    assert budget.left == 1_000 - sum(solved)
    budget.left = min(solved) - 1
    solved.clear()
    assert found.of(target, solve=budget) == ()
    assert not solved


def test_another_world_is_found_in_which_people_of_hundreds_of_specialties_change() -> None:
    # each two side by side were told together, exactly: one more of the first is one fewer of the second, and so on
    people = specialties_of([3, *[20] * 299])
    pairs = [(among(str(code), str(code + 1)), 23 if code == 0 else 40) for code in range(299)]
    known = [*pairs, (among(*map(str, range(300))), 3 + 299 * 20)]
    told = decide(people, [Told(query, count, count) for query, count in known], [Asked(among("0"))])
    assert not told.exposed
    (worlds,) = told.witnesses.values()
    assert all(len(world) == 300 for world in worlds)
    first = [
        people.count[0] + sum(by for kind, by, _ in world if kind == people.kind(0)) for world in worlds
    ]
    assert len({3, *first}) == 3
    assert min(first) >= 1


def test_only_pieces_of_nobody_that_are_like_somebody_s_are_kept() -> None:
    # 400 specialties in two groups, all told apart; somebody in one of the first group alone
    counts = [0] * 400
    counts[7] = 5
    people = specialties_of(counts)
    group = tuple(map(str, range(200)))
    cells = [Told(among(str(code)), 0, 7) for code in range(400)] + [Told(among(*group), 5, 5)]
    world = World(people, cells, 7)
    far = Change(np.flatnonzero(world.holds[399]), np.array([1.0]), np.array([0.0]))
    near, (change,) = world.near_somebody([far])
    kept = {people.kind(int(place))[0][1] for place in near.first_kind}
    assert {"7", "399"} < kept
    assert kept - {"399"} <= set(group)
    assert len(kept) < 20
    assert np.array_equal(near.people, world.people)
    assert near.holds[399] @ near.count + change.people.sum() == 1
    assert near.first_kind[change.pieces].tolist() == world.first_kind[far.pieces].tolist()


def test_a_world_outlasts_a_finer_division_of_the_people_in_it() -> None:
    # once found for both months together; whom it takes away were all discharged in the second
    kinds = pd.DataFrame({"day": [APRIL, MAY]})
    people = People(kinds, np.array([0, 3]), np.array([0.0, 9.0]), np.zeros(2), np.full(2, 400.0))
    world = World(people, [Told(Query("spells", "T1"), 1, 7, star=True), Told(MONTH, 0, 0)], 7)
    change = world.change([(0, -1.0, -2.0)], lambda: np.zeros(2, dtype=np.int64))
    assert world.allows(change)
    assert (change.people.sum(), change.amount.sum()) == (-1, -2)


def test_a_world_outlasts_a_kind_of_people_that_is_left_out_because_there_is_nobody() -> None:
    # 20 or more days, then 10 to 19 and 20 or more: nobody stayed 10 to 19, so that kind is no longer there
    short, long = (MONTH.where(Condition("los_days", **each)) for each in ({"high": 10}, {"low": 10}))
    told = [Told(short, 18, 22), Told(long, 1, 7, star=True)]
    stretches = {"day": [APRIL, APRIL], "los_days": [0, 10], "sex": ["male", "male"]}
    kind = tuple(zip(stretches, (APRIL, 10, "male"), strict=True))
    kinds = pd.DataFrame(stretches | {"los_days": [0, 20]})
    people = People(
        kinds, np.array([20, 3]), np.array([60.0, 90.0]), np.array([0, 20.0]), np.array([9, 400.0])
    )
    one_more = {(long,): (((kind, 1.0, 20.0),), ((kind, 2.0, 40.0),))}
    kept = decide(people, told, [], witnesses=one_more).witnesses[(long,)]
    assert [sum(people for _, people, _ in world) for world in kept] == [1, 2]
    assert {dict(each)["los_days"] for world in kept for each, *_ in world} == {20}


def test_a_count_is_shown_without_the_mean_that_would_tell_a_star() -> None:
    # both wholes share 200 days: 200 / 20 and 200 / 17 leave one ratio of the counts, and so one number without a night
    kinds = pd.DataFrame({"day": [APRIL, APRIL], "los_days": [0, 1]})
    people = People(
        kinds, np.array([3, 17]), np.array([0.0, 200.0]), np.array([0.0, 1.0]), np.array([0, 400.0])
    )
    nights, none = (MONTH.where(Condition("los_days", **each)) for each in ({"low": 1}, {"high": 1}))
    asked = [Asked(MONTH, digits=3), Asked(nights, digits=3, spare=True), Asked(none)]
    whole, other, star = decide(people, [], asked).told
    assert star.star
    assert not whole.star
    assert whole.mean
    assert not other.star
    assert other.mean is None
    assert decide(people, [], [asked[0], Asked(nights, digits=3), asked[2]]).told[1].star


def test_a_mean_that_gives_way_makes_no_star_of_a_count_that_was_told() -> None:
    # as above: 200 days in 20 and in 17 patients tell the 3 without a night
    kinds = pd.DataFrame({"day": [APRIL, APRIL], "los_days": [0, 1]})
    people = People(
        kinds, np.array([3, 17]), np.array([0.0, 200.0]), np.array([0.0, 1.0]), np.array([0, 400.0])
    )
    nights, none = (MONTH.where(Condition("los_days", **each)) for each in ({"low": 1}, {"high": 1}))
    first = decide(people, [], [Asked(MONTH, digits=3), Asked(nights), Asked(none)])
    assert [shown_cell(each) for each in first.told] == [20, 15, "*"]
    then = decide(people, first.told, [Asked(nights, digits=3)], witnesses=first.witnesses)
    assert then.told[0].star
    assert (nights,) not in then.witnesses
    assert not then.exposed

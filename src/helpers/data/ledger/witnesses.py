"""Other worlds as the ledger keeps them: each world, kind of people and query once, however often it serves."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helpers.data.disclosure.queries import Query

if TYPE_CHECKING:
    from helpers.data.disclosure.deciding import Witness, Witnesses
    from helpers.data.disclosure.people import Kind


def write_witnesses(witnesses: Witnesses) -> str:
    """Return other worlds as JSON, for what each of them serves with."""
    queries: dict[Query, int] = {}
    worlds: dict[Witness, int] = {}
    kinds: dict[Kind, int] = {}
    names = [
        [[_number(query, queries) for query in name], [_number(world, worlds) for world in each]]
        for name, each in witnesses.items()
    ]
    steps = [[(_number(kind, kinds), people, amount) for kind, people, amount in world] for world in worlds]
    return json.dumps([names, [query.entry for query in queries], steps, list(kinds)])


@lru_cache(maxsize=64)  # a report asks more than once about the same people
def read_witnesses(text: str) -> Witnesses:
    """Return what `write_witnesses` wrote; not to be changed in place."""
    names, queries, steps, kinds = json.loads(text)
    query_of = [Query.read(entry) for entry in queries]
    kind_of = [tuple(map(tuple, kind)) for kind in kinds]
    worlds = [tuple((kind_of[kind], people, amount) for kind, people, amount in world) for world in steps]
    return {
        tuple(query_of[query] for query in name): tuple(worlds[world] for world in each)
        for name, each in names
    }


def read_first_version(text: str) -> Witnesses:
    """Return what ledgers of schema 1 kept: every world written out wherever it served."""
    return {
        tuple(Query.read(query) for query in name): tuple(
            tuple((tuple(map(tuple, kind)), people, amount) for kind, people, amount in world)
            for world in worlds
        )
        for name, worlds in json.loads(text)
    }


def _number(each: Any, of: dict[Any, int]) -> int:
    return of.setdefault(each, len(of))

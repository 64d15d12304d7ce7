"""Which records a figure counts: described by the query that counted them, never by a title.

Two reports, two periods, two settings of one notebook, a trust and its units are thereby compared as what
they are: sets of people. This module imports nothing heavy, so a ledger can read what it holds at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

#: the one organisation that has no code: all of them
EVERYBODY = ""
#: begins the data set of a measure, which its id ends
MEASURED: Final = "measure_values:"
#: the data set of a contract's activity, and the dimension of its lines
CONTRACT, LINE = "contract_lines", "line"
#: the dimension of parts: those of whom something is so, the rest of a whole, and those of whom there is a mean
COUNTED, MET, REST, PEOPLE = "counted", "met", "rest", "people"


class _HashedOnce:
    """A frozen dataclass that works out its hash once: a comparison of all trusts asks for it millions of times."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(self.fields.values()))

    @property
    def fields(self) -> dict[str, Any]:
        """Its fields by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # type: ignore[attr-defined]

    def __getstate__(self) -> dict[str, Any]:
        return self.fields  # hashes of words differ between processes


@dataclass(frozen=True, order=True)
class Condition(_HashedOnce):
    """What the records counted have in common in one dimension: some values, or a stretch of numbers."""

    #: a column of the records ("specialty_code", "age_band", "outcome", "los_days"), the same word in all
    #: reports; a fifth or a band that is made of a column has a name of its own ("deprivation")
    dimension: str
    among: tuple[str, ...] = ()  # values as words, sorted; a missing value is ""
    excluded: bool = False  # whether it is all others that count
    #: low, high: for numbers in place of `among`: at least `low` and below `high`; None is no limit
    low: float | None = None
    high: float | None = None

    __hash__ = _HashedOnce.__hash__

    @property
    def is_range(self) -> bool:
        """Whether it is a stretch of numbers."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True)
class Query(_HashedOnce):
    """The records behind a count: all that meet every condition.

    Examples
    --------
    >>> query = Query("spells", "RGT", first="2025-04-01", end="2026-04-01")
    >>> query.where(Condition("specialty_code", ("100",))).words
    'spells of RGT, 2025-04-01 to before 2026-04-01, specialty_code 100'
    """

    #: table of records: "spells" (by day of discharge), "appointments" (of the appointment), "waits" (of addition)
    data_set: str
    organisation: str  # code of the organisation, its predecessors included; `EVERYBODY` for all of them
    conditions: tuple[Condition, ...] = ()  # one for each restricted dimension, sorted by its name
    #: first, end: ISO dates: on or after `first`, and before `end`; empty where nothing restricts them
    first: str = ""
    end: str = ""

    __hash__ = _HashedOnce.__hash__

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", tuple(sorted(self.conditions, key=lambda c: c.dimension)))

    def where(self, *conditions: Condition) -> Query:
        """Return the query narrowed by further conditions, each in a dimension that has none yet."""
        return Query(
            self.data_set, self.organisation, (*self.conditions, *conditions), self.first, self.end
        )

    @property
    def words(self) -> str:
        """It, in one line for a message or a log: no figure is in it."""
        whose = self.organisation or "all organisations"
        span = (f"{self.first} to before {self.end}",) if self.first or self.end else ()
        return ", ".join((f"{self.data_set} of {whose}", *span, *map(_words, self.conditions)))

    @property
    def entry(self) -> dict[str, Any]:
        """It, as JSON keeps it."""
        # not `asdict`, which copies deeply: a comparison of all trusts enters thousands
        return {**self.fields, "conditions": tuple(each.fields for each in self.conditions)}

    @cached_property
    def text(self) -> str:
        """It, as a line of JSON."""
        return json.dumps(self.entry)

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Query:
        """Return it from what `entry` gave.

        >>> query = Query("spells", "RGT", (Condition("sex", ("female",)), Condition("los_days", low=21)))
        >>> Query.read(query.entry) == query
        True
        """
        conditions = tuple(Condition(**{**c, "among": tuple(c["among"])}) for c in entry["conditions"])
        return cls(**{**entry, "conditions": conditions})


@dataclass(frozen=True)
class Told:
    """What a reader was told of one count of people, directly or by a mean, rate or limit that rests on it."""

    query: Query
    #: low, high: between what it lies as far as it is shown, inclusive; `high` None is no limit. A rounded 10
    #: is (8, 12), a mean that is shown says only that the count is 8 or more: (8, None).
    low: int
    high: int | None
    #: whether it was hidden: then `low` and `high` are what a reader who knows the rule knows, and a count that
    #: is hidden to protect another one need not be small: (1, None)
    star: bool = False
    #: between what the mean of the data set's amount (days of stay) lies, where it was shown; what rounds to
    #: 4.2 is (4.15, 4.25)
    mean: tuple[float, float] | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """It, as JSON keeps it."""
        return {**vars(self), "query": self.query.entry}

    @classmethod
    @lru_cache(maxsize=100_000)  # a report reads what was told of an organisation again with every question
    def read(cls, text: str) -> Told:
        """Return it from a line of JSON that holds what `entry` gave."""
        entry = json.loads(text)
        mean = entry.get("mean")
        return cls(**{**entry, "query": Query.read(entry["query"]), "mean": tuple(mean) if mean else None})


def _words(condition: Condition) -> str:
    if condition.is_range:
        low, high = condition.low, condition.high
        limits = (
            f"{low:g} or more" if low is not None else "",
            f"below {high:g}" if high is not None else "",
        )
        return f"{condition.dimension} {' and '.join(filter(None, limits))}"
    values = "/".join(value or "missing" for value in condition.among)
    return f"{condition.dimension} {'not ' if condition.excluded else ''}{values}"

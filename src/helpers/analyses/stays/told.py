"""What the length-of-stay report asks the ledger for: every count that it shows, or that a figure of it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from helpers.analyses.stays.options import StayOptions
from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import EVERYBODY, Condition, Query, Told
from helpers.data.ledger.manifests import shown_cell
from helpers.report import controlled
from helpers.report.period import Period
from helpers.report.words import number

Ask = Callable[[Sequence[Asked]], Mapping[Query, Told]]
#: decimals of every mean stay
MEAN_DIGITS = 1
#: by how many people a figure of all others may be off and look the same, so that it need not be kept
_FAR = 16


@dataclass
class StaysTold:
    """The stays of one organisation as the ledger lets them be told."""

    organisation: str
    period: Period
    options: StayOptions
    ask: Ask
    _told: dict[Query, Told] = field(default_factory=dict)
    #: whose count is shown and whose mean is not
    _meanless: set[Query] = field(default_factory=set)

    def all_stays(self, *, zero_day: bool, period: Period | None = None) -> Query:
        """Return the query of the stays that count, in the report's specialty where it has one."""
        span = period or self.period
        conditions = list(self.options.conditions)
        if self.options.specialty is not None:
            conditions.append(Condition("specialty_code", (self.options.specialty,)))
        if not zero_day:
            conditions.append(Condition("los_days", low=1))
        return Query(
            "spells", self.organisation, tuple(conditions), span.first.isoformat(), span.end.isoformat()
        )

    @property
    def stays(self) -> Query:
        """The query of the stays that the report counts."""
        return self.all_stays(zero_day=self.options.zero_day_stays)

    def group(self, column: str, values: Iterable[str]) -> Query:
        """Return the query of some groups of them together."""
        name = {"specialty": "specialty_code"}.get(column, column)
        return self.stays.where(Condition(name, tuple(sorted(values))))

    def month(self, first: date) -> Query:
        """Return the query of those of one month."""
        return self.all_stays(zero_day=self.options.zero_day_stays, period=Period(first, first))

    def tail(self, days: int, organisation: str | None = None) -> Query:
        """Return the query of stays of so many days or more, or of none; nothing is left out or trimmed."""
        condition = Condition("los_days", low=days) if days else Condition("los_days", high=1)
        query = self.all_stays(zero_day=True).where(condition)
        if organisation != EVERYBODY:
            return query
        others = Condition("org_code", (self.organisation,), excluded=True)
        return Query(query.data_set, EVERYBODY, (*query.conditions, others), query.first, query.end)

    def first_asked(self, column: str, groups: Iterable[str], months: Iterable[date]) -> list[Asked]:
        """Return what the report wants to show, the most important first."""
        # both ways share their bed-days, so that two means give the ratio of the counts
        other = self.all_stays(zero_day=not self.options.zero_day_stays)
        wholes = [replace(self._asked(query), spare=True) for query in (self.stays, other)]
        parts = [self.group(column, [value]) for value in groups]
        tails = [Asked(self.tail(days)) for days in (0, *self.options.tails)]
        return [
            *wholes,
            *(self._asked(query) for query in parts),
            # a report of one month has asked for that month, with its count
            *(
                self._asked(query, counted=False)
                for query in map(self.month, months)
                if query not in [each.query for each in wholes]
            ),
            *tails,
        ]

    def _asked(self, query: Query, *, counted: bool = True) -> Asked:
        # means of trimmed stays are of another amount than the ledger knows
        trimmed = self.options.trim != "none"
        return Asked(query, counted=counted, digits=None if trimmed else MEAN_DIGITS, exactly=trimmed)

    def settle(self, asked: Sequence[Asked]) -> None:
        """Ask the ledger."""
        self._told |= self.ask(asked)
        for each in asked:
            told = self._told[each.query]
            if each.digits is not None and told.mean is None and not told.star and told.high != 0:
                self._meanless.add(each.query)

    def settle_group(self, query: Query) -> None:
        """Ask for one more group."""
        if query not in self._told:
            self.settle([self._asked(query)])

    def may_tell_mean(self, *, zero_day: bool) -> bool:
        """Ask for the mean of all stays alone, and return whether it may be told."""
        query = self.all_stays(zero_day=zero_day)
        self.settle([self._asked(query, counted=False)])
        return self.shows_mean(query)

    def settle_by(self, everybody: Query) -> None:
        """Ask for all stays once more, as all groups together: beside what these hide, it may tell no star."""
        self.settle([replace(self._asked(everybody), spare=True)])  # as it was asked for as a whole
        self._told[self.stays] = self._told[everybody]
        if everybody in self._meanless:
            self._meanless.add(self.stays)

    def shares_of_others(self, some: Mapping[int, float], all_of: float) -> list[Cell]:
        """Return how many of a hundred patients of all other trusts stay so many days or more, or none.

        Among many people they are rounded so far that a few more or fewer do not show, and tell nothing of
        this trust's; among fewer the ledger is asked.
        """
        digits = next((each for each in (1, 0) if all_of * 0.5 * 10**-each / 100 >= _FAR), None)
        if digits is not None:
            return [round(100 * count / all_of, digits) for count in some.values()]
        queries = {days: self.tail(days, EVERYBODY) for days in some}
        self.settle([Asked(queries[days], exact=int(count)) for days, count in some.items()])
        shares = controlled.percentages(some.values(), [all_of] * len(some), "records")
        return controlled.derived(shares, [self.cell(queries[days]) for days in some])

    @staticmethod
    def about_others(count: float) -> str:
        """Return how many patients all other trusts have, so rounded that a few more or fewer do not show."""
        step = next(each for each in (1000, 100, 10) if count >= 20 * each or each == 10)
        return f"about {number(step * round(count / step))}"

    def hides(self, query: Query) -> bool:
        """Tell whether nothing may be shown that rests on these stays."""
        return self._told[query].star

    def shows_mean(self, query: Query) -> bool:
        """Tell whether their mean may be shown: a count may be that is told without it."""
        return not self.hides(query) and query not in self._meanless

    def cell(self, query: Query) -> Cell:
        """Return their number as it may be shown."""
        return shown_cell(self._told[query])

    def derived(self, value: float, query: Query) -> Cell:
        """Return what rests on them, hidden with them; missing where nobody is."""
        if not self.shows_mean(query):
            return SUPPRESSED
        return None if value != value else value

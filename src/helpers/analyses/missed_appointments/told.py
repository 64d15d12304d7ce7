"""What the report on missed appointments asks the ledger for: every count that it shows, or a rate rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from helpers.analyses.stays.told import Ask
from helpers.bundle import Cell
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import EVERYBODY, Condition, Query, Told
from helpers.data.ledger.manifests import shown_cell
from helpers.data.series.appointments import ALL
from helpers.report.period import Period

#: what an appointment counts as that was neither cancelled by the patient nor by the hospital
_BOOKED = Condition("outcome", ("attended", "dna"))
_MISSED = Condition("outcome", ("dna",))
#: what the groups by deprivation need to be known of an appointment
_KNOWN = (
    *(Condition(name, ("",), excluded=True) for name in ("age_band", "kind", "mode")),
    Condition("lead_days", low=0),
    Condition("sex", ("female", "male")),
)


@dataclass
class AppointmentsTold:
    """The appointments of a trust, and those of others, as the ledger lets them be told."""

    #: organisation, period, specialty: whose, when, and of which specialty; None for all
    organisation: str
    period: Period
    specialty: str | None
    ask: Ask
    where: tuple[Condition, ...] = ()
    _told: dict[Query, Told] = field(default_factory=dict)

    def query(
        self,
        *conditions: Condition,
        missed: bool,
        kind: str = ALL,
        organisation: str | None = None,
        month: date | None = None,
    ) -> Query:
        """Return the query of a trust's appointments that could have been kept, or of those missed."""
        span = Period(month, month) if month else self.period
        wanted = [_MISSED if missed else _BOOKED, *conditions]
        if kind != ALL:
            wanted.append(Condition("kind", ("" if kind == "unknown" else kind,)))
        if self.specialty is not None and not any(c.dimension == "specialty_code" for c in conditions):
            wanted.append(Condition("specialty_code", (self.specialty,)))
        whose = self.organisation if organisation is None else organisation
        wanted = one_each([*self.where, *wanted])
        return Query("appointments", whose, tuple(wanted), span.first.isoformat(), span.end.isoformat())

    @staticmethod
    def of_specialty(code: object) -> Condition:
        """Return what the appointments of a specialty have in common."""
        return Condition("specialty_code", (str(code),))

    @staticmethod
    def of_fifth(place: int) -> tuple[Condition, ...]:
        """Return what the appointments of a fifth of deprivation have in common, the most deprived being 1."""
        return (*_KNOWN, Condition("deprivation", (str(place),)))

    def settle(self, queries: Iterable[Query]) -> None:
        """Ask the ledger for what was not asked before, the most important first."""
        fresh = [Asked(query) for query in dict.fromkeys(queries) if query not in self._told]
        if fresh:
            self._told |= self.ask(fresh)

    def pair(self, *conditions: Condition, **which: object) -> tuple[Query, Query]:
        """Return the queries of booked and of missed appointments."""
        booked, missed = (
            self.query(*conditions, missed=each, **which)  # type: ignore[arg-type]
            for each in (False, True)
        )
        return booked, missed

    def cells(self, *conditions: Condition, **which: object) -> tuple[Cell, Cell]:
        """Return booked and missed appointments as they may be shown."""
        pair = self.pair(*conditions, **which)
        self.settle(pair)
        booked, missed = (shown_cell(self._told[query]) for query in pair)
        return booked, missed

    def cells_of_several(self, codes: Iterable[str], booked: float, missed: float) -> tuple[Cell, Cell]:
        """Return the sums of several trusts as they may be shown."""
        among = Condition("org_code", tuple(sorted(codes)))
        pair = self.pair(among, organisation=EVERYBODY)
        exact = zip(pair, (booked, missed), strict=True)
        told = self.ask([Asked(query, exact=int(count)) for query, count in exact])
        return shown_cell(told[pair[0]]), shown_cell(told[pair[1]])


def one_each(conditions: Iterable[Condition]) -> list[Condition]:
    """Return conditions of which each dimension has one: what meets all that were given for it.

    >>> [told] = one_each([Condition("mode", ("telephone",), excluded=True), Condition("mode", ("",), excluded=True)])
    >>> told.among, told.excluded
    (('', 'telephone'), True)
    >>> one_each([Condition("lead_days", low=0), Condition("lead_days", low=7, high=28)])[0].low
    7
    """
    found: dict[str, Condition] = {}
    for each in conditions:
        known = found.get(each.dimension)
        found[each.dimension] = each if known is None or known == each else _both(known, each)
    return list(found.values())


def _both(one: Condition, other: Condition) -> Condition:
    name = one.dimension
    if one.is_range or other.is_range:
        lows = [each.low for each in (one, other) if each.low is not None]
        highs = [each.high for each in (one, other) if each.high is not None]
        return Condition(name, low=max(lows, default=None), high=min(highs, default=None))
    if one.excluded and other.excluded:
        return Condition(name, tuple(sorted({*one.among, *other.among})), excluded=True)
    kept, beside = (other, one) if one.excluded else (one, other)
    within = [value for value in kept.among if (value in beside.among) != beside.excluded]
    return Condition(name, tuple(within))

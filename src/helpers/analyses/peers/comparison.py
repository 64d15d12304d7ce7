"""Compare measures of a trust with its peers: one at the newest period that it shares with them, or all of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from helpers.analyses.peers.movement import Movement, find_movement
from helpers.analyses.peers.result import PeerComparison
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.periods import period_end
from helpers.data.series.peer_values import peer_organisations
from helpers.errors import DataError, Problem, raise_all
from helpers.measures.places.groups import GROUP_KINDS, GroupKind, PeerGroup, find_group
from helpers.measures.places.spread import Places, places_at, places_of
from helpers.measures.places.values import PeerSeries, can_be_compared, read_series
from helpers.phrases import phrases
from helpers.register.models import Benchmark, Measure, Register
from helpers.register.reading import find_measure
from helpers.report.period import Period, add_months


@dataclass(frozen=True)
class PeerChoice:
    """What an organisation is compared with."""

    group: GroupKind = "national"
    chosen: tuple[str, ...] = ()  # codes for the kind `chosen`
    until: date | None = None  # last month that may be used, by its first day; None for the newest
    #: what gains are measured against; None takes the register's, where peers can give it
    benchmark: Benchmark | None = None


def compare_peers(
    mart: Mart, measure: Measure, organisation: str, choice: PeerChoice | None = None
) -> PeerComparison | None:
    """Compare a measure of an organisation with its peers at the newest period that it shares with them.

    None where the organisation is no trust, where there is no such group, where nobody in it has a figure, or where the
    measure is a count without a base. By default with all trusts of its kind at the newest period.
    """
    choice = choice or PeerChoice()
    organisations = peer_organisations(mart)
    if organisation not in organisations.index:
        return None
    group = find_group(choice.group, organisation, organisations, chosen=choice.chosen)
    return compare_with(mart, measure, organisation, group, dict(organisations["name"]), choice)


def compare_with(
    mart: Mart,
    measure: Measure,
    organisation: str,
    group: PeerGroup,
    names: Mapping[str, str],
    choice: PeerChoice,
) -> PeerComparison | None:
    """Compare an organisation with a group that is known already; see `compare_peers`."""
    if not can_be_compared(measure):
        return None
    series = read_series(mart, measure, group.codes, own=organisation, until=choice.until)
    kept = partial(places_of, mart, series, group.codes)
    return compare_series(series, organisation, names, group=group, choice=choice, places_on=kept)


def compare_series(
    series: PeerSeries,
    organisation: str,
    names: Mapping[str, str],
    *,
    group: PeerGroup,
    choice: PeerChoice,
    places_on: Callable[[date], Places] | None = None,
) -> PeerComparison | None:
    """Compare an organisation by a series of its group; see `compare_peers`.

    `names` are the organisations' names by code; `places_on` gives the places of a period where they are kept.
    """
    period, measure = series.shared_period(organisation, until=choice.until), series.measure
    if period is None:
        return None
    return PeerComparison(
        measure=measure,
        organisation=organisation,
        group=group,
        period=period,
        newest=max(*series.returned(choice.until), period),
        judged_on=period_end(choice.until, "month") if choice.until else None,
        wanted=choice.benchmark or measure.benchmark,
        names=names,
        series=series,
        places_on=places_on or partial(places_at, series),
    )


#: how far back a trust and its peers are followed where nothing else is asked for
MOVEMENT_MONTHS = 12
#: figures that ended longer before the report's month are named and not shown, unless they were asked for
TOO_OLD_MONTHS = 24


@dataclass(frozen=True)
class PeerOptions:
    """What a peer benchmark is asked for."""

    #: ids from the register; none takes every measure that trusts can be compared by
    measures: tuple[str, ...] = ()
    group: GroupKind = "national"  # whom the trust is compared with first
    #: codes of chosen peers: a group of their own, and the first one where `group` is `chosen`
    peers: tuple[str, ...] = ()
    #: what gains are measured against; None takes each measure's own from the register
    benchmark: Benchmark | None = None
    months: int = MOVEMENT_MONTHS  # how far back the trust and its peers are followed

    def __post_init__(self) -> None:
        problems = []
        if self.group not in GROUP_KINDS:
            problems.append(Problem("group", repr(self.group), ", ".join(GROUP_KINDS)))
        if self.group == "chosen" and not self.peers:
            problems.append(Problem("peers", "none", "codes of trusts", "name the chosen peers"))
        if self.months < 1:
            problems.append(Problem("months", f"{self.months}", "1 or more", "say how far back to look"))
        raise_all(problems)


@dataclass(frozen=True)
class InGroup:
    """A measure among one peer group; no comparison where there is no such group, with the reason."""

    kind: GroupKind
    comparison: PeerComparison | None
    note: str = ""

    @property
    def name(self) -> str:
        """What the group is called in a table."""
        return phrases("names.peer_groups")[self.kind]


class PeerFindings:
    """The comparisons of one trust; every property is worked out once."""

    def __init__(
        self,
        mart: Mart,
        organisation: Organisation,
        period: Period,
        register: Register,
        options: PeerOptions,
    ) -> None:
        self.mart, self.organisation, self.period = mart, organisation, period
        self.register, self.options = register, options
        self._groups: dict[GroupKind, PeerGroup] = {}
        self._known = peer_organisations(mart)
        if organisation.code not in self._known.index:
            cure = "compare boards and regions by their trusts"
            raise DataError("trust", f"{organisation.code} is no NHS trust", "a trust", cure)
        self.asked = _asked(register, options.measures)
        note = self._group(options.group).note
        if note:
            cure = "choose another group"
            raise DataError(f"group: {options.group}", f"{organisation.code}: {note}", cure=cure)
        if not self.comparisons:
            raise self._nothing()

    def _nothing(self) -> DataError:
        names = ", ".join(measure.id for measure in self.asked) or "the register's measures"
        where = f"{self.organisation.code}, {self.period.label}"
        allowed = "measures with a numerator and a denominator or a value for several trusts"
        cure = "load the publications that they come from, or choose others"
        return DataError(where, f"no trust can be compared by {names}", allowed, cure)

    @property
    def single(self) -> bool:
        """Whether one measure alone was asked for, and is shown in full."""
        return len(self.options.measures) == 1

    @cached_property
    def _every(self) -> tuple[PeerComparison, ...]:
        found = (self._compare(measure, self.options.group) for measure in self.asked)
        return tuple(each for each in found if each is not None)

    @cached_property
    def comparisons(self) -> tuple[PeerComparison, ...]:
        """One per measure that some trust has a figure of, in the register's order, old figures last.

        Without measures that were asked for, those that ended long ago are left out, unless all did.
        """
        past = {each.measure.id for each in self.long_past}
        kept = [each for each in self._every if each.measure.id not in past]
        return tuple(sorted(kept, key=lambda each: each.stale))

    @cached_property
    def long_past(self) -> tuple[PeerComparison, ...]:
        """The comparisons that are left out because their figures ended long ago."""
        first = add_months(self.period.last, -TOO_OLD_MONTHS)
        ended = tuple(each for each in self._every if period_end(each.period, each.period_type) < first)
        return () if self.options.measures or len(ended) == len(self._every) else ended

    @cached_property
    def ranked(self) -> tuple[PeerComparison, ...]:
        """The comparisons as they are spoken of: the worst place first, those without one later, old figures last."""

        def place(each: PeerComparison) -> tuple[bool, float]:
            known = each.own.percentile if each.own and each.measure.direction != "neutral" else None
            return (True, 0.0) if known is None or each.alike else (False, known.percent)

        return tuple(sorted(self.comparisons, key=lambda each: (each.stale, *place(each))))

    @property
    def compared(self) -> tuple[PeerComparison, ...]:
        """The comparisons in which the trust itself has a figure."""
        return tuple(each for each in self.comparisons if each.own is not None)

    @property
    def counts(self) -> tuple[Measure, ...]:
        """Measures that cannot be compared because they count, and grow with the trust."""
        return tuple(measure for measure in self.asked if not can_be_compared(measure))

    @property
    def absent(self) -> tuple[Measure, ...]:
        """Measures that nobody in the group has a figure of."""
        known = {each.measure.id for each in self._every}
        return tuple(each for each in self.asked if can_be_compared(each) and each.id not in known)

    def _compare(self, measure: Measure, group: GroupKind) -> PeerComparison | None:
        options = self.options
        choice = PeerChoice(group, options.peers, self.period.last, options.benchmark)
        names, own = dict(self._known["name"]), self.organisation.code
        return compare_with(self.mart, measure, own, self._group(group), names, choice)

    def _group(self, kind: GroupKind) -> PeerGroup:
        if kind not in self._groups:
            own, chosen = self.organisation.code, self.options.peers
            self._groups[kind] = find_group(kind, own, self._known, chosen=chosen)
        return self._groups[kind]

    def groups_of(self, comparison: PeerComparison) -> tuple[InGroup, ...]:
        """Return a measure among every kind of peer group, at the period of its comparison."""
        return tuple(
            self._in_group(comparison, kind)
            for kind in GROUP_KINDS
            if kind != "chosen" or self.options.peers
        )

    def _in_group(self, comparison: PeerComparison, kind: GroupKind) -> InGroup:
        if kind == self.options.group:
            return InGroup(kind, comparison)
        if note := self._group(kind).note:
            return InGroup(kind, None, note)
        found = self._compare(comparison.measure, kind)
        if found is None or found.period != comparison.period:
            return InGroup(kind, None, "no figures for the same period")
        return InGroup(kind, found)

    @cached_property
    def movements(self) -> dict[str, Movement | None]:
        """How the trust and its peers moved by measure id, first and last period alone; see `movement`."""
        return {each.measure.id: self.movement(each, only_ends=True) for each in self.compared}

    def movement(self, comparison: PeerComparison, *, only_ends: bool = False) -> Movement | None:
        """Return how the trust and its peers moved since the latest break in the series."""
        since = self.break_before(comparison)
        return find_movement(comparison, months=self.options.months, only_ends=only_ends, since=since)

    def break_before(self, comparison: PeerComparison) -> date:
        """Return the day from which the measure is what it is now; the beginning of time without a break."""
        events = self.register.events_of(comparison.measure.id, self.organisation.code)
        breaks = (event.day for event in events if event.kind == "series_break")
        return max((day for day in breaks if day <= comparison.period), default=date.min)


def _asked(register: Register, measures: Sequence[str]) -> tuple[Measure, ...]:
    if not measures:
        return tuple(register.measures.values())
    return tuple(find_measure(register, measure, where="measures") for measure in dict.fromkeys(measures))


def datasets_of(comparisons: Iterable[PeerComparison]) -> tuple[str, ...]:
    """Return the data sets behind comparisons, as the mart's fingerprints name them."""
    names = {f"measure_values/{source}" for each in comparisons for source in each.sources}
    return tuple(sorted(names))

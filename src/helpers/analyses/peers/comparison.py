"""Compare one measure of a trust with its peers at the newest period that it shares with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from helpers.analyses.peers.result import PeerComparison
from helpers.data.mart import Mart
from helpers.data.peer_values import peer_organisations
from helpers.data.periods import period_end
from helpers.measures.places.groups import GroupKind, PeerGroup, find_group
from helpers.measures.places.spread import Places, places_at, places_of
from helpers.measures.places.values import PeerSeries, can_be_compared, read_series
from helpers.register.models import Benchmark, Measure


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

"""All measures of an organisation: one query for their values, one call for their charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.bundle import Source
from helpers.data.checking.agreement import Disagreement, disagreements
from helpers.data.checking.quality import rate_series
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.periods import period_end
from helpers.data.series.measure_series import (
    Part,
    edition_moves,
    merged_into,
    read_reasons,
    read_series,
)
from helpers.data.series.peer_values import peer_organisations
from helpers.data.series.untold import as_told
from helpers.errors import Problem, unknown_names
from helpers.measures.events import events_of
from helpers.measures.place import Place, place_among
from helpers.measures.places.groups import PeerGroup, find_group
from helpers.measures.places.spread import places_of
from helpers.measures.places.values import can_be_compared, known_series
from helpers.measures.reasons import Reasons, reasons_of
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.measures.series import MeasureSeries, build_series
from helpers.measures.targets import target_on, targets_of
from helpers.register.models import Comment, Measure, Register, Target
from helpers.report.controlled_charts import chart_told
from helpers.report.report import Report
from helpers.stats.spc import XmRChart, XmRCharts, xmr_many


@dataclass(frozen=True)
class WantedMeasures:
    """Which measures of whom are wanted."""

    organisation: Organisation
    until: date  # first day of the report's last month; later figures are left out
    measures: tuple[str, ...] = ()  # ids in the order wanted; empty takes every measure of the register
    months: int = 36  # how many months a chart covers
    part: Part = "organisation"  # whole organisation, its units or its specialties

    @property
    def judged_on(self) -> date:
        """The day by which freshness is judged: the last of the report's period."""
        return period_end(self.until, "month")


@dataclass(frozen=True)
class Results:
    """The results of one organisation, in the order asked for."""

    asked: WantedMeasures
    #: one result per measure (and unit or specialty) that has a row in the mart
    found: tuple[MeasureResult, ...]
    missing: tuple[Measure, ...]
    sources: tuple[Source, ...] = field(default=())  # data sets behind the periods that are kept

    def __iter__(self) -> Iterator[MeasureResult]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def datasets(self) -> list[str]:
        """Data sets that gave a figure, by name."""
        return datasets_behind(self)

    @cached_property
    def by_measure(self) -> dict[str, MeasureResult]:
        """The results of whole organisations by the measure's id."""
        return {result.measure.id: result for result in self.found if not result.part}


def wrongly_asked(register: Register, names: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names of measures: unknown to the register, or named twice."""
    problems = unknown_names(
        dict.fromkeys(names),
        register.measures,
        where="measures: ",
        came="not in the register",
        allowed=False,
    )
    twice = sorted({name for name in names if names.count(name) > 1})
    return problems + [Problem(f"measures: {name}", "named twice", cure="name it once") for name in twice]


def datasets_behind(results: Iterable[MeasureResult]) -> list[str]:
    """Return the data sets that gave results a figure, by name."""
    return sorted({name for each in results for name in each.series.datasets})


def results_for(
    report: Report,
    measures: Sequence[str] = (),
    months: int = WantedMeasures.months,
    part: Part = "organisation",
) -> Results:
    """Return the results of an open report's organisation up to its month; see `WantedMeasures`."""
    asked = WantedMeasures(report.organisation, report.period.last, tuple(measures), months, part)
    return measure_results(report.mart, report.register, asked)


def measure_results(mart: Mart, register: Register, asked: WantedMeasures) -> Results:
    """Return the results of all measures asked for.

    Values come from one query, charts from one call of `xmr_many`, other trusts' values from a table that is computed
    once per version of the mart.
    """
    wanted = [register.measures[name] for name in asked.measures or register.measures]
    frame = read_series(
        mart,
        {measure.id: measure.frequency for measure in wanted},
        organisations=[asked.organisation.code],
        until=asked.until,
        part=asked.part,
    )
    if any(source.synthetic for source in frame.sources):
        wanted = [measure.with_examples() for measure in wanted]
    rows = as_told(mart, frame.data, wanted, about=asked.organisation.code)
    as_at = {source.dataset: date.fromisoformat(source.as_at) for source in frame.sources}
    mergers = merged_into(mart, asked.organisation.code)
    drafts = [_draft(piece, register, asked, mergers) for piece in _pieces(rows, wanted, asked, as_at)]
    charts = _charts(drafts)
    beside = _Beside(mart, register, asked, frame.data)
    found = tuple(_finish(draft, charts, place, beside) for place, draft in enumerate(drafts))
    held = {draft.measure.id for draft in drafts}
    missing = tuple(measure for measure in wanted if measure.id not in held)
    kept = {name for draft in drafts for name in draft.series.datasets}
    return Results(asked, found, missing, tuple(each for each in frame.sources if each.dataset in kept))


def results_of_rows(
    mart: Mart, register: Register, asked: WantedMeasures, rows: pd.DataFrame
) -> tuple[MeasureResult, ...]:
    """Return the results of figures that were put together elsewhere, such as sums over several organisations.

    They have chart, targets, events and the analysts' words; no place among trusts and no rating of quality. Rows are
    as those of `measure_values` with `members`.
    """
    if rows.empty:
        return ()
    wanted = [register.measures[name] for name in asked.measures]
    as_at = {source.dataset: date.fromisoformat(source.as_at) for source in mart.sources()}
    names = {source.dataset.partition("/")[2]: source.name for source in mart.sources()}
    drafts = [_draft(piece, register, asked, ()) for piece in _pieces(rows, wanted, asked, as_at)]
    charts = _charts(drafts)
    return tuple(
        replace(
            _plain(draft, charts[place], asked, names),  # type: ignore[index]
            comment=_newest_comment(register, asked, draft.measure),
        )
        for place, draft in enumerate(drafts)
    )


def _newest_comment(register: Register, asked: WantedMeasures, measure: Measure) -> Comment | None:
    """Return the newest words up to the report's last month."""
    month = f"{asked.until:%Y-%m}"
    return next(iter(register.comments_of(measure.id, asked.organisation.code, month)), None)


@dataclass(frozen=True)
class _Draft:
    """A result before its chart."""

    measure: Measure
    part: str
    series: MeasureSeries
    targets: tuple[Target, ...]
    events: tuple[ChartEvent, ...]


def _pieces(
    rows: pd.DataFrame, wanted: Sequence[Measure], asked: WantedMeasures, as_at: Mapping[str, date]
) -> list[tuple[Measure, str, MeasureSeries]]:
    """Cut the rows into series, in the order wanted and then by part."""
    column = {"unit": "unit_code", "specialty": "specialty_code"}.get(asked.part)
    parts = rows[column] if column else pd.Series("", index=rows.index)
    groups = {
        (str(name), str(part)): group for (name, part), group in rows.groupby([rows["measure"], parts])
    }
    return [
        (measure, part, build_series(group, measure, months=asked.months, as_at=as_at))
        for measure in wanted
        for (name, part), group in sorted(groups.items(), key=lambda entry: entry[0])
        if name == measure.id
    ]


def _draft(
    piece: tuple[Measure, str, MeasureSeries],
    register: Register,
    asked: WantedMeasures,
    mergers: Sequence[tuple[str, str, date | None]],
) -> _Draft:
    measure, part, series = piece
    registered = register.events_of(measure.id, asked.organisation.code)
    return _Draft(
        measure,
        part,
        series,
        targets_of(measure, series),
        events_of(series, registered, mergers, register.mergers, frequency=measure.frequency),
    )


def _charts(drafts: Sequence[_Draft]) -> XmRCharts | None:
    """Work out the charts of all series in one call."""
    if not drafts:
        return None
    frame = pd.concat([_chart_rows(number, draft) for number, draft in enumerate(drafts)])
    rebases = {
        number: [np.datetime64(event.day) for event in draft.events if event.rebases]
        for number, draft in enumerate(drafts)
    }
    return xmr_many(
        frame,
        group="series",
        improvement={number: draft.measure.direction for number, draft in enumerate(drafts)},
        target_column="target",
        rebase=rebases,
        settle=True,
    )


def _chart_rows(number: int, draft: _Draft) -> pd.DataFrame:
    in_force = [
        target_on(draft.targets, period_end(day, draft.measure.frequency)) for day in draft.series.days
    ]
    return pd.DataFrame(
        {
            "series": number,
            "date": draft.series.periods,
            "value": draft.series.values,
            "target": [
                np.nan if target is None or target.meaning == "cumulative" else target.value
                for target in in_force
            ],
        }
    )


class _Beside:
    """What stands beside the charts: comments, other trusts, quality."""

    def __init__(self, mart: Mart, register: Register, asked: WantedMeasures, rows: pd.DataFrame) -> None:
        self.mart, self.register, self.asked, self.rows = mart, register, asked, rows
        self.whole = asked.part == "organisation"
        self.moves = edition_moves(mart, asked.organisation.code) if self.whole else {}
        self.sources = {source.dataset.partition("/")[2]: source.name for source in mart.sources()}
        wanted = set(rows["measure"]) if self.whole else set()
        self.at_odds = disagreements(mart, wanted, organisation=asked.organisation.code)

    @cached_property
    def groups(self) -> tuple[PeerGroup, PeerGroup] | None:
        """All trusts of the own kind, and those of the own type and size; None where there are none."""
        known, code = peer_organisations(self.mart), self.asked.organisation.code
        if not self.whole or code not in known.index:
            return None
        return find_group("national", code, known), find_group("type", code, known)

    def disagreements(self, draft: _Draft) -> tuple[Disagreement, ...]:
        """Return what other published sources say otherwise of the periods of a series."""
        days, frequency = set(draft.series.days), draft.measure.frequency
        return tuple(
            found
            for found in self.at_odds
            if found.measure == draft.measure.id
            and found.published
            and not found.part
            and (found.period_type, found.basis) == (frequency, "provider")
            and found.period in days
        )

    def place(self, draft: _Draft) -> Place | None:
        """Return where the latest shown value lies among trusts."""
        measure, last = draft.measure, draft.series.latest
        if self.groups is None or last is None or not can_be_compared(measure):
            return None
        codes = self.groups[0].codes
        series = known_series(self.mart, measure, codes)
        places = places_of(self.mart, series, codes, draft.series.days[last])
        return place_among(places, self.asked.organisation.code, self.groups)

    def reasons(self, draft: _Draft) -> Reasons | None:
        """Return the reasons behind the latest shown count."""
        last = draft.series.latest
        if not self.whole or last is None or draft.measure.kind != "count":
            return None
        rows = self.every_reason[self.every_reason["measure"] == draft.measure.id]
        return (
            reasons_of(rows, self.asked.organisation.code, draft.series.days[last]) if len(rows) else None
        )

    @cached_property
    def every_reason(self) -> pd.DataFrame:
        """All trusts' counts by reason."""
        return read_reasons(self.mart)


def _finish(draft: _Draft, charts: XmRCharts | None, place: int, beside: _Beside) -> MeasureResult:
    assert charts is not None, "there is a draft, so there are charts"
    asked = beside.asked
    rows = beside.rows[beside.rows["measure"] == draft.measure.id]
    rows = rows[rows["period"] >= draft.series.periods[0]]  # a reader sees no gap before the chart begins
    quality = (
        rate_series(
            rows,
            draft.measure,
            asked.organisation.code,
            today=asked.judged_on,
            moves=beside.moves.get(draft.measure.id, (0, 0)),
        )
        if beside.whole
        else None
    )
    return replace(
        _plain(draft, charts[place], asked, beside.sources),
        comment=_newest_comment(beside.register, asked, draft.measure) if beside.whole else None,
        national=beside.place(draft),
        reasons=beside.reasons(draft),
        quality=quality,
        trajectory=beside.register.trajectory_of(draft.measure.id, asked.organisation.code)
        if beside.whole
        else {},
        part=draft.part,
        disagreements=beside.disagreements(draft),
    )


def _plain(
    draft: _Draft, chart: XmRChart, asked: WantedMeasures, sources: Mapping[str, str]
) -> MeasureResult:
    """Return a result with its chart, and nothing beside it."""
    return MeasureResult(
        measure=draft.measure,
        organisation=asked.organisation.code,
        series=draft.series,
        chart=chart_told(
            chart,
            draft.series.shown,
            digits=draft.measure.digits,
            origin=draft.series.origin,
            blank=draft.series.mostly_hidden,
        ),
        targets=draft.targets,
        events=draft.events,
        judged_on=asked.judged_on,
        sources=sources,
    )

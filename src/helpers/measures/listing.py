"""The series of a measure of one organisation as a list: a row for each period, as it may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.policy import policy_for
from helpers.data.series.measure_series import read_series
from helpers.data.series.untold import as_told
from helpers.measures.series import Floats, MeasureSeries, build_series
from helpers.register.models import Measure
from helpers.report import controlled

#: months that are more than any series has
_ALL: Final = 12 * 200
#: what of a measure of records counts patients, so that it can be shown as a count: the sum behind a mean does not
_COUNTS: Final = {"proportion": ("numerator", "denominator"), "mean": ("denominator",), "ratio": ()}


@dataclass(frozen=True)
class Row:
    """One period: numbers, `*` where one is hidden, nothing where it is not known."""

    period: str  # first day
    value: Cell  # in the measure's unit
    numerator: Cell
    denominator: Cell
    source: str
    vintage: str  # the edition, a day
    status: str  # "provisional" where it may still be revised


@dataclass(frozen=True)
class Seam:
    """Where a series goes over from one source to another."""

    period: str
    source: str
    before: str


@dataclass(frozen=True)
class Listing:
    """A series, its sources and its seams."""

    measure: str
    unit: str
    frequency: str
    organisation: str
    name: str
    sources: dict[str, str]  # names of the publications by source
    seams: tuple[Seam, ...]
    rows: tuple[Row, ...]
    rounded_to: int = 1  # to which multiple its counts of patients are rounded


def list_series(mart: Mart, measure: Measure, organisation: Organisation) -> Listing:
    """Return the whole series of a measure of an organisation, protected as in a report."""
    code = organisation.code
    frame = read_series(mart, {measure.id: measure.frequency}, organisations=[code], until=date.max)
    names = {each.dataset.partition("/")[2]: each.name for each in frame.sources}
    rows: tuple[Row, ...] = ()
    seams: tuple[Seam, ...] = ()
    step = 1
    if len(frame.data):
        told = as_told(mart, frame.data, [measure], about=code)
        series = build_series(told, measure, months=_ALL, as_at={})
        editions = dict(zip(frame.data["period"].dt.date, frame.data["vintage"], strict=True))
        vintages = [f"{editions[day]:%Y-%m-%d}" if day in editions else "" for day in series.days]
        rows = tuple(_rows(measure, series, vintages))
        seams = tuple(Seam(f"{day}", source, before) for day, source, before in series.seams)
        step = policy_for(series.origin).round_to
    used = {name: names.get(name, name) for row in rows for name in row.source.split(", ") if name}
    return Listing(
        measure.id, measure.unit, measure.frequency, code, organisation.name, used, seams, rows, step
    )


def _rows(measure: Measure, series: MeasureSeries, vintages: Sequence[str]) -> Iterator[Row]:
    parts = [_part(measure, series, name) for name in ("numerator", "denominator")]
    for place, day in enumerate(series.days):
        hidden = bool(series.hidden[place])
        value = SUPPRESSED if hidden else controlled.finite(series.shown[place])
        numerator, denominator = (
            SUPPRESSED if hidden and part[place] is not None else part[place] for part in parts
        )
        status = "provisional" if series.provisional[place] else ""
        yield Row(f"{day}", value, numerator, denominator, series.came_from[place], vintages[place], status)


def _part(measure: Measure, series: MeasureSeries, name: str) -> list[Cell]:
    """Return what stands above or below the line: of records as counts that may be shown, or not at all."""
    exact: Floats = getattr(series, name)
    if series.origin != "records":
        return [controlled.finite(each) for each in exact]
    if name not in _COUNTS.get(measure.kind, ("numerator",)):
        return [None] * len(exact)
    return controlled.counts(exact, series.origin)

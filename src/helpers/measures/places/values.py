"""The values of a measure that peers are compared by, as they may be shown, and who has none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.bundle import SUPPRESSED, Origin
from helpers.data.mart import Mart
from helpers.data.periods import period_end
from helpers.data.policy import DisclosurePolicy, policy_of_several
from helpers.data.series.peer_values import BASES, peer_values
from helpers.data.series.untold import as_told
from helpers.register.models import Measure
from helpers.report import controlled
from helpers.report.period import add_months
from helpers.stats.dna.impact import LEAST_BELIEVABLE_RATE

#: a trust whose last figure is older than this is no peer of the period any more
RETURNED_WITHIN_MONTHS = 12
#: a period counts as returned where at least this share of the usual trusts has a figure
RETURNED_SHARE = 0.5
#: a count is not compared per a base that is smaller than this share of the usual one: an eye hospital with three
#: beds cancels a hundred operations for each of them
LEAST_BASE = 0.1
#: months whose figures of others are compared with the own ones: the newest, and the year before it
ASKED_MONTHS = RETURNED_WITHIN_MONTHS + 1
#: measures whose figure shows whether missed appointments are written down at all
_MISSED = "dna_rate"


@dataclass(frozen=True)
class LeftOut:
    """Organisations of a group that cannot be compared, by reason; codes in order."""

    missing: tuple[str, ...] = ()  # without a figure for the period, with one in the year before
    suppressed: tuple[str, ...] = ()  # with a figure that must not be shown
    #: with a rate of missed appointments so low that they are not written down: not the best, but unknown
    not_recorded: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()  # with a part that is larger than its whole
    small_base: tuple[str, ...] = ()  # with hardly anything of what others' counts are taken per

    @property
    def codes(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(code for reason in fields(self) for code in getattr(self, reason.name))


@dataclass(frozen=True)
class PeerSeries:
    """A measure of a group of organisations over all periods."""

    measure: Measure
    #: org_code, period (first day), numerator, denominator (NaN where only values are published), value in the
    #: unit; `state`: shown, suppressed, not_recorded, impossible, small_base or empty; `members`: how many
    #: organisations the row adds up; `source`: the data sets of the row, separated by commas
    frame: pd.DataFrame
    #: period_type, unit, scale: of the values; a count with a base is per 100 of it
    period_type: str
    unit: str
    scale: float
    origin: Origin

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The rows whose value may be shown and compared."""
        return self.frame[self.frame["state"] == "shown"]

    @property
    def counted(self) -> bool:
        """Whether values have the numerator and denominator behind them."""
        return bool(self.frame["denominator"].notna().any())

    @property
    def digits(self) -> int:
        """How many decimals a value is shown with."""
        return shown_as(self.measure).digits

    def returned(self, until: date | None = None) -> list[date]:
        """Return the periods in which at least half of the usual organisations have a figure.

        `until` is the last month that a period may reach into, by its first day; None for any.
        """
        counts = self.shown.groupby("period").size()
        usual = counts.max() if len(counts) else 0
        periods: list[date] = list(counts.index[counts >= RETURNED_SHARE * usual])
        if until is None:
            return periods
        end = add_months(until, 1)
        return [day for day in periods if period_end(day, self.period_type) < end]

    def shared_period(self, own: str, *, until: date | None = None) -> date | None:
        """Return the newest period that the organisation shares with its group; the group's without own.

        See `returned` for `until`.
        """
        periods = self.returned(until)
        mine = set(self.shown.loc[self.shown["org_code"] == own, "period"])
        return max((day for day in periods if day in mine), default=max(periods, default=None))

    def at(self, period: date) -> pd.DataFrame:
        """Return the shown rows of a period, lowest value first, indexed by org_code."""
        rows = self.shown[self.shown["period"] == period]
        return rows.sort_values(["value", "org_code"]).set_index("org_code")

    def window(self, period: date, months: int) -> pd.DataFrame:
        """Return the shown rows of the months that end with a period, in order of organisation and period."""
        first = add_months(period, 1 - months)
        rows = self.shown[(self.shown["period"] >= first) & (self.shown["period"] <= period)]
        return rows.sort_values(["org_code", "period"])

    def left_out(self, period: date, codes: Collection[str]) -> LeftOut:
        """Return who of the codes cannot be compared at a period, and why."""
        rows = self.frame[self.frame["org_code"].isin(list(codes))]
        now = rows[rows["period"] == period].set_index("org_code")["state"]
        year = rows[
            (rows["period"] > add_months(period, -RETURNED_WITHIN_MONTHS)) & (rows["period"] <= period)
        ]
        usual = set(year.loc[year["state"] != "empty", "org_code"])
        by_state = {state: tuple(sorted(now.index[now == state])) for state in set(now)}
        present = set(now.index[now != "empty"])
        return LeftOut(
            missing=tuple(sorted(usual - present)),
            suppressed=by_state.get("suppressed", ()),
            not_recorded=by_state.get("not_recorded", ()),
            impossible=by_state.get("impossible", ()),
            small_base=by_state.get("small_base", ()),
        )

    def sources(self, period: date, months: int) -> tuple[str, ...]:
        """Return the data sets that the rows of the months that end with a period come from."""
        cells = set(self.window(period, months)["source"])
        return tuple(sorted({name for cell in cells for name in cell.split(", ")}))

    def merged(self, codes: Collection[str]) -> tuple[str, ...]:
        """Return who of the codes has periods that add up organisations which merged."""
        rows = self.frame[(self.frame["members"] > 1) & self.frame["org_code"].isin(list(codes))]
        return tuple(sorted(set(rows["org_code"])))


def can_be_compared(measure: Measure) -> bool:
    """Say whether trusts of different size can be compared by a measure: a count needs a base."""
    return measure.kind != "count" or measure.id in BASES


def shown_as(measure: Measure) -> Measure:
    """Return a measure with the unit and decimals of a comparison: a count with a base is per 100 of it."""
    base = BASES.get(measure.id)
    return measure.model_copy(update={"unit": f"per 100 {base.words}", "digits": 1}) if base else measure


def known_series(mart: Mart, measure: Measure, codes: Collection[str]) -> PeerSeries:
    """Return a measure of organisations over all periods, as the first rule of disclosure lets it be shown."""
    rows = peer_values(mart, measure.id, measure.frequency)
    return series_of(rows[rows["org_code"].isin(list(codes))].reset_index(drop=True), measure)


def read_series(
    mart: Mart, measure: Measure, codes: Collection[str], *, own: str, until: date | None = None
) -> PeerSeries:
    """Return a measure of organisations over all periods, disclosure control applied.

    `own` is the report's organisation, and `until` its last month: the ledger is asked for all figures of its own,
    and for those of others that are compared with them.
    """
    rows = peer_values(mart, measure.id, measure.frequency)
    rows = rows[rows["org_code"].isin(list(codes))].reset_index(drop=True)
    days = pd.to_datetime(rows["period"]).dt.date
    last = min(until or date.max, max(days, default=date.max))
    compared = (rows["org_code"] == own) | ((days > add_months(last, -ASKED_MONTHS)) & (days <= last))
    told = as_told(mart, rows[compared], [measure], about=own)
    return series_of(
        rows.assign(suppressed=rows["suppressed"] | told["untold"].reindex(rows.index).eq(True)), measure
    )


def series_of(rows: pd.DataFrame, measure: Measure) -> PeerSeries:
    """Return the series of rows as `helpers.data.series.peer_values.peer_values` returns them."""
    base = BASES.get(measure.id)
    unit, scale = shown_as(measure).unit, 100.0 if base else measure.scale
    origin = controlled.origin_of(measure, rows)
    parts = rows["numerator"].notna() & (rows["denominator"] > 0)
    counted = bool(parts.any() and parts.sum() >= RETURNED_SHARE * rows["value"].notna().sum())
    frame = pd.DataFrame(
        {
            "org_code": rows["org_code"],
            "period": pd.to_datetime(rows["period"]).dt.date,
            "numerator": rows["numerator"].astype(float) if counted else np.nan,
            "denominator": rows["denominator"].astype(float) if counted else np.nan,
            "value": rows["value"].astype(float) * scale,
            "members": rows["members"],
            "source": rows["source"].astype(str),
        }
    )
    known = parts if counted else rows["value"].notna()
    frame["state"] = np.select([rows["suppressed"], ~known], ["suppressed", "empty"], "shown")
    frame = _controlled(frame, measure, scale, policy_of_several(origin))
    frame = _judged(frame, measure, counted)
    return PeerSeries(measure, frame, measure.frequency, unit, scale, origin)


def _controlled(
    frame: pd.DataFrame, measure: Measure, scale: float, policy: DisclosurePolicy
) -> pd.DataFrame:
    """Return figures from records as they may be shown: all that is worked out begins from these.

    Shares are made of rounded counts; means keep their value, on a rounded number of patients.
    """
    if not policy.controls or not frame["denominator"].notna().any():
        return frame
    share = measure.kind == "proportion"
    shown = frame["state"] == "shown"
    people = frame["denominator"].where(shown)
    hidden = people.map(policy.hides)
    if share:
        events = frame["numerator"].where(shown)
        hidden |= events.map(policy.hides) | (people - events).map(policy.hides)
    kept = shown & ~hidden
    frame = frame.assign(state=frame["state"].mask(shown & hidden, "suppressed"))
    denominator = people.where(kept).map(lambda n: _rounded(n, policy))
    if share:
        numerator = np.minimum(
            frame["numerator"].where(kept).map(lambda x: _rounded(x, policy)), denominator
        )
        value = numerator / denominator * scale
    else:
        value = frame["value"].where(kept)
        numerator = value / scale * denominator
    return frame.assign(numerator=numerator, denominator=denominator, value=value)


def _rounded(count: float, policy: DisclosurePolicy) -> float:
    shown = None if np.isnan(count) else policy.show(count)
    return np.nan if shown is None or shown == SUPPRESSED else float(shown)


def _judged(frame: pd.DataFrame, measure: Measure, counted: bool) -> pd.DataFrame:
    """Return the rows with those marked that are impossible, or no record of what they claim to count."""
    if not counted:
        return frame
    shown, state = frame["state"] == "shown", frame["state"]
    if measure.kind == "proportion":
        state = state.mask(shown & (frame["numerator"] > frame["denominator"]), "impossible")
    if measure.id in BASES:
        usual = frame["denominator"].where(shown).groupby(frame["period"]).transform("median")
        state = state.mask(shown & (frame["denominator"] < LEAST_BASE * usual), "small_base")
    if measure.id.startswith(_MISSED):
        year = frame.where(shown).groupby(frame["org_code"])[["numerator", "denominator"]]
        sums = year.rolling(RETURNED_WITHIN_MONTHS, min_periods=1).sum().droplevel(0).sort_index()
        low = sums["numerator"] < LEAST_BELIEVABLE_RATE * sums["denominator"]
        state = state.mask(shown & low, "not_recorded")
    return frame.assign(state=state)

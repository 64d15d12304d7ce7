"""What the length-of-stay report finds out: numbers only, each computed once, none of them shown here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from helpers.data.directory import Organisation, organisations, specialty_names
from helpers.data.mart import Mart
from helpers.data.stays import (
    LEAST_TRIM_DAYS,
    StayRule,
    stay_cells,
    stay_months,
    stay_sample,
    stay_tails,
)
from helpers.errors import DataError, Problem, UsageError
from helpers.register.models import Event
from helpers.report.period import Period, add_months
from helpers.stats import los
from helpers.stats.funnel import Funnel, funnel
from helpers.stats.spc import XmRChart, xmr

BenchmarkName = Literal["national_mean", "peer_median", "best_quartile", "own_past", "target"]
BENCHMARKS: dict[str, str] = {
    "national_mean": "the national mean",
    "peer_median": "the median of its peer group",
    "best_quartile": "the lower quartile of trusts",
    "own_past": "its own mean of the year before",
    "target": "the stated target",
}
#: months of the trend chart: two years before the period's end, or the period where it is longer
TREND_MONTHS = 24
#: stays of other trusts in the regression: enough that its own error no longer counts
MODEL_SAMPLE = 20_000
#: a trust with fewer spells tells the funnel nothing and would only stretch it
FEWEST_PEER_SPELLS = 20


@dataclass(frozen=True)
class StayOptions:
    """What a parameter file may ask of the analysis; see the notebook's parameters cell."""

    specialty: str | None = None
    benchmark: BenchmarkName = "national_mean"
    target_days: float | None = None
    zero_day_stays: bool = True
    trim: Literal["none", "fixed", "upper_quartile"] = "none"
    trim_days: float | None = None
    occupancy: float = 0.92
    bed_day_cost: float | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.benchmark not in BENCHMARKS:
            problems.append(Problem("benchmark", f"{self.benchmark!r}", ", ".join(BENCHMARKS)))
        if self.benchmark == "target" and not (self.target_days and self.target_days > 0):
            problems.append(
                Problem("target_days", f"{self.target_days}", "days above 0 with benchmark: target")
            )
        if self.trim == "fixed" and not (self.trim_days and self.trim_days >= LEAST_TRIM_DAYS):
            allowed = f"{LEAST_TRIM_DAYS} days or more with trim: fixed"
            problems.append(Problem("trim_days", f"{self.trim_days}", allowed))
        if not 0 < self.occupancy <= 1:
            problems.append(
                Problem("occupancy", f"{self.occupancy}", "a share above 0 and up to 1, such as 0.92")
            )
        if self.bed_day_cost is not None and self.bed_day_cost <= 0:
            problems.append(
                Problem("bed_day_cost", f"{self.bed_day_cost}", "pounds above 0, or leave it out")
            )
        if problems:
            raise UsageError(problems)


@dataclass(frozen=True)
class Ratio:
    """Observed over expected bed-days with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """`longer`, `shorter` or `as expected`."""
        return los.conclusion(self.low, self.high)


class StayFindings:
    """The analysis of one organisation's stays; every property is computed once, when first asked for.

    Parameters
    ----------
    mart, organisation, period
        What to analyse.
    options
        How.
    events
        What happened at the organisation and may show in its stays.

    Raises
    ------
    DataError
        Where the organisation discharged no ordinary admission in the period, or the specialty is unknown.
    """

    def __init__(
        self,
        mart: Mart,
        organisation: Organisation,
        period: Period,
        options: StayOptions,
        *,
        events: Sequence[Event] = (),
    ) -> None:
        self.mart, self.organisation, self.period, self.options = mart, organisation, period, options
        self.events = tuple(events)
        self.rule = self._rule(period, zero_day=options.zero_day_stays)
        if self.organisation.code not in set(self.cells["org_code"]):
            kind = f" in specialty {options.specialty}" if options.specialty else ""
            raise DataError(
                Problem(
                    f"{organisation.code}, {period.label}", f"no ordinary admission was discharged{kind}",
                    cure="choose another period or specialty, or load the records of this trust",
                )
            )  # fmt: skip

    def _rule(self, period: Period, *, zero_day: bool) -> StayRule:
        return StayRule(period.first, period.end, zero_day, self.options.trim, self.options.trim_days)

    def _of_specialty(self, frame: pd.DataFrame) -> pd.DataFrame:
        wanted = self.options.specialty
        return frame if wanted is None else frame[frame["specialty"] == wanted]

    def _own(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["org_code"] == self.organisation.code]

    @cached_property
    def specialties(self) -> dict[str, str]:
        """Names of the treatment functions by code."""
        return specialty_names(self.mart)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Sums of every trust by stratum."""
        return self._of_specialty(stay_cells(self.mart, self.rule))

    # --- crude ------------------------------------------------------------------------------------

    @cached_property
    def crude(self) -> pd.Series:
        """The mean stay against the benchmark: spells, mean, benchmark, deviation, low, high."""
        return self._crude(self.cells)

    @cached_property
    def crude_other(self) -> pd.Series:
        """The same with stays of nought days the other way round (out where they are in)."""
        rule = self._rule(self.period, zero_day=not self.options.zero_day_stays)
        return self._crude(self._of_specialty(stay_cells(self.mart, rule)))

    def _crude(self, cells: pd.DataFrame) -> pd.Series:
        sums = self._own(cells)[["spells", "days", "days_squared"]].sum()
        table = los.crude_deviation(
            [sums["spells"]], [sums["days"]], [sums["days_squared"]], self._benchmark(cells)
        )
        return table.iloc[0]

    def _benchmark(self, cells: pd.DataFrame) -> float:
        """The benchmark in days; a national or peer figure leaves the trust itself out."""
        trusts = cells.groupby("org_code")[["spells", "days"]].sum()
        others = trusts.drop(self.organisation.code, errors="ignore")
        match self.options.benchmark:
            case "target":
                return float(self.options.target_days or 0)
            case "own_past":
                return self._past_mean(
                    zero_day=bool((cells["days"] == 0).any()) or self.options.zero_day_stays
                )
            case "peer_median":
                peers = others[others.index.isin(self.peer_codes)]
                return los.peer_median(peers["spells"], peers["days"])
            case "best_quartile":
                return los.best_quartile(others["spells"], others["days"])
            case _:
                return los.pooled_mean(others["spells"], others["days"])

    def _past_mean(self, *, zero_day: bool) -> float:
        cells = self._own(
            self._of_specialty(stay_cells(self.mart, self._rule(self.period.before, zero_day=zero_day)))
        )
        if cells.empty:
            before = self.period.before.label
            raise DataError(
                Problem("benchmark: own_past", f"no stays in {before}", cure="choose another benchmark")
            )
        return los.pooled_mean(cells["spells"], cells["days"])

    @cached_property
    def peer_codes(self) -> frozenset[str]:
        """The other trusts of the same peer group; all others where the trust has no group."""
        frame = organisations(self.mart)
        frame = frame[(frame["kind"] == "trust") & (frame.index != self.organisation.code)]
        group = self.organisation.peer_group
        return frozenset(frame.index[frame["peer_group"] == group] if group else frame.index)

    @property
    def national(self) -> tuple[float, float]:
        """The other trusts' mean stay: pooled, and with every trust counting once."""
        others = self.cells[self.cells["org_code"] != self.organisation.code]
        trusts = others.groupby("org_code")[["spells", "days"]].sum()
        return (
            los.pooled_mean(trusts["spells"], trusts["days"]),
            los.unweighted_mean(trusts["spells"], trusts["days"]),
        )

    # --- adjusted for case mix --------------------------------------------------------------------

    @cached_property
    def matched(self) -> pd.DataFrame:
        """Every trust's cells with their comparator: all other trusts together."""
        return los.match_comparators(self.cells)

    @cached_property
    def own_matched(self) -> pd.DataFrame:
        """This trust's cells with their comparator."""
        return self._own(self.matched)

    @cached_property
    def adjusted(self) -> pd.Series:
        """O, E, excess and O/E of the whole trust."""
        return los.observed_expected(self.own_matched).iloc[0]

    @property
    def ratio(self) -> Ratio:
        """O/E of the whole trust."""
        return Ratio(*(float(self.adjusted[name]) for name in ("ratio", "low", "high")))

    @cached_property
    def fallback(self) -> pd.Series:
        """How many of its spells were compared at which level of detail."""
        return los.fallback_spells(self.own_matched).iloc[0]

    @cached_property
    def split(self) -> pd.Series:
        """mean - benchmark as mix and length; both about the spells that found a comparator."""
        sums = self.adjusted
        return los.split_deviation(
            [sums["spells"]], [sums["observed"]], [sums["expected"]], self.crude["benchmark"]
        ).iloc[0]

    @cached_property
    def kitagawa(self) -> tuple[float, float]:
        """Mix and length of the difference from all other trusts, by Kitagawa's decomposition."""
        keys = list(los.STRATA)
        whose = self.cells["org_code"].eq(self.organisation.code)
        own = self.cells[whose].groupby(keys)[["spells", "days"]].sum()
        others = self.cells[~whose].groupby(keys)[["spells", "days"]].sum()
        own, others = own.align(others, fill_value=0)
        return los.kitagawa(own["spells"], own["days"], others["spells"], others["days"])

    @cached_property
    def model(self) -> los.AdjustedRatio:
        """The regression beside O/E; gamma without nought-day stays where trimming leaves part days."""
        stays = self._of_specialty(
            stay_sample(self.mart, self.rule, self.organisation.code, others=MODEL_SAMPLE)
        )
        whole = bool((stays["days"] % 1 == 0).all())
        covariates = [name for name in los.STRATA if stays[name].nunique() > 1]
        if stays.groupby("casemix_group")["specialty"].nunique().max() == 1:
            covariates = [name for name in covariates if name != "specialty"]  # the groups say it already
        return los.adjusted_ratio(
            stays, covariates=covariates, trust="own", family="nb2" if whole else "gamma"
        )

    @cached_property
    def model_verdict(self) -> los.ModelVerdict:
        """Whether the regression says the same as O/E."""
        return los.compare_with_model(self.ratio.value, self.ratio.low, self.ratio.high, self.model)

    # --- worth and origin -------------------------------------------------------------------------

    @property
    def group_column(self) -> str:
        """What the excess is broken down by: specialty, or within one specialty the age band."""
        return "specialty" if self.options.specialty is None else "age_band"

    @cached_property
    def groups(self) -> pd.DataFrame:
        """O/E and excess per specialty (or age band), shrunken and certain parts beside it, largest first."""
        column = self.group_column
        table = los.observed_expected(self.own_matched, by=[column]).droplevel(0)
        table = table[table["expected"] > 0]
        worth = los.opportunity(table["observed"], table["expected"], table["standard_error"], table["low"])
        table = table.join(worth.by_specialty.set_index(table.index))
        labels = [
            self.specialties.get(code, code) if column == "specialty" else code for code in table.index
        ]
        return table.assign(label=labels).sort_values("excess", ascending=False)

    @cached_property
    def worth(self) -> los.Opportunity:
        """Raw, shrunken and certain excess bed-days over the groups."""
        table = self.groups
        return los.opportunity(table["observed"], table["expected"], table["standard_error"], table["low"])

    def beds(self, bed_days: float) -> float:
        """Return bed-days of the period as beds at the planned occupancy."""
        return los.excess_beds(bed_days, self.period.days, occupancy=self.options.occupancy)

    # --- tails, trend, peers ----------------------------------------------------------------------

    @cached_property
    def tails(self) -> pd.DataFrame:
        """Sums of nought-day and long stays: rows `own` and `others`, untrimmed, nought days included."""
        rule = StayRule(self.period.first, self.period.end)
        table = self._of_specialty(stay_tails(self.mart, rule))
        own = table["org_code"].eq(self.organisation.code).map({True: "own", False: "others"})
        return table.drop(columns=["org_code", "specialty"]).groupby(own).sum()

    def tails_of(self, whose: Literal["own", "others"]) -> pd.Series:
        """Return one side of `tails`."""
        return self.tails.T[whose]

    @cached_property
    def months(self) -> pd.DataFrame:
        """Spells and days of the trust by month, indexed by the first day; months without any are missing."""
        span = Period.ending(self.period.last, max(TREND_MONTHS, self.period.months))
        frame = self._own(
            self._of_specialty(
                stay_months(self.mart, self._rule(span, zero_day=self.options.zero_day_stays))
            )
        )
        months = pd.Index([add_months(span.first, n) for n in range(span.months)], name="month")
        frame = frame.assign(month=pd.to_datetime(frame["month"]).dt.date)
        return frame.groupby("month")[["spells", "days"]].sum().reindex(months)

    @cached_property
    def trend(self) -> XmRChart:
        """The XmR chart of the monthly mean, the benchmark as its target."""
        mean = (self.months["days"] / self.months["spells"]).to_numpy(dtype=float)
        dates = np.array(list(self.months.index), dtype="datetime64[D]")
        restarts = [event.day.replace(day=1) for event in self.events_in_trend if event.rebase]
        target = float(self.crude["benchmark"])
        return xmr(mean, dates, improvement="decrease", target=target, rebase=sorted(set(restarts)))

    @cached_property
    def events_in_trend(self) -> tuple[Event, ...]:
        """The registered events after the first month of the trend."""
        months = self.months.index
        return tuple(event for event in self.events if event.day.replace(day=1) in set(months[1:]))

    @cached_property
    def all_trusts(self) -> pd.DataFrame:
        """O/E of every trust with enough spells, indexed by org_code."""
        table = los.observed_expected(self.matched)
        enough = (table["spells"] >= FEWEST_PEER_SPELLS) & (table["observed"] > 0)
        return table[enough | (table.index == self.organisation.code)]

    @cached_property
    def peers(self) -> Funnel:
        """The funnel of O/E, each trust weighed by the precision of its own ln(O/E).

        Bed-days are no independent events, so the Poisson error of O/E would be far too small; 1/s^2, with
        s the standard error of ln(O/E), is the number of events that would be as precise.
        """
        table = self.all_trusts
        precision = 1 / table["standard_error"] ** 2
        return funnel(
            table["ratio"] * precision, precision, table.index, kind="standardised_ratio", exact=False
        )

"""What the length-of-stay report finds out: numbers only, each computed once, none of them shown here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.analyses.stays.excess import UNIT, ExcessBedDays
from helpers.analyses.stays.options import StayOptions
from helpers.analyses.stays.told import Ask, StaysTold
from helpers.analyses.stays.trend import StayTrend
from helpers.data.ledger.releases import Releases
from helpers.data.ledger.releasing import decide_on
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation, organisations, specialty_names
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy
from helpers.data.series.stays import (
    SUMS,
    StayRule,
    stay_cells,
    stay_months,
    stay_sample,
    stay_tails,
    stay_totals,
)
from helpers.errors import ArgumentError, DataError
from helpers.register.models import Event
from helpers.report.period import Period, add_months
from helpers.stats import los
from helpers.stats.funnel import Funnel, funnel

#: stays of other trusts in the regression: enough that its own error no longer counts
MODEL_SAMPLE = 20_000
#: a trust with fewer spells tells the funnel nothing, and its mean is no benchmark
FEWEST_PEER_SPELLS = 20
#: with fewer trusts there is no spread to judge by: trimming a tenth at each end takes ten
FEWEST_PEERS = 10


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

    Groups that `policy` hides are taken together, so that no sum less its parts tells them. `ask` tells what may be
    shown beside everything that was told before; without it, beside nothing. Refused where there is nobody to compare,
    or so few that no figure on them may be shown.
    """

    def __init__(
        self,
        mart: Mart,
        organisation: Organisation,
        period: Period,
        options: StayOptions,
        *,
        events: Sequence[Event] = (),
        policy: DisclosurePolicy = HES_RECORD_LEVEL,
        ask: Ask | None = None,
    ) -> None:
        self.mart, self.organisation, self.period, self.options = mart, organisation, period, options
        self.events, self.policy = tuple(events), policy
        self._ask = ask or partial(decide_on, Releases(Path()), mart)
        self.rule = self._rule(period, zero_day=options.zero_day_stays)
        self._refuse_too_few()

    def _refuse_too_few(self) -> None:
        where = f"{self.organisation.code}, {self.period.label}"
        codes, wider = set(self._trusts(self.rule).index), "cover more months, or leave the specialty out"
        if self.organisation.code not in codes:
            kind = f" in specialty {self.options.specialty}" if self.options.specialty else ""
            cure = "choose another period or specialty, or load the records of this trust"
            raise DataError(where, f"no ordinary admission was discharged{kind}", cure=cure)
        if self.policy.hides(self.cells["spells"].sum()):
            found = "so few patients were discharged that no figure on them may be shown"
            raise DataError(where, found, cure=wider)
        compared = 0 if len(codes) == 1 else float(self.adjusted["spells"])
        if not compared or self.policy.hides(compared):
            raise DataError(where, "too few patients have their like at any other trust", cure=wider)
        if np.isnan(self.crude["benchmark"]):
            found = "too few patients to compare with"
            cure = "choose another benchmark, or cover more months"
            raise DataError(f"benchmark: {self.options.benchmark}", found, cure=cure)

    @cached_property
    def told(self) -> StaysTold:
        """What may be told of every count that the report shows, or that a figure of it rests on."""
        told = StaysTold(self.organisation.code, self.period, self.options, self._ask)
        spells = self.cells.groupby(self.group_column)["spells"].sum()
        largest = spells.sort_values(ascending=False, kind="stable")
        told.settle(told.first_asked(self.group_column, map(str, largest.index), self.trend.months.index))
        if told.hides(told.stays) and spells.sum() == self.crude["spells"]:
            told.settle_by(told.group(self.group_column, map(str, spells.index)))
        return told

    def _rule(self, period: Period, *, zero_day: bool) -> StayRule:
        options = self.options
        return StayRule(
            period.first, period.end, zero_day, options.trim, options.trim_days, options.conditions
        )

    def _of_specialty(self, frame: pd.DataFrame) -> pd.DataFrame:
        wanted = self.options.specialty
        return frame if wanted is None else frame[frame["specialty"] == wanted]

    @cached_property
    def specialties(self) -> dict[str, str]:
        """Names of the treatment functions by code."""
        return specialty_names(self.mart)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Sums of this trust by stratum and team."""
        return self._cells(self.rule)

    def _cells(self, rule: StayRule) -> pd.DataFrame:
        return self._of_specialty(stay_cells(self.mart, rule, self.organisation.code))

    def _trusts(self, rule: StayRule) -> pd.DataFrame:
        """Sums of every trust, indexed by org_code."""
        totals = self._of_specialty(stay_totals(self.mart, rule, ("org_code", "specialty")))
        return totals.groupby("org_code")[["spells", "days"]].sum()

    @cached_property
    def others(self) -> pd.DataFrame:
        """Sums of all other trusts together by stratum."""
        everyone = self._of_specialty(stay_totals(self.mart, self.rule, los.STRATA))
        sums = [*SUMS]
        rows = pd.concat([everyone, self.cells.assign(**-self.cells[sums])[list(everyone)]])
        # what is taken away of sums of part days leaves a rest of rounding
        rest = rows.groupby([*los.STRATA], dropna=False)[sums].sum().clip(lower=0)
        return rest[rest["spells"] > 0].reset_index()

    # --- crude ------------------------------------------------------------------------------------

    @cached_property
    def crude(self) -> pd.Series:
        """The mean stay against the benchmark: spells, mean, benchmark, deviation, low, high."""
        return self.crude_of(zero_day=self.options.zero_day_stays)

    def crude_of(self, *, zero_day: bool) -> pd.Series:
        """Return the same with or without zero-day stays; a stated target is for the report's way alone."""
        rule = self._rule(self.period, zero_day=zero_day)
        sums = self._cells(rule)[[*SUMS]].sum()
        benchmark = self._benchmark(rule)
        known = 0.0 if np.isnan(benchmark) else benchmark
        row = los.crude_deviation([sums["spells"]], [sums["days"]], [sums["days_squared"]], known).iloc[0]
        return row if known == benchmark else row.where(row.index.isin(["spells", "mean"]))

    def _benchmark(self, rule: StayRule) -> float:
        """The benchmark in days, without the trust itself; missing where it rests on too few."""
        others = self._other_trusts(rule)
        large = others[others["spells"] >= FEWEST_PEER_SPELLS]
        match self.options.benchmark:
            case "target":
                usual = rule.zero_day == self.options.zero_day_stays
                return float(self.options.target_days or 0) if usual else np.nan
            case "own_past":
                return self._pooled(self._cells(self._rule(self.period.before, zero_day=rule.zero_day)))
            case "peer_median":
                peers = large[large.index.isin(self.peer_codes)]
                told = not peers.empty and self._may_tell_quantile(peers, 0.5, rule)
                return los.peer_median(peers["spells"], peers["days"]) if told else np.nan
            case "best_quartile":
                told = not large.empty and self._may_tell_quantile(large, 0.25, rule)
                return los.best_quartile(large["spells"], large["days"]) if told else np.nan
            case _:
                return self._pooled(others)

    def _may_tell_quantile(self, trusts: pd.DataFrame, share: float, rule: StayRule) -> bool:
        """Tell whether the means of the one or two trusts may be told that a quantile over trusts gives."""
        means = (trusts["days"] / trusts["spells"]).sort_values(kind="stable")
        place = share * (len(means) - 1)
        return all(
            StaysTold(str(code), self.period, self.options, self._ask).may_tell_mean(zero_day=rule.zero_day)
            for code in {means.index[math.floor(place)], means.index[math.ceil(place)]}
        )

    def _pooled(self, sums: pd.DataFrame) -> float:
        spells = sums["spells"].sum()
        if not spells or self.policy.hides(spells):
            return np.nan
        return los.pooled_mean(sums["spells"], sums["days"])

    def _other_trusts(self, rule: StayRule) -> pd.DataFrame:
        return self._trusts(rule).drop(self.organisation.code, errors="ignore")

    @cached_property
    def peer_codes(self) -> frozenset[str]:
        """The other trusts of the same peer group; all others where the trust has no group."""
        frame = organisations(self.mart)
        frame = frame[(frame["kind"] == "trust") & (frame.index != self.organisation.code)]
        group = self.organisation.peer_group
        return frozenset(frame.index[frame["peer_group"] == group] if group else frame.index)

    @property
    def national(self) -> tuple[float, float]:
        """The other trusts' mean stay: pooled, and with every trust of 20 patients or more counting once."""
        trusts = self._other_trusts(self.rule)
        large = trusts[trusts["spells"] >= FEWEST_PEER_SPELLS]
        unweighted = np.nan if large.empty else los.unweighted_mean(large["spells"], large["days"])
        return los.pooled_mean(trusts["spells"], trusts["days"]), unweighted

    # --- adjusted for case mix --------------------------------------------------------------------

    @cached_property
    def own_matched(self) -> pd.DataFrame:
        """This trust's cells with their comparator: all other trusts together."""
        cells = pd.concat([self.cells, self.others.assign(org_code="")], ignore_index=True)
        return los.match_comparators(cells, only=[self.organisation.code])

    @cached_property
    def adjusted(self) -> pd.Series:
        """O, E, excess and O/E of the whole trust."""
        return los.observed_expected(self.own_matched, cluster=UNIT).iloc[0]

    @property
    def ratio(self) -> Ratio:
        """O/E of the whole trust."""
        return Ratio(*(float(self.adjusted[name]) for name in ("ratio", "lower", "upper")))

    @cached_property
    def fallback(self) -> pd.Series:
        """How many of its spells were compared at which level of detail."""
        return los.fallback_spells(self.own_matched).iloc[0]

    @cached_property
    def split(self) -> pd.Series:
        """mean - benchmark as level, mix and length, about the spells that found a comparator.

        `level` is how far the other trusts' mean lies from the benchmark, so that `mix` is case mix alone;
        it is 0 where the benchmark is that mean.
        """
        sums, national = self.adjusted, self.national[0]
        split = los.split_deviation(
            [sums["spells"]], [sums["observed"]], [sums["expected"]], national
        ).iloc[0]
        benchmark = float(self.crude["benchmark"])
        split["level"], split["benchmark"] = national - benchmark, benchmark
        split["deviation"] = split["mean"] - benchmark
        return split

    @cached_property
    def kitagawa(self) -> tuple[float, float]:
        """Mix and length of the difference from all other trusts, by Kitagawa's decomposition."""
        keys = list(los.STRATA)
        own, others = (
            table.groupby(keys, dropna=False)[["spells", "days"]].sum()
            for table in (self.cells, self.others)
        )
        own, others = own.align(others, fill_value=0)
        return los.kitagawa(own["spells"], own["days"], others["spells"], others["days"])

    @cached_property
    def model(self) -> los.AdjustedRatio | None:
        """The regression beside O/E; gamma without nought-day stays where trimming leaves part days.

        None where it does not settle, as on a few stays that are nearly all alike.
        """
        stays = self._of_specialty(
            stay_sample(self.mart, self.rule, self.organisation.code, others=MODEL_SAMPLE)
        )
        whole = bool((stays["days"] % 1 == 0).all())
        covariates = [name for name in los.STRATA if stays[name].nunique() > 1]
        if stays.groupby("casemix_group")["specialty"].nunique().max() == 1:
            covariates = [name for name in covariates if name != "specialty"]  # the groups say it already
        try:
            with np.errstate(over="ignore"):  # an endless interval is no result either
                model = los.adjusted_ratio(
                    stays,
                    covariates=covariates,
                    trust="own",
                    family="nb2" if whole else "gamma",
                    cluster="cluster",
                )
        except ArgumentError:
            return None
        return model if np.isfinite([model.ratio, model.lower, model.upper]).all() else None

    @cached_property
    def model_verdict(self) -> los.ModelVerdict | None:
        """Whether the regression says the same as O/E; None where there is no regression."""
        if self.model is None:
            return None
        return los.compare_with_model(self.ratio.value, self.ratio.low, self.ratio.high, self.model)

    # --- worth and origin -------------------------------------------------------------------------

    @property
    def group_column(self) -> str:
        """What the excess is broken down by: specialty, or within one specialty the age band."""
        return "specialty" if self.options.specialty is None else "age_band"

    @cached_property
    def excess(self) -> ExcessBedDays:
        """Which groups the excess comes from, and what it is worth."""
        return ExcessBedDays(self.own_matched, self.group_column, self.told, self.policy, self.specialties)

    def beds(self, bed_days: float) -> float:
        """Return bed-days of the period as beds at the planned occupancy; months without data are left out."""
        absent = sum((add_months(month, 1) - month).days for month in self.trend.gaps)
        return los.excess_beds(bed_days, self.period.days - absent, occupancy=self.options.occupancy)

    # --- tails, trend, peers ----------------------------------------------------------------------

    @cached_property
    def tails(self) -> pd.DataFrame:
        """Sums of nought-day and long stays: rows `own` and `others`, untrimmed, nought days included."""
        rule = StayRule(self.period.first, self.period.end, where=self.options.conditions)
        table = self._of_specialty(stay_tails(self.mart, rule, self.options.tails))
        own = table["org_code"].eq(self.organisation.code).map({True: "own", False: "others"})
        return table.drop(columns=["org_code", "specialty"]).groupby(own).sum()

    @cached_property
    def trend(self) -> StayTrend:
        """The trust's stays month by month."""
        span = StayTrend.span(self.period)
        rule = self._rule(span, zero_day=self.options.zero_day_stays)
        frame = stay_months(self.mart, rule, self.organisation.code)
        stays = frame.assign(month=pd.to_datetime(frame["month"]).dt.date)
        benchmark = float(self.crude["benchmark"])
        return StayTrend(stays, self.period, self.options.specialty, benchmark, self.events)

    @cached_property
    def all_trusts(self) -> pd.DataFrame:
        """O/E of every trust with enough spells, indexed by org_code; each once per load."""
        name = f"stay_ratios_{self.rule.key}_{self.options.specialty}"
        table = self.mart.derived(name, self._ratios, records=True).set_index("org_code")
        enough = (table["spells"] >= FEWEST_PEER_SPELLS) & (table["observed"] > 0)
        return table[(enough | (table.index == self.organisation.code)) & (table["standard_error"] > 0)]

    def _ratios(self) -> pd.DataFrame:
        matched = los.match_comparators(self._of_specialty(stay_cells(self.mart, self.rule)))
        return los.observed_expected(matched, cluster=UNIT).reset_index()

    @cached_property
    def peers(self) -> Funnel | None:
        """The funnel of O/E, each trust weighed by the precision of its own ln(O/E); None with too few trusts.

        Bed-days are no independent events, so the Poisson error of O/E would be far too small; 1/s^2, with
        s the standard error of ln(O/E), is the number of events that would be as precise.
        """
        table = self.all_trusts
        if len(table) < FEWEST_PEERS or self.organisation.code not in table.index:
            return None
        precision = 1 / table["standard_error"] ** 2
        return funnel(
            table["ratio"] * precision, precision, table.index, kind="standardised_ratio", exact=False
        )

"""Sums over the trusts of a system, month by month: of the same trusts throughout, and never quietly smaller."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from helpers.register.models import Measure

#: trusts that return now and then stay out of a sum where they are less than this share of it together, and those of
#: any size that lack more than this share of its periods: without the first little is missing, with the others all is
SMALL: Final = 0.02
MOSTLY: Final = 0.5


@dataclass(frozen=True)
class SystemSum:
    """One measure summed over trusts, for the periods of which every one of them has a figure."""

    measure: Measure
    #: a row for each whole period, as `helpers.measures.series.build_series` takes them
    rows: pd.DataFrame
    parts: pd.DataFrame  # numerator and denominator of each trust in the sum, by org_code and period
    trusts: tuple[str, ...]  # whose figures are added up
    left_out: Mapping[str, float]  # share of the sum that those have who are left out, by code
    #: what the trusts that did return add up to, and who did not, by period with a gap
    at_least: Mapping[date, float]
    missing: Mapping[date, tuple[str, ...]]

    @property
    def latest(self) -> date | None:
        """First day of the last whole period; None without any."""
        return None if self.rows.empty else self.rows["period"].iloc[-1].date()

    @property
    def later_bound(self) -> tuple[date, float] | None:
        """The newest period where it is not whole, and what a count is at least there; None otherwise."""
        newest = max(self.at_least, default=None)
        if newest is None or self.measure.kind != "count" or (self.latest and newest < self.latest):
            return None
        return newest, self.at_least[newest]


def system_sum(
    rows: pd.DataFrame, measure: Measure, *, months: int, expected: Collection[str] = ()
) -> SystemSum:
    """Return a published measure summed over the trusts that have a figure of it, over so many months to its last one.

    A trust that misses a period makes the sum of that period unknown. Where those that miss some are small
    (`SMALL`, together) or miss most of them (`MOSTLY`), they stay out of the whole series instead, so that it is of the
    same trusts throughout. Those that are `expected` have to be in the sum whether or not they have ever returned any.
    """
    counted = measure.kind == "count"
    rows = rows.assign(denominator=np.nan) if counted else rows
    size = rows["numerator"] if counted else rows["denominator"]
    known = rows[~rows["suppressed"].astype(bool) & rows["numerator"].notna() & size.notna()]
    if len(known):
        first = known["period"].max() - pd.DateOffset(months=months - 1)
        known = known[known["period"] >= first]
    has = known.pivot_table(index="period", columns="org_code", values="numerator", aggfunc="size").notna()
    absent = sorted({*expected} - {*has.columns})
    left_out = _left_out(known, has, by="numerator" if counted else "denominator")
    kept = known[~known["org_code"].isin(list(left_out))]
    has = has.drop(columns=list(left_out)).assign(**dict.fromkeys(absent, False))
    whole = has.index[has.all(axis=1)]
    gaps = has[~has.all(axis=1)]
    sums = kept.groupby("period")["numerator"].sum()
    return SystemSum(
        measure,
        _summed(kept[kept["period"].isin(whole)], counted=counted),
        kept.set_index(["org_code", "period"])[["numerator", "denominator"]],
        tuple(has.columns),
        left_out,
        {when.date(): float(sums[when]) for when in pd.DatetimeIndex(gaps.index)},
        {
            when.date(): tuple(gaps.columns[~row])
            for when, row in zip(pd.DatetimeIndex(gaps.index), gaps.to_numpy(dtype=bool), strict=True)
        },
    )


def _left_out(known: pd.DataFrame, has: pd.DataFrame, *, by: str) -> dict[str, float]:
    """Return the shares of trusts that miss most periods, then of small ones that miss any, up to `SMALL` in all."""
    means = known.groupby("org_code")[by].mean()
    shares = means / means.sum() if means.sum() > 0 else means * 0.0
    gappy = [code for code in shares.sort_values(kind="stable").index if not has[code].all()]
    absent = [code for code in gappy if has[code].mean() < MOSTLY]
    total = shares[[code for code in gappy if code not in absent]].cumsum()
    return {str(code): float(shares[code]) for code in (*absent, *total.index[total < SMALL])}


def _summed(rows: pd.DataFrame, *, counted: bool) -> pd.DataFrame:
    groups = rows.groupby("period", sort=True)
    sums = groups[["numerator", "denominator"]].sum(min_count=1).reset_index()
    known = sums["denominator"].where(sums["denominator"] > 0)
    provisional = groups["status"].agg(lambda each: "provisional" in set(each)).astype(bool)
    source = groups["source"].agg(lambda each: ", ".join(sorted({n for c in each for n in c.split(", ")})))
    return sums.assign(
        value=sums["numerator"] if counted else sums["numerator"] / known,
        target=np.nan,
        suppressed=False,
        status=np.where(provisional, "provisional", "actual"),
        origin="published",
        members=groups.size().to_numpy(),
        vintage=groups["vintage"].max().to_numpy(),
        source=source.to_numpy(),
    )

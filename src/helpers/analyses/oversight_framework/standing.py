"""Where one trust stands by the published framework: exact arithmetic over the published scores of a quarter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.register.contract import year_of
from helpers.register.oversight import OversightFramework, OversightMetric
from helpers.report.words import capital, number

#: half of the last digit of a published average
HALF = 0.005


class Standing:
    """One trust in the latest quarter of the rows, which are those of all trusts, and in the quarters before."""

    def __init__(self, rows: pd.DataFrame, code: str, years: Mapping[str, OversightFramework]) -> None:
        own, self.years = rows[rows["org_code"] == code], years
        self.day = own["period"].max()
        self.year = years[year_of(self.day)]
        self.now = own[own["period"] == self.day].set_index("metric")
        self.kind = str(self.now["trust_type"].iloc[0])
        self.past, self.ranks = (
            own.pivot(index="period", columns="metric", values=v) for v in ("value", "rank")
        )
        today = rows[rows["period"] == self.day]
        self._all = today.pivot(index="org_code", columns="metric", values="value")
        self.peers = self._all.loc[today.loc[today["trust_type"] == self.kind, "org_code"].unique()]

    def figure(self, name: Any, day: pd.Timestamp | None = None) -> float:
        """Return a published figure of the summary by what it is; NaN where there is none."""
        column = self.year.rows.get(name, "")
        return float(self.past[column][day or self.day]) if column in self.past else math.nan

    @property
    def alone(self) -> int:
        """The segment by the average alone."""
        told = self.figure("unadjusted")
        return int(self.figure("segment") if math.isnan(told) else told)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """The metrics with a score by id, what moves the average most first; a published 0 is no score.

        Of each the score at its mark, that of the last trust in the next better quarter of trusts, and what that takes
        off the average: NaN in the best one, and no fall where another score holds it.
        """
        found = self.now[self.now.index.str.startswith(self.year.rows["score"]) & (self.now["value"] > 0)]
        frame = pd.DataFrame([self._scored(str(name), row) for name, row in found.iterrows()])
        if frame.empty:
            return frame
        frame["metric"] = frame["spoken"].map(capital)
        gain = frame["weight"].where(frame["weight"] > 0) * (frame["score"] - frame["mark"])
        frame["fall"] = gain / frame["weight"].sum()
        return frame.sort_values(["fall", "metric"], ascending=[False, True], ignore_index=True)

    @property
    def mean(self) -> float:
        """The mean of the published scores."""
        return float((self.metrics["weight"] * self.metrics["score"]).sum() / self.metrics["weight"].sum())

    @property
    def agrees(self) -> bool:
        """Whether the published average is that mean, but for what rounding of it and of the scores can do."""
        return abs(self.mean - self.figure("average")) < 2 * HALF

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The highest average of a better segment, and the lowest of a worse one; NaN where there is none."""
        average, segment = self.year.rows["average"], self.year.rows["unadjusted"]
        told = self._all.reindex(columns=[average, segment]).dropna().sort_values([average, segment])
        if not told[segment].is_monotonic_increasing:  # not one set of segments for all kinds of trust
            told = told.reindex(self.peers.index).dropna()
        better = told.loc[told[segment] < self.alone, average].max()
        worse = told.loc[told[segment] > self.alone, average].min()
        return self.year.thresholds.get(self.alone - 1, better), worse

    def reached_with(self) -> tuple[pd.DataFrame, float]:
        """Return the fewest metrics that at their marks bring the better segment, or all, and the average then."""
        after = self.mean - self.metrics["fall"].fillna(0).cumsum()
        reached = after < self.ends[0] + HALF
        last = int(reached.argmax()) if reached.any() else len(after) - 1
        return self.metrics[: last + 1], float(after[last])

    def _scored(self, name: str, row: pd.Series[Any]) -> dict[str, Any]:
        told = self.year.metrics.get(name, OversightMetric())
        held = told.value or self.year.rows["value"] + name[-3:]
        scores = self.peers[name][self.peers[name] > 0].sort_values()
        place = int((scores < row["value"]).sum()) + 1
        better = math.ceil(4 * place / len(scores)) - 1  # so many quarters of trusts
        mark = scores.iloc[better * len(scores) // 4 - 1] if better else math.nan
        there = (
            self.peers[held].reindex(scores.index[scores == mark]).median()
            if held in self.peers
            else math.nan
        )
        unit, past = (
            self.now["unit"].get(held, ""),
            [self._past_score(day, name) for day in self.past.index],
        )
        return {
            "id": name, "spoken": told.name or row["name"].strip(), "domain": row["domain"],
            "value": _shown(self.now["value"].get(held, math.nan), unit), "score": row["value"], "past": past,
            "before": [math.nan, *past][-2], "place": f"{place} of {len(scores)}", "mark": mark,
            "value_there": _shown(there, unit), "weight": told.weight, "reported": row["reported"],
            "scored": told.scored, "better": told.better, "measure": told.measure,
        }  # fmt: skip

    def _past_score(self, day: pd.Timestamp, name: str) -> float:
        year = self.years.get(year_of(day))
        column = f"{year.rows['score']}{name[-3:]}" if year else ""
        found = float(self.past[column][day]) if column in self.past else math.nan
        return found if found > 0 else math.nan


def _shown(value: float, unit: str) -> str:
    if math.isnan(value):
        return ""
    after = {"%": "%", "count": ""}.get(unit, f" {unit}".rstrip())
    return number(value, 0 if unit == "count" else 2) + after

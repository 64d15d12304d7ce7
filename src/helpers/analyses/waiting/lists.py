"""Waiting lists, a row each: sizes, flows and waits, and what would hold or relieve them; in weeks (methods, 6)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.data.room.records import open_records
from helpers.data.waits import EDGES, LIST_SIZE, band_names
from helpers.report.period import add_months
from helpers.report.report import Report
from helpers.stats import waiting

NEW: Final = "rtt_new_periods"
STOPPED: Final = ["rtt_completed_admitted", "rtt_completed_non_admitted"]
MEAN, P92 = "rtt_mean_wait", "rtt_92nd_percentile_wait"
#: months over which flows are added up, over which the smallest list is looked for, and which tell a variation
WINDOW, LOOK_BACK, FEWEST = 12, 24, 6
#: a list clearly grows where it does by so many standard errors of its monthly changes
CLEAR: Final = 2.0
#: with 1,000 the median of a varied list moves by 0.3% from seed to seed, with so many by 0.1%
RUNS: Final = 4000
#: code and name of all specialties together
ALL, WHOLE = "", "All specialties"


@dataclass(frozen=True)
class Aim:
    """What a list is held against, and what is simulated of one."""

    target: float  # weeks
    share: float  # so many are to wait less
    by: date  # the day by which the list is to be short enough
    #: sessions a week more and fewer, patients of each, weeks ahead, and of which specialty
    sessions: float
    patients: float
    weeks: int
    simulated: str

    @property
    def factor(self) -> float:
        """Target over the mean wait at which the share is met."""
        return waiting.factor_for(self.share)


def months_of(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return size, added and removed by month (first day) of each list, by code; all together is `ALL`.

    Where the whole has no flows of its own, it is the sum of the specialties in months in which all have a figure.
    """
    told = rows[rows["band"].isna()].groupby(["code", "month", "measure"])["patients"]
    counts = told.sum(min_count=1).unstack("measure").reindex(columns=[LIST_SIZE, NEW, *STOPPED])
    frame = pd.DataFrame({"size": counts[LIST_SIZE], "added": counts[NEW]})
    frame["removed"] = counts[STOPPED].sum(axis=1, min_count=1)
    found = {str(code): part.droplevel("code") for code, part in frame.groupby(level="code")}
    parts = [part for code, part in found.items() if code != ALL]
    if parts and (ALL not in found or found[ALL][["added", "removed"]].isna().all(axis=None)):
        added: Any = sum(parts[1:], parts[0])
        found[ALL] = found[ALL].combine_first(added) if ALL in found else added
    return found


def lists_of(rows: pd.DataFrame, names: Mapping[str, str], last: date, aim: Aim) -> pd.DataFrame:
    """Return a row for each list, the specialties worst first and then the whole; what is not known is missing.

    Parameters
    ----------
    rows
        As `helpers.data.waits.read_lists` returns them, with `code`, and months as time stamps.
    names
        Of specialties, by code.

    Returns
    -------
    DataFrame
        By code: name, size, since, before (its size then), span and balanced (months of flows, and of these such with
        a known list before), rates a week (demand, removed, growth, unreported, leaving), load, grows, clear (by more
        than its monthly changes vary), pressure, mean_wait, p92, cv_demand, cv_capacity, target_size, and treatments a
        week beyond today's (to_hold, to_relieve).
    """
    months = months_of(rows)
    frame = pd.DataFrame({code: _flows(part, last) for code, part in months.items()}).T
    now = rows[rows["band"].isna() & (rows["month"] == pd.Timestamp(last))]
    listed = now[now["measure"] == LIST_SIZE]["code"]
    frame = frame[frame.index.isin(listed) | (frame.index == ALL)].infer_objects()
    waits = now.pivot_table(index="code", columns="measure", values="value").reindex(columns=[MEAN, P92])
    frame["mean_wait"], frame["p92"] = waits[MEAN].reindex(frame.index), waits[P92].reindex(frame.index)
    frame[["span", "balanced"]] = frame[["span", "balanced"]].astype(int)
    frame["name"] = [names.get(code, code) if code else WHOLE for code in frame.index]
    frame = _judged(frame, last, aim)
    order = frame.assign(
        whole=frame.index == ALL, hold=frame["to_hold"].where(frame["grows"], 0.0).fillna(0.0)
    )
    return frame.loc[
        order.sort_values(["whole", "grows", "hold", "p92", "size"], ascending=[True] + [False] * 4).index
    ]


def _flows(months: pd.DataFrame, last: date) -> dict[str, object]:
    """Return size and flows of one list over the latest months that have them, at most `WINDOW`."""
    full = months.reindex(pd.date_range(end=pd.Timestamp(last), periods=LOOK_BACK + 1, freq="MS"))
    sizes, now = full["size"], float(full["size"].iloc[-1])
    known = full[["added", "removed"]].notna().all(axis=1)[::-1].iloc[:WINDOW]
    span = int(known.cumprod().sum())
    balanced = max((n for n in range(1, span + 1) if math.isfinite(now - sizes.iloc[-1 - n])), default=0)
    chosen = full.iloc[len(full) - (balanced or span) :]
    weeks = float(pd.DatetimeIndex(chosen.index).days_in_month.to_numpy().sum() / 7) or math.nan
    # how far the mean of so many monthly changes lies from that of others by chance
    changes = sizes.diff().iloc[len(full) - balanced :]
    least: Any = sizes[::-1].idxmin() if sizes.notna().any() else None
    rises = least is not None and least < pd.Timestamp(last)
    return {
        "size": now, "span": span, "balanced": balanced,
        "noise": float(changes.std() * math.sqrt(balanced) / weeks) if balanced >= FEWEST else math.nan,
        "demand": chosen["added"].sum() / weeks, "removed": chosen["removed"].sum() / weeks,
        "growth": (now - float(sizes.iloc[-1 - balanced])) / weeks if balanced else math.nan,
        "cv_demand": _variation(chosen["added"]), "cv_capacity": _variation(chosen["removed"]),
        "since": add_months(least.date(), 1) if rises else None, "before": sizes[least] if rises else math.nan,
    }  # fmt: skip


def balance_of(months: pd.DataFrame) -> pd.DataFrame:
    """Return the months of a list with its size before each, and how many left without a report."""
    before = months["size"].reindex(pd.DatetimeIndex(months.index) - pd.DateOffset(months=1)).to_numpy()
    left = before + months["added"] - months["removed"] - months["size"]
    return months.assign(before=before, unreported=left)


def _variation(counts: pd.Series) -> float:
    """Return the coefficient of variation of the times between events: a number has variance cv² times its mean.

    What chance alone gives, and what a few months cannot tell, is 1.
    """
    days = pd.DatetimeIndex(counts.index).days_in_month.to_numpy(dtype=float)
    if len(counts) < FEWEST or not counts.sum() > 0:
        return 1.0
    alike = counts.to_numpy(dtype=float) / days * days.mean()
    return max(1.0, math.sqrt(alike.var(ddof=1) / alike.mean()))


def _judged(frame: pd.DataFrame, last: date, aim: Aim) -> pd.DataFrame:
    """Add what follows from size and flows; a list that cannot tell who left unreported is taken as the whole is."""
    frame = frame.copy()
    frame["unreported"] = frame["demand"] - frame["removed"] - frame["growth"]
    share = frame["unreported"].get(ALL, math.nan) / frame["demand"].get(ALL, math.nan)
    frame["unreported"] = frame["unreported"].fillna(frame["demand"] * share)
    frame["leaving"] = frame["removed"] + frame["unreported"].fillna(0.0)
    frame["load"] = frame["demand"] / frame["leaving"].where(frame["leaving"] > 0)
    frame["load"] = frame["load"].mask((frame["demand"] > 0) & ~(frame["leaving"] > 0), math.inf)
    frame["grows"] = frame["load"] >= 1
    frame["clear"] = frame["grows"] & (frame["growth"] > CLEAR * frame["noise"])
    frame["since"] = frame["since"].where(frame["grows"], None)
    frame["pressure"] = 2 * frame["mean_wait"] / aim.target
    known = frame["demand"].notna()
    of = frame[known]
    target = pd.Series(waiting.target_queue(of["demand"], aim.target, factor=aim.factor), of.index)
    cvs = {"cv_demand": of["cv_demand"], "cv_capacity": of["cv_capacity"]}
    held = pd.Series(waiting.target_capacity(of["demand"], aim.target, factor=aim.factor, **cvs), of.index)
    weeks = ((aim.by - add_months(last, 1)).days + 1) / 7
    size = of["size"].fillna(0.0)
    relieved = pd.Series(waiting.relief_capacity(of["demand"], size, target, weeks=weeks), of.index)
    frame["target_size"], frame["to_hold"] = target, held - of["leaving"]
    frame["to_relieve"] = (relieved - of["leaving"]).where(of["size"].notna())
    return frame


def simulated(row: Any, more: float, weeks: int) -> pd.DataFrame:
    """Return how a list develops with so many treatments a week more, or fewer; see `simulate_list`."""
    others = 0.0 if math.isnan(row.unreported) else float(row.unreported)
    flows = waiting.ListFlows(
        demand=row.demand + max(0.0, -others), capacity=max(0.0, row.removed + more),
        cv_demand=row.cv_demand, cv_capacity=row.cv_capacity, other_removals=max(0.0, others),
    )  # fmt: skip
    return waiting.simulate_list(row.size_, flows, weeks, runs=RUNS)


def banded(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return patients by bands of weeks waited, a column each, in order, and a row for each list or month.

    A band without anybody is 0, and one with a hidden number is missing.
    """
    told = rows[rows["band"].notna()].groupby([by, "band"])["patients"]
    wide = told.agg(lambda numbers: numbers.sum(skipna=False)).unstack("band")
    hidden = told.size().unstack("band").notna() & wide.isna()
    order = dict.fromkeys([*band_names(), *map(str, wide.columns)])
    wide = wide.fillna(0.0).mask(hidden)
    return wide[[name for name in order if name in wide]].astype(np.float64)


#: before everybody who waits was referred
_BEGINNING: Final = "1900-01-01"


def list_rows(report: Report) -> pd.DataFrame:
    """Return rows as `helpers.data.waits.read_lists` does, with `code`, of a year's months up to the report's."""
    rows = [row for by in ("specialty_code", "") for row in _rows(report, by)]
    frame = pd.DataFrame(rows, columns=["measure", "code", "band", "month", "patients", "value"])
    return frame.assign(month=pd.to_datetime(frame["month"]), patients=frame["patients"].astype(float))


def _rows(report: Report, by: str) -> Iterator[tuple[Any, ...]]:
    """Yield what is known of each specialty, or of all together: hidden counts are missing."""
    ask = partial(open_records, report.mart, report.organisation.code, "waits", whose="own")
    last, keys = report.period.last, [by] if by else []
    months = [add_months(last, -back) for back in range(WINDOW + 1)]

    def counts(measure: str, frame: pd.DataFrame, month: Any) -> Iterator[tuple[Any, ...]]:
        for row in frame.to_dict("records"):
            yield measure, row.get(by, ALL), None, month, row["count"], row["count"]

    for place, month in enumerate(months):
        end, later = add_months(month, 1).isoformat(), [f"{each:%Y-%m}" for each in months[:place]]
        waiting = ask(where={"removed_month": [None, *later]}, by=keys, span=(_BEGINNING, end))
        yield from counts(LIST_SIZE, waiting.count(), month)
        yield from counts(NEW, ask(where={}, by=keys, span=(month.isoformat(), end)).count(), month)
        left = ask(where={"removed_month": f"{month:%Y-%m}"}, by=keys, span=(_BEGINNING, end))
        yield from counts(STOPPED[0], left.count(), month)
    now = partial(ask, where={"removed_month": None}, span=(_BEGINNING, report.period.end.isoformat()))
    waits = {MEAN: ("mean", now(by=keys).mean("weeks")), P92: ("q92", now(by=keys).quantile("weeks", 0.92))}
    for measure, (column, frame) in waits.items():
        for row in frame.to_dict("records"):
            yield measure, row.get(by, ALL), None, last, None, row[column]
    banded = now(by=[*keys, ("weeks", EDGES[1:])]).count()
    names = dict(zip((*(f"{low:g} to under {high:g}" for low, high in zip((0, *EDGES[1:]), EDGES[1:], strict=False)),
                      f"{EDGES[-1]:g} or more"), band_names(), strict=True))  # fmt: skip
    names[f"under {EDGES[1]:g}"] = band_names()[0]
    for row in banded.to_dict("records"):
        yield LIST_SIZE, row.get(by, ALL), names[row["weeks"]], last, row["count"], row["count"]

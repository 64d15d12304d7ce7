"""Invented waiting lists by specialty of a few trusts: flows, waits and bands that go with their whole list."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.data.sources.rtt_full_extract import percentile_wait
from helpers.data.synthetic.truth import INVENTED
from helpers.data.waits import EDGES, LIST_SIZE, WEEKS_WAITED, band_names

#: whose lists are known by specialty, of how many months; growth against the whole list's
TRUSTS: Final[dict[str, int]] = INVENTED["waits"]["trusts"]
GROWTH: Final[dict[str, float]] = INVENTED["waits"]["growth"]
#: weeks that an addition waits on average; share of those added who leave unreported; of treatments, admitted ones
TURNOVER, UNREPORTED, ADMITTED = 14.0, 0.07, 0.22
_KEYS: Final = ["org_code", "period"]


def waiting_lists(rng: np.random.Generator, values: pd.DataFrame) -> pd.DataFrame:
    """Return lists by specialty, with flows and waits, of the trusts above.

    `values`: monthly rows with `rtt_18_weeks` and `rtt_over_52_weeks` by specialty, and `rtt_list_size` of whole
    trusts.
    """
    rows = values[
        values["org_code"].isin(list(TRUSTS))
        & values["unit_code"].isna()
        & (values["period_type"] == "month")
    ]
    whole = rows[rows["specialty_code"].isna() & (rows["measure"] == LIST_SIZE)].set_index(_KEYS)[
        "numerator"
    ]
    rows = rows[rows["specialty_code"].notna()].set_index([*_KEYS, "specialty_code"])
    within, over = (rows[rows["measure"] == name] for name in ("rtt_18_weeks", "rtt_over_52_weeks"))
    base = within[["denominator"]].assign(
        within=within["numerator"] / within["denominator"], over=over["numerator"] / over["denominator"]
    )
    lists: pd.DataFrame = pd.concat(
        [_trust(rng, part, whole[str(code)]) for code, part in base.groupby(level="org_code")],
        ignore_index=True,
    )
    flows = {LIST_SIZE: lists["size"], "rtt_new_periods": lists["added"]}
    flows["rtt_completed_admitted"] = (lists["removed"] * ADMITTED).round()
    flows["rtt_completed_non_admitted"] = lists["removed"] - flows["rtt_completed_admitted"]
    frames = [_rows(name, lists, numbers) for name, numbers in flows.items()]
    by_week = _by_week(lists)
    whole_weeks = pd.DataFrame(by_week).groupby([lists[name] for name in _KEYS]).sum()
    lists = pd.concat([lists, whole_weeks.index.to_frame(index=False)], ignore_index=True)
    by_week = np.vstack([by_week, whole_weeks.to_numpy()])
    weeks = np.arange(by_week.shape[1]) + 0.5
    frames.append(_rows("rtt_mean_wait", lists, (by_week * weeks).sum(axis=1), by_week.sum(axis=1)))
    waits = _rows("rtt_92nd_percentile_wait", lists, np.nan).assign(value=percentile_wait(by_week, 0.92))
    frames.append(waits)
    for name, low, high in zip(band_names(), EDGES, [*EDGES[1:], None], strict=True):
        banded = _rows(LIST_SIZE, lists, by_week[:, low:high].sum(axis=1))
        frames.append(banded.assign(breakdown=WEEKS_WAITED, category=name))
    return pd.concat(frames, ignore_index=True)


def _trust(rng: np.random.Generator, base: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Return sizes and flows of one trust's lists, whose sum is the whole list, over its latest months."""
    sizes = base["denominator"].unstack("specialty_code").droplevel("org_code").sort_index()
    ahead = (np.arange(len(sizes)) - len(sizes) + 1) / 24
    sizes = sizes * np.exp(np.outer(ahead, [GROWTH.get(str(code), 0.0) for code in sizes]))
    sizes = sizes.mul(whole.reindex(sizes.index) / sizes.sum(axis=1), axis=0).round()
    added = (sizes * sizes.index.days_in_month.to_numpy()[:, None] / 7 / TURNOVER) * rng.normal(
        1, 0.04, sizes.shape
    )
    removed = (added - sizes.diff() - UNREPORTED * added).clip(lower=0)
    months = TRUSTS[str(base.index[0][0])]
    frames = {"size": sizes, "added": added.round(), "removed": removed.round()}
    lists = pd.DataFrame({name: frame.iloc[-months:].stack() for name, frame in frames.items()})
    shares = base.droplevel("org_code")[["within", "over"]]
    return lists.join(shares, validate="1:1").assign(org_code=base.index[0][0]).reset_index()


def _by_week(lists: pd.DataFrame) -> np.ndarray:
    """Return patients by weeks waited: those who wait longer than 0, 18 and 52 weeks, falling evenly in between."""
    knots = np.array([0.0, 18.0, 52.0, 105.0])
    beyond = np.column_stack(
        [np.ones(len(lists)), 1 - lists["within"], lists["over"], lists["over"] * 0.02]
    )
    logs = np.log(np.clip(np.minimum.accumulate(beyond, axis=1), 1e-6, 1))
    curves = np.exp([np.interp(np.arange(106.0), knots, row) for row in logs])
    left = np.floor(curves * lists["size"].to_numpy()[:, None] + 0.5)
    left[:, -1] = 0
    return np.asarray(-np.diff(left, axis=1))


def _rows(measure: str, lists: pd.DataFrame, numerator: Any, denominator: Any = np.nan) -> pd.DataFrame:
    rows = lists[["org_code", "period", "specialty_code"]].assign(
        scheme=lists["specialty_code"].notna().map({True: "treatment", False: None}),
        measure=measure, numerator=numerator, denominator=denominator, period_type="month",
        origin="published", unit_code=None, breakdown=None, category=None,
    )  # fmt: skip
    return rows.assign(value=rows["numerator"] / rows["denominator"].fillna(1.0))

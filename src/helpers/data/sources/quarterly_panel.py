"""The quarters that the makers of the quarterly panel of trusts have added up twice."""

from __future__ import annotations

import pandas as pd

CANCELLED, BREACHES, SHARE = "canc_cancelled_ops", "canc_breaches_28d", "canc_pct_not_treated_28_days"
#: in a doubled quarter the file's share is twice breaches / operations, to rounding
DOUBLED_SHARE, SHARE_TOLERANCE = 2.0, 0.01


def mend(period: pd.Series[pd.Timestamp], figures: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the figures with the counts of doubled quarters halved, and a remark on how many there were."""
    doubled = doubled_quarters(period, figures)
    half = period.isin(doubled)
    halved = {name: figures[name].mask(half, figures[name] / 2) for name in (CANCELLED, BREACHES)}
    remark = f"counts of cancelled operations halved in {len(doubled)} quarters that the file has doubled"
    return figures.assign(**halved), (remark,) if doubled else ()


def doubled_quarters(period: pd.Series[pd.Timestamp], counts: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the quarters whose counts were added twice: all are even, and the share is twice its parts."""
    frame = counts.assign(period=period)
    frame = frame[(frame[CANCELLED] > 0) & (frame[BREACHES] > 0)]
    ratio = frame[SHARE] / (frame[BREACHES] / frame[CANCELLED])
    twice = (ratio - DOUBLED_SHARE).abs() < SHARE_TOLERANCE
    even = (frame[CANCELLED] % 2 == 0) & (frame[BREACHES] % 2 == 0)
    agreed = (twice & even).groupby(frame["period"]).mean()
    return list(agreed.index[agreed > 0.5])

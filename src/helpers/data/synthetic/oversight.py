"""Invented figures of the oversight framework of 2025/26 for every invented trust, in the layout of the published ones.

Put in on purpose: SYN07 is among the worst by 62-day cancer and A&E, SYN11 does well and is in deficit, SYN17 got worse
in the last quarter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

QUARTERS = pd.to_datetime(["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"])
#: the last digits of ids, by domain
DOMAINS = {"Access to services": 0, "Patient safety": 2, "Finance and productivity": 3,
           "People and workforce": 4, "Effectiveness and experience": 5}  # fmt: skip


def oversight_frame(rng: np.random.Generator, codes: tuple[str, ...]) -> pd.DataFrame:
    """Return rows of `oversight`."""
    metrics = pd.read_csv(
        Path(__file__).with_name("oversight.csv"), dtype={"digits": str}, keep_default_na=False
    )
    worse: Any = pd.DataFrame(0.6 * rng.normal(size=len(codes)) + rng.normal(0, 0.7, (len(metrics), len(codes))),
                         index=metrics["digits"], columns=pd.Index(codes, name="org_code"))  # fmt: skip
    worse.loc[["011", "013"], "SYN07"] = 1.6
    worse["SYN11"] -= 0.9
    deficit: Any = pd.Series(rng.random(len(codes)) < 0.3, codes) | (worse.columns == "SYN11")
    deficit["SYN07"] = False
    frames = []
    for number, day in enumerate(QUARTERS):
        worse += rng.normal(0, 0.12, worse.shape)
        worse["SYN17"] += 0.5 * (number == 3)
        of = f"{day:%B} to {day + pd.DateOffset(months=2):%B %Y}"
        frames.append(_quarter(metrics, worse.round(2), deficit).assign(period=day, reported=of))
    return pd.concat(frames, ignore_index=True).assign(trust_type="Acute trust")


def _quarter(metrics: pd.DataFrame, worse: Any, deficit: Any) -> pd.DataFrame:
    # by rank from 1 to 4, evenly, as in the published method
    scores = (1 + 3 * (worse.rank(axis=1, method="min") - 1) / (len(deficit) - 1)).round(2)
    scores.loc["080"] = np.where(deficit, 4.0, 1.0)
    rows = []
    for each in metrics.itertuples():
        told = {"name": each.name, "domain": each.domain}
        rows.append(_rows(scores.loc[each.digits], metric=f"OF1{each.digits}", unit="score", **told))
        value = (each.level + each.spread * worse.loc[each.digits]).clip(each.least)
        if each.unit:
            shown = value.round(0 if each.unit == "count" else 2)
            rows.append(_rows(shown, metric=f"OF0{each.digits}", unit=each.unit, **told))
    average = _mean(scores, metrics)
    alone = _segment(average)
    segment = alone.where(~deficit, alone.clip(3))
    rank = (10 * segment + average).rank(method="min")
    summary = {"OF5002": average, "OF5003": alone, "OF5000": segment, "OF5004": deficit.astype(float)}
    rows += [_rows(value, metric=metric, domain="Summary", rank=rank) for metric, value in summary.items()]
    for domain, end in DOMAINS.items():
        score = _mean(scores, metrics[metrics["domain"] == domain])
        rows.append(_rows(score, metric=f"OF400{end}", domain=domain))
        rows.append(_rows(_segment(score), metric=f"OF410{end}", domain=domain))
    likely = {"low": (rank - 15).clip(1), "high": (rank + 15).clip(upper=len(rank))}
    rows.append(_rows(rank, metric="likely_rank", **likely))
    return pd.concat(rows, ignore_index=True)


def _rows(value: Any, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"value": value, **columns}).rename_axis("org_code").reset_index()


def _mean(scores: Any, some: Any) -> Any:
    weights = np.asarray(some["weight"])
    return (scores.loc[list(some["digits"])].mul(weights, axis=0).sum() / weights.sum()).round(2)


def _segment(score: Any) -> Any:
    return pd.Series(np.searchsorted(np.quantile(score, [0.25, 0.5, 0.75]), score) + 1.0, score.index)

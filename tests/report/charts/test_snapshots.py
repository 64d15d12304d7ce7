"""Charts look as they did: a hash of each picture, with a tolerance for other versions of the drawing library.

After a change that is meant, look at the charts and write the hashes anew:
`BOARDPACK_SNAPSHOTS=write python -m pytest tests/report/charts/test_snapshots.py`.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers.report.charts.comparison import Bar, Step, bars_chart, split_chart
from helpers.report.charts.process import spc_chart
from helpers.report.charts.rates import (
    Odds,
    RateMonths,
    caterpillar_chart,
    odds_chart,
    rate_funnel_chart,
    rate_months_chart,
)
from helpers.report.charts.scenario import Reach, Swing, reach_chart, tornado_chart
from helpers.stats.spc import xmr

STORED = Path(__file__).with_name("snapshots.json")
ACROSS, DOWN = 48, 32
#: share of the hash's bits that may differ
TOLERANCE = 0.04

MONTHS = pd.date_range("2024-04-01", periods=24, freq="MS")
WAVE = 5 + np.sin(np.arange(24.0) * 1.7) / 4
SHIFTED = np.where(np.arange(24) < 15, WAVE, WAVE - 1.2)
SIZE = 100 + 40.0 * np.arange(30)
RATIO = 1 + np.sin(np.arange(30.0) * 2.3) * 3 / np.sqrt(SIZE)
LIMITS = {
    name: (SIZE, 1 - width / np.sqrt(SIZE), 1 + width / np.sqrt(SIZE))
    for name, width in (("95%", 2.0), ("99.8%", 3.1))
}
DAYS = tuple(day.date() for day in MONTHS)
FAN = np.linspace(0, 30, 24)


def process(limits=True):
    chart = xmr(SHIFTED, MONTHS.to_numpy(), improvement="decrease", target=4.5)
    shown = SHIFTED if limits else SHIFTED + 40
    return spc_chart(
        chart, shown, unit="days", target=("target", 4.5), events=[(date(2025, 7, 1), "Ward opened")]
    )


CHARTS = {
    "process": process,
    "rate funnel": lambda: rate_funnel_chart(
        SIZE,
        10 * RATIO,
        7,
        {k: (x, 10 * a, 10 * b) for k, (x, a, b) in LIMITS.items()},
        label="SYN07",
        centre=10,
        axis_labels=("appointments", "%"),
    ),
    "caterpillar": lambda: caterpillar_chart(
        RATIO, (RATIO - 0.1, RATIO + 0.1), 3, label="SYN07", lines=[("all trusts", 1.0)], unit="%"
    ),
    "months": lambda: rate_months_chart(
        RateMonths(
            DAYS, WAVE, np.full(24, 5.0), np.full(24, 4.7), np.full(24, 5.2), np.sign(WAVE - 5).astype(int)
        ),
        unit="% missed",
    ),
    "odds": lambda: odds_chart(
        [
            Odds("Age", np.nan, np.nan, np.nan, heading=True),
            Odds("0-17", 1.2, 1.1, 1.4),
            Odds("18-64", 1, 0.9, 1.2),
        ],
        words=("less", "more"),
    ),
    "bars": lambda: bars_chart(
        [Bar("Urology", 90, 20, 160, True), Bar("Cardiology", -10, -60, 50, False)],
        unit="bed-days",
        words=("fewer", "more"),
    ),
    "split": lambda: split_chart(
        [Step("England", 5.8, total=True), Step("Mix", -1.4), Step("Here", 4.4, total=True)], unit="days"
    ),
    "reach": lambda: reach_chart(
        Reach(
            DAYS,
            0.4 * FAN,
            1.6 * FAN,
            (("first slots only", 0.8 * FAN), ("every slot", 1.2 * FAN)),
        ),
        unit="patients",
    ),
    "tornado": lambda: tornado_chart(
        [Swing("Share", "10%", "20%", 3, 9), Swing("Slots", "2", "5", 5, 7)], 6, unit="days"
    ),
}


def picture_hash(figure):
    """Which of each two neighbouring fields of the picture is the darker, as bits."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L")
    plt.close(figure)
    fields = np.asarray(picture.resize((ACROSS + 1, DOWN), Image.Resampling.BOX), dtype=float)
    return (np.diff(fields, axis=1) > 2).ravel()


def as_text(bits):
    return np.packbits(bits).tobytes().hex()


def as_bits(text):
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8)).astype(bool)


@pytest.fixture(scope="module")
def stored():
    if os.environ.get("BOARDPACK_SNAPSHOTS") == "write":
        from helpers.theme.charts import chart_style

        with chart_style():
            hashes = {name: as_text(picture_hash(chart())) for name, chart in CHARTS.items()}
        STORED.write_text(json.dumps(hashes, indent=1) + "\n")
    return {name: as_bits(text) for name, text in json.loads(STORED.read_text()).items()}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_looks_as_it_did(name, stored):
    assert (picture_hash(CHARTS[name]()) != stored[name]).mean() <= TOLERANCE


def test_a_chart_that_lost_its_points_is_told_apart(stored):
    assert (picture_hash(process(limits=False)) != stored["process"]).mean() > TOLERANCE


def test_no_chart_is_taken_for_another(stored):
    names = list(stored)
    for place, one in enumerate(names):
        assert all((stored[one] != stored[other]).mean() > TOLERANCE for other in names[place + 1 :])

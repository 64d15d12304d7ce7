"""Pictures of waiting lists: who waits how long, and how a list may develop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.figure import Figure

from helpers.report.charts.canvas import canvas, label_months, label_numbers, label_rows
from helpers.report.charts.labels import Name, name_ends
from helpers.theme import colours

#: groups of bands that are drawn, each from an edge on, from light to dark: who waits longer stands out
_GROUPS: Final = (("up to 18 weeks", 0, colours.BAND), ("18 to 26", 18, colours.FAN_INNER),
                  ("26 to 52", 26, colours.NHS_BLUE), ("over 52 weeks", 52, colours.CONCERN))  # fmt: skip
_STYLES: Final = ("solid", (0, (1, 1.5)), (0, (4, 2)))


def bands_chart(lists: pd.DataFrame) -> Figure:
    """Draw the share of each list (a row, with a column for each band) that has waited so long, a bar each."""
    figure, axes = canvas(0.27 * len(lists) + 0.9)
    begins = [float(str(name).removeprefix("over ").split()[0]) for name in lists]
    shares = 100 * lists.div(lists.sum(axis=1).clip(lower=1), axis=0)
    left = shares.iloc[:, 0].to_numpy() * 0
    ends = [*(edge for _, edge, _ in _GROUPS[1:]), float("inf")]
    for (name, low, shade), high in zip(_GROUPS, ends, strict=True):
        width = shares.loc[:, [low <= each < high for each in begins]].sum(axis=1).to_numpy()
        axes.barh(
            range(len(lists)), width, left=left, height=0.7, color=shade, edgecolor="white", label=name
        )
        left = left + width
    label_rows(axes, [str(name) for name in lists.index])
    axes.set_ylim(len(lists) - 0.5, -0.5)  # the first on top, and no white below the legend
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the list")
    axes.legend(
        ncols=len(_GROUPS), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderaxespad=0.2
    )
    return figure


def course_chart(past: pd.Series, tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw a list so far, and how it may develop: the middle of each scenario, with intervals of 80%."""
    figure, axes = canvas(2.9)
    ends = [day.date() for day in pd.DatetimeIndex(past.index) + pd.offsets.MonthEnd(0)]
    axes.plot(mdates.date2num(ends), past.to_numpy(dtype=float), color=colours.TEXT, linewidth=1.6)
    now, names = float(past.iloc[-1]), []
    for (words, table), style in zip(tables.items(), _STYLES, strict=False):
        days = mdates.date2num([ends[-1] + timedelta(weeks=int(week)) for week in (0, *table.index)])
        low, middle, high = ([now, *table[name]] for name in ("lower80", "median", "upper80"))
        axes.fill_between(days, low, high, color=colours.FAN_INNER, alpha=0.55, linewidth=0)
        axes.plot(days, middle, color=colours.HIGHLIGHT, linewidth=1.6, linestyle=style)
        names.append(Name(words, 0, middle[-1]))
    axes.set_ylabel("patients")
    label_numbers(axes)
    label_months(axes)
    axes.margins(x=0.01)
    name_ends(axes, names)
    return figure

"""Plain pictures of the methods' results with matplotlib: for a look at them; reports have charts of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(result: Any, ax: Axes | None) -> Axes:
    """Draw a result on axes, new ones where none are given."""
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots()[1]
    drawer = next((_DRAWN[kind.__name__] for kind in type(result).__mro__ if kind.__name__ in _DRAWN), None)
    if drawer is None:
        raise ArgumentError("result", f"{type(result).__name__} has no picture", ", ".join(_DRAWN))
    drawer(result, ax)
    return ax


def _series(result: Any, ax: Axes) -> None:
    """Draw an interrupted series: values, fit, and what would have been expected without the change."""
    table = result.series
    ax.plot(table.index, table["value"], "o", color="0.4", label="value")
    ax.plot(table.index, table["fitted"], color="C0", label="fitted")
    after = table[table["counterfactual"].notna()]
    ax.plot(after.index, after["counterfactual"], "--", color="C1", label="without the change")
    ax.fill_between(after.index, after["low"], after["high"], color="C1", alpha=0.2, linewidth=0)
    ax.axvline(table.index[len(table) - len(after)], color="0.6", linewidth=1)
    ax.set_title(
        f"{result.verdict}: {result.now.estimate:.3g} ({result.now.low:.3g} to {result.now.high:.3g})"
    )
    ax.legend()


def _terms(result: Any, ax: Axes) -> None:
    """Draw the terms of a regression with their intervals, as ratios where they are."""
    ratio = result.scale in ("ratio", "odds ratio")
    table = result.ratios().rename(columns={"ratio": "estimate"}) if ratio else result.terms
    shown = table.drop(index="Intercept", errors="ignore")
    _intervals(ax, shown.index, shown["estimate"], shown["lower"], shown["upper"], 1.0 if ratio else 0.0)
    ax.set_xscale("log" if ratio else "linear")
    ax.set_xlabel(f"{result.scale} with its {result.confidence:.0%} interval")


def _intervals(ax: Axes, names: Any, middle: Any, lower: Any, upper: Any, neutral: float) -> None:
    places = np.arange(len(names))[::-1]
    ax.hlines(places, lower, upper, color="C0")
    ax.plot(middle, places, "o", color="C0")
    ax.axvline(neutral, color="0.6", linewidth=1)
    ax.set_yticks(places, [str(name) for name in names])


_DRAWN: dict[str, Callable[[Any, Axes], None]] = {"InterruptedSeries": _series, "Regression": _terms}

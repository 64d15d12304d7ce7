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
    drawer = next((drawn for name, drawn in _DRAWN.items() if hasattr(result, name)), None)
    if drawer is None:
        came = f"{type(result).__name__} has no picture"
        raise ArgumentError("result", came, "charts, funnels, estimates, models and forecasts")
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots()[1]
    drawer(result, ax)
    return ax


def _process(chart: Any, ax: Axes) -> None:
    for name, style in {"lower": "--", "centre": "-", "upper": "--"}.items():
        if hasattr(chart, name):
            ax.plot(chart.dates, getattr(chart, name), style, color="0.5", linewidth=1)
    ax.plot(chart.dates, chart.values, "o-", color="C0")


def _funnel(found: Any, ax: Axes) -> None:
    many = np.linspace(found.denominator.min(), found.denominator.max(), 200)
    lines = found.limits_at(np.unique(many[many > 0])).to_frame()
    for name, line in lines.items():
        ax.plot(
            np.unique(many[many > 0]), line, "--" if "95" in str(name) else "-", color="0.5", linewidth=1
        )
    ax.axhline(found.target, color="0.5", linewidth=1)
    ax.plot(found.denominator, found.value, "o", color="C0")


def _interrupted(found: Any, ax: Axes) -> None:
    """Draw values, fit, and what would have been expected without the change."""
    table = found.series
    ax.plot(table.index, table["value"], "o", color="0.4", label="value")
    ax.plot(table.index, table["fitted"], color="C0", label="fitted")
    after = table[table["counterfactual"].notna()]
    ax.plot(after.index, after["counterfactual"], "--", color="C1", label="without the change")
    ax.fill_between(after.index, after["lower"], after["upper"], color="C1", alpha=0.2, linewidth=0)
    ax.set_title(
        f"{found.verdict}: {found.now.estimate:.3g} ({found.now.lower:.3g} to {found.now.upper:.3g})"
    )
    ax.legend()


def _fan(found: Any, ax: Axes) -> None:
    fan = found.fan
    for level in ("95", "80"):
        ax.fill_between(
            fan.index, fan[f"lower{level}"], fan[f"upper{level}"], color="C0", alpha=0.2, linewidth=0
        )
    ax.plot(fan.index, fan["median"], color="C0")
    ax.set_xlabel("months ahead")
    ax.set_title(found.words)


def _terms(found: Any, ax: Axes) -> None:
    table, ratio = found.terms, True
    if hasattr(found, "scale"):
        ratio = "ratio" in found.scale
        table = (found.ratios() if ratio else table).drop(index="Intercept", errors="ignore")
    else:
        table = table.set_index(table["term"] + ": " + table["level"].astype(str))
    middle = table["ratio" if "ratio" in table else "estimate"]
    _intervals(ax, table.index, middle, table["lower"], table["upper"])
    ax.axvline(float(ratio), color="0.6", linewidth=1)
    ax.set_xscale("log" if ratio else "linear")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_formatter("{x:g}")


def _groups(found: Any, ax: Axes) -> None:
    middle, lower, upper = (
        (found.percent, found.lower95, found.upper95)
        if hasattr(found, "percent")
        else (found.value, found.lower, found.upper)
    )
    _intervals(ax, getattr(found, "group", range(len(lower))), middle, lower, upper)


def _intervals(ax: Axes, names: Any, middle: Any, lower: Any, upper: Any) -> None:
    places = np.arange(len(names))[::-1]
    ax.hlines(places, lower, upper, color="C0")
    ax.plot(middle, places, "o", color="C0")
    ax.set_yticks(places, [str(name) for name in names])


def _draws(found: Any, ax: Axes) -> None:
    """Draw what a simulation of missed appointments spreads over: 80 and 95 in 100 draws."""
    names = [name for name in ("attendances", "relief", "waiting_list") if getattr(found, name) is not None]
    spreads = [getattr(found, name) for name in names]
    ends = {
        name: [getattr(each, name) for each in spreads]
        for name in ("lower80", "upper80", "lower95", "upper95")
    }
    _intervals(ax, names, [each.median for each in spreads], ends["lower95"], ends["upper95"])
    ax.hlines(np.arange(len(names))[::-1], ends["lower80"], ends["upper80"], linewidth=4)


def _gradient(found: Any, ax: Axes) -> None:
    """Draw the rate of each group from the most to the least deprived, and the line through them."""
    ridit, rate = found.by_group["ridit"], found.by_group["rate"]
    ax.plot(ridit, rate, "o", color="C0")
    ax.axline((0.5, np.average(rate, weights=np.gradient(ridit))), slope=found.slope, color="0.5")


#: by what tells the kind: a name that only results of this kind have
_DRAWN: dict[str, Callable[[Any, Axes], None]] = {
    "centre": _process,
    "limits_at": _funnel,
    "follows_extreme": _interrupted,
    "fan": _fan,
    "terms": _terms,
    "chance_of_relief": _draws,
    "by_group": _gradient,
    "percent": _groups,
    "confidence": _groups,
}

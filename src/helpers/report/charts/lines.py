"""Lines over time: broken where periods are missing, as a line across them would show what nobody counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def broken(days: Floats, *lines: Floats, every: int | None = None) -> tuple[Floats, ...]:
    """Return days and values of lines with a point without value in the middle of each gap, where a pen is lifted.

    Parameters
    ----------
    days
        First or last days of periods in order, as matplotlib counts them: days since 1 January 1970.
    lines
        Their values, as many.
    every
        Months from one period to the next; by default the fewest between any two. Twice as many are a gap.

    Examples
    --------
    Two months are missing between the first two:

    >>> days = np.array(["2025-01-01", "2025-04-01", "2025-05-01"], dtype="datetime64[D]").astype(float)
    >>> broken(days, np.array([1.0, 2.0, 3.0]))[1]
    array([ 1., nan,  2.,  3.])
    """
    apart = np.diff(days.astype("datetime64[D]").astype("datetime64[M]").astype(int))
    usual = every or min((int(step) for step in apart if step > 0), default=1)
    gaps = np.flatnonzero(apart >= 2 * usual)
    middles = (days[gaps] + days[gaps + 1]) / 2
    return np.insert(days, gaps + 1, middles), *(np.insert(line, gaps + 1, np.nan) for line in lines)


def draw_line(axes: Axes, days: Floats, line: ArrayLike, *, every: int | None = None, **look: Any) -> None:
    """Draw a line that is broken at gaps, as `broken` finds them; a value between two gaps is a dot.

    `look` is handed on to matplotlib; a line with marks of its own shows each value anyway.
    """
    x, y = broken(days, np.asarray(line, dtype=float), every=every)
    axes.plot(x, y, **look)
    known = np.concatenate([[False], np.isfinite(y), [False]])
    lone = known[1:-1] & ~known[:-2] & ~known[2:]
    if lone.any() and "marker" not in look:
        size = 2.2 * look.get("linewidth", 1.0)
        axes.plot(x[lone], y[lone], "o", color=look["color"], markersize=size, zorder=look.get("zorder", 2))

"""Series of two trusts that are put in on purpose: every cell of the matrix, and every awkward series.

The patterns are fixed, not drawn, so that a chart reads the same for every seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.synthetic import truth
from helpers.data.synthetic.drawing import Floats

#: twelve months that swing evenly about nought, at most one either way, without a rule being met
QUIET = (-0.3, -1.0, 0.9, 0.8, 0.3, -0.8, -0.6, 0.1, -0.4, 0.7, -0.2, 0.5)
#: a last month so many swings away is beyond any limit
BEYOND = 5.0
#: months that a series of too few points has
FEW = 9
#: months before the end at which a stale series stops
STALE_MONTHS = 6


def put_in_shapes(values: pd.DataFrame) -> pd.DataFrame:
    """Return monthly measure values with the series of `truth.SHAPES` in place of what was drawn.

    `values`: rows of `measure_values` without `value`; counts have no denominator.

    Returns
    -------
    DataFrame
        The same columns and `suppressed`. Rows of months that a shape leaves out are gone, and so are the
        specialties and units of a shaped measure.
    """
    values = values.assign(suppressed=False)
    whole = values["unit_code"].isna() & values["specialty_code"].isna() & values["breakdown"].isna()
    monthly = whole & (values["period_type"] == "month")
    dropped = pd.Series(data=False, index=values.index)
    for shape in truth.SHAPES:
        own = (values["org_code"] == shape.org_code) & (values["measure"] == shape.measure)
        dropped |= own & ~whole  # parts that would no longer add up
        rows = values[own & monthly].sort_values("period").index
        values.loc[rows, ["numerator", "denominator"]] = _figures(shape, values.loc[rows])
        if shape.pattern in ("hidden", "hidden_last"):
            values.loc[rows if shape.pattern == "hidden" else rows[-1:], "suppressed"] = True
        dropped.loc[rows[~_kept(shape, len(rows))]] = True
    values.loc[values["suppressed"], ["numerator", "denominator"]] = np.nan
    return values[~dropped].reset_index(drop=True)


def _figures(shape: truth.Shape, rows: pd.DataFrame) -> Floats:
    """Return numerators and denominators, shape (months, 2)."""
    wanted = _path(shape, len(rows))
    denominator = np.array(rows["denominator"], dtype=float)
    if shape.pattern == "on_target":
        denominator[-1] = np.round(denominator[-1] / 1000) * 1000  # a share that is met to the last digit
    times = np.where(np.isnan(denominator), 1.0, denominator)
    return np.column_stack([np.round(wanted * times), denominator])


def _path(shape: truth.Shape, months: int) -> Floats:
    """Return the value of each month, as a plain ratio or count."""
    quiet = np.resize(np.array(QUIET), months)
    slope = np.linspace(-1, 1, months)
    if shape.pattern == "constant":
        return np.full(months, shape.level)
    if shape.pattern == "drift":
        return shape.level + shape.swing * (4 * shape.sign * slope + 0.3 * quiet)
    if shape.pattern == "wave":
        # two years up and down, back at its middle in the last month
        return shape.level + shape.swing * (4 * np.sin(4 * np.pi * slope) + 0.3 * quiet)
    if shape.pattern == "line":
        return shape.level + shape.swing * 4 * shape.sign * slope
    if shape.pattern == "turn":  # half a wave, and three months that leave it
        leaves = shape.sign * np.maximum(np.arange(months) - months + 4, 0) * BEYOND
        return shape.level + shape.swing * (3 * np.sin(4 * np.pi * slope) + 0.3 * quiet + leaves)
    path = shape.level + shape.swing * quiet
    if shape.pattern in ("jump", "few_jump"):
        path[-1] = shape.level + BEYOND * shape.sign * shape.swing
    if shape.pattern == "on_target":
        path[-1] = shape.level
    return np.asarray(path)


def _kept(shape: truth.Shape, months: int) -> np.ndarray:
    """Mark the months that are returned."""
    place = np.arange(months)
    kept = {
        "few": place >= months - FEW,
        "few_jump": place >= months - FEW,
        "one": place == months - 1,
        "late": place < months - 1,
        "gap": place != months - 2,
        "stale": place < months - STALE_MONTHS,
        "absent": place < 0,
    }
    return np.asarray(kept.get(shape.pattern, place >= 0))

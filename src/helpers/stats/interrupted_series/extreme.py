"""Was the change made after an extreme value, so that part of the effect is regression to the mean?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helpers.stats.checks import check_number, check_series

#: standard deviations from its trend beyond which the last value before the change is extreme
EXTREME = 2.0


def follows_extreme(values: npt.ArrayLike, before: int, effect: float) -> bool:
    """Return whether the last value before a change was extreme and the effect goes back from it.

    Changes are often made after a bad month, and the months after a bad one are better by themselves.

    Parameters
    ----------
    values
        The series, oldest first; missing values allowed.
    before
        How many periods lie before the change.
    effect
        The effect found; above 0 for a rise.

    Returns
    -------
    bool
        True where the last value lies more than 2 standard deviations from the line through the earlier
        ones (as a prediction) and the effect has the other sign. False with fewer than 6 earlier values.

    Raises
    ------
    ArgumentError
        No values, or fewer than `before`.

    Notes
    -----
    Source: Barnett, van der Pols and Dobson 2005 (International Journal of Epidemiology 34:215).

    >>> follows_extreme([10, 11, 10, 9, 10, 11, 10, 16, 10, 10], 8, -6.0)
    True
    """
    observed = check_series("values", values, missing=True)
    check_number("before", before, minimum=1, maximum=len(observed))
    at = np.flatnonzero(~np.isnan(observed[:before])).astype(float)
    if len(at) < 7:
        return False
    times, earlier, last = at[:-1], observed[at[:-1].astype(int)], observed[int(at[-1])]
    slope, intercept = np.polyfit(times, earlier, 1)
    residual = float(np.sqrt(((earlier - intercept - slope * times) ** 2).sum() / (len(times) - 2)))
    leverage = 1 + 1 / len(times) + (at[-1] - times.mean()) ** 2 / ((times - times.mean()) ** 2).sum()
    distance = float(last - intercept - slope * at[-1])
    return abs(distance) > EXTREME * residual * np.sqrt(leverage) + 1e-9 and distance * effect < 0

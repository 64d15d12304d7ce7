"""Several changes, or a design of one's own: segmented regression, term by term as R prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import check_choice, check_lengths, check_series
from helpers.stats.interrupted_series.design import Shape, index_of, periods_before, waves_of
from helpers.stats.models import Regression, glm, gls


def segmented(
    values: npt.ArrayLike,
    changes: Sequence[Any] = (),
    *,
    dates: Any = None,
    shape: Shape = "both",
    trend: bool = True,
    harmonics: int = 0,
    design: pd.DataFrame | None = None,
    exposure: npt.ArrayLike | None = None,
    **options: Any,
) -> Regression:
    """Return a segmented regression: what changed at each of several dates.

    Parameters
    ----------
    values
        The measure per period, equally spaced, oldest first; missing where there is no value.
    changes
        Dates of the first period after each change, or how many periods lie before it.
    dates
        Of the periods; None: those of a Series' index.
    shape, trend
        As for `interrupted_series`, for every change.
    harmonics
        Pairs of sine and cosine of a season of twelve months (one harmonic: 1).
    design
        Further columns, one row per period; with no changes and ``trend=False`` it is all but the intercept.
    exposure
        For counts: people or days at risk per period.
    options
        With `family`: those of `models.glm`, errors independent; without: those of `models.gls`, by ML.

    Returns
    -------
    Regression
        Terms `Intercept`, `time` (periods since the first), `level DATE`, `slope DATE` (0 at the first period after),
        `sin1`, `cos1` … and the design's. For a verdict on one change see `interrupted_series`.

    Notes
    -----
    Source: Wagner, Soumerai, Zhang and Ross-Degnan 2002 (Journal of Clinical Pharmacy and Therapeutics 27:299).

    >>> months = pd.Series([10.0, 12, 11, 10, 12, 11, 15, 17, 16, 15, 17, 16],
    ...                    index=pd.date_range("2025-01-01", periods=12, freq="MS"))
    >>> found = segmented(months, ["2025-07-01"], shape="level", trend=False, family="gaussian", errors="HC1")
    >>> found.terms.estimate.round(6).to_dict()
    {'Intercept': 11.0, 'level 2025-07-01': 5.0}
    """
    observed = check_series("values", values, missing=True)
    index, time = index_of(values, dates), np.arange(float(len(observed)))
    check_choice("shape", shape, get_args(Shape))
    table = pd.DataFrame({"time": time}, index=index)
    terms = ["time"] if trend else []
    for change in changes:
        since = time - periods_before("changes", change, index)
        name = str(change) if isinstance(index, pd.RangeIndex) else str(index[since >= 0][0])[:10]
        columns = {"level": (since >= 0) * 1.0, "slope": np.maximum(since, 0)}
        shown = [each for each in columns if shape in (each, "both")]
        table = table.assign(**{f"{each} {name}": columns[each] for each in shown})
        terms += [f"{each} {name}" for each in shown]
    waves = {
        f"{('sin', 'cos')[k % 2]}{k // 2 + 1}": wave
        for k, wave in enumerate(waves_of(len(time), harmonics))
    }
    table, terms = table.assign(**waves), [*terms, *waves]
    if design is not None:
        check_lengths(values=observed, design=design)
        table, terms = table.join(design.set_axis(index)), [*terms, *map(str, design.columns)]
    table["values"] = observed
    formula = " + ".join(["values ~ 1", *(f"Q({name!r})" for name in terms)])
    if "family" not in options:
        return gls(formula, table, time="time", **options)
    if exposure is not None:
        table["at risk"] = check_series("exposure", exposure, above=0)
    return glm(formula, table, exposure=None if exposure is None else "at risk", **options)

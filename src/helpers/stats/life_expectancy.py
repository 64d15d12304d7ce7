"""Life expectancy from deaths and people by age band: an abridged life table with its intervals.

Source: Chiang (1968), Introduction to Stochastic Processes in Biostatistics; Silcocks et al. (2001), J Epidemiol
Community Health 55:38, for the oldest band; Toson and Baker (2003), for small populations; behaviour as of
`phe_life_expectancy` in PHEindicatormethods.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, Ints, check_lengths, check_numbers, locked
from helpers.stats.intervals import STANDARD, Confidence, levels, normal_quantile
from helpers.stats.rates import Estimates, estimate_fields, group_codes

#: no life expectancy from so few people or fewer
FEWEST_PEOPLE = 5000
#: years between the 95 % limits above which the value is not shown
WIDEST = 20.0
#: share of its band that somebody who dies in it has lived: in the first year of life, and later
_LIVED_FIRST, _LIVED = 0.1, 0.5
_METHOD = "Chiang, Silcocks"


@dataclass(frozen=True, repr=False)
class LifeExpectancies(Estimates):
    """Years of life that are expected at the start of an age band, per group and band.

    `deaths` and `population` are those of that age and above. `method` names why there is no value.
    """

    group: tuple[Any, ...]
    age: Ints
    deaths: Floats
    population: Floats


def life_expectancy(
    deaths: Any,
    population: Any,
    age: Any,
    groups: Any = None,
    *,
    at: Collection[int] | None = None,
    confidence: Confidence = STANDARD,
) -> LifeExpectancies:
    """Return life expectancies with their intervals, one per group and age band.

    Parameters
    ----------
    deaths, population
        Counts of each age band, shape (rows,), over the same years (person-years).
    age
        Where each band starts, as numbers or in words such as `5-9` or `90+`; the first is 0, the last is open.
    groups
        Shape (rows,), the group of each row; None makes one group of all.
    at
        Ages to return; None returns all.

    Returns
    -------
    LifeExpectancies
        Without value (NaN) are groups of 5,000 people or fewer, those that lack a band or people in one, with
        more deaths than people in a band, or with no death in the oldest; `method` says which. Where the 95 %
        interval is wider than 20 years only the limits are there.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, what is no age, a band twice in a group, none that starts at 0.

    Examples
    --------
    >>> found = life_expectancy([50, 100, 900], [10_000, 40_000, 10_000], ["0", "1-64", "65+"])
    >>> found.value.round(2).tolist()
    [69.38, 68.72, 11.11]
    """
    d, n = check_numbers("deaths", deaths, minimum=0), check_numbers("population", population, minimum=0)
    starts = _starts(age)
    check_lengths(deaths=d, population=n, age=starts)
    codes, names = group_codes(groups, deaths=d)
    bands = np.unique(starts)
    if bands[0] != 0:
        raise ArgumentError("age", f"the first band starts at {bands[0]}", "bands from 0 on")
    order = np.lexsort((starts, codes))
    if (np.diff(starts[order]) == 0).any():
        raise ArgumentError("age", "a band came twice in a group", "each band once in each group")
    ends = np.flatnonzero(np.diff(codes[order])) + 1
    tables = [_group(d[rows], n[rows], starts[rows], bands) for rows in np.split(order, ends)]
    found = pd.concat(tables, keys=names, names=["group", None])
    for one in at or ():
        if one not in bands:
            raise ArgumentError("at", f"{one!r} came", f"ages among {bands.tolist()}")
    if at is not None:
        found = found[found["age"].isin(list(at))]
    asked, years = levels(confidence), found["years"].to_numpy()
    reach = [normal_quantile(level) * found["error"].to_numpy() for level in asked]
    limits = [(years - half, years + half) for half in reach]
    return LifeExpectancies(
        **estimate_fields(found["shown"].to_numpy(), asked, limits, found["method"].tolist()),
        group=tuple(found.index.get_level_values("group")),
        age=locked(found["age"]),
        deaths=locked(found["deaths"]),
        population=locked(found["population"]),
    )


def _starts(age: Any) -> Ints:
    """Return the age at which each band starts: the first number in its name."""
    words = pd.Series(age).astype(str)
    found = words.str.extract(r"^\s*(\d+)", expand=False)
    if found.isna().any():
        raise ArgumentError(
            "age", f"{words[found.isna()].iloc[0]!r} came", "ages, or words such as 5-9 or 90+"
        )
    return found.to_numpy(dtype=np.int64)


def _group(deaths: Floats, people: Floats, ages: Ints, bands: Ints) -> pd.DataFrame:
    years = error = np.full(len(ages), np.nan)
    reasons = {
        "none: an age band is missing": len(ages) < len(bands),
        "none: nobody lives in an age band": (people == 0).any(),
        "none: more deaths than people in an age band": (deaths > people).any(),
        f"none: {FEWEST_PEOPLE:,} people or fewer": people.sum() <= FEWEST_PEOPLE,
        "none: no death in the oldest age band": not deaths[-1],
    }
    reason = next((reason for reason, holds in reasons.items() if holds), "")
    if not reason:
        years, error = _life_table(deaths, people, ages)
    wide = 2 * normal_quantile(0.95) * error > WIDEST
    method = np.where(wide, f"none: an interval of more than {WIDEST:g} years", reason or _METHOD)
    shown = np.where(wide, np.nan, years)
    sums = {"deaths": deaths[::-1].cumsum()[::-1], "population": people[::-1].cumsum()[::-1]}
    return pd.DataFrame(
        {"age": ages, "years": years, "shown": shown, "error": error, "method": method, **sums}
    )


def _life_table(deaths: Floats, people: Floats, ages: Ints) -> tuple[Floats, Floats]:
    mortality = deaths / people
    width = np.append(np.diff(ages), 2 / mortality[-1])
    lived = np.where(ages == 0, _LIVED_FIRST, _LIVED)
    risk = mortality * width / (1 + mortality * width * (1 - lived))
    risk = np.where(deaths <= people / width / lived, risk, 1.0)
    alive = np.cumprod(np.append(1.0, 1 - risk[:-1]))
    dying = alive - np.append(alive[1:], 0.0)
    person_years = np.append(width[:-1] * (alive[1:] + lived[:-1] * dying[:-1]), alive[-1] / mortality[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(alive > 0, person_years[::-1].cumsum()[::-1] / alive, 0.0)
        spread = np.where(dying > 0, risk**2 * (1 - risk) / deaths, 0.0)
        ahead = (1 - lived[:-1]) * width[:-1] + years[1:]
        oldest = alive[-1] ** 2 / (deaths[-1] * mortality[-1] ** 2)
        variance = np.append(spread[:-1] * alive[:-1] ** 2 * ahead**2, oldest)
        return years, np.sqrt(variance[::-1].cumsum()[::-1]) / alive

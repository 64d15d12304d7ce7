"""A regression beside O/E: does another way of adjusting for case mix say the same? (methods, section 4)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Ints, check_array, check_choice, check_columns, check_confidence
from helpers.stats.los.intervals import FEWEST_CLUSTERS
from helpers.stats.los.standardise import STRATA
from helpers.stats.models.reading import Categories
from helpers.stats.models.scoring import GAMMA, Cells, fit_cells, fit_nb2
from helpers.stats.results import Result

Family = Literal["nb2", "gamma"]


@dataclass(frozen=True, repr=False)
class AdjustedRatio(Result):
    """The trust's length of stay over its comparator's at the same covariates, from a log-link regression.

    Attributes
    ----------
    family
        `nb2` (negative binomial with estimated dispersion) or `gamma` (without zero-day stays).
    ratio, lower, upper
        Ratio of mean stays with its Wald interval.
    dispersion
        NB2: alpha of variance = mean + alpha mean^2; gamma: variance / mean^2.
    spells, trust_spells
        Spells in the model, of all and of the trust.
    clusters
        The trust's teams, wards or sites that the intervals allow for; 0 where they take stays as independent.
    terms
        The other coefficients: term (a covariate), level, against (its first level), spells (of the level),
        ratio of mean stays, lower, upper.
    """

    family: Family
    ratio: float
    lower: float
    upper: float
    dispersion: float
    spells: int
    trust_spells: int
    clusters: int = 0
    terms: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False, repr=False)


def adjusted_ratio(
    stays: pd.DataFrame,
    *,
    covariates: Sequence[str] = STRATA,
    trust: str = "is_trust",
    family: Family = "nb2",
    cluster: str | None = None,
    confidence: float = 0.95,
) -> AdjustedRatio:
    """Return the trust's ratio of mean stays, adjusted by a log-link GLM with the covariates' main effects.

    Parameters
    ----------
    stays
        A frequency table (or records): the covariates, `days` (whole for nb2), `spells` (how many stays
        the row stands for; 1 each where the column is absent) and the boolean trust column.
    covariates
        Columns to adjust for, taken as categories.
    trust
        Name of the column that tells the trust's stays from the comparator's.
    family
        `nb2`, or `gamma`, which leaves zero-day stays out.
    cluster
        Column of what goes together: the trust's teams, wards or sites, and for the others the trust. With 3 or
        more of the trust's own, errors are robust to it, with t quantiles on their number less one.
    confidence
        Level of the interval.

    Returns
    -------
    AdjustedRatio
        Stays in categories that the comparator lacks are left out: nothing can be said about them. So are those
        in categories that have no day at all.

    Raises
    ------
    ArgumentError
        Missing columns, negative or (nb2) fractional days, no stays of the trust or of the comparator.

    Notes
    -----
    Source: McCullagh and Nelder 1989, chapters 2, 8 and 11.

    >>> table = pd.DataFrame({"specialty": ["100"] * 4, "days": [1, 3, 2, 6], "spells": [50, 50, 50, 50],
    ...                       "is_trust": [False, False, True, True]})
    >>> round(adjusted_ratio(table, covariates=["specialty"]).ratio, 6)
    2.0
    """
    check_columns("stays", stays, [*covariates, "days", trust])
    check_choice("family", family, ("nb2", "gamma"))
    check_columns("stays", stays, [] if cluster is None else [cluster])
    level = (1 + check_confidence(confidence)) / 2
    table = _comparable(_frequencies(stays, family), covariates, trust)
    design = Categories({name: _levels(table[name]) for name in covariates}, [trust])
    cells = _cells(table, design)
    fit = fit_nb2(cells) if family == "nb2" else fit_cells(cells, GAMMA, estimated=True)
    own = table[table[trust].astype(bool)]
    groups = 0 if cluster is None else own[cluster].fillna("").nunique()
    clusters = groups if groups >= FEWEST_CLUSTERS else 0
    covariance = fit.covariance(clusters=table[cluster].fillna("") if clusters else None)
    if clusters:
        covariance *= clusters / (clusters - 1)
    reach = special.stdtrit(clusters - 1 if clusters else np.inf, level) * np.sqrt(np.diag(covariance))
    estimates = fit.estimates
    ends = np.exp(np.column_stack([estimates, estimates - reach, estimates + reach]))
    ratio, lower, upper = (float(end) for end in ends[-1])
    spells, own_spells = (int(part["spells"].sum()) for part in (table, own))
    terms = [
        (name, level, design.levels[name][0], int(table["spells"][table[name] == level].sum()), *three)
        for (name, level), three in zip(design.labels[1:-1], ends[1:-1].tolist(), strict=True)
    ]
    found = pd.DataFrame(terms, columns=["term", "level", "against", "spells", "ratio", "lower", "upper"])
    return AdjustedRatio(family, ratio, lower, upper, fit.dispersion, spells, own_spells, clusters, found)


def _levels(column: pd.Series) -> list[object]:
    return [level for level in column.astype("category").cat.categories if (column == level).any()]


def _frequencies(stays: pd.DataFrame, family: Family) -> pd.DataFrame:
    days = check_array("stays.days", stays["days"], minimum=0)
    if family == "nb2" and (days % 1 != 0).any():
        raise ArgumentError("stays.days", "fractions of days", "whole days with family='nb2'")
    counts = stays["spells"] if "spells" in stays else np.ones(len(stays))
    spells = check_array("stays.spells", counts, minimum=0)
    table = stays.assign(days=days, spells=spells)
    keep = (table["spells"] > 0) & ((table["days"] > 0) if family == "gamma" else True)
    return table[keep]


def _comparable(table: pd.DataFrame, covariates: Sequence[str], trust: str) -> pd.DataFrame:
    """Return the rows whose categories all occur among the comparator's and have a day in all."""
    others = ~table[trust].astype(bool)
    keep = np.ones(len(table), dtype=bool)
    for column in covariates:
        keep &= table[column].isin(table.loc[others, column].unique()).to_numpy()
        # the estimate of a category without a day is nought: without its stays the others' are the same, and settle
        days = (table["days"] * table["spells"]).groupby(table[column], observed=True, dropna=False)
        keep &= (days.transform("sum") > 0).to_numpy()
    if not (others.any() and table[trust][keep].any()):
        raise ArgumentError(
            "stays", "no stays to compare", f"{trust} true and false, in the same categories"
        )
    # what goes may have been the last of another category
    return table if keep.all() else _comparable(table[keep], covariates, trust)


def _cells(table: pd.DataFrame, design: Categories) -> Cells:
    """Return the stays with a row of the design per distinct cell."""
    grouped = table.groupby([*design.levels, *design.numeric], observed=True, dropna=False)
    cells = grouped.size().index.to_frame(index=False)
    days, spells = (table[name].to_numpy(dtype=float) for name in ("days", "spells"))
    rows: Ints = grouped.ngroup().to_numpy().astype(np.int64)
    return Cells(days, design.matrix(cells), np.zeros(len(cells)), spells, rows)


@dataclass(frozen=True)
class ModelVerdict:
    """Whether the regression and O/E tell the board the same; where not, both are shown.

    Attributes
    ----------
    disagrees
        True where the conclusions (shorter, as expected, longer) differ or one estimate lies outside the
        other's interval.
    by_ratio, by_model
        The conclusions: `shorter`, `as expected` or `longer`.
    """

    disagrees: bool
    by_ratio: str
    by_model: str


def compare_with_model(ratio: float, lower: float, upper: float, model: AdjustedRatio) -> ModelVerdict:
    """Return whether O/E with its interval and the regression's adjusted ratio disagree.

    >>> compare_with_model(1.2, 1.1, 1.3, AdjustedRatio("nb2", 1.05, 0.95, 1.16, 0.5, 9000, 400))
    ModelVerdict(disagrees=True, by_ratio='longer', by_model='as expected')
    """
    first, second = conclusion(lower, upper), conclusion(model.lower, model.upper)
    apart = not (lower <= model.ratio <= upper and model.lower <= ratio <= model.upper)
    return ModelVerdict(first != second or apart, first, second)


def conclusion(lower: float, upper: float) -> str:
    """Return what an interval of a ratio says: `longer`, `shorter` or `as expected`.

    >>> conclusion(1.1, 1.3), conclusion(0.9, 1.1), conclusion(0.7, 0.9)
    ('longer', 'as expected', 'shorter')
    """
    if lower > 1:
        return "longer"
    return "shorter" if upper < 1 else "as expected"

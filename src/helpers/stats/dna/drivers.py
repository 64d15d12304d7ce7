"""Who does not attend: a logistic regression with errors clustered by provider (methods, section 5)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse, special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_array, check_at_most, check_columns, check_confidence

#: Newton's method settles in about six rounds; after so many an odds ratio has no end
MOST_ROUNDS: Final = 25
_SETTLED: Final = 1e-10


def dna_drivers(
    table: pd.DataFrame,
    categories: Sequence[str],
    *,
    numeric: Sequence[str] = (),
    cluster: str | None = None,
    parts: Iterable[pd.DataFrame] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return odds ratios of not attending, each adjusted for the others.

    Parameters
    ----------
    table
        Appointments grouped by everything named below: `dnas` and `appointments` (attendances and DNAs)
        per row. Records are a table whose `appointments` are all 1.
    categories
        Columns taken as categories (age band, sex, deprivation, first or follow-up, mode, weekday,
        specialty …). The reference is the category with most appointments.
    numeric
        Columns taken as numbers, such as weeks of lead time; the odds ratio is per unit.
    cluster
        Column of the provider: standard errors allow for appointments of one provider being alike. None:
        model standard errors, as for a single provider.
    parts
        Where the rows of all providers are too many together: such tables with `cluster`, of some whole providers
        at a time; `table` then has the sums over all of them. Rows with a category that it lacks are left out.
    confidence
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per category and number: `driver`, `level`, `appointments`, `odds_ratio`, `lower`, `upper`;
        the reference has 1 and no interval.

    Raises
    ------
    ArgumentError
        Missing columns, DNAs above appointments, a category in which nobody or everybody missed the
        appointment, fewer than two providers.

    Notes
    -----
    Source: Cameron and Miller 2015 (Journal of Human Resources 50:317): G/(G - 1) (N - 1)/(N - k) and t
    quantiles with G - 1 degrees of freedom over G providers.
    """
    keys = [cluster] if cluster and parts is None else []
    check_columns("table", table, [*categories, *numeric, "dnas", "appointments", *keys])
    dnas = check_array("table.dnas", table["dnas"], minimum=0)
    booked = check_array("table.appointments", table["appointments"], minimum=0)
    check_at_most("table.dnas", dnas, "appointments", booked)
    used = table[booked > 0]
    design = _Design.of(used, categories, numeric)
    fit = _fit(design.matrix(used), dnas[booked > 0], booked[booked > 0])
    scores = None
    if cluster is not None:
        found = parts if parts is not None else [used]
        scores = [design.scores(part, fit.coefficients, cluster) for part in found]
    error, freedom = _errors(fit, scores, booked.sum())
    reach = special.stdtrit(freedom, (1 + check_confidence(confidence)) / 2) * error
    fitted = dict(zip(design.labels, zip(fit.coefficients, reach, strict=True), strict=True))
    return pd.DataFrame(_rows(used, categories, numeric, fitted))


def _reference(column: pd.Series, appointments: pd.Series) -> object:
    totals = appointments.groupby(column, observed=True).sum()
    return totals.index[int(np.argmax(totals.to_numpy()))]


@dataclass(frozen=True)
class _Design:
    """What the columns of the design stand for: the intercept, every level but the reference, the numbers."""

    #: category to its levels, the reference first
    levels: dict[str, list[object]]
    numeric: Sequence[str]

    @classmethod
    def of(cls, table: pd.DataFrame, categories: Sequence[str], numeric: Sequence[str]) -> _Design:
        levels = {}
        for name in categories:
            _refuse_separation(table, name)
            first = _reference(table[name], table["appointments"])
            others = sorted((level for level in table[name].unique() if level != first), key=str)
            levels[name] = [first, *others]
        return cls(levels, numeric)

    @property
    def labels(self) -> list[tuple[str, object]]:
        others = [(name, level) for name, levels in self.levels.items() for level in levels[1:]]
        return [("", ""), *others, *((name, "") for name in self.numeric)]

    def matrix(self, table: pd.DataFrame) -> sparse.csr_array:
        """Return the design: nearly all of it is nought, so that a national table has room in memory."""
        rows, columns, values = (
            [np.arange(len(table))],
            [np.zeros(len(table), np.int64)],
            [np.ones(len(table))],
        )
        before = 0
        for name, levels in self.levels.items():
            place = pd.Categorical(table[name], categories=levels).codes.astype(np.int64)
            there = np.flatnonzero(place > 0)
            rows.append(there)
            columns.append(before + place[there])
            values.append(np.ones(len(there)))
            before += len(levels) - 1
        for name in self.numeric:
            before += 1
            rows.append(np.arange(len(table)))
            columns.append(np.full(len(table), before))
            values.append(check_array(f"table.{name}", table[name]))
        places = (np.concatenate(rows), np.concatenate(columns))
        return sparse.csr_array((np.concatenate(values), places), shape=(len(table), before + 1))

    def scores(self, table: pd.DataFrame, coefficients: Floats, cluster: str) -> Floats:
        """Return each provider's part of the slope of the log-likelihood."""
        places = [pd.Index(each).get_indexer(pd.Index(table[name])) for name, each in self.levels.items()]
        known = np.logical_and.reduce([place >= 0 for place in places]) if places else slice(None)
        groups, each = pd.factorize(table[cluster][known])
        ends = np.cumsum([1, *(len(levels) - 1 for levels in self.levels.values())])
        numbers = table.loc[known, [*self.numeric]].to_numpy(float)
        score = coefficients[0] + numbers @ coefficients[ends[-1] :]
        for place, (first, end) in zip(places, itertools.pairwise(ends), strict=True):
            score += np.append(0.0, coefficients[first:end])[place[known]]
        left = (table["dnas"][known] - table["appointments"][known] * special.expit(score)).to_numpy(float)
        found = [np.bincount(groups, left)]
        for place, levels in zip(
            places, self.levels.values(), strict=True
        ):  # no matrix: a country's rows are many
            sums = np.bincount(groups * len(levels) + place[known], left, len(each) * len(levels))
            found += [*sums.reshape(-1, len(levels)).T[1:]]
        return np.column_stack([*found, *(np.bincount(groups, left * number) for number in numbers.T)])


def _refuse_separation(table: pd.DataFrame, name: str) -> None:
    """Refuse a category without a finite odds ratio."""
    sums = table.groupby(name, observed=True, dropna=False)[["dnas", "appointments"]].sum()
    extreme = sums.index[(sums["dnas"] == 0) | (sums["dnas"] == sums["appointments"])]
    if table[name].isna().any() or len(extreme):
        came = ", ".join(str(level) for level in extreme) or "missing values"
        raise ArgumentError(
            f"table.{name}", came, "categories with both DNAs and attendances (join small ones)"
        )


@dataclass(frozen=True)
class _Fit:
    """Coefficients, and their covariance where all appointments are independent."""

    coefficients: Floats
    covariance: Floats


def _fit(design: sparse.csr_array, dnas: Floats, booked: Floats) -> _Fit:
    """Fit by Newton's method, from the common rate on."""
    gram = (design.T @ design).toarray()
    size = np.sqrt(np.diag(gram))
    if np.linalg.matrix_rank(gram / np.outer(size, size), hermitian=True) < len(gram):
        raise ArgumentError("categories", "columns that say the same", "columns that differ")
    coefficients = np.zeros(len(gram))
    coefficients[0] = special.logit(dnas.sum() / booked.sum())
    for _ in range(MOST_ROUNDS):
        chance = special.expit(design @ coefficients)
        weights = sparse.diags_array(booked * chance * (1 - chance))
        information = (design.T @ weights @ design).toarray()
        step = np.linalg.solve(information, (dnas - booked * chance) @ design)
        if np.abs(step).max() <= _SETTLED:
            break
        coefficients = coefficients + step
    return _Fit(coefficients, np.linalg.inv(information))


def _errors(fit: _Fit, parts: Sequence[Floats] | None, booked: float) -> tuple[Floats, float]:
    """Return the standard errors, between providers where their scores are given, and the degrees of freedom."""
    if parts is None:
        return np.sqrt(np.diag(fit.covariance)), np.inf
    scores = np.concatenate(parts)
    clusters = len(scores)
    if clusters < 2:
        raise ArgumentError("cluster", f"{clusters} provider", "at least two, or cluster=None")
    correction = clusters / (clusters - 1) * (booked - 1) / (booked - len(fit.covariance))
    variance = correction * ((fit.covariance @ scores.T) ** 2).sum(axis=1)
    return np.sqrt(variance), clusters - 1.0


def _rows(
    table: pd.DataFrame,
    categories: Sequence[str],
    numeric: Sequence[str],
    fitted: dict[tuple[str, object], tuple[float, float]],
) -> list[dict[str, object]]:
    levels: list[tuple[str, object]] = [
        (name, level) for name in categories for level in sorted(table[name].unique(), key=str)
    ]
    rows = []
    for name, level in [*levels, *((name, "") for name in numeric)]:
        estimate, reach = fitted.get((name, level), (0.0, np.nan))
        chosen = table["appointments"] if name in numeric else table["appointments"][table[name] == level]
        lower, upper = np.exp(estimate - reach), np.exp(estimate + reach)
        odds = float(np.exp(estimate))
        rows.append(
            {
                "driver": name,
                "level": level,
                "appointments": chosen.sum(),
                "odds_ratio": odds,
                "lower": lower,
                "upper": upper,
            }
        )
    return rows

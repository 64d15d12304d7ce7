"""Who does not attend: a logistic regression with errors clustered by provider (methods, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import sparse, special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_array, check_at_most, check_columns, check_confidence
from helpers.stats.models.reading import Categories
from helpers.stats.models.scoring import BINOMIAL, Cells, fit_cells


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
    dnas, booked = dnas[booked > 0], booked[booked > 0]
    design = Categories({name: _levels(used, name) for name in categories}, numeric)
    fit = fit_cells(Cells.plain(dnas / booked, design.matrix(used), weights=booked), BINOMIAL)
    error, freedom = np.sqrt(np.diag(fit.covariance())), np.inf
    if cluster is not None:
        found = [used] if parts is None else parts
        scores = np.concatenate([_by_provider(design, part, fit.estimates, cluster) for part in found])
        error, freedom = _between_providers(fit.covariance(), scores, booked.sum()), len(scores) - 1.0
    reach = special.stdtrit(freedom, (1 + check_confidence(confidence)) / 2) * error
    fitted = dict(zip(design.labels, zip(fit.estimates, reach, strict=True), strict=True))
    return _odds(used, categories, numeric, fitted)


def _levels(table: pd.DataFrame, name: str) -> list[object]:
    """Return the levels of a category, the one with most appointments first."""
    _refuse_separation(table, name)
    totals = table["appointments"].groupby(table[name], observed=True).sum()
    first = totals.index[int(np.argmax(totals.to_numpy()))]
    return [first, *sorted((level for level in table[name].unique() if level != first), key=str)]


def _by_provider(design: Categories, table: pd.DataFrame, estimates: Floats, cluster: str) -> Floats:
    """Return each provider's part of the slope of the log-likelihood."""
    known = [table[name].isin(levels) for name, levels in design.levels.items()]
    table = table[np.logical_and.reduce(known)] if known else table
    matrix, groups = design.matrix(table), pd.factorize(table[cluster])[0]
    left = (table["dnas"] - table["appointments"] * special.expit(matrix @ estimates)).to_numpy(float)
    return np.asarray((sparse.csr_array((left, (groups, np.arange(len(table))))) @ matrix).toarray())


def _refuse_separation(table: pd.DataFrame, name: str) -> None:
    """Refuse a category without a finite odds ratio."""
    sums = table.groupby(name, observed=True, dropna=False)[["dnas", "appointments"]].sum()
    extreme = sums.index[(sums["dnas"] == 0) | (sums["dnas"] == sums["appointments"])]
    if table[name].isna().any() or len(extreme):
        came = ", ".join(str(level) for level in extreme) or "missing values"
        raise ArgumentError(
            f"table.{name}", came, "categories with both DNAs and attendances (join small ones)"
        )


def _between_providers(covariance: Floats, scores: Floats, booked: float) -> Floats:
    """Return standard errors where appointments of a provider go together."""
    clusters = len(scores)
    if clusters < 2:
        raise ArgumentError("cluster", f"{clusters} provider", "at least two, or cluster=None")
    correction = clusters / (clusters - 1) * (booked - 1) / (booked - len(covariance))
    return np.asarray(np.sqrt(correction * ((covariance @ scores.T) ** 2).sum(axis=1)))


def _odds(
    table: pd.DataFrame,
    categories: Sequence[str],
    numeric: Sequence[str],
    fitted: dict[tuple[str, object], tuple[float, float]],
) -> pd.DataFrame:
    levels = [(name, level) for name in categories for level in sorted(table[name].unique(), key=str)]
    rows = []
    for name, level in [*levels, *((name, "") for name in numeric)]:
        estimate, reach = fitted.get((name, level), (0.0, np.nan))
        chosen = table["appointments"] if name in numeric else table["appointments"][table[name] == level]
        rows.append((name, level, chosen.sum(), *np.exp([estimate, estimate - reach, estimate + reach])))
    return pd.DataFrame(rows, columns=["driver", "level", "appointments", "odds_ratio", "lower", "upper"])

"""Who does not attend: a logistic regression with errors clustered by provider (methods, section 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_array, check_at_most, check_columns, check_confidence
from helpers.stats.models.generalised import fit_matrices


def dna_drivers(
    table: pd.DataFrame,
    categories: Sequence[str],
    *,
    numeric: Sequence[str] = (),
    cluster: str | None = None,
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
    check_columns(
        "table", table, [*categories, *numeric, "dnas", "appointments", *([cluster] if cluster else [])]
    )
    dnas = check_array("table.dnas", table["dnas"], minimum=0)
    booked = check_array("table.appointments", table["appointments"], minimum=0)
    check_at_most("table.dnas", dnas, "appointments", booked)
    used = table[booked > 0]
    labels, design = _design(used, categories, numeric)
    groups = None if cluster is None else pd.factorize(used[cluster])[0]
    estimate, error, freedom = _fit(dnas[booked > 0], booked[booked > 0], design, groups)
    reach = special.stdtrit(freedom, (1 + check_confidence(confidence)) / 2) * error
    fitted = dict(zip(labels, zip(estimate, reach, strict=True), strict=True))
    return pd.DataFrame(_rows(used, categories, numeric, fitted))


def _reference(column: pd.Series, appointments: pd.Series) -> object:
    totals = appointments.groupby(column, observed=True).sum()
    return totals.index[int(np.argmax(totals.to_numpy()))]


def _design(
    table: pd.DataFrame, categories: Sequence[str], numeric: Sequence[str]
) -> tuple[list[tuple[str, object]], Floats]:
    labels: list[tuple[str, object]] = [("", "")]
    columns = [np.ones(len(table))]
    for name in categories:
        _refuse_separation(table, name)
        reference = _reference(table[name], table["appointments"])
        for level in sorted(table[name].unique(), key=str):
            if level != reference:
                labels.append((name, level))
                columns.append((table[name] == level).to_numpy(dtype=float))
    for name in numeric:
        labels.append((name, ""))
        columns.append(check_array(f"table.{name}", table[name]))
    return labels, np.column_stack(columns)


def _refuse_separation(table: pd.DataFrame, name: str) -> None:
    """Refuse a category without a finite odds ratio."""
    sums = table.groupby(name, observed=True, dropna=False)[["dnas", "appointments"]].sum()
    extreme = sums.index[(sums["dnas"] == 0) | (sums["dnas"] == sums["appointments"])]
    if table[name].isna().any() or len(extreme):
        came = ", ".join(str(level) for level in extreme) or "missing values"
        raise ArgumentError(
            f"table.{name}", came, "categories with both DNAs and attendances (join small ones)"
        )


def _fit(
    dnas: Floats, booked: Floats, design: Floats, groups: npt.NDArray[np.int64] | None
) -> tuple[Floats, Floats, float]:
    """Return coefficients, their standard errors and the degrees of freedom of the quantile."""
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ArgumentError("categories", "columns that say the same", "columns that differ")
    fit = fit_matrices(dnas / booked, design, "binomial", prior=booked)
    if groups is None:
        return fit.estimates, np.sqrt(np.diag(fit.covariance(design, "classical"))), np.inf
    clusters = len(np.unique(groups))
    if clusters < 2:
        raise ArgumentError("cluster", f"{clusters} provider", "at least two, or cluster=None")
    error = np.sqrt(np.diag(fit.covariance(design, "cluster", groups)))
    correction = (booked.sum() - 1) / (booked.sum() - design.shape[1])
    return fit.estimates, error * np.sqrt(correction), clusters - 1.0


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

"""Regressions of cells, held against statsmodels on single values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse

from helpers.errors import ArgumentError
from helpers.stats.models import scoring
from helpers.stats.models.scoring import BINOMIAL, GAMMA, POISSON, Cells, fit_cells, fit_nb2

RNG = np.random.default_rng(11)
X = sm.add_constant(np.column_stack([np.arange(80.0), RNG.normal(size=80)]))
POPULATION = np.log(RNG.uniform(500, 1500, 80))
MEAN = np.exp(X @ [-3.0, 0.002, 0.1] + POPULATION)
COUNTS = RNG.negative_binomial(8, 8 / (8 + MEAN)).astype(float)


def test_nb2_with_an_offset_equals_the_discrete_model() -> None:
    ours = fit_nb2(Cells.plain(COUNTS, X, POPULATION))
    theirs = sm.NegativeBinomial(COUNTS, X, offset=POPULATION).fit(
        method="newton", disp=0, start_params=[*ours.estimates, ours.dispersion]
    )
    assert ours.estimates == pytest.approx(theirs.params[:3], rel=1e-6)
    assert ours.dispersion == pytest.approx(theirs.params[3], rel=1e-6)


def test_quasi_poisson_equals_the_glm_with_pearson_scale() -> None:
    ours = fit_cells(Cells.plain(COUNTS, X, POPULATION), POISSON, estimated=True)
    theirs = sm.GLM(COUNTS, X, family=sm.families.Poisson(), offset=POPULATION).fit(scale="X2", tol=1e-14)
    assert ours.estimates == pytest.approx(theirs.params, rel=1e-8)
    assert np.sqrt(np.diag(ours.covariance())) == pytest.approx(theirs.bse, rel=1e-6)


def test_counts_less_spread_than_poisson_have_no_dispersion() -> None:
    even = np.tile([9.0, 10.0, 11.0], 10)
    fit = fit_nb2(Cells.plain(even, np.ones((30, 1))))
    assert fit.dispersion == 0
    assert fit.mean[0] == pytest.approx(10)
    assert fit.covariance()[0, 0] == pytest.approx(1 / 300)  # Poisson: one over the total


def test_nothing_but_zero_is_refused() -> None:
    with pytest.raises(ArgumentError, match="nothing but 0"):
        fit_nb2(Cells.plain(np.zeros(5), np.ones((5, 1))))


def test_a_dispersion_that_never_settles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = itertools.cycle([0.1, 2.0])
    monkeypatch.setattr(scoring, "_dispersion", lambda *_: next(turns))
    with pytest.raises(ArgumentError, match="negative binomial fit does not settle"):
        fit_nb2(Cells.plain(COUNTS, X, POPULATION))


def test_a_design_without_full_rank_is_refused() -> None:
    with pytest.raises(ArgumentError, match="full rank"):
        fit_nb2(Cells.plain(COUNTS, np.column_stack([X, X[:, 1]])))


def test_a_group_without_any_count_is_refused() -> None:
    counts = np.r_[np.zeros(10), np.full(10, 5.0)]
    group = np.column_stack([np.ones(20), np.r_[np.zeros(10), np.ones(10)]])
    with pytest.raises(ArgumentError, match="does not settle"):
        fit_cells(Cells.plain(counts, group), POISSON, estimated=True)


def test_clustered_errors_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(12)
    groups = np.repeat(np.arange(12), 20)
    design = np.column_stack([np.ones(240), rng.integers(2, size=240)])
    values = rng.poisson(np.exp(1 + 0.3 * design[:, 1] + rng.normal(0, 0.4, 12)[groups])).astype(float)
    fit = fit_cells(Cells.plain(values, design), POISSON, estimated=True)
    ours = fit.covariance(clusters=groups)
    options = {"groups": groups, "use_correction": False}
    theirs = sm.GLM(values, design, family=sm.families.Poisson()).fit(cov_type="cluster", cov_kwds=options)
    assert ours == pytest.approx(theirs.cov_params(), rel=1e-6)


def test_clustered_errors_are_the_same_from_a_table_of_frequencies() -> None:
    values, weights = np.array([1.0, 4, 2, 7, 3]), np.array([2.0, 1, 3, 1, 2])
    rows, clusters = np.array([0, 1, 0, 1, 1]), np.array([0, 0, 1, 1, 2])
    cells = np.array([[1.0, 0], [1, 1]])
    short = Cells(values, cells, np.zeros(2), weights, rows)
    each = np.repeat(np.arange(5), weights.astype(int))
    long = Cells.plain(values[each], cells[rows[each]])
    covariances = [
        fit_cells(data, GAMMA, estimated=True).covariance(clusters=which)
        for data, which in ((short, clusters), (long, clusters[each]))
    ]
    assert covariances[0] == pytest.approx(covariances[1])


def test_shares_of_a_sparse_design_are_those_of_the_glm() -> None:
    rng = np.random.default_rng(13)
    design = np.column_stack([np.ones(60), rng.integers(2, size=(60, 3))])
    booked = rng.integers(5, 40, 60).astype(float)
    missed = rng.binomial(booked.astype(int), 0.2).astype(float)
    ours = fit_cells(Cells.plain(missed / booked, sparse.csr_array(design), weights=booked), BINOMIAL)
    counts = np.column_stack([missed, booked - missed])
    theirs = sm.GLM(counts, design, family=sm.families.Binomial()).fit(tol=1e-14)
    assert ours.estimates == pytest.approx(theirs.params, rel=1e-8)
    assert ours.covariance() == pytest.approx(theirs.cov_params(), rel=1e-6)


def test_odds_without_an_end_are_refused() -> None:
    """Each of two terms has both kinds, but not where both are."""
    design = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]])
    with pytest.raises(ArgumentError, match="does not settle"):
        fit_cells(Cells.plain(np.array([0.0, 0.0, 0.0, 0.5]), design), BINOMIAL)

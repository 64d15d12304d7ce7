"""From a formula and a table to numbers, and from a fit to a table of terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse, special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_array, check_columns, check_confidence
from helpers.stats.results import Result

#: how a formula writes a column whose name is more than one word
_PLAIN = re.compile(r"Q\(['\"](.*?)['\"]\)")


@dataclass(frozen=True, repr=False)
class Regression(Result):
    """A fitted regression.

    Attributes
    ----------
    method, outcome
        What was fitted and how the errors are found, in words; and what is explained.
    scale
        What the estimates are: a `difference`, `probit`, or logarithms of a `ratio` or `odds ratio`; see `ratios`.
    terms
        One row per term: `estimate`, `error` (standard error), `statistic`, `p` (two-sided), `lower`, `upper`.
    covariance
        Of the estimates.
    freedom, confidence
        Degrees of freedom of the t quantiles (infinite: normal), and the level of the intervals.
    left_out
        Rows left out because a value is missing.
    dispersion
        Variance of the errors, or dispersion, as R's summary has it; negative binomial: alpha of mean + alpha mean^2.
    log_likelihood, aic
        As R's `logLik` and `AIC`; missing for quasi families.
    fitted, residuals
        Expected value of each row fitted, by the index of the data, and the value less it.
    autocorrelation
        Coefficients of the autoregression of `gls`.
    variances
        Of `mixed`: `variance` and `sd` of each random term and the residual.
    effects
        Of `mixed`: by how much the level, and the slope, of each group differ, drawn towards 0.
    groups
        Clusters of the errors, or groups of a mixed model; 0 without.
    design, link, shift
        What `predict` needs: the formula's design, the link, and the columns of offset and exposure.
    """

    method: str
    outcome: str
    scale: Literal["difference", "ratio", "odds ratio", "probit"]
    terms: pd.DataFrame
    covariance: pd.DataFrame
    freedom: float
    confidence: float
    left_out: int
    dispersion: float
    log_likelihood: float
    aic: float
    fitted: pd.Series
    residuals: pd.Series
    autocorrelation: tuple[float, ...] = ()
    variances: pd.DataFrame = field(default_factory=pd.DataFrame)
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: int = 0
    design: Any = field(default=None, repr=False)
    link: str = "identity"
    shift: tuple[str | None, str | None] = (None, None)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "design": None}  # patsy's designs are not written to files

    def _design(self) -> Any:
        if self.design is None:
            raise ArgumentError(
                "regression", "a copy read from a file came", "the regression itself: fit it again"
            )
        return self.design

    def predict(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return what is expected of new rows: `expected`, `lower`, `upper`, in the unit of the outcome.

        Parameters
        ----------
        data
            The columns of the formula, and those of `offset` and `exposure` where they were given. Rows in which one is
            missing have no expectation.

        Returns
        -------
        pandas.DataFrame
            By the index of the data. The interval is that of the mean of such rows, not of a single one; of a mixed
            model it is that of a group not seen, whose level is the average one.

        Raises
        ------
        ArgumentError
            A column or a category that the model has not seen.
        """
        import patsy

        (offset, exposure), known = self.shift, [self._design()]
        check_columns("data", data, [name for name in self.shift if name is not None])
        try:
            (matrix,) = patsy.build_design_matrices(
                known, data.reset_index(drop=True), return_type="dataframe"
            )
        # patsy raises whatever evaluating the formula raises
        except Exception as error:
            said = str(error).partition("\n")[0].rstrip(".")
            raise ArgumentError("data", said, "columns and categories that the model has seen") from None
        rows, terms = np.asarray(matrix.index, dtype=int), np.asarray(matrix, dtype=float)
        line = terms @ self.terms["estimate"].to_numpy()
        if offset is not None:
            line = line + check_array(f"data.{offset}", data[offset].iloc[rows])
        if exposure is not None:
            line = line + np.log(check_array(f"data.{exposure}", data[exposure].iloc[rows], above=0))
        spread = np.sqrt(np.einsum("ij,jk,ik->i", terms, self.covariance.to_numpy(), terms))
        reach = special.stdtrit(self.freedom, (1 + self.confidence) / 2) * spread
        inverse = link_of(self.link).inverse
        ends = np.sort([inverse(line - reach), inverse(line + reach)], axis=0)  # some links fall
        table = pd.DataFrame({"expected": inverse(line), "lower": ends[0], "upper": ends[1]}, index=rows)
        return table.reindex(range(len(data))).set_axis(data.index)

    def by_term(self) -> pd.DataFrame:
        """Return whether the terms of the formula matter, each with all its categories: Wald tests.

        One row per term: `columns` (how many it has), `statistic` (chi-squared; F where quantiles are t), `p`.
        """
        found = {}
        for name, columns in self._design().term_name_slices.items():
            estimates, spread = self.terms["estimate"].to_numpy()[columns], self.covariance.to_numpy()
            many, spread = len(estimates), spread[columns, columns]
            # a straight line has no spread to hold its terms against
            certain = not (np.diag(spread) > 0).all()
            distance = np.nan if certain else float(estimates @ np.linalg.solve(spread, estimates))
            each = distance if np.isinf(self.freedom) else distance / many
            tail = (
                special.chdtrc(many, each)
                if np.isinf(self.freedom)
                else special.fdtrc(many, self.freedom, each)
            )
            found[_PLAIN.sub(r"\1", name)] = (many, each, tail)
        return pd.DataFrame(found, index=["columns", "statistic", "p"]).T.astype({"columns": int})

    def ratios(self) -> pd.DataFrame:
        """Return the terms as ratios of means, rates or odds: `ratio`, `lower`, `upper`, `p`."""
        if "ratio" not in self.scale:
            allowed = "a logarithmic or logit link; read .terms for differences"
            raise ArgumentError("scale", f"the estimates are of the scale {self.scale!r}", allowed)
        ends = {name: np.exp(self.terms[name]) for name in ("estimate", "lower", "upper")}
        return pd.DataFrame({"ratio": ends.pop("estimate"), **ends, "p": self.terms["p"]})

    def _lines(self) -> list[str]:
        left_out = f", {self.left_out:,} left out" if self.left_out else ""
        table = self.terms.rename_axis(None).to_string(float_format="{:.4g}".format)
        return [f"{self.outcome}: {self.method} ({len(self.fitted):,} rows{left_out})", table]


def link_of(name: str) -> Any:
    """Return statsmodels' link of a name."""
    from statsmodels.genmod.families import links

    odd = {"cloglog": "CLogLog", "inverse": "InversePower"}
    return getattr(links, odd.get(name, name.capitalize()))()


@dataclass(frozen=True)
class Read:
    """Outcome, design and the columns beside them, of the rows in which nothing is missing."""

    outcome: pd.Series
    design: pd.DataFrame
    beside: pd.DataFrame
    left_out: int
    formula: Any  # patsy's design of the terms, by which further rows can be read

    @property
    def matrix(self) -> Floats:
        return np.asarray(self.design, dtype=float)

    @property
    def values(self) -> Floats:
        return np.asarray(self.outcome, dtype=float)

    def numbers(self, name: str, *, above: float | None = None) -> Floats:
        """Return a column beside the formula as numbers."""
        return check_array(f"data.{name}", self.beside[name], above=above)

    def regression(
        self, estimates: Floats, covariance: Floats, *, mean: Floats, parameters: int, **others: Any
    ) -> Regression:
        """Return the result, with Wald intervals."""
        freedom, confidence = others["freedom"], check_confidence(others["confidence"])
        reach = special.stdtrit(freedom, (1 + confidence) / 2)
        error = np.sqrt(np.diag(covariance))
        statistic = np.divide(estimates, error, out=np.full(len(error), np.nan), where=error > 0)
        index = pd.Index(self.design.columns, name="term")
        columns = {"estimate": estimates, "error": error, "statistic": statistic}
        columns |= {"p": 2 * special.stdtr(freedom, -np.abs(statistic))}
        columns |= {"lower": estimates - reach * error, "upper": estimates + reach * error}
        return Regression(
            outcome=str(self.outcome.name),
            terms=pd.DataFrame(columns, index=index),
            covariance=pd.DataFrame(covariance, index=index, columns=list(index)),
            left_out=self.left_out,
            aic=2 * parameters - 2 * others["log_likelihood"],
            fitted=pd.Series(mean, self.design.index),
            residuals=pd.Series(self.values - mean, self.design.index),
            design=self.formula,
            **others,
        )


@dataclass(frozen=True)
class Categories:
    """A design of categories, each by its levels with the reference first, and of numbers."""

    levels: dict[str, list[object]]
    numeric: Sequence[str]

    @property
    def labels(self) -> list[tuple[str, object]]:
        """What each column stands for: the intercept, every level but the reference, the numbers."""
        others = [(name, level) for name, levels in self.levels.items() for level in levels[1:]]
        return [("", ""), *others, *((name, "") for name in self.numeric)]

    def matrix(self, table: pd.DataFrame) -> sparse.csr_array:
        """Return the design: nearly all of it is nought, so that a national table has room in memory."""
        columns, values, before = [np.zeros(len(table), np.int32)], [np.ones(len(table))], 0
        for name, levels in self.levels.items():
            place = pd.Categorical(table[name], categories=levels).codes.astype(np.int32)
            columns.append(np.where(place > 0, before + place, 0))
            values.append((place > 0).astype(float))  # nought for the reference
            before += len(levels) - 1
        for name in self.numeric:
            before += 1
            columns.append(np.full(len(table), before, np.int32))
            values.append(check_array(f"table.{name}", table[name]))
        flat = (np.column_stack(each).ravel() for each in (values, columns))
        ends = np.arange(len(table) + 1, dtype=np.int32) * len(columns)
        matrix = sparse.csr_array((*flat, ends), shape=(len(table), before + 1))
        matrix.eliminate_zeros()
        return matrix


def read(formula: str, data: pd.DataFrame, beside: Iterable[str | None] = ()) -> Read:
    """Return what a formula says of a table, or say why it cannot be used."""
    import patsy

    columns = list(dict.fromkeys(name for name in beside if name is not None))
    check_columns("data", data, columns)
    table = data.reset_index(drop=True)
    try:
        outcome, design = patsy.dmatrices(
            formula, table, eval_env=patsy.EvalEnvironment([{"np": np}]), return_type="dataframe"
        )
    # patsy raises whatever evaluating the formula raises
    except Exception as error:
        said = str(error).partition("\n")[0].rstrip(".")
        allowed = f"outcome ~ terms, of the columns {', '.join(map(str, data.columns))}"
        raise ArgumentError("formula", f"{formula!r} cannot be read ({said})", allowed) from None
    kinds = [name for name in outcome.columns if not name.endswith("[False]")]  # a flag gives both
    if len(kinds) != 1:
        raise ArgumentError("formula", f"{formula!r} has several outcomes", "one number or flag")
    apart = table.loc[design.index, columns]
    for name in columns:
        if apart[name].isna().any():
            raise ArgumentError(f"data.{name}", "missing values came", "a value in every row of the model")
    refuse_dependent(np.asarray(design, dtype=float), list(design.columns))
    index, formula = data.index[design.index], design.design_info
    design.columns = pd.Index([_PLAIN.sub(r"\1", str(name)) for name in design.columns])
    known = design.set_axis(index), apart.set_axis(index)
    return Read(outcome[kinds[0]].set_axis(index), *known, len(data) - len(design), formula)


def refuse_dependent(matrix: Floats, names: Sequence[str]) -> None:
    """Refuse a design of fewer rows than columns, or with columns that follow from those before them."""
    rows, columns = matrix.shape
    if rows < columns:
        raise ArgumentError("data", f"{rows} rows without missing values", f"{columns}, one for each term")
    # the pivots of the columns, each scaled to one length
    triangle = np.linalg.qr(matrix / np.maximum(np.linalg.norm(matrix, axis=0), 1e-300), mode="r")
    same = [name for name, pivot in zip(names, np.diag(triangle), strict=True) if abs(pivot) < 1e-9]
    if same:
        allowed = "terms of which none follows from those before it"
        raise ArgumentError("formula", f"{', '.join(same)} says what others say", allowed)

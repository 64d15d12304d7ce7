"""Models of records: fitted in the room; coefficients, intervals and fitted values of groups come out."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from helpers.data.mart import Mart
from helpers.data.room.counting import COUNT, answered, counted, digits_for, grouped, three_figures
from helpers.data.room.door import in_room
from helpers.data.room.selection import Selection
from helpers.data.room.single import kind_of, single_records
from helpers.errors import ArgumentError, Problem, UsageError

if TYPE_CHECKING:
    from helpers.bundle import Cell
    from helpers.data.policy import DisclosurePolicy
    from helpers.stats.models.scoring import Fitted

#: records for each coefficient: fewer fit single people
RECORDS_PER_TERM: Final = 10
#: how far one record may decide its own fitted value (0 to 1)
MOST_LEVERAGE: Final = 0.9
#: of the normal distribution, for intervals of 95 %
QUANTILE: Final = 1.959963984540054
_WHERE: Final = "records, fit"
_LEVEL: Final = re.compile(r"\[[^\]]*\]")
#: what a formula may call, besides the columns of the records
_FUNCTIONS: Final = ("C", "I", "bs", "cr", "np.exp", "np.log", "np.log1p", "np.sqrt")
#: a word of a formula. patsy runs formulas as Python; these words hold no attribute, index, power or function of one's
#: own. To read them is less than to have a child run any, whose matrices would have to come back and be believed.
_WORD: Final = re.compile(
    r"""\s*(?: (?:df|degree)\s*=\s*\d{1,2}\b
        | Treatment\((?:reference\s*=\s*)?(?:\d+|"[^"\\\n]*"|'[^'\\\n]*')\)
        | (?P<name>[A-Za-z_][\w.]*) | \d+(?:\.\d+)?(?![\w.])
        | \*(?!\*) | [-+/:~(),&|] | [<>]=? | [=!]= )\s*""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Fit:
    """What a model of records lets out.

    Parameters
    ----------
    formula, family
        As asked.
    count
        Records behind it, rounded.
    scale
        What the coefficients are: a "difference" in the outcome's unit, or a "ratio" (odds for binomial).
    coefficients
        term, estimate, low and high (95 %, robust to unequal spread), three figures each.
    fitted
        Groups of `by=` with count, mean fitted value, and whether it is hidden.
    """

    formula: str
    family: str
    count: int
    scale: Literal["difference", "ratio"]
    coefficients: pd.DataFrame = field(repr=False)
    fitted: pd.DataFrame = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        words = "stays in the records room: of a model, coefficients, intervals and fitted values of groups leave it"
        raise AttributeError(
            f"{name} {words} (.coefficients, .fitted, .count, .scale); no residuals, no leverage"
        )


@in_room(Fit)
def fit(mart: Mart, selection: Selection, formula: str, family: str) -> Fit:
    """Return a generalised linear model of single records (statsmodels), as far as it may leave the room.

    Raises
    ------
    UsageError
        Where the formula cannot be read, or a coefficient rests on a few people.
    """
    records = single_records(mart, selection)
    outcome, design = _matrices(formula, records)
    _refuse_few(outcome, design, selection.policy)
    result = _fitted(outcome, design, family)
    ratio = family != "gaussian"
    error = np.sqrt(np.diag(result.covariance("HC1")))
    ends = result.estimates[:, None] + np.outer(error, [0.0, -QUANTILE, QUANTILE])
    shown = np.vectorize(three_figures)(np.exp(ends) if ratio else ends)
    coefficients = pd.DataFrame(shown, columns=["estimate", "low", "high"])
    coefficients.insert(0, "term", list(design.columns))
    return Fit(
        formula=formula,
        family=family,
        count=_rounded(len(design), selection.policy),
        scale="ratio" if ratio else "difference",
        coefficients=coefficients,
        fitted=_fitted_groups(mart, selection, records, pd.Series(result.mean, design.index)),
    )


def _rounded(people: int, policy: DisclosurePolicy) -> int:
    shown = policy.show(people)
    return shown if isinstance(shown, int) else 0


def _matrices(formula: str, records: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Return outcome and design, without records that lack something."""
    import patsy

    columns = [name for name in records.columns if not name.startswith("k")]
    if wrong := _wrong_in(formula, {*columns, *_FUNCTIONS}):
        raise _unreadable(formula, f" at {wrong!r}", columns)
    try:
        outcome, design = patsy.dmatrices(
            formula, records, eval_env=patsy.EvalEnvironment([{"np": np}]), return_type="dataframe"
        )
    # patsy raises whatever evaluating the formula raises, and its words may hold values of records
    except Exception as error:
        raise _unreadable(formula, f" ({kind_of(error)})", columns) from None
    kinds = [name for name in outcome.columns if not name.endswith("[False]")]  # a flag gives both
    if len(kinds) != 1:
        raise UsageError(Problem(_WHERE, f"{formula!r} has several outcomes", "one number or flag"))
    return outcome[kinds[0]], design


def _wrong_in(formula: str, known: Set[str]) -> str:
    """Return a formula from its first word on that none may hold.

    >>> _wrong_in("los_days ~ bs(cost, df=4):sex + I(cost > 9)**2", {"los_days", "cost", "sex", "bs", "I"})
    '**2'
    """
    place = 0
    while place < len(formula):
        word = _WORD.match(formula, place)
        if word is None or (word["name"] and word["name"] not in known):
            return formula[place:].strip()
        place = word.end()
    return ""


def _unreadable(formula: str, why: str, columns: Sequence[str]) -> UsageError:
    allowed = f"a formula of {', '.join(columns)}, numbers, + - : * / < > == & |, {', '.join(_FUNCTIONS)}, Treatment"
    cure = 'write "los_days ~ age_band + C(deprivation)"; dates are there as month and weekday'
    return UsageError(Problem(_WHERE, f"{formula!r} cannot be read{why}", allowed, cure))


def _refuse_few(outcome: pd.Series, design: pd.DataFrame, policy: DisclosurePolicy) -> None:
    """Refuse a model of which a part rests on a few people."""
    people, terms = design.shape
    fewest, problems = policy.suppress_up_to + 1, []
    if people < max(fewest, RECORDS_PER_TERM * terms):
        allowed = f"{RECORDS_PER_TERM} records for each of its {terms} coefficients"
        problems.append(
            Problem(_WHERE, "too few records", allowed, "leave terms out, or cover more months")
        )
    few = [
        name
        for name in design
        if _is_few(design[name], policy) or _tells_few(outcome, design[name], policy)
    ]
    for name in dict.fromkeys(_LEVEL.sub("", str(name)) for name in few):  # a level may be somebody's own
        cure = "put its groups together, or leave it out"
        problems.append(Problem(f"{_WHERE}, {name}", "rests on a few people", f"{fewest} or more", cure))
    if not problems and _leverage(design) > MOST_LEVERAGE:
        came = "one record decides what is fitted to it"
        problems.append(
            Problem(_WHERE, came, cure="leave out the term that singles it out, or put numbers in bands")
        )
    if problems:
        raise UsageError(problems)


def _is_few(column: pd.Series, policy: DisclosurePolicy) -> bool:
    """Tell whether all records but a few have the same value: a dummy for them, whatever its name."""
    return policy.hides(len(column) - int(column.value_counts().iloc[0]))


def _tells_few(outcome: pd.Series, column: pd.Series, policy: DisclosurePolicy) -> bool:
    """Tell whether a yes-or-no outcome has a few of one kind in the group of a dummy: its odds tell them."""
    if not set(outcome.unique()) <= {0.0, 1.0} or not set(column.unique()) <= {0.0, 1.0}:
        return False
    inside = outcome[column == 1.0]
    return any(policy.hides(count) for count in (inside.sum(), len(inside) - inside.sum()))


def _leverage(design: pd.DataFrame) -> float:
    """Return the largest share that one record has in its own fitted value."""
    base, _ = np.linalg.qr(design.to_numpy(dtype=float))
    return float((base**2).sum(axis=1).max())


def _fitted(outcome: pd.Series, design: pd.DataFrame, family: str) -> Fitted:
    from helpers.stats.models.generalised import FAMILIES, fit_matrices
    from helpers.stats.models.reading import refuse_dependent

    known = next((each for each in FAMILIES if each == family), None)
    if known is None:
        raise UsageError(Problem(f"{_WHERE}, family", f"{family!r}", ", ".join(FAMILIES)))
    matrix = design.to_numpy(dtype=float)
    try:
        refuse_dependent(matrix, list(design.columns))
        return fit_matrices(outcome.to_numpy(dtype=float), matrix, known)
    # its own words may hold values of records
    except ArgumentError:
        cure = "leave out terms that say the same or hold one kind of outcome, or choose another family"
        raise UsageError(Problem(_WHERE, "it could not be fitted", cure=cure)) from None


def _fitted_groups(
    mart: Mart, selection: Selection, records: pd.DataFrame, fitted: pd.Series
) -> pd.DataFrame:
    """Return the mean fitted value of each group, hidden with its count."""
    frame = grouped(mart, selection)
    counts = counted(mart, selection, frame)
    names = [f"k{place}" for place in range(len(selection.keys))]
    values = records.loc[fitted.index, names].assign(fitted=fitted)
    means = values.groupby(names, dropna=False)["fitted"].agg(["mean", "size"]) if names else None
    cells: list[Cell] = []
    for row, count in zip(frame[names].itertuples(index=False), counts, strict=True):
        mean, size = _of_group(means, tuple(row)) if means is not None else (fitted.mean(), len(fitted))
        few = selection.policy.hides(size) or not isinstance(count, int)
        cells.append(
            "*" if few else round(float(mean), digits_for(count, selection.policy)) if size else None
        )
    return answered(selection, frame, {COUNT: counts, "fitted": cells})


def _of_group(means: pd.DataFrame, group: tuple[object, ...]) -> tuple[float, int]:
    key: Any = group if len(group) > 1 else group[0]
    if key not in means.index:
        return float("nan"), 0
    row = means.loc[key]
    return float(row["mean"]), int(row["size"])

"""`report.records(…)`: a handle on records of patients that holds none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from helpers.data.room import counting, functions, models, single
from helpers.data.room.models import Fit
from helpers.data.room.selection import Selection, Whose, read_by, read_table, read_where
from helpers.data.room.single import Rows
from helpers.errors import Problem, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart
    from helpers.stats.models import Family


@dataclass(frozen=True)
class Records:
    """Records of patients that can be asked, and not looked at.

    Every question is answered by a frame: a row for each group with `count`, the figure asked for, and `hidden`
    (whether something of the row may not be shown; it is missing then). Counts of 1 to 7 are hidden, larger ones
    rounded to the nearest 5, and figures rest on what may be shown.
    """

    mart: Mart  # where the records are; the kernel's own view of it has none
    selection: Selection

    def count(self) -> pd.DataFrame:
        """Return how many records there are in each group."""
        return counting.count(self.mart, self.selection)

    def mean(self, column: str) -> pd.DataFrame:
        """Return the mean of a column of numbers, in its unit."""
        return counting.mean(self.mart, self.selection, column)

    def sum(self, column: str) -> pd.DataFrame:
        """Return the sum of a column of numbers, in its unit, as far as mean and count may be shown."""
        return counting.total(self.mart, self.selection, column)

    def quantile(self, column: str, share: float | Sequence[float] = 0.5) -> pd.DataFrame:
        """Return quantiles of a column of numbers: `q50` for the median."""
        shares = tuple(float(each) for each in ([share] if isinstance(share, int | float) else share))
        if not shares or not all(0 < each < 1 for each in shares):
            cure = "the smallest and the largest value belong to one patient each; 0.1 and 0.9 do not"
            raise UsageError(
                Problem("records, quantile", f"{share!r}", "between 0 and 1, without the ends", cure)
            )
        return counting.quantile(self.mart, self.selection, column, shares)

    def share(self, **part: Any) -> pd.DataFrame:
        """Return the share of records that meet a condition, from 0 to 1: `.share(outcome="dna")`."""
        return self.rate(per=1, **part)

    def rate(self, *, per: float = 1000, **part: Any) -> pd.DataFrame:
        """Return how many in `per` records meet a condition: `.rate(readmitted_30d=True, per=100)`."""
        problems: list[Problem] = []
        conditions = read_where(self.selection.table, part, problems)
        if len(conditions) != 1 and not problems:
            came = f"{len(part)} conditions"
            cure = 'write .share(outcome="dna"), and what else must hold into where='
            problems.append(Problem("records, share", came, "one", cure))
        if problems:
            raise UsageError(problems)
        return counting.share(self.mart, self.selection, conditions[0], per)

    def fit(self, formula: str, *, family: Family = "gaussian") -> Fit:
        """Return a generalised linear model of single records: coefficients, and fitted values of the groups.

        Parameters
        ----------
        formula
            As statsmodels has it: `"los_days ~ age_band + C(deprivation)"`; dates are there as month and weekday.
        family
            One of those of `helpers.stats.models.glm`; the negative binomial's dispersion is estimated.
        """
        return models.fit(self.mart, self.selection, formula, family)

    def apply(self, function: Callable[[pd.DataFrame], Any], *, seconds: float = 30.0) -> pd.DataFrame:
        """Return numbers that a function of your own gives of the records of each group.

        Parameters
        ----------
        function
            Gets a frame of records without dates (month and weekday are there), and returns a number or a
            dictionary of up to ten, whose names stand in its code. It runs in a process of its own beside the records
            room and sees nothing of the notebook but what it refers to. Whole numbers are taken for counts of people.
        seconds
            After which it is ended, each time that it runs.
        """
        if not isinstance(seconds, int | float) or not seconds > 0:
            raise UsageError(Problem("records, apply, seconds", repr(seconds), "a number above 0"))
        return functions.apply(self.mart, self.selection, functions.packed(function), seconds)

    def rows(self, number: int = 10) -> Rows:
        """Show some records, in an interactive session alone, to somebody who may read them anyway."""
        return single.look_at(self.mart, self.selection, max(1, min(int(number), single.MOST_ROWS)))

    def __iter__(self) -> NoReturn:
        cure = "ask for figures of groups: by=[…] and .count() .mean() .share()"
        raise UsageError(Problem("records", "are not walked through one by one", cure=cure))

    def __repr__(self) -> str:
        asked = self.selection.query(()) if not self.selection.keys else None
        words = asked.words if asked else self.selection.table
        return f"Records({words}; ask .count() .mean() .sum() .share() .rate() .quantile())"


def open_records(
    mart: Mart,
    organisation: str,
    table: str,
    *,
    where: Mapping[str, Any] | None,
    by: str | Sequence[Any],
    whose: Whose,
    span: tuple[str, str],
) -> Records:
    """Return a handle; see `helpers.report.report.Report.records`.

    Raises
    ------
    UsageError
        With everything that is wrong with it.
    """
    table, problems = read_table(table), list[Problem]()
    if whose not in ("own", "others", "all"):
        problems.append(Problem("records, whose", f"{whose!r}", "own, others, all"))
    conditions, keys = read_where(table, where, problems), read_by(table, by, whose, problems)
    both = {each.dimension for each in conditions} & {key.name for key in keys if not key.edges}
    for name in sorted(both):
        if len(next(c for c in conditions if c.dimension == name).among) == 1:
            cure = "leave it out of by=, or name several values in where="
            problems.append(Problem(f"records, by {name}", "where= leaves one group of it", cure=cure))
    if problems:
        raise UsageError(problems)
    return Records(mart, Selection(table, organisation, whose, conditions, keys, *span))

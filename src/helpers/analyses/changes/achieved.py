"""What came of the rows of the four column matrix: achieved in place of expected, and how good estimates were."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.analyses.changes.made import Review
from helpers.report.words import count, number
from helpers.theme.markdown import escape_markdown

#: reviews that a statement on estimates rests on
FEWEST_ESTIMATES = 2
_NORMAL = 1.96


@dataclass(frozen=True)
class Achieved:
    """What a settled review found, in the measure's unit: expected, and achieved with its interval."""

    row: str  # id of the matrix; empty where it carries out none
    expected: float
    achieved: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Achieved over expected: 1 is as expected, below 0 the other way."""
        return self.achieved / self.expected

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the share's interval, the lower first."""
        low, high = sorted((self.low / self.expected, self.high / self.expected))
        return low, high

    @property
    def error(self) -> float:
        """Standard error of the share."""
        low, high = self.ends
        return (high - low) / (2 * _NORMAL)


def reviews_by_row(reviews: Iterable[Review]) -> dict[str, Review]:
    """Return the reviews that carry out a row of the matrix, by row; of several changes for a row the latest."""
    dated = sorted(reviews, key=lambda each: each.event.day)
    return {each.expected.row: each for each in dated if each.expected.row}


def achieved_by(reviews: Iterable[Review]) -> list[Achieved]:
    """Return what the settled ones of some reviews found, in the digits of their measures."""
    found = []
    for each in reviews:
        if each.judged.settled and each.judged.found is not None:
            now, digits = each.judged.found.now, each.measure.digits
            numbers = (round(number, digits) for number in (now.estimate, now.lower, now.upper))
            found.append(Achieved(each.expected.row or "", each.judged.expected, *numbers))
    return found


@dataclass(frozen=True)
class TeamEstimates:
    """How what came compares with what had been estimated, over the settled reviews of a team.

    The share is the plain mean of achieved over expected: a review counts whatever its verdict is, for to leave
    out those without a sign would make estimates look better than they are.
    """

    whose: str
    reviews: int
    share: float  # 0.55: a little more than half of what was expected came
    low: float
    high: float

    @property
    def tell_apart(self) -> bool:
        """Whether they can be told from estimates that were right."""
        return self.reviews >= FEWEST_ESTIMATES and not self.low <= 1 <= self.high


def estimates_of(whose: str, came: Sequence[Achieved]) -> TeamEstimates | None:
    """Return how good some estimates were; None where no review of them is settled.

    >>> estimates_of("Wards", ()) is None
    True
    """
    if not came:
        return None
    shares = np.array([each.share for each in came])
    share, reviews = float(shares.mean()), len(came)
    # how well each was measured, and how much one review differs from another
    measured = sum(each.error**2 for each in came) / reviews**2
    spread = float(shares.var(ddof=1)) / reviews if reviews > 1 else 0.0
    reach = _NORMAL * math.sqrt(max(measured, spread))
    return TeamEstimates(whose, reviews, share, share - reach, share + reach)


def estimates_by_team(came: Iterable[Achieved], team_of: Callable[[str], str]) -> list[TeamEstimates]:
    """Return how good each team's estimates were; `team_of` names the team of a row, or nobody."""
    of_team: dict[str, list[Achieved]] = {}
    for each in came:
        of_team.setdefault(team_of(each.row), []).append(each)
    return [found for team, its in of_team.items() if team and (found := estimates_of(team, its))]


def estimates_sentence(estimates: TeamEstimates) -> str:
    """Say how good a team's estimates were, as far as that can be told.

    >>> estimates_sentence(TeamEstimates("Acute wards", 3, 0.55, 0.42, 0.68))
    'Acute wards: our estimates have been 1.8 times too high (three reviews).'
    >>> estimates_sentence(TeamEstimates("Acute wards", 1, 0.55, 0.42, 0.68))
    'Acute wards: 55% of what was expected came, by one review; one says little of the next estimate.'
    """
    share, of = estimates.share, f"({count(estimates.reviews, 'review')})"
    if estimates.reviews < FEWEST_ESTIMATES:
        came = "nothing" if share <= 0 else f"{number(100 * share)}%"
        said = f"{came} of what was expected came, by one review; one says little of the next estimate"
    elif estimates.high <= 0 or round(100 * share) <= 0:
        said = f"nothing of what was expected came {of}"
    elif estimates.high < 1:
        said = f"our estimates have been {number(1 / share, 1)} times too high {of}"
    elif estimates.low > 1:
        said = f"our estimates have been too low: {number(share, 1)} times as much came {of}"
    else:
        said = f"{number(100 * share)}% of what was expected came, which cannot be told from all of it {of}"
    return f"{escape_markdown(estimates.whose)}: {said}."

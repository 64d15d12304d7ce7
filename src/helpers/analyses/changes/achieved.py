"""What came of the rows of the four column matrix: achieved in place of expected, and how good estimates were."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.analyses.changes.judged import Verdict
from helpers.analyses.changes.made import Review
from helpers.register.cycle import MatrixRow
from helpers.register.models import Measure

#: reviews that a statement on estimates rests on
FEWEST_ESTIMATES = 2
_NORMAL = 1.96


@dataclass(frozen=True)
class Achieved:
    """What the change of a row of the matrix gave, in the measure's unit; missing while it is too early."""

    row: str
    change: str
    measure: Measure
    verdict: Verdict
    expected: float
    achieved: float | None = None
    low: float | None = None
    high: float | None = None


def achieved_by_row(reviews: Iterable[Review]) -> dict[str, Achieved]:
    """Return what reviews found, by row of the matrix; of several changes for a row the latest one's."""
    dated = sorted(reviews, key=lambda each: each.event.day)
    return {each.expected.row: _achieved(each) for each in dated if each.expected.row}


def _achieved(review: Review) -> Achieved:
    judged, row = review.judged, review.expected.row or ""
    told = Achieved(row, review.event.name, review.measure, judged.verdict, judged.expected)
    if not judged.settled or judged.found is None:
        return told
    now, digits = judged.found.now, review.measure.digits
    numbers = (round(number, digits) for number in (now.estimate, now.low, now.high))
    return Achieved(row, told.change, told.measure, told.verdict, told.expected, *numbers)


@dataclass(frozen=True)
class Estimates:
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
    def enough(self) -> bool:
        """Whether there are enough to say anything of the next estimate."""
        return self.reviews >= FEWEST_ESTIMATES

    @property
    def tell_apart(self) -> bool:
        """Whether they can be told from estimates that were right."""
        return self.enough and not self.low <= 1 <= self.high


def estimates_of(whose: str, reviews: Sequence[Review]) -> Estimates | None:
    """Return how good the estimates of some reviews were; None where none is settled.

    >>> estimates_of("Wards", ()) is None
    True
    """
    settled = [each.judged for each in reviews if each.judged.settled]
    if not settled:
        return None
    shares = np.array([each.share for each in settled])
    share, number = float(shares.mean()), len(settled)
    # how well each was measured, and how much one review differs from another
    measured = sum(each.share_error**2 for each in settled) / number**2
    spread = float(shares.var(ddof=1)) / number if number > 1 else 0.0
    reach = _NORMAL * math.sqrt(max(measured, spread))
    return Estimates(whose, number, share, share - reach, share + reach)


def estimates_by_team(
    reviews: Iterable[Review], rows: Mapping[str, MatrixRow], teams: Mapping[str, str]
) -> list[Estimates]:
    """Return how good each team's estimates were; `teams` are their names by id."""
    of_team: dict[str, list[Review]] = {}
    for review in reviews:
        row = rows.get(review.expected.row or "")
        if row is not None:
            of_team.setdefault(row.team, []).append(review)
    found = (estimates_of(teams.get(team, team), its) for team, its in of_team.items())
    return [each for each in found if each is not None]

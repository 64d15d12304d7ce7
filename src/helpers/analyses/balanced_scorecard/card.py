"""Which measures stand on a scorecard, with which weight, and whether it is balanced (Kaplan and Norton 1992)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from helpers.errors import Problem, raise_all
from helpers.measures.forecast import YearSoFar
from helpers.measures.gathering import Results, wrongly_asked
from helpers.measures.result import MOST_MEASURES, Category, MeasureResult
from helpers.measures.targets import Goal
from helpers.register.arrangement import Perspective
from helpers.register.models import Measure, Register
from helpers.stats.trajectory import words_for

#: `none`: there is a target to come, but no forecast; `no_target`: there is none
Verdict = Literal["on_track", "at_risk", "unlikely", "none", "no_target"]
_VERDICTS: dict[str, Verdict] = {"on track": "on_track", "at risk": "at_risk", "unlikely": "unlikely"}


@dataclass(frozen=True)
class Outlook:
    """The trajectory of one measure to its target: progress is not success, and lagging is not failure."""

    verdict: Verdict
    chance: float | None = None  # chance of meeting the target, 0 to 1; None without a forecast
    goal: Goal | None = None  # what has to be reached, and by when; None without a target to come
    why: str = ""  # why there is no forecast, in words; empty where there is one or no target
    #: whether the latest value meets the target in force; None where that cannot be said, as for the sum of a
    #: year
    met: bool | None = None
    #: for a yearly sum: what has come so far against what had come by then in past years
    year: YearSoFar | None = None


NOTHING = Outlook("no_target")


def outlook_of(result: MeasureResult | None) -> Outlook:
    """Return the outlook of a result; that of a missing one has no target."""
    if result is None or result.goal is None:
        return NOTHING
    goal, forecast = result.goal, result.forecast
    if forecast is None or forecast.result.probability is None:
        return Outlook("none", goal=goal, why=result.why_no_forecast, met=result.met)
    chance = forecast.result.probability
    return Outlook(_VERDICTS[words_for(chance)], chance, goal, met=result.met, year=forecast.year)


#: what the same rule of thumb calls far too many
TOO_MANY: Final = 470


@dataclass(frozen=True)
class CardRow:
    """One measure on the card."""

    measure: Measure
    result: MeasureResult | None  # what is known of it; None where the mart has no row
    outlook: Outlook  # whether its target will be met

    @property
    def has_figure(self) -> bool:
        """Whether there is a value that may be shown."""
        return self.result is not None and self.result.latest is not None

    @property
    def category(self) -> Category:
        """What a board is asked to do; `nothing` where there is no value that may be shown."""
        return "nothing" if self.result is None else self.result.category


@dataclass(frozen=True)
class Card:
    """The measures of one organisation or unit by perspective."""

    perspectives: tuple[Perspective, ...]  # in the order of the page
    rows: tuple[CardRow, ...]  # in the order asked for
    aims: dict[str, float]  # the share of the weights that each perspective is to have, by its id, in %

    def of(self, perspective: str) -> tuple[CardRow, ...]:
        """Return the rows of a perspective."""
        return tuple(row for row in self.rows if row.measure.perspective == perspective)

    @cached_property
    def weight(self) -> float:
        """The sum of all weights."""
        return sum(row.measure.weight for row in self.rows)

    def share(self, rows: Sequence[CardRow]) -> float:
        """Return the share of the weights that some rows have, in %."""
        return 100 * sum(row.measure.weight for row in rows) / self.weight if self.rows else 0.0

    def with_outlook(self, verdict: Verdict) -> tuple[CardRow, ...]:
        """Return the rows that have a value, of one verdict."""
        return tuple(row for row in self.rows if row.has_figure and row.outlook.verdict == verdict)

    @property
    def too_many(self) -> bool:
        """Whether there are more measures than a board can act on."""
        return len(self.rows) > MOST_MEASURES


def choose_measures(register: Register, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Return the ids of the measures for the card: those asked for, else those the register marks."""
    names = list(asked or (measure.id for measure in register.measures.values() if measure.scorecard))
    problems = wrongly_asked(register, names)
    if not names:
        cure = "write `scorecard: true` at some measures of the register, or name them in `measures`"
        problems.append(Problem("measures", "no measure is marked for the scorecard", cure=cure))
    raise_all(problems)
    return tuple(names)


def build_card(register: Register, results: Results, *, unit: str = "") -> Card:
    """Return the card of an organisation, or of its unit of a code; `results` are of the one or of all units."""
    found = {result.measure.id: result for result in results if result.part == unit}
    rows = [
        CardRow(register.measures[name], found.get(name), outlook_of(found.get(name)))
        for name in results.asked.measures
    ]
    aims = {name: register.share_of(name) for name in register.perspectives}
    return Card(tuple(register.perspectives.values()), tuple(rows), aims)


#: a perspective may have so many percentage points more or less than its aim: one of about ten measures
TOLERANCE: Final = 10.0
#: one measure with more than this share of the weights, in %, decides what the whole card looks like
HEAVIEST_MEASURE: Final = 20.0
#: a card with fewer measures than this is too short for its single measures' weights to be judged
FEWEST_TO_WEIGH: Final = 8
#: a perspective should have so many measures at least, and so many should not serve one objective alone
FEWEST_MEASURES: Final = 2
MANY_MEASURES: Final = 3

Fault = Literal[
    "empty",
    "no_figures",
    "heavy",
    "light",
    "single",
    "one_sided",
    "one_objective",
    "self_assessed",
    "heavy_measure",
]


@dataclass(frozen=True)
class Imbalance:
    """Something that is unbalanced."""

    #: what kind: `single` rests on one measure, `one_objective` has several that serve the same one,
    #: `one_sided` holds every measure of the card
    fault: Fault
    perspective: Perspective | None  # where; None for one measure of the whole card
    rows: tuple[CardRow, ...]
    #: share, aim: of the weights, in %, what the perspective or measure has and what it should have (a measure:
    #: at most)
    share: float
    aim: float


def find_imbalance(card: Card) -> tuple[Imbalance, ...]:
    """Return everything about a card that is unbalanced; empty where it is balanced.

    Weights are those of the card as it was drawn up, whether or not each measure has a figure: a missing
    figure does not make another measure matter more. A perspective without any figure is a finding of its
    own.
    """
    found = [finding for perspective in card.perspectives for finding in _of_perspective(card, perspective)]
    return (*found, *_heavy_measures(card))


def _of_perspective(card: Card, perspective: Perspective) -> Iterator[Imbalance]:
    rows, aim = card.of(perspective.id), card.aims[perspective.id]
    share = card.share(rows)

    def finding(fault: Fault) -> Imbalance:
        return Imbalance(fault, perspective, rows, share, aim)

    if not rows:
        yield finding("empty")
        return
    if not any(row.has_figure for row in rows):
        yield finding("no_figures")
    if len(rows) == len(card.rows) and len(card.perspectives) > 1:
        yield finding("one_sided")
    elif abs(share - aim) > TOLERANCE:
        yield finding("heavy" if share > aim else "light")
    if len(rows) < FEWEST_MEASURES:
        yield finding("single")
    elif len(rows) >= MANY_MEASURES and len({row.measure.objective for row in rows}) == 1:
        yield finding("one_objective")
    if all(row.measure.self_assessed for row in rows):
        yield finding("self_assessed")


def _heavy_measures(card: Card) -> Iterator[Imbalance]:
    if len(card.rows) < FEWEST_TO_WEIGH:
        return
    for row in card.rows:
        share = card.share((row,))
        if share > HEAVIEST_MEASURE:
            yield Imbalance("heavy_measure", None, (row,), share, HEAVIEST_MEASURE)

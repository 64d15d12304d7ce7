"""What a contract asks for beside activity: standards, returns, incentives; and the agenda of the next meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from helpers.analyses.decided.analysis import in_order, standing_of, until_words
from helpers.data.periods import period_end
from helpers.measures.attention import missed_since
from helpers.measures.figures import figure_words, goal_words
from helpers.measures.result import MeasureResult
from helpers.register.contract import Contract, Incentive, InformationItem, Meeting, QualityStandard
from helpers.register.cycle import BoardDecision
from helpers.report.period import Period
from helpers.report.words import count, day_words, listed, month, sentence
from helpers.stats.contract import sliding_share


@dataclass(frozen=True)
class Standard:
    """A quality standard: its measure's result (None without any figure), and since when it is breached."""

    asked: QualityStandard
    name: str
    result: MeasureResult | None

    @property
    def since(self) -> date | None:
        """First period of the unbroken row of breaches; None where it is met, or cannot be judged."""
        return None if self.result is None else missed_since(self.result)


@dataclass(frozen=True)
class Earned:
    """An incentive, and the share of it that the latest value earns; None where there is no value."""

    asked: Incentive
    name: str
    share: float | None

    @property
    def pounds(self) -> float | None:
        """What that comes to."""
        return None if self.share is None else self.share * self.asked.pounds


@dataclass(frozen=True)
class Returns:
    """What came of an item of the information schedule up to a day."""

    asked: InformationItem
    due: int
    late: tuple[date, ...]
    partial: tuple[date, ...]
    awaited: tuple[date, ...]

    @property
    def wanting(self) -> bool:
        """Whether anything was late, partial or has not come."""
        return bool(self.late or self.partial or self.awaited)


def standards(
    contract: Contract, results: Mapping[str, MeasureResult], names: Mapping[str, str]
) -> list[Standard]:
    """Return the quality schedule, the longest breach first, what is met last."""
    found = [Standard(each, names[each.measure], results.get(each.measure)) for each in contract.quality]
    return sorted(found, key=lambda each: (each.since is None, each.since or date.max))


def earned(
    contract: Contract, results: Mapping[str, MeasureResult], names: Mapping[str, str]
) -> list[Earned]:
    """Return the incentives, the one with most still to be earned first."""
    found = []
    for each in contract.incentives:
        latest = results[each.measure].latest if each.measure in results else None
        share = None if latest is None else sliding_share(latest.value, each.low, each.high)
        found.append(Earned(each, names[each.measure], share))
    return sorted(found, key=lambda each: -(1 - (each.share or 0)) * each.asked.pounds)


def returns(items: Iterable[InformationItem], last: date, day: date) -> list[Returns]:
    """Return what was due by a day for the months up to the last, and what came."""
    found = []
    for item in items:
        months = Period(date.fromisoformat(f"{item.since}-01"), last).starts
        due = {each: by for each in months if (by := item.due(period_end(each, "month"))) <= day}
        # what comes after the day of the report is not known on it
        came = {each: item.came.get(f"{each:%Y-%m}") for each in due}
        known = {each: got for each, got in came.items() if got is not None and got.on <= day}
        late = tuple(each for each, got in known.items() if got.on > due[each])
        partial = tuple(each for each, got in known.items() if not got.complete)
        found.append(Returns(item, len(due), late, partial, tuple(e for e in due if e not in known)))
    return sorted(found, key=lambda each: (-len(each.awaited), -len(each.late), -len(each.partial)))


def returns_words(each: Returns) -> str:
    """Say what was due and what came of it."""
    if not each.due:
        return "nothing was due yet"
    told = {"not here yet": each.awaited, "late": each.late, "not complete": each.partial}
    said = [f"{word}: that of {listed(map(month, months))}" for word, months in told.items() if months]
    return "; ".join(said) or f"all {each.due} came in time and complete"


def standard_words(each: Standard) -> str:
    """Say where a standard stands: its figure, what it is held against, since when it is breached."""
    result = each.result
    if result is None or result.latest is None:
        return "no figure is shown"
    value = f"{figure_words(result.measure, result.latest.value)} in {month(result.latest.day)}"
    held = result.held_now
    if held is None:
        return f"{value}; no target is in force"
    against = f"{value}, against {goal_words(result.measure, held.value)}"
    return f"{against}; breached since {month(each.since)}" if each.since else f"{against}: met"


def agenda(
    held: Sequence[Standard],
    others: Sequence[MeasureResult],
    came: Sequence[Returns],
    meetings: Sequence[Meeting],
    decided: Sequence[BoardDecision],
    day: date,
) -> list[tuple[str, str]]:
    """Return the next agenda, each point with its kind: overdue actions, new breaches, what turned, returns, the rest.

    A breach is new that began in the month of the last meeting or later: the meeting saw figures of the months before.
    """
    actions = [(each, standing_of(each, day)) for each in in_order(decided, day)]
    last = max((each.day for each in meetings if each.day <= day), default=date.min)
    fresh = [each for each in held if each.since is not None and each.since >= last.replace(day=1)]
    turned = [each for each in others if each.variation in ("concern", "improvement")]
    points = [("Overdue", _action(each, day)) for each, standing in actions if standing == "overdue"]
    points += [("New breach", f"{each.name}: {standard_words(each)}") for each in fresh]
    points += [("Turned", turned_words(each)) for each in turned]
    awaited = [each for each in came if each.awaited]
    points += [("Return", f"{e.asked.name} ({e.asked.owner}): {returns_words(e)}") for e in awaited]
    points += [("Open", _action(each, day)) for each, standing in actions if standing == "open"]
    return points


def turned_words(result: MeasureResult) -> str:
    """Say which way a measure turned."""
    assert result.latest is not None, "what turned has a latest value"
    way = "worse" if result.variation == "concern" else "better"
    value = figure_words(result.measure, result.latest.value)
    return f"{result.measure.name} has turned for the {way}: {value} in {month(result.latest.day)}"


def _action(each: BoardDecision, day: date) -> str:
    return f"{each.decision} ({each.owner}), {until_words(each, day)}"


def meetings_words(meetings: Sequence[Meeting], day: date) -> str:
    """Say when the last meeting was and who was there; that none is kept where none is."""
    past = [each for each in meetings if each.day <= day]
    if not past:
        return "No meeting is kept in `meetings.yml`."
    last = past[-1]
    there = f"; present: {listed(last.present)}" if last.present else ""
    items = count(len(last.items), "issue was", "issues were")
    return sentence(f"the last meeting was on {day_words(last.day)}{there}; {items} spoken of")

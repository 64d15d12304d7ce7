"""What the line of sight says: lines, gaps, quarters and actions in words; each tested by case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np

from helpers.analyses.decided.analysis import standing_of, until_words
from helpers.analyses.sight.lines import CarriedMeasure, Carrier, Lines, Sight, path
from helpers.measures.columns import standing_words
from helpers.measures.figures import figure_words
from helpers.measures.result import MeasureResult
from helpers.register.cycle import BoardDecision, Team
from helpers.report.period import add_months
from helpers.report.words import count, day_words, in_words, listed, sentence
from helpers.theme.markdown import escape_markdown

#: names in a sentence of page one; the rest is counted, and listed further down
NAMED = 3
QUARTERS = 4


# --- nodes ----------------------------------------------------------------------------------------------


def carrier_words(carrier: Carrier) -> str:
    """Return a team with what it does and its own figure."""
    said = [f"“{row.team_objective}”" for row in carrier.rows]
    if carrier.result is not None:
        said.append(f"own figure {standing_words(carrier.result)}")
    return f"{carrier.team.name}: {'; '.join(said)}"


def team_words(team: Team, lines: Lines) -> str:
    """Return a team below those that it belongs to: "Medicine › Discharge team"."""
    return " › ".join(lines.teams[name].name for name in reversed(path(team.id, lines.teams)))


def objective_words(sight: Sight) -> str:
    """Return how many of an objective's measures need attention."""
    many, worst = len(sight.measures), len(sight.worst)
    if many < 2:
        needs = "needs attention" if worst else "does not need attention"
        return f"its measure {needs}" if many else "no measure"
    if not worst:
        return "no measure needs attention"
    return f"{in_words(worst)} of {count(many, 'measure')} {'needs' if worst == 1 else 'need'} attention"


def contribution_words(team: Team, lines: Lines) -> str:
    """Return what a team contributes to, a line for each measure."""
    said = []
    for sight, each, carrier in lines.of_team(team.id):
        how = [row.team_objective for row in carrier.rows]
        if carrier.result is not None:
            how.append(f"own figure {standing_words(carrier.result)}")
        said.append(f"{sight.objective.name}: {each.measure.name} ({'; '.join(how)})")
    if said:
        return "\n".join(said)
    return "nothing yet" if team in lines.idle else "by the teams below it"


def nested_list(lines: Lines) -> str:
    """Return all lines as a nested list in Markdown: objective, measure, team, each with who answers."""
    said = []
    for sight in lines.sights:
        name, owner = escape_markdown(sight.objective.name), escape_markdown(sight.objective.owner)
        said.append(f"- **{name}** ({owner}): {objective_words(sight)}")
        for each in sight.measures:
            owned = f" ({escape_markdown(each.measure.owner)})" if each.measure.owner else ""
            standing = escape_markdown(standing_words(each.result))
            said.append(f"    - {escape_markdown(each.measure.name)}{owned}: {standing}")
            said += [
                f"        - {escape_markdown(carrier_words(carrier))} ({escape_markdown(carrier.team.owner)})"
                for carrier in each.carriers
            ]
    return "\n".join(said)


# --- page one -------------------------------------------------------------------------------------------


def headline_words(lines: Lines) -> dict[str, str]:
    """Return what a board should know first: what is bad and carried by nobody, objectives and teams without a line."""
    bad = [each for each in lines.uncarried if each.needs_attention]
    all_bad = [each for each in lines.measures if each.needs_attention]
    said = {"uncarried": _bad_words(bad, len(all_bad))}
    if bare := [each.objective.name for each in lines.bare]:
        many = count(len(bare), "objective has", "objectives have")
        said["bare"] = sentence(f"{many} no measure: {listed(bare, most=NAMED)}")
    if idle := [each.name for each in lines.idle]:
        many = count(len(idle), "team has", "teams have")
        said["idle"] = sentence(f"{many} no line to an objective: {listed(idle, most=NAMED)}")
    return {**said, "lines": _lines_words(lines)}


def _bad_words(bad: Sequence[CarriedMeasure], of: int) -> str:
    if not of:
        return "No measure needs attention."
    if not bad:
        verb = "is" if of == 1 else "are"
        return sentence(f"{count(of, 'measure')} in need of attention {verb} carried by a team")
    start = f"{count(len(bad), 'measure needs', 'measures need')} attention and no team carries"
    them = "it" if len(bad) == 1 else "them"
    return sentence(f"{start} {them}: {_by_owner(bad)}")


def _by_owner(bad: Sequence[CarriedMeasure]) -> str:
    """Return the first measures and who owns them, each owner once; the others are counted."""
    shown = bad if len(bad) <= NAMED + 1 else bad[:NAMED]
    groups: dict[str, list[str]] = {}
    for each in shown:
        groups.setdefault(each.measure.owner or "", []).append(each.measure.name)
    words = [f"{listed(names)} ({owner})" if owner else listed(names) for owner, names in groups.items()]
    if len(shown) < len(bad):
        words.append(f"{in_words(len(bad) - len(shown))} more")
    if all(len(names) == 1 for names in groups.values()):
        return listed(words)
    return "; ".join([*words[:-1], f"and {words[-1]}"] if words[1:] else words)


def _owned(each: CarriedMeasure) -> str:
    return f"{each.measure.name} ({each.measure.owner})" if each.measure.owner else each.measure.name


def _lines_words(lines: Lines) -> str:
    if not lines.teams:
        return "No team is registered, so the line of sight ends at the board."
    carried, many = sum(bool(each.carriers) for each in lines.measures), len(lines.measures)
    teams = count(len(lines.teams) - len(lines.idle), "team carries", "teams carry")
    return sentence(f"{teams} {in_words(carried)} of {count(many, 'measure')}")


# --- orphans --------------------------------------------------------------------------------------------


def orphan_sentences(lines: Lines) -> Iterator[str]:
    """Yield what has no line, from the top and from the bottom."""
    every = lines.measures
    unowned = [each.measure.name for each in every if not each.measure.owner]
    unknown = [each.measure.name for each in every if each.result is None or each.result.latest is None]
    found = {
        "objective {} without a measure": [each.objective.name for each in lines.bare],
        "measure {} without an objective": [each.name for each in lines.unserved],
        "measure {} without anybody who answers": unowned,
        "measure {} without a team that carries it": list(map(_owned, lines.uncarried)),
        "measure {} without a figure": unknown,
        "team {} without a line to an objective": [f"{team.name} ({team.owner})" for team in lines.idle],
    }
    for words, names in found.items():
        noun, _, rest = words.partition(" {} ")
        if names:
            yield sentence(f"{count(len(names), noun)} {rest}: {listed(names)}")


# --- quarters -------------------------------------------------------------------------------------------


def quarter_starts(last: date) -> list[date]:
    """Return the first days of the calendar quarters up to a month, the latest last.

    >>> [f"{day:%b %Y}" for day in quarter_starts(date(2026, 9, 1))]
    ['Oct 2025', 'Jan 2026', 'Apr 2026', 'Jul 2026']
    """
    start = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    return [add_months(start, -3 * back) for back in reversed(range(QUARTERS))]


def quarter_cell(result: MeasureResult | None, start: date) -> str | None:
    """Return the last figure that may be shown of the months of a quarter; nothing without one."""
    if result is None:
        return None
    end = add_months(start, 3)
    shown = [
        float(value)
        for day, value in zip(result.series.days, result.series.shown, strict=True)
        if start <= day < end and np.isfinite(value)
    ]
    return figure_words(result.measure, shown[-1]) if shown else None


def action_words(decisions: Iterable[BoardDecision], result: MeasureResult | None, day: date) -> str:
    """Return what was decided and agreed, with who and until when; what is overdue first."""
    order = {"overdue": 0, "open": 1, "done": 2}
    known = sorted(decisions, key=lambda each: (order[standing_of(each, day)], each.due or date.max))
    said = [
        ("Overdue: " if each.is_overdue(day) else "")
        + f"{each.decision} ({each.owner}, {until_words(each, day).rstrip('.')})"
        for each in known
    ]
    if result is not None and result.comment is not None:
        said += [
            f"{each.action} ({each.owner}, due {day_words(each.due)})" for each in result.comment.actions
        ]
    return "\n".join(said) or "none"

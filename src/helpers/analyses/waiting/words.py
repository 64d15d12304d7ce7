"""Sentences of the waiting lists, by case; a list is a row of `lists_of`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.analyses.waiting.lists import FEWEST, WINDOW, Aim
from helpers.phrases import phrases
from helpers.register.models import Measure
from helpers.report.words import count, day_words, in_words, listed, month, number, sentence
from helpers.theme.markdown import escape_markdown

NO_FLOWS = "the data have no patients added and removed"


def rate(value: float) -> str:
    """Return patients or treatments a week, with a decimal where they are few.

    >>> rate(3.14), rate(1234.5)
    ('3.1', '1,234')
    """
    return number(value, 1 if abs(value) < 10 else 0)


def _is_none(value: float) -> bool:
    return float(rate(abs(value)).replace(",", "")) == 0


def lead_sentence(lists: Sequence[Any]) -> str:
    """Say how many lists grow, and which most; or that none does."""
    judged = [each for each in lists if not math.isnan(each.load)]
    growing = [each for each in judged if each.grows]
    if not judged:
        return sentence(f"whether the waiting lists grow is not known: {NO_FLOWS}")
    of = count(len(judged), "waiting list")
    if len(judged) == 1:
        grows = "grows" if growing else "does not grow"
        return f"The waiting list of {escape_markdown(judged[0].name)} {grows}."
    if not growing:
        return sentence(f"none of {of} grows")
    clear = [each for each in growing if each.clear]
    some = clear or growing
    told = f"{in_words(len(some))} of {of} {'grows' if len(some) == 1 else 'grow'}"
    told += f", {escape_markdown(some[0].name)} most"
    if max(each.balanced for each in judged) < FEWEST:
        return sentence(f"by the flows of {count(max(each.span for each in judged), 'month')}, {told}")
    if not clear:
        return sentence(f"{told}, by no more than lists move from month to month")
    rest = len(growing) - len(clear)
    return sentence(told + (f"; {in_words(rest)} more may grow or not" if rest else ""))


def list_sentence(row: Any, aim: Aim) -> str:
    """Say since when a list grows, what capacity holds it, and what relief by the day aimed at takes."""
    name = f"**{escape_markdown(row.name)}**"
    if math.isnan(row.size_):
        return f"Of {name} the number of patients is not known or hidden."
    if math.isnan(row.load):
        return f"{name} has {number(row.size_)} patients; whether it grows is not known: {NO_FLOWS}."
    size, more = number(row.size_), row.demand - row.leaving
    grown = f"has {size} patients; it does not grow"
    if not pd.isna(row.since):
        grown = f"has grown since {month(row.since)}, from {number(row.before)} to {size} patients"
    elif row.grows and not _is_none(more):
        grown = f"has {size} patients; {rate(more)} more a week are added than leave"
    hold = f"{rate(row.to_hold)} more treatments a week would hold it"
    if row.to_hold <= 0 or _is_none(row.to_hold):
        hold = "today's capacity holds it"
    met = f"{aim.share:.0%} wait less than {number(aim.target)} weeks"
    if row.size_ <= row.target_size:
        relief = f"; it is short enough that {met}"
    elif row.to_relieve <= 0 or _is_none(row.to_relieve):
        relief = f", and brings it to where {met} by {day_words(aim.by)}"
    else:
        short = f"to the {number(row.target_size)} at which {met}"
        relief = f"; {rate(row.to_relieve)} more a week until {day_words(aim.by)} would bring it {short}"
    return f"{sentence(f'{name} {grown}')} {sentence(hold + relief)}"


def whole_sentence(whole: Any, england: float) -> str:
    """Say how many patients wait in all, and how long, beside England."""
    if math.isnan(whole.size_) or math.isnan(whole.p92):
        return "" if math.isnan(whole.size_) else sentence(f"{number(whole.size_)} patients wait in all")
    beside = "" if math.isnan(england) else f" (in England {number(england, 1)})"
    told = f"{number(whole.size_)} patients wait in all; 92 in 100 have waited up to {number(whole.p92, 1)} weeks"
    return sentence(told + beside)


def lists_note(lists: Sequence[Any], whole: Any, aim: Aim) -> str:
    """Say until when relief is reckoned, and whose removals without a report are taken from the trust as a whole."""
    until = f"To relieve: treatments a week beyond today's until {day_words(aim.by)}."
    taken = [each for each in lists if each.span and not each.balanced]
    if not taken or not whole.balanced:
        return until
    share = f"{whole.unreported / whole.demand:.0%} of those added"
    return (
        f"{until} Who left without a report is known of the trust as a whole alone, {share}: of "
        f"{count(len(taken), 'list')} the same share is taken to have left."
    )


def act_sentence(measure: Measure | None, growing: Sequence[Any], aim: Aim) -> str:
    """Say who acts on the lists that grow, by when."""
    if not growing:
        return ""
    if measure is None or not measure.owner:
        return "Nobody is registered as owner of the waiting list."
    names = [escape_markdown(each.name) for each in growing[:3]]
    those = listed(names if len(growing) <= 3 else [*names[:2], count(len(growing) - 2, "other")])
    owner = escape_markdown(measure.owner)
    return sentence(
        f"{owner}: agree with {those} where the capacity comes from, for relief by {day_words(aim.by)}"
    )


def balance_sentence(whole: Any) -> str:
    """Say whether patients added, removed and waiting balance."""
    if not whole.span:
        return sentence(f"{NO_FLOWS}, so whether they balance is not known")
    if not whole.balanced:
        return (
            "Only one month of the list is known, so who left without a report is not: the load counts reported "
            "removals alone, and is too high where others left."
        )
    over = f"over {count(whole.balanced, 'month')}"
    if _is_none(whole.unreported):
        return sentence(f"{over} patients added, removed and waiting balance")
    many = f"{rate(abs(whole.unreported))} patients a week ({abs(whole.unreported) / whole.demand:.0%} of those added)"
    joined, left = (
        "joined the list without being reported as added",
        "left the list without a reported treatment",
    )
    return sentence(
        f"{over} {many} {joined if whole.unreported < 0 else f'{left}, as by validation or transfer'}"
    )


def scenario_words(sessions: float, patients: float) -> str:
    """Return what a scenario does.

    >>> scenario_words(2, 8), scenario_words(0, 8), scenario_words(-1, 8)
    ('two sessions more (16 patients)', 'as it is', 'one session fewer (8.0 patients)')
    """
    if not sessions:
        return "as it is"
    many = abs(sessions)
    words = count(int(many), "session") if float(many).is_integer() else f"{many:g} sessions"
    return f"{words} {'more' if sessions > 0 else 'fewer'} ({rate(many * patients)} patients)"


def simulation_sentence(name: str, weeks: int, tables: Mapping[str, pd.DataFrame]) -> str:
    """Say how long a list would be at the end of each scenario."""
    ends = {words: table.loc[weeks].to_dict() for words, table in tables.items()}
    told = (
        f"{words}, {number(end['median'])} ({number(end['lower80'])} to {number(end['upper80'])})"
        for words, end in ends.items()
    )
    after = f"{name} after {count(weeks, 'week')}, by the capacity a week"
    return f"{after}: {'; '.join(told)} patients. Ranges are 80% intervals."


def method_words(aim: Aim, whole: Any, *, records: bool = False) -> dict[str, str]:
    """Return how it was worked out, point by point."""
    said = phrases(
        "method.waiting_list",
        span=count(whole.balanced or whole.span, "month"),
        window=WINDOW,
        target=number(aim.target),
        mean=number(aim.target / aim.factor, 1),
        share=f"{aim.share:.0%}",
        factor=number(aim.factor, 2),
        fewest=FEWEST,
    )
    others = ("size", "percentile", "unknown") if records else ("records",)
    return {name: text for name, text in said.items() if name not in others}

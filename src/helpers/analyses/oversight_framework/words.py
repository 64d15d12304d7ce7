"""Sentences of the oversight framework, by case."""

from __future__ import annotations

import math

import pandas as pd

from helpers.analyses.oversight_framework.standing import HALF, Standing
from helpers.phrases import phrase
from helpers.register.contract import year_of
from helpers.report.words import in_words, listed, number, sentence, together
from helpers.theme.markdown import escape_markdown

#: as many metrics as a headline names
NAMED = 2


def quarter(day: pd.Timestamp) -> str:
    """Return a quarter as the framework names it.

    >>> quarter(pd.Timestamp(2026, 1, 1))
    'Q4 2025/26'
    """
    return f"Q{(day.month - 4) // 3 % 4 + 1} {year_of(day).replace('-', '/')}"


def names(some: pd.DataFrame) -> str:
    """Return metrics as a sentence lists them."""
    return escape_markdown(listed(f"“{name}”" for name in some["spoken"]))


def lead(standing: Standing) -> str:
    """Say segment, average and the way to the next, and what the segment would be without the override."""
    now, alone = int(standing.figure("segment")), standing.alone
    average, (better, worse) = standing.figure("average"), standing.ends
    held = f" by the financial override, segment {alone} without it" if alone != now else ""
    gap, to = (
        (average - better, f"from segment {alone - 1}")
        if alone > 1
        else (worse - average, "clear of segment 2")
    )
    way = "" if math.isnan(gap) else f"; {number(gap, 2)} {to}"
    return sentence(f"segment {now}{held}, average score {number(average, 2)}{way}")


def movers(standing: Standing) -> str:
    """Say which metrics move the average most, and by how much."""
    first = standing.metrics[:NAMED].query(f"fall >= {HALF}")
    if first.empty:
        return phrase("statements.oversight.best")
    verb, would = ("moves", "it") if len(first) == 1 else ("move", "each")
    falls = listed(dict.fromkeys(number(each, 2) for each in first["fall"]))
    return f"{sentence(f'{names(first)} {verb} it most')[:-1]}: " + phrase(
        "statements.oversight.movers", would=would, falls=falls
    )


def way(standing: Standing) -> str:
    """Say how many points the next segment takes, and which metrics would bring it."""
    alone, better, weight = standing.alone, standing.ends[0], standing.metrics["weight"].sum()
    is_held = standing.figure("override") == 1 and alone <= standing.year.no_better_than
    held = phrase("statements.oversight.held", limit=standing.year.no_better_than) if is_held else ""
    if alone == 1 or math.isnan(better):
        return held if alone == 1 else phrase("statements.oversight.unknown")
    some, then = standing.reached_with()
    told = phrase(
        "statements.oversight.way",
        segment=alone - 1,
        end=number(better, 2),
        points=number((standing.mean - better) * weight, 2),
        scores=number(weight),
        most=number(3 / weight, 2),
    )
    if then >= better + HALF:
        return together(told, phrase("statements.oversight.too_far", then=number(then, 2)), held)
    which = names(some) if len(some) <= 3 else f"the {in_words(len(some))} that move it most"
    return together(told, sentence(f"{which} at the mark would bring it to {number(then, 2)}"), held)


def place(standing: Standing) -> str:
    """Say the rank among trusts of the kind, the range that is likely, and that of the quarter before."""
    ranks = standing.ranks.get(standing.year.rows["segment"], pd.Series(dtype=float)).dropna()
    if standing.day not in ranks:
        return ""
    said = f"rank {number(ranks[standing.day])} of {len(standing.peers)} {standing.kind.lower()}s"
    low, high = standing.now.reindex(["likely_rank"])[["low", "high"]].iloc[0]
    said += "" if math.isnan(low) else f" (likely {number(low)} to {number(high)})"
    return sentence(
        said + (f"; {number(ranks.iloc[-2])} in {quarter(ranks.index[-2])}" if len(ranks) > 1 else "")
    )


def change(standing: Standing) -> str:
    """Say how the average moved since the quarter before, and by which metric most."""
    if len(standing.past) < 2 or math.isnan(before := standing.figure("average", standing.past.index[-2])):
        return ""
    up = standing.figure("average") - before
    if abs(up) < HALF:
        return sentence(
            f"since {quarter(standing.past.index[-2])} the average is as it was, {number(before, 2)}"
        )
    how = f"has got {'worse' if up > 0 else 'better'}, {number(before, 2)} to"
    said = f"since {quarter(standing.past.index[-2])} the average {how} {number(before + up, 2)}"
    steps = (standing.metrics["score"] - standing.metrics["before"]) * standing.metrics["weight"]
    moved = steps if up > 0 else -steps
    if not moved.max() > 0:
        return sentence(said)
    most = standing.metrics.loc[[moved.idxmax()]]
    ends = f"{number(most['before'].iloc[0], 2)} to {number(most['score'].iloc[0], 2)}"
    return sentence(f"{said}, most by {names(most)} ({ends})")

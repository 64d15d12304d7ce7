"""Words about where a figure comes from: what another source says of it."""

from __future__ import annotations

from itertools import pairwise

from helpers.data.agreement import Disagreement, Figures
from helpers.measures.figures import figure_words, period_words
from helpers.measures.result import MeasureResult
from helpers.report.words import count, listed, number, sentence


def sources_sentence(result: MeasureResult) -> str:
    """Say where another published source gives another figure than is shown; empty where none does.

    The newest such period is given in full, the others are counted.
    """
    if not result.disagreements:
        return ""
    newest = max(result.disagreements, key=lambda found: found.period)
    when = period_words(newest.period, result.measure.frequency)
    others = {found.period for found in result.disagreements} - {newest.period}
    more = f"; {count(len(others), 'other period differs', 'other periods differ')} too" if others else ""
    return sentence(
        f"for {when} {_name(result, newest.other)} gives {_figure(result, newest.other, newest)}, where "
        f"{_figure(result, newest.used, newest)} of {_name(result, newest.used)} is shown{more}"
    )


def seam_sentence(result: MeasureResult) -> str:
    """Say where the series goes over from one source to another; empty where it has one."""
    series = result.series
    known = [
        (day, source) for day, source in zip(series.days, series.came_from, strict=False) if source != ""
    ]
    seams = [(day, source, before) for (_, before), (day, source) in pairwise(known) if source != before]
    if not seams:
        return ""
    day, source, before = seams[-1]
    names = [
        listed(result.sources.get(name, name) for name in cell.split(", ")) for cell in (source, before)
    ]
    earlier = f"; {count(len(seams) - 1, 'earlier change')}" if len(seams) > 1 else ""
    when = period_words(day, result.measure.frequency)
    return sentence(
        f"from {when} on the figures are those of {names[0]}, before that of {names[1]}{earlier}"
    )


def _name(result: MeasureResult, figures: Figures) -> str:
    return result.sources.get(figures.source, figures.source)


def _figure(result: MeasureResult, figures: Figures, found: Disagreement) -> str:
    """Return a figure as prose has it, with its counts where both would read the same."""
    if figures.value is None:
        return "no figure"
    words = figure_words(result.measure, figures.value * result.measure.scale)
    alike = [
        figure_words(result.measure, each.value * result.measure.scale)
        for each in (found.used, found.other)
        if each.value is not None
    ]
    if len(set(alike)) == 1 and figures.numerator is not None and figures.denominator is not None:
        return f"{words} ({number(figures.numerator)} of {number(figures.denominator)})"
    return words

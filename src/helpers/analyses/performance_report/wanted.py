"""Which measures need words this month, and the form that asks an owner for them: figures as the report shows them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from helpers.analyses.performance_report.measure_parts import has_words, what_words
from helpers.analyses.performance_report.report import PerformanceReport
from helpers.forms import Blank, Block, Form, Line, action_lines
from helpers.measures.figures import figure_words, short_period_words
from helpers.measures.result import MeasureResult
from helpers.measures.target_words import target_sentence
from helpers.phrases import phrase
from helpers.register.commentary import KIND
from helpers.register.models import Comment
from helpers.register.rounds import MOST_ACTIONS, MOST_WORDS
from helpers.report.shown import draw
from helpers.report.words import day_words

#: figures that a form lists, the latest last; the chart has them all
_LISTED: Final = 6
_DOTS: Final = 100  # an inch of the picture: legible, and a form of ten measures stays below a megabyte


def wanted(board: PerformanceReport) -> list[MeasureResult]:
    """Return what needs attention by recent figures and has no words of this month, the gravest first."""
    month = board.report.period.folder
    rank = {row[0]: place for place, row in enumerate(board.exceptions.rows)}
    found = [
        result
        for result in board.results
        if result.category == "attention" and not result.stale and not has_words(result, month)
    ]
    return sorted(found, key=lambda result: rank.get(result.measure.name, len(rank)))


def words_form(board: PerformanceReport, owner: str, results: Sequence[MeasureResult], due: date) -> Form:
    """Return the form for the owner of some measures; of those that nobody owns it asks who answers too."""
    report = board.report
    about = {
        "kind": KIND,
        "organisation": report.organisation.code,
        "month": report.period.folder,
        "due": due.isoformat(),
    }
    author = Line("Author (a role)", (Blank("author", given=owner),))
    blocks = (
        Block("form", "Who answers", lines=(author,)),
        *(_block(board, result) for result in results),
    )
    intro = phrase("statements.commentary.form", most_words=MOST_WORDS)
    title = f"Words for the board of {report.organisation.name}, {report.period.label}"
    return Form(title, about, f"{intro} Please send it back by {day_words(due)}.", blocks)


def _block(board: PerformanceReport, result: MeasureResult) -> Block:
    """Return what is told of a measure and asked of its owner."""
    before = result.comment
    told = [
        ("What the data say", _plain(what_words(result))),
        ("Target", _plain(target_sentence(result))),
        ("Latest figures", _figures(result)),
        ("Written last", "nothing" if before is None else _before(before, board.report.period.end)),
    ]
    lines = (
        Line("Why is it so?", (Blank("why", lines=4),)),
        Line("What comes next?", (Blank("next", lines=4),)),
        *action_lines(MOST_ACTIONS),
        Line("Who answers for it (a role)", (Blank("owner", given=result.measure.owner),)),
        Line("Back on course by (a day)", (Blank("recovery"),)),
        Line("Plan by month, such as 2026-11: 78.5, 2026-12: 79", (Blank("trajectory", lines=2),)),
    )
    name = result.measure.name
    return Block(
        result.measure.id, name, tuple(each for each in told if each[1]), lines, _picture(board, result)
    )


def _figures(result: MeasureResult) -> str:
    series = result.series
    places = np.flatnonzero(np.isfinite(series.shown))[-_LISTED:]
    return "; ".join(
        f"{short_period_words(series.days[place], result.measure.frequency)} "
        f"{figure_words(result.measure, float(series.shown[place]))}"
        for place in places
    )


def _before(comment: Comment, today: date) -> str:
    """Return the words of the last month that had any, with what became due of their actions."""
    said = [f"{comment.author}, {comment.month}: {comment.why}"]
    said += [f"Next: {comment.next}"] if comment.next else []
    said += [
        f"{each.action} ({each.owner}, by {day_words(each.due)})"
        + ("; was due" if each.due < today else "")
        for each in comment.actions
    ]
    said += [f"Recovery by {day_words(comment.recovery)}"] if comment.recovery else []
    return "\n".join(said)


def _picture(board: PerformanceReport, result: MeasureResult) -> bytes:
    """Return the chart as the report draws it; nothing where there is nothing to draw."""
    chart = board.spc(result.measure.id).chart
    if chart is None:
        return b""
    target = io.BytesIO()
    draw(chart).savefig(target, format="png", dpi=_DOTS, metadata={"Software": None})
    return target.getvalue()


def _plain(text: str) -> str:
    return text.replace("*", "")

"""`change_review`: what came of the changes that an organisation made."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Final

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure

from helpers.analyses.changes import words
from helpers.analyses.changes.achieved import (
    Achieved,
    achieved_by,
    estimates_by_team,
    estimates_of,
    estimates_sentence,
    reviews_by_row,
)
from helpers.analyses.changes.made import Floats, Review, review_changes
from helpers.bundle import Cell, Column
from helpers.measures.figures import chance_words
from helpers.phrases import phrases
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.charts.canvas import canvas, label_months, label_numbers
from helpers.report.charts.labels import name_all
from helpers.report.charts.lines import draw_line
from helpers.report.charts.names import Name
from helpers.report.columns import Filled, fields, laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import capital, listed, month, number
from helpers.stats.interrupted_series import FEWEST_ELSEWHERE, FEWEST_FOR_VERDICT
from helpers.theme import colours
from helpers.theme.markdown import escape_markdown

#: changes that the headline tells in full
TOLD: Final = 3


def _effect(review: Review, name: str) -> Cell:
    """Return an end of the effect in the unit; nothing while it is too early."""
    found = review.judged.found
    return float(getattr(found.now, name)) if found is not None and review.judged.settled else None


def _share(review: Review) -> Cell:
    return 100 * review.judged.share if review.judged.settled else None


def _model(label: str, unit: str = "") -> Column:
    return Column(label=label, kind="model", unit=unit, digits=2)


CHANGES: Final[tuple[Filled[Review], ...]] = (
    Filled("change", Column(label="Change"), lambda r: r.event.name),
    Filled("since", Column(label="Since"), lambda r: f"{r.event.day:%b %Y}"),
    Filled("measure", Column(label="Measure"), lambda r: r.measure.name),
    Filled("verdict", Column(label="Verdict"), lambda r: capital(words.verdict_words(r))),
    Filled("wanted", Column(label="Expected"), lambda r: words.move_words(r.measure, r.judged.expected)),
    Filled("came", Column(label="What came"), words.came_words, "with its interval of 95%"),
    Filled(
        "chance",
        Column(label="Chance of seeing it"),
        lambda r: (
            None if np.isnan(r.judged.power) or not r.judged.settled else chance_words(r.judged.power)
        ),
        "with which an effect as large as expected would have been seen",
    ),
    Filled("expected", _model("Expected"), lambda r: r.judged.expected, "in the unit", usual=False),
    Filled("effect", _model("Effect"), lambda r: _effect(r, "estimate"), "in the unit", usual=False),
    Filled("low", _model("Low"), lambda r: _effect(r, "lower"), "in the unit", usual=False),
    Filled("high", _model("High"), lambda r: _effect(r, "upper"), "in the unit", usual=False),
)
SHARES: Final[tuple[Filled[Review], ...]] = (
    Filled("change", Column(label="Change"), lambda r: r.event.name),
    Filled("share", _model("Share", "%"), _share, "achieved over expected"),
    Filled("low", _model("Low", "%"), lambda r: 100 * r.judged.share_ends[0]),
    Filled("high", _model("High", "%"), lambda r: 100 * r.judged.share_ends[1]),
)
ACHIEVED: Final[tuple[Filled[Achieved], ...]] = (
    Filled("row", Column(label="Row"), lambda each: each.row, "id in the four column matrix"),
    Filled("expected", _model("Expected"), lambda each: each.expected),
    Filled("achieved", _model("Achieved"), lambda each: each.achieved),
    Filled("low", _model("Low"), lambda each: each.low),
    Filled("high", _model("High"), lambda each: each.high),
)
NEXT: Final[tuple[Filled[Review], ...]] = (
    Filled("change", Column(label="Change"), lambda r: r.event.name),
    Filled("suggested", text("What the review suggests"), words.next_words),
    Filled("decided", text("What was decided"), words.decided_words),
)
SERIES: Final = fields(__file__, "series")


@names_near_misses
def change_review(report: Report) -> ChangeReview:
    """Return what came of every registered change whose expected effect is registered too.

    Parameters
    ----------
    report
        The open report: changes up to its last month are looked at, by the figures up to then.
    """
    return analyse_in_room(ChangeReview, report.apart())


class ChangeReview(Sections):
    """What came of the changes that an organisation made; see `change_review`."""

    def __init__(self, report: Report) -> None:
        self._reviews, results = review_changes(
            report.mart, report.register, report.organisation, report.period.last
        )
        super().__init__(report, sorted({source.dataset for source in results.sources}))
        self._rows = report.register.matrix_of(report.organisation.code)

    @part
    def headline(self) -> Headline:
        """How many changes worked, then those of which a board has to hear, the worst first."""
        said = {"counts": f"**{words.lead_sentence(self._reviews)}**"}
        for review in self._reviews[:TOLD]:
            said[review.id] = f"{words.verdict_sentence(review)} {words.next_words(review)}"
        overall = estimates_of("All changes", achieved_by(self._reviews))
        if overall is not None and overall.tell_apart:
            said["estimates"] = estimates_sentence(overall)
        return self.headline_of(said)

    @part
    def changes(self) -> Part:
        """Every change: what was expected, what came, and whether it could have been seen."""
        return self.part(
            "changes",
            **laid_out(CHANGES, self._reviews),
            caption="Changes, what was expected of them and what came.",
            none=words.lead_sentence(()),
        )

    @part
    def each(self) -> Part:
        """Every change with its picture: what came, and what would have been without it."""
        return self.composed("each", self._sections, fields=SERIES, rows=self._series)

    def _sections(self) -> Iterator[Shown]:
        if not self._reviews:
            yield self.text("no-changes", words.lead_sentence(self._reviews))
        for review in self._reviews:
            yield self.heading(review.id, f"{review.event.name}: {review.measure.name}", level=3)
            verdict = capital(words.verdict_words(review))
            yield self.text(f"verdict-{review.id}", f"**{verdict}.** {words.found_sentence(review)}")
            if np.isfinite(review.values).sum() > 1:
                yield self._picture(review).as_figure()
            yield self.text(f"notes-{review.id}", " ".join(self._notes(review)))

    def _notes(self, review: Review) -> Iterator[str]:
        if review.days:
            if review.judged.verdict != "untold":
                yield words.seen_sentence(review)
            yield words.course_sentence(review)
        yield from words.care_sentences(review)
        yield words.next_words(review)

    def _picture(self, review: Review) -> Part:
        name = escape_markdown(review.measure.name)
        return self.part(
            f"review-{review.id}",
            fields=SERIES,
            rows=[row for row in self._series if row[:2] == (review.event.id, review.measure.id)],
            caption=f"{name} before and after, and what would have been without the change.",
            alt=f"A line of {len(review.days)} periods from {month(review.days[0])}. {words.verdict_sentence(review)}",
            chart=partial(review_chart, review),
        )

    @cached_property
    def _series(self) -> list[tuple[Cell, ...]]:
        """The values by period of all changes, as they may be shown."""
        rows = []
        for review in self._reviews:
            none = np.full(len(review.days), np.nan)
            fitted = review.judged.found is not None
            lines = counterfactual(review) if fitted else (none, none, none)
            control = none if review.control is None else review.control
            for place, day in enumerate(review.days):
                numbers = (review.values[place], *(line[place] for line in lines), control[place])
                cells = (float(x) if np.isfinite(x) else None for x in numbers)
                rows.append((review.event.id, review.measure.id, day.isoformat(), *cells))
        return rows

    @part
    def shares(self) -> Part:
        """How much of what was expected came of each change that is old enough to judge."""
        judged = [review for review in self._reviews if review.judged.settled]
        return self.part(
            "shares",
            **laid_out(SHARES, judged),
            caption="What came, as a share of what was expected.",
            alt=listed(f"{r.event.name}: {number(100 * r.judged.share)}%" for r in judged) + ".",
            chart=partial(shares_chart, judged) if judged else None,
            none="No change is old enough to judge.",
        )

    @part
    def matrix(self) -> Part:
        """The rows of the four column matrix: achieved in place of expected, and how good estimates were."""
        done = reviews_by_row(self._reviews)
        of_here = self.report.register.teams_of(self.report.organisation.code)
        teams = {
            key: of_here[row.team].name if row.team in of_here else row.team
            for key, row in self._rows.items()
        }
        rows = []
        for key, row in self._rows.items():
            review = done.get(key)
            wanted = "no change is registered for it"
            if review is not None:
                wanted = words.move_words(review.measure, review.judged.expected)
            rows.append((teams[key], row.change, wanted, words.achieved_words(row, review)))
        estimates = estimates_by_team(achieved_by(done.values()), lambda row: teams.get(row, ""))
        return self.part(
            "matrix",
            rows=rows,
            caption="The rows of the four column matrix, and what came of them.",
            words={"estimates": " ".join(map(estimates_sentence, estimates))},
            none="No row of a four column matrix is registered.",
        )

    @part
    def achieved(self) -> Part:
        """Expected and achieved by row of the matrix, in the measure's unit: `four_column_matrix` takes its frame."""
        came = achieved_by(reviews_by_row(self._reviews).values())
        return self.part(
            "achieved", **laid_out(ACHIEVED, came), caption="What came of the rows of the matrix."
        )

    @part
    def next(self) -> Part:
        """What the review suggests, what was decided and by whom."""
        return self.part(
            "next",
            **laid_out(NEXT, self._reviews),
            caption="What to do next, and what was decided.",
            none="Nothing was reviewed, so there is nothing to decide.",
        )

    @part
    def method(self) -> Part:
        """How changes are reviewed, point by point."""
        said = phrases("method.change_review", others=FEWEST_ELSEWHERE, fewest=FEWEST_FOR_VERDICT)
        return self.part("method", words=said, bulleted=True)


# --- pictures -----------------------------------------------------------------------------------------


#: letters of a change's name beside its share
_LETTERS: Final = 32


def counterfactual(review: Review) -> tuple[Floats, Floats, Floats]:
    """Return what would have been from the change on, and the ends of its interval; NaN before it."""
    assert review.judged.found is not None, "asked for where something was fitted"
    series = review.judged.found.series
    beside = 0.0 if review.control is None else review.control
    middle, low, high = (
        series[name].to_numpy(dtype=float) + beside for name in ("counterfactual", "lower", "upper")
    )
    return middle, low, high


def review_chart(review: Review) -> Figure:
    """Draw the values, the counterfactual with its interval, and the control."""
    figure, axes = canvas(2.4)
    x = np.asarray(mdates.date2num(np.array(review.days, dtype="datetime64[D]")), dtype=float)
    names = []
    if review.control is not None:
        draw_line(axes, x, review.control, color=colours.PEER, linewidth=1)
        names += _end("others", x, review.control, colours.PEER)
    if review.judged.found is not None:
        middle, low, high = counterfactual(review)
        axes.fill_between(x, low, high, color=colours.BAND, linewidth=0, zorder=1)
        axes.plot(x, middle, color=colours.TEXT, linewidth=1.4, linestyle=(0, (4, 2)), zorder=3)
        names += _end("without it", x, middle, colours.TEXT)
    draw_line(
        axes, x, review.values, color=colours.HIGHLIGHT, marker="o", linewidth=1.5, markersize=4, zorder=4
    )
    names += _end("what came", x, review.values, colours.HIGHLIGHT, bold=True)
    axes.set_ylabel(review.measure.unit)
    label_months(axes)
    label_numbers(axes)
    axes.margins(x=0.02, y=0.14)
    day = float(mdates.date2num(review.event.day))
    name_all(axes, names, events=[(day, review.event.name)])
    return figure


def shares_chart(reviews: Sequence[Review]) -> Figure:
    """Draw how much of what was expected came of each change, with its interval, beside all of it."""
    figure, axes = canvas(0.6 + 0.42 * len(reviews))
    places = np.arange(len(reviews))[::-1]
    shares = np.array([100 * review.judged.share for review in reviews])
    ends = np.array([100 * np.array(review.judged.share_ends) for review in reviews]).T
    axes.axvline(0, color=colours.RULE, linewidth=1)
    axes.axvline(100, color=colours.TARGET, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.hlines(places, *ends, color=colours.COMMON_CAUSE, linewidth=2)
    axes.plot(shares, places, "o", color=colours.HIGHLIGHT, markersize=7)
    axes.set_yticks(places, [textwrap.fill(review.event.name, _LETTERS) for review in reviews])
    axes.set_xlabel("share of what was expected, % (broken line: all of it)")
    axes.set_ylim(-0.6, len(reviews) - 0.4)
    return figure


def _end(text: str, x: Floats, line: Floats, colour: str, *, bold: bool = False) -> list[Name]:
    known = np.flatnonzero(np.isfinite(line))[-1:]
    return [Name(text, float(x[place]), float(line[place]), colour, bold=bold) for place in known]

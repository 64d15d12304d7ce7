"""The review of changes in parts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from helpers.analyses.changes import words
from helpers.analyses.changes.achieved import (
    achieved_by,
    estimates_by_team,
    estimates_of,
    estimates_sentence,
    reviews_by_row,
)
from helpers.analyses.changes.made import Review, review_changes
from helpers.analyses.changes.picture import counterfactual, review_chart, shares_chart
from helpers.bundle import Cell, Column
from helpers.measures.figures import chance_words
from helpers.register.cycle import MatrixRow
from helpers.report.columns import Filled, laid_out
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import capital, listed, month
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.report import Report

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
    Filled("verdict", Column(label="Verdict"), lambda r: capital(words.VERDICT_WORDS[r.judged.verdict])),
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
ACHIEVED: Final = (
    Field("row", Column(label="Row"), "id in the four column matrix"),
    Field("expected", _model("Expected")),
    Field("achieved", _model("Achieved")),
    Field("low", _model("Low")),
    Field("high", _model("High")),
)
NEXT: Final[tuple[Filled[Review], ...]] = (
    Filled("change", Column(label="Change"), lambda r: r.event.name),
    Filled("suggested", Column(label="What the review suggests", kind="text"), words.next_words),
    Filled("decided", Column(label="What was decided", kind="text"), words.decided_words),
)
SERIES: Final = (
    Field("change", Column(label="Change"), "id of the event"),
    Field("measure", Column(label="Measure"), "id"),
    Field("period", Column(label="From", kind="date")),
    Field("value", Column(label="What came", kind="rate", digits=2)),
    Field("without", Column(label="Without the change", kind="model", digits=2)),
    Field("low", Column(label="Low", kind="model", digits=2)),
    Field("high", Column(label="High", kind="model", digits=2)),
    Field("control", Column(label="Others", kind="rate", digits=2)),
)


class ChangeReview(Sections):
    """What came of the changes that an organisation made.

    Parameters
    ----------
    report
        The open report.
    """

    def __init__(self, report: Report) -> None:
        reviews = review_changes(report.mart, report.register, report.organisation, report.period.last)
        super().__init__(report, sorted({source.dataset for source in reviews.results.sources}))
        self._reviews = reviews.found
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
            words={} if self._reviews else {"none": words.lead_sentence(())},
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
            verdict = capital(words.VERDICT_WORDS[review.judged.verdict])
            told = f"**{verdict}.** {words.found_sentence(review)}"
            yield self.text(f"verdict-{review.id}", told)
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
        if not judged:
            return self.part("shares", words={"none": "No change is old enough to judge."})
        return self.part(
            "shares",
            **laid_out(SHARES, judged),
            caption="What came, as a share of what was expected.",
            alt=listed(f"{r.event.name}: {100 * r.judged.share:.0f}%" for r in judged) + ".",
            chart=partial(shares_chart, judged),
        )

    @part
    def matrix(self) -> Part:
        """The rows of the four column matrix: achieved in place of expected, and how good estimates were."""
        if not self._rows:
            return self.part("matrix", words={"none": "No row of a four column matrix is registered."})
        done, teams = reviews_by_row(self._reviews), self._teams
        columns: tuple[Filled[MatrixRow], ...] = (
            Filled("team", Column(label="Team"), lambda row: teams[row.id]),
            Filled("row", Column(label="What is done", kind="text"), lambda row: row.change),
            Filled(
                "expected", Column(label="Expected"), lambda row: words.expected_words(done.get(row.id))
            ),
            Filled(
                "achieved",
                Column(label="Achieved"),
                lambda row: words.achieved_words(row, done.get(row.id)),
            ),
        )
        estimates = estimates_by_team(achieved_by(done.values()), lambda row: teams.get(row, ""))
        return self.part(
            "matrix",
            **laid_out(columns, self._rows.values()),
            caption="The rows of the four column matrix, and what came of them.",
            words={"estimates": " ".join(map(estimates_sentence, estimates))},
        )

    @cached_property
    def _teams(self) -> dict[str, str]:
        """The name of the team of each row of the matrix."""
        known = self.report.register.teams_of(self.report.organisation.code)
        return {
            key: known[row.team].name if row.team in known else row.team for key, row in self._rows.items()
        }

    @part
    def achieved(self) -> Part:
        """Expected and achieved by row of the matrix, in the measure's unit: `four_column_matrix` takes its frame."""
        came = achieved_by(reviews_by_row(self._reviews).values())
        return self.part(
            "achieved",
            fields=ACHIEVED,
            rows=[(each.row, each.expected, each.achieved, each.low, each.high) for each in came],
            caption="What came of the rows of the matrix.",
        )

    @part
    def next(self) -> Part:
        """What the review suggests, what was decided and by whom."""
        return self.part(
            "next",
            **laid_out(NEXT, self._reviews),
            caption="What to do next, and what was decided.",
            words={} if self._reviews else {"none": "Nothing was reviewed, so there is nothing to decide."},
        )

    @part
    def method(self) -> Part:
        """How changes are reviewed, point by point."""
        return self.part("method", words=words.method_words(), bulleted=True)

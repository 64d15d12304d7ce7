"""Published reports within another: a pack says which, and in which order; the runner puts the editions in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from helpers.bundle import Bundle, Column, EditionsShown
from helpers.errors import Problem, UsageError
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import day_words

_WORDS: Final[dict[EditionsShown, str]] = {
    "headline": "how many reports show something that needs attention",
    "agenda": "the agenda",
    "exceptions": "what needs attention",
    "sections": "the reports as they were published",
    "appendices": "the appendices as they were published",
    "editions": "which editions this pack holds",
    "methods": "how each report was worked out",
}


@dataclass(frozen=True)
class Published:
    """Reports that were published, in the order of an agenda."""

    reports: tuple[str, ...]
    appendices: tuple[str, ...]
    reads: tuple[str, ...]  # what the kernel had read when they were asked for
    meeting: date | None = None  # for which meeting the pack is

    @property
    def cover(self) -> ShownParts:
        """For which meeting the pack is; nothing where none is named."""
        if self.meeting is None:
            return ShownParts(())
        words = f"For the meeting of the board on {day_words(self.meeting)}."
        return ShownParts((Shown(Bundle(kind="text", id="cover", markdown=words, origin="published")),))

    @property
    def headline(self) -> Shown:
        """How many reports show something that needs attention, and what the first of them says."""
        return self._show("headline", (*self.reports, *self.appendices))

    @property
    def agenda(self) -> Shown:
        """The reports in order, with links."""
        return self._show("agenda", (*self.reports, *self.appendices))

    @property
    def exceptions(self) -> Shown:
        """What each report says first and which figures it marks: those with the most marks first."""
        return self._show("exceptions", self.reports)

    @property
    def sections(self) -> Shown:
        """Each report as it was published, with its title as a section's."""
        return self._show("sections", self.reports)

    @property
    def appendices_shown(self) -> Shown:
        """Each appendix likewise; nothing where there is none."""
        return self._show("appendices", self.appendices)

    @property
    def editions(self) -> Shown:
        """Table: which edition of each report this is, by its hash."""
        return self._show("editions", (*self.reports, *self.appendices))

    @property
    def methods(self) -> Shown:
        """How each report was worked out, its terms and sources, which then do not stand in the report itself."""
        return self._show("methods", (*self.reports, *self.appendices))

    def _show(self, what: EditionsShown, named: tuple[str, ...]) -> Shown:
        words = f"*Here stand in the published pack: {_WORDS[what]}: {', '.join(named) or 'none'}.*"
        rows = tuple((each,) for each in named)
        column = Column(label="Report")
        bundle = Bundle(
            kind="editions",
            id=what,
            markdown=words,
            columns=(column,),
            rows=rows,
            origin="published",
            reads=self.reads,
        )
        return Shown(bundle)


def read_names(
    reports: Sequence[str] | None,
    appendices: Sequence[str] | None,
    meeting: str | None,
    reads: Sequence[str],
) -> Published:
    """Return the reports that are named.

    Raises
    ------
    UsageError
        If none is, or one twice.
    """
    asked, more = tuple(reports or ()), tuple(appendices or ())
    twice = sorted({each for each in (*asked, *more) if (*asked, *more).count(each) > 1})
    if not asked or twice:
        came = f"{', '.join(twice)} twice" if twice else "none is named"
        allowed = 'each once, as "scorecard" or "scorecard/SYN07"'
        raise UsageError(Problem("report.published, reports", came, allowed))
    try:
        day = date.fromisoformat(meeting) if meeting else None
    except ValueError:
        raise UsageError(
            Problem("report.published, meeting", f"{meeting!r}", "a day as YYYY-MM-DD")
        ) from None
    return Published(asked, more, tuple(reads), day)

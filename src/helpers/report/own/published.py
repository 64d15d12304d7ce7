"""Published reports within another: a pack says which, and in which order; the runner puts the editions in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from helpers.bundle import Bundle, Column, EditionsShown
from helpers.errors import UsageError
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import day_words


@dataclass(frozen=True)
class Published:
    """What a pack shows of reports that were published, in the order of an agenda."""

    cover: ShownParts  # for which meeting the pack is; nothing where none is named
    headline: Shown  # how many reports show something that needs attention, and what the first of them says
    agenda: Shown  # the reports in order, with links
    exceptions: (
        Shown  # what each report says first and which figures it marks: those with the most marks first
    )
    sections: Shown  # each report as it was published, with its title as a section's
    appendices_shown: Shown  # each appendix likewise; nothing where there is none
    editions: Shown  # table: which edition of each report this is, by its hash
    #: how each report was worked out, its terms and sources, which then do not stand in the report itself
    methods: Shown


def read_names(
    reports: Sequence[str] | None,
    appendices: Sequence[str] | None,
    meeting: str | None,
    reads: Sequence[str],
) -> Published:
    """Return the reports that are named; `reads` is what the kernel had read when they were asked for.

    Raises
    ------
    UsageError
        If none is, or one twice.
    """
    asked, more = tuple(reports or ()), tuple(appendices or ())
    every = (*asked, *more)
    twice = sorted({each for each in every if every.count(each) > 1})
    if not asked or twice:
        came = f"{', '.join(twice)} twice" if twice else "none is named"
        allowed = 'each once, as "scorecard" or "scorecard/SYN07"'
        raise UsageError("report.published, reports", came, allowed)
    try:
        day = date.fromisoformat(meeting) if meeting else None
    except ValueError:
        raise UsageError("report.published, meeting", f"{meeting!r}", "a day as YYYY-MM-DD") from None

    def show(what: EditionsShown, words: str, named: Sequence[str] = every) -> Shown:
        told = f"*Here stand in the published pack: {words}: {', '.join(named) or 'none'}.*"
        rows = tuple((each,) for each in named)
        content: dict[str, Any] = {"markdown": told, "columns": (Column(label="Report"),), "rows": rows}
        return Shown(Bundle(kind="editions", id=what, origin="published", reads=tuple(reads), **content))

    words = f"For the meeting of the board on {day_words(day)}." if day else ""
    cover = Shown(Bundle(kind="text", id="cover", markdown=words, origin="published"))
    return Published(
        ShownParts((cover,) if day else ()),
        show("headline", "how many reports show something that needs attention"),
        show("agenda", "the agenda"),
        show("exceptions", "what needs attention", asked),
        show("sections", "the reports as they were published", asked),
        show("appendices", "the appendices as they were published", more),
        show("editions", "which editions this pack holds"),
        show("methods", "how each report was worked out"),
    )

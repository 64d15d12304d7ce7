"""`decisions`: what was decided, for any report: what is overdue first, then what is to be done, then what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from helpers.register.cycle import BoardDecision
from helpers.register.models import Register
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.columns import fields
from helpers.report.parts import Part, part
from helpers.report.period import add_months
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import count, day_words, sentence

#: a board sees the figures of a month in one of the two after it: what is decided there is known to its report
MONTHS_TO_THE_MEETING: Final = 2
#: what was done longer ago than this is no longer news, and only counted
MONTHS_SHOWN: Final = 3
Standing = Literal["overdue", "open", "done"]
GROUPS: Final[dict[Standing, str]] = {"overdue": "Overdue", "open": "To be done", "done": "Done"}
FIELDS: Final = fields(__file__, "decided")


def meeting_day(last: date, today: date) -> date:
    """Return the day by which decisions are judged in a report whose last month begins on a day.

    >>> meeting_day(date(2026, 9, 1), today=date(2026, 10, 20)), meeting_day(date(2026, 9, 1), today=date(2027, 5, 1))
    (datetime.date(2026, 10, 20), datetime.date(2026, 11, 30))
    """
    ends = (
        add_months(last, 1) - timedelta(days=1),
        add_months(last, 1 + MONTHS_TO_THE_MEETING) - timedelta(days=1),
    )
    return min(max(today, ends[0]), ends[1])


def standing_of(decision: BoardDecision, day: date) -> Standing:
    """Return where a decision stands on a day."""
    if decision.done is not None and decision.done <= day:
        return "done"
    return "overdue" if decision.is_overdue(day) else "open"


def in_order(decisions: Sequence[BoardDecision], day: date) -> list[BoardDecision]:
    """Return what a board is told: the longest overdue first, then by due date; what was done lately, the newest first.

    What has no date comes after what has one.
    """
    known = {name: [each for each in decisions if standing_of(each, day) == name] for name in GROUPS}
    waiting = [
        sorted(known[name], key=lambda each: (each.due or date.max, each.day))
        for name in ("overdue", "open")
    ]
    lately = [each for each in known["done"] if each.done and each.done >= add_months(day, -MONTHS_SHOWN)]
    return [*waiting[0], *waiting[1], *sorted(lately, key=lambda each: each.done or day, reverse=True)]


def until_words(decision: BoardDecision, day: date) -> str:
    """Return by when a decision is due and how late it is, or when it was done and what came of it.

    >>> ward = {"organisation": "RGT", "decision": "Open the ward", "owner": "Chief nurse", "day": date(2026, 1, 8)}
    >>> until_words(BoardDecision(**ward, due=date(2026, 2, 1)), date(2026, 2, 2))
    'due 1 February 2026, one day ago'
    """
    late = f"due {day_words(decision.due)}" if decision.due else "no date was set"
    standing = standing_of(decision, day)
    if standing == "overdue" and decision.due:
        return f"{late}, {count((day - decision.due).days, 'day')} ago"
    if standing == "open" or decision.done is None:
        return late
    over = (decision.done - decision.due).days if decision.due else 0
    said = f"done {day_words(decision.done)}" + (f", {count(over, 'day')} late" if over > 0 else "")
    return f"{said}. {sentence(decision.outcome)}" if decision.outcome else said


def overdue_words(decisions: Sequence[BoardDecision], day: date) -> str:
    """Say how many decisions are overdue, and which longest; that none is where none is; nothing without any."""
    late = [each for each in decisions if standing_of(each, day) == "overdue"]
    waiting = [each for each in decisions if standing_of(each, day) == "open"]
    if not late:
        rest = f"; {count(len(waiting), 'is', 'are')} still to be done" if waiting else ""
        return sentence(f"on {day_words(day)} no decision is overdue{rest}") if decisions else ""
    longest = min(late, key=lambda each: each.due or day)
    said = f"on {day_words(day)} {count(len(late), 'decision is', 'decisions are')} overdue"
    which = "it is" if len(late) == 1 else "the longest is"
    return f"**{sentence(said)}** " + sentence(
        f"{which} “{longest.decision}” ({longest.owner}), {until_words(longest, day)}"
    )


def about_words(decision: BoardDecision, register: Register) -> str | None:
    """Return the names of what a decision is about; None where it does not say."""
    named = (
        (decision.measure, register.measures),
        (decision.objective, register.objectives),
        (decision.event, register.events),
    )
    return "; ".join(known[key].name for key, known in named if key and key in known) or None


def older_words(decisions: Sequence[BoardDecision], shown: int) -> str:
    """Say how many decisions were done so long ago that they are not listed; empty where none was."""
    left = len(decisions) - shown
    if not left:
        return ""
    verb = "is" if left == 1 else "are"
    return sentence(f"{count(left, 'decision')} done more than {MONTHS_SHOWN} months ago {verb} left out")


def decided_part(sections: Sections, report: Report) -> Part:
    """Return the log of the report's organisation below a heading of its own; nothing where it keeps none."""
    day = meeting_day(report.period.last, report.today)
    decisions = report.register.decisions_of(report.organisation.code, f"{day:%Y-%m}")
    known = [each for each in decisions if each.day <= day]
    shown = in_order(known, day)
    rows = [
        (
            each.decision,
            GROUPS[standing_of(each, day)],
            each.owner,
            until_words(each, day),
            day_words(each.day),
            about_words(each, report.register),
        )
        for each in shown
    ]
    plain = sections.part(
        "decided",
        fields=FIELDS,
        rows=rows,
        caption=f"What was decided, who does it and until when; as at {day_words(day)}.",
        note=older_words(known, len(shown)),
        words={"overdue": overdue_words(known, day)},
        by="group",
    )

    def content() -> tuple[Any, ...]:
        if not known:
            return ()
        heading = sections.heading("decided", "What was decided last time")
        return heading, plain.say(), *((plain.table(),) if rows else ())

    return replace(plain, content=content)


class Decisions(Sections):
    """What was decided in the meetings of an organisation."""

    @part
    def log(self) -> Part:
        """Table: each decision with who does it and until when, what is overdue first; nothing where none is kept."""
        return decided_part(self, self.report)


@names_near_misses
def decisions(report: Report) -> Decisions:
    """Return what was decided, from the register's `decisions.yml`."""
    return analyse_in_room(Decisions, report.apart())

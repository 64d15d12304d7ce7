"""The page that says what the last runs did; without errors, parameters or paths, which are private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import Run
from helpers.runner.portal.listing import show_day
from helpers.runner.portal.page import PAGES, Page

#: how many runs the page goes back, and how many reports of one it names
MOST_RUNS: Final = 30
MOST_NAMED: Final = 100
FILE: Final = "runs.html"
#: what each kind of run did, in a word
_KINDS: Final = {
    "run": "Run",
    "back-fill": "Past month",
    "approve": "Approval",
    "withdraw": "Withdrawal",
    "prune": "Editions removed",
}
_DONE: Final = frozenset(
    {State.PUBLISHED, State.UNCHANGED, State.HELD, State.WITHDRAWN, State.WAITING, State.REMOVED}
)


def runs_page(
    runs: Sequence[Run],
    entries: Mapping[str, Sequence[Entry]],
    known: Collection[str],
    *,
    late: Sequence[str] = (),
) -> Page:
    """Return the page.

    `runs`: the last runs, newest first. `entries`: by run, the reports that did not pass. `known`: the reports
    (``notebook/name``) that readers know, as they were published once; others are counted and not named. `late`: what
    is late against the schedule.
    """
    failures = [
        (show_time(run.started), _failures(entries[run.run], known)) for run in runs if entries.get(run.run)
    ]
    values = {"runs": [_row(run) for run in runs], "failures": failures, "late": late}
    return Page(FILE, PAGES[FILE], {**values, "causes": _causes(entries, [run.run for run in runs])})


def _causes(entries: Mapping[str, Sequence[Entry]], runs: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return why reports did not pass, the most frequent first: the cause, how often, in how many runs."""
    causes = [[_cause(entry) for entry in entries.get(run, ())] for run in runs]
    found, in_runs = Counter(chain(*causes)), Counter(chain(*map(set, causes)))
    return [(cause[:1].upper() + cause[1:], count, in_runs[cause]) for cause, count in found.most_common()]


def _cause(entry: Entry) -> str:
    return f"{entry.state} at the step {entry.step}" if entry.step else str(entry.state)


def did_not_pass(entry: Entry) -> bool:
    """Tell whether a report ended otherwise than it should."""
    return entry.state not in _DONE


def show_time(iso: str) -> str:
    """Return a time that history wrote, as people write it.

    >>> show_time("2026-10-04T06:05:09+00:00")
    '4 October 2026, 06:05'
    """
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{show_day(time.date())}, {time:%H:%M}"


def show_seconds(seconds: float) -> str:
    """Return how long something took.

    >>> show_seconds(0.4), show_seconds(59.6), show_seconds(3_725)
    ('under 1 s', '1 min 0 s', '1 h 2 min')
    """
    if seconds < 1:
        return "under 1 s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _row(run: Run) -> tuple[str, str, Sequence[str]]:
    failed = sum(count for state, count in run.states.items() if state not in _DONE)
    named = (State.PUBLISHED, State.UNCHANGED, State.HELD)
    numbers = (_took(run), *(f"{run.states.get(state, 0):,}" for state in named), f"{failed:,}")
    return show_time(run.started), _KINDS.get(run.kind, run.kind), numbers


def _took(run: Run) -> str:
    if not run.finished:
        return "still running"
    took = datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)
    return show_seconds(max(0.0, took.total_seconds()))


def _failures(entries: Sequence[Entry], known: Collection[str]) -> list[str]:
    items = [_failure(entry) for entry in entries if entry.report in known][:MOST_NAMED]
    if others := len(entries) - len(items):
        unnamed = "1 report more" if others == 1 else f"{others:,} reports more"
        items.append(unnamed if items else unnamed.removesuffix(" more"))
    return items


def _failure(entry: Entry) -> str:
    what = ", ".join(part for part in (entry.title, entry.organisation) if part)
    about = f"{what} ({entry.report})" if what else entry.report
    return f"{about}: {_cause(entry)}, after {show_seconds(entry.seconds)}"

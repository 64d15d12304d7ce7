"""A year by a fake clock: every report once for each month, whatever the machine and the data do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from helpers.bundle import ReportFacts
from helpers.errors import Problem, UserError
from helpers.runner.history.entries import Entry, Occurrence, Outcome, Output, State
from helpers.runner.history.store import History
from helpers.runner.project import Project
from helpers.runner.schedule.due import do_due, find_due
from helpers.runner.schedule.reading import Schedule
from helpers.runner.schedule.times import DataRule, MonthRule
from helpers.runner.telling.digests import digests, not_made
from helpers.runner.telling.message import Message
from helpers.runner.telling.outbox import Outbox
from helpers.runner.telling.rows import Tell

#: the board, and those who mend what fails
TELL = (Tell(mail=("board@example.org",)), Tell(mail=("analysts@example.org",), about="failures"))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LOOK = timedelta(hours=12)


class Machine:
    """A machine that looks at what is due every twelve hours, unless it is off, and sometimes dies at it."""

    def __init__(self, folder: Path, *schedules: Schedule) -> None:
        self.history, self.schedules, self.now = History(folder), schedules, BEGIN
        self.made: list[tuple[str, str]] = []  # schedule, and the month that it is about
        self.late: set[str] = set()  # months whose data have not come
        self.deaths: Iterator[str] = iter(())
        self.data = {"measure_values/rtt": "january"}

    def make(self, schedule: Schedule, moment: datetime) -> tuple[str, int] | None:
        month = f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}"
        if month in self.late:
            return None
        death = next(self.deaths, "")
        if death == "before":
            raise SystemExit
        self.made.append((schedule.name, month))
        if death == "after":
            raise SystemExit
        return f"run-{len(self.made)}", int(schedule.name == "failing")

    def look(self) -> None:
        noted = self.history.occurrences()
        for schedule in self.schedules:
            due = find_due(schedule, noted, self.now, self.data)
            try:
                do_due(due, self.make, self.history.note, clock=lambda: self.now)
            except SystemExit:
                self.history = History(self.history._folder)

    def until(self, then: datetime) -> None:
        while self.now < then:
            self.look()
            self.now += LOOK

    def off(self, span: timedelta) -> None:
        self.now += span

    def outcomes(self, name: str) -> Counter[Outcome]:
        return Counter(each.outcome for each in self.history.occurrences() if each.schedule == name)


class TellingMachine(Machine):
    """A machine that publishes, and tells two kinds of readers; its mail server is down at times."""

    def __init__(self, folder: Path, *schedules: Schedule) -> None:
        super().__init__(folder, *schedules)
        self.outbox, self.mails = Outbox(folder), list[Message]()
        self.down = (day(3, 1), day(3, 6))
        self.project = Project(folder)

    def make(self, schedule: Schedule, moment: datetime) -> tuple[str, int] | None:
        try:
            made = super().make(schedule, moment)
        except SystemExit:
            if (
                self.made[-1:] and self.made[-1][0] == schedule.name
            ):  # after its reports, before it was told
                self._publish(schedule, self.made[-1][1])
            raise
        if made is None:
            self._put(not_made(schedule.name, schedule.tell, moment, "waits", now=self.now))
            return None
        entry = self._publish(schedule, self.made[-1][1])
        told = [(self.project, [entry])]
        self._put(digests(schedule.name, schedule.tell, moment, told, now=self.now))
        return entry.run, entry.exit_code

    def _publish(self, schedule: Schedule, month: str) -> Entry:
        """Record a run in which the report of a month is published, or found as it was."""
        run = f"run-{len(self.history.runs()) + 1}"
        facts = ReportFacts(
            title=schedule.name, organisation_code="T1", organisation_name="Trust", synthetic=True,
            period_label=month, period_folder=month,
        )  # fmt: skip
        before = [
            each for each in self.history.published() if (each.name, each.period) == (schedule.name, month)
        ]
        outputs = {"html": Output(f"{month}/{schedule.name}.html", "x")}
        entry = Entry(run, "notebook", schedule.name, State.PUBLISHED, facts=facts, outputs=outputs)
        if schedule.name == "failing":
            entry = Entry(run, "notebook", schedule.name, State.FAILED, exit_code=1)
        elif before:
            entry = replace(before[-1], run=run, state=State.UNCHANGED, same_as=before[-1].run)
        self.history.begin(run, "", [entry])
        self.history.end(run)
        return entry

    def _put(self, messages: Iterable[Message]) -> None:
        for each in messages:
            self.outbox.put(each)

    def _deliver(self, message: Message) -> str:
        if self.down[0] <= self.now < self.down[1]:
            raise UserError(Problem("mail", "the server is down"))
        self.mails.append(message)
        return ""

    def look(self) -> None:
        super().look()
        for _ in self.outbox.send(self._deliver, self.now):
            pass


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_a_year_has_every_report_once_for_each_month(tmp_path: Path) -> None:
    monthly = [
        Schedule(
            name=f"monthly-{number}",
            when=f"{5 * number} 1 {number + 20} * *",
            within=timedelta(weeks=6),
            missed="all",
            tell=TELL,
        )
        for number in range(6)
    ]
    rules = [
        Schedule(
            name=f"working-{number}",
            when=MonthRule(working_day=number + 1, at="01:30"),
            within=timedelta(weeks=6),
            missed="all",
            tell=TELL,
        )
        for number in range(5)
    ]
    machine = TellingMachine(
        tmp_path,
        *monthly,
        *rules,
        Schedule(name="failing", when="30 1 28 * *", within=timedelta(weeks=6), missed="all", tell=TELL),
    )
    machine.until(day(3, 19))
    machine.off(timedelta(days=3))  # over monthly-0 and monthly-1
    machine.late = {"2026-04", "2026-08"}
    machine.until(day(5, 28))
    machine.late = {"2026-08"}  # four days and more late
    machine.until(day(7, 1))
    machine.off(timedelta(weeks=5))  # over all of July's
    machine.deaths = iter(["before", "after", "", "before"])
    machine.until(day(9, 29))
    machine.late = set()
    machine.until(datetime(2027, 1, 1, 12, tzinfo=UTC))

    made = Counter(machine.made)
    months = [
        f"{each:%Y-%m}" for each in (datetime(2025 + (n // 12), n % 12 + 1, 1) for n in range(11, 23))
    ]
    for schedule in machine.schedules:
        missing = [month for month in months if not made[schedule.name, month]]
        assert missing == [], schedule.name
    # one was killed between its reports and its note: it was made again, which a batch finds unchanged
    assert sum(made.values()) == len(made) + 1
    noted = Counter((each.schedule, each.due) for each in machine.history.occurrences())
    assert set(noted.values()) == {1}
    failed = [each for each in machine.history.occurrences() if each.exit_code]
    assert {each.schedule for each in failed} == {"failing"}
    assert_told_once(machine, months)


def assert_told_once(machine: TellingMachine, months: list[str]) -> None:
    """Check, and print as a table, that each report was published and told once for each month."""
    entries = [entry for run in machine.history.runs() for entry in machine.history.entries(run.run)]
    published = Counter((e.name, e.period) for e in entries if e.state is State.PUBLISHED)
    board = Counter(
        (each.words.partition(",")[0], each.words[-7:])
        for mail in machine.mails
        if mail.row.about == "reports"
        for each in mail.ready
    )
    mend = Counter((mail.schedule, mail.kind) for mail in machine.mails if mail.row.about == "failures")
    print("\nschedule     published  told  failures told  waits told")
    for schedule in machine.schedules:
        name = schedule.name
        mine = [sum(counts[name, month] for month in months) for counts in (published, board)]
        print(f"{name:<12} {mine[0]:>9} {mine[1]:>5} {mend[name, 'ran']:>14} {mend[name, 'waits']:>11}")
    expected = {
        (each.name, month): 1 for each in machine.schedules for month in months if each.name != "failing"
    }
    assert published == expected
    assert board == expected
    assert mend["failing", "ran"] == len(months)
    late = [mail for mail in machine.mails if mail.tries]
    assert late, "the mail server was down when something was to be told"
    assert len({mail.id for mail in machine.mails}) == len(machine.mails)
    assert machine.outbox.waiting(machine.now) == []


@pytest.mark.parametrize(
    ("missed", "weeks", "ran"),
    [("once", 1, [7]), ("all", 1, [1, 2, 3, 4, 5, 6, 7]), ("skip", 1, []), ("once", 0, []), ("all", 0, [])],
)
def test_what_was_slept_through_is_made_up_for_as_asked(
    tmp_path: Path, missed: Literal["skip", "once", "all"], weeks: int, ran: list[int]
) -> None:
    span = timedelta(weeks=weeks, hours=1)
    daily = Schedule(name="daily", when="0 6 * * *", zone="UTC", missed=missed, within=span)
    history = History(tmp_path)
    history.note(Occurrence("daily", day(6, 1) - timedelta(hours=1), Outcome.BEGUN))
    now = day(6, 7) + timedelta(hours=9)
    due = find_due(daily, history.occurrences(), now, {})
    assert [each.day for each in due.run] == ran
    assert len(due.run) + len(due.settled) == 7
    do_due(due, lambda *_: ("run", 0), history.note, clock=lambda: now)
    assert find_due(daily, history.occurrences(), now, {}).run == ()
    on_time = find_due(daily, history.occurrences(), day(6, 8) + timedelta(hours=6, minutes=10), {})
    assert len(on_time.run) == 1


def test_a_schedule_begins_when_it_is_first_looked_at(tmp_path: Path) -> None:
    machine = Machine(tmp_path, Schedule(name="daily", when="0 6 * * *"))
    machine.look()
    assert machine.made == []
    machine.off(timedelta(days=1))
    machine.look()
    assert len(machine.made) == 1


def test_a_schedule_on_data_is_due_when_they_are_renewed_and_only_then(tmp_path: Path) -> None:
    machine = Machine(tmp_path, Schedule(name="rtt", when=DataRule(data=("measure_values/*",))))
    machine.until(day(1, 3))
    assert machine.made == []
    machine.data = {"measure_values/rtt": "february", "spells/pas": "x"}
    machine.until(day(1, 4))
    machine.data = {"measure_values/rtt": "february", "spells/pas": "y"}
    machine.until(day(1, 5))
    assert len(machine.made) == 1


def test_a_rule_that_was_not_looked_at_for_months_leads_to_one_run(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.note(Occurrence("often", datetime(2025, 7, 1, tzinfo=UTC), Outcome.BEGUN))
    due = find_due(Schedule(name="often", when="*/30 * * * *"), history.occurrences(), BEGIN, {})
    assert len(due.run) == 1
    assert BEGIN - due.run[0] <= timedelta(minutes=30)

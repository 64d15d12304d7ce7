"""`boardpack schedule …`: make what is due, by oneself or by a scheduler that somebody has."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from helpers.cli import batches, showing
from helpers.cli.assembly import by_audience, open_and_plan, open_mart, open_project
from helpers.cli.onward import bring_up_to_date, send_waiting, tell
from helpers.cli.options import Json, Quiet, project_root
from helpers.cli.rounds import overdue_words
from helpers.errors import ExitCode, Problem, UsageError, UserError
from helpers.places import state_folder
from helpers.runner.batch.run import Order
from helpers.runner.history.entries import Outcome
from helpers.runner.history.locks import try_hold
from helpers.runner.history.store import History
from helpers.runner.portal.update import write_runs
from helpers.runner.processes import terminable
from helpers.runner.publish.placing import open_history
from helpers.runner.schedule import FILE
from helpers.runner.schedule.due import ON_TIME, coming, do_due, find_due
from helpers.runner.schedule.export import EXPORTS
from helpers.runner.schedule.reading import Schedule, read_schedules
from helpers.runner.telling.digests import approved, digests, not_made
from helpers.runner.telling.outbox import Outbox

schedule_app = typer.Typer(help="Make reports by themselves: params/_schedule.yml.", no_args_is_help=True)
Strict = Annotated[
    bool, typer.Option("--strict", help="Let a schedule wait while any file that it loads is refused.")
]
schedule_app.command("tell")(tell)
#: in the private folder: held by whoever makes what is due
LOCK: Final = "schedule"


@schedule_app.command()
def once(quiet: Quiet = False, strict: Strict = False) -> None:
    """Make what is due now, and end: the whole engine, for cron, systemd, Task Scheduler and the like."""
    root = project_root()
    with _alone(root):
        raise typer.Exit(_make_due(root, quiet=quiet, strict=strict))


@schedule_app.command()
def run(
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks at what is due.")] = 60,
    quiet: Quiet = False,
    strict: Strict = False,
) -> None:
    """Make what is due whenever it is, until asked to end (Ctrl-C, SIGTERM): a service in the foreground."""
    root = project_root()
    wait = threading.Event()
    with _alone(root), terminable():
        print(f"boardpack schedule is at work; {_next_words(root)}", flush=True)
        told = ""
        while True:
            try:
                try:
                    _make_due(root, quiet=quiet, strict=strict)
                except UserError as error:  # settings that are being written, say: it is tried again
                    if str(error) != told:
                        print(error, file=sys.stderr, flush=True)
                    told = str(error)
                wait.wait(every)
            except _UnderWayError:
                raise
            except KeyboardInterrupt:
                print("boardpack schedule ends: nothing was under way")
                return


@schedule_app.command("next")
def show_next(
    count: Annotated[int, typer.Option("--count", min=1, help="How many moments of each.")] = 3,
    as_json: Json = False,
) -> None:
    """Show when what comes next, by the clocks of each schedule, and what became of it last."""
    root = project_root()
    noted, now = History(open_project(root).state).occurrences(), datetime.now(UTC)
    rows = []
    for schedule in _read(root):
        zone = ZoneInfo(schedule.zone)
        moments = [f"{each.astimezone(zone):%Y-%m-%d %H:%M %Z}" for each in coming(schedule, now, count)]
        last = [each for each in noted if each.schedule == schedule.name][-1:]
        ended = [f"{each.due.astimezone(zone):%Y-%m-%d %H:%M} {each.outcome}" for each in last]
        rows.append({"schedule": schedule.name, "next": moments, "last": ended[0] if ended else ""})
    if as_json:
        showing.show_json(rows)
        return
    for message in Outbox(state_folder(root)).waiting(now):
        print(f"waits to be sent: {message.subject}" + (f" ({message.error})" if message.error else ""))
    for row in rows:
        print(f"{row['schedule']}: {', '.join(row['next']) or 'when its data are renewed'}")
        never = "not looked at yet; it begins with the first `boardpack schedule once`"
        print(f"  last: {row['last'] or never}")


@schedule_app.command("export")
def export(
    kind: Annotated[str, typer.Argument(metavar="|".join(EXPORTS), help="For which scheduler.")],
    to: Annotated[Path | None, typer.Option(help="The folder to write to; printed unless given.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=59, help="Minutes between two looks.")] = 15,
) -> None:
    """Write what a scheduler needs that calls `boardpack schedule once`."""
    if kind not in EXPORTS:
        raise UsageError(kind, "no such scheduler", ", ".join(EXPORTS))
    command = Path(sys.executable).with_name("boardpack")
    for name, text in EXPORTS[kind](project_root().resolve(), command, minutes).items():
        if to is None:
            print(f"# {name}\n{text}")
        else:
            to.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(text, "utf-8")
            print(to / name)


def _read(root: Path) -> tuple[Schedule, ...]:
    schedules = read_schedules(root / "params")
    if not schedules:
        cure = "write one: docs/how-to/schedule.md"
        raise UsageError(f"params/{FILE}", "there is no schedule", cure=cure)
    return schedules


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Run the block unless another schedule is at work in the project."""
    with try_hold(open_project(root).home, LOCK) as mine:
        if not mine:
            came = "another boardpack schedule is at work in this project"
            cure = "let it; `boardpack schedule next` shows what comes"
            raise UserError("schedule", came, cure=cure)
        yield


def _make_due(
    root: Path,
    *,
    quiet: bool,
    strict: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Make what is due of every schedule; return the highest exit code."""
    schedules, project = _read(root), open_project(root)
    history = open_history(project)
    making = _Making(root, quiet, strict, clock)
    outbox = Outbox(project.home)
    for schedule in schedules:
        known = project.datasets(version) if (version := project.pin()) else {}
        data = {name: each.fingerprint for name, each in known.items()}
        due = find_due(schedule, history.occurrences(), clock(), data)
        missed = [each.due for each in due.settled if each.outcome is Outcome.MISSED]
        for moment in missed[-1:]:
            outbox.put(*not_made(schedule.name, schedule.tell, moment, "missed", now=clock()))
        done = do_due(due, making.make, history.note, clock=clock)
        making.codes += [each.exit_code for each in done]
        for each in done:
            if not quiet or each.exit_code:
                print(f"{schedule.name}, due {each.due:%Y-%m-%d %H:%M} UTC: {each.outcome}")
    if project.reports.is_dir():  # what was late may be made now, and what waits is late by now
        write_runs(history, project)
    for schedule in schedules:
        ran = [e for e in history.occurrences() if e.schedule == schedule.name and e.outcome is Outcome.RAN]
        for last in ran[-1:] if schedule.tell else []:
            outbox.put(*approved(schedule.name, schedule.tell, last, project, history, now=clock()))
    places = [each.publish_to for each in schedules if each.publish_to]
    making.codes.append(bring_up_to_date(project, places, clock().date()))
    send_waiting(project, clock())
    return max(making.codes, default=0)


@dataclass
class _Making:
    """Makes the reports of a schedule for a moment."""

    _root: Path
    _quiet: bool
    _strict: bool
    _clock: Callable[[], datetime]
    codes: list[int] = field(default_factory=list)

    def make(self, schedule: Schedule, moment: datetime) -> tuple[str, int] | None:
        """Load what is to be loaded and run; None where there is nothing to load yet, or a mistake stops all."""
        month = f"{moment.astimezone(ZoneInfo(schedule.zone)).replace(day=1) - timedelta(days=1):%Y-%m}"
        try:
            self._load([each.replace("{month}", month) for each in schedule.load])
            public, asked = open_and_plan(self._root, schedule.reports, strict=False)
        except UserError as error:
            self.codes.append(int(error.exit_code))
            print(f"{schedule.name}, due {moment:%Y-%m-%d %H:%M} UTC, waits: {error}", file=sys.stderr)
            told = not_made(schedule.name, schedule.tell, moment, "waits", now=self._clock())
            Outbox(state_folder(self._root)).put(*told)
            return None
        order = Order(formats=schedule.formats, hold=schedule.hold)
        orders = [(asked, order)]
        if schedule.missed == "all" and self._clock() - moment > ON_TIME:
            orders = [(asked.for_month(month), replace(order, month=month)), (asked.of_no_latest, order)]
        parts = [
            (project, some, how)
            for plan, how in orders
            if plan or len(orders) == 1
            for project, some in by_audience(public, plan)
        ]
        batch = batches.run_parts(parts, quiet=self._quiet)
        if batch.interrupted:
            raise _UnderWayError
        reports = [(each, [e for e in batch.entries if e.report in some.titles]) for each, some, _ in parts]
        late = overdue_words(self._root, self._clock().date())
        told = digests(schedule.name, schedule.tell, moment, reports, unanswered=late, now=self._clock())
        Outbox(public.home).put(*told)
        if not self._quiet or batch.exit_code:
            pages = ", ".join(each.show(each.reports / "index.html") for each, *_ in parts)
            batches.show_batch(batch, pages, as_json=False)
        return batch.run, batch.exit_code

    def _load(self, paths: Sequence[str]) -> None:
        """Load files; those that are not there yet are an error of their own, one that is refused stops no other."""
        from helpers.data.loading.load import LoadError, load_paths
        from helpers.register.reading import read_register

        wanted = [each if "://" in each else str(self._root / each) for each in paths]
        late = [each for each in wanted if "://" not in each and not _is_there(Path(each))]
        if late:
            problem = Problem(late[0], "is not there yet", cure="it is looked for again")
            raise _LateError(problem)
        if wanted:
            register = read_register(self._root / "params" / "_register", spared=[])
            try:
                results = load_paths(open_mart(self._root), wanted, register)
            except LoadError as error:
                if self._strict or all(each.outcome == "refused" for each in error.results):
                    raise
                results = [*error.results]
                self.codes.append(int(error.exit_code))
            told = [each for each in results if not self._quiet or each.outcome == "refused"]
            showing.show_results(told, as_json=False)


def _is_there(path: Path) -> bool:
    """Tell whether there is a file or folder of that name, which may hold wildcards."""
    anchor = Path(path.anchor)
    return path.exists() or any(anchor.glob(str(path.relative_to(anchor))))


class _UnderWayError(KeyboardInterrupt):
    """An interruption of a batch, whose reports are not all made."""


class _LateError(UserError):
    """Data that have not come yet."""

    exit_code = ExitCode.OK


def _next_words(root: Path) -> str:
    now = datetime.now(UTC)
    ahead = [(moment, each) for each in _read(root) for moment in coming(each, now, 1)]
    if not ahead:
        return "it waits for data"
    moment, schedule = min(ahead, key=lambda pair: pair[0])
    return f"next: {schedule.name} at {moment.astimezone(ZoneInfo(schedule.zone)):%Y-%m-%d %H:%M %Z}"

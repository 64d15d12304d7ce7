"""What people decide: to publish a draft, to take a report back; and what leaves as nothing asks for it any more."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from helpers.errors import ExitCode, GateError, ReportError, UsageError, UserError, raise_all
from helpers.runner.batch.run import new_id
from helpers.runner.batch.signing import check_fresh, current_account, decide_as
from helpers.runner.history.chain import Stage
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.locks import ReportLock
from helpers.runner.history.signing import sign_off_of
from helpers.runner.history.store import PRUNE, History
from helpers.runner.key.due import look_at
from helpers.runner.plan.jobs import Plan
from helpers.runner.portal.page import fill
from helpers.runner.portal.update import list_anew
from helpers.runner.project import Project, private_folder
from helpers.runner.publish.placing import (
    checked_manifest,
    draft_folder,
    expected_outputs,
    open_history,
    place_of,
    put_in_place,
    read_bundles,
)
from helpers.runner.publish.switching import MANIFEST, settle, with_manifest

ReportId = tuple[str, str]


def approve(
    project: Project,
    report: ReportId,
    *,
    note: str = "",
    draft: str = "",
    period: str = "",
    account: str = "",
) -> Entry:
    """Sign the draft of a held report; the last signature publishes the very files that were held.

    Where `_publisher.yml` names no roles that sign it, the first is the last.

    `draft`: the first characters of the hash of one of the draft's files, as `boardpack show` prints it: nothing is
    published where another draft has taken the place of that one. `period`: the folder of its period, for the draft of
    a past month; the newest draft unless given. `account`: who signs; whoever runs this, as the operating system knows
    them, unless given. Returns what is published, or the draft where others are to sign it. Raises `UsageError` if no
    draft waits, or not that one; if it is another role's turn. Raises `GateError` if the draft is not what was held, or
    would be made otherwise now; if what has been published since forbids it.
    """
    with _in_hand(project, report) as history:
        held = _held(history, report, period)
        _check_draft(project, held, draft)
        signing = sign_off_of(project, held, history.decisions())
        stage = Stage.APPROVED if signing.is_last else Stage.REVIEWED
        signed = decide_as(project, signing, account or current_account(), stage, note)
        if signing.roles:
            check_fresh(project, held)
        if not signing.is_last:
            history.decide(signed)
            list_anew(project, history)
            return held
        folder = draft_folder(project.state, held)
        contents = {name: (folder / each.path).read_bytes() for name, each in held.outputs.items()}
        entry = held.anew(new_id(), State.PUBLISHED, note=note, made_in=held.run)
        with _recorded(project, history, entry, kind="approve"):
            manifest = checked_manifest(project, entry, _folder(project, entry))
            project.release(entry.report, read_bundles(folder))
            history.decide(signed)
            entry = put_in_place(project, history, entry, contents, manifest)
            history.record(entry)
    list_anew(project, history)
    return entry


def give_back(
    project: Project, report: ReportId, *, note: str, period: str = "", account: str = ""
) -> Entry:
    """Return a draft with what is to be changed: its signatures end, and the first role is next again.

    Arguments, returns and errors as `approve`; what is to be changed must be said.
    """
    if not note.strip():
        raise UsageError("--note", "nothing is given", "what is to be changed")
    with _in_hand(project, report) as history:
        held = _held(history, report, period)
        signing = sign_off_of(project, held, history.decisions())
        history.decide(decide_as(project, signing, account or current_account(), Stage.RETURNED, note))
    list_anew(project, history)
    return held


def _held(history: History, report: ReportId, period: str) -> Entry:
    held = history.standing(report, month=period).get(report)
    if held is None or held.state is not State.HELD:
        raise UsageError("/".join(report), "no draft of it waits", cure="see `boardpack status`")
    return held


def withdraw(project: Project, report: ReportId, *, why: str, period: str = "") -> Entry:
    """Take a published report back and leave a note in its place.

    `why`: what readers are told in its place: one plain sentence or two. `period`: the folder of its period; its newest
    publication unless given. Raises `UsageError` if it is not published, or no reason is given. Raises `GateError` if
    the reason holds what must not leave.
    """
    if not why.strip():
        raise UsageError("--why", "nothing is given", "what readers are to be told")
    with _in_hand(project, report) as history:
        there = [each for each in history.published() if (each.notebook, each.name) == report]
        chosen = [each for each in there if period in {"", each.period}]
        if not chosen:
            allowed = " or ".join(sorted(each.period for each in there))
            raise UsageError("/".join(report), f"is not published {period}".rstrip(), allowed)
        entry = _take_back(project, history, chosen[-1], why, for_good=False)
    list_anew(project, history)
    return entry


def withdraw_all(project: Project, published: Sequence[Entry], *, why: str) -> None:
    """Take editions back for good, as their reports are made no more; the portal follows once all are gone.

    Raises `UserError` as `withdraw`; those before it are withdrawn then.
    """
    try:
        for each in published:
            with _in_hand(project, (each.notebook, each.name)) as history:
                _take_back(project, history, each, why, for_good=True)
    finally:
        list_anew(project, History(project.state))


def _take_back(project: Project, history: History, published: Entry, why: str, *, for_good: bool) -> Entry:
    entry = published.anew(new_id(), State.WITHDRAWN, note=why.strip(), made_in=published.maker)
    contents = {"html": make_note(entry, mark=project.audience.mark, for_good=for_good).encode()}
    entry = replace(entry, outputs=expected_outputs(contents, place_of(published)))
    path = _folder(project, entry) / "note.html"
    path.write_bytes(contents["html"])
    problems = project.wrong_in(path)
    problems += [problem for check in project.text_checks for problem in check(entry.note, "--why")]
    raise_all(problems, GateError)
    with _recorded(project, history, entry, kind="withdraw"):
        manifest = checked_manifest(project, entry, _folder(project, entry))
        entry = put_in_place(project, history, entry, contents, manifest)
        history.record(entry)
    return entry


@contextlib.contextmanager
def _in_hand(project: Project, report: ReportId) -> Iterator[History]:
    """Yield the history while no run may touch the report."""
    history = open_history(project)
    with ReportLock(project.state, *report).tried() as mine:
        if not mine:
            cure = "wait for it to end"
            raise UserError("/".join(report), "a run has this report in hand", cure=cure)
        history.recover(partial(settle, project.reports), report=report)
        yield history


@contextlib.contextmanager
def _recorded(project: Project, history: History, entry: Entry, *, kind: str) -> Iterator[None]:
    """Record what a person decides as a run of its own, also where it comes to nothing."""
    waiting = replace(entry.without_content, state=State.WAITING)
    history.begin(entry.run, project.pin(), [waiting], kind=kind)
    try:
        yield
    except (
        UserError,
        OSError,
    ) as error:  # nothing has changed: what could not be moved is back in its place
        state = State.BLOCKED if isinstance(error, GateError) else State.FAILED
        told, code = project.redact(str(error)), int(getattr(error, "exit_code", ExitCode.REPORT))
        history.record(replace(waiting, state=state, step=kind, error=told, exit_code=code))
        raise
    finally:
        history.end(entry.run)


def _folder(project: Project, entry: Entry) -> Path:
    return private_folder(project.state / "runs" / entry.run / entry.notebook / entry.name)


def _check_draft(project: Project, held: Entry, draft: str) -> None:
    folder = draft_folder(project.state, held)
    altered = [
        name for name, output in held.outputs.items() if look_at(folder, output, verify=True) is None
    ]
    if altered or not held.outputs:
        came = f"the draft's {', '.join(altered)} is missing or was altered since it was held"
        raise GateError(held.report, came, cure=f"make a new one: boardpack run {held.report} --force")
    if draft and not any(output.sha256.startswith(draft.lower()) for output in held.outputs.values()):
        now_there = ", ".join(output.sha256[:12] for output in held.outputs.values())
        raise UsageError("--draft", f"{draft} is not the draft that waits", now_there)


def make_note(entry: Entry, *, mark: str = "", for_good: bool = False) -> str:
    """Return the page that stands in the place of a withdrawn report.

    `entry`: the withdrawal: what the report was about, when it was withdrawn and why. `mark`: what the page bears: that
    it is not for publication, say. `for_good`: whether none is to come in its place.
    """
    facts = entry.facts
    assert facts is not None, "what was published knows what it is about"
    day = datetime.fromisoformat(entry.started).astimezone(UTC)
    reasons = [line for line in entry.note.splitlines() if line.strip()]
    return fill("withdrawn.html", facts=facts, day=day, reasons=reasons, mark=mark, for_good=for_good)


def find_retired(project: Project, asked: Plan) -> list[Entry]:
    """Return what is published of reports that nothing asks for any more, oldest first.

    A parameter file with a mistake still asks; one without its notebook does not.

    `asked`: all reports of the project, of every audience.
    """
    wanted = {job.title for job in asked.jobs if job.audience == project.audience.name}
    wanted |= {
        each.title for each in asked.refused if (project.notebooks / f"{each.notebook}.ipynb").exists()
    }
    return [each for each in History(project.state).published() if each.report not in wanted]


def beyond(published: Iterable[Entry], editions: int | None) -> list[Entry]:
    """Return what is published of each report besides its newest editions, oldest first.

    >>> made = [Entry("r", "stay", "RGT", State.PUBLISHED)]
    >>> beyond(made, 1), beyond(made, None)  # none: all stay
    ([], [])
    """
    by_report: dict[str, list[Entry]] = {}
    for each in published:
        by_report.setdefault(each.report, []).append(each)
    old: list[Entry] = []
    for found in by_report.values():
        in_order = sorted(found, key=lambda entry: entry.period)
        old += in_order[:-editions] if editions else []
    return sorted(old, key=lambda each: (each.period, each.report))


def remove_editions(project: Project, old: Sequence[Entry]) -> list[Path]:
    """Take published editions away: first out of the history and the portal, then off the disk.

    What a sudden end leaves on the disk nothing links to, and the next call removes. Manifests that tell of
    patients' records go to the private state: the record of what was told can be made anew from them.

    Returns what is gone.
    """
    history = open_history(project)
    for period in dict.fromkeys(each.period for each in old):
        run, of_it = new_id(), [each for each in old if each.period == period]
        gone = [each.anew(run, State.REMOVED, made_in=each.maker) for each in of_it]
        history.begin(run, project.pin(), gone, kind=PRUNE)
        history.end(run)
    if old:
        list_anew(project, history)
    left = [each for each in history.places() if each.state is State.REMOVED]
    return [path for each in left for path in _take_away(project, history, each)]


def _take_away(project: Project, history: History, entry: Entry) -> list[Path]:
    with ReportLock(project.state, entry.notebook, entry.name).tried() as mine:
        of_place = (e for e in history.of(entry.notebook, entry.name) if e.period == entry.period)
        if not mine or next(each.run for each in of_place if not each.same_as) != entry.run:
            return []  # a run has it in hand, or has made it anew: the next time
        files = [project.reports / each.path for each in with_manifest(entry.outputs).values()]
        there = [path for path in files if path.exists()]
        try:
            for path in there:
                if path.name.endswith(MANIFEST):
                    project.keep_manifest(path)
                path.unlink()
        except OSError as error:
            cure = "mend that, then run it again"
            raise ReportError(entry.report, f"cannot be removed ({error})", cure=cure) from error
        for folder in (each for path in files[:1] for each in list(path.parents)[:2]):
            with contextlib.suppress(OSError):  # others are in it
                folder.rmdir()
        return there

"""The life of one report, from its parameters to its place among the published."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from helpers import __version__
from helpers.audience import AUDIENCE_VARIABLE
from helpers.errors import INTERRUPTED, ExitCode, GateError, ReportError, UserError
from helpers.places import KNOWN_VARIABLE, REPORT_VARIABLE, ROOT_VARIABLE, STATE_VARIABLE, VERSION_VARIABLE
from helpers.runner.batch.cluster import Cluster
from helpers.runner.batch.signing import mark_copies
from helpers.runner.batch.steps import BUG_LOG, Steps, make_private, parts_of, redact_logs, write_profile
from helpers.runner.engines import Quarto
from helpers.runner.history.entries import Entry, State, now
from helpers.runner.history.locks import ReportLock
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import (
    MIRROR,
    Executed,
    ForkServer,
    Ground,
    InterruptionError,
    KernelLimits,
    MemoryLimitError,
    TimeLimitError,
    execute,
)
from helpers.runner.key.due import RunDecision, Wish, decide
from helpers.runner.key.surroundings import Observed, Surroundings, look_through
from helpers.runner.plan.jobs import Job
from helpers.runner.project import Project, private_folder
from helpers.runner.publish.placing import checked_manifest, expected_outputs, keep_draft, put_in_place
from helpers.runner.publish.switching import settle

if TYPE_CHECKING:
    from helpers.runner.document.making import Document, Provenance

_STATES = {
    TimeLimitError: State.TIMED_OUT,
    MemoryLimitError: State.OUT_OF_MEMORY,
    InterruptionError: State.INTERRUPTED,
    GateError: State.BLOCKED,
}


@dataclass(frozen=True)
class Setting:
    """What all reports of a batch share."""

    #: project, surroundings: the project, and what its reports depend on, pinned
    project: Project
    surroundings: Surroundings
    history: History
    run: str
    limits: KernelLimits
    stop: threading.Event
    engine: Quarto | None = None  # Quarto, or None for the embedded engine
    wish: Wish = field(default_factory=Wish)
    cluster: Cluster | None = None  # what executes the notebooks, where it is not this machine

    def folder(self, job: Job) -> Path:
        """Return the private folder of a report in this run."""
        return self.project.state / "runs" / self.run / job.notebook.name / job.name

    @property
    def environment(self) -> dict[str, str]:
        """What a kernel is told: where the project is and which version of the data to read."""
        told = {ROOT_VARIABLE: str(self.project.root), STATE_VARIABLE: str(self.project.home)}
        if self.surroundings.version:
            told[VERSION_VARIABLE] = self.surroundings.version
        if self.wish.known:
            told[KNOWN_VARIABLE] = self.wish.known
        if not self.project.audience.is_public:
            told[AUDIENCE_VARIABLE] = self.project.audience.model_dump_json()
        return told


def as_before(setting: Setting, decision: RunDecision, standing: Entry) -> Entry:
    """Return what the history says of a report of which nothing was done: what stands stays."""
    state = State.UNCHANGED if standing.state is State.PUBLISHED else standing.state
    told = ("a run that began later has made this report",) if decision.reason else ()
    return standing.anew(setting.run, state, same_as=standing.run, warnings=told)


def blank_entry(setting: Setting, decision: RunDecision) -> Entry:
    """Return what the history says of a report before it has begun."""
    job = decision.job
    return Entry(setting.run, job.notebook.name, job.name, State.WAITING, now(), parameters=job.settings)


class Life:
    """One report on its way; whatever happens to it ends in an entry.

    Its steps may run in different threads, one after the other; no step follows once it has ended.
    """

    def __init__(self, setting: Setting, decision: RunDecision) -> None:
        self.decision = decision
        self.ended: Entry | None = None
        self._setting, self._steps = setting, Steps(setting.stop, setting.folder(decision.job))
        self._blank = blank_entry(setting, decision)
        self._lock = ReportLock(setting.project.state, decision.job.notebook.name, decision.job.name)
        self._executed: Executed | None = None
        self._observed = Observed()
        self._document: Document | None = None
        self._kept = ""  # the hash of what is kept of it
        self._files: Mapping[str, Path] = {}

    @property
    def document(self) -> Document:
        """What is to be rendered; there once the report is prepared."""
        assert self._document is not None, "prepared first"
        return self._document

    @property
    def folder(self) -> Path:
        """The report's own private folder in this run."""
        return self._setting.folder(self.decision.job)

    def can_begin(self) -> bool:
        """Take the report in hand, unless another run has it."""
        return self._lock.is_held or self._lock.try_once()

    def prepare(self, server: ForkServer | None = None, turns: threading.Semaphore | None = None) -> None:
        """Run the notebook in a kernel from the server when its turn comes, make its document and check it."""
        # late: this brings nbformat along, which the command line does not need to start
        from helpers.runner.batch.packing import with_editions
        from helpers.runner.document.making import make_document
        from helpers.runner.document.packing import keep
        from helpers.runner.gate import check_document

        setting, job = self._setting, self.decision.job
        with self._guarded():
            self._blank = replace(self._blank, started=now())
            if not self._is_first():
                return
            private_folder(self.folder)  # before the step, which is written to its log
            with self._steps.step("execute"):
                named = {REPORT_VARIABLE: job.title}
                self._executed = execute_job(setting, job, self.folder, server, named, turns)
                self._steps.parts |= parts_of(self._executed)
                self._steps.waited = self._executed.waited
            with self._steps.step("document"):
                self._observed = look_through(
                    self._executed.notes, setting.project, setting.surroundings, self.folder / MIRROR
                )
                provenance = provenance_of(setting, job, self._observed)
                document = make_document(self._executed.notebook, provenance=provenance)
                self._document, asked = with_editions(setting.project, setting.history, document)
                self._observed = replace(self._observed, answers={**self._observed.answers, **asked})
                self._kept = keep(self._document, self.folder)
            with self._steps.step("gate"):
                path = self._executed.path
                check_document(self._document, job, setting.project, notebook=path)
            if setting.engine is not None:  # many wait for one call: none may keep another batch waiting
                self._lock.release()

    def complete(self) -> None:
        """Render the document with the embedded engine, and publish."""
        from helpers.runner.render import render

        with self._guarded(), self._steps.step("render"):
            scratch = private_folder(self.folder / "rendered")
            theme = self._setting.project.theme
            part = self._steps.part
            self._files = render(
                self.document, self.decision.formats, theme=theme, folder=scratch, timed=part
            )
        self.publish()

    def take(self, rendered: Mapping[str, Path] | ReportError, seconds: float) -> None:
        """Take what a call for many documents made of this one in its share of seconds.

        Publishing is a step of its own: another run may have the report in hand by now, and the others of
        the call are not to wait for it.
        """
        with self._guarded(), self._steps.step("render"):
            if isinstance(rendered, ReportError):
                raise rendered
            self._files = rendered
        self._steps.timings["render"] = round(seconds, 3)

    def _is_first(self) -> bool:
        """Take the report in hand; end it where another run has meanwhile done what is to be done."""
        setting, job = self._setting, self.decision.job
        if not self._lock.is_held and not self._lock.acquire(setting.stop):
            raise InterruptionError("start", "was not begun: the batch was interrupted")
        setting.history.recover(partial(settle, setting.project.reports), report=self._id)
        now_standing = setting.history.standing(self._id, month=setting.wish.month)
        entry, previous = now_standing.get(self._id), self.decision.previous
        if entry is None or (previous is not None and entry.run == previous.run):
            return True
        (again,) = decide(
            setting.project, [job], setting.surroundings, standing=now_standing, wish=setting.wish
        )
        if again.reason and not setting.history.began_later(entry.run, setting.run):
            self.decision = replace(again, formats=self.decision.formats)
            return True
        self.ended = self._finish(as_before(setting, again, entry))
        return False

    @property
    def _id(self) -> tuple[str, str]:
        return self.decision.job.notebook.name, self.decision.job.name

    def publish(self) -> None:
        """Check what was rendered and publish it, unless the report has ended."""
        from helpers.runner.gate import check_files

        if self.ended is not None:
            return
        setting, job = self._setting, self.decision.job
        with self._guarded():
            with self._steps.step("inspect"):
                self._files = {**self._files, **lay_out(self.document.files, self.folder / "delivered")}
                check_files(self._files, self.document, setting.project.text_checks)
                setting.project.refuse(job.title, setting.project.wrong_in(*self._files.values()))
            if not self._is_first():  # only now is it sure whether it will be held
                return
            contents = {name: path.read_bytes() for name, path in self._files.items()}
            entry = self._passed(contents)
            if entry.state is State.HELD:
                with self._steps.step("hold"):
                    setting.project.reserve(job.title)
                    entry = keep_draft(setting.project.state, entry, contents, self.document.bundles)
                    mark_copies(setting.project, entry, self.document, self.folder / "marking")
            else:
                with self._steps.step("publish"):
                    manifest = checked_manifest(setting.project, entry, self.folder)
                    # entered before it is there: better a release on record that failed than one unrecorded
                    with self._steps.part("ledger"):
                        setting.project.release(job.title, self.document.bundles)
                    entry = put_in_place(setting.project, setting.history, entry, contents, manifest)
            self.ended = self._finish(entry)

    def _passed(self, contents: Mapping[str, bytes]) -> Entry:
        assert self._executed is not None, "prepared first"
        facts, setting, unknown = self.document.facts, self._setting, self._observed.of_unknown_origin
        passed = replace(
            self._blank,
            state=State.HELD if self.decision.hold or unknown else State.PUBLISHED,
            facts=facts,
            peak=round(self._executed.peak, 1),
            reads=tuple({each for bundle in self.document.bundles for each in bundle.reads}),
            key={**self.decision.key, "document": self._kept},
            outputs=expected_outputs(contents, PurePosixPath(facts.period_folder, *self._id)),
            warnings=(*self._executed.warnings, *self.document.warnings, *unknown),
        )
        return self._observed.enter(passed, setting.surroundings)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """End the report with whatever goes wrong in the block."""
        try:
            yield
        except UserError as error:
            self.ended = self._finish(self._refused(error))
        except BaseException as error:  # also what a renderer's own language panics with
            entry = replace(self._blank, step=self._steps.now)
            self.ended = self._finish(_note_bug(self.folder, entry, error))

    def _refused(self, error: UserError) -> Entry:
        stopped = self._setting.stop.is_set()
        state = State.INTERRUPTED if stopped else _STATES.get(type(error), State.FAILED)
        code = INTERRUPTED if state is State.INTERRUPTED else int(error.exit_code)
        return replace(self._blank, state=state, exit_code=code, step=self._steps.now, error=str(error))

    def _finish(self, entry: Entry) -> Entry:
        timings = dict(self._steps.timings)
        redact = self._setting.project.redact
        # a batch of hundreds keeps its lives to the end, and each of these is some 10 MB
        self._executed, self._document, self._files = None, None, {}
        self._lock.release()
        self._steps.note(str(entry.state))
        write_profile(self.folder, {**timings, **self._steps.parts})
        redact_logs(self.folder, redact)
        make_private(self.folder)
        error, warnings = redact(entry.error), tuple(map(redact, entry.warnings))
        entry = replace(entry, error=error, warnings=warnings)
        return replace(entry, seconds=round(sum(timings.values()), 3), timings=timings)


def render_together(setting: Setting, lives: Sequence[Life], number: int) -> None:
    """Render many reports with one call of Quarto for each set of formats."""
    from helpers.runner.render.quarto import render_batch

    assert setting.engine is not None, "else each is rendered by itself"
    theme = setting.project.theme
    by_formats: dict[tuple[str, ...], dict[str, Life]] = {}
    for place, life in enumerate(lives):
        group = by_formats.setdefault(tuple(sorted(life.decision.formats)), {})
        group[f"{place:04d}-{life.decision.job.name}"] = life
    for formats, group in by_formats.items():
        folder = setting.project.state / "runs" / setting.run / f"quarto-{number}-{'-'.join(formats)}"
        began = time.perf_counter()
        documents = {stem: life.document for stem, life in group.items()}
        rendered: Mapping[str, Mapping[str, Path] | ReportError]
        try:
            rendered = render_batch(
                documents,
                formats,
                theme=theme,
                folder=private_folder(folder),
                quarto=setting.engine,
                stop=setting.stop,
            )
        except ReportError as error:  # what fails for all of them
            rendered = dict.fromkeys(group, error)
        share = (time.perf_counter() - began) / len(group)
        for stem, life in group.items():
            life.take(rendered[stem], share)


def lay_out(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Write files into a private folder, and return where they lie."""
    for name, content in files.items():
        (private_folder(folder) / name).write_bytes(content)
    return {name: folder / name for name in files}


def execute_job(
    setting: Setting,
    job: Job,
    folder: Path,
    server: ForkServer | None,
    named: Mapping[str, str],
    turns: threading.Semaphore | None = None,
) -> Executed:
    """Run a report's notebook; it is `named` where what it is told of records is to be entered."""
    project = setting.project
    for cache in (*project.caches, *(project.room.caches if project.room else ())):
        private_folder(cache)  # what is not there stays closed
    environment = {**setting.environment, **named}
    hidden = (project.state / "runs", *project.closed)
    ground = Ground(project.root, project.home, project.caches, hidden, project.room)
    told: Any = {
        "environment": environment,
        "limits": setting.limits,
        "stop": setting.stop,
        "ground": ground,
    }
    if setting.cluster is not None:
        return setting.cluster.execute(job, folder, **told)
    return execute(job, folder, server=server, turns=turns, **told)


def provenance_of(setting: Setting, job: Job, observed: Observed) -> Provenance:
    """Return how a report was made, for its last section."""
    from helpers.runner.document.making import Provenance, made_up_words

    return Provenance(
        run_id=setting.run,
        notebook=job.notebook.path.name,
        code_version=f"boardpack {__version__} ({setting.surroundings.code[:12]})",
        parameters=job.settings,
        suppression=setting.project.suppression,
        mark=setting.project.audience.mark,
        name=job.name,
        made_up=made_up_words(setting.wish.month, setting.wish.known, datetime.now(UTC).date()),
        files=observed.whence,
        code=observed.code,
    )


def _note_bug(folder: Path, entry: Entry, error: BaseException) -> Entry:
    """Turn what nobody foresaw into an entry; its traceback is kept beside the executed notebook."""
    if isinstance(error, OSError):  # a full disk, a missing right: the user's to mend, not a bug
        failed = ReportError(f"{entry.report}, {entry.step}", str(error), cure="run it again")
        return replace(entry, state=State.FAILED, exit_code=failed.exit_code, error=str(failed))
    text = "".join(traceback.format_exception(error))
    with contextlib.suppress(OSError):
        (private_folder(folder) / BUG_LOG).write_text(text, "utf-8")
    return replace(entry, state=State.FAILED, exit_code=ExitCode.BUG, error=text)

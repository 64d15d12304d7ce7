"""What the runner is handed by the command line: everything it needs and must not know by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from helpers.audience import PUBLIC, Audience
from helpers.bundle import Bundle
from helpers.errors import GateError, Problem
from helpers.places import state_folder
from helpers.runner.publisher import Publisher
from helpers.runner.walls import RoomProcess
from helpers.theme import Theme, read_theme


@dataclass(frozen=True)
class DataSet:
    """A data set as it is in one version of the data."""

    fingerprint: str  # hash of its content
    name: str = ""
    as_at: str = ""  # the date (ISO) up to which it speaks
    load: str = ""  # the newest load that its rows came with
    #: the measures that it holds; None where that is not known or it has none
    measures: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Whence:
    """Where a file of the project's own comes from."""

    source: str
    #: patient records, somebody's published statistics, or nothing about patients
    origin: Literal["records", "published", "other"]
    as_at: str  # the date (ISO) up to which it speaks


#: organisation codes and their names
Organisations = Mapping[str, str]
#: kinds of groups ("region"), their names, and the codes of the trusts in each
Groups = Mapping[str, Mapping[str, tuple[str, ...]]]
BundleCheck = Callable[[tuple[Bundle, ...]], list[Problem]]
#: text or markup that would leave, and how messages call the file
TextCheck = Callable[[str, str], list[Problem]]

#: an executed notebook, or a file that would leave
FileCheck = Callable[[Path], list[Problem]]
#: a report and its problems; returns those that stand
Allowance = Callable[[str, list[Problem]], list[Problem]]
#: called just before a report's files are put in place; raises GateError where they must not be
Release = Callable[[str, tuple[Bundle, ...]], None]


def _no_selectors(_selector: str) -> tuple[str, ...]:
    raise KeyError


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True)
class Project:
    """A folder of notebooks and parameter files, and what the rest of the package knows about it."""

    root: Path  # the project's folder, with `notebooks/`, `params/` and `reports/`
    #: the organisations that parameter files may name; empty where none are known yet
    organisations: Callable[[], Organisations] = dict
    #: returns the first and the last month (YYYY-MM) of which the data say anything; None where nothing is
    #: loaded
    months: Callable[[], tuple[str, str] | None] = _nothing
    pin: Callable[[], str] = str  # returns the version of the data that a whole batch reads
    #: returns, for a version, what each data set is in it, keyed ``<table>/<source>``
    datasets: Callable[[str], Mapping[str, DataSet]] = lambda _: {}
    #: returns the values that a selector of `_matrix.yml` stands for; KeyError if it knows none
    expand: Callable[[str], tuple[str, ...]] = _no_selectors
    selectors: tuple[str, ...] = ()  # the selectors that `expand` knows, for messages
    #: returns the groups by which a selector may be narrowed: regions, boards, peers, types
    groups: Callable[[], Groups] = dict
    #: gate checks over everything that a notebook handed over, before rendering
    bundle_checks: tuple[BundleCheck, ...] = ()
    text_checks: tuple[TextCheck, ...] = ()  # gate checks over the text of what would leave
    #: gate checks over the executed notebook, before rendering, and over each file that would leave
    file_checks: tuple[FileCheck, ...] = ()
    #: returns the problems of a report that stand; the others are known false alarms
    allow: Allowance = lambda _, problems: problems
    #: called with the report and its bundles just before its files are put in place
    release: Release = _nothing
    #: called with a report that is held: what it shows binds others from then on
    reserve: Callable[[str], None] = _nothing
    #: returns what a report tells, or ever told, of records of patients, for its manifest
    told: Callable[[str], list[dict[str, Any]]] = lambda _: []
    #: called with the manifest of an edition that is about to be removed: what it tells stays on record
    keep_manifest: Callable[[Path], None] = _nothing
    #: returns what is late against the schedule at a moment, in words for readers
    late: Callable[[datetime], Sequence[str]] = lambda _: ()
    #: takes out of messages, logs and tracebacks what must not be repeated
    redact: Callable[[str], str] = str
    #: modules that its notebooks need, for the process from which their kernels are forked
    preload: tuple[str, ...] = ()
    #: modules that the gate's checks need, imported while kernels are made ready
    libraries: tuple[str, ...] = ()
    #: folders in which kernels keep what they have worked out; all others of the project are closed to them
    caches: tuple[Path, ...] = ()
    #: what is run beside each kernel, and alone may read some of the state; None where there is nothing to hide
    room: RoomProcess | None = None
    watched: tuple[Path, ...] = ()  # files and folders, besides the package, on which every report depends
    #: returns the digest of what the register answers to a question of a report
    answer: Callable[[str], str] = str
    #: returns what is wrong with what people wrote about an organisation, whose reports are then refused; raises
    #: `UsageError` where the register is wrong as a whole
    wrong_words: Callable[[], Sequence[tuple[str, Problem]]] = tuple
    #: files and folders of the project that are no report's own: what is watched or answers, for one
    apart: tuple[Path, ...] = ()
    #: returns where an own file comes from, by its name; None where nothing says it
    whence: Callable[[str], Whence | None] = _nothing
    #: who publishes the reports and answers for them
    publisher: Publisher = field(default_factory=Publisher)
    suppression: str = ""  # one sentence for each report on how small numbers are protected
    #: for whom its reports are made; those for others are another project's, with the same notebooks and data
    audience: Audience = PUBLIC
    closed: tuple[Path, ...] = ()  # folders of what is told to other audiences, which kernels may not read

    @property
    def state(self) -> Path:
        """The private folder of its audience: history, executed notebooks and logs."""
        return self.audience.home(self.home)

    @property
    def home(self) -> Path:
        """The whole private folder, with the data."""
        return state_folder(self.root)

    @property
    def notebooks(self) -> Path:
        """Where the report notebooks lie."""
        return self.root / "notebooks"

    @property
    def params(self) -> Path:
        """Where the parameter files lie, a folder for each notebook."""
        return self.root / "params"

    @property
    def theme(self) -> Theme:
        """The page settings that both renderers follow, and whose reports these are, as their files say now."""
        return read_theme(self.root / "_quarto.yml", self.params / "_theme.yml")

    @property
    def reports(self) -> Path:
        """Where finished reports are published."""
        return self.audience.reports(self.root)

    def wrong_in(self, *files: Path) -> list[Problem]:
        """Return what the checks find in files of any kind that must not leave."""
        return [problem for path in files for check in self.file_checks for problem in check(path)]

    def refuse(self, report: str, problems: list[Problem]) -> None:
        """Raise `GateError` with what stands of a report's problems: the others are known false alarms."""
        if problems and (standing := self.allow(report, problems)):
            raise GateError(standing)

    def show(self, path: Path) -> str:
        """Return a path as messages call it: from the project's folder where it lies in it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, which only its owner may read."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    return path

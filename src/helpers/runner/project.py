"""What the runner is handed by the command line: everything it needs and must not know by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Literal

from helpers.audience import PUBLIC, Audience
from helpers.bundle import Bundle, ReportFacts
from helpers.errors import Problem
from helpers.places import state_folder
from helpers.runner.publisher import Publisher
from helpers.runner.walls import RoomProcess


@dataclass(frozen=True)
class DataSet:
    """A data set as it is in one version of the data.

    Parameters
    ----------
    fingerprint
        Hash of its content.
    as_at
        The date (ISO) up to which it speaks.
    load
        The newest load that its rows came with.
    measures
        The measures that it holds; None where that is not known or it has none.
    """

    fingerprint: str
    name: str = ""
    as_at: str = ""
    load: str = ""
    measures: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Whence:
    """Where a file of the project's own comes from.

    Parameters
    ----------
    origin
        Patient records, somebody's published statistics, or nothing about patients.
    as_at
        The date (ISO) up to which it speaks.
    """

    source: str
    origin: Literal["records", "published", "other"]
    as_at: str


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


def _no_organisations() -> Organisations:
    return {}


def _no_datasets(_version: str) -> Mapping[str, DataSet]:
    return MappingProxyType({})


def _unpinned() -> str:
    return ""


def _any_month() -> tuple[str, str] | None:
    return None


def _no_selectors(_selector: str) -> tuple[str, ...]:
    raise KeyError


def _no_groups() -> Groups:
    return {}


def _all_stand(_report: str, problems: list[Problem]) -> list[Problem]:
    return problems


def _release(_report: str, _bundles: tuple[Bundle, ...]) -> None:
    return


def _reserve(_report: str) -> None:
    return


def _nothing_told(_report: str) -> list[dict[str, Any]]:
    return []


def _unknown(_name: str) -> Whence | None:
    return None


def _as_it_is(text: str) -> str:
    return text


def by_period(facts: ReportFacts, notebook: str, name: str) -> PurePosixPath:
    """Return where a report belongs below `reports/`: its period, its notebook, its name."""
    return PurePosixPath(facts.period_folder, notebook, name)


@dataclass(frozen=True)
class Project:
    """A folder of notebooks and parameter files, and what the rest of the package knows about it.

    Parameters
    ----------
    root
        The project's folder, with `notebooks/`, `params/` and `reports/`.
    organisations
        The organisations that parameter files may name; empty where none are known yet.
    months
        Returns the first and the last month (YYYY-MM) of which the data say anything; None where nothing is loaded.
    pin
        Returns the version of the data that a whole batch reads.
    datasets
        Returns, for a version, what each data set is in it, keyed ``<table>/<source>``.
    expand
        Returns the values that a selector of `_matrix.yml` stands for; KeyError if it knows none.
    selectors
        The selectors that `expand` knows, for messages.
    groups
        Returns the groups by which a selector may be narrowed: regions, boards, peers, types.
    bundle_checks
        Gate checks over everything that a notebook handed over, before rendering.
    text_checks
        Gate checks over the text of what would leave.
    file_checks
        Gate checks over the executed notebook, before rendering, and over each file that would leave.
    allow
        Returns the problems of a report that stand; the others are known false alarms.
    release
        Called with the report and its bundles just before its files are put in place.
    reserve
        Called with a report that is held: what it shows binds others from then on.
    told
        Returns what a report tells, or ever told, of records of patients, for its manifest.
    redact
        Takes out of messages, logs and tracebacks what must not be repeated.
    place
        Where a report belongs below `reports/`, without the ending.
    preload
        Modules that its notebooks need, for the process from which their kernels are forked.
    caches
        Folders in which kernels keep what they have worked out; all others of the project are closed to them.
    room
        What is run beside each kernel, and alone may read some of the state; None where there is nothing to hide.
    watched
        Files and folders, besides the package, on which every report depends.
    answer
        Returns the digest of what the register answers to a question of a report.
    apart
        Files and folders of the project that are no report's own: what is watched or answers, for one.
    whence
        Returns where an own file comes from, by its name; None where nothing says it.
    publisher
        Who publishes the reports and answers for them.
    suppression
        One sentence for each report on how small numbers are protected.
    audience
        For whom its reports are made; those for others are another project's, with the same notebooks and data.
    closed
        Folders of what is told to other audiences, which kernels may not read.
    """

    root: Path
    organisations: Callable[[], Organisations] = _no_organisations
    months: Callable[[], tuple[str, str] | None] = _any_month
    pin: Callable[[], str] = _unpinned
    datasets: Callable[[str], Mapping[str, DataSet]] = _no_datasets
    expand: Callable[[str], tuple[str, ...]] = _no_selectors
    selectors: tuple[str, ...] = ()
    groups: Callable[[], Groups] = _no_groups
    bundle_checks: tuple[BundleCheck, ...] = ()
    text_checks: tuple[TextCheck, ...] = ()
    file_checks: tuple[FileCheck, ...] = ()
    allow: Allowance = _all_stand
    release: Release = _release
    reserve: Callable[[str], None] = _reserve
    told: Callable[[str], list[dict[str, Any]]] = _nothing_told
    redact: Callable[[str], str] = _as_it_is
    place: Callable[[ReportFacts, str, str], PurePosixPath] = by_period
    preload: tuple[str, ...] = ()
    caches: tuple[Path, ...] = ()
    room: RoomProcess | None = None
    watched: tuple[Path, ...] = ()
    answer: Callable[[str], str] = _as_it_is
    apart: tuple[Path, ...] = ()
    whence: Callable[[str], Whence | None] = _unknown
    publisher: Publisher = field(default_factory=Publisher)
    suppression: str = ""
    audience: Audience = PUBLIC
    closed: tuple[Path, ...] = ()

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
    def quarto_yml(self) -> Path:
        """The page settings that both renderers follow."""
        return self.root / "_quarto.yml"

    @property
    def theme_yml(self) -> Path:
        """Whose reports these are: name, logo and colours."""
        return self.params / "_theme.yml"

    @property
    def reports(self) -> Path:
        """Where finished reports are published."""
        return self.audience.reports(self.root)

    def show(self, path: Path) -> str:
        """Return a path as messages call it: from the project's folder where it lies in it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, which only its owner may read."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    return path

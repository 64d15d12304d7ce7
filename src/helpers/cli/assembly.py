"""Puts the rooms together: the project that the runner is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from helpers.audience import FOLDER as AUDIENCES
from helpers.audience import PUBLIC_NAME, Audience, mentions_of
from helpers.bundle import Bundle
from helpers.cli.questions import SELECTORS, datasets_of, expand, groups_of, months_of, organisations_of
from helpers.errors import GateError, Problem, UsageError, near_misses, raise_all
from helpers.phrases import own_phrases
from helpers.places import state_folder
from helpers.register.questions import answer
from helpers.runner.document.prose import check_prose
from helpers.runner.document.stored import find_shadows
from helpers.runner.plan.jobs import Plan, Refused, find_plan
from helpers.runner.project import Project, Whence
from helpers.runner.publisher import Publisher, read_publisher
from helpers.runner.schedule import FILE as SCHEDULE
from helpers.runner.walls import RoomProcess
from helpers.theme import Theme, read_theme

if TYPE_CHECKING:
    from helpers.data.audit.alarms import Allowed
    from helpers.data.mart import Mart
    from helpers.data.policy import DisclosurePolicy

Found = TypeVar("Found")

#: rooms whose modules every notebook needs; what it imports itself is imported before it is forked too
_ROOMS = ("report", "data/room")
#: what the rooms import only where they need it, and every report does
LATE = (
    "duckdb",
    "font_source_sans_pro",
    "helpers.theme.charts",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
)
#: what the gate's checks import: a batch of which nothing is due needs none of it
CHECKS = (
    "helpers.data.audit.bundles",
    "helpers.data.audit.files",
    "helpers.data.disclosure",
    "pikepdf",
    "pypdfium2",
)


def open_mart(root: Path) -> Mart:
    """Return the mart of a project."""
    from helpers.data.keeping.state import open_state
    from helpers.data.mart import Mart

    open_state(state_folder(root))
    return Mart(state_folder(root) / "mart")


def open_project(
    root: Path,
    problems: list[Problem] | None = None,
    *,
    audience: str = PUBLIC_NAME,
    version: str | None = None,
) -> Project:
    """Return the project at a folder, with all that the runner may ask of the other rooms.

    Raises `UsageError` with the same, where `problems` is None; for an audience that is not named.

    `problems`: gets what is wrong with its settings, so that it can be told with what is wrong elsewhere. `audience`:
    for whom its reports are made, and what was made is looked at. `version`: the version of the data that its reports
    read; the current one unless given.
    """
    from helpers.data.audit.alarms import redact

    allowed, theme, publisher = _settings(root, problems)
    readers = _named_audience(publisher, audience)
    watched = tuple(p for p in (root / "_quarto.yml",) if p.exists()) + theme.files
    project = Project(
        root,
        allow=allowed.standing,
        late=partial(_late, root) if readers.is_public else lambda _: (),
        redact=redact,
        preload=(*(name for room in _ROOMS for name in _modules_below(room)), *LATE),
        publisher=publisher,
        audience=readers,
        closed=_closed(root, publisher, readers),
        watched=watched,
        apart=(
            *watched,
            root / "params" / "_register",
            state_folder(root),
            *(each.reports(root) for each in publisher.audiences.values()),
            root / "params" / "_theme.yml",
        ),
    )
    return _gated(_informed(project, version))


def _informed(project: Project, version: str | None) -> Project:
    """Return a project with what the data and the register know."""
    from helpers.data.keeping.state import open_state
    from helpers.data.ledger.releases import FOLDER
    from helpers.data.mart import Mart
    from helpers.data.mart.files import DERIVED, ROOM, SPILL
    from helpers.data.room.door import MODULE, ROOM_VARIABLE
    from helpers.register.reading import Spared, read_register

    open_state(project.home)
    folder = project.home / "mart"
    mart = Mart(folder, version)
    spared: list[Spared] = []
    register = cache(lambda: read_register(project.params / "_register", spared=spared))

    def whence(name: str) -> Whence | None:
        found = register().file(name)
        return Whence(found.source, found.origin, found.as_at.isoformat()) if found else None

    def wrong_words() -> Sequence[Spared]:
        return spared if register() else ()

    caches = (folder / DERIVED, folder / SPILL)
    closed = (*caches, folder / ROOM, project.state / FOLDER)
    return replace(
        project,
        organisations=partial(organisations_of, mart),
        months=cache(partial(months_of, mart)),
        pin=lambda: mart.version,
        datasets=lambda which: datasets_of(mart.at(which)),
        expand=partial(expand, mart),
        selectors=tuple(SELECTORS),
        groups=cache(partial(groups_of, mart)),
        caches=caches,
        room=RoomProcess(MODULE, ROOM_VARIABLE, sealed=mart.sealed, caches=closed),
        answer=lambda question: answer(register(), question),
        wrong_words=wrong_words,
        whence=whence,
    )


def _gated(project: Project) -> Project:
    """Return a project with what keeps in what must not leave."""
    from helpers.data.keeping.last_published import FOLDER as LAST
    from helpers.data.keeping.last_published import keep_published
    from helpers.data.ledger.manifests import manifest_entry
    from helpers.data.ledger.releases import Releases
    from helpers.data.mart import Mart
    from helpers.data.mart.manifest import make_private
    from helpers.data.policy import policy_of

    readers = project.audience
    policy, releases = policy_of(readers), Releases.of(project.home, project.root, readers)
    mart = Mart(project.home / "mart")
    make_private(project.state / LAST)  # what is not there when a wall is built stays closed to reports

    def release(report: str, bundles: tuple[Bundle, ...]) -> None:
        if problems := [*releases.unentered(report, bundles), *releases.shown_uncertified(report, mart)]:
            raise GateError(problems)
        releases.release(report)
        keep_published(project.state, bundles)

    others = (each for each in project.publisher.audiences.values() if not each.is_public)
    return replace(
        project,
        bundle_checks=(partial(_bundle_problems, policy),),
        text_checks=(mentions_of(tuple(each for each in others if each != readers)),),
        file_checks=(_file_problems,),
        libraries=CHECKS,
        release=release,
        reserve=releases.release,
        told=lambda report: [manifest_entry(entry.told, policy) for entry in releases.of_report(report)],
        keep_manifest=releases.keep_manifest,
        suppression=f"Figures from records of patients follow {policy.source}",
    )


def _bundle_problems(policy: DisclosurePolicy, bundles: tuple[Bundle, ...]) -> list[Problem]:
    from helpers.data.audit.bundles import audit_bundles
    from helpers.data.disclosure import disclosure_problems

    return [*disclosure_problems(bundles, policy), *audit_bundles(bundles, policy)]


def _file_problems(path: Path) -> list[Problem]:
    from helpers.data.audit.files import audit_file

    return audit_file(path)


def _late(root: Path, now: datetime) -> Sequence[str]:
    """Return what is late against the schedule; nothing where that cannot be read, which `check` tells."""
    if not (root / "params" / SCHEDULE).exists():
        return ()
    from helpers.runner.history.store import History
    from helpers.runner.schedule.due import late_words
    from helpers.runner.schedule.reading import read_schedules

    schedules = collect([], read_schedules, root / "params") or ()
    return late_words(schedules, History(state_folder(root)).occurrences(), now) if schedules else ()


def _settings(root: Path, problems: list[Problem] | None) -> tuple[Allowed, Theme, Publisher]:
    """Return what the project's own files say, before anything runs."""
    from helpers.data.audit.alarms import Allowed, read_allowed

    told: list[Problem] = []
    allowed = collect(told, read_allowed, root / "params" / "_register") or Allowed()
    theme = collect(told, read_theme, root / "_quarto.yml", root / "params" / "_theme.yml") or Theme()
    name = theme.brand.name
    publisher = collect(told, lambda: read_publisher(root / "params", name=name)) or Publisher()
    if problems is None:
        raise_all(told)
    else:
        problems += told
    return allowed, theme, publisher


def open_audiences(root: Path, audience: str = "") -> tuple[Project, ...]:
    """Return a project once for each of its audiences, the public first; or for one alone.

    Raises `UsageError` with what is wrong with its settings; for an audience that is not named.
    """
    if audience:
        return (open_project(root, audience=audience),)
    public = open_project(root)
    others = [name for name in public.publisher.audiences if name != PUBLIC_NAME]
    return public, *(open_project(root, audience=name) for name in others)


def by_audience(public: Project, asked: Plan, *, version: str | None = None) -> list[tuple[Project, Plan]]:
    """Return what is asked for each audience with its project, the public first; an empty plan is the public's."""
    parts = {
        name: Plan(
            tuple(each for each in asked.jobs if each.audience == name),
            tuple(each for each in asked.refused if each.audience == name),
        )
        for name in public.publisher.audiences
    }
    is_empty = not any(parts.values())
    return [
        (public if name == PUBLIC_NAME else open_project(public.root, audience=name, version=version), part)
        for name, part in parts.items()
        if part or (is_empty and name == PUBLIC_NAME)
    ]


def _named_audience(publisher: Publisher, name: str) -> Audience:
    if name not in publisher.audiences:
        known = " or ".join(publisher.audiences)
        raise UsageError("audience", name, known, near_misses(name, publisher.audiences))
    return publisher.audiences[name]


def find_audience(root: Path, name: str) -> Audience:
    """Return an audience of a project by its name, the public where none is given."""
    return _named_audience(read_publisher(root / "params"), name or PUBLIC_NAME)


def _closed(root: Path, publisher: Publisher, readers: Audience) -> tuple[Path, ...]:
    """Return what kernels may not read for some readers: all pages that are not public, and what others were told."""
    state = state_folder(root)
    others = [each for each in publisher.audiences.values() if each != readers]
    pages = [each.reports(root) for each in publisher.audiences.values() if not each.is_public]
    homes = [state / AUDIENCES / each.name for each in others if not each.is_public]
    return *pages, *homes, *([] if readers.is_public else [state / "runs"])


def collect(problems: list[Problem], read: Callable[..., Found], *what: Path) -> Found | None:
    """Return what is read, or None and note what is wrong with it."""
    try:
        return read(*what)
    except UsageError as error:
        problems += error.problems
    return None


def plan(
    project: Project, words: Sequence[str], problems: Sequence[Problem] = (), *, strict: bool = True
) -> Plan:
    """Return the reports asked for, checked: the register too, by which a mistake would fail them all.

    Raises `UsageError` with all problems of register and phrases, and where it is strict of notebooks and parameter
    files, at once.

    `words`: names or files of reports; none: all. `problems`: what is wrong already (`open_project`). `strict`: whether
    a mistake that concerns single reports is an error too; otherwise these are refused.
    """
    found = list(problems)
    asked = collect(found, lambda: find_plan(project, words)) or Plan()
    for where, text in (collect(found, own_phrases, project.root) or {}).values():
        found += check_prose(where, text)
    found += find_shadows(project.notebooks, f"{project.show(project.notebooks)}/")
    found += find_shadows(project.root, "", {"helpers"})  # Python starts in the project's folder too
    comments = collect(found, project.wrong_words) or ()
    if strict or found:  # what stops everything is told with all else that is wrong
        found += [*asked.mistakes, *(problem for _, problem in comments)]
    raise_all(dict.fromkeys(found))
    return _without_wrong_comments(asked, comments)


def _without_wrong_comments(asked: Plan, comments: Iterable[tuple[str, Problem]]) -> Plan:
    """Return a plan in which the reports of organisations with a wrong comment are refused."""
    wrong: dict[str, list[Problem]] = {}
    for organisation, problem in comments:
        wrong.setdefault(organisation, []).append(problem)
    jobs, refused = [], list(asked.refused)
    for job in asked.jobs:
        found = [problem for code in job.organisations for problem in wrong.get(code, [])]
        if found:
            refused.append(Refused(job.notebook.name, job.name, tuple(found), audience=job.audience))
        else:
            jobs.append(job)
    concerned = {code for job in asked.jobs for code in job.organisations}
    others = [problem for code, found in wrong.items() if code not in concerned for problem in found]
    return Plan(tuple(jobs), tuple(refused), (*asked.problems, *others))


def open_and_plan(root: Path, words: Sequence[str], *, strict: bool) -> tuple[Project, Plan]:
    """Return a project and the reports asked for; arguments and errors as `plan`."""
    problems: list[Problem] = []
    project = open_project(root, problems)
    return project, plan(project, words, problems, strict=strict)


def _modules_below(room: str) -> list[str]:
    """Return the names of all modules of a room, without importing any."""
    package = Path(__file__).parents[1]
    files = sorted((package / room).rglob("*.py"))
    names = (file.relative_to(package.parent).with_suffix("").parts for file in files)
    return [".".join(name).removesuffix(".__init__") for name in names]

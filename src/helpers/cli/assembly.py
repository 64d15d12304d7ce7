"""Puts the rooms together: the project that the runner is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from helpers.audience import FOLDER as AUDIENCES
from helpers.audience import PUBLIC_NAME, Audience
from helpers.bundle import Bundle
from helpers.cli.datasets import datasets_of
from helpers.data.coverage import MONTHS_COVERED
from helpers.data.published_stays import COMPARABLE
from helpers.errors import GateError, Problem, UsageError, near_misses
from helpers.phrases import own_phrases
from helpers.places import state_folder
from helpers.register.models import Register
from helpers.register.questions import answer
from helpers.runner.document.prose import check_prose
from helpers.runner.mentions import mentions_of
from helpers.runner.plan.jobs import Plan, find_plan
from helpers.runner.plan.refused import Refused
from helpers.runner.project import Groups, Organisations, Project, Whence
from helpers.runner.publisher import Publisher, read_publisher
from helpers.runner.walls import RoomProcess
from helpers.theme import Theme, read_theme
from helpers.yaml_files import raise_all

if TYPE_CHECKING:
    from helpers.data.mart import Mart
    from helpers.register.reading import Spared

Found = TypeVar("Found")

#: what `select:` in a `_matrix.yml` may name, and the rows of the mart that it stands for
SELECTORS = {
    "trusts_with_published_dna": """SELECT DISTINCT coalesce(s.successor, v.org_code) FROM measure_values v
        LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE measure = 'dna_rate' AND origin = 'published' AND basis = 'provider' AND denominator > 0
          AND coalesce(s.successor, v.org_code) IN (SELECT org_code FROM organisations WHERE kind = 'trust')
          AND v.source NOT IN (SELECT source FROM loads WHERE synthetic) ORDER BY 1""",
    "trusts_with_published_stay": COMPARABLE,
    "trusts_with_published_measures": """SELECT DISTINCT coalesce(s.successor, v.org_code) FROM measure_values v
        LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE measure = 'rtt_18_weeks' AND basis = 'provider' AND denominator > 0
          AND coalesce(s.successor, v.org_code) IN (SELECT org_code FROM organisations WHERE kind = 'trust')
          AND v.source NOT IN (SELECT source FROM loads WHERE synthetic) ORDER BY 1""",
    "trusts": "SELECT DISTINCT org_code FROM organisations"
    " WHERE kind = 'trust' AND valid_to IS NULL AND successor IS NULL ORDER BY 1",
    "specialties": "SELECT DISTINCT specialty_code FROM specialties WHERE scheme = 'treatment' ORDER BY 1",
}

#: by what `where:` in a `_matrix.yml` may narrow a selector, and the column of the mart that says it
GROUPS = {"region": "region", "icb": "icb_code", "peer_group": "peer_group", "type": "kind"}
_GROUPED = """SELECT {0}, org_code FROM organisations WHERE {0} IS NOT NULL AND valid_to IS NULL
    AND successor IS NULL AND kind NOT IN ('icb', 'region', 'nation') ORDER BY 1, 2"""

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


def open_mart(root: Path) -> Mart:
    """Return the mart of a project."""
    from helpers.data.mart import Mart
    from helpers.data.state import open_state

    open_state(state_folder(root))
    return Mart(state_folder(root) / "mart")


def open_project(
    root: Path, problems: list[Problem] | None = None, *, audience: str = PUBLIC_NAME
) -> Project:
    """Return the project at a folder, with all that the runner may ask of the other rooms.

    Parameters
    ----------
    root
        The folder.
    problems
        Gets what is wrong with its settings, so that it can be told with what is wrong elsewhere.
    audience
        For whom its reports are made, and what was made is looked at.

    Raises
    ------
    UsageError
        With the same, where `problems` is None; for an audience that is not named.
    """
    from helpers.data.audit import Allowed, audit_bundles, audit_file, read_allowed, redact
    from helpers.data.disclosure import disclosure_problems
    from helpers.data.last_published import FOLDER as LAST
    from helpers.data.last_published import keep_published
    from helpers.data.mart_files import DERIVED, ROOM, SPILL
    from helpers.data.mart_manifest import make_private
    from helpers.data.policy import policy_of
    from helpers.data.releases import FOLDER, Releases, manifest_entry
    from helpers.data.room.door import MODULE, ROOM_VARIABLE
    from helpers.data.state import open_state

    open_state(state_folder(root))
    told: list[Problem] = []  # before anything runs
    allowed = collect(told, read_allowed, root / "params" / "_register") or Allowed()
    theme = collect(told, read_theme, root / "_quarto.yml", root / "params" / "_theme.yml") or Theme()
    name = theme.brand.name
    publisher = collect(told, lambda: read_publisher(root / "params", name=name)) or Publisher()
    if problems is None:
        raise_all(told)
    else:
        problems += told
    readers = _named_audience(publisher, audience)
    others = tuple(each for each in publisher.audiences.values() if each != readers and not each.is_public)
    policy, home = policy_of(readers), readers.home(state_folder(root))
    make_private(home / LAST)  # what is not there when a wall is built stays closed to reports
    releases = Releases.of(state_folder(root), root, readers)

    @cache
    def mart() -> Mart:
        return open_mart(root)

    def organisations() -> Organisations:
        rows = _rows(mart(), "SELECT org_code, name FROM organisations ORDER BY valid_from")
        return {row[0]: row[1] for row in rows}  # of a code's names the newest

    @cache
    def months() -> tuple[str, str] | None:
        for first, last in _rows(mart(), MONTHS_COVERED):
            return (first, last) if first else None
        return None

    def release(report: str, bundles: tuple[Bundle, ...]) -> None:
        if problems := releases.unentered(report, bundles):
            raise GateError(problems)
        releases.release(report)
        keep_published(home, bundles)

    def expand(selector: str) -> tuple[str, ...]:
        return tuple(code for (code,) in _rows(mart(), SELECTORS[selector]))

    @cache
    def groups() -> Groups:
        found: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in GROUPS}
        for kind, column in GROUPS.items():
            for name, code in _rows(mart(), _GROUPED.format(column)):
                found[kind][name] = (*found[kind].get(name, ()), code)
        return found

    folder = root / "params" / "_register"

    @cache
    def register() -> Register:
        from helpers.register.reading import read_register

        return read_register(folder, spared=[]) if folder.is_dir() else Register()

    def whence(name: str) -> Whence | None:
        found = register().file(name)
        return Whence(found.source, found.origin, found.as_at.isoformat()) if found else None

    watched = tuple(p for p in (root / "_quarto.yml",) if p.exists()) + theme.files
    return Project(
        root,
        organisations=organisations,
        months=months,
        pin=lambda: mart().version,
        datasets=lambda version: datasets_of(mart().at(version)),
        expand=expand,
        selectors=tuple(SELECTORS),
        groups=groups,
        bundle_checks=(
            lambda bundles: disclosure_problems(bundles, policy),
            lambda bundles: audit_bundles(bundles, policy),
        ),
        text_checks=(mentions_of(others),),
        file_checks=(audit_file,),
        allow=allowed.standing,
        release=release,
        reserve=releases.release,
        told=lambda report: [manifest_entry(entry, policy) for entry in releases.of_report(report)],
        redact=redact,
        caches=tuple(state_folder(root) / "mart" / each for each in (DERIVED, SPILL)),
        room=RoomProcess(
            MODULE,
            ROOM_VARIABLE,
            sealed=lambda: mart().sealed(),
            caches=(
                *(state_folder(root) / "mart" / each for each in (DERIVED, SPILL, ROOM)),
                home / FOLDER,
            ),
        ),
        preload=(*_modules_below("report"), *_modules_below("data/room"), *LATE),
        publisher=publisher,
        suppression=f"Figures from records of patients follow {policy.source}",
        audience=readers,
        closed=_closed(root, publisher, readers),
        watched=watched,
        answer=lambda question: answer(register(), question),
        apart=(
            *watched,
            folder,
            state_folder(root),
            *(each.reports(root) for each in publisher.audiences.values()),
            root / "params" / "_theme.yml",
        ),
        whence=whence,
    )


def open_audiences(root: Path, audience: str = "") -> tuple[Project, ...]:
    """Return a project once for each of its audiences, the public first; or for one alone.

    Raises
    ------
    UsageError
        With what is wrong with its settings; for an audience that is not named.
    """
    if audience:
        return (open_project(root, audience=audience),)
    public = open_project(root)
    others = [name for name in public.publisher.audiences if name != PUBLIC_NAME]
    return public, *(open_project(root, audience=name) for name in others)


def by_audience(public: Project, asked: Plan) -> list[tuple[Project, Plan]]:
    """Return what is asked for each audience with its project, the public first; an empty plan is the public's."""
    parts = {name: _for(asked, name) for name in public.publisher.audiences}
    is_empty = not any(parts.values())
    return [
        (public if name == PUBLIC_NAME else open_project(public.root, audience=name), part)
        for name, part in parts.items()
        if part or (is_empty and name == PUBLIC_NAME)
    ]


def _for(asked: Plan, audience: str) -> Plan:
    jobs = tuple(each for each in asked.jobs if each.audience == audience)
    return Plan(jobs, tuple(each for each in asked.refused if each.audience == audience))


def _named_audience(publisher: Publisher, name: str) -> Audience:
    if name not in publisher.audiences:
        known = " or ".join(publisher.audiences)
        raise UsageError(Problem("audience", name, known, near_misses(name, publisher.audiences)))
    return publisher.audiences[name]


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

    Parameters
    ----------
    project
        The project.
    words
        Names or files of reports; none: all.
    problems
        What is wrong already (`open_project`).
    strict
        Whether a mistake that concerns single reports is an error too; otherwise these are refused.

    Raises
    ------
    UsageError
        With all problems of register and phrases, and where it is strict of notebooks and parameter files, at once.
    """
    from helpers.register.reading import read_register

    found = list(problems)
    asked = collect(found, lambda: find_plan(project, words)) or Plan()
    for where, text in (collect(found, own_phrases, project.root) or {}).values():
        found += check_prose(where, text)
    register = project.root / "params" / "_register"
    comments: list[Spared] = []
    if register.is_dir():
        collect(found, lambda: read_register(register, spared=comments))
    if strict or found:  # what stops everything is told with all else that is wrong
        found += [*asked.mistakes, *(each.problem for each in comments)]
    raise_all(dict.fromkeys(found))
    return _without_wrong_comments(asked, comments)


def _without_wrong_comments(asked: Plan, comments: Sequence[Spared]) -> Plan:
    """Return a plan in which the reports of organisations with a wrong comment are refused."""
    wrong: dict[str, list[Problem]] = {}
    for each in comments:
        wrong.setdefault(each.organisation, []).append(each.problem)
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


def _rows(mart: Mart, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query as they are: a frame would bring pandas along."""
    return mart.fetch(query) if mart.version else []

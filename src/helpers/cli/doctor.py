"""`boardpack doctor`: what this machine and this project have, what is missing, what for, and how to get it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

import typer

from helpers import __version__
from helpers.cli import showing
from helpers.cli.assembly import open_mart, open_project
from helpers.cli.own.upgrading import seen
from helpers.cli.showing import Json
from helpers.errors import ExitCode, Problem, UserError, place_problem
from helpers.places import find_root, state_folder
from helpers.runner.batch.capacity import MEGABYTES_EACH, usable_cores, usable_memory
from helpers.runner.engines import TAGGED, find_quarto
from helpers.runner.kernel.execute import IS_SUPPORTED, can_wall_off, can_watch
from helpers.runner.schedule.reading import read_schedules
from helpers.theme import font_folder

#: gigabytes below which a batch of hundreds, or a load of the national files, may not find the room
_ROOM: Final = 2.0
_GIGABYTE: Final = 1024**3
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_REQUIREMENT: Final = re.compile(r"[\w.-]+")

#: `missing` stops reports, `lacking` takes something away from them
Verdict = Literal["there", "lacking", "missing"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    found: str
    purpose: str = ""  # what it is for
    cure: str = ""  # how to get it; empty where it is there


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Say what this machine and project have, what is missing, what for, and how to get it."""
    findings = [*_machine(), *_project(context.obj)]
    if as_json:
        showing.show_json([asdict(each) for each in findings])
    else:
        rows = ((each.verdict, each.what, each.found, each.purpose) for each in findings)
        showing.show_table(("", "What", "Found", "What it is for"), rows)
        for each in findings:
            if each.cure:
                print(f"{each.what}: {each.cure}")
        if not any(each.cure for each in findings):
            print("Nothing is missing")
    raise typer.Exit(int(ExitCode.REPORT if any(f.verdict == "missing" for f in findings) else ExitCode.OK))


def _machine() -> Iterator[Finding]:
    yield Finding("Python", "there", f"{platform.python_version()}, {sys.executable}", "everything")
    lacking = sorted(_not_installed())
    yield _judged(
        "Packages",
        not lacking,
        f"without {', '.join(lacking)}" if lacking else "all that boardpack needs",
        "everything",
        "install it again: python -m pip install --upgrade boardpack",
        verdict="missing",
    )
    yield _fonts()
    yield _quarto()
    chromium = os.environ.get("BOARDPACK_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), "")
    yield _judged(
        "Chromium",
        bool(chromium),
        chromium or "not found",
        "the project's own browser tests and pictures; no report needs it",
        "apt-get install chromium, or set BOARDPACK_CHROMIUM, if you want these",
    )
    yield _judged(
        "Fast kernels",
        IS_SUPPORTED,
        "forked" if IS_SUPPORTED else "started one by one",
        "seconds a report",
        "they need Linux; elsewhere reports are the same and take longer",
    )
    yield _judged(
        "Wall",
        can_wall_off(),
        "Landlock" if can_wall_off() else "Python's audit hook alone",
        "the system keeps notebooks from records and from each other",
        "it needs Linux 6.2 or newer with Landlock; elsewhere only Python code is stopped, with words",
    )
    yield _judged(
        "Reads seen",
        can_watch(),
        "of every program" if can_watch() else "of Python alone",
        "a file that DuckDB or Arrow reads makes its report due",
        "it needs Linux 5.19 or newer outside a strict container; else name such files: report.uses(path)",
    )
    memory, cores = usable_memory(), usable_cores()
    yield _judged(
        "Memory",
        memory >= MEGABYTES_EACH,
        f"{memory / 1024:.1f} GB free, {cores} {'core' if cores == 1 else 'cores'}",
        "about 1 GB for each report that runs beside others",
        "close what you do not need, or run with --jobs 1",
    )


def _not_installed() -> Iterator[str]:
    for line in metadata.requires("boardpack") or ():
        match = _REQUIREMENT.match(line)
        if match and "extra ==" not in line:
            try:
                metadata.distribution(match[0])
            except metadata.PackageNotFoundError:
                yield match[0]


def _fonts() -> Finding:
    found = [*font_folder().rglob("*.[ot]tf")]
    return _judged(
        "Fonts",
        bool(found),
        f"Source Sans Pro, {len(found)} files" if found else "not found",
        "charts and PDF",
        "python -m pip install --force-reinstall font-source-sans-pro",
        verdict="missing",
    )


def _quarto() -> Finding:
    purpose = "rendering by Quarto; without it the embedded engine makes the same pages"
    try:
        quarto = find_quarto()
    except UserError as error:
        return Finding("Quarto", "missing", "cannot be used", purpose, str(error))
    if quarto is None:
        cure = "quarto.org/docs/download, or python -m pip install 'boardpack[quarto]', if you want it"
        return Finding("Quarto", "lacking", "not found", purpose, cure)
    version = ".".join(map(str, quarto.version))
    cure = f"version {'.'.join(map(str, TAGGED))} or newer makes accessible PDFs (PDF/UA)"
    return _judged("Quarto", quarto.tags_pdf, f"{version}, {quarto.path}", purpose, cure)


def _project(given: Path | None) -> Iterator[Finding]:
    try:
        root = find_root(given)
    except UserError as error:
        yield Finding("Project", "missing", "none here", "everything", str(error))
        return
    yield Finding("Project", "there", str(root), "everything")
    yield from _places(root)
    for look in (_version, _state, _data, _settings, _schedule):
        yield _told(look, root)


def _told(look: Callable[[Path], Finding], root: Path) -> Finding:
    """Return a finding, or what a person can mend before it can be made."""
    try:
        return look(root)
    except (UserError, OSError) as error:
        said = error if isinstance(error, UserError) else place_problem(error)
        if said is None:
            raise
        name = look.__name__.strip("_").capitalize()
        return Finding(name, "missing", "cannot be read", "every report", str(said))


def _places(root: Path) -> Iterator[Finding]:
    state, reports = state_folder(root), root / "reports"
    for folder, purpose in ((state, "data, history and drafts"), (reports, "what is published")):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        yield _judged(
            f"Rights in {folder.name}/",
            os.access(there, os.W_OK | os.X_OK),
            "may be written" if os.access(there, os.W_OK | os.X_OK) else f"{there} may not be written",
            purpose,
            f"give yourself the right to write in {there}",
            verdict="missing",
        )
        free = shutil.disk_usage(there).free / _GIGABYTE
        yield _judged(
            f"Disk of {folder.name}/",
            free >= _ROOM,
            f"{free:.1f} GB free",
            purpose,
            "free some space: boardpack state prune, boardpack data prune",
        )


def _version(root: Path) -> Finding:
    known = seen(root)[0]
    said = __version__ if known in ("", __version__) else f"{__version__}; this project has seen {known}"
    cure = "boardpack upgrade says what has changed and what to do"
    return _judged(
        "Version", said == __version__, said, "a register and names that keep their meaning", cure
    )


def _state(root: Path) -> Finding:
    state, purpose = state_folder(root), "records, history and drafts stay private"
    if not state.is_dir():
        return Finding("State", "there", "none yet", purpose)
    mode = stat.S_IMODE(state.stat().st_mode)
    is_private = os.name != "posix" or not mode & 0o077
    return _judged(
        "State",
        is_private,
        f"{state}" if is_private else f"others may look into {state} ({mode:o})",
        purpose,
        f"chmod 700 {state}",
        verdict="missing",
    )


def _data(root: Path) -> Finding:
    mart, purpose = open_mart(root), "figures"
    if not mart.version:
        cure = "boardpack data load PATH, or boardpack demo build for an invented national data set"
        return Finding("Data", "missing", "nothing is loaded", purpose, cure)
    sources = mart.sources()
    newest = max((each.as_at for each in sources), default="")
    invented = ", some invented" if any(each.synthetic for each in sources) else ""
    return Finding(
        "Data", "there", f"{len(sources)} data sets, the newest as at {newest}{invented}", purpose
    )


def _settings(root: Path) -> Finding:
    from helpers.cli.assembly import collect
    from helpers.register.reading import read_register

    problems: list[Problem] = []
    open_project(root, problems)
    folder = root / "params" / "_register"
    register = collect(problems, read_register, folder) if folder.is_dir() else None
    said = f"{len(register.measures)} measures" if register else "no register"
    return _judged(
        "Settings",
        not problems,
        f"{len(problems)} mistakes" if problems else said,
        "names, theme, publisher and register",
        "boardpack check names each with its cure",
        verdict="missing",
    )


def _schedule(root: Path) -> Finding:
    schedules, purpose = read_schedules(root / "params"), "reports that are made by themselves"
    if not schedules:
        return Finding("Schedule", "there", "none", purpose)
    late = open_project(root, []).late(datetime.now(UTC))
    return _judged(
        "Schedule",
        not late,
        "; ".join(late) or f"{len(schedules)} of {root.name}, none late",
        purpose,
        "boardpack schedule once makes it up; boardpack schedule export writes what cron or systemd need",
    )


def _judged(
    what: str, good: bool, found: str, purpose: str, cure: str, *, verdict: Verdict = "lacking"
) -> Finding:
    return Finding(what, "there" if good else verdict, found, purpose, "" if good else cure)

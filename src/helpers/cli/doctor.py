"""`boardpack doctor`: what this machine and this project have, what is missing, what for, and how to get it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

import typer
import yaml

from helpers import __version__
from helpers.cli import showing
from helpers.cli.assembly import collect, open_mart, open_project
from helpers.cli.options import Json, project_root
from helpers.cli.own.upgrading import seen
from helpers.errors import ExitCode, Problem, UserError, place_problem
from helpers.landlock import can_wall_off
from helpers.places import state_folder
from helpers.runner.engines import find_quarto
from helpers.runner.kernel.execute import IS_SUPPORTED, can_watch
from helpers.runner.processes import MEGABYTES_EACH, usable_cores, usable_memory
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
    purpose: str  # what it is for
    cure: str = ""  # how to get it; empty where it is there


def doctor(as_json: Json = False) -> None:
    """Say what this machine and project have, what is missing, what for, and how to get it."""
    findings = [*_machine(), *_project()]
    if as_json:
        showing.show_json([asdict(each) for each in findings])
    else:
        rows = ((each.verdict, each.what, each.found, each.purpose) for each in findings)
        showing.show_table(("", "What", "Found", "What it is for"), rows)
        cures = [f"{each.what}: {each.cure}" for each in findings if each.cure]
        print("\n".join(cures) or "Nothing is missing")
    raise typer.Exit(int(ExitCode.REPORT if any(f.verdict == "missing" for f in findings) else ExitCode.OK))


@cache
def _words() -> dict[str, dict[str, str]]:
    """Return what is looked at: what it is for, how to get it, and whether reports need it."""
    words: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
    return words


def _finding(what: str, good: bool, found: str, *, cure: str = "", **words: str) -> Finding:
    """Return what was found of a thing; `words`: more of its name, what it is for, and what its cure names."""
    told = _words()[what]
    named, purpose = f"{what} {words.get('of', '')}".strip(), words.get("purpose", told.get("for", ""))
    if good:
        return Finding(named, "there", found, purpose)
    return Finding(
        named,
        "missing" if "stops" in told else "lacking",
        found,
        purpose,
        cure or told["cure"].format_map(words),
    )


def _machine() -> Iterator[Finding]:
    yield _finding("Python", True, f"{platform.python_version()}, {sys.executable}")
    lacking = ", ".join(sorted(_not_installed()))
    yield _finding("Packages", not lacking, f"without {lacking}" if lacking else "all that boardpack needs")
    fonts = [*font_folder().rglob("*.[ot]tf")]
    yield _finding("Fonts", bool(fonts), f"Source Sans Pro, {len(fonts)} files" if fonts else "not found")
    yield _quarto()
    chromium = os.environ.get("BOARDPACK_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), "")
    yield _finding("Chromium", bool(chromium), chromium or "not found")
    yield _finding("Fast kernels", IS_SUPPORTED, "forked" if IS_SUPPORTED else "started one by one")
    wall, sees = can_wall_off(), can_watch()
    yield _finding("Wall", wall, "Landlock" if wall else "Python's audit hook alone")
    yield _finding("Reads seen", sees, "of every program" if sees else "of Python alone")
    memory, cores = usable_memory(), usable_cores()
    told = f"{memory / 1024:.1f} GB free, {cores} {'core' if cores == 1 else 'cores'}"
    yield _finding("Memory", memory >= MEGABYTES_EACH, told)


def _not_installed() -> Iterator[str]:
    for line in metadata.requires("boardpack") or ():
        match = _REQUIREMENT.match(line)
        if match and "extra ==" not in line:
            try:
                metadata.distribution(match[0])
            except metadata.PackageNotFoundError:
                yield match[0]


def _quarto() -> Finding:
    try:
        quarto = find_quarto()
    except UserError as error:
        found = _finding("Quarto", False, "cannot be used", cure=str(error))
        # named, it stops every run; one that merely lies on the path is passed over
        return replace(found, verdict="missing") if os.environ.get("QUARTO_PATH") else found
    if quarto is None:
        return _finding("Quarto", False, "not found")
    version = ".".join(map(str, quarto.version))
    return _finding("Quarto", True, f"{version}, {quarto.path}")


def _project() -> Iterator[Finding]:
    try:
        root = project_root()
    except UserError as error:
        yield _finding("Project", False, "none here", cure=str(error))
        return
    yield _finding("Project", True, str(root))
    yield from _places(root)
    for look in (_version, _state, _data, _settings, _schedule):
        try:
            yield look(root)
        except (UserError, OSError) as error:  # what a person can mend before it can be looked at
            said = error if isinstance(error, UserError) else place_problem(error)
            if said is None:
                raise
            name = look.__name__.strip("_").capitalize()
            yield Finding(name, "missing", "cannot be read", "every report", str(said))


def _places(root: Path) -> Iterator[Finding]:
    state, reports = state_folder(root), root / "reports"
    for folder, purpose in ((state, "data, history and drafts"), (reports, "what is published")):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        named = {"of": f"{folder.name}/", "purpose": purpose, "there": str(there)}
        may = os.access(there, os.W_OK | os.X_OK)
        yield _finding(
            "Rights in", may, "may be written" if may else f"{there} may not be written", **named
        )
        free = shutil.disk_usage(there).free / _GIGABYTE
        yield _finding("Disk of", free >= _ROOM, f"{free:.1f} GB free", **named)


def _version(root: Path) -> Finding:
    known = seen(root)[0]
    said = __version__ if known in ("", __version__) else f"{__version__}; this project has seen {known}"
    return _finding("Version", said == __version__, said)


def _state(root: Path) -> Finding:
    state = state_folder(root)
    mode = stat.S_IMODE(state.stat().st_mode) if state.is_dir() and os.name == "posix" else 0
    if mode & 0o077:
        return _finding("State", False, f"others may look into {state} ({mode:o})", there=str(state))
    return _finding("State", True, str(state) if state.is_dir() else "none yet")


def _data(root: Path) -> Finding:
    mart = open_mart(root)
    if not mart.version:
        return _finding("Data", False, "nothing is loaded")
    sources = mart.sources()
    newest = max((each.as_at for each in sources), default="")
    invented = ", some invented" if any(each.synthetic for each in sources) else ""
    return _finding("Data", True, f"{len(sources)} data sets, the newest as at {newest}{invented}")


def _settings(root: Path) -> Finding:
    from helpers.register.reading import read_register

    problems: list[Problem] = []
    open_project(root, problems)
    folder = root / "params" / "_register"
    register = collect(problems, read_register, folder) if folder.is_dir() else None
    said = f"{len(register.measures)} measures" if register else "no register"
    return _finding("Settings", not problems, f"{len(problems)} mistakes" if problems else said)


def _schedule(root: Path) -> Finding:
    schedules = read_schedules(root / "params")
    if not schedules:
        return _finding("Schedule", True, "none")
    late = open_project(root, []).late(datetime.now(UTC))
    said = "; ".join(late) or f"{len(schedules)} of {root.name}, none late"
    return _finding("Schedule", not late, said)

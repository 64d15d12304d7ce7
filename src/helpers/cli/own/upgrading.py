"""`boardpack register diff`, `boardpack upgrade`: what a newer boardpack changes in a project, and what to do.

A project keeps the shipped register as it last saw it (`params/_register/shipped.json`, in git like the rest): when a
newer package is installed the older one is gone, and with it what its own entries went over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import helpers
from helpers.cli import showing
from helpers.cli.options import Json, project_root
from helpers.cli.own.schemas import write_json, write_schemas
from helpers.errors import UsageError
from helpers.register import reading
from helpers.yaml_files import read_yaml

#: the package as a project last saw it: its version, and its register
SEEN: Final = "params/_register/shipped.json"
#: beside this module in a wheel, else in the repository
_CHANGELOG: Final = (Path(__file__).parent / "CHANGELOG.md", Path(__file__).parents[4] / "CHANGELOG.md")
#: headings of the changelog below which something may have to be done
_TO_ACT_ON: Final = ("Removed", "Deprecated", "Changed", "Security")
_BOUNDS: Final = re.compile(r"(boardpack(?:\[[^]]*\])?) *>= *([\d.]+) *, *< *[\d.]+")
_SECTION: Final = re.compile(r"^## \[(.+?)\].*\n", re.MULTILINE)
_HEADING: Final = re.compile(r"^### (.+)\n", re.MULTILINE)

Register = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class RegisterChange:
    """What is otherwise in the shipped register: an entry, or one of its keys."""

    entry: str
    key: str  # empty where the whole entry is new or gone
    was: str
    now: str
    own: str  # what the project's register makes of it; empty where it reads the shipped one


def register_diff(as_json: Json = False) -> None:
    """Say what the installed boardpack's register has otherwise than the one that this project last saw."""
    root = project_root()
    version, register = seen(root)
    if not register:
        cure = "boardpack upgrade --done keeps it from now on"
        raise UsageError(SEEN, "is not there, so what was shipped before is not known", cure=cure)
    found = list(_changes(root, register))
    if as_json:
        showing.show_json([asdict(each) for each in found])
        return
    print(f"the shipped register since {version}: {_counted(found)}")
    if found:
        rows = (tuple(asdict(each).values()) for each in found)
        showing.show_table(("Entry", "Key", "Was", "Is", "Your register"), rows)


def upgrade(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was added and what was fixed.")
    ] = False,
    done: Annotated[
        bool,
        typer.Option("--done", help="Keep the installed version as the one that this project has seen."),
    ] = False,
) -> None:
    """Say what has changed since the version that this project last saw, and what to do."""
    root, now = project_root(), helpers.__version__
    if done:
        _keep(root, now)
        print(f"this project has seen boardpack {now}; commit {SEEN}, pyproject.toml and schemas/")
        return
    version, register = seen(root)
    if not version:
        cure = "boardpack upgrade --done keeps the installed one"
        raise UsageError(str(root), "no version of boardpack is named", f"{SEEN} names it", cure)
    if _number(version) > _number(now):
        came = f"{now} is installed, this project has seen {version}"
        cure = "python -m pip install --upgrade boardpack"
        raise UsageError("boardpack", came, f"{version} or newer", cure)
    print(f"boardpack {now}; this project last saw {version}")
    changelog = next((path.read_text("utf-8") for path in _CHANGELOG if path.exists()), "")
    for line in _notes(changelog, version, now, everything=everything):
        print(line)
    changes = list(_changes(root, register))
    if register:
        more = "; boardpack register diff" if changes else ""
        print(f"\nThe shipped register: {_counted(changes)}{more}")
    print("\nNext:\n  boardpack check           is everything of yours still well formed?")
    print("  boardpack run             reports are made anew, as the package is another")
    print("  boardpack upgrade --done  and commit what it writes")


def keep_shipped(root: Path) -> None:
    """Keep what is shipped now, to be held against what a later version ships."""
    write_json(root / SEEN, {"version": helpers.__version__, "register": _shipped()})


def next_minor(version: str) -> str:
    """Return the version from which on things may have another meaning.

    >>> next_minor("0.1.3")
    '0.2'
    """
    major, minor, *_ = _number(version)
    return f"{major}.{minor + 1}" if major == 0 else f"{major + 1}"


def _keep(root: Path, now: str) -> None:
    keep_shipped(root)
    write_schemas(root)
    path = root / "pyproject.toml"
    if path.exists():
        text = path.read_text("utf-8")
        path.write_text(_BOUNDS.sub(rf"\1>={now},<{next_minor(now)}", text), "utf-8", newline="\n")


def seen(root: Path) -> tuple[str, Register]:
    """Return version and register as the project last saw them; without that file the version of its bounds, if any."""
    path, project = root / SEEN, root / "pyproject.toml"
    if path.exists():
        try:
            found = json.loads(path.read_text("utf-8"))
            return str(found["version"]), dict(found["register"])
        except (ValueError, KeyError, TypeError):
            cure = f"`git checkout {SEEN}`, or boardpack upgrade --done"
            raise UsageError(SEEN, "cannot be read", "what boardpack wrote", cure) from None
    bounds = _BOUNDS.search(project.read_text("utf-8")) if project.exists() else None
    return bounds[2] if bounds else "", {}


def _shipped() -> Register:
    return {kind: _entries(reading.SHIPPED / f"{kind}.yml") for kind in reading.KINDS}


def _entries(path: Path) -> dict[str, Any]:
    content = read_yaml(path).content if path.exists() else {}
    return content if isinstance(content, dict) else {}


def _changes(root: Path, before: Register) -> Iterator[RegisterChange]:
    """Yield what is otherwise, entry by entry; nothing where it is not known what was there."""
    for kind, now in _shipped().items() if before else ():
        was, own = before.get(kind, {}), _entries(root / "params" / "_register" / f"{kind}.yml")
        for name in dict.fromkeys((*was, *now)):
            yield from _changes_of(f"{kind}: {name}", was.get(name), now.get(name), own, name)


def _changes_of(entry: str, was: Any, now: Any, own: dict[str, Any], name: str) -> Iterator[RegisterChange]:
    said = own.get(name) or {}
    if was is None:
        taken_away = "yours takes it away" if name in own else ""
        yield RegisterChange(
            entry, "", "", "new", "yours has this id and goes over it" if said else taken_away
        )
    elif now is None:
        words = f"yours has {', '.join(said)}: say the whole of it, or take it out" if said else ""
        yield RegisterChange(entry, "", "shipped", "gone", words)
    else:
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                words = (
                    "yours takes the entry away" if name in own and not said
                    else f"yours stands: {_text(said[key])}" if key in said
                    else ""
                )  # fmt: skip
                yield RegisterChange(entry, key, *_unlike(was.get(key), now.get(key)), words)


def _unlike(was: Any, now: Any) -> tuple[str, str]:
    """Return two values as words; of two lists, what is in one alone."""
    if isinstance(was, list) and isinstance(now, list):
        was, now = [each for each in was if each not in now], [each for each in now if each not in was]
    return _text(was), _text(now)


def _text(value: Any) -> str:
    """Return a value of the register in a line.

    >>> _text([{"value": 92, "kind": "local"}])
    'value: 92, kind: local'
    """
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return "" if value is None else str(value)


def _counted(changes: list[RegisterChange]) -> str:
    hidden = sum(bool(each.own) for each in changes)
    return f"{len(changes) or 'no'} changes" + (f", {hidden} below entries of yours" if hidden else "")


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _notes(changelog: str, version: str, now: str, *, everything: bool) -> Iterator[str]:
    """Yield what the changelog says of the versions after one, up to another; what may need work first."""
    for name, section in _pairs(_SECTION, changelog):
        if not _number(version) < _number(name) <= _number(now):
            continue
        yield f"\n{name}"
        parts = dict(_pairs(_HEADING, section))
        for heading in sorted(parts, key=lambda each: each not in _TO_ACT_ON):
            notes = parts[heading].strip()
            if everything or heading in _TO_ACT_ON:
                yield f"{heading}\n{notes}"
            else:
                yield f"{heading}: {len(re.findall('^- ', notes, re.MULTILINE))} (boardpack upgrade --all)"


def _pairs(heading: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    _, *parts = heading.split(text)
    yield from zip(parts[::2], parts[1::2], strict=True)

"""Which reports are due: those whose notebook, parameters, code, environment or data have changed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.runner.engines import Quarto, engine_name
from helpers.runner.history import Entry, Output
from helpers.runner.plan import Job
from helpers.runner.project import Project

PACKAGE = Path(__file__).parents[1]
_ABSENT = "absent"


@dataclass(frozen=True)
class Surroundings:
    """What all reports of a batch depend on.

    Parameters
    ----------
    code
        Hash of the package with renderer and theme, and of what the project watches.
    environment
        Hash of the interpreter's version and of everything that is installed.
    version
        The pinned version of the data.
    fingerprints
        The fingerprint of each data set in that version.
    renderer
        The engine and, where it is not part of the environment, its version.
    """

    code: str
    environment: str
    version: str
    fingerprints: Mapping[str, str]
    renderer: str = engine_name(None)

    def data_key(self, reads: Iterable[str]) -> str:
        """Return the hash of the data sets that a report read, as they are in this version."""
        return _hash_json({each: self.fingerprints.get(each, _ABSENT) for each in sorted(set(reads))})


@dataclass(frozen=True)
class Decision:
    """Whether a report will run.

    Parameters
    ----------
    job
        The report.
    reason
        Why it runs, in words; empty where it is unchanged.
    formats
        What it is rendered to: what was asked for and what is already published, so that the published
        formats of one report always come from one run.
    key
        The hashes on which its content depends, but for the data.
    previous
        The entry that put the present report in place, if there is one.
    """

    job: Job
    reason: str
    formats: tuple[str, ...]
    key: Mapping[str, str]
    previous: Entry | None


def survey(project: Project, engine: Quarto | None = None) -> Surroundings:
    """Pin the data and hash what all reports depend on."""
    version = project.pin()
    return Surroundings(
        code=hash_tree((PACKAGE, *project.watched)),
        environment=_hash_json([sys.version, *_installed()]),
        version=version,
        fingerprints=project.fingerprints(version),
        renderer=engine_name(engine),
    )


def decide(
    project: Project,
    jobs: Iterable[Job],
    surroundings: Surroundings,
    *,
    published: Mapping[tuple[str, str], Entry],
    formats: tuple[str, ...] = ("html", "pdf"),
    force: bool = False,
) -> tuple[Decision, ...]:
    """Decide for each report whether it is due, and say why.

    Parameters
    ----------
    published
        The entry that put each report in place, from the history.
    formats
        What the user asks for.
    force
        Run all of them.
    """
    notebooks: dict[Path, str] = {}
    decisions = []
    for job in jobs:
        if job.notebook.path not in notebooks:
            notebooks[job.notebook.path] = _hash_bytes(job.notebook.path.read_bytes())
        key = {
            "notebook": notebooks[job.notebook.path],
            "parameters": _hash_json(job.parameters),
            "code": surroundings.code,
            "environment": surroundings.environment,
            "renderer": surroundings.renderer,
        }
        previous = published.get((job.notebook.name, job.name))
        whole = tuple(dict.fromkeys((*formats, *(previous.outputs if previous else ()))))
        reason = "forced" if force else _reason(project, previous, key, surroundings, formats)
        decisions.append(Decision(job, reason, whole, key, previous))
    return tuple(decisions)


def _reason(
    project: Project,
    previous: Entry | None,
    key: Mapping[str, str],
    surroundings: Surroundings,
    formats: tuple[str, ...],
) -> str:
    if previous is None:
        return "never published"
    whole = {**key, "data": surroundings.data_key(previous.reads)}
    changed = [part for part, value in whole.items() if previous.key.get(part) != value]
    if changed:
        return f"changed: {', '.join(changed)}"
    if missing := [each for each in formats if each not in previous.outputs]:
        return f"not yet published as {', '.join(missing)}"
    if not all(_is_in_place(project, output) for output in previous.outputs.values()):
        return "the published file is missing or was altered"
    return ""


def _is_in_place(project: Project, output: Output) -> bool:
    path = project.reports / output.path
    return path.is_file() and _hash_bytes(path.read_bytes()) == output.sha256


def hash_tree(roots: Iterable[Path]) -> str:
    """Return the hash of all files below some folders: their names and contents, not their dates."""
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*") if root.is_dir() else [root]):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                name = path.relative_to(root).as_posix().encode()
                content = path.read_bytes()
                digest.update(b"%d %b %d " % (len(name), name, len(content)))
                digest.update(content)
    return digest.hexdigest()


def _installed() -> list[str]:
    """Return name and version of what is installed, from the folders' names: reading takes far longer."""
    return sorted(
        {found.name for each in sys.path if Path(each).is_dir() for found in Path(each).glob("*.dist-info")}
    )


def _hash_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_json(content: object) -> str:
    return _hash_bytes(json.dumps(content, sort_keys=True, default=str).encode())

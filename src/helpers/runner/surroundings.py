"""What all reports of a batch depend on: the package, what is installed, the data, the renderer."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpers.reads import is_about
from helpers.runner.engines import Quarto, engine_name
from helpers.runner.project import DataSet, Project

PACKAGE = Path(__file__).parents[1]


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
    datasets
        What each data set is in that version.
    renderer
        The engine and, where it is not part of the environment, its version.
    contents
        What the hashes of code and environment stand for, for words about a change.
    """

    code: str
    environment: str
    version: str
    datasets: Mapping[str, DataSet]
    renderer: str = engine_name(None)
    contents: Mapping[str, object] = field(default_factory=dict)

    def meant_by(self, reads: Iterable[str]) -> dict[str, DataSet]:
        """Return the data sets of this version that some notes of reading mean (`helpers.reads`)."""
        reads = tuple(reads)
        return {
            name: each
            for name, each in self.datasets.items()
            if any(is_about(note, name, each.measures) for note in reads)
        }

    def data_key(self, reads: Iterable[str]) -> str:
        """Return the hash of what a report read, as it is in this version: also of what has come to it since."""
        return hash_json({name: each.fingerprint for name, each in self.meant_by(reads).items()})


def survey(project: Project, engine: Quarto | None = None) -> Surroundings:
    """Pin the data and hash what all reports depend on."""
    version = project.pin()
    files = hash_files((PACKAGE, *project.watched))
    installed = [sys.version, *_installed()]
    code, environment = hash_json(files), hash_json(installed)
    return Surroundings(
        code=code,
        environment=environment,
        version=version,
        datasets=project.datasets(version),
        renderer=engine_name(engine),
        contents={code: files, environment: installed},
    )


def hash_files(roots: Iterable[Path]) -> dict[str, str]:
    """Return the hash of each file below some folders by its name: contents count, dates do not."""
    return {
        f"{root.name}/{path.relative_to(root).as_posix()}": hash_bytes(path.read_bytes())
        for root in roots
        for path in sorted(root.rglob("*") if root.is_dir() else [root])
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _installed() -> list[str]:
    """Return name and version of what is installed, from the folders' names: reading takes far longer."""
    return sorted(
        {found.name for each in sys.path if Path(each).is_dir() for found in Path(each).glob("*.dist-info")}
    )


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_json(content: object) -> str:
    """Return the SHA-256 of something that JSON can hold."""
    return hash_bytes(json.dumps(content, sort_keys=True, default=str).encode())

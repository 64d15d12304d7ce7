"""What reports depend on: all of a batch on package, machine, data and renderer; each on what it was seen to read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from helpers.reads import ABSENT, Note, is_about
from helpers.runner.engines import Quarto, engine_name
from helpers.runner.hashes import hash_files, hash_json
from helpers.runner.history.editions import answer as edition_now
from helpers.runner.history.editions import is_question
from helpers.runner.history.entries import Entry
from helpers.runner.history.store import History
from helpers.runner.key.own_files import Grounds, is_data, is_folder, look_at
from helpers.runner.project import DataSet, Project, Whence

PACKAGE = Path(__file__).parents[2]
#: where it is said what an own file is
FILES_YML = "params/_register/files.yml"


@dataclass(frozen=True)
class Surroundings:
    """What all reports of a batch depend on."""

    code: str  # hash of the package with renderer and theme, and of what the project watches
    environment: str  # hash of the interpreter's version and of everything that is installed
    version: str  # the pinned version of the data
    datasets: Mapping[str, DataSet]  # what each data set is in that version
    #: the engine and, where it is not part of the environment, its version
    renderer: str = engine_name(None)
    #: what the hashes of code and environment stand for, for words about a change
    contents: Mapping[str, object] = field(default_factory=dict)
    #: returns what lies at an own file now (`helpers.runner.key.own_files.look_at`)
    look: Callable[[str], str] = str
    answer: Callable[[str], str] = str  # returns the digest of what the register answers to a question now

    def meant_by(self, reads: Iterable[str]) -> dict[str, DataSet]:
        """Return the data sets of this version that some notes of reading mean (`helpers.reads`)."""
        reads = tuple(reads)
        return {
            name: each
            for name, each in self.datasets.items()
            if any(is_about(note, name, each.measures) for note in reads)
        }

    def read_by(self, entry: Entry) -> dict[str, str]:
        """Return the parts of the key that rest on what a report read, as that is now.

        What has come since to a table or a folder that it read counts as well.
        """
        files = {name: self.look(name) for name in entry.files}
        answers = {question: self.answer(question) for question in entry.answers}
        return keys_of(self.meant_by(entry.reads), files, answers)


def keys_of(
    data: Mapping[str, DataSet], files: Mapping[str, str], answers: Mapping[str, str]
) -> dict[str, str]:
    """Return the parts of a report's key that rest on what it read."""
    return {
        "data": hash_json({name: each.fingerprint for name, each in data.items()}),
        "files": hash_json(dict(files)),
        "register": hash_json(dict(answers)),
    }


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
        look=cache(partial(look_at, project.root)),
        answer=cache(partial(_answer, project)),
    )


def _answer(project: Project, asked: str) -> str:
    """Return the digest of what the register answers now, or which edition of a report stands."""
    return edition_now(History(project.state), asked) if is_question(asked) else project.answer(asked)


def stamp_of_machine() -> str:
    """Return the hash of this package, its interpreter and all that is installed beside it."""
    return hash_json([sys.version, _installed(), hash_files([PACKAGE])])


def _installed() -> list[str]:
    """Return name and version of what is installed, from the folders' names: reading takes far longer."""
    return sorted(
        {found.name for each in sys.path if Path(each).is_dir() for found in Path(each).glob("*.dist-info")}
    )


@dataclass(frozen=True)
class Observed:
    """What a report read."""

    data: tuple[str, ...] = ()  # of the mart, as `helpers.reads` names it
    #: the own files, and what lies there (`helpers.runner.key.own_files`)
    files: Mapping[str, str] = field(default_factory=dict)
    #: what it asked the register, with the digests of the answers
    answers: Mapping[str, str] = field(default_factory=dict)
    #: where those of the files come from that are data; None where nothing says it
    whence: Mapping[str, Whence | None] = field(default_factory=dict)

    @property
    def code(self) -> tuple[str, ...]:
        """The own modules and other code."""
        there = (name for name, now in self.files.items() if now != ABSENT and not is_folder(now))
        return tuple(name for name in there if name not in self.whence)

    @property
    def of_unknown_origin(self) -> tuple[str, ...]:
        """A warning for each file of which nothing says where it comes from."""
        cure = f"give its origin, source and as_at in {FILES_YML}, or approve the draft"
        unknown = [name for name, known in self.whence.items() if known is None]
        return tuple(
            f"held: nothing says where {name} comes from, which it read; {cure}" for name in unknown
        )

    def enter(self, entry: Entry, surroundings: Surroundings) -> Entry:
        """Return an entry that knows what was read, also in its key."""
        read = replace(
            entry, reads=tuple(sorted({*entry.reads, *self.data})), files=self.files, answers=self.answers
        )
        read = replace(read, data=surroundings.meant_by(read.reads))
        return replace(read, key={**entry.key, **keys_of(read.data, self.files, self.answers)})


def look_through(
    notes: Iterable[Note], project: Project, surroundings: Surroundings, mirror: Path | None = None
) -> Observed:
    """Return what some notes of a kernel mean.

    `mirror`: the working folder that the kernel had.
    """
    notes = tuple(notes)
    files = Grounds(project.root, project.apart, mirror).read(notes)
    data = [name for name, now in files.items() if is_data(name, now)]
    asked = {f"files {name}": surroundings.answer(f"files {name}") for name in data}
    answers = {each.name: each.says for each in notes if each.kind == "answer"}
    return Observed(
        data=tuple(each.name for each in notes if each.kind == "data"),
        files=files,
        answers=dict(sorted({**answers, **asked}.items())),
        whence={name: project.whence(name) for name in data},
    )

"""What reports depend on: all of a batch on package, machine, data and renderer; each on what it was seen to read.

Which of the files that were opened count: below the project's folder everything but what has a place of its own in
the key (the register, the page settings, the package) and what is private, hidden or a result. Elsewhere everything but
what belongs to the machine or is temporary. A file is known by its content, a folder by the names in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from operator import eq
from pathlib import Path
from typing import Final

from helpers.hashes import hash_file, hash_files, hash_json
from helpers.phrases import OWN as OWN_PHRASES
from helpers.reads import ABSENT, Note, is_about, stamp_of
from helpers.runner.engines import Quarto, engine_name
from helpers.runner.history.editions import answer as edition_now
from helpers.runner.history.editions import is_question
from helpers.runner.history.entries import Entry
from helpers.runner.history.store import History
from helpers.runner.machine import is_of_the_machine, is_passing
from helpers.runner.project import DataSet, Project, Whence

PACKAGE = Path(__file__).parents[2]
#: where it is said what an own file is
FILES_YML = "params/_register/files.yml"
#: what a file is that was changed while the report was made: equal to no content
UNDER_CHANGE: Final = "changed while the report was made"
_FOLDER: Final = "folder "
#: code rather than data: nobody asks where it comes from
_CODE: Final = frozenset((".ipynb", ".jl", ".py", ".pyd", ".qmd", ".r", ".sh", ".so", ".sql"))
#: imports look through the folders of modules and notebooks, and the key has what came of it
_NOT_LISTED: Final = frozenset((".ipynb", ".py"))


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
    #: returns what lies at an own file now (`look_at`)
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

    def not_as_read(self, entry: Entry) -> list[str]:
        """Return which parts of its key that rest on what a report read are not as they were then.

        As `read_by` would tell, without working out the hashes of thousands of reports anew.
        """
        same = {
            "data": entry.key.get("data") == self._digest_of_data(entry.reads),
            "files": self._stands("files", entry.key, entry.files, self.look),
            "register": self._stands("register", entry.key, entry.answers, self.answer),
        }
        return [part for part, is_same in same.items() if not is_same]

    def _stands(
        self, part: str, key: Mapping[str, str], then: Mapping[str, str], now: Callable[[str], str]
    ) -> bool:
        """Tell whether what was noted, of which a part of a key is the hash, is what comes of looking or asking now."""
        if part not in key:
            return False
        if (known := self._standing.get((part, key[part]))) is None:
            known = self._standing[part, key[part]] = all(map(eq, map(now, then), then.values()))
        return known

    @cached_property
    def _standing(self) -> dict[tuple[str, str], bool]:
        """What is known already: many reports about one organisation have read and asked the same."""
        return {}

    @cached_property
    def _digest_of_data(self) -> Callable[[tuple[str, ...]], str]:
        """What gives the part of the key that rests on data; most reports of a notebook have read the same."""
        return cache(lambda reads: keys_of(self.meant_by(reads), {}, {})["data"])

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
    #: the own files, and what lies there (`look_at`)
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
        cure = (
            f"give its origin, source and as_at in {FILES_YML}; what is held waits for `boardpack approve`"
        )
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
    files = own_files(notes, project.root, project.apart, mirror)
    data = [name for name, now in files.items() if is_data(name, now)]
    asked = {f"files {name}": surroundings.answer(f"files {name}") for name in data}
    answers = {each.name: each.says for each in notes if each.kind == "answer"}
    return Observed(
        data=tuple(each.name for each in notes if each.kind == "data"),
        files=files,
        answers=dict(sorted({**answers, **asked}.items())),
        whence={name: project.whence(name) for name in data},
    )


def own_files(
    notes: Iterable[Note], root: Path, apart: Iterable[Path] = (), mirror: Path | None = None
) -> dict[str, str]:
    """Return what lies at the own files among some notes, by their names, as `look_at` tells it.

    `apart`: files and folders that have a place of their own in the key, or are no business of a report. `mirror`: the
    working folder that the kernel had: what it looked for there is meant in the project.
    """
    found: dict[str, str] = {}
    root, elsewhere = root.resolve(), [each.resolve() for each in apart]
    for each in notes:
        place = _meant(_source(Path(each.name)), root, mirror) if each.kind == "file" else None
        if place is None or any(place.is_relative_to(other) for other in elsewhere):
            continue
        if (name := _name(place, root)) is None:
            continue
        now = look_at(root, name)
        compared = each.says == ABSENT or (place == Path(each.name) and not is_folder(now))
        if each.says and compared and each.says != (ABSENT if now == ABSENT else stamp_of(place)):
            now = UNDER_CHANGE
        found[name] = UNDER_CHANGE if found.get(name) == UNDER_CHANGE else now
    return dict(sorted(found.items()))


def _name(place: Path, root: Path) -> str | None:
    """Return how messages call a file; None where it does not count."""
    if is_of_the_machine(str(place)):
        return None
    if not place.is_relative_to(root):
        return None if is_passing(str(place)) else str(place)
    inside = place.relative_to(root)
    return None if any(part.startswith(".") for part in inside.parts) else inside.as_posix()


def _meant(path: Path, root: Path, mirror: Path | None) -> Path | None:
    """Return what a path means in the project; None for what the notebook itself has written."""
    if mirror is None or not path.is_relative_to(mirror.resolve()):
        return path
    there = root / path.relative_to(mirror.resolve())
    if path.is_dir():
        return there if there.is_dir() else None
    return None if path.exists() else there


def look_at(root: Path, name: str) -> str:
    """Return what lies at a path now: the hash of a file's content, or of the names in a folder.

    `root`: the project's folder, which relative names begin from. `name`: as `own_files` calls it.
    """
    place = root / name
    try:
        if place.is_dir():
            names = sorted(each.name for each in place.iterdir() if _is_listed(each))
            return _FOLDER + hash_json(names)
        return hash_file(place)
    except OSError:
        return ABSENT


def is_folder(content: str) -> bool:
    """Tell whether it is a folder of which this says what lies there."""
    return content.startswith(_FOLDER)


def is_data(name: str, content: str) -> bool:
    """Tell whether an own file is one of data: neither code, nor words, nor a folder, nor one that is not there."""
    told = Path(name).suffix.lower() in _CODE or name == OWN_PHRASES
    return not told and content != ABSENT and not is_folder(content)


def _is_listed(path: Path) -> bool:
    name = path.name
    return not (name.startswith(".") or name == "__pycache__" or path.suffix in _NOT_LISTED)


def _source(path: Path) -> Path:
    """Return the module from which a compiled one was made."""
    if path.parent.name != "__pycache__":
        return path
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"

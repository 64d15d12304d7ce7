"""What a report was seen to read, as its entry, its document and the decision to hold it need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.reads import ABSENT, Note
from helpers.runner.history.entries import Entry
from helpers.runner.key.own_files import Grounds, is_data, is_folder
from helpers.runner.key.surroundings import Surroundings, keys_of
from helpers.runner.project import Project, Whence

#: where it is said what an own file is
FILES_YML = "params/_register/files.yml"


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

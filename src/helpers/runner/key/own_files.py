"""The files of its own that a report read: which of those that were opened count, and what lies there.

Below the project's folder everything counts but what has a place of its own in the key (the register, the page
settings, the package) and what is private, hidden or a result. Elsewhere everything counts but what belongs to
the machine or is temporary. A file is known by its content, a folder by the names in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from helpers.phrases import OWN as OWN_PHRASES
from helpers.reads import ABSENT, Note, stamp_of
from helpers.runner.hashes import hash_file, hash_json
from helpers.runner.machine import is_of_the_machine, is_passing

#: what a file is that was changed while the report was made: equal to no content
UNDER_CHANGE: Final = "changed while the report was made"
_FOLDER: Final = "folder "
#: code rather than data: nobody asks where it comes from
_CODE: Final = frozenset((".ipynb", ".jl", ".py", ".pyd", ".qmd", ".r", ".sh", ".so", ".sql"))
#: imports look through the folders of modules and notebooks, and the key has what came of it
_NOT_LISTED: Final = frozenset((".ipynb", ".py"))


@dataclass(frozen=True)
class Grounds:
    """Where a report's own files may lie, and which do not count among them."""

    root: Path
    #: files and folders that have a place of their own in the key, or are no business of a report
    apart: tuple[Path, ...] = ()
    #: the working folder that the kernel had (`helpers.runner.kernel.mirror`): what it looked for there is
    #: meant in the project
    mirror: Path | None = None

    def read(self, notes: Iterable[Note]) -> dict[str, str]:
        """Return what lies at the own files among some notes, by their names, as `look_at` tells it."""
        found: dict[str, str] = {}
        for each in notes:
            place = self._meant(_source(Path(each.name))) if each.kind == "file" else None
            name = self._name(place) if place else None
            if place is None or name is None:
                continue
            now = look_at(self.root, name)
            compared = each.says == ABSENT or (place == Path(each.name) and not is_folder(now))
            if each.says and compared and each.says != (ABSENT if now == ABSENT else stamp_of(place)):
                now = UNDER_CHANGE
            found[name] = UNDER_CHANGE if found.get(name) == UNDER_CHANGE else now
        return dict(sorted(found.items()))

    def _name(self, place: Path) -> str | None:
        """Return how messages call a file; None where it does not count."""
        root, apart = self.root.resolve(), (each.resolve() for each in self.apart)
        if is_of_the_machine(str(place)) or any(place.is_relative_to(each) for each in apart):
            return None
        if not place.is_relative_to(root):
            return None if is_passing(str(place)) else str(place)
        inside = place.relative_to(root)
        return None if any(part.startswith(".") for part in inside.parts) else inside.as_posix()

    def _meant(self, path: Path) -> Path | None:
        """Return what a path means in the project; None for what the notebook itself has written."""
        mirror = self.mirror.resolve() if self.mirror else None
        if mirror is None or not path.is_relative_to(mirror):
            return path
        there = self.root.resolve() / path.relative_to(mirror)
        if path.is_dir():
            return there if there.is_dir() else None
        return None if path.exists() else there


def look_at(root: Path, name: str) -> str:
    """Return what lies at a path now: the hash of a file's content, or of the names in a folder.

    `root`: the project's folder, which relative names begin from. `name`: as `Grounds.read` calls it.
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

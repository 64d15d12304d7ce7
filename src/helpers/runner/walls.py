"""What a kernel is held to, and what alone may read the files that are closed to it: said, not yet built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wall:
    """What a kernel is held to."""

    writable: tuple[Path, ...]  # the folders in which alone it may write
    hidden: tuple[Path, ...] = ()  # folders whose files it may not read, but for those that are writable

    @property
    def told(self) -> dict[str, list[str]]:
        """It, as a message holds it."""
        return {"writable": [*map(str, self.writable)], "hidden": [*map(str, self.hidden)]}

    @classmethod
    def read(cls, told: Mapping[str, Iterable[str]]) -> Wall:
        """Return it from a message."""
        return cls(tuple(map(Path, told["writable"])), tuple(map(Path, told["hidden"])))


@dataclass(frozen=True)
class RoomProcess:
    """What is run beside a kernel, and alone may read certain files for it."""

    module: str  # its module: `python -m MODULE DESCRIPTOR` answers on a socket
    variable: str  # the environment variable by which a kernel is told its end of it
    sealed: Callable[[], tuple[Path, ...]]  # returns the folders whose files it alone may read
    caches: tuple[Path, ...] = ()

    def told(self, hidden: tuple[Path, ...]) -> dict[str, Any]:
        """It, as a message holds it; `hidden` is what it may not read itself."""
        wall = Wall(self.caches, hidden)
        return {"module": self.module, "variable": self.variable, "wall": wall.told}

"""Imports while the garbage collector rests, and without what libraries only reach for."""

from __future__ import annotations

import atexit
import contextlib
import gc
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType


def import_at_rest(name: str) -> ModuleType:
    """Import a module and what it needs, and leave what they are made of out of every later collection.

    Libraries are some hundred thousand objects that last as long as the process. The collector would look through all
    of them several times while they come, and again whenever a report has made a quarter as many.
    """
    if name in sys.modules or not gc.isenabled():
        return import_module(name)
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # libraries look whether everything of theirs has gone at the end
        gc.enable()


@contextlib.contextmanager
def as_not_installed(names: Iterable[str]) -> Iterator[None]:
    """Let imports in the block not find some modules, unless they are there already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]

"""Imports while the garbage collector rests."""

from __future__ import annotations

import atexit
import gc
import sys
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

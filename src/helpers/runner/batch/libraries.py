"""Libraries that run notebooks, imported without what they only reach for."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator

#: what libraries that run notebooks only reach for (jsonschema for kinds of addresses and durations that no schema of
#: a notebook names, papermill for stores that nobody writes to): most of their start, and optional to them
#: (jsonschema, _format.py; papermill, iorw.py)
UNUSED = ("rfc3986_validator", "rfc3987_syntax", "isoduration", "pyarrow", "boto3")
#: what runs a notebook
RUN = ("nbformat", "papermill.execute")


def import_libraries(*names: str) -> None:
    """Import modules; call it before there are threads that import."""
    with _as_not_installed(UNUSED):
        for name in names:
            importlib.import_module(name)


@contextlib.contextmanager
def _as_not_installed(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports in the block not find some modules, unless they are there already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]

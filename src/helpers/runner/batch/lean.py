"""Import what runs notebooks without what these libraries only reach for: that is most of their start.

jsonschema builds grammars for kinds of addresses and of durations that no notebook's schema names; papermill
brings Arrow and the client of a cloud along for stores that nobody writes to.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator

#: each is optional to the library that imports it (jsonschema, _format.py; papermill, iorw.py)
UNUSED = ("rfc3986_validator", "rfc3987_syntax", "isoduration", "pyarrow", "boto3")
_LIBRARIES = ("nbformat", "papermill.execute", "helpers.runner.document.making", "helpers.runner.gate")


def import_libraries() -> None:
    """Import what every report needs in the runner; call it before there are threads that import."""
    with _as_not_installed(UNUSED):
        for name in _LIBRARIES:
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

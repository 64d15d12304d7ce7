"""Inside a kernel: refuses to write where published reports lie, at the line that tries it.

Only publishing writes there, after the gate. The refusal is an audit hook, which the interpreter asks before
it opens, moves or removes a file: it stops slips of any Python code. It is no wall against a library that
opens files by itself, nor against a process that a notebook starts; what these change is found when the
report is next looked at, because a published file whose content is not the recorded one is made anew.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: audit events that change the file system, all arguments of which may be paths (Python's audit events table)
_CHANGES: Final = frozenset(
    (
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.truncate",
        "os.utime",
    )
)


def forbid_writing(folder: str) -> None:
    """Refuse, in this process from now on, to write below a folder.

    Parameters
    ----------
    folder
        The folder; it need not exist.
    """
    root = os.path.realpath(folder)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            paths = (path,) if isinstance(flags, int) and flags & _WRITING else ()
        else:
            paths = arguments if event in _CHANGES else ()
        for each in paths:
            if isinstance(each, str | bytes | os.PathLike) and _is_below(each, root):
                raise PermissionError(
                    f"{os.fsdecode(each)}: a notebook writes nothing where reports are published;"
                    " show what the report is to hold, and it is published when it has passed the gate"
                )

    sys.addaudithook(refuse)


def _is_below(path: str | bytes | os.PathLike[str], root: str) -> bool:
    real = os.path.realpath(os.fsdecode(path))
    return real == root or real.startswith(root + os.sep)

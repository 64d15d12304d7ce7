"""Which files belong to the machine: the system, Python and what is installed. No report depends on one of them.

What is installed is in the environment's hash by name and version.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Final

_SYSTEM: Final = (
    "/bin",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/nix",
    "/opt",
    "/proc",
    "/run",
    "/sbin",
    "/snap",
    "/sys",
    "/usr",
    "/var/cache",
)
#: of whichever Python, also one that a notebook starts; and libraries of the system's own form
_INSTALLED: Final = re.compile(r"/(?:site|dist)-packages/|/lib/python3|\.so\.\d[^/]*$")
_PYTHON: Final = tuple(
    dict.fromkeys(
        os.path.realpath(each)
        for each in (sys.prefix, sys.exec_prefix, sys.base_prefix, *sysconfig.get_paths().values())
    )
)
_OWN: Final = (*_SYSTEM, *_PYTHON, str(Path(__file__).resolve().parents[1]))


def is_of_the_machine(path: str) -> bool:
    """Tell whether a path, links followed, belongs to the machine rather than to the report.

    >>> is_of_the_machine("/usr/share/zoneinfo/Europe/London"), is_of_the_machine("/data/targets.csv")
    (True, False)
    >>> is_of_the_machine("/home/a/conda/lib/python3.12/json/decoder.py")
    True
    """
    if any(path == each or path.startswith(each + os.sep) for each in _OWN):
        return True
    return bool(_INSTALLED.search(path))


def is_passing(path: str) -> bool:
    """Tell whether a path, links followed, is temporary or hidden: a cache, a profile, a checkpoint.

    >>> is_passing("/home/a/.cache/fonts.json"), is_passing("/data/targets.csv")
    (True, False)
    """
    hidden = any(part.startswith(".") for part in Path(path).parts)
    return hidden or path.startswith(os.path.realpath(tempfile.gettempdir()) + os.sep)

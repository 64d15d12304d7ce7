"""Where the `boardpack` command begins: an interruption is told in words from the first moment on.

Importing the command line takes most of a second, in which nothing has begun that could be left half done.
"""

from __future__ import annotations

import os
import signal
import sys

from helpers.errors import INTERRUPTED, INTERRUPTED_WORDS


def main() -> None:
    """Run the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036 - a package laid beside an older one is not asked by pip
        found = f"{sys.version.split()[0]} ({sys.executable})"
        sys.exit(
            f"boardpack needs Python 3.11 or newer and found {found}: install one, make the environment anew with it "
            "(python3.12 -m venv .venv), and install boardpack there."
        )
    before = {each: signal.signal(each, _leave) for each in (signal.SIGINT, signal.SIGTERM)}
    from helpers.cli import main as run  # late: only now is an interruption waited for

    for each, handler in before.items():
        signal.signal(each, handler)
    run()


def _leave(_signal: int, _frame: object) -> None:
    os.write(2, f"{INTERRUPTED_WORDS}\n".encode())
    os._exit(INTERRUPTED)

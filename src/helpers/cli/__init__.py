"""The `boardpack` command: words and arguments; puts the rooms together.

Only this room knows all others. It starts without the scientific libraries: what needs them is imported
when a command comes to it.
"""

from __future__ import annotations

from helpers.cli.commands import main

__all__ = ["main"]

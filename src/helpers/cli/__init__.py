"""The `boardpack` command: words and arguments; puts the rooms together.

Only this room knows all others. It starts without the scientific libraries: what needs them is imported
when a command comes to it. `commands` lists the words and where each is; `assembly` puts a project together from the
rooms, with `questions` for what the runner asks of the data; `options` and `showing` are what commands share.
"""

from __future__ import annotations

from helpers.cli.commands import main

__all__ = ["main"]

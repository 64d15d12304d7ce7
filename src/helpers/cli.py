"""The `boardpack` command: words and arguments; puts the rooms together."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""

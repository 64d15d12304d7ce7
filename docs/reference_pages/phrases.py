"""The page that lists the phrases: docs/reference/phrases.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from helpers.phrases.book import OWN, known_phrases

_HEAD: Final = f"""# Phrases

What reports say that depends on no case. A project's `{OWN}` goes before it, key by key; see
[change a report](../how-to/change-a-report.md). A text must hold the values that stand in braces here: they are the
numbers that the code works with.

Made from the phrase book: `make dictionary` writes it anew."""


def write_phrases_page() -> str:
    """Return the Markdown of docs/reference/phrases.md."""
    topics = groupby(known_phrases().items(), key=lambda each: each[0].partition(".")[0])
    return (
        "\n\n".join([_HEAD, *(line for topic, found in topics for line in _topic(topic, dict(found)))])
        + "\n"
    )


def _topic(topic: str, found: dict[str, str]) -> Iterator[str]:
    yield f"## {topic}"
    rows = (f"| `{key}` | {' '.join(text.split())} |".replace("\\|", "|") for key, text in found.items())
    yield "\n".join(["| key | text |", "|---|---|", *rows])

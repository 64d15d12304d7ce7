"""From a measure back to the publications that feed it, their columns and the functions that read them."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.data.sources import all_layouts
from helpers.data.sources.layout import Feed, Layout
from helpers.register import Measure, Register


def describe_measures(register: Register) -> Iterator[tuple[Measure, Layout, Feed]]:
    """Yield each measure with each layout that feeds it and the columns it comes from, in the register's order."""
    feeds = [(layout, feed) for layout in all_layouts() for feed in layout.feeds]
    for measure in register.measures.values():
        yield from ((measure, layout, feed) for layout, feed in feeds if feed.measure == measure.id)


def function_of(layout: Layout) -> str:
    """Return the name of the function that reads a layout."""
    return f"{layout.read.__module__.removeprefix('helpers.data.')}.{layout.read.__name__}"

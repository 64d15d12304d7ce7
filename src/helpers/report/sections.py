"""What the sections of a report are made with: a text, a table, a figure that know their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from helpers.bundle import Cell, Column, Kind, Panel
from helpers.report import controlled
from helpers.report.shown import Shown, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.report.opening import Report


class Sections:
    """The sections of one report.

    Parameters
    ----------
    report
        The open report.
    tables
        What its figures come from: tables of the mart, or single data sets of them ("<table>/<source>").
    """

    def __init__(self, report: Report, tables: Iterable[str]) -> None:
        self.report, self.tables = report, tuple(tables)
        self.origin = report.bundle("text", "origin", tables=self.tables).origin

    def text(self, name: str, markdown: str, *, kind: Kind = "text") -> Shown:
        """Return paragraphs or a list."""
        return Shown(self.report.bundle(kind, name, tables=self.tables, markdown=markdown))

    def heading(self, name: str, words: str, *, level: Literal[2, 3] = 2) -> Shown:
        """Return a heading from data, such as a measure's name; it can be referred to as `@sec-<name>`."""
        return Shown(
            self.report.bundle("heading", f"sec-{name}", tables=self.tables, caption=words, level=level)
        )

    def panels(self, name: str, panels: Sequence[Panel]) -> Shown:
        """Return short blocks that stand side by side."""
        return Shown(self.report.bundle("panels", name, tables=self.tables, panels=tuple(panels)))

    def table(
        self,
        name: str,
        caption: str,
        columns: Sequence[Column],
        rows: Sequence[tuple[Cell, ...]],
        *,
        note: str = "",
        groups: Sequence[int] = (),
        on_slide: bool = False,
    ) -> Shown:
        """Return a table with its caption; the cells are as they may be shown.

        `groups` are the places of rows whose first cell heads those that follow. A table that is `on_slide`
        is the second slide of the PowerPoint.
        """
        bundle = self.report.bundle(
            "table",
            name,
            tables=self.tables,
            caption=caption,
            columns=tuple(columns),
            rows=tuple(rows),
            suppressed=controlled.hidden(rows),
            markdown=note,
            groups=tuple(groups),
            on_slide=on_slide,
        )
        return Shown(bundle)

    def figure(
        self,
        name: str,
        chart: Callable[[], Figure],
        *,
        caption: str,
        alt: str,
        data: tuple[Sequence[Column], Sequence[tuple[Cell, ...]]],
    ) -> Shown:
        """Return a picture with the data behind it: columns and rows, as they may be shown."""
        columns, rows = data
        bundle = self.report.bundle(
            "figure",
            name,
            tables=self.tables,
            caption=caption,
            alt=alt,
            columns=tuple(columns),
            rows=tuple(rows),
            suppressed=controlled.hidden(rows),
        )
        return Shown(bundle, draw(chart))

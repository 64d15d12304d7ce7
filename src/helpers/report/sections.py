"""What the sections of a report are made with: a text, a table, a figure that know their sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from helpers.bundle import SUPPRESSED, Cell, Kept, Kind, Origin, Panel
from helpers.report import columns
from helpers.report.parts import Field, Headline, Named, Part
from helpers.report.report import origin_of
from helpers.report.shown import Shown
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.report import Report


class Sections:
    """The sections of one report: what was read for it is what they come from.

    `within` are the data sets ("<table>/<source>") or tables to which they can be traced by the rows they are made of.
    """

    def __init__(self, report: Report, within: Iterable[str] = ()) -> None:
        self.report, self.within = report, tuple(within)

    @property
    def origin(self) -> Origin:
        """How the figures may be shown, by what was read so far: as records before anything was."""
        return origin_of(self.report.sources(self.within))

    def part(
        self,
        name: str,
        *,
        fields: Sequence[Field] | None = None,
        rows: Sequence[tuple[Cell, ...]] | None = None,
        words: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        values_of_row: int | None = None,
        none: str = "",
        **told: Any,
    ) -> Part:
        """Return a part; see `Part` for what else is told of it, and `none` for what it says where it has no row.

        Rows that come without fields have the columns that `columns.yml` beside the class has by the part's name.
        Figures from records are rounded as they are listed: exact ones tell exact numbers of patients.
        `values_of_row` is the row whose cells are its values, by the names of the columns.
        """
        made = self.report.bundle("text", name, within=self.within)
        if fields is None:
            fields = () if rows is None else columns.fields(inspect.getfile(type(self)), name)
        rows = rows or ()
        if made.origin == "records":
            rows = [tuple(map(_as_listed, fields, row)) for row in rows]
        if values_of_row is not None:
            row = zip(fields, rows[values_of_row], strict=True)
            values = {
                each.name: None if cell == SUPPRESSED else cell
                for each, cell in row
                if not isinstance(cell, str) or cell == SUPPRESSED
            }
        return Part(
            name,
            made,
            tuple(fields),
            tuple(rows),
            words=Named({"none": none, **(words or {})} if none and not rows else words or {}),
            values=Named(values or {}),
            **told,
        )

    def composed(self, name: str, content: Callable[[], Iterable[Shown]], **told: Any) -> Part:
        """Return a part that is shown bare as several objects; see `part` for the rest."""
        return self.part(name, content=content, **told)

    def points(self, name: str, said: Iterable[str], *, none: str = "") -> Part:
        """Return plain sentences as a list, or what is said where there are none."""
        points = enumerate(map(escape_markdown, [*said] or [none]), 1)
        return self.part(name, words={f"point_{n}": text for n, text in points}, bulleted=True)

    def headline_of(
        self,
        words: Mapping[str, str],
        values: Mapping[str, Any] | None = None,
        *,
        until: date | None = None,
        kept: Kept | None = None,
    ) -> Headline:
        """Return what a board should know first, sentence by sentence.

        `until` is when it is out of date, `kept` what the next report compares itself with.
        """
        until_day = until.isoformat() if until else ""
        told: dict[str, Any] = {"within": self.within, "good_until": until_day, "kept": kept}
        made = self.report.bundle("headline", "headline", **told)
        return Headline("headline", made, words=Named(words), values=Named(values or {}))

    def text(self, name: str, markdown: str, *, kind: Kind = "text") -> Shown:
        """Return paragraphs or a list."""
        return Shown(self.report.bundle(kind, name, within=self.within, markdown=markdown))

    def heading(self, name: str, words: str, *, level: Literal[2, 3] = 2) -> Shown:
        """Return a heading from data, such as a measure's name; it can be referred to as `@sec-<name>`."""
        return Shown(
            self.report.bundle("heading", f"sec-{name}", within=self.within, caption=words, level=level)
        )

    def panels(self, name: str, panels: Sequence[Panel]) -> Shown:
        """Return short blocks that stand side by side."""
        return Shown(self.report.bundle("panels", name, within=self.within, panels=tuple(panels)))


def first_bold(said: Mapping[str, str]) -> dict[str, str]:
    """Return plain sentences as a headline has them: escaped, the first in bold, empty ones left out.

    >>> first_bold({"late": "", "worst": "A*", "rest": "B"})
    {'worst': '**A\\\\***', 'rest': 'B'}
    """
    told = {name: escape_markdown(text) for name, text in said.items() if text}
    return {name: text if n else f"**{text}**" for n, (name, text) in enumerate(told.items())}


def _as_listed(field: Field, cell: Cell) -> Cell:
    """Return a number as it is listed.

    >>> from helpers.bundle import Column
    >>> _as_listed(Field("stay", Column(label="Stay", kind="rate", digits=1)), 4.2534)
    4.3
    """
    return round(cell, field.column.digits) if isinstance(cell, float) else cell

"""Parts of an analysis: one frozen object each, from which its frame, figure, table and words are made.

What a part holds has left the records room, so it holds only what may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from helpers.bundle import SUPPRESSED, Bundle, Cell, Column, Panel
from helpers.errors import UsageError, near_misses, raise_all, unknown_names
from helpers.report.own.cells import Format, show
from helpers.report.shown import Shown, draw, picture_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Value = TypeVar("Value")
#: columns of a table: names of the frame's, or these with what heads them
Heads = Sequence[str] | Mapping[str, str]
_DESCENDING: Final = "-"


class part(cached_property[Value]):  # noqa: N801 - used as a decorator, like its parent
    """A part of an analysis: a property that is worked out once, and may leave the records room."""


class Named(dict[str, Value]):
    """Sentences or numbers by name, also as attributes: `stays.crude.words.difference`."""

    def __getattr__(self, name: str) -> Value:
        if name in self:
            return self[name]
        raise AttributeError(f"{name!r} is not among {', '.join(self)}. {near_misses(name, list(self))}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]


@dataclass(frozen=True)
class Field:
    """A column of a part."""

    name: str  # what the frame calls it
    column: Column  # how a table shows it
    about: str = ""  # what stands in it, with its unit, where the heading does not say enough
    usual: bool = True  # whether the table has it where nobody chooses columns


@dataclass(frozen=True)
class Part:
    """One result of an analysis; shown bare, it is its figure, or its table, with its sentences.

    Where nothing may be shown it has columns and no rows, and its sentences say why.
    """

    name: str  # what labels are made of: "fig-<name>", "tbl-<name>"
    made: Bundle  # where it comes from and how it may be shown: a bundle without content
    #: fields, rows: its columns, and their cells as they may be shown
    fields: tuple[Field, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    #: caption, alt, note: of the figure, or of a part without one of the table; the note stands below a table
    caption: str = ""
    alt: str = ""
    note: str = ""
    table_caption: str = ""  # of the table, where it differs
    #: its sentences by name, Markdown, in the order in which they are said
    words: Named[str] = field(default_factory=Named)
    #: its numbers by name, for sentences of one's own; hidden ones are None
    values: Named[Any] = field(default_factory=Named)
    #: draws the figure from what may be shown; it stays in the records room, which draws for a part that has
    #: left it
    chart: Callable[[], Figure] | None = None
    groups: tuple[int, ...] = ()  # places of rows whose first cell heads those that follow
    #: the field whose cells head the rows that follow in the usual table; these stand next to each other
    by: str = ""
    on_slide: bool = False  # whether the table is on the last slides of the PowerPoint
    #: what stands below the figure on a slide of its own; it has none without
    beside: tuple[Panel, ...] = ()
    bulleted: bool = False  # whether its sentences are said as a list
    #: makes what is shown bare, where that is several objects: a section of a measure, say, or words side by side
    content: Callable[[], Iterable[Shown]] | tuple[Shown, ...] | None = None

    # --- what it holds ------------------------------------------------------------------------------

    @property
    def frame(self) -> pd.DataFrame:
        """The cells as a tidy frame: numbers in the unit that is shown, dates as dates; hidden ones are missing."""
        import pandas as pd

        cells = zip(*self.rows, strict=True) if self.rows else [()] * len(self.fields)
        columns = zip(self.fields, cells, strict=True)
        return pd.DataFrame({each.name: _series(each.column, cells) for each, cells in columns})

    @property
    def columns(self) -> pd.DataFrame:
        """What stands in each column of the frame."""
        import pandas as pd

        told = [
            (each.name, each.about or each.column.label, each.column.unit, each.usual)
            for each in self.fields
        ]
        return pd.DataFrame(told, columns=["column", "about", "unit", "in_table"]).set_index("column")

    # --- what it shows ------------------------------------------------------------------------------

    def figure(self, *, caption: str = "", alt: str = "", label: str = "") -> Figure:
        """Return the picture, which may be altered before a cell shows it.

        Parameters
        ----------
        caption, alt
            In place of those that it has.
        label
            "fig-…", by which Markdown refers to it: a second one of the same kind needs its own.

        Raises
        ------
        UsageError
            Where it has no picture: its sentences say why.
        """
        if self.chart is None:
            raise UsageError(f"{self.name}.figure", "this part has no picture", cure=self._instead)
        figure: Any = draw(self.chart)
        figure.bundle = self._figure_bundle(caption, alt, label)
        return figure  # type: ignore[no-any-return]

    def table(
        self,
        *,
        columns: Heads | None = None,
        formats: Mapping[str, Format] | None = None,
        sort: str = "",
        top: int | None = None,
        caption: str = "",
        label: str = "",
        note: str | None = None,
    ) -> Shown:
        """Return the table.

        Parameters
        ----------
        columns
            Which columns of the frame, in this order; a mapping also gives what heads them:
            `["specialty", "patients"]`, `{"patients": "Discharges"}`.
        formats
            By column, as in f-strings: `{"ratio": ".3f"}`.
        sort
            A column, "-" before it for the largest first; what is hidden comes last.
        top
            How many rows.
        caption, note
            In place of those that it has.
        label
            "tbl-…", by which Markdown refers to it: a second one of the same kind needs its own.

        Raises
        ------
        UsageError
            For a column that it does not have, with every one of them.
        """
        self._check_table(columns, formats, sort)
        chosen = self._chosen(columns)
        rows = self._arranged(sort, top)
        shown = tuple(
            tuple(self._cell(each, row[self._place(each.name)], formats) for each in chosen) for row in rows
        )
        chosen, shown = _without_empty(chosen, shown)
        heads = columns if isinstance(columns, Mapping) else {}
        usual = columns is None and not sort and top is None
        groups = self.groups if usual else ()
        if usual and self.by:
            shown, groups = self._headed(rows, shown)
        told = {
            "kind": "table",
            "id": label or f"tbl-{self.name}",
            "caption": caption or self.table_caption or self.caption,
            "columns": tuple(
                each.column.model_copy(update={"label": heads.get(each.name, each.column.label)})
                for each in chosen
            ),
            "rows": shown,
            "suppressed": _suppressed(shown),
            "markdown": self.note if note is None else note,
            "groups": groups,
            "on_slide": self.on_slide,
        }
        return Shown(self.made.model_copy(update=told))

    def say(self, *names: str) -> Shown:
        """Return some of its sentences, in the order in which they are named; all without names."""
        words = said(self, names, "\n- " if self.bulleted else " ")
        told = {
            "kind": "text",
            "id": f"say-{self.name}",
            "markdown": f"- {words}" if self.bulleted else words,
        }
        return Shown(self.made.model_copy(update=told))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for each in self.shown:
            display(each)  # type: ignore[no-untyped-call]

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What it is when it is shown bare: its content, or its figure, or else its table, and its sentences."""
        if self.content is not None:
            return tuple(self.content() if callable(self.content) else self.content)
        first: list[Shown] = []
        if self.chart is not None:
            first.append(self.as_figure())
        elif self.rows:
            first.append(self.table())
        return (*first, *([self.say()] if any(self.words.values()) else []))

    def as_figure(self) -> Shown:
        """Return the picture as it is shown bare."""
        drawn_in_room = getattr(self.chart, "svg", None)  # where nobody is to alter it
        if drawn_in_room:
            return Shown(self._figure_bundle("", "", ""), drawn_in_room())
        figure: Any = self.figure()
        return Shown(figure.bundle, picture_of(figure, altered=False))

    # --- pieces -------------------------------------------------------------------------------------

    def _figure_bundle(self, caption: str, alt: str, label: str) -> Bundle:
        told = {
            "kind": "figure",
            "id": label or f"fig-{self.name}",
            "caption": caption or self.caption,
            "alt": alt or self.alt,
            "columns": tuple(each.column for each in self.fields),  # whatever may be drawn
            "rows": self.rows,
            "suppressed": _suppressed(self.rows),
            "panels": self.beside,
        }
        return self.made.model_copy(update=told)

    @property
    def _instead(self) -> str:
        return f"show {self.name}.say()" if any(self.words.values()) else f"show {self.name}.table()"

    def _place(self, name: str) -> int:
        return next(place for place, each in enumerate(self.fields) if each.name == name)

    def _check_table(self, columns: Heads | None, formats: Mapping[str, Format] | None, sort: str) -> None:
        known = [each.name for each in self.fields]
        if not known:
            raise UsageError(f"{self.name}.table", "this part has no table", cure=self._instead)
        asked = {
            "columns": columns or (),
            "formats": formats or (),
            "sort": [sort.removeprefix(_DESCENDING)] if sort else (),
        }
        raise_all(
            problem
            for what, names in asked.items()
            for problem in unknown_names(
                names, known, where=f"{self.name}.table, {what}, ", came="no such column"
            )
        )

    def _chosen(self, columns: Heads | None) -> list[Field]:
        if columns is None:
            return [each for each in self.fields if each.usual]
        by_name = {each.name: each for each in self.fields}
        return [by_name[name] for name in columns]

    def _arranged(self, sort: str, top: int | None) -> list[tuple[Cell, ...]]:
        rows = list(self.rows)
        if sort:
            place = self._place(sort.removeprefix(_DESCENDING))
            have = [row for row in rows if row[place] not in (None, SUPPRESSED)]
            have.sort(key=lambda row: row[place], reverse=sort.startswith(_DESCENDING))  # type: ignore[arg-type,return-value]
            rows = have + [row for row in rows if row[place] in (None, SUPPRESSED)]
        return rows[:top]

    def _headed(
        self, rows: Sequence[tuple[Cell, ...]], shown: Sequence[tuple[Cell, ...]]
    ) -> tuple[tuple[tuple[Cell, ...], ...], tuple[int, ...]]:
        """Return rows with one before each group that names it, and the places of those."""
        place = self._place(self.by)
        headed: list[tuple[Cell, ...]] = []
        groups: list[int] = []
        for number, (row, cells) in enumerate(zip(rows, shown, strict=True)):
            if not number or row[place] != rows[number - 1][place]:
                groups.append(len(headed))
                headed.append((row[place], *[None] * (len(cells) - 1)))
            headed.append(cells)
        return tuple(headed), tuple(groups)

    def _cell(self, wanted: Field, cell: Cell, formats: Mapping[str, Format] | None) -> Cell:
        form = (formats or {}).get(wanted.name)
        if form is None or cell is None or cell == SUPPRESSED:
            return cell
        return show(cell, form, where=f"{self.name}.table, formats, {wanted.name}")


def _suppressed(rows: Iterable[Sequence[Cell]]) -> int:
    """Return how many cells are hidden: what a number of numpy says to a comparison is no number that JSON has."""
    return sum(bool(cell == SUPPRESSED) for row in rows for cell in row)


def _series(column: Column, cells: Iterable[Cell]) -> pd.Series[Any]:
    import pandas as pd

    known = [None if cell == SUPPRESSED else cell for cell in cells]
    if column.kind == "date":
        return pd.to_datetime(pd.Series(known, dtype="str"))
    is_number = all(cell is None or isinstance(cell, int | float) for cell in known)
    return pd.Series(
        known, dtype=float if is_number and any(cell is not None for cell in known) else object
    )


@dataclass(frozen=True)
class Headline(Part):
    """What a board should know first: sentences by name, of which a call chooses some: `headline("ratio")`."""

    kind: str = "headline"

    def __call__(self, *names: str) -> Shown:
        """Return these sentences, each a paragraph, in this order; all without names."""
        told = {"kind": "headline", "id": "headline", "markdown": said(self, names, "\n\n")}
        return Shown(self.made.model_copy(update=told))

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The headline."""
        return (self(),)


def _without_empty(
    fields: list[Field], rows: tuple[tuple[Cell, ...], ...]
) -> tuple[list[Field], tuple[tuple[Cell, ...], ...]]:
    """Leave out columns in which nothing stands in any row: notes where nothing is to be noted. The first stays."""
    kept = [place for place in range(len(fields)) if not place or any(row[place] != "" for row in rows)]
    if not rows:
        return fields, rows
    return [fields[place] for place in kept], tuple(tuple(row[place] for place in kept) for row in rows)


def said(what: Part, names: Iterable[str], between: str = " ") -> str:
    """Return sentences of a part by their names, or all of them; one that it does not have is refused."""
    names, known = tuple(names), list(what.words)
    raise_all(unknown_names(names, known, where=f"{what.name}, ", came="no such sentence"))
    return between.join(sentence for name in names or known if (sentence := what.words[name]))


def out_of_room(what: Part) -> Part:
    """Return a part with it said that it came out of the records room, and with nothing left to be made there."""
    told = replace(what, made=what.made.model_copy(update={"in_room": True}))
    return (
        told if told.content is None else replace(told, content=tuple(e.out_of_room() for e in what.shown))
    )

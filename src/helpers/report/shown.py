"""One shown object: a picture or Markdown for JupyterLab, and the bundle that the runner reads."""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, cast

from helpers.bundle import FILE_MIME, MIME, Bundle, Cell, Column
from helpers.theme.icons import icon_words
from helpers.theme.markdown import escape_markdown, label_of, plain_words
from helpers.theme.sparks import spark_blocks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


#: Quarto tells the kernels that it starts where the document is
_QUARTO: Final = "QUARTO_DOCUMENT_PATH"
#: what a path goes through, and its numbers beyond a hundredth of a point: half of a chart's size, nothing to see
_PATH: Final = re.compile(' d="[^"]*"')
_LONG: Final = re.compile(r"(?<=\.\d\d)\d+")


@dataclass(frozen=True)
class Shown:
    """What a helper returns for a cell to show."""

    bundle: Bundle  # the structured entry; report and gate are made from it alone
    svg: str = ""
    markdown: str = ""  # what JupyterLab shows where the report shows nothing at this place
    html: str = ""  # a table of an analyst's own, as the report reads it
    file: bytes = b""  # what is to lie beside the report

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002
        if self._is_numbered_by_quarto:
            look = {"text/markdown": _for_quarto(self.bundle, self.svg, self.html)}
        elif self.svg:
            look = {"image/svg+xml": self.svg}
        elif self.html:
            look = {"text/html": self.html}
        else:
            look = {"text/markdown": self.markdown or _markdown(self.bundle)}
        if self.file:
            look[FILE_MIME] = base64.b64encode(self.file).decode()
        plain = self.bundle.alt or self.bundle.markdown or self.bundle.caption or self.bundle.id
        return {MIME: self.bundle.model_dump(mode="json"), "text/plain": plain, **look}

    def out_of_room(self) -> Self:
        """Return it with it said that it came out of the records room."""
        return replace(self, bundle=self.bundle.model_copy(update={"in_room": True}))

    @property
    def _is_numbered_by_quarto(self) -> bool:
        """Whether this is a figure or table that Quarto, which has started this kernel, is to caption."""
        is_figure = self.bundle.kind == "figure" and self.svg
        return _QUARTO in os.environ and bool(is_figure or self.bundle.kind == "table")


@dataclass(frozen=True)
class ShownParts:
    """What a cell shows as several objects, one after the other: a section for each measure, say."""

    parts: tuple[Shown, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in self.parts:
            display(part)  # type: ignore[no-untyped-call]


def draw(chart: Callable[[], Figure]) -> Figure:
    """Return a chart in the board's style; no cell shows it by itself."""
    import matplotlib.pyplot as plt

    from helpers.theme.charts import chart_style

    with chart_style():
        figure = chart()
        if hasattr(figure, "lay_out"):  # one of ours
            figure.lay_out()
    plt.close(figure)
    return figure


def picture_of(figure: Figure, *, altered: bool = True) -> str:
    """Return the SVG of a chart, text as outlines so that it looks the same everywhere.

    One that nobody can have altered is laid out and drawn once; matplotlib's own way draws it for its layout, too.
    """
    from helpers.theme.charts import chart_style

    told: dict[str, Any] = {"metadata": {"Date": None, "Creator": None}}
    file = io.StringIO()
    with chart_style():
        if altered:
            figure.savefig(file, format="svg", **told)
        else:
            from matplotlib.backends.backend_svg import FigureCanvasSVG

            canvas = FigureCanvasSVG(figure)
            cast(Any, figure).freeze()
            canvas.print_svg(file, **told)
    return _PATH.sub(lambda path: _LONG.sub("", path[0]), file.getvalue())


def _for_quarto(bundle: Bundle, svg: str, html: str) -> str:
    """Return a figure or table as Quarto captions and numbers it, with the figure's alt text.

    A table's HTML stands in Markdown: for HTML alone Quarto would make the page load scripts from elsewhere.
    """
    caption = bundle.caption if bundle.own else escape_markdown(bundle.caption)
    if html:
        table = f"``````{{=html}}\n{html}\n``````"
        named = label_of("tbl-", plain_words(caption)) if bundle.id == "tbl-" else bundle.id
        # without a caption it is the cell's options that name it
        captioned = f"::: {{#{named}}}\n\n{table}\n\n{caption}\n\n:::" if caption else table
        return f"{captioned}\n\n{bundle.markdown}".rstrip()
    label = "" if bundle.id.endswith("-") else f"#{bundle.id} "  # one of an author's own may have none
    if bundle.kind == "table":
        parts = (_pipe_table(bundle), f": {caption} {{#{bundle.id}}}", bundle.markdown)
        return "\n\n".join(part for part in parts if part)
    picture = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return f'![{caption}]({picture}){{{label}fig-alt="{escape_markdown(bundle.alt)}"}}'


def _markdown(bundle: Bundle) -> str:
    if bundle.kind == "heading":
        return f"{'#' * bundle.level} {bundle.caption}"
    if bundle.panels:
        # each a paragraph of its own: a list right after other words would not be one
        panels = [
            (f"**{each.title}**" if each.title else "", icon_words(each.icon), each.markdown)
            for each in bundle.panels
        ]
        return "\n\n".join(part for parts in panels for part in parts if part)
    if not bundle.columns:
        return bundle.markdown
    parts = (f"**{bundle.caption}**", _pipe_table(bundle), bundle.markdown)
    return "\n\n".join(part for part in parts if part)


def _pipe_table(bundle: Bundle) -> str:
    heads = [
        f"{column.label} ({column.unit})" if column.unit else column.label for column in bundle.columns
    ]
    rules = [
        ":---" if column.kind in ("label", "text", "date", "icon", "spark") else "---:"
        for column in bundle.columns
    ]
    shown = [[_shown(c, cell) for c, cell in zip(bundle.columns, row, strict=True)] for row in bundle.rows]
    return "\n".join([_line(heads), _line(rules), *map(_line, shown)])


def _shown(column: Column, cell: Cell) -> str:
    """Return a cell as JupyterLab shows it: an icon as its words, a line feed as a new line."""
    if column.kind == "icon" and isinstance(cell, str):
        return "<br>".join(map(icon_words, cell.split("\n")))
    if column.kind == "spark" and isinstance(cell, str):
        return spark_blocks(cell)
    return column.show(cell).replace("\n", "<br>")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

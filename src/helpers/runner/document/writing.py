"""Bundles as Markdown: figures, tables, the data behind a figure, and the report's last section."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from helpers.bundle import MISSING, SUPPRESSED, Bundle, Cell, Column, ColumnKind, Panel, Source
from helpers.runner.document.columns import share_out
from helpers.runner.document.outputs.tables import BETWEEN_HEADS, HtmlTable
from helpers.runner.document.prose import clean
from helpers.runner.project import Whence
from helpers.theme.icons import ICONS, icon_words
from helpers.theme.markdown import escape_markdown, plain_line
from helpers.theme.sparks import spark_name, spark_svg, spark_words

_BYTE_ORDER_MARK: Final = "\ufeff"  # tells Excel that the CSV is UTF-8
_VIEW_BOX: Final = re.compile(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_TALL: Final = 0.6  # height to width; at the text's width 10 cm
_NUMERIC: Final = frozenset({"count", "rate", "model"})
# A pipe table whose lines are longer than pandoc's 72 columns takes the widths of its dashes.
_DASHES: Final = 120
_PICTURE: Final = "xxxx"  # an icon with its words is wider by this
_SPARK: Final = "x" * 7  # a sparkline is as wide
_BETWEEN: Final = 1.5  # from a column to the next
_ROOM: Final = 118  # characters of a wide table's letters across a page
#: source: OWASP, CSV injection: what makes a spreadsheet take a cell for a formula
_FORMULA = re.compile(r"[=+\-@|%\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def write_figure(bundle: Bundle, svg: bytes = b"", *, caption: str = "") -> str:
    """Return a figure with caption, label and alt text, and the data behind it; tall ones and time series are marked.

    A caption that its author wrote as Markdown stands for the bundle's, which is plain words.
    """
    caption, alt = clean(caption) or escape_markdown(bundle.caption), escape_markdown(bundle.alt)
    mark = (" .tall" if _is_tall(svg) else "") + (" .over-time" if _is_over_time(bundle) else "")
    picture = f'![{caption}]({figure_path(bundle.id)}){{#{bundle.id}{mark} fig-alt="{alt}"}}'
    parts = [picture, _notes(bundle)]
    if bundle.columns:
        parts.append(_data_behind(bundle))
    if bundle.panels:
        parts.append("\n\n".join([":::: {.on-slide}", *map(_panel, bundle.panels), "::::"]))
    return _paragraphs(parts)


def _is_over_time(bundle: Bundle) -> bool:
    """Whether a chart is one of a single thing by date, whose newest end a reader wants to see first."""
    dates = [place for place, column in enumerate(bundle.columns) if column.kind == "date"]
    return bool(dates) and all(len({row[place] for row in bundle.rows}) < 2 for place in range(dates[0]))


def _is_tall(svg: bytes) -> bool:
    """Whether a picture is so tall that on paper it wants a page, or most of one, for itself."""
    box = _VIEW_BOX.search(svg[:2000])
    return box is not None and float(box[2]) > _TALL * float(box[1])


def _data_behind(bundle: Bundle) -> str:
    """Return the table behind a figure, marked with its id and with itself as CSV; the filter alone reads it."""
    csv = quote(_BYTE_ORDER_MARK + csv_of(bundle), safe=",;:*")
    table = pipe_table(bundle.columns, bundle.rows)
    return f'::: {{.data-behind figure="{bundle.id}" csv="{csv}"}}\n~~~~\n{table}\n~~~~\n:::'


def csv_of(bundle: Bundle) -> str:
    """Return the data behind a figure as CSV: as they are shown, so that no digit gives more away.

    >>> columns = (Column(label="Trust"), Column(label="Stay", kind="rate", unit="days", digits=1))
    >>> rows = (("A", 1234.56), ("B", "*"), ("C", None))
    >>> csv_of(Bundle(kind="figure", id="fig-a", columns=columns, rows=rows))
    'Trust,Stay (days)\\r\\nA,1234.6\\r\\nB,*\\r\\nC,\\r\\n'
    """
    rows = [
        [_csv_cell(column, cell) for column, cell in zip(bundle.columns, row, strict=True)]
        for row in bundle.rows
    ]
    return write_csv([_header(column) for column in bundle.columns], rows)


def _csv_cell(column: Column, cell: Cell) -> Cell:
    if isinstance(cell, str):
        return "; ".join(map(icon_words, cell.split("\n"))) if column.kind == "icon" else cell
    return None if cell is None else f"{round(cell, column.digits) + 0.0:.{column.digits}f}"


def write_table(bundle: Bundle) -> str:
    """Return a table with caption, label and the notes below it."""
    caption = f": {escape_markdown(bundle.caption)} {{#{bundle.id}}}"
    table = pipe_table(bundle.columns, bundle.rows, groups=bundle.groups)
    return _paragraphs([table, caption, _notes(bundle)])


def write_html_table(bundle: Bundle, table: HtmlTable, *, caption: str = "") -> str:
    """Return an ordinary table, which may span columns, for the filter; with caption, label and notes."""
    words = clean(caption) or escape_markdown(bundle.caption)
    widths = ",".join(f"{share:.4f}" for share in _shares(table))
    opening = f'::: {{.html-table label="{bundle.id}" aligned="{table.aligned}" widths="{widths}"}}'
    rows = f"~~~~ {{.html-rows}}\n{table.write()}\n~~~~"
    return _paragraphs([opening, rows, words, ":::", _notes(bundle)])


def _shares(table: HtmlTable) -> list[float]:
    """Return the columns' shares of the width, as for our own tables."""
    kinds: list[ColumnKind] = ["count" if each == "r" else "text" for each in table.aligned]
    columns = [
        Column(label=column.label, kind=kind) for column, kind in zip(table.columns, kinds, strict=True)
    ]
    cells = [list(column) for column in zip(*table.single_rows, strict=True)]
    heads = [column.label.rpartition(BETWEEN_HEADS)[2] for column in columns]
    return _weights(columns, [[head, *each] for head, each in zip(heads, cells, strict=True)])


def write_panels(bundle: Bundle) -> str:
    """Return short blocks that stand side by side where there is room; icons without titles are a strip."""
    titled = any(panel.title for panel in bundle.panels)
    strip = not titled and any(panel.icon for panel in bundle.panels)
    opening = ":::: {.panels .strip}" if strip else ":::: {.panels}"
    return "\n\n".join([opening, *map(_panel, bundle.panels), "::::"])


def _panel(panel: Panel) -> str:
    title = f"[{escape_markdown(panel.title)}]{{.panel-title}}" if panel.title else ""
    icon = _icon(panel.icon) if panel.icon else ""
    return f"::: {{.panel}}\n{_paragraphs([title, icon, clean(panel.markdown)])}\n:::"


def _icon(name: str) -> str:
    """Return an icon's words, marked so that the renderers set its picture before them."""
    known = f" .icon-{name.replace('_', '-')}" if name in ICONS else ""
    return f"[{escape_markdown(icon_words(name))}]{{.icon{known}}}"


def sparks_of(bundles: Iterable[Bundle]) -> dict[str, bytes]:
    """Return the pictures of the sparklines in tables, by their names."""
    cells = {
        str(row[place])
        for bundle in bundles
        for place, column in enumerate(bundle.columns)
        if column.kind == "spark"
        for row in bundle.rows
        if row[place] not in (None, "")
    }
    return {spark_name(cell): spark_svg(cell) for cell in sorted(cells)}


def figure_path(figure_id: str) -> str:
    """Return where a figure's picture lies beside the document."""
    return f"figures/{figure_id}.svg"


def pipe_table(
    columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]], *, groups: Collection[int] = ()
) -> str:
    """Return a pipe table: unit in the header, numbers to the right, widths by what the columns hold.

    The first cell of the rows in `groups` is marked, so that the renderers set it across the table.

    >>> print(pipe_table((Column(label="Beds", kind="count", unit="beds"),), [(1250,)]).splitlines()[-1])
    | 1,250 |
    """
    header = [_header(column) for column in columns]
    body = [[column.show(cell) for column, cell in zip(columns, row, strict=True)] for row in rows]
    body = body or [["No rows", *[""] * (len(columns) - 1)]]
    written = [[_cell(column, cell) for column, cell in zip(columns, cells, strict=True)] for cells in body]
    for place in groups:
        written[place] = [f"[{written[place][0]}]{{.group}}", *[""] * (len(columns) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (map(escape_markdown, header), *written)]
    single = [cells for place, cells in enumerate(body) if place not in groups]
    weights = _weights(columns, [list(cells) for cells in zip(header, *single, strict=True)])
    return "\n".join([lines[0], _rule(columns, weights), *lines[1:]])


def _cell(column: Column, shown: str) -> str:
    if column.kind == "icon":
        return "[]{.break}".join(
            _icon(line) if line in ICONS else escape_markdown(line) for line in shown.split("\n")
        )
    if column.kind == "spark" and shown != MISSING:
        return f"![{escape_markdown(spark_words(shown))}]({figure_path(spark_name(shown))}){{.spark}}"
    return "[]{.break}".join(escape_markdown(line) for line in shown.split("\n"))


def _rule(columns: tuple[Column, ...], weights: list[float]) -> str:
    """Return the line below the header: dashes in the columns' shares, the colon where they are aligned."""
    counts = [max(2, round(_DASHES * weight)) for weight in weights]
    dashes = (
        "-" * count + ":" if column.kind in _NUMERIC else ":" + "-" * count
        for column, count in zip(columns, counts, strict=True)
    )
    return f"|{'|'.join(dashes)}|"


def _header(column: Column) -> str:
    label, unit = plain_line(column.label), plain_line(column.unit)
    return f"{label} ({unit})" if unit else label


def _weights(columns: Sequence[Column], cells: Iterable[list[str]]) -> list[float]:
    """Return the columns' shares of the width, by which no word is cut and the table is as short as it can be."""
    room = _ROOM - _BETWEEN * len(columns)
    written = [_as_wide(column, each) for column, each in zip(columns, cells, strict=True)]
    widths = share_out(list(zip(*written, strict=True)), room)
    return [(width + _BETWEEN) / _ROOM for width in widths]


def _as_wide(column: Column, cells: list[str]) -> list[str]:
    """Return the words of a column, header first, for pictures and numbers that stay whole what is as wide."""
    header, *others = cells
    if column.kind == "icon":
        others = [
            "\n".join(f"{_PICTURE}{icon_words(line)}" for line in cell.split("\n")) for cell in others
        ]
    elif column.kind == "spark":
        others = [_SPARK for _ in others]
    elif column.kind in _NUMERIC:
        others = [cell.replace(" ", "_") for cell in others]
    return [header, *others]


def _notes(bundle: Bundle) -> str:
    """Return the notes below a figure or table: its own, and what the signs in its cells mean."""
    notes = [clean(bundle.markdown)] if bundle.markdown else []
    shown = bundle.rows if bundle.kind == "table" else ()
    if any(
        column.show(cell) == MISSING
        for row in shown
        for column, cell in zip(bundle.columns, row, strict=True)
    ):
        notes.append(f"{MISSING} none.")
    if bundle.suppressed:
        notes.append(f"\\{SUPPRESSED} not shown, so that nobody can be identified.")
    return "::: {.notes}\n" + "\n\n".join(notes) + "\n:::" if notes else ""


def write_about(
    bundles: tuple[Bundle, ...], lines: Mapping[str, str], parameters: Mapping[str, object]
) -> str:
    """Return the last section: how old the data are, where they come from, and how the report was made.

    `lines` are further terms and what is said of them; one that is empty is left out.
    """
    bundles = of_content(bundles)
    sources = {source.dataset: source for bundle in bundles for source in bundle.sources}
    given = {name: value for name, value in parameters.items() if value is not None and value != []}
    shown = ", ".join(f"{name} = {show_value(value)}" for name, value in given.items())
    terms = {
        "Data as at": data_as_at(bundles),
        "Sources": _sources_words(sources.values()),
        **lines,
        "Parameters": shown,
    }
    entries = [f"{term}\n:   {escape_markdown(words)}" for term, words in terms.items() if words]
    return _paragraphs(["## About this report {#sec-about .unnumbered}", *entries])


def show_value(value: object) -> str:
    """Return a parameter's value in words.

    >>> show_value(["100", "110"]), show_value(None)
    ('100, 110', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(show_value(item) for item in value) or "none"
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def show_date(iso: str) -> str:
    """Return an ISO date as people write it; anything else as it is.

    >>> show_date("2026-10-04")
    '4 October 2026'
    """
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def of_content(bundles: Iterable[Bundle]) -> tuple[Bundle, ...]:
    """Return what shows something, where that has sources: what opens a report has read more than it shows."""
    every = tuple(bundles)
    shown = tuple(bundle for bundle in every if bundle.report is None)
    return shown if any(bundle.sources for bundle in shown) else every


def data_as_at(bundles: Iterable[Bundle]) -> str:
    """Return how old the data are: a day, or the first and last where sources differ; empty without sources."""
    days = sorted({source.as_at for bundle in bundles for source in bundle.sources})
    if len(days) < 2:
        return show_date(days[0]) if days else ""
    return f"{show_date(days[0])} to {show_date(days[-1])}, by source"


def show_file(name: str, known: Whence | None) -> str:
    """Return an own file with where it comes from.

    >>> show_file("data/beds.csv", Whence("Bed office", "other", "2026-04-01"))
    'data/beds.csv (Bed office, as at 1 April 2026)'
    """
    if known is None:
        return f"{show_path(name)} (nothing says where it comes from)"
    kind = {"records": "patient records, ", "published": "published statistics, "}.get(known.origin, "")
    return f"{show_path(name)} ({kind}{known.source}, as at {show_date(known.as_at)})"


def show_path(name: str) -> str:
    """Return how readers see a path: without folders where it lies outside the project.

    >>> show_path("data/beds.csv"), show_path("/home/a/beds.csv")
    ('data/beds.csv', 'beds.csv')
    """
    return Path(name).name if Path(name).is_absolute() else name


def _sources_words(sources: Iterable[Source]) -> str:
    """Return the sources by what they are, each with the day up to which it speaks."""
    kinds: dict[str, list[str]] = {}
    for source in sources:
        kind = "patient records" if source.origin == "records" else "published statistics"
        named = f"{source.name} ({show_date(source.as_at)})"
        kinds.setdefault(f"{'synthetic ' if source.synthetic else ''}{kind}", []).append(named)
    lists = (f"{kind}: {'; '.join(dict.fromkeys(names))}" for kind, names in kinds.items())
    return ". ".join(f"{words[0].upper()}{words[1:]}" for words in lists)


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def spreadsheet_cell(cell: Cell) -> str:
    """Return a cell as text that no spreadsheet runs: what would begin a formula gets an apostrophe.

    >>> [spreadsheet_cell(cell) for cell in ("=cmd|'/c calc'!A1", "-1.5", -1.5, " @x", "Surgery", None)]
    ["'=cmd|'/c calc'!A1", '-1.5', '-1.5', "'@x", 'Surgery', '']
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = plain_line(cell)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV: every cell quoted where it must be, none of them a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([spreadsheet_cell(heading) for heading in headings])
    writer.writerows([spreadsheet_cell(cell) for cell in row] for row in rows)
    return file.getvalue()

"""Tables of pandas, its Styler, Great Tables and anything else that shows HTML, as every format can show them.

What a table says is kept: spanners, row heads, groups, number formats, marks of footnotes. Colours and bars are
not: on paper, in Word and for those who do not see them they would be missing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import lxml.html
from lxml.etree import ParserError

from helpers.bundle import MISSING, Column
from helpers.theme.markdown import break_short_codes, escape_markdown, plain_line

#: a number with its sign, currency, unit and mark of suppression
_NUMBER: Final = re.compile(
    r"[(<>≤≥~]?\s*[+\-−±]?\s*[£$€]?\s*[+\-−]?\d[\d,\s]*(?:\.\d+)?(?:[eE][+-]?\d+)?\s*(?:%|pp|pts?|[kmbKMB]n?|x)?\s*\)?"
    r"(?:\s*(?:to|–)\s*[+\-−]?[£$€]?\d[\d,]*(?:\.\d+)?%?)?"
)
#: what stands where there is no number
_EMPTY: Final = {"", "*", MISSING, "-", "—", "..", "n/a", "N/A", "c"}
#: how pandas and Great Tables write what is missing
_NOTHING: Final = {"nan", "NaN", "None", "<NA>", "NaT"}
_COLOURED: Final = re.compile(r"background|linear-gradient|(?<![\w-])color\s*:", re.IGNORECASE)
_CUT: Final = re.compile(r"^\s*(\d+) rows × (\d+) columns\s*$")
_SHORTEST_CUT: Final = 20  # letters: words that end in dots below that are somebody's own
#: between a spanner and the header below it, where both are one
BETWEEN_HEADS: Final = " – "
_MOST_SPANNED: Final = 200  # a table that is wider is no table for readers
_KEPT: Final = {"sup": "sup", "sub": "sub", "strong": "strong", "b": "strong", "em": "em", "i": "em"}
_SILENT: Final = {"style", "script", "template", "title"}
_BLOCKS: Final = {"p", "div", "li", "ul", "ol"}
_DRAWN: Final = {"img", "svg", "canvas", "object", "iframe", "video"}
_MARKS: Final = "gt_footnote_marks"
#: a superscript that is a sign of its own is one in every format, in what is copied and in what is read aloud
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+$")
_BREAK: Final = "<br>"


@dataclass(frozen=True)
class Cell:
    """A cell of a table as it stands in its row."""

    words: CellWords
    heads: bool = False
    across: int = 1
    down: int = 1
    groups: bool = False


@dataclass(frozen=True)
class HtmlTable:
    """A table that a notebook showed as HTML."""

    caption: str = ""  # what it calls itself, in plain words
    head: tuple[tuple[Cell, ...], ...] = ()
    body: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()  # what stands below it, as Markdown
    warnings: tuple[str, ...] = ()  # what of its look is left out

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max(map(len, [*spread(self.head), *spread(self.body)]), default=0)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, each called by all that stands above it."""
        heads = spread(self.head)
        labels = [
            BETWEEN_HEADS.join(
                dict.fromkeys(filter(None, (row[place] for row in heads if place < len(row))))
            )
            for place in range(self.width)
        ]
        return tuple(Column(label=label, kind="text") for label in labels)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The words of each cell; a cell that spans several stands in each of them."""
        return tuple((*row, *[""] * (self.width - len(row))) for row in spread(self.body))

    @property
    def aligned(self) -> str:
        """For each column `r` where its cells are numbers by their text, else `l`."""
        return "".join(
            "r" if _are_numbers(column) else "l" for column in zip(*self.single_rows, strict=True)
        )

    @property
    def single_rows(self) -> list[tuple[str, ...]]:
        """The rows but for those that head others."""
        return [row for row, cells in zip(self.rows, self.body, strict=True) if not _is_group(cells)]

    def write(self) -> str:
        """Return it as plain HTML, one row a line, for the filter that gives it to every format."""
        lines = ["<table>", "<thead>", *map(_line, self.head), "</thead>", "<tbody>"]
        return "\n".join([*lines, *map(_line, self.body), "</tbody>", "</table>"])


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the plain words of a table with every cell in each place that it spans."""
    grid: list[list[str]] = []
    waiting: dict[int, tuple[int, str]] = {}  # column: how many rows further down, and what
    for row in rows:
        line: list[str] = []
        cells = list(row)
        while cells or len(line) in waiting:
            place = len(line)
            if place in waiting:
                left, said = waiting.pop(place)
                line.append(said)
                if left > 1:
                    waiting[place] = (left - 1, said)
                continue
            cell = cells.pop(0)
            for _ in range(cell.across):
                if cell.down > 1:
                    waiting[len(line)] = (cell.down - 1, cell.words.plain)
                line.append(cell.words.plain)
        grid.append(line)
    return grid


def read_table(source: str, *, is_whole: bool = False) -> tuple[HtmlTable, str]:
    """Read a table from the HTML that a notebook holds.

    `source`: HTML with one table in it. `is_whole`: whether whoever wrote it left nothing out, so that dots are
    words. Returns the table, and what is wrong with it; empty where nothing is.

    >>> table, _ = read_table("<table><tr><th>Trust</th><th>Beds</th></tr><tr><td>A</td><td>1,250</td></tr></table>")
    >>> table.aligned, table.rows
    ('lr', (('A', '1,250'),))
    """
    try:
        whole = lxml.html.fragment_fromstring(source, create_parent="div")
    except (ParserError, ValueError):
        return HtmlTable(), "HTML that cannot be read"
    tables = whole.findall(".//table")
    if len(tables) != 1:
        return HtmlTable(), "HTML without a table" if not tables else f"{len(tables)} tables in one output"
    if has_picture(tables[0]):
        return HtmlTable(), "a table with a picture in a cell"
    if not is_whole and (cut := _cut(whole, tables[0])):
        return HtmlTable(), cut
    table = _read(tables[0])
    if _is_coloured(whole, tables[0]):
        table = replace(table, warnings=("colours and bars of a table are left out",))
    return table, "" if table.body and table.width else "a table without rows"


def _read(table: Any) -> HtmlTable:
    caption = _title(table)
    head: list[tuple[Cell, ...]] = []
    body: list[tuple[Cell, ...]] = []
    notes: list[str] = []
    for row in table.iter("tr"):
        kind = row.getparent().tag
        cells = _cells(row)
        if not cells or "gt_heading" in _classes(row):
            continue
        if kind == "tfoot":
            notes += [_note(each) for each in row if each.tag in ("td", "th")]
        elif kind == "thead" or (not body and not head and all(cell.heads for cell in cells)):
            head.append(cells)
        else:
            body.append(cells)
    made = HtmlTable(caption, tuple(head), tuple(body), tuple(filter(None, notes)))
    return _without_row_numbers(_with_index_names(made)) if _is_of_pandas(table) else made


def _cells(row: Any) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            CellWords(MISSING, MISSING) if (words := words_of(each)).plain in _NOTHING else words,
            heads=each.tag == "th",
            across=_span(each, "colspan"),
            down=_span(each, "rowspan"),
            groups="gt_group_heading" in _classes(each),
        )
        for each in row
        if each.tag in ("td", "th")
    )


def _span(cell: Any, name: str) -> int:
    given = cell.get(name, "1")
    return min(_MOST_SPANNED, max(1, int(given))) if given.isdigit() else 1


def _classes(element: Any) -> list[str]:
    found: list[str] = element.get("class", "").split()
    return found


def _title(table: Any) -> str:
    """Return a caption, or the title and subtitle of a Great Table."""
    parts = [*table.iter("caption"), *table.iterfind(".//td[@class]")]
    named = [
        each for each in parts if each.tag == "caption" or {"gt_title", "gt_subtitle"} & {*_classes(each)}
    ]
    return ". ".join(filter(None, (words_of(each).plain.rstrip(".") for each in named)))


def _note(cell: Any) -> str:
    """Return a note below a table as Markdown, its mark raised."""
    words = words_of(cell)
    mark = words.html.split(" ")[0] if cell.find_class("gt_footnote_marks") else ""
    if not mark:
        return escape_markdown(words.plain)
    raised = re.sub(r"</?sup>", "^", mark) if mark.startswith("<sup>") else escape_markdown(mark)
    return f"{raised} {escape_markdown(words.plain)}"


def _is_of_pandas(table: Any) -> bool:
    return "dataframe" in _classes(table) or bool(re.match(r"T_", table.get("id", "")))


def _with_index_names(table: HtmlTable) -> HtmlTable:
    """Set the names of an index, which pandas writes in a row below the others, into the row above."""
    if len(table.head) < 2:
        return table
    last, above = table.head[-1], table.head[-2]
    named = [place for place, cell in enumerate(last) if cell.words.plain]
    count = len(named) and named[-1] + 1
    is_names = 0 < count < len(last) and len(spread([last])[0]) == len(spread([above])[0])
    if not is_names or len(above) < count or any(cell.across > 1 for cell in above[:count]):
        return table
    # what stands above the names of the index is the name of the columns: it heads none of them
    rows = [
        tuple(Cell(CellWords(), heads=True) if n < count else c for n, c in enumerate(row))
        for row in table.head[:-2]
    ]
    merged = (*last[:count], *above[count:])
    return replace(table, head=(*rows, merged))


def _without_row_numbers(table: HtmlTable) -> HtmlTable:
    """Leave out an index that has no name and only counts the rows: pandas shows it, readers want none."""
    corners = [row[0] for row in table.head if row]
    firsts = [row[0] for row in table.body if row]
    counts = [str(number) for number in range(len(table.body))]
    is_index = all(cell.heads and cell.down == 1 for cell in firsts) and table.width > 1
    if not is_index or any(cell.words.plain or cell.across > 1 for cell in corners):
        return table
    if [cell.words.plain for cell in firsts] != counts:
        return table
    return replace(table, head=tuple(r[1:] for r in table.head), body=tuple(r[1:] for r in table.body))


def _cut(whole: Any, table: Any) -> str:
    """Return how much of a frame pandas left out; empty where it is whole."""
    if not _is_of_pandas(table):
        return ""
    for each in whole.iter("p", "small"):
        if found := _CUT.match(each.text_content()):
            shown = len(table.findall(".//tbody/tr"))
            if any(cell.text_content() == "..." for cell in table.iter("td", "th")):
                return f"a frame of {found[1]} rows and {found[2]} columns that pandas cut short (to {shown} rows)"
    cells = [cell.text_content() for cell in table.iter("td", "th")]
    if "..." in cells:
        return "a frame that pandas cut short"
    longest = max(map(len, cells), default=0)  # all that pandas cuts are of one length
    long = next(
        (cell for cell in cells if cell.endswith("...") and len(cell) == longest > _SHORTEST_CUT), ""
    )
    return f"a frame with words that pandas cut short: {long[:60]}" if long else ""


def _is_coloured(whole: Any, table: Any) -> bool:
    """Whether somebody coloured cells: Great Tables' own look does not count, nor does that of pandas."""
    inline = any(_COLOURED.search(each.get("style", "")) for each in table.iter("td", "th", "span", "div"))
    styler = table.get("id", "").startswith("T_")
    return inline or (styler and any(_COLOURED.search(each.text or "") for each in whole.iter("style")))


def _are_numbers(column: Sequence[str]) -> bool:
    cells = [cell for cell in column if cell not in _EMPTY]
    return bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells)


def _is_group(cells: Sequence[Cell]) -> bool:
    return len(cells) == 1 and (cells[0].groups or cells[0].across > 1)


def _line(cells: Sequence[Cell]) -> str:
    if _is_group(cells):
        words = f'<span class="group">{cells[0].words.html}</span>'
        return f'<tr><td colspan="{cells[0].across}">{words}</td></tr>'
    return f"<tr>{''.join(map(_write, cells))}</tr>"


def _write(cell: Cell) -> str:
    tag = "th" if cell.heads else "td"
    across = f' colspan="{cell.across}"' if cell.across > 1 else ""
    down = f' rowspan="{cell.down}"' if cell.down > 1 else ""
    return f"<{tag}{across}{down}>{cell.words.html}</{tag}>"


@dataclass(frozen=True)
class CellWords:
    """What a cell says."""

    html: str = ""  # with the few marks that every format has
    plain: str = ""  # the words alone, without the marks of footnotes


def words_of(cell: Any) -> CellWords:
    """Return what a cell of a parsed table says.

    >>> from lxml.html import fragment_fromstring
    >>> words_of(fragment_fromstring('<td><b>A&amp;E</b> <font color="red">x</font></td>'))
    CellWords(html='<strong>A&amp;E</strong> x', plain='A&E x')
    """
    marked = re.sub(r"(?:<br>|\s)+$|^(?:<br>|\s)+", "", _inside(cell))
    marked = " ".join(marked.split(" ")).replace("\xa0", " ").strip()
    return CellWords(re.sub(r" {2,}", " ", marked), plain_line(_plain(cell)))


def has_picture(cell: Any) -> bool:
    """Say whether a cell holds a picture."""
    return any(each.tag in _DRAWN for each in cell.iter())


def _inside(element: Any) -> str:
    parts = [_escaped(element.text)]
    for child in element:
        parts += [_marked(child), _escaped(child.tail)]
    return "".join(parts)


def _marked(child: Any) -> str:
    """Return an element within a cell with what is kept of it."""
    tag = child.tag if isinstance(child.tag, str) else "style"  # a comment
    if tag in _SILENT:
        return ""
    if tag == "br":
        return _BREAK
    if _MARKS in child.get("class", "").split():  # never so that "1" before "1,234" reads as one number
        mark = child.text_content().strip()
        return mark.translate(_RAISED) if mark.isdigit() else f"<sup>{_escaped(mark)}</sup>"
    inside = _inside(child)
    if tag in _KEPT and inside.strip():
        return f"<{_KEPT[tag]}>{inside}</{_KEPT[tag]}>"
    if tag == "a" and _LINK.match(child.get("href", "")):
        return f'<a href="{html.escape(child.get("href"))}">{inside}</a>'
    return f"{inside}{_BREAK}" if tag in _BLOCKS else inside


def _plain(element: Any) -> str:
    tag = element.tag if isinstance(element.tag, str) else "style"
    if tag in _SILENT or _MARKS in element.get("class", "").split():
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [_plain(child), child.tail or ""]
    return "".join(parts) + (" " if tag in _BLOCKS or tag == "br" else "")


def _escaped(text: str | None) -> str:
    # one line, without signs that steer, but with the blanks at its ends
    line = re.sub(r"\s+", " ", text or "")
    start, end = line[:1] == " ", line[-1:] == " "
    said = html.escape(break_short_codes(plain_line(line)))
    return f"{' ' * start}{said}{' ' * (end and bool(said))}" if said else " " * start

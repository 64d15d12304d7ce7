"""What a notebook hands over: the contract between `report`, which shows, and `runner`, which publishes.

Every object that a notebook shows carries one mimebundle: a picture or table for JupyterLab, plain text,
and the entry `application/vnd.boardpack+json` defined here. From that entry alone the runner makes the
document and the gate checks it, so neither side imports the other.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

MIME = "application/vnd.boardpack+json"
#: beside it, in base64, the content of a file that is to lie beside the report
FILE_MIME = "application/vnd.boardpack.file"
#: how such a file may be called. No other dot: what belongs to a report is told by its name
DELIVERED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.(csv|xlsx)")
#: bytes that it may have
LARGEST_FILE: Final = 5_000_000

Kind = Literal["report", "headline", "heading", "text", "panels", "figure", "table", "file", "editions"]
#: what of published reports stands at a place of a pack
EditionsShown = Literal["headline", "agenda", "exceptions", "sections", "appendices", "editions", "methods"]
Origin = Literal["records", "published"]
#: label and text are words; date an ISO date; count a count of people; rate a mean, share or ratio of
#: them; model an interval, standardised figure or other model output; icon names of `helpers.theme.icons`, one a
#: line; spark a small line as `helpers.theme.sparks` reads it.
ColumnKind = Literal["label", "text", "date", "count", "rate", "model", "icon", "spark"]
#: a number, words (a line feed begins a new line), `SUPPRESSED`, or None where there is no value
Cell = int | float | str | None

SUPPRESSED = "*"
MISSING = "–"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """A data set that was read: its name for people, its place in the mart, and how it may be shown."""

    name: str
    dataset: str  # "<table>/<source>", as in the mart's fingerprints
    as_at: str  # ISO date
    origin: Origin
    synthetic: bool = False


class Column(_Frozen):
    """A column of the data behind a figure or table; numbers are in the unit shown (7.9 with unit %)."""

    label: str
    kind: ColumnKind = "label"
    unit: str = ""
    digits: int = 0
    signed: bool = False
    of: str = ""  # shares: label of the column of counts that they are shares of

    def show(self, cell: Cell) -> str:
        """Return a cell as a reader sees it, without its unit.

        >>> Column(label="Excess", kind="model", digits=1, signed=True).show(1234.56)
        '+1,234.6'
        """
        if cell is None:
            return MISSING
        if isinstance(cell, str):
            return cell
        text = f"{cell:{'+' if self.signed else ''},.{self.digits}f}"
        return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


class ReportFacts(_Frozen):
    """What a report is about, handed over by `open_report`."""

    title: str
    organisation_code: str
    organisation_name: str
    period_label: str  # words: "April 2025 to March 2026"
    period_folder: str  # where it is published: "2026-03" or "undated"
    synthetic: bool
    #: what a reader may look for it by, besides its organisation: ("ICB", "NHS …"), ("Region", "…")
    groups: tuple[tuple[str, str], ...] = ()
    #: what the report says first, in plain words; filled in when the document is made
    headline: str = ""
    #: ISO date from which on it is out of date, where its headline says one; filled in likewise
    good_until: str = ""


class Panel(_Frozen):
    """One of several short blocks that stand side by side: "What", "Why", "What next", or an icon and its words."""

    title: str = ""
    markdown: str = ""
    icon: str = ""  # a name of `helpers.theme.icons`, or none


class Kept(_Frozen):
    """What the next report of its kind may compare itself with; stays private.

    It is stored when this one is published.
    """

    key: str  # which report: the same words whenever it is run
    period: str  # "2026-09": a later report compares itself with the newest of an earlier period
    rows: tuple[tuple[Cell, ...], ...]  # as they are shown


class Bundle(_Frozen):
    """The `application/vnd.boardpack+json` entry of one shown object."""

    version: Literal[1] = 1
    kind: Kind
    #: "fig-…", "tbl-…", "sec-…" for figures, tables and headings; the name of a file; any word for the others
    id: str
    caption: str = ""  # kind heading: its words
    alt: str = ""
    markdown: str = ""  # kinds headline and text: paragraphs and lists; table: notes below it
    good_until: str = ""  # kind headline: ISO date from which on the report is out of date
    level: Literal[2, 3] = 2  # kind heading: of a section, or within one
    panels: tuple[Panel, ...] = ()  # kind panels; kind figure: what stands below it on a slide of its own
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    #: kind table: rows (counted from 0) whose first cell heads those that follow, across the whole width;
    #: such a table is set tight
    groups: tuple[int, ...] = ()

    on_slide: bool = False  # kind table: the last slides; where none says so, the first table
    sources: tuple[Source, ...] = ()
    origin: Origin = "records"
    #: records behind it were read in the records room alone: the kernel that shows it holds none
    in_room: bool = False
    own: bool = False  # the author's own content, which no analysis has put under disclosure control
    suppressed: int = 0  # how many cells the disclosure rule hid
    reads: tuple[str, ...] = ()  # every data set that the kernel has read so far
    report: ReportFacts | None = None  # kind report only
    kept: Kept | None = None

    @property
    def prose(self) -> str:
        """All of its Markdown: its own, and that of its panels (their titles are plain words)."""
        return "\n\n".join(
            text for text in (self.markdown, *(panel.markdown for panel in self.panels)) if text
        )

"""A report under way: what a notebook asks for data, and hands its own content to."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from helpers.audience import current_audience
from helpers.bundle import Bundle, Kind, Origin, ReportFacts, Source
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import Query, Told
from helpers.data.ledger.releases import Releases
from helpers.data.ledger.releasing import decide_on
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.room.records import Records, open_records
from helpers.data.room.selection import Whose
from helpers.data.schema import NAME_LISTS, RECORDS
from helpers.errors import DataError
from helpers.places import REPORT_VARIABLE, current_day, state_folder
from helpers.reads import is_about, note_file
from helpers.register.models import Register
from helpers.register.questions import ObservedRegister
from helpers.register.reading import Spared, read_register
from helpers.report.period import Period
from helpers.report.shown import Shown, ShownParts

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart.published import PublishedMart
    from helpers.report.own.cells import Format
    from helpers.report.own.frames import Columns
    from helpers.report.own.published import Published


_NOTHING_TO_DRAW = (
    "*Nothing can be drawn: every value is missing, or hidden so that nobody can be identified.*"
)


@dataclass(frozen=True)
class Report:
    """One report under way: its organisation, its period and the data it may read."""

    title: str  # what readers see above the organisation's name
    root: Path  # the project's folder
    mart: Mart  # pinned to one version
    #: organisation, period, specialty: what the report is about; no specialty means all
    organisation: Organisation
    period: Period
    specialty: str | None = None
    #: the day on which it is made: what lies before it is past
    today: date = field(default_factory=current_day)

    def sources(self, within: Collection[str] | None = None) -> tuple[Source, ...]:
        """Return the data sets that were read so far, or of these some that rows name (`within`, tables or data sets).

        Nothing can come from one that was not read.
        """
        read = self.mart.meant_by(self.mart.asked)
        if not within:
            return read
        found = tuple(each for each in read if any(is_about(name, each.dataset) for name in within))
        missed = [name for name in within if not any(is_about(name, each.dataset) for each in found)]
        if missed:
            raise ValueError(f"{', '.join(missed)}: not among what was read")
        return found

    def ask(self, asked: Sequence[Asked]) -> dict[Query, Told]:
        """Return what may be told of figures of records, beside everything that was told before."""
        releases = Releases.of(state_folder(self.root), self.root, current_audience())
        return decide_on(releases, self.mart, asked, about=self.organisation.code)

    def apart(self) -> Self:
        """Return this report for one analysis, which then knows by itself what was read for it."""
        return replace(self, mart=self.mart.apart())

    def bundle(
        self, kind: Kind, name: str, *, within: Collection[str] | None = None, **content: Any
    ) -> Bundle:
        """Return a bundle that knows its sources, its origin and everything read so far; see `sources`."""
        read = self.sources(within)
        # dozens of files name organisations; a reader asks where the figures come from, and how old they are
        sources = tuple(each for each in read if _table(each) not in NAME_LISTS)
        reads = tuple(sorted(self.mart.all_asked))
        return Bundle(kind=kind, id=name, sources=sources, origin=origin_of(read), reads=reads, **content)

    def uses(self, path: str | os.PathLike[str]) -> Path:
        """Return the path of an own file or folder, and note that the report depends on it.

        What Python opens is seen by itself, and so is on Linux what anything else opens. Elsewhere say it of what
        DuckDB, Arrow or another program reads: `duckdb.read_parquet(str(report.uses("data/beds.parquet")))`.

        Parameters
        ----------
        path
            A file, or a folder: then all files in it and below.
        """
        place = Path(path)
        if not place.exists():
            raise DataError(str(path), "is not there", "a file or folder beside the notebook")
        for each in (place, *(place.rglob("*") if place.is_dir() else ())):
            note_file(each)
        return place

    @cached_property
    def register(self) -> Register:
        """What is measured and why, and what happened when: the shipped one, and over it the project's own."""
        folder = self.root / "params" / "_register"
        # a batch has refused the reports that a wrong comment concerns; elsewhere it is the author's to mend
        spared: list[Spared] | None = [] if os.environ.get(REPORT_VARIABLE) else None
        return ObservedRegister.over(read_register(folder, spared=spared))

    @property
    def synthetic(self) -> bool:
        """Whether those who name its organisation invent; what its figures come from, these say themselves."""
        read = self.mart.meant_by(NAME_LISTS & self.mart.all_asked)
        return any(source.synthetic for source in read or self.mart.sources())

    def records(
        self,
        table: str,
        *,
        where: Mapping[str, Any] | None = None,
        by: str | Sequence[Any] = (),
        months: int | None = None,
        whose: Whose = "own",
    ) -> Records:
        """Return a handle on records of patients, which holds none of them: ask it for counts and means.

        Parameters
        ----------
        table
            "spells" (which count by their discharge), "appointments" or "waits" (by their addition to the list).
        where
            Column to a value, a list of values, "!value" for all others or None for missing ones; for a number
            a pair (from, to), `to` excluded: `{"patient_class": "ordinary", "los_days": (21, None)}`.
        by
            Groups: columns, "month", "weekday", "deprivation" (fifths, 1 the most deprived), and numbers in
            bands: `["specialty_code", ("los_days", [1, 7, 21])]`.
        months
            How many months, ending with the report's; by default the report's own.
        whose
            "own" records, those of all "others", or of "all".

        Raises
        ------
        UsageError
            With everything that is wrong with it.
        """
        span = self.period if months is None else Period.ending(self.period.last, months)
        return open_records(
            self.mart,
            self.organisation.code,
            table,
            where=where,
            by=by,
            whose=whose,
            span=(span.first.isoformat(), span.end.isoformat()),
        )

    def query(self, sql: str, **values: object) -> pd.DataFrame:
        """Return what a query finds in the mart's published tables (docs/reference/mart.md).

        Parameters
        ----------
        sql
            A SELECT of DuckDB; records of patients are refused.
        values
            What stands in it as `$name`: `report.query("… WHERE org_code = $trust", trust=trust)`.
        """
        from helpers.data.mart.published import query_published

        return query_published(self._published, sql, values)

    def figure(
        self, drawn: Any, *, caption: str = "", alt: str = "", label: str = "", data: Any = None
    ) -> Shown | ShownParts:
        """Return a figure of your own; it is closed, so that `plt.show()` does not show it again.

        Parameters
        ----------
        drawn
            A figure or axes of matplotlib, a grid of seaborn.
        caption, alt
            Markdown below it, and what those hear who do not see it; a report needs both, here or as
            `#| fig-cap` and `#| fig-alt`.
        label
            "fig-…", by which Markdown refers to it; by default made of the caption.
        data
            The frame behind it, which readers can open and keep as CSV. Where it has no rows there is nothing to
            draw, and nothing is shown; where it has no number, a sentence says so.
        """
        from helpers.report.own.frames import data_behind, has_nothing_to_draw
        from helpers.report.own.pictures import draw_figure, find_figure

        svg = draw_figure(find_figure(drawn))
        columns, rows = ((), ()) if data is None else data_behind(data)
        if data is not None and not rows:
            return ShownParts(())
        if has_nothing_to_draw(columns, rows):
            return Shown(self._own("text", "text", markdown=_NOTHING_TO_DRAW))
        told = {"caption": caption, "alt": alt, "columns": columns, "rows": rows}
        return Shown(self._own("figure", label or "fig-", **told), svg)

    def table(
        self,
        frame: Any,
        *,
        caption: str = "",
        columns: Columns | None = None,
        formats: Mapping[Any, Format] | None = None,
        label: str = "",
        note: str = "",
        none: str = "",
    ) -> Shown:
        """Return a table of your own, whole.

        Parameters
        ----------
        frame
            A frame or series; a Styler or Great Table stays as it is.
        caption
            Markdown above it; a report needs it, here or as `#| tbl-cap`.
        columns
            Which of its columns and levels of its index, in this order; a mapping gives their heads:
            `{"beds": "Beds"}`.
        formats
            By column, as in f-strings: `{"share": ".1%", "month": "%B %Y"}`. Without one, whole numbers have
            commas, others three figures, and dates are in words.
        label
            "tbl-…", by which Markdown refers to it; by default made of the caption.
        note
            Markdown below it.
        none
            What is said instead where it has no rows, as a report has no empty table; nothing can refer to it then.
        """
        from helpers.report.own.frames import table_html

        held = getattr(frame, "data", getattr(frame, "_tbl_data", frame))  # of a Styler, of a Great Table
        if none and held.empty:
            return Shown(self._own("text", "tbl-", markdown=none))
        html = table_html(frame, columns, formats)
        return Shown(self._own("table", label or "tbl-", caption=caption, markdown=note), html=html)

    def say(self, text: str, **values: Any) -> Shown:
        """Return Markdown with values: `report.say("{share:.0%} of {beds} beds", share=0.96, beds=24)`.

        Names and other words among the values are shown exactly; a missing one is refused.
        """
        from helpers.report.own.cells import say

        return Shown(self._own("text", "text", markdown=say(text, values)))

    def headline(self, text: str, **values: Any) -> Shown:
        """Return what a board should know first, in words of your own; values as in `say`."""
        from helpers.report.own.cells import say

        return Shown(self._own("headline", "headline", markdown=say(text, values)))

    def published(
        self,
        reports: Sequence[str] | None,
        *,
        appendices: Sequence[str] | None = None,
        meeting: str | None = None,
    ) -> Published:
        """Return published reports, to be put into this one as they are: docs/how-to/board-pack.md.

        Each is a notebook's name, for its report of this organisation, or `notebook/name`; `meeting` is the day
        (YYYY-MM-DD) of the meeting that the pack is for.
        """
        from helpers.report.own.published import read_names

        return read_names(reports, appendices, meeting, sorted(self.mart.all_asked))

    def deliver(self, what: Any, name: str = "") -> Shown:
        """Put a file beside the report, for readers who work on with its figures.

        It passes the same gate as the report, and is published, withdrawn and removed with it.

        Parameters
        ----------
        what
            A frame or series; or the path of a CSV file or Excel workbook that the notebook has written.
        name
            What readers see: letters, digits, `-` and `_`, with the ending .csv or .xlsx; by default the name of
            the file.

        Raises
        ------
        UsageError
            Where it has no such name, or is neither a frame nor such a file.
        """
        from helpers.report.own.frames import read_file

        name, content = read_file(what, name)
        words = f"The file {name} lies beside this report."
        return Shown(self._own("file", name), markdown=words, file=content)

    def _own(self, kind: Kind, name: str, **content: Any) -> Bundle:
        """Return a bundle of an analyst's own content: from what was queried so far, and beside what is held."""
        in_room = self.mart.meant_by(self.mart.asked - self.mart.held)
        asked = (
            *self._published.meant_by(self._published.asked),
            *(each for each in in_room if _table(each) in RECORDS),
        )
        held = self.mart.meant_by(self.mart.held)  # since it was opened
        has_records = any(each.origin == "records" for each in held)
        return Bundle(
            kind=kind,
            id=name,
            sources=tuple(each for each in asked if _table(each) not in NAME_LISTS),
            origin="records" if has_records else "published",
            in_room=not has_records,
            own=True,
            reads=tuple(sorted(self.mart.all_asked)),
            **content,
        )

    @cached_property
    def _published(self) -> PublishedMart:
        from helpers.data.mart.published import PublishedMart

        return PublishedMart.beside(self.mart)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        about = self.organisation
        facts = ReportFacts(
            title=self.title,
            organisation_code=about.code,
            organisation_name=about.name,
            period_label=self.period.label,
            period_folder=self.period.folder,
            synthetic=self.synthetic,
            groups=about.groups,
        )
        words = f"**{about.name}** ({about.code}), {self.period.label}"
        words += ". Synthetic data: every figure is invented." if self.synthetic else ""
        bundle = self.bundle("report", "report", report=facts)
        return Shown(bundle, markdown=words)._repr_mimebundle_(include, exclude)


def origin_of(sources: Iterable[Source]) -> Origin:
    """Return how figures from some data sets may be shown: as records where any of them is, or none is known.

    Lists of names are not what figures come from: before any other was read, nothing is known.
    """
    origins = {(source.origin, _table(source) in NAME_LISTS) for source in sources}
    is_known = ("published", False) in origins
    return "published" if is_known and "records" not in dict(origins) else "records"


def _table(source: Source) -> str:
    return source.dataset.partition("/")[0]

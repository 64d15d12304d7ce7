"""The report on waiting lists in parts."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from helpers.analyses.waiting import words
from helpers.analyses.waiting.lists import (
    ALL,
    LOOK_BACK,
    P92,
    Aim,
    balance_of,
    banded,
    lists_of,
    months_of,
    simulated,
)
from helpers.analyses.waiting.picture import bands_chart, course_chart
from helpers.analyses.waiting.records import list_rows
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.organisations.directory import plain_specialty
from helpers.data.series.measure_series import names_in, part_names
from helpers.data.sources.names import ENGLAND
from helpers.data.waits import LIST_SIZE, read_lists
from helpers.errors import DataError, Problem, UsageError, near_misses
from helpers.report.columns import fields
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.words import month
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.report import Report

#: lists that the headline tells, and that are drawn
TOLD, DRAWN = 3, 15
#: weeks at which the simulation is told, besides its last
WEEKS: Final = (4, 13, 26, 52)


#: columns of `lists_of` as they are told
LISTS: Final = fields(__file__, "lists")
FLOWS: Final = fields(__file__, "flows")
SIMULATED: Final = fields(__file__, "simulated")
NO_BANDS: Final = "The data do not say how long the patients on a list have waited."


def _cell(value: Any) -> Cell:
    """Return what stands in a table: nothing for what is not known or has no end, a month in words."""
    if pd.isna(value) or value in (math.inf, -math.inf):
        return None
    return value if isinstance(value, str | int | float) else f"{value:%b %Y}"


def _rows(frame: pd.DataFrame, fields: tuple[Field, ...]) -> list[tuple[Cell, ...]]:
    return [tuple(_cell(row[each.name]) for each in fields) for _, row in frame.iterrows()]


class WaitingLists(Sections):
    """The waiting lists of a trust by specialty; see `waiting_list`."""

    def __init__(self, report: Report, aim: Aim, records: bool = False) -> None:
        self.aim, self.last, self._from_records = aim, report.period.last, records
        england = read_lists(report.mart, ENGLAND, self.last, "commissioner")
        rows = (
            list_rows(report) if records else read_lists(report.mart, report.organisation.code, self.last)
        )
        given = names_in([*([] if records else rows["source"]), *england["source"]])
        within = [f"measure_values/{source}" for source in sorted(given)]
        super().__init__(report, [*within, *(["waits"] if records else [])])
        if records:
            rows = rows.assign(specialty_code=rows["code"].mask(rows["code"] == ALL))
        self._rows, england = (
            each.assign(code=each["specialty_code"].fillna(ALL), month=pd.to_datetime(each["month"]))
            for each in (rows, england)
        )
        latest = self._rows.loc[self._rows["month"] == pd.Timestamp(self.last), ["measure", "patients"]]
        sizes = latest.loc[latest["measure"] == LIST_SIZE, "patients"]
        if latest.empty or (records and (sizes == 0).all()):  # a hidden size is missing, and not nought
            where = f"{report.organisation.code}, {month(self.last)}"
            allowed = f"{LIST_SIZE} of this month, in all or by specialty"
            extract = "the RTT full extract of the month"
            cure = f"load the trust's records of who waits, or leave out `records` and load {extract}"
            raise DataError(
                Problem(where, "no waiting list", allowed, cure if records else f"load {extract}")
            )
        now = england[(england["month"] == pd.Timestamp(self.last)) & (england["code"] == ALL)]
        self._england = float(now.loc[now["measure"] == P92, "value"].max())
        named_parts = part_names(report.mart, report.organisation.code).items()
        names = {code: plain_specialty(name) for code, name in named_parts}
        self._frame = lists_of(self._rows, names, self.last, aim)
        # `size` is an attribute of every row of pandas
        named: list[Any] = [*self._frame.rename(columns={"size": "size_"}).itertuples()]
        *self._parts, self._whole = named
        self._parts = self._parts or [self._whole]
        self._growing = [each for each in self._parts if each.grows]
        self._clear = [each for each in self._growing if each.clear]
        codes = [each.Index for each in self._parts]
        if aim.simulated and aim.simulated not in codes:
            allowed = ", ".join(filter(None, codes))
            raise UsageError(
                Problem("simulated", aim.simulated, allowed, near_misses(aim.simulated, codes))
            )

    @part
    def headline(self) -> Headline:
        """What a board should know first: lead, worst_1 to worst_3, all, act."""
        worst = (self._growing or self._parts)[:TOLD]
        told = [*(words.list_sentence(row, self.aim) for row in worst), *[""] * TOLD][:TOLD]
        measure = self.report.register.measures.get(LIST_SIZE)
        said = {
            "lead": f"**{words.lead_sentence(self._parts)}**",
            **{f"worst_{place}": text for place, text in enumerate(told, start=1)},
            "all": words.whole_sentence(self._whole, self._england),
            "act": words.act_sentence(measure, self._clear or self._growing, self.aim),
        }
        values = {"growing": len(self._growing), "clear": len(self._clear), "lists": len(self._parts)}
        return self.headline_of(said, values)

    @part
    def lists(self) -> Part:
        """Every list, worst first, and all together: size, load, pressure, waits, what holds and relieves it."""
        sizes = self._frame["size"].astype(object)
        return self.part(
            "lists",
            fields=LISTS,
            rows=_rows(self._frame.assign(size=sizes.where(sizes.notna(), SUPPRESSED)), LISTS),
            caption=f"Waiting lists at the end of {month(self.last)}, worst first.",
            note=words.lists_note(self._parts, self._whole, self.aim),
            words={each.Index or "all": words.list_sentence(each, self.aim) for each in self._growing},
            bulleted=True,
        )

    @part
    def bands(self) -> Part:
        """Who waits how long: patients of each list by bands of weeks."""
        now = self._rows[self._rows["month"] == pd.Timestamp(self.last)]
        frame = banded(now, "code")
        frame = frame.reindex([code for code in self._frame.index if code in frame.index])
        frame = frame.set_axis(self._frame["name"].reindex(frame.index))
        return self._banded(
            "bands", frame, Field("specialty", Column(label="Specialty")),
            caption=f"Patients by weeks waited at the end of {month(self.last)}.",
            alt=f"Bars of {min(len(frame), DRAWN)} lists. {words.whole_sentence(self._whole, math.nan)}",
            chart=None if frame.empty else partial(bands_chart, frame.dropna(how="all").iloc[:DRAWN]),
        )  # fmt: skip

    @part
    def bands_history(self) -> Part:
        """All patients by bands of weeks waited, month by month, as far as the data have them."""
        whole = self._rows[self._rows["code"] == ALL]
        frame = banded(whole if whole["band"].notna().any() else self._rows, "month").iloc[-LOOK_BACK:]
        frame = frame.set_axis(pd.DatetimeIndex(frame.index).strftime("%b %Y"))
        caption, first = (
            "All patients by weeks waited, month by month.",
            Field("month", Column(label="Month")),
        )
        return self._banded("bands_history", frame, first, caption=caption)

    def _banded(self, part_name: str, frame: pd.DataFrame, first: Field, **told: Any) -> Part:
        columns = (
            Field(band, Column(label=band, kind="count"), f"patients, {band} weeks")
            for band in map(str, frame.columns)
        )
        rows = [
            (str(row[0]), *(SUPPRESSED if math.isnan(number) else number for number in row[1:]))
            for row in frame.itertuples()
        ]
        return self.part(part_name, fields=(first, *columns), rows=rows, none=NO_BANDS, **told)

    @part
    def flows(self) -> Part:
        """Whether patients added, removed and waiting balance, month by month."""
        frame = balance_of(months_of(self._rows)[ALL]).dropna(subset=["added", "removed"]).iloc[-LOOK_BACK:]
        rows = _rows(frame.assign(month=frame.index, after=frame["size"]), FLOWS)
        said, caption = words.balance_sentence(self._whole), "Patients added, removed and waiting."
        return self.part("flows", fields=FLOWS, rows=rows, caption=caption, words={"balance": said})

    @part
    def simulation(self) -> Part:
        """How one list may develop with sessions kept, added and lost."""
        aim = self.aim
        chosen = aim.simulated or self._parts[0].Index
        row = next(each for each in self._parts if each.Index == chosen)
        name = escape_markdown(row.name)
        if math.isnan(row.demand + row.size_):
            return self.part("simulation", none=f"{name} is not simulated: {words.NO_FLOWS}.")
        tables = {
            words.scenario_words(sessions, aim.patients): simulated(row, sessions * aim.patients, aim.weeks)
            for sessions in (0.0, aim.sessions, -aim.sessions)
        }
        rows = [
            (told, week, *(_cell(float(table[each.name][week])) for each in SIMULATED[2:]))
            for told, table in tables.items()
            for week in sorted({*WEEKS, aim.weeks} & {*table.index})
        ]
        past = months_of(self._rows)[row.Index]["size"].dropna().iloc[-LOOK_BACK:]
        return self.part(
            "simulation",
            fields=SIMULATED,
            rows=rows,
            caption=f"{row.name}: the list so far, and how it may develop.",
            alt=words.simulation_sentence(row.name, aim.weeks, tables),
            words={"ends": words.simulation_sentence(name, aim.weeks, tables)},
            chart=partial(course_chart, past, tables),
        )

    @part
    def method(self) -> Part:
        """How it was worked out, point by point."""
        said = words.method_words(self.aim, self._whole, records=self._from_records)
        return self.part("method", words=said, bulleted=True)

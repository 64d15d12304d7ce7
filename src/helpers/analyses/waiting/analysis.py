"""`waiting_list`: which lists grow, since when, and what would hold or relieve them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.figure import Figure

from helpers.analyses.waiting import words
from helpers.analyses.waiting.lists import (
    ALL,
    LOOK_BACK,
    P92,
    Aim,
    balance_of,
    banded,
    list_rows,
    lists_of,
    months_of,
    simulated,
)
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.organisations.directory import plain_specialty
from helpers.data.series.measure_series import names_in, part_names
from helpers.data.sources.names import ENGLAND
from helpers.data.waits import LIST_SIZE, read_lists
from helpers.errors import DataError, Problem, UsageError, near_misses, raise_all
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.charts.canvas import canvas, label_months, label_numbers, label_rows
from helpers.report.charts.labels import name_ends
from helpers.report.charts.lines import draw_line
from helpers.report.charts.names import Name
from helpers.report.columns import fields
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.period import add_months
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import month
from helpers.stats.waiting.queue import WEEKS_TO_TARGET
from helpers.theme import colours
from helpers.theme.markdown import escape_markdown

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


@names_near_misses
def waiting_list(
    report: Report,
    *,
    target_weeks: float = 18.0,
    share_within: float = 0.92,
    relief_by: date | str | None = None,
    sessions: float = 2.0,
    patients_per_session: float = 8.0,
    weeks_ahead: int = 26,
    simulated: str | None = None,
    records: bool = False,
) -> WaitingLists:
    """Return the waiting lists of a trust by specialty, worst first.

    Parameters
    ----------
    report
        The open report; the last month of its period is looked at.
    target_weeks, share_within
        So large a share of patients is to wait less than so many weeks.
    relief_by
        The day by which a list is to be short enough for that; 26 weeks after the month by default.
    sessions, patients_per_session
        How many sessions a week the simulation adds and takes away, and how many patients each treats.
    weeks_ahead
        How far the simulation goes.
    simulated
        Code of the specialty whose list is simulated; the worst by default.
    records
        Whether lists are counted from records of patients (`waits`), not taken from published statistics.

    Raises
    ------
    UsageError
        With every option that cannot be.
    DataError
        Where the data have no waiting list of the month.
    """
    end = add_months(report.period.last, 1) - timedelta(days=1)
    try:
        by = (
            date.fromisoformat(str(relief_by)[:10]) if relief_by else end + timedelta(weeks=WEEKS_TO_TARGET)
        )
    except ValueError:
        raise UsageError("relief_by", str(relief_by), "a day as YYYY-MM-DD") from None
    allowed = {
        "target_weeks": (target_weeks, target_weeks > 0, "more than 0"),
        "share_within": (share_within, 0 < share_within < 1, "between 0 and 1, such as 0.92"),
        "relief_by": (by, by > end, f"a day after {report.period.label}"),
        "sessions": (sessions, sessions > 0, "more than 0"),
        "patients_per_session": (patients_per_session, patients_per_session > 0, "more than 0"),
        "weeks_ahead": (weeks_ahead, 1 <= weeks_ahead <= 104, "1 to 104"),
    }
    problems = [Problem(name, str(came), what) for name, (came, fits, what) in allowed.items() if not fits]
    raise_all(problems)
    plan = (float(sessions), float(patients_per_session), int(weeks_ahead), simulated or "")
    aim = Aim(float(target_weeks), float(share_within), by, *plan)
    return analyse_in_room(WaitingLists, report.apart(), aim, records)


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
            raise DataError(where, "no waiting list", allowed, cure if records else f"load {extract}")
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
            raise UsageError("simulated", aim.simulated, allowed, near_misses(aim.simulated, codes))

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
        return self.part("flows", rows=rows, caption=caption, words={"balance": said})

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


# --- pictures -----------------------------------------------------------------------------------------


#: groups of bands that are drawn, each from an edge on, from light to dark: who waits longer stands out
_GROUPS: Final = (("up to 18 weeks", 0, colours.BAND), ("18 to 26", 18, colours.FAN_INNER),
                  ("26 to 52", 26, colours.NHS_BLUE), ("over 52 weeks", 52, colours.CONCERN))  # fmt: skip
_STYLES: Final = ("solid", (0, (1, 1.5)), (0, (4, 2)))


def bands_chart(lists: pd.DataFrame) -> Figure:
    """Draw the share of each list (a row, with a column for each band) that has waited so long, a bar each."""
    figure, axes = canvas(0.27 * len(lists) + 0.9)
    begins = [float(str(name).removeprefix("over ").split()[0]) for name in lists]
    shares = 100 * lists.div(lists.sum(axis=1).clip(lower=1), axis=0)
    left = shares.iloc[:, 0].to_numpy() * 0
    ends = [*(edge for _, edge, _ in _GROUPS[1:]), float("inf")]
    for (name, low, shade), high in zip(_GROUPS, ends, strict=True):
        width = shares.loc[:, [low <= each < high for each in begins]].sum(axis=1).to_numpy()
        axes.barh(
            range(len(lists)), width, left=left, height=0.7, color=shade, edgecolor="white", label=name
        )
        left = left + width
    label_rows(axes, [str(name) for name in lists.index])
    axes.set_ylim(len(lists) - 0.5, -0.5)  # the first on top, and no white below the legend
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the list")
    axes.legend(
        ncols=len(_GROUPS), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderaxespad=0.2
    )
    return figure


def course_chart(past: pd.Series, tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw a list so far, and how it may develop: the middle of each scenario, with intervals of 80%."""
    figure, axes = canvas(2.9)
    ends = [day.date() for day in pd.DatetimeIndex(past.index) + pd.offsets.MonthEnd(0)]
    draw_line(axes, mdates.date2num(ends), past, every=1, color=colours.TEXT, linewidth=1.6)
    now, names = float(past.iloc[-1]), []
    for (scenario, table), style in zip(tables.items(), _STYLES, strict=False):
        days = mdates.date2num([ends[-1] + timedelta(weeks=int(week)) for week in (0, *table.index)])
        low, middle, high = ([now, *table[name]] for name in ("lower80", "median", "upper80"))
        axes.fill_between(days, low, high, color=colours.FAN_INNER, alpha=0.55, linewidth=0)
        axes.plot(days, middle, color=colours.HIGHLIGHT, linewidth=1.6, linestyle=style)
        names.append(Name(scenario, 0, middle[-1]))
    axes.set_ylabel("patients")
    label_numbers(axes)
    label_months(axes)
    axes.margins(x=0.01)
    name_ends(axes, names)
    return figure

"""The columns of a system view's tables."""

from __future__ import annotations

from typing import Final

import numpy as np

from helpers.analyses.systems.findings import BedScenario, DelayGroup, WayOut
from helpers.analyses.systems.known import ADMISSIONS, BEDS, WAITING
from helpers.bundle import Cell, Column
from helpers.phrases import phrases
from helpers.report.columns import Filled, text
from helpers.report.words import number

#: what the table of trusts shows, each the part of the sum that is a count of people or beds
PARTS: Final = {
    ADMISSIONS: "Emergency admissions",
    BEDS: "Beds in use",
    WAITING: "Could leave and stay",
    "rtt_list_size": "Waiting for treatment",
}
OfGroup = Filled[DelayGroup]
OfScenario = Filled[BedScenario]


def held_columns(found: WayOut) -> tuple[OfGroup, ...]:
    """Return the columns of what patients wait for; beds at most where all who could leave are known."""
    who = phrases("names.who_could_act")
    counted = Column(label="Patients, so beds at least", kind="count")
    columns = [
        OfGroup("who", text("Who could act"), lambda each: who[each.who]),
        OfGroup("patients", counted, lambda each: each.patients, "counted with such a reason"),
        OfGroup("share", Column(label="Share", kind="rate", unit="%"), lambda each: 100 * each.patients / found.total,
                "of all counted with a reason"),
        OfGroup("largest", text("Most often"),
                lambda each: each.largest.partition(" – ")[2] or each.largest, "the reason that counts most"),
    ]  # fmt: skip
    if np.isfinite(found.remaining):
        most = Column(label="Beds at most", kind="count")
        columns.insert(
            3, OfGroup("most", most, lambda each: each.most, "these and all of whom no reason is known")
        )
    return tuple(columns)


def scenario_columns(change: float) -> tuple[OfScenario, ...]:
    """Return the columns of what a change of some per cent would give."""
    what, where = phrases("names.scenarios", change=f"{change:g}"), phrases("names.scenario_places")
    room = text("Room for emergency admissions a month")
    return (
        OfScenario("change", text("If"), lambda each: what[each.name]),
        OfScenario("where", text("Where"), lambda each: where[each.name]),
        OfScenario("low", Column(label="Beds free, least", kind="model"), lambda each: each.low),
        OfScenario("high", Column(label="Beds free, most", kind="model"), lambda each: each.high),
        OfScenario("occupancy", text("Occupancy, %"), lambda each: _between(each.occupancy, 1),
                   "per cent of the beds available"),
        OfScenario("room", room, lambda each: _between(each.room)),
    )  # fmt: skip


def _between(ends: tuple[float, float], digits: int = 0) -> Cell:
    return f"{number(ends[0], digits)} to {number(ends[1], digits)}" if np.isfinite(ends).all() else None

"""The columns of a system view's tables."""

from __future__ import annotations

from typing import Final

import numpy as np

from helpers.analyses.systems import words
from helpers.analyses.systems.findings import Held, Scenario, WayOut
from helpers.analyses.systems.known import ADMISSIONS, BEDS, WAITING
from helpers.bundle import Cell, Column
from helpers.report.columns import Filled
from helpers.report.parts import Field
from helpers.report.words import number

#: what the table of trusts shows, each the part of the sum that is a count of people or beds
PARTS: Final = {
    ADMISSIONS: "Emergency admissions",
    BEDS: "Beds in use",
    WAITING: "Could leave and stay",
    "rtt_list_size": "Waiting for treatment",
}
PRESSURE: Final = (
    Field("what", Column(label="Figure", kind="text")),
    Field("latest", Column(label="Latest", kind="text")),
    Field("range", Column(label="Least to most", kind="text"), "of the latest twelve whole months"),
)
OfHeld = Filled[Held]
OfScenario = Filled[Scenario]


def held_columns(found: WayOut) -> tuple[OfHeld, ...]:
    """Return the columns of what patients wait for; beds at most where all who could leave are known."""
    counted, all_of = (
        Column(label="Patients, so beds at least", kind="count"),
        "of all counted with a reason",
    )
    most = OfHeld("most", Column(label="Beds at most", kind="count"), lambda each: each.most,
                  "these and all of whom no reason is known")  # fmt: skip
    return (
        OfHeld("who", Column(label="Who could act", kind="text"), lambda each: words.WHO[each.who]),
        OfHeld("patients", counted, lambda each: each.patients, "counted with such a reason"),
        OfHeld("share", Column(label="Share", kind="rate", unit="%"), lambda each: 100 * each.patients / found.total,
               all_of),
        *((most,) if np.isfinite(found.remaining) else ()),
        OfHeld("largest", Column(label="Most often", kind="text"),
               lambda each: each.largest.partition(" – ")[2] or each.largest, "the reason that counts most"),
    )  # fmt: skip


def scenario_columns(change: float) -> tuple[OfScenario, ...]:
    """Return the columns of what a change of some per cent would give."""
    room = Column(label="Room for emergency admissions a month", kind="text")
    return (
        OfScenario("change", Column(label="If", kind="text"),
                   lambda each: words.SCENARIOS[each.name][0].format(change=f"{change:g}")),
        OfScenario("where", Column(label="Where", kind="text"), lambda each: words.SCENARIOS[each.name][1]),
        OfScenario("low", Column(label="Beds free, least", kind="model"), lambda each: each.low),
        OfScenario("high", Column(label="Beds free, most", kind="model"), lambda each: each.high),
        OfScenario("occupancy", Column(label="Occupancy, %", kind="text"), lambda each: _between(each.occupancy, 1),
                   "per cent of the beds available"),
        OfScenario("room", room, lambda each: _between(each.room)),
    )  # fmt: skip


def _between(ends: tuple[float, float], digits: int = 0) -> Cell:
    return f"{number(ends[0], digits)} to {number(ends[1], digits)}" if np.isfinite(ends).all() else None

"""Provisional monthly HES for England, by treatment specialty and by age band."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, first_of_month, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND

ATTENDED, MISSED = "Attended_Appointments", "DNA_Appointments"
EPISODES, ORDINARY, DAY_CASE = "FCE", "Ordinary_Admission_Episodes", "FCE_DAY_CASES"
FIRST, EMERGENCY = "First_Attendance", "EMERGENCY"
FIGURES = (EPISODES, ORDINARY, DAY_CASE, EMERGENCY, ATTENDED, MISSED, FIRST)


def read_specialties(matches: list[Match], _: Context) -> Reading:
    """Return months by treatment specialty, and their sums over all specialties."""
    table = matches[0].table()
    cells = Cells(table)
    frame = pd.DataFrame({"period": _months(cells), "specialty_code": cells.text("TRETSPEF")})
    cells.refuse(frame["specialty_code"] == "", "TRETSPEF", "a treatment specialty")
    figures = cells.figures(FIGURES)
    cells.refuse(frame.duplicated(), "TRETSPEF", "each specialty once a month")
    cells.check()
    base = frame.assign(org_code=ENGLAND, scheme="treatment")
    sums = figures.groupby(frame["period"]).sum().reset_index()
    rows = [
        *fed_rows(FEEDS, base, figures),
        *fed_rows(FEEDS, sums[["period"]].assign(org_code=ENGLAND), sums),
    ]
    names = cells.text("TRETSPEF_DESCRIPTION")
    named = pd.DataFrame({"scheme": "treatment", "specialty_code": frame["specialty_code"], "name": names})
    return Reading(
        {
            "measure_values": stack(rows),
            "specialties": named[named["name"] != ""].drop_duplicates("specialty_code"),
        },
        len(table),
    )


def read_ages(matches: list[Match], _: Context) -> Reading:
    """Return months by age band."""
    table = matches[0].table()
    cells = Cells(table)
    # "01. 0 - 4": the number only sorts
    band = cells.text("Age_Band").str.replace(r"^\d+\.\s*", "", regex=True)
    base = pd.DataFrame({"period": _months(cells), "category": band})
    cells.refuse(band == "", "Age_Band", "an age band")
    figures = cells.figures(FIGURES)
    cells.check()
    rows = fed_rows(FEEDS, base.assign(org_code=ENGLAND, breakdown="age band"), figures)
    return Reading({"measure_values": stack(rows)}, len(table))


def _months(cells: Cells) -> pd.Series[pd.Timestamp]:
    return first_of_month(cells.dates("Month_Ending", "%d%b%y", "%d%b%Y"))


#: Total_Appointments holds cancelled ones too, which are no part of the rate
FEEDS = (
    Feed("dna_rate", MISSED, f"{MISSED} + {ATTENDED}"),
    Feed("day_case_rate", DAY_CASE, f"{DAY_CASE} + {ORDINARY}", "episodes, emergencies included"),
    Feed("finished_consultant_episodes", EPISODES),
    Feed("emergency_admissions", EMERGENCY),
    Feed("first_outpatient_attendances", FIRST),
)
BY_SPECIALTY = Layout(
    name="hes_england_specialties",
    title="Hospital Episode Statistics, provisional monthly, by treatment specialty (NHS Digital)",
    columns=("Month_Ending", "TRETSPEF", "TRETSPEF_DESCRIPTION", *FIGURES),
    read=read_specialties,
    tables=("measure_values", "specialties"),
    feeds=FEEDS,
)
BY_AGE = Layout(
    name="hes_england_ages",
    title="Hospital Episode Statistics, provisional monthly, by age band (NHS Digital)",
    columns=("Month_Ending", "Age_Band", *FIGURES),
    read=read_ages,
    feeds=FEEDS,
)
LAYOUTS = (BY_SPECIALTY, BY_AGE)

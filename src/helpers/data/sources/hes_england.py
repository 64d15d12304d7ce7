"""Provisional monthly HES for England, by treatment specialty and by age band."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, first_of_month, measure_rows, stack
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
    figures = _figures(cells)
    cells.refuse(frame.duplicated(), "TRETSPEF", "each specialty once a month")
    cells.check()
    base = frame.assign(org_code=ENGLAND, scheme="treatment")
    names = cells.text("TRETSPEF_DESCRIPTION")
    named = pd.DataFrame({"scheme": "treatment", "specialty_code": frame["specialty_code"], "name": names})
    return Reading(
        {
            "measure_values": stack(
                [*_measures(base, figures), *_all_specialties(frame["period"], figures)]
            ),
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
    figures = _figures(cells)
    cells.check()
    rows = _measures(base.assign(org_code=ENGLAND, breakdown="age band"), figures)
    return Reading({"measure_values": stack(rows)}, len(table))


def _months(cells: Cells) -> pd.Series[pd.Timestamp]:
    return first_of_month(cells.dates("Month_Ending", "%d%b%y", "%d%b%Y"))


def _figures(cells: Cells) -> pd.DataFrame:
    return pd.DataFrame({name: cells.numbers(name) for name in FIGURES})


def _all_specialties(period: pd.Series[pd.Timestamp], figures: pd.DataFrame) -> list[pd.DataFrame]:
    sums = figures.groupby(period).sum().reset_index()
    return _measures(sums[["period"]].assign(org_code=ENGLAND), sums)


def _measures(base: pd.DataFrame, figures: pd.DataFrame) -> list[pd.DataFrame]:
    return [
        # Total_Appointments holds cancelled ones too, which are no part of the rate
        measure_rows(
            "dna_rate", base, numerator=figures[MISSED], denominator=figures[MISSED] + figures[ATTENDED]
        ),
        measure_rows(
            "day_case_rate",
            base,
            numerator=figures[DAY_CASE],
            denominator=figures[DAY_CASE] + figures[ORDINARY],
        ),
        measure_rows("finished_consultant_episodes", base, numerator=figures[EPISODES]),
        measure_rows("emergency_admissions", base, numerator=figures[EMERGENCY]),
        measure_rows("first_outpatient_attendances", base, numerator=figures[FIRST]),
    ]


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

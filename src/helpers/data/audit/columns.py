"""Columns that only a table of records has, and tables whose rows are patients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from helpers.bundle import Cell
from helpers.data.audit.alarms import AuditAlarm
from helpers.data.audit.identifiers import words_of

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

#: names of columns that only a table of records has, without spaces, underscores and case
RECORD_NAMES = words_of("""
    nhsnumber nhsno newnhsno nhsnum nationalpatientid patientid patientidentifier patientnumber patientname
    localpatientid localpatientidentifier lopatid hospitalnumber mrn medicalrecordnumber chinumber hesid
    pseudohesid encryptedhesid extracthesid tokenpersonid personid epikey attendkey aekey spellid
    spellidentifier susrecid susspellid surname forename firstname lastname familyname givenname dateofbirth
    birthdate dob mydob dateofdeath postcode homepostcode patientpostcode homeaddress homeadd patientaddress
    uprn ninumber nationalinsurancenumber admidate disdate epistart epiend apptdate
""")
#: of these, names that no sentence contains, so that they tell wherever they stand
TELLING_NAMES = re.compile(
    r"\b(nhs_?(number|no|num)|newnhsno|patient_?id|lopatid|(pseudo|encrypted|extract)_?hesid|hesid|epikey|"
    r"attendkey|aekey|susrecid|date_of_birth|mydob|homeadd|home_?postcode|patient_postcode)\b",
    re.IGNORECASE,
)
#: columns of the mart's record tables; a heading with several of them and a day of care shows patients
DAY_COLUMNS = words_of("admitted discharged appointmentdate admissiondate dischargedate")
RECORD_COLUMNS = DAY_COLUMNS | words_of("""
    losdays admissionmethod patientclass ageband age sex imddecile casemixgroup died readmitted30d leaddays
    outcome diagnosis procedure
""")
RECORD_COLUMNS_IN_A_ROW = 4


#: a table of at least so many rows, most with two days of their own, has a row per patient
ROWS_OF_PATIENTS = 5
_DATE = re.compile(r"\s*(?:\d{4}-\d\d-(\d\d)|(\d\d?)/\d\d?/\d{4})(?:[ T][\d:.]+)?\s*")


def holds_any(text: str, names: Iterable[str]) -> bool:
    """Tell quickly whether any of some plain names can stand in a text."""
    letters = plain_name(text)
    return any(name in letters for name in names)


def audit_header(names: Iterable[str], where: str) -> list[AuditAlarm]:
    """Return the column names that only a table of records has.

    >>> audit_header(["Trust", "Date of birth"], "table 1")[0].came
    'record-level columns: Date of birth'
    """
    found = [name for name in names if plain_name(name) in RECORD_NAMES]
    return [name_problem(where, [name.strip() for name in found])] if found else []


def plain_name(name: str) -> str:
    """Return a column's name without spaces, underscores and case."""
    return _NOT_A_WORD.sub("", name.lower())


def unsaid(names: Iterable[str]) -> list[str]:
    """Return the names that the text they stand in does not already tell."""
    return [name for name in names if not TELLING_NAMES.search(name)]


def is_record_heading(names: Iterable[str]) -> bool:
    """Tell whether a heading has a day of care and several columns of a record."""
    plain = {plain_name(name) for name in names}
    return bool(plain & DAY_COLUMNS) and len(plain & RECORD_COLUMNS) >= RECORD_COLUMNS_IN_A_ROW


def name_problem(where: str, names: Sequence[str]) -> AuditAlarm:
    """Return the alarm about names of record-level columns."""
    return AuditAlarm(
        "record_columns",
        names,
        where,
        f"record-level columns: {', '.join(names)}",
        allowed="aggregates only",
        cure="records never leave the mart as rows: show counts, means or shares",
    )


def rows_problem(where: str) -> AuditAlarm:
    """Return the alarm about a table whose rows are patients."""
    return AuditAlarm(
        "record_rows",
        [where],
        where,
        "a table with one row per spell or appointment",
        allowed="aggregates only",
        cure="records never leave the mart as rows: show counts, means or shares",
    )


def has_rows_of_patients(rows: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether most rows hold two days within a month, as admission and discharge do.

    >>> has_rows_of_patients([["A", f"2025-01-{day:02}", f"2025-01-{day + 3:02}"] for day in range(3, 9)])
    True
    """
    if len(rows) < ROWS_OF_PATIENTS:
        return False
    days = [[_day_of_month(cell) for cell in row] for row in rows]
    dated = [[day for day in row if day] for row in days]
    # Months and years begin on the first: spans of reporting are no stays.
    own = sum(
        len(row) >= 2 and any(day > 1 for day in row) and any(1 < day < 28 for day in row) for row in dated
    )
    return (
        own >= max(ROWS_OF_PATIENTS, 0.8 * len(rows)) and len({tuple(row) for row in dated}) > len(rows) / 3
    )


def _day_of_month(cell: Cell) -> int:
    match = _DATE.fullmatch(cell) if isinstance(cell, str) else None
    return int(match[1] or match[2]) if match else 0

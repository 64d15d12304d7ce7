"""Tables by their shape: columns that only records have, rows that are patients, NHS numbers split over columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from helpers.bundle import Cell
from helpers.data.audit.alarms import AuditAlarm, alarm
from helpers.data.audit.identifiers import is_nhs_number, may_be_issued, words_of
from helpers.errors import Problem

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


def shape_problems(
    headings: Sequence[Sequence[str]],
    rows: Sequence[Sequence[Cell]],
    where: str,
    *,
    of_groups: bool = False,
) -> Iterator[Problem]:
    """Yield what a table tells by its shape.

    `headings`: rows that may be its heading, which the rows themselves may begin with. `of_groups`: whether it is known
    that no row is a patient.
    """
    for heading in headings:
        yield from audit_header(filter(None, heading), where)
    body = rows[1:] if rows[:1] == headings[:1] else rows
    if not of_groups and (any(map(is_record_heading, headings)) or has_rows_of_patients(body)):
        yield rows_problem(where)
    yield from split_numbers(rows, where)


#: numbers made of neighbouring columns are identifiers when at least so many rows all pass the check digit:
#: by chance that happens once in 11 ** 3 such columns
SPLIT_PASS = 3
_DIGITS = re.compile(r"\d{1,9}")
_LENGTH = 10


def split_numbers(rows: Sequence[Sequence[Cell]], where: str) -> list[Problem]:
    """Return NHS numbers whose digits stand in neighbouring columns, as 943 | 476 | 5919 do.

    >>> rows = [["name", "a", "b", "c"], ["x", "943", "476", "5919"], ["y", "401", "023", "2137"],
    ...         ["z", "987", "654", "3210"]]
    >>> [problem.came[:14] for problem in split_numbers(rows, "t")]
    ['3 NHS numbers:']
    """
    found: dict[str, str] = {}
    for first, last in _spans(rows):
        numbers = _numbers(rows, first, last)
        if len(numbers) >= SPLIT_PASS:
            found |= numbers
    return [alarm("nhs_number", where, found)] if found else []


def _numbers(rows: Sequence[Sequence[Cell]], first: int, last: int) -> dict[str, str]:
    """Return the numbers of columns with their rows; none where one of them is no NHS number."""
    numbers: dict[str, str] = {}
    for place, row in enumerate(rows, start=1):
        cells = [str(cell) for cell in row[first:last]]
        if len(cells) == last - first and all(map(_DIGITS.fullmatch, cells)):
            number = "".join(cells)
            if not is_nhs_number(number) or not may_be_issued(number):
                return {}
            numbers.setdefault(number, f"row {place}")
    return numbers


def _spans(rows: Sequence[Sequence[Cell]]) -> Iterable[tuple[int, int]]:
    """Yield the neighbouring columns whose cells of one width each make ten digits together."""
    widths = _widths(rows)
    ends = [0]
    for width in widths:
        ends.append(ends[-1] + width)
    for first in range(len(widths)):
        for last in range(first + 2, len(widths) + 1):
            if 0 in widths[first:last] or ends[last] - ends[first] > _LENGTH:
                break
            if ends[last] - ends[first] == _LENGTH:
                yield first, last


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return how many digits every cell of a column has, headings and empty cells aside; 0 where that differs."""
    columns = max((len(row) for row in rows), default=0)
    found = []
    for column in range(columns):
        cells = {str(row[column]) for row in rows[:500] if column < len(row)}
        lengths = {len(cell) for cell in cells if _DIGITS.fullmatch(cell)}
        found.append(lengths.pop() if len(lengths) == 1 else 0)
    return found


def text_rows(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """Return the cells of rows as text, empty ones as nothing and days as they are written.

    >>> import datetime
    >>> text_rows([[None, 9434765919.0, datetime.datetime(2026, 4, 1)]])
    [['', '9434765919', '2026-04-01']]
    """
    return [[_as_text(cell) for cell in row] for row in rows]


def _as_text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return str(cell).removesuffix(" 00:00:00")

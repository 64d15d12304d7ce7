"""Files that were spoilt anyhow: an error of ours or the right rows, never a traceback or a wrong row.

2,000 inputs in the gate; more with BOARDPACK_FUZZ=20000.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import os
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.data.files.open_files import open_bytes
from helpers.data.sources import recognise
from helpers.data.sources.layout import Context
from helpers.errors import DataError

EXAMPLES = int(os.environ.get("BOARDPACK_FUZZ", "2000"))
HEADER = (
    "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST,"
    "FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT"
)
TEXT = "\n".join(
    [HEADER]
    + [
        f'31/0{month}/2025,Y61,East,QZZ,"Board, one",ZX{number},NAME {number},Acute,{number}0.5,1000,{number}'
        for month in (1, 3)
        for number in range(1, 5)
    ]
    + [""]
).encode()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(TEXT.decode())):
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.csv", TEXT)
    return stream.getvalue()


BINARY = (
    workbook(),
    packed(),
    gzip.compress(TEXT),
    (Path(__file__).parent / "sources" / "activity_return.xls").read_bytes(),
)
MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.integers(0, 2000), st.just(b"")),
        st.tuples(st.just("drop"), st.integers(0, 2000), st.just(b"")),
        st.tuples(st.just("insert"), st.integers(0, 2000), st.binary(min_size=1, max_size=4)),
        st.tuples(
            st.just("insert"),
            st.integers(0, 2000),
            st.sampled_from(
                [b'"', b",", b"\n", b"\r", b"\0", b"-", b"1e9", b"nan", b"\xff", b"*", b" ", b"'"]
            ),
        ),
        st.tuples(st.just("double"), st.integers(0, 2000), st.just(b"")),
        st.tuples(st.just("swap"), st.integers(0, 2000), st.just(b"")),
    ),
    min_size=1,
    max_size=4,
)


def mutate(content: bytes, mutations: list[tuple[str, int, bytes]]) -> bytes:
    for kind, where, extra in mutations:
        at = where * max(len(content), 1) // 2000
        if kind == "cut":
            content = content[:at]
        elif kind == "drop":
            content = content[:at] + content[at + 1 :]
        elif kind == "insert":
            content = content[:at] + extra + content[at:]
        else:
            rows = content.split(b"\n")
            line = min(len(rows) - 1, where * len(rows) // 2000)
            rows = (
                [*rows[:line], rows[line], *rows[line:]]
                if kind == "double"
                else [*rows[line:], *rows[:line]]
            )
            content = b"\n".join(rows)
    return content


def rows_by_hand(content: bytes) -> set[tuple[str, datetime, str, str]]:
    """Return what a plain CSV reader finds: code, month, days lost, days available, as written."""
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        found = set()
        for row in csv.reader(io.StringIO(text, newline="")):
            if len(row) < 10:
                continue
            try:
                day = datetime.strptime(row[0].strip(), "%d/%m/%Y").replace(day=1)
            except ValueError:
                continue
            found.add((row[5].strip().upper(), day, row[8].strip(), row[9].strip()))
        return found
    return set()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(MUTATIONS)
def test_spoilt_text_is_refused_or_read_as_it_stands(mutations: list[tuple[str, int, bytes]]) -> None:
    content = mutate(TEXT, mutations)
    try:
        matches = recognise(open_bytes(content, "x.csv").sheets)
        reading = matches[0].layout.read(matches, Context())
    except DataError:
        return
    values = reading.tables["measure_values"]
    written = {
        (code, day, float(lost.replace(",", "")), float(available.replace(",", "")))
        for code, day, lost, available in rows_by_hand(content)
        if is_number(lost) and is_number(available)
    }
    for row in values.itertuples(index=False):
        if row.numerator == row.numerator and row.denominator == row.denominator:
            assert (row.org_code, row.period.to_pydatetime(), row.numerator, row.denominator) in written


def is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


@settings(max_examples=max(EXAMPLES // 4, 50), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(BINARY), MUTATIONS)
def test_spoilt_workbooks_and_packed_files_never_give_a_traceback(
    content: bytes, mutations: list[tuple[str, int, bytes]]
) -> None:
    with contextlib.suppress(DataError):
        matches = recognise(open_bytes(mutate(content, mutations), "x").sheets)
        matches[0].layout.read(matches, Context())

"""Identifiers are found wherever they stand; figures, drawings and hashes are not taken for them.

The NHS numbers here are documentation examples or made with the check digit worked by hand; none is a
patient's.
"""

from __future__ import annotations

import base64
import bz2
import contextlib
import gzip
import hashlib
import io
import json
import lzma
import pickle
import random
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bundle import Bundle, Cell, Column
from helpers.cli.commands import main
from helpers.data.audit.bundles import audit_bundles
from helpers.data.audit.files import audit_file
from helpers.data.audit.identifiers import is_nhs_number
from helpers.data.audit.tables import audit_header
from helpers.data.audit.text import audit_text
from helpers.errors import ExitCode

#: 9x10+4x9+3x8+4x7+7x6+6x5+5x4+9x3+1x2 = 299 = 27x11 + 2, and 11 - 2 = 9
EXAMPLE = "9434765919"
OTHERS = ("4010232137", "9876543210", "4857773457")


#: ten digits among the pixels, none in what the picture says of itself
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\x0aIDAT9434765919....").decode()


def bundle(columns: list[tuple[str, str]], rows: list[tuple[Cell, ...]], **facts: str) -> Bundle:
    named = tuple(Column(label=label, kind=kind) for label, kind in columns)
    return Bundle(kind="table", id="tbl-x", columns=named, rows=tuple(rows), **facts)


# --- the check digit ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [EXAMPLE, *OTHERS])
def test_numbers_with_the_right_check_digit_pass(number: str) -> None:
    assert is_nhs_number(number)


@pytest.mark.parametrize(
    "number", ["9434765918", "943476591", "94347659190", "943476591X", "1111111111", ""]
)
def test_others_do_not(number: str) -> None:
    assert not is_nhs_number(number)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_at_most_one_check_digit_is_right(start: int) -> None:
    assert sum(is_nhs_number(f"{start:09d}{digit}") for digit in range(10)) <= 1


@given(st.sampled_from([EXAMPLE, *OTHERS]), st.integers(0, 9), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(number: str, place: int, change: int) -> None:
    typed = list(number)
    typed[place] = str((int(typed[place]) + change) % 10)
    assert not is_nhs_number("".join(typed))


# --- numbers in text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Patient 9434765919 stayed",
        "943 476 5919",
        "943-476-5919",
        "943\u00a0476\u00a05919",
        "943–476–5919",
        "943\u200b4765919",
        "9４34765919",
        "(9434765919).",
        "id=9434765919&x=1",
        "a,12,9434765919,7",
        "0  9434765919.0  x",
        "9434765919\n",
    ],
)
def test_an_nhs_number_is_found_in_every_common_form_and_redacted(text: str) -> None:
    (problem,) = audit_text(text, "page")
    assert problem.came.startswith("1 NHS number: *** *** **19")
    assert "9434765" not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "9434765918",  # wrong check digit
        "1,234,567,890 spells",
        "9,434,765,919",
        "0.9434765919",
        "9434765919.25",
        "12394347659190",
        "a9434765919f",
        "sha256:9434765919abcdef",
        "1 943 476 5919",  # a row of numbers, not a grouped one
        "100-943-476-5919",
        "ISBN 0306406152",
        "5990128088",  # right check digit, but 599 is not issued
        "0000000000 1111111111",
        "01234 567890",
        "",
    ],
)
def test_ordinary_figures_are_no_nhs_numbers(text: str) -> None:
    assert audit_text(text, "page") == []


def test_a_label_makes_any_range_an_nhs_number() -> None:
    assert is_nhs_number("5990128088")
    assert len(audit_text("NHS number: 5990128088", "page")) == 1


def test_several_numbers_are_counted_and_placed() -> None:
    (problem,) = audit_text("x\n9434765919\n4010232137 and 9434765919", "page")
    assert problem.came == "2 NHS numbers: *** *** **19 (line 2), *** *** **37 (line 3)"


def test_a_big_table_of_grouped_figures_raises_no_alarm() -> None:
    figures = random.Random(5)
    lines = [" | ".join(f"{figures.randrange(10**9, 10**10):,}" for _ in range(10)) for _ in range(1000)]
    assert audit_text("\n".join(lines), "page") == []


def test_hashes_and_keys_raise_no_alarm() -> None:
    hashes = "\n".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(3000))
    assert audit_text(hashes, "page") == []


# --- markup -------------------------------------------------------------------------------------------


def test_drawing_is_not_read_but_what_a_drawing_says_is() -> None:
    path = " ".join(f"{number} 943 476 5919 9434765919" for number in range(5))
    svg = f'<svg viewBox="0 0 9434765919 1"><path d="M{path}" x="9434765919"/><text>{{}}</text></svg>'
    assert audit_text(svg.format("7.9 %"), "fig") == []
    assert len(audit_text(svg.format("9434765919"), "fig")) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<p>943 <b>476</b> 5919</p>",
        '<img alt="Patient 943 476 5919">',
        '<table><tr><td data-id="9434765919">x</td></tr></table>',
        "<p><!-- 9434765919 --></p>",
        "<html><script>const rows = [9434765919];</script></html>",
        "<p>943&nbsp;476&nbsp;5919</p>",
        "<div title='9434765919'></div>",
    ],
)
def test_an_nhs_number_is_found_in_markup(html: str) -> None:
    assert len(audit_text(html, "page")) == 1


def test_neighbouring_cells_are_not_one_number() -> None:
    assert audit_text("<table><tr><td>943</td><td>476</td><td>5919</td></tr></table>", "page") == []


def test_embedded_files_are_read_and_pictures_are_not() -> None:
    inner = base64.b64encode(b"trust,number\nA,9434765919\n").decode()
    assert len(audit_text(f'<p><a href="data:text/csv;base64,{inner}">x</a></p>', "page")) == 1
    assert len(audit_text('<p><a href="data:text/csv,a%2C9434765919">x</a></p>', "page")) == 1
    assert audit_text('<p><img src="data:image/png;base64,9434765919=="></p>', "page") == []


# --- columns and rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["NHS number", "nhs_number", "Date of birth", "Postcode", "PSEUDO_HESID", "Surname"]
)
def test_record_level_columns_are_named_in_every_spelling(name: str) -> None:
    (problem,) = audit_header(["Trust", name], "tbl-x")
    assert problem.came == f"record-level columns: {name}"


def test_columns_of_aggregates_pass() -> None:
    assert audit_header(["Trust", "Spells", "Mean stay", "Age band", "Deprivation decile"], "tbl-x") == []


def test_a_heading_is_found_in_html_csv_and_markdown() -> None:
    assert (
        len(audit_text("<table><tr><th>Trust</th><th>Date of <b>birth</b></th></tr></table>", "page")) == 1
    )
    assert len(audit_text("| Trust | Date of birth |\n|---|---|\n", "page")) == 1
    assert len(audit_text("trust;pseudo_hesid", "page")) == 1


def test_words_of_a_sentence_are_no_columns() -> None:
    text = (
        "Patients admitted and discharged by age band and sex; outcome by postcode area and date of birth."
    )
    assert audit_text(text, "page") == []


def test_rows_of_patients_are_recognised_by_their_heading() -> None:
    heading = ["org_code", "admitted", "discharged", "los_days", "sex", "age_band"]
    assert len(audit_text("   ".join(heading) + "\n0  SYN01  2025-01-01", "cell")) == 1
    cells = "".join(f"<th>{name}</th>" for name in heading)
    assert len(audit_text(f"<table><tr>{cells}</tr></table>", "page")) == 1
    kinds = ["label", "date", "date", "rate", "label", "label"]
    assert len(audit_bundles([bundle(list(zip(heading, kinds, strict=True)), [])])) == 1


def test_an_aggregate_over_the_same_columns_passes() -> None:
    names = [
        ("Admitted", "date"),
        ("Sex", "label"),
        ("Age band", "label"),
        ("Outcome", "label"),
        ("Spells", "count"),
    ]
    assert audit_bundles([bundle(names, [])]) == []


# --- bundles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["caption", "alt", "markdown"])
def test_words_of_a_bundle_are_read(field: str) -> None:
    (problem,) = audit_bundles([bundle([], [], **{field: "Stay of 943 476 5919"})])
    assert problem.where == "tbl-x"


def test_cells_are_read_with_their_column() -> None:
    (problem,) = audit_bundles([bundle([("Case", "label")], [("9434765919",)])])
    assert problem.where == "tbl-x, column Case"
    (problem,) = audit_bundles([bundle([("Case", "label")], [("x",), (None,), (9434765919,)])])
    assert "**19 (row 3)" in problem.came


def test_one_large_figure_is_no_identifier_but_a_column_of_them_is() -> None:
    columns = [("Pounds", "count")]
    assert audit_bundles([bundle(columns, [(9434765919,)])]) == []
    assert (
        audit_bundles([bundle(columns, [(int(EXAMPLE),), (1234567890,), (4010232137,), (4857773457,)])])
        == []
    )
    (problem,) = audit_bundles([bundle(columns, [(int(EXAMPLE),), (4010232137,), (4857773457,)])])
    assert problem.came.startswith("3 NHS numbers")


# --- files --------------------------------------------------------------------------------------------


def test_a_notebook_is_read_in_text_outputs_and_code(tmp_path: Path) -> None:
    output = {
        "output_type": "execute_result",
        "data": {"text/html": ["<p>\n", "943 476 5919</p>"], "image/png": PICTURE},
    }
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "prose"]},
        {
            "cell_type": "code",
            "source": ["spells[admitted, discharged, sex, age_band]"],
            "outputs": [output],
        },
    ]
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    problems = audit_file(path)
    assert len(problems) == 1
    assert "**19" in problems[0].came
    cells[1]["source"] = ["x = 4010232137\n"]
    path.write_text(json.dumps({"cells": cells[1:]}), "utf-8")
    assert sum("NHS number" in problem.came for problem in audit_file(path)) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "trust,Date of birth\nA,\n"),
        ("x.csv", "trust,n\nA,9434765919\n"),
        ("x.json", '{"rows": [{"n": 9434765919}]}'),
        ("x.json", '{"9434765919": 1}'),
        ("x.json", '{"surname": ""}'),
        ("x.json", "no json 9434765919"),
        ("x.html", "<html><body>943 476 5919</body></html>"),
        ("x.md", "943 476 5919"),
        ("x.svg", "<svg><title>943 476 5919</title></svg>"),
    ],
)
def test_files_are_read_by_their_kind(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert len(audit_file(path)) == 1


def test_a_file_that_cannot_be_read_is_no_good_one(tmp_path: Path) -> None:
    for name, content in (("x.pdf", b"%PDF 9434765919"), ("x.docx", b"PK\x03\x04 broken")):
        path = tmp_path / name
        path.write_bytes(content)
        (problem,) = audit_file(path)
        assert "cannot be" in problem.came


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<xmpMM:InstanceID>gX26YJLK5+m344nj+M17GQ==</xmpMM:InstanceID>", 0),
        ("<xmpMM:InstanceID>M17GQ</xmpMM:InstanceID>", 1),
        ("<dc:title>gX26YJLK5+m344nj+M17GQ==</dc:title>", 1),
    ],
)
def test_the_random_number_of_a_pdf_is_not_taken_for_a_postcode(
    tmp_path: Path, written: str, found: int
) -> None:
    path = tmp_path / "report.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Metadata = pdf.make_stream(
        written.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )
    pdf.save(path, fix_metadata_version=False)
    assert len(audit_file(path)) == found


# --- forms that were missed, and what looks like them -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "9434 765 919",
        "9434-765-919",
        "943 4765 919",
        "94347 65919",
        "a,9434765919.00,b",
        "9.434765919E+09",
        "9.434765919e9",
        "9434765919E0",
        "tel 9434765919 0",
    ],
)
def test_numbers_are_found_in_forms_of_spreadsheets_and_forms(text: str) -> None:
    (problem,) = audit_text(text, "page")
    assert problem.came.startswith("1 NHS number")


@pytest.mark.parametrize(
    "text",
    ["9.43E+09", "1234 567 890", "2025 943 476 5919 12", "9434,765,919", "9434 765 9190", "94347 65918"],
)
def test_figures_of_other_groupings_are_none(text: str) -> None:
    assert audit_text(text, "page") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("DOB 12 Mar 50", 1),
        ("born 12-Mar-50", 1),
        ("Date of birth: 3rd March '47", 1),
        ("d.o.b. 12/03/50", 1),
        ("a,12 Mar 50,b", 1),
        ("a|12/03/50|b", 1),
        ("12 Mar 26", 0),
        ("a,31 Mar 30,b", 0),
        ("by 12 May 50 patients were seen", 0),
        ("version 1.10.50", 0),
        ("a,12/03/26,b", 0),
    ],
)
def test_days_of_birth_with_two_digits_of_a_year(text: str, count: int) -> None:
    found = audit_text(text, "page")
    assert [problem.came.split(":")[0] for problem in found] == ["1 date of birth"] * count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("SW1A-1AA", 1),
        ("SW1A  1AA", 1),
        ("M1 – 1AE", 1),
        ("SW1A   1AA", 0),
        ("ABC-M1-1AE", 0),
        ("M1 - 20", 0),
    ],
)
def test_postcodes_with_a_dash_or_two_spaces(text: str, count: int) -> None:
    assert len(audit_text(text, "page")) == count


NUMBERS = (EXAMPLE, *OTHERS)


@pytest.mark.parametrize("widths", [(3, 3, 4), (4, 3, 3), (5, 5), (1,) * 10])
@pytest.mark.parametrize("form", ["csv", "html", "bundle"])
def test_numbers_split_over_columns_are_put_together(
    tmp_path: Path, widths: tuple[int, ...], form: str
) -> None:
    ends = [sum(widths[: place + 1]) for place in range(len(widths))]
    rows = [
        ["x", *(number[end - width : end] for end, width in zip(ends, widths, strict=True)), "7.5"]
        for number in NUMBERS
    ]
    if form == "csv":
        path = tmp_path / "x.csv"
        path.write_text("\n".join(",".join(row) for row in [["c"] * len(rows[0]), *rows]))
        found = audit_file(path)
    elif form == "html":
        cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
        found = audit_text("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>", "page")
    else:
        columns = [(f"c{place}", "label") for place in range(len(rows[0]))]
        found = audit_bundles([bundle(columns, [tuple(row) for row in rows])])
    assert any(problem.came.startswith(f"{len(NUMBERS)} NHS numbers") for problem in found)


def test_columns_of_figures_are_not_put_together() -> None:
    figures = random.Random(8)
    rows = [[str(figures.randrange(100, 1000)) for _ in range(2)] + ["5919"] for _ in range(50)]
    html = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    assert audit_text(f"<table>{html}</table>", "page") == []


PEOPLE = [
    {"admitted": f"2025-01-{day:02}", "discharged": f"2025-01-{day + 3:02}", "sex": "f", "age": 70}
    for day in range(3, 9)
]


@pytest.mark.parametrize(
    "content",
    [PEOPLE, {"data": {"people": PEOPLE}}, [list(person.values()) for person in PEOPLE]],
    ids=["objects", "nested", "rows"],
)
def test_json_lists_of_people_are_rows_of_patients(tmp_path: Path, content: object) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    assert any("one row per spell" in problem.came for problem in audit_file(path))


def test_lines_of_json_are_read_as_json(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps({"nhs_number": number, "n": 1}) for number in NUMBERS))
    assert any("nhs_number" in problem.came for problem in audit_file(path))


# --- containers ---------------------------------------------------------------------------------------

TABLE = pd.DataFrame({"trust": ["ZX1"] * 4, "key": [int(number) for number in NUMBERS]})


def sqlite_file(folder: Path) -> bytes:
    path = folder / "made.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        TABLE.to_sql('a "quoted" name', database, index=False)
    return path.read_bytes()


def tar_file(mode: Literal["w", "w:gz", "w:xz"], content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        member = tarfile.TarInfo("inside/x.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


CSV = TABLE.to_csv(index=False).encode()
CONTAINERS: dict[str, Callable[[Path], bytes]] = {
    "x.csv.gz": lambda _: gzip.compress(CSV),
    "x.csv.bz2": lambda _: bz2.compress(CSV),
    "x.csv.xz": lambda _: lzma.compress(CSV),
    "x.tar": lambda _: tar_file("w", CSV),
    "x.tar.gz": lambda _: tar_file("w:gz", CSV),
    "x.txz": lambda _: tar_file("w:xz", CSV),
    "x.parquet": lambda _: TABLE.to_parquet(index=False),
    "x.parquet.gz": lambda _: gzip.compress(TABLE.to_parquet(index=False)),
    "x.sqlite": sqlite_file,
    "no_suffix": lambda _: lzma.compress(CSV),
}


@pytest.mark.parametrize(("name", "made"), CONTAINERS.items(), ids=CONTAINERS)
def test_what_is_packed_or_kept_as_tables_is_read(
    tmp_path: Path, name: str, made: Callable[[Path], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(made(tmp_path))
    assert any(problem.came.startswith("4 NHS numbers") for problem in audit_file(path)), name


def test_good_containers_raise_no_alarm(tmp_path: Path) -> None:
    good = pd.DataFrame(
        {"trust": ["ZX1", "ZX2"], "share": [0.5, 0.25], "month": pd.to_datetime(["2026-04-01"] * 2)}
    )
    (tmp_path / "x.parquet").write_bytes(good.to_parquet(index=False))
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(good.to_csv().encode()))
    assert [audit_file(path) for path in sorted(tmp_path.iterdir())] == [[], []]


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["x.pkl", "x.dat", "x.pkl.gz"])
def test_a_pickle_is_refused_and_never_opened(tmp_path: Path, name: str) -> None:
    content = pickle.dumps(Trap(tmp_path / "sprung"))
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    (problem,) = audit_file(path)
    assert "a pickle, which is never opened" in problem.came
    assert not (tmp_path / "sprung").exists()


DAMAGED: dict[str, bytes] = {
    "x.csv.gz": gzip.compress(CSV)[:-9],
    "x.csv.bz2": bz2.compress(CSV)[:-9],
    "x.csv.xz": lzma.compress(CSV)[:-9],
    "x.parquet": TABLE.to_parquet(index=False)[:-9],
    "x.sqlite": b"SQLite format 3\0" + b"\1" * 2000,
    "x.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "x.sav": b"$FL2" + bytes(200),
    "x.7z": b"7z\xbc\xaf\x27\x1c" + b"0" * 50,
    "x.rar": b"Rar!\x1a\x07\x01" + b"0" * 50,
    "x.csv.zst": b"\x28\xb5\x2f\xfd" + b"0" * 50,
    "x": random.Random(5).randbytes(300),
    "x.csv": "name,na\u00efve\n".encode("cp1252") * 3 + random.Random(6).randbytes(300),
}


@pytest.mark.parametrize(("name", "content"), DAMAGED.items(), ids=DAMAGED)
def test_what_cannot_be_read_counts_as_failed(
    tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (problem,) = audit_file(path)
    assert getattr(problem, "kind", "") == "unreadable"
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(path)])
    assert ended.value.code == ExitCode.GATE
    assert "1 file, 1 finding, 1 could not be read" in capsys.readouterr().out

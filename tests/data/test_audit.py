"""Identifiers are found wherever they stand; figures, drawings and hashes are not taken for them.

The NHS numbers here are documentation examples or made with the check digit worked by hand; none is a
patient's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bundle import Bundle, Cell, Column
from helpers.data.audit import audit_bundles, audit_file, audit_header, audit_text, is_nhs_number

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

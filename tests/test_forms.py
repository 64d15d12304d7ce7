"""Forms in Excel: what is written is read, whoever saves it; what is no such form is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from filled import fill

from helpers.errors import Problem
from helpers.forms import (
    Answer,
    Blank,
    Block,
    Form,
    Line,
    action_lines,
    actions_of,
    day_of,
    read_form,
    write_form,
)

FORM = Form(
    "A form",
    {"kind": "trial", "organisation": "T1"},
    "Fill it in.",
    (
        Block(
            "missed",
            "Missed",
            (("Told", "=1+1"),),
            (Line("Stage", (Blank("stage", choices=("low", "high")),)), *action_lines(3)),
        ),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_form(FORM, tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


def test_answers_come_back_by_block_and_name_with_their_place(path: Path) -> None:
    problems: list[Problem] = []
    found = read_form(
        fill(path, {"missed.stage": " high\n", "missed.due_1": datetime(2026, 11, 15)}), "trial", problems
    )
    assert found is not None
    assert (problems, found.about) == ([], {"kind": "trial", "organisation": "T1"})
    stage = found.answers["missed"]["stage"]
    assert (stage.text, stage.place.startswith("form.xlsx, cell B")) == ("high", True)
    assert found.answers["missed"]["due_1"].text == "2026-11-15"


def test_answers_are_found_by_name_wherever_excel_has_moved_them(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.active["F40"] = "low"
    book.defined_names["missed.stage"].attr_text = "Form!$F$40"  # as Excel writes after rows were put in
    book.save(path)
    found = read_form(path, ("trial",), [])
    assert found is not None
    assert found.answers["missed"]["stage"].text == "low"


def test_a_form_that_may_hold_answers_is_never_written_over(path: Path) -> None:
    fill(path, {"missed.stage": "high"})
    assert [write_form(FORM, path).name for _ in range(2)] == ["form-2.xlsx", "form-3.xlsx"]
    found = read_form(path, ("trial",), [])
    assert found is not None
    assert found.answers["missed"]["stage"].text == "high"


def test_what_is_told_is_locked_and_no_formula_and_choices_are_offered(path: Path) -> None:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    assert (cells["=1+1"].data_type, cells["=1+1"].protection.locked) == ("s", True)
    assert sheet.protection.sheet
    assert [each.formula1 for each in sheet.data_validations.dataValidation] == ['"low,high"']


def test_what_is_no_form_of_the_kind_is_told(path: Path, tmp_path: Path) -> None:
    problems: list[Problem] = []
    (tmp_path / "words.xlsx").write_text("no workbook")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    assert [read_form(tmp_path / name, ("trial",), problems) for name in ("words.xlsx", "other.xlsx")] == [
        None,
        None,
    ]
    assert read_form(path, ("comments",), problems) is None
    assert [(each.where, each.came) for each in problems] == [
        ("words.xlsx", "cannot be read as an Excel workbook (BadZipFile)"),
        ("other.xlsx", "is no form of boardpack"),
        ("form.xlsx", "is a form of trial"),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-15", date(2026, 11, 15)),
        ("15/11/2026", date(2026, 11, 15)),
        ("5.1.2027", date(2027, 1, 5)),
    ],
)
def test_days_are_read_as_they_are_written_here(text: str, day: date) -> None:
    assert day_of(Answer(text), []) == day


def test_what_is_no_day_or_has_passed_is_told() -> None:
    problems: list[Problem] = []
    for text in ("soon", "31/2/2026", "2026-01-01"):
        day_of(Answer(text, text), problems, since=date(2026, 6, 1))
    assert [each.where for each in problems] == ["soon", "31/2/2026", "2026-01-01"]


def test_an_action_needs_its_owner_and_its_day() -> None:
    answers = {
        "action_2": Answer("Open the ward", "B9"),
        "owner_2": Answer("", "C9"),
        "due_2": Answer("", "D9"),
    }
    problems: list[Problem] = []
    actions_of(answers, 3, problems, since=date(2026, 6, 1))
    assert [(each.where, each.came) for each in problems] == [
        ("C9", "action 2 has no owner"),
        ("D9", "action 2 has no due"),
    ]
    assert actions_of({}, 3, problems, since=date(2026, 6, 1)) == []

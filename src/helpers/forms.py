"""Forms in Excel that people fill in: what they are told, pictures, and cells to write in, each known by a name.

Excel keeps the name of a cell when rows are put in above it, so that an answer is found wherever it has moved.
Everything but the cells to write in is locked, without a password.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from helpers.errors import Problem

#: widths of the columns: labels, first cell to write in, and those beside it
_WIDTHS: Final = (26, 78, 30, 16)
_POINTS_A_LINE: Final = 15
#: the block that says what the form is and of whom
HEAD: Final = "form"
_DAY: Final = "a day such as 2026-11-30 or 30/11/2026"


@dataclass(frozen=True)
class Blank:
    """A cell to write in: its name within the block, what heads it, and what may be chosen."""

    name: str
    heading: str = ""
    choices: tuple[str, ...] = ()
    given: str = ""  # what stands in it already
    lines: int = 1


@dataclass(frozen=True)
class Line:
    """A label with the cells to write in that stand beside it."""

    label: str
    blanks: tuple[Blank, ...]


@dataclass(frozen=True)
class Block:
    """A heading, what is told (label and text), a picture (PNG), and what is asked."""

    name: str
    heading: str
    told: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    picture: bytes = b""


@dataclass(frozen=True)
class Form:
    """A form: its title, what it is about by name (its kind among them), how to fill it in, and its blocks."""

    title: str
    about: Mapping[str, str]
    intro: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Answer:
    """What somebody wrote in a cell, and where that is."""

    text: str = ""
    place: str = ""


@dataclass(frozen=True)
class ReturnedForm:
    """A form that came back: what it is about, and the answers by block and name."""

    file: str
    about: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    mark: str = ""  # tells the file from every other


def write_form(form: Form, path: Path) -> Path:
    """Write a form as a workbook with one sheet; return its path, numbered where one is there that may hold answers."""
    place, number = path, 1
    while place.exists():
        number += 1
        place = path.with_name(f"{path.stem}-{number}{path.suffix}")
    _Writer(form).book.save(place)
    return place


class _Writer:
    """Fills a sheet from top to bottom."""

    def __init__(self, form: Form) -> None:
        import openpyxl

        self.styles, self.book = openpyxl.styles, openpyxl.Workbook()
        self.sheet: Any = self.book.active
        self.sheet.title, self._row = "Form", 0
        self.sheet.protection.sheet = True
        self.sheet.protection.formatRows = False  # whoever writes much may make a row higher
        for column, width in zip("ABCD", _WIDTHS, strict=True):
            self.sheet.column_dimensions[column].width = width
        self._next(form.title).font = self.styles.Font(bold=True, size=16)
        for name, value in form.about.items():
            self._name(HEAD, name, self._put(self._next(name.capitalize()), 1, value))
        self._tell("How to fill it in", form.intro)
        for block in form.blocks:
            self._block(block)
        self.sheet.page_setup.orientation, self.sheet.page_setup.fitToHeight = "landscape", 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def _block(self, block: Block) -> None:
        self._row += 1
        self._next(block.heading).font = self.styles.Font(bold=True, size=13)
        for label, text in block.told:
            self._tell(label, text)
        if block.picture:
            self._draw(block.picture)
        before: tuple[str, ...] = ()
        for line in block.lines:
            headings = tuple(blank.heading for blank in line.blanks)
            if any(headings) and headings != before:
                above = self._next("")
                for place, heading in enumerate(headings, 1):
                    self._put(above, place, heading).font = self.styles.Font(italic=True)
            before = headings
            first = self._next(line.label)
            self.sheet.row_dimensions[self._row].height = _POINTS_A_LINE * max(b.lines for b in line.blanks)
            for place, blank in enumerate(line.blanks, 1):
                cell = self._put(first, place, blank.given)
                cell.fill = self.styles.PatternFill("solid", fgColor="FFF9E0")
                self._open(block.name, blank, cell)

    def _open(self, block: str, blank: Blank, cell: Any) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        thin = self.styles.Side(style="thin", color="999999")
        cell.border, cell.number_format = self.styles.Border(thin, thin, thin, thin), "@"
        cell.protection = self.styles.Protection(locked=False)
        self._name(block, blank.name, cell)
        if blank.choices:
            listed = DataValidation("list", formula1=f'"{",".join(blank.choices)}"', allow_blank=True)
            listed.add(cell)
            self.sheet.add_data_validation(listed)

    def _draw(self, picture: bytes) -> None:
        from openpyxl.drawing.image import Image

        image: Any = Image(io.BytesIO(picture))
        cell = self._next("Chart")
        self.sheet.add_image(image, f"B{cell.row}")
        self.sheet.row_dimensions[cell.row].height = image.height * 0.75 + 6

    def _tell(self, label: str, text: str) -> None:
        lines = sum(1 + len(each) // _WIDTHS[1] for each in text.split("\n"))
        self._put(self._next(label), 1, text)
        self.sheet.row_dimensions[self._row].height = _POINTS_A_LINE * lines

    def _next(self, label: str) -> Any:
        self._row += 1
        cell = self.sheet.cell(self._row, 1, label)
        cell.font, cell.alignment = self.styles.Font(bold=True), self.styles.Alignment(vertical="top")
        return cell

    def _put(self, first: Any, place: int, text: str) -> Any:
        cell = self.sheet.cell(first.row, first.column + place, text or None)
        cell.data_type = "s" if text else cell.data_type  # words that begin with = are no formula
        cell.alignment = self.styles.Alignment(wrap_text=True, vertical="top")
        return cell

    def _name(self, block: str, name: str, cell: Any) -> None:
        from openpyxl.workbook.defined_name import DefinedName

        place = f"{self.sheet.title}!${cell.column_letter}${cell.row}"
        self.book.defined_names[f"{block}.{name}"] = DefinedName(f"{block}.{name}", attr_text=place)


def read_form(path: Path, kinds: Sequence[str], problems: list[Problem]) -> ReturnedForm | None:
    """Return a form of one of these kinds with its answers; what is no such form is a problem and None."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, data_only=True)
        found = {name: next(iter(each.destinations)) for name, each in book.defined_names.items()}
        cells = {
            name: (book[sheet][place.replace("$", "")], place) for name, (sheet, place) in found.items()
        }
    except Exception as error:  # openpyxl has no error of its own for a damaged file
        came = f"cannot be read as an Excel workbook ({type(error).__name__})"
        problems.append(Problem(path.name, came, "a form as it was sent, filled in, as .xlsx"))
        return None
    answers: dict[str, dict[str, Answer]] = {}
    for name, (cell, place) in cells.items():
        block, _, blank = name.partition(".")
        where = f"{path.name}, cell {place.replace('$', '')}"
        answers.setdefault(block, {})[blank] = Answer(_text(cell.value), where)
    about = {name: each.text for name, each in answers.pop(HEAD, {}).items()}
    if about.get("kind") not in kinds:
        came = f"is a form of {about['kind']}" if about.get("kind") else "is no form of boardpack"
        allowed = f"a form of {' or '.join(kinds)}, with its names of cells"
        problems.append(Problem(path.name, came, allowed))
        return None
    return ReturnedForm(path.name, about, answers, sha256(path.read_bytes()).hexdigest()[:12])


def _text(value: object) -> str:
    """Return what a cell holds as one line of words.

    >>> _text(datetime(2026, 11, 15)), _text(" two\\n lines "), _text(3.0), _text(None)
    ('2026-11-15', 'two lines', '3', '')
    """
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def day_of(answer: Answer, problems: list[Problem], *, since: date | None = None) -> date | None:
    """Return the day that an answer names, None where it is empty; one before `since` is a problem too.

    >>> day_of(Answer("30/11/2026"), []), day_of(Answer(""), [])
    (datetime.date(2026, 11, 30), None)
    """
    if not answer.text:
        return None
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", answer.text)
    text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else answer.text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(answer.place, answer.text, _DAY))
        return None
    if since and day < since:
        problems.append(Problem(answer.place, f"{answer.text} has passed", f"{since} or later"))
    return day


def actions_of(
    answers: Mapping[str, Answer], most: int, problems: list[Problem], *, since: date
) -> list[dict[str, Any]]:
    """Return the actions of a block, each with owner and day; one without either is a problem."""
    found, asked = [], {"action": "text", "owner": "owner", "due": "due"}
    for number in range(1, most + 1):
        cells = {key: answers.get(f"{key}_{number}", Answer(place=f"{key} {number}")) for key in asked}
        if not any(each.text for each in cells.values()):
            continue
        for key, cell in cells.items():
            if not cell.text:
                problems.append(Problem(cell.place, f"action {number} has no {asked[key]}", cure="add it"))
        due = day_of(cells["due"], problems, since=since)
        found.append({"action": cells["action"].text, "owner": cells["owner"].text, "due": due})
    return found


def action_lines(most: int) -> tuple[Line, ...]:
    """Return the lines that ask for actions, each with a role and a day."""
    return tuple(
        Line(
            f"Action {number}",
            (
                Blank(f"action_{number}", "What is done", lines=2),
                Blank(f"owner_{number}", "Who answers for it (a role)"),
                Blank(f"due_{number}", "By when"),
            ),
        )
        for number in range(1, most + 1)
    )

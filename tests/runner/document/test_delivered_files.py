"""A frame or a file that a notebook delivers, up to the document and the gate's checks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment

from helpers.bundle import FILE_MIME, Bundle, Source
from helpers.data.audit.bundles import audit_bundles
from helpers.data.disclosure import disclosure_problems
from helpers.errors import GateError, UsageError
from helpers.report.own.frames import read_file
from helpers.report.shown import Shown
from helpers.runner.document.making import Document, Provenance, make_document

WARDS = pd.DataFrame({"ward": ["Ash", "Elm"], "beds": [24, 22], "share": [0.958, None]})
Notebook = Any


def deliver(what: Any, name: str = "", **told: Any) -> dict[str, Any]:
    """Return what a cell hands over that delivers something."""
    name, content = read_file(what, name)
    bundle = Bundle(kind="file", id=name, own=True, **{"origin": "published", **told})
    return Shown(bundle, markdown="x", file=content)._repr_mimebundle_()


def made(notebook: Notebook, provenance: Provenance, *cells: dict[str, Any]) -> Document:
    for each in cells:
        notebook.shows(each)
    return make_document(notebook.build(), provenance=provenance)


@pytest.mark.parametrize("name", ["beds.csv", "beds.xlsx"])
def test_a_frame_lies_beside_the_report_and_the_gate_sees_its_cells(
    notebook: Notebook, provenance: Provenance, name: str
) -> None:
    document = made(notebook, provenance, deliver(WARDS, name))
    assert f"The file {name} lies beside this report." in document.markdown
    linked = make_document(notebook.build(), provenance=replace(provenance, name="RGT"))
    assert f"The file [{name}](RGT.{name}){{.beside}} lies beside this report." in linked.markdown
    read = pd.read_csv if name.endswith("csv") else pd.read_excel
    pd.testing.assert_frame_equal(read(io.BytesIO(document.files[name])), WARDS)
    (bundle,) = [each for each in document.bundles if each.kind == "file"]
    assert [column.label for column in bundle.columns] == ["ward", "beds", "share"]
    assert bundle.rows == (("Ash", 24, 0.958), ("Elm", 22, None))


def test_a_workbook_tells_nothing_of_its_author_and_is_the_same_whenever_it_is_made(
    notebook: Notebook, provenance: Provenance, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = "Somebody Particular"
    sheet = book.active
    assert sheet is not None
    sheet.append(["ward", "beds"])
    sheet.append(["Ash", 24])
    book.create_sheet("Notes").append(["Source", "Ward census"])
    book.save(tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx", "a") as parts:
        parts.writestr(
            "docProps/custom.xml", '<?xml version="1.0"?><Properties xmlns="x"><p>Ours</p></Properties>'
        )
    document = made(notebook, provenance, deliver(tmp_path / "out.xlsx", "beds.xlsx"))
    content = document.files["beds.xlsx"]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(parts.read(name) for name in parts.namelist())
        assert {each.date_time[0] for each in parts.infolist()} == {1980}
    assert b"Particular" not in everything
    assert b"Ours" not in everything
    opened = openpyxl.load_workbook(io.BytesIO(content))
    assert opened["Sheet"]["B2"].value == 24
    assert [each.id for each in document.bundles if each.kind == "file"] == [
        "beds.xlsx",
        "beds.xlsx, sheet Notes",
    ]


WRONG: dict[str, tuple[Callable[[Path], tuple[Any, str]], str]] = {
    "another kind": (lambda _: (WARDS, "beds.pdf"), "with the ending .csv or .xlsx"),
    "a dot more": (lambda _: (WARDS, "beds.old.csv"), "letters, digits"),
    "a path as the name": (lambda _: (WARDS, "../beds.csv"), "letters, digits"),
    "no name": (lambda _: (WARDS, ""), "report.deliver, name"),
    "no frame": (lambda _: ([1, 2], "beds.csv"), "a list"),
    "no file": (lambda path: (path / "beds.csv", ""), "is not there"),
    "another ending": (lambda path: (written(path / "beds.xlsx"), "beds.csv"), "the same ending"),
    "an empty file": (lambda path: (written(path / "beds.csv", b""), ""), "0 bytes"),
    "too large a file": (
        lambda path: (written(path / "beds.csv", b"x" * 5_000_001), ""),
        "5,000,001 bytes",
    ),
}


def written(path: Path, content: bytes = b"x") -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_delivered_is_refused_with_what_to_do(case: str, tmp_path: Path) -> None:
    given, said = WRONG[case]
    with pytest.raises(UsageError) as refused:
        read_file(*given(tmp_path))
    assert said in str(refused.value)


def with_comment(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ward", "beds"])
    sheet.append(["Ash", 24])
    sheet["B2"].comment = Comment("As told by phone", "Somebody")
    book.save(path / "beds.xlsx")
    return path / "beds.xlsx"


def with_part(path: Path, part: str) -> Path:
    WARDS.to_excel(path / "beds.xlsx", index=False)
    with zipfile.ZipFile(path / "beds.xlsx", "a") as parts:
        parts.writestr(part, b"x")
    return path / "beds.xlsx"


UNFIT: dict[str, tuple[Callable[[Path], Any], str]] = {
    "comments": (with_comment, "comments, which name who wrote them"),
    "macros": (lambda path: with_part(path, "xl/vbaProject.bin"), "macros"),
    "a pivot": (
        lambda path: with_part(path, "xl/pivotCache/pivotCacheRecords1.xml"),
        "behind a pivot table",
    ),
    "links": (
        lambda path: with_part(path, "xl/externalLinks/externalLink1.xml"),
        "links to other workbooks",
    ),
    "no workbook": (lambda path: written(path / "beds.xlsx", b"PK"), "cannot be read (BadZipFile)"),
    "not UTF-8": (
        lambda path: written(path / "beds.csv", b"ward\r\n\xff\r\n"),
        "cannot be read (UnicodeDecodeError)",
    ),
    "no rows": (lambda path: written(path / "beds.csv", b"ward,beds\r\n"), "no rows below a heading"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_the_gate_could_not_look_through_is_refused_by_name(
    notebook: Notebook, provenance: Provenance, case: str, tmp_path: Path
) -> None:
    make, said = UNFIT[case]
    with pytest.raises(GateError) as refused:
        made(notebook, provenance, deliver(make(tmp_path)))
    assert said in str(refused.value)


def test_one_name_for_two_files_is_refused(notebook: Notebook, provenance: Provenance) -> None:
    with pytest.raises(GateError, match=r"beds\.csv 2 times"):
        made(notebook, provenance, deliver(WARDS, "beds.csv"), deliver(WARDS, "beds.csv"))


def test_a_report_that_is_not_for_publication_takes_none(notebook: Notebook) -> None:
    provenance = Provenance(run_id="r", notebook="n", code_version="v", mark="Not for publication")
    with pytest.raises(GateError, match="cannot say so of itself"):
        made(notebook, provenance, deliver(WARDS, "beds.csv"))


def test_rows_of_patients_and_identifiers_are_found_in_its_cells(
    notebook: Notebook, provenance: Provenance
) -> None:
    days = [f"2026-03-{day:02}" for day in range(2, 10)]
    out = [f"2026-03-{day:02}" for day in range(5, 13)]
    spells = pd.DataFrame({"from": days, "to": out, "nhs": ["943 476 5919"] + ["x"] * 7})
    document = made(notebook, provenance, deliver(spells, "spells.csv"))
    told = " ".join(problem.came for problem in audit_bundles(document.bundles))
    assert "one row per spell" in told
    assert "NHS number" in told


def test_counts_from_records_follow_the_rule(
    notebook: Notebook, provenance: Provenance, source: Source
) -> None:
    counts = pd.DataFrame({"specialty": ["100", "300"], "count": [120, 3]})
    told = deliver(counts, "counts.xlsx", sources=(source,), in_room=True)
    (problem,) = disclosure_problems(made(notebook, provenance, told).bundles)
    assert problem.where == "counts.xlsx, column count"
    assert "uncontrolled" in problem.came


def test_a_cell_that_is_not_shown_delivers_too(notebook: Notebook, provenance: Provenance) -> None:
    notebook.shows(deliver(WARDS, "beds.csv"))
    notebook.cells[-1].source = "#| output: false\nreport.deliver(wards)"
    assert FILE_MIME in notebook.cells[-1].outputs[0].data
    assert "beds.csv" in make_document(notebook.build(), provenance=provenance).files

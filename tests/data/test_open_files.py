"""Every table of a file is read or named as not read, and a container is told by what it is."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from helpers.data.files.open_files import open_bytes, open_file
from helpers.data.files.workbooks import as_text
from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.errors import DataError
from helpers.register import Register

HEADER = (
    "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,"
    "FTE_DAYS_LOST,FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT"
)


def row(code: str = "ZX1", lost: str = "60") -> str:
    return f"01/01/2025,Y61,East,QZ1,ICB,{code},FICTIONAL,Acute,{lost},1000,6"


def text(*rows: str) -> bytes:
    return "".join(f"{line}\n" for line in (HEADER, *rows)).encode()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def book(*sheets: tuple[str, str, list[list[object]]]) -> bytes:
    """Return a workbook of sheets: title, state, rows."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, state, rows in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for cells in rows:
            sheet.append(cells)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def cells(*rows: str) -> list[list[object]]:
    return [list(line.split(",")) for line in (HEADER, *rows)]


def load(folder: Path, name: str, content: bytes) -> tuple[LoadResult, list[tuple[object, ...]]]:
    (folder / name).write_bytes(content)
    mart = Mart(folder / "mart")
    (result,) = load_paths(mart, [folder / name], Register())
    return result, mart.fetch("SELECT org_code, numerator FROM measure_values ORDER BY ALL")


def refused(content: bytes, name: str = "file") -> str:
    with pytest.raises(DataError) as raised:
        open_bytes(content, name)
    return str(raised.value)


def test_every_sheet_that_fits_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    content = book(
        ("Notes", "visible", [["Written by hand"]]),
        ("East", "visible", cells(row("ZX1"))),
        ("West", "visible", cells(row("ZX2"))),
        ("Spoilt", "visible", [[*HEADER.replace("ORG_CODE", "ORG").split(",")]]),
    )
    result, rows = load(tmp_path, "x.xlsx", content)
    assert rows == [("ZX1", 60), ("ZX2", 60)]
    assert (result.rows_read, result.rows_kept) == (2, 2)
    assert result.remarks == (
        "not read: sheet Spoilt, which is nearest to layout sickness_absence, without its column ORG_CODE",
        "not read: sheet Notes",
    )


def test_a_hidden_sheet_never_goes_before_a_visible_one(tmp_path: Path) -> None:
    content = book(
        ("Old", "hidden", cells(row("ZX1", "99"))),
        ("Older", "veryHidden", cells(row("ZX1", "98"))),
        ("Now", "visible", cells(row("ZX1"))),
    )
    result, rows = load(tmp_path, "x.xlsx", content)
    assert rows == [("ZX1", 60)]
    assert [remark.split(":")[:2] for remark in result.remarks] == [
        ["not read", " sheet Old, which is hidden"],
        ["not read", " sheet Older, which is hidden"],
    ]


def test_a_hidden_sheet_alone_is_read_and_told(tmp_path: Path) -> None:
    content = book(("Front", "visible", [["Contents"]]), ("Data", "hidden", cells(row())))
    result, rows = load(tmp_path, "x.xlsx", content)
    assert rows == [("ZX1", 60)]
    assert "sheet Data is hidden in the workbook; it was read" in result.remarks


def test_hidden_rows_count_and_are_told(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(("Data", "visible", cells(row("ZX1"), row("ZX2"))))))
    made["Data"].row_dimensions[3].hidden = True
    made.save(tmp_path / "h.xlsx")
    result, rows = load(tmp_path, "h.xlsx", (tmp_path / "h.xlsx").read_bytes())
    assert len(rows) == 2
    assert result.remarks == ("sheet Data has 1 hidden row, which counts as the others do",)


def test_sheets_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    content = book(("A", "visible", cells(row())), ("B", "visible", cells(row(lost="61"))))
    with pytest.raises(LoadError, match=r"sheet B: 1 figures differ from those of x.xlsx, sheet A"):
        load(tmp_path, "x.xlsx", content)


def test_what_two_sheets_say_alike_counts_once(tmp_path: Path) -> None:
    content = book(("A", "visible", cells(row())), ("B", "visible", cells(row(), row("ZX2"))))
    assert load(tmp_path, "x.xlsx", content)[1] == [("ZX1", 60), ("ZX2", 60)]


def test_every_member_of_an_archive_is_read_or_named(tmp_path: Path) -> None:
    content = zipped(
        **{
            "a.csv": text(row("ZX1")),
            "deep/b.csv": text(row("ZX2")),
            "c.xlsx": book(("Data", "visible", cells(row("ZX3")))),
            "notes.pdf": b"%PDF-1.7\n",
            "README.txt": b"Written by hand\n",
            "nothing.csv": b"",
            "__MACOSX/._a.csv": b"\0\5\x16\7",
            "deep/.DS_Store": b"\0\0\0\1Bud1",
        }
    )
    result, rows = load(tmp_path, "x.zip", content)
    assert [code for code, _ in rows] == ["ZX1", "ZX2", "ZX3"]
    assert result.remarks == ("not read: x.zip/README.txt; notes.pdf (no table); nothing.csv (empty)",)


def test_an_archive_whose_second_file_is_wrong_is_not_loaded_by_half(tmp_path: Path) -> None:
    content = zipped(**{"a.csv": text(row("ZX1")), "b.csv": text(row("ZX2", "many"))})
    with pytest.raises(LoadError, match=r"x.zip/b.csv, row 2, column FTE_DAYS_LOST: 'many'"):
        load(tmp_path, "x.zip", content)


def test_too_small_a_stated_area_loses_no_rows(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(("Data", "visible", cells(row("ZX1"), row("ZX2")))))) as made,
        zipfile.ZipFile(stream, "w") as changed,
    ):
        for name in made.namelist():
            part = made.read(name).replace(b'<dimension ref="A1:K3"', b'<dimension ref="A1:K2"')
            changed.writestr(name, part)
    assert len(load(tmp_path, "x.xlsx", stream.getvalue())[1]) == 2


def test_a_formula_without_its_result_is_refused(tmp_path: Path) -> None:
    content = book(("Data", "visible", cells(row(lost="=30+30"))))
    with pytest.raises(LoadError, match="formulas without a stored result: I2; open it in Excel"):
        load(tmp_path, "x.xlsx", content)


@pytest.mark.parametrize("end", ["\n\n", ",,,\n,,,\n", ",,,\r\n,,,", "\n , ,\n"])
def test_empty_lines_below_a_table_say_nothing(tmp_path: Path, end: str) -> None:
    assert load(tmp_path, "x.csv", text(row()) + end.encode())[1] == [("ZX1", 60)]


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:automatic-styles>
<style:style style:name="h"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="Old" table:style-name="h"><table:table-row>
<table:table-cell><text:p>gone</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Data">
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="9"/>
</table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"/>
<table:table-cell office:value-type="float" office:value="3"><text:p>3.00</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.884"><text:p>88.4%</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2025-04-30"><text:p>30 Apr</text:p></table:table-cell>
<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>a</text:p><text:p>b</text:p>
</table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(content: str = ODS, manifest: bytes = b"") -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(mimetype=kind, **{"content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def test_an_opendocument_spreadsheet_is_read_with_its_marks() -> None:
    hidden, sheet = open_bytes(ods(), "x.ods").sheets
    assert (hidden.name, hidden.hidden, sheet.name, sheet.hidden) == ("Old", True, "Data", False)
    assert sheet.grid == ((), (), ("", "", "3", "0.884", "2025-04-30", "a\nb"))
    assert sheet.percents == {(2, 3)}
    assert sheet.merged == ((2, 5, 3, 5),)


def test_an_opendocument_spreadsheet_that_claims_endless_cells_is_refused() -> None:
    endless = ODS.replace('office:value="3"', 'office:value="3" table:number-columns-repeated="99999999"')
    assert "a damaged workbook (ValueError: more than" in refused(ods(endless))


def test_the_marks_of_a_workbook() -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append([0.884, 0.5, 0.25, "=A1"])
    sheet["A1"].number_format = "0.0%"
    sheet["C1"].number_format = '0.00"%"'
    sheet.merge_cells("A2:B3")
    sheet["A2"] = "one"
    stream = io.BytesIO()
    made.save(stream)
    (found,) = open_bytes(stream.getvalue(), "x.xlsx").sheets
    assert found.percents == {(0, 0)}
    assert found.merged == ((1, 0, 2, 1),)
    assert found.unstored == {(0, 3)}


def test_a_day_worked_out_in_a_workbook_is_that_day() -> None:
    from datetime import datetime

    assert as_text(datetime(2025, 4, 1, 0, 0, 1)) == "2025-04-01"
    assert as_text(datetime(2025, 3, 31, 23, 59, 59)) == "2025-04-01"
    assert as_text(datetime(2025, 4, 1, 9, 30)) == "2025-04-01T09:30:00"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
CONTAINERS = {
    "binary workbook": (zipped(**{"xl/workbook.bin": b"x"}), "a binary workbook (.xlsb)"),
    "workbook with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "spreadsheet with a password": (
        ods(manifest=b"<manifest:encryption-data/>"),
        "protected by a password",
    ),
    "old Word document": (OLE + "WordDocument".encode("utf-16-le"), "a Word document"),
    "Word document": (zipped(**{"word/document.xml": b"x"}), "a Word document"),
    "slides": (zipped(**{"ppt/presentation.xml": b"x"}), "a PowerPoint presentation"),
    "OpenDocument text": (
        zipped(mimetype=b"application/vnd.oasis.opendocument.text"),
        "an OpenDocument file that is no spreadsheet",
    ),
    "HTML table": (b"<html><body><table><tr><td>measure</td></tr></table>", "an HTML table"),
    "XML of Excel 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "an XML spreadsheet of Excel 2003",
    ),
    "other XML": (b'<?xml version="1.0"?><rows><row/></rows>', "XML, which is no table"),
    "archive of notes": (zipped(**{"notes.pdf": b"%PDF-1.7\n"}), "an archive without a table"),
    "packed archive in an archive": (zipped(**{"x.csv.gz": gzip.compress(b"a,b\n")}), "a packed file in"),
}


@pytest.mark.parametrize(("content", "message"), CONTAINERS.values(), ids=CONTAINERS)
def test_a_container_is_told_by_what_it_is(content: bytes, message: str) -> None:
    told = refused(content, "export.xls")
    assert message in told
    assert "download it again" not in told


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_characters_that_take_no_space_are_not_there(tmp_path: Path, name: str) -> None:
    """Web pages and e-mails leave zero-width spaces and soft hyphens in what is copied from them."""
    cells = ("org\u00ad_code", "\u200bRAE", "2026\u2060-04\ufeff")
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text(",".join(cells) + "\n", "utf-8")
    else:
        book = openpyxl.Workbook()
        book.worksheets[0].append(cells)
        book.save(path)
    (sheet,) = open_file(path).sheets
    assert sheet.rows() == [["org_code", "RAE", "2026-04"]]


DELIMITED = {
    "title lines": b"Trust report\n\na;b;c\n1;2;3\n",
    "title lines with commas": b"Report, made for the board, May\na;b;c\n1;2;3\n",
    "UTF-16 without its mark": "a;b;c\n1;2;3\n".encode("utf-16-le"),
    "and the other way round": "a;b;c\n1;2;3\n".encode("utf-16-be"),
}


@pytest.mark.parametrize("content", DELIMITED.values(), ids=DELIMITED)
def test_what_stands_between_cells_is_seen_below_title_lines_too(content: bytes) -> None:
    (sheet,) = open_bytes(content, "x.csv").sheets
    assert sheet.rows()[-2:] == [["a", "b", "c"], ["1", "2", "3"]]


def test_a_workbook_of_numbers_is_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Index/Document.iwa", b"x")
        archive.writestr("preview.jpg", b"x")
    with pytest.raises(DataError, match="a workbook of Apple's Numbers"):
        open_bytes(packed.getvalue(), "x.numbers")

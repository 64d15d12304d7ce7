"""What is wrong with a file is said clearly, and the mart stays as it was."""

from __future__ import annotations

import gzip
import http.server
import io
import multiprocessing
import os
import random
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from helpers.data.files import open_files
from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.sources.layout import Layout
from helpers.errors import ExitCode
from helpers.register import Merger, Register

HEADER = (
    "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST,"
    "FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT\n"
)


def sickness(day: str = "31/01/2025", lost: str = "60.5", *, code: str = "ZX1") -> str:
    """Return a month of two invented trusts."""
    row = f"{day},Y61,East,QZZ,Board,{code},FICTIONAL NHS TRUST,Acute,{lost},1000,6\n"
    return HEADER + row + row.replace(code, "ZX2").replace(lost, "50")


GOOD = sickness()


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def empty_book() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


BAD = {
    "nothing in it": (b"", "empty (0 bytes)"),
    "spaces only": (b" \n \n", "empty"),
    "a byte-order mark alone": (b"\xef\xbb\xbf", "empty"),
    "no known layout": (b"a,b\n1,2\n", "no known layout; see `boardpack data sources`"),
    "wrong header": (
        GOOD.replace("FTE_DAYS_LOST", "DAYS").encode(),
        "nearest to layout sickness_absence, without its column FTE_DAYS_LOST.",
    ),
    "header alone": (HEADER.encode(), "no row that sickness_absence can use"),
    "truncated gzip": (gzip.compress(GOOD.encode())[:-9], "damaged or cut short"),
    "damaged gzip": (b"\x1f\x8b\x08" + b"\x07" * 40, "damaged or cut short"),
    "damaged workbook": (empty_book()[:-30], "damaged or cut short"),
    "zip that is no workbook": (zipped("[Content_Types].xml", b"x"), "no known layout"),
    "zip in a zip": (zipped("x.zip", zipped("x.csv", GOOD.encode())), "a packed file in a packed file"),
    "empty sheet": (empty_book(), "sheets are empty"),
    "old workbook in disguise": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged workbook"),
    "wrong encoding": (GOOD.replace("FICTIONAL", "F\u20ac\u0153").encode("utf-16")[2:], "neither text nor"),
    "bytes of no encoding": (GOOD.encode() + b"\x81\x8d\x8f\x90\n", "unknown encoding"),
    "cut in the last cell": (GOOD.encode()[:-2], "ends in the middle of a line"),
    "cut in mid-row": (GOOD.encode()[:-20] + b"\n", "allowed: 11, as the header has"),
    "a quote left open": (GOOD.replace("East", '"East', 1).encode(), "as the header has"),
    "text in a number": (
        sickness(lost="many").encode(),
        "row 2, column FTE_DAYS_LOST: 'many'; allowed: a number",
    ),
    "not a number": (
        sickness(lost="nan").encode(),
        "row 2, column FTE_DAYS_LOST: 'nan'; allowed: a number",
    ),
    "an endless number": (sickness(lost="1e999").encode(), "column FTE_DAYS_LOST: '1e999'"),
    "negative count": (sickness(lost="-3").encode(), "allowed: 0 or more"),
    "more lost than available": (sickness(lost="1001").encode(), "no more than FTE_DAYS_AVAILABLE"),
    "no date": (sickness(day="32/01/2025").encode(), "column DATE: '32/01/2025'; allowed: DD/MM/YYYY"),
    "no code": (GOOD.replace("ZX1", " ").encode(), "allowed: an organisation code"),
    "a row twice": ((GOOD + GOOD.splitlines()[1] + "\n").encode(), "each organisation once a month"),
    "web page": (b"<!DOCTYPE html><html><body>Not found</body></html>", "a web page, not data"),
    "web page after blank lines": (b"\n\n  <HTML>\n", "a web page, not data"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", "a PDF, which holds no table"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "a picture; allowed: CSV"),
    "a RAR archive": (
        b"Rar!\x1a\x07\0" + b"\0" * 64,
        "compressed or not; Parquet; unpack it and load what is in it",
    ),
    "a Parquet file": (b"PAR1" + b"\0" * 64, "a Parquet file that is damaged"),
    "JSON": (b'[{"measure": "x"}]', "JSON, which is no table"),
    "a program": (b"\x7fELF" + b"\1\0\2" * 64, "neither text nor a workbook"),
}


def refused(mart: Mart, path: Path | str) -> str:
    before = mart.version
    with pytest.raises(LoadError) as raised:
        load_paths(mart, [path], Register())
    assert raised.value.exit_code == ExitCode.DATA
    assert mart.version == before
    return str(raised.value)


def test_layouts_that_hardly_fit_are_not_named(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("measure,org,period,value\nrtt_18_weeks,ZX1,2026-01,5\n")
    told = refused(Mart(tmp_path / "mart"), path)
    assert "nearest to layout own_measures, without its column org_code" in told
    assert told.count("nearest to layout") == 1


def test_paths_that_hold_nothing_say_what_to_do(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.doc").write_text("x")
    assert "holds no data file; allowed: .csv" in refused(mart, tmp_path / "empty")
    assert "put the files there" in refused(mart, tmp_path / "empty")
    assert "there is no such file; did you mean empty?" in refused(mart, tmp_path / "emty")
    assert "no file fits it; check the path" in refused(mart, f"{tmp_path}/zz*.csv")


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_refused_with_the_reason(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert message in refused(Mart(tmp_path / "mart"), path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "MAX_BYTES", 100_000)
    monkeypatch.setattr(open_files, "MAX_WORKBOOK_BYTES", 100_000)
    for name, content in {
        "a.gz": gzip.compress(b"0" * 200_000),
        "b.zip": zipped("x.csv", b"0" * 200_000),
        "c.xlsx": zipped("xl/workbook.xml", b"0" * 200_000),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert "unpacks to more than" in refused(Mart(tmp_path / "mart"), tmp_path / name)


GOOD_FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "with a byte-order mark": partial(str.encode, encoding="utf-8-sig"),
    "utf-16": partial(str.encode, encoding="utf-16"),
    "windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zip": lambda text: zipped("x.csv", text.encode()),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "title lines above": lambda text: f"Title\n\nSource: nobody\n{text}".encode(),
    "header in other letters": lambda text: text.replace("ORG_CODE", " Org_Code ").encode(),
    "windows letters": lambda text: text.replace("FICTIONAL", "FIGARO\u2019S").encode("cp1252"),
    "thousands": lambda text: text.replace(",1000,", ',"1,000",').encode(),
}


@pytest.mark.parametrize("form", GOOD_FORMS.values(), ids=GOOD_FORMS)
def test_the_form_of_a_file_makes_no_difference(tmp_path: Path, form: Callable[[str], bytes]) -> None:
    path = tmp_path / "file"
    path.write_bytes(form(GOOD))
    mart = Mart(tmp_path / "mart")
    load_paths(mart, [path], Register())
    shown = mart.fetch("SELECT org_code, numerator, denominator FROM measure_values ORDER BY ALL")
    assert shown == [("ZX1", 60.5, 1000), ("ZX2", 50, 1000)]


def test_two_files_of_a_month_that_disagree_are_both_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(sickness(), "utf-8")
    (tmp_path / "b.csv").write_text(sickness(lost="61"), "utf-8")
    text = refused(Mart(tmp_path / "mart"), tmp_path)
    assert text.count("1 figures differ") == 2
    assert "the later edition last" in text


def test_files_one_after_the_other_are_editions(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    for name, lost in (("a.csv", "60.5"), ("b.csv", "61")):
        (tmp_path / name).write_text(sickness(lost=lost), "utf-8")
        load_paths(mart, [tmp_path / name], Register())
    assert mart.fetch("SELECT numerator FROM measure_values WHERE org_code = 'ZX1'") == [(61,)]


@pytest.mark.parametrize("first", ["may.csv", "may-revised.csv"])
def test_a_revised_edition_counts_in_whatever_order_it_comes(tmp_path: Path, first: str) -> None:
    mart = Mart(tmp_path / "mart")
    (tmp_path / "may.csv").write_text(sickness(), "utf-8")
    (tmp_path / "may-revised.csv").write_text(sickness(lost="61"), "utf-8")
    (second,) = {"may.csv", "may-revised.csv"} - {first}
    load_paths(mart, [tmp_path / first], Register())
    (result,) = load_paths(mart, [tmp_path / second], Register())
    assert mart.fetch("SELECT numerator FROM measure_values WHERE org_code = 'ZX1'") == [(61,)]
    assert len(mart.fetch("SELECT 1 FROM measure_values_all WHERE org_code = 'ZX1'")) == 2
    told = "an earlier edition than may-revised.csv, whose figures stay in force" in result.remarks
    assert told == (second == "may.csv")


def test_an_edition_says_nothing_of_other_months(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    (tmp_path / "january-revised.csv").write_text(sickness(), "utf-8")
    (tmp_path / "february.csv").write_text(sickness(day="01/02/2025"), "utf-8")
    load_paths(mart, [tmp_path / "january-revised.csv"], Register())
    (result,) = load_paths(mart, [tmp_path / "february.csv"], Register())
    assert not any("edition" in remark for remark in result.remarks)


def test_folders_wildcards_and_hidden_files(tmp_path: Path) -> None:
    inside = tmp_path / "data" / "deep"
    inside.mkdir(parents=True)
    (inside / "a.csv").write_text(sickness(), "utf-8")
    (inside / "~$b.xlsx").write_text("Excel's own", "utf-8")
    (inside / "README.md").write_text("words", "utf-8")
    mart = Mart(tmp_path / "mart")
    assert len(load_paths(mart, [tmp_path / "data"], Register())) == 1
    (again,) = load_paths(mart, [str(tmp_path / "data" / "*" / "*.csv")], Register())
    assert again.outcome == "already loaded"


def test_a_file_is_read_anew_by_a_reader_that_was_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(sickness(), "utf-8")
    mart = Mart(tmp_path / "mart")
    load_paths(mart, [tmp_path / "a.csv"], Register())
    monkeypatch.setattr(Layout, "how_read", "mended")
    (again,) = load_paths(mart, [tmp_path / "a.csv"], Register())
    assert again.outcome == "loaded"
    assert any(each.startswith("read anew: ") for each in again.remarks)
    assert [load.settings for load in mart.loads()] == ["mended"]
    assert load_paths(mart, [tmp_path / "a.csv"], Register())[0].outcome == "already loaded"


def test_a_missing_file_names_the_near_miss(tmp_path: Path) -> None:
    (tmp_path / "sickness.csv").write_text(GOOD, "utf-8")
    assert "did you mean sickness.csv?" in refused(Mart(tmp_path / "mart"), tmp_path / "sicknes.csv")
    (tmp_path / "void").mkdir()
    assert "holds no data file" in refused(Mart(tmp_path / "mart"), tmp_path / "void")


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = {"/good.csv": GOOD.encode(), "/page.csv": b"<html>moved</html>", "/short.csv": b"x"}
        body = content.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"") + (9 if self.path == "/short.csv" else 0)))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_addresses_are_fetched_and_recorded(tmp_path: Path, address: str) -> None:
    mart = Mart(tmp_path / "mart")
    load_paths(mart, [f"{address}/good.csv"], Register())
    assert mart.loads()[0].file == f"{address}/good.csv"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("page.csv", "a web page"),
        ("none.csv", "answered 404"),
        ("short.csv", "broke off|could not be fetched"),
    ],
)
def test_addresses_that_give_no_data_are_refused(
    tmp_path: Path, address: str, page: str, message: str
) -> None:
    text = refused(Mart(tmp_path / "mart"), f"{address}/{page}")
    assert any(word in text for word in message.split("|"))


def test_nobody_at_the_address(tmp_path: Path) -> None:
    assert "could not be fetched" in refused(Mart(tmp_path / "mart"), "http://127.0.0.1:9/x.csv")


def test_mergers_of_the_register_come_with_the_first_load(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(sickness(), "utf-8")
    merger = Merger.model_validate(
        {"id": "ZX2", "name": "FICTIONAL NHS TRUST", "successor": "ZX1", "day": "2025-02-01"}
    )
    mart = Mart(tmp_path / "mart")
    load_paths(mart, [path], Register(mergers={"ZX2": merger}))
    pooled = mart.fetch("SELECT org_code, numerator, denominator, members FROM measure_values_rolled_up")
    assert pooled == [("ZX1", 110.5, 2000, 2)]
    version = mart.version
    load_paths(mart, [path], Register(mergers={"ZX2": merger}))
    assert mart.version == version


def load_months_for_ever(path: Path, folder: Path) -> None:
    mart = Mart(path)
    number = 0
    while True:
        number += 1
        for month in ("01", "02"):
            text = sickness(day=f"28/{month}/2025", lost=str(number))
            (folder / f"{month}.csv").write_text(text, "utf-8")
        load_paths(mart, [folder], Register())


def test_kill_at_50_random_moments_leaves_the_mart_whole_and_the_next_load_clean(tmp_path: Path) -> None:
    folder, seed = tmp_path / "files", random.Random(2)
    folder.mkdir()
    mart = Mart(tmp_path / "mart")
    (tmp_path / "first.csv").write_text(sickness(day="28/03/2025"), "utf-8")
    load_paths(mart, [tmp_path / "first.csv"], Register())
    context = multiprocessing.get_context("fork")
    for _ in range(50):
        process = context.Process(target=load_months_for_ever, args=(mart.path, folder))
        process.start()
        time.sleep(0.01 + seed.random() * 0.15)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        held = mart.fetch("SELECT count(*), count(DISTINCT source) FROM measure_values_all")[0]
        assert held == (sum(f.rows for f in mart.manifest.table_files("measure_values")), 1)
    (tmp_path / "last.csv").write_text(sickness(day="28/04/2025"), "utf-8")
    (result,) = load_paths(mart, [tmp_path / "last.csv"], Register())
    assert result.outcome == "loaded"
    assert not list((mart.path / "staging").iterdir())
    assert len(mart.fetch("SELECT * FROM measure_values WHERE period = '2025-03-01'")) == 2

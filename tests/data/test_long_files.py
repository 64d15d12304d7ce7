"""Long extracts are read a part at a time: the same rows, their own numbers in messages, little memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.data.files import parts
from helpers.data.files.parts import read_parts
from helpers.data.loading.load import GATHERED, LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.data.sources.records import OUTPATIENT_COLUMNS
from helpers.register import Register

HEADER = ",".join([*OUTPATIENT_COLUMNS, "NOTE"])


def rows(count: int, *, first: int = 0) -> Iterator[str]:
    for number in range(first, first + count):
        code, day = f"R{number % 9}{number % 7}", f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
        note = '"two\nlines, one cell"' if number % 50 == 0 else "x" * (number % 30)
        yield f"{5 if number % 11 else 3},1,{day},100,{code},{note}\n"


def write(path: Path, count: int) -> Path:
    text = f"{HEADER}\n" + "".join(rows(count))
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.csv", text)
            archive.writestr("__MACOSX/._x.csv", b"not for us")
        return path
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few kilobytes be long."""
    monkeypatch.setattr(parts, "PART", 5_000)
    monkeypatch.setattr(parts, "FIRST", 1_000)
    monkeypatch.setattr("helpers.data.loading.load.GATHERED", 300)


def load(folder: Path, path: Path) -> tuple[Mart, LoadResult]:
    mart = Mart(folder)
    (result,) = load_paths(mart, [path], Register())
    return mart, result


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.zip"])
@pytest.mark.usefixtures("small_parts")
def test_parts_give_the_rows_of_the_whole(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / name, 2_000)
    in_parts, streamed = load(tmp_path / "parts", path)
    assert len(list(read_parts(path))) > 5
    monkeypatch.setattr(parts, "PART", 10**9)
    at_once, whole = load(tmp_path / "whole", path)
    assert (streamed.rows_read, streamed.rows_kept, streamed.rejected) == (2_000, 2_000, {})
    assert streamed == whole
    count = (
        "SELECT org_code, outcome, appointment_date, count(*) FROM appointments GROUP BY ALL ORDER BY ALL"
    )
    assert in_parts.fetch(count) == at_once.fetch(count)
    assert in_parts.loads()[0].as_at == at_once.loads()[0].as_at


@pytest.mark.usefixtures("small_parts")
def test_a_mistake_far_down_is_named_by_its_own_row_and_nothing_is_kept(tmp_path: Path) -> None:
    lines = [f"{HEADER}\n", *rows(3_000)]  # some rows are of two lines, and count as one
    lines[2_500] = lines[2_500].replace(",R", ",,R", 1)
    path = tmp_path / "x.csv"
    path.write_text("".join(lines))
    with pytest.raises(LoadError, match="row 2501: 7 cells"):
        load(tmp_path / "mart", path)
    mart = Mart(tmp_path / "mart")
    assert not mart.version
    assert list((mart.path / "staging").glob("*")) == []


@pytest.mark.usefixtures("small_parts")
def test_an_open_quotation_mark_and_a_cut_file_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", 2_000)
    path.write_text(path.read_text().replace(",x,", ',"x,').replace(",xxx\n", ',"xxx\n', 1))
    with pytest.raises(LoadError, match=r"not closed|cells"):
        load(tmp_path / "mart", path)
    for name in ("y.csv.gz", "y.zip"):
        packed = write(tmp_path / name, 2_000)
        content = packed.read_bytes()
        packed.write_bytes(content[:2_000] + content[2_010:])
        with pytest.raises(LoadError, match="damaged or cut short"):
            load(tmp_path / "mart", packed)
    cut = write(tmp_path / "z.csv", 2_000)
    cut.write_bytes(cut.read_bytes()[:-3])
    with pytest.raises(LoadError, match="ends in the middle of a line"):
        load(tmp_path / "mart", cut)


def test_layouts_that_are_read_whole_are_refused_beyond_their_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("measure,org_code,period,value\n" + "complaints,RAE,2025-04,1\n" * 2_000)
    monkeypatch.setattr(parts, "PART", 5_000)
    monkeypatch.setattr(parts, "MAX_BYTES", 20_000)
    with pytest.raises(LoadError, match="of a layout that is read whole"):
        load(tmp_path / "mart", path)


# what `resource` tells includes the memory of the process that started this one
PEAK = """
from pathlib import Path
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
"""
#: loads a file, in parts of so many bytes and rows, and tells its peak
SCRIPT = f"""{PEAK}
import sys
from helpers.data.loading import load
from helpers.data.files import parts
from helpers.data.mart import Mart
from helpers.register import Register
file, mart, parts.PART, load.GATHERED = *sys.argv[1:3], *map(int, sys.argv[3:])
(result,) = load.load_paths(Mart(mart), [file], Register())
print(result.rows_kept, peak())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak of a process")
@pytest.mark.parametrize(
    ("megabytes", "part", "gathered", "peak"),
    [
        # read whole, it takes 700 MB
        (50, 4_000_000, 100_000, 450),
        pytest.param(5_000, parts.PART, GATHERED, 1_000, marks=pytest.mark.long),
    ],
)
def test_the_peak_of_memory_does_not_follow_the_size_of_the_file(
    tmp_path: Path, megabytes: int, part: int, gathered: int, peak: int
) -> None:
    block = "".join(rows(20_000)).encode()
    times = megabytes * 1_000_000 // len(block)
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(f"{HEADER}\n".encode())
        for _ in range(times):
            file.write(block)
    command = [sys.executable, "-c", SCRIPT, str(path), str(tmp_path / "mart"), str(part), str(gathered)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    kept, reached = map(int, done.stdout.split())
    print(f"\n{path.stat().st_size / 1e6:,.0f} MB, {kept:,} rows, peak {reached} MB")
    path.unlink()
    assert kept == 20_000 * times
    assert reached < peak


EVERYTHING = f"""{PEAK}
import sys, time
from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.register import read_register
try:
    results = load_paths(Mart(sys.argv[2]), [sys.argv[1]], read_register(sys.argv[3]))
except LoadError as error:
    results = error.results
print(sum(result.rows_kept for result in results), peak())
print(round(time.process_time(), 1), "seconds of the processor")
"""


@pytest.mark.long
@pytest.mark.real_data
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak of a process")
def test_all_published_files_at_hand_are_loaded_in_little_memory(real_data: Path, tmp_path: Path) -> None:
    register = Path(__file__).parents[2] / "params" / "_register"
    command = [sys.executable, "-c", EVERYTHING, str(real_data), str(tmp_path / "mart"), str(register)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows_kept, peak = map(int, done.stdout.split()[:2])
    print(f"\n{rows_kept:,} rows, peak {peak} MB, {done.stdout.splitlines()[1]}")
    assert rows_kept > 600_000
    assert peak < 800

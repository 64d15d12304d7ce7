"""Which of the files that were opened count, and what lies there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from helpers.hashes import hash_bytes
from helpers.reads import ABSENT, Note, stamp_of
from helpers.runner.key.surroundings import UNDER_CHANGE, is_data, is_folder, look_at, own_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a file, a mirror of which a kernel had, and a file elsewhere."""
    root = tmp_path / "project"
    for folder in ("notebooks", "params/_register", ".boardpack/runs/r/work/notebooks"):
        (root / folder).mkdir(parents=True)
    (root / "notebooks" / "a.csv").write_text("1")
    return root


def read(root: Path, *notes: Note) -> dict[str, str]:
    apart = (root / "params" / "_register", root / ".boardpack", root / "reports")
    return own_files(notes, root, apart, root / ".boardpack" / "runs" / "r" / "work")


def opened(path: Path, says: str = "") -> Note:
    return Note("file", str(path), says)


def test_a_file_is_known_by_its_content(root: Path) -> None:
    found = read(root, opened(root / "notebooks" / "a.csv"), Note("data", "spells"))
    assert found == {"notebooks/a.csv": hash_bytes(b"1")}


def test_what_was_changed_while_the_report_was_made_is_equal_to_no_content(root: Path) -> None:
    path = root / "notebooks" / "a.csv"
    before = stamp_of(path)
    path.write_text("12")
    assert read(root, opened(path, before)) == {"notebooks/a.csv": UNDER_CHANGE}
    assert read(root, opened(path, ABSENT)) == {"notebooks/a.csv": UNDER_CHANGE}
    assert read(root, opened(path, stamp_of(path))) == {"notebooks/a.csv": hash_bytes(b"12")}


def test_what_is_looked_for_in_the_mirror_is_meant_in_the_project(root: Path) -> None:
    work = root / ".boardpack" / "runs" / "r" / "work"
    (work / "notebooks" / "own.csv").write_text("written by the notebook")
    (work / "made").mkdir()
    found = read(
        root,
        opened(work / "notebooks" / "b.csv", ABSENT),
        opened(work / "notebooks" / "own.csv"),
        opened(work / "notebooks", "a stamp of the mirror's folder"),
        opened(work / "made"),
    )
    assert list(found) == ["notebooks", "notebooks/b.csv"]
    assert found["notebooks/b.csv"] == ABSENT
    assert is_folder(found["notebooks"])


def test_a_compiled_module_stands_for_its_source(root: Path) -> None:
    (root / "notebooks" / "waits.py").write_text("")
    compiled = root / "notebooks" / "__pycache__" / "waits.cpython-312.pyc"
    assert list(read(root, opened(compiled))) == ["notebooks/waits.py"]


@pytest.mark.parametrize(
    "path",
    [
        "params/_register/measures.yml",
        ".boardpack/mart/CURRENT",
        "reports/index.html",
        ".venv/lib/python3.12/site-packages/pandas/__init__.py",
        os.__file__,
        str(Path(sys.prefix) / "share" / "x"),
        "/etc/hosts",
        "/home/a/.config/matplotlib/matplotlibrc",
    ],
)
def test_what_has_its_own_place_in_the_key_or_belongs_to_the_machine_does_not_count(
    root: Path, path: str
) -> None:
    assert read(root, opened(root / path)) == {}


def test_a_file_elsewhere_counts_by_its_whole_path(root: Path) -> None:
    assert read(root, opened(Path("/data/targets.csv"))) == {"/data/targets.csv": ABSENT}


def test_of_a_folder_the_names_count_but_for_what_imports_look_for(root: Path) -> None:
    before = look_at(root, "notebooks")
    for name in ("b.py", "c.ipynb", ".hidden"):
        (root / "notebooks" / name).write_text("")
    assert look_at(root, "notebooks") == before
    (root / "notebooks" / "d.csv").write_text("")
    assert look_at(root, "notebooks") != before


def test_data_are_neither_code_nor_folders_nor_what_is_not_there(root: Path) -> None:
    names = {"notebooks/a.csv": True, "notebooks": False, "notebooks/gone.csv": False}
    assert {name: is_data(name, look_at(root, name)) for name in names} == names
    assert not is_data("notebooks/waits.py", hash_bytes(b""))


def test_own_phrases_are_words_of_which_nobody_asks_where_they_come_from() -> None:
    assert not is_data("params/_phrases.yml", "a hash")
    assert is_data("params/own.yml", "a hash")

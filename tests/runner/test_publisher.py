from __future__ import annotations

from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.runner.publisher import Publisher, read_publisher


def write(folder: Path, text: str) -> Path:
    (folder / "_publisher.yml").write_text(text, "utf-8")
    return folder


def test_without_a_file_nobody_is_named(tmp_path: Path) -> None:
    assert read_publisher(tmp_path) == Publisher()
    assert not read_publisher(tmp_path, name="Northmoor").can_be_reached


def test_what_the_file_says_is_read(tmp_path: Path) -> None:
    found = read_publisher(
        write(tmp_path, "telephone: 01632 960000\nprepared: '2026-11-02'\n"), name="Northmoor"
    )
    assert found == Publisher(name="Northmoor", telephone="01632 960000", prepared="2026-11-02")
    assert found.can_be_reached


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("emial: X", "line 1, emial: unknown key.*did you mean.*email"),
        ("name: Northmoor", "unknown key.*telephone"),
        ("prepared: 'soon'", "soon.*YYYY-MM-DD"),
        ("telephone: 1632960000", "line 1.*put it in quotes"),
        ("email: [a, b]", "a list.*words"),
        ("address: X\naddress: Y", "written twice"),
        (
            "sign_off: scorecrd, stay",
            "no notebook 'scorecrd'.*all, or of the notebooks scorecard, stay.*did you mean",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in ("scorecard", "stay"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    (tmp_path / "params").mkdir()
    with pytest.raises(UsageError, match=f"(?is)_publisher.yml.*{words}"):
        read_publisher(write(tmp_path / "params", text))


@pytest.mark.parametrize("day", ["2026-11-02", "'2026-11-02'"])
def test_a_day_is_a_day_with_quotes_or_without(tmp_path: Path, day: str) -> None:
    assert read_publisher(write(tmp_path, f"prepared: {day}\n")).prepared == "2026-11-02"


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_publisher(write(tmp_path, "emial: X\nprepared: 'soon'\n"))
    assert len(error.value.problems) == 2


def test_reports_of_the_notebooks_that_are_named_wait_for_approval() -> None:
    assert [Publisher(sign_off="stay, card").wants_approval(each) for each in ("stay", "card", "s")] == [
        True,
        True,
        False,
    ]
    assert Publisher(sign_off="all").wants_approval("s")
    assert not Publisher().wants_approval("")

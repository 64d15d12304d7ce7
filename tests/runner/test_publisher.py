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


WARD = {
    "readers": "ward managers", "folder": "ward-reports", "hide_up_to": "3", "reason": "reviews", "owner": "Director",
    "decided": "2026-11-02",
}  # fmt: skip


def audience(name: str = "ward", *, without: str = "", **changes: str) -> str:
    said = {key: value for key, value in {**WARD, **changes}.items() if key != without}
    return f"audiences:\n  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in said.items())


def test_audiences_are_the_public_and_those_that_the_file_names(tmp_path: Path) -> None:
    assert list(read_publisher(tmp_path).audiences) == ["public"]
    found = read_publisher(write(tmp_path, audience(round_to="5"))).audiences
    assert list(found) == ["public", "ward"]
    assert (found["ward"].hide_up_to, found["ward"].round_to) == (3, 5)
    assert found["ward"].reports(tmp_path) == tmp_path / "ward-reports"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((audience(without=key), f"ward.*{key}") for key in WARD),
        (audience(reason="''"), "reason"),
        (audience(folder="reports/ward"), "reports/ward lies in reports.*folder of their own"),
        (audience(folder="."), "holds it"),
        (audience(folder="params"), "the project's own"),
        (audience(folder="a/../reports"), "lies in reports"),
        (audience(hide_up_to="2"), "0, where none is hidden, or 3 to 7"),
        (audience(hide_up_to="8"), "3 to 7"),
        (audience(round_to="3"), "1 or 5"),
        (audience(decided="soon"), "YYYY-MM-DD"),
        (audience("public"), "follows the rule"),
        (audience("Ward A"), "small letters"),
        (audience() + audience("matrons").removeprefix("audiences:\n"), "that of ward"),
    ],
)
def test_a_policy_that_lacks_something_or_could_be_read_by_others_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(UsageError, match=f"(?is)_publisher.yml.*{words}"):
        read_publisher(write(tmp_path, text))

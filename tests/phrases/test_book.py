"""The phrase book: what it holds, what a project says in its place, and what is wrong with that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from reference_pages.phrases import write_phrases_page

from helpers.errors import UsageError
from helpers.phrases import OWN, known_phrases, own_phrases, phrase, phrases
from helpers.phrases.book import placeholders

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("BOARDPACK_ROOT", str(tmp_path))
    return tmp_path


def write_own(project: Path, text: str) -> None:
    (project / OWN).write_text(text, "utf-8")


def mistakes(project: Path, text: str) -> str:
    write_own(project, text)
    with pytest.raises(UsageError) as told:
        own_phrases(project)
    return str(told.value)


def test_numbers_are_written_as_in_prose(project: Path) -> None:
    own = 'method: {interval: "{draws} draws."}'
    write_own(project, own)
    said = {draws: phrase("method.interval", draws=draws) for draws in (20_000, 2.66, -1.5)}
    assert said == {20_000: "20,000 draws.", 2.66: "2.66 draws.", -1.5: "−1.5 draws."}


def test_a_projects_own_goes_before_key_by_key_and_is_read_anew_when_it_changes(project: Path) -> None:
    shipped = phrase("method.interval", draws=5)
    write_own(project, 'method.interval: "{draws} throws of the dice."\n')
    assert phrase("method.interval", draws=5) == "5 throws of the dice."
    assert phrases("statements.missed_limits")["fifo"] == known_phrases()["statements.missed_limits.fifo"]
    (project / OWN).unlink()
    assert phrase("method.interval", draws=5) == shipped


def test_every_mistake_is_told_at_once_with_its_line_and_cure(project: Path) -> None:
    told = mistakes(
        project,
        "method:\n"
        "  intervall: 'x'\n"
        "  interval: '{drawn} **bold'\n"
        "statements:\n"
        "  missed_limits:\n"
        "    fifo: '# A heading'\n"
        "    admitted: ''\n",
    )
    for words in (
        "line 2, method.intervall: no phrase is called 'method.intervall'", "method.interval",
        "{drawn} is no value of it", "{draws} is missing", "bold that is opened and not closed",
        "line 6, statements.missed_limits.fifo: a heading, list or block",
        "line 7, statements.missed_limits.admitted: no text",
    ):  # fmt: skip
        assert words in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- method\n", "a list or a word"),
        ("method: {interval: 'of {draws'}\n", "cannot be read"),
        ("method: {interval: 5}\n", "no text"),
        ('method: {interval: "{draws}.\\n\\nMore."}\n', "more than a paragraph"),
    ],
)
def test_what_is_no_phrase_is_refused(project: Path, text: str, words: str) -> None:
    assert words in mistakes(project, text)


def test_the_page_lists_the_phrases() -> None:
    page = ROOT / "docs" / "reference" / "phrases.md"
    assert page.read_text("utf-8") == write_phrases_page(), "run `make dictionary`"


def asked_phrases() -> Iterator[tuple[str, str, set[str | None]]]:
    """Yield function, key and keywords of each call of a phrase in the package."""
    for path in (ROOT / "src" / "helpers").rglob("*.py"):
        if "phrase" not in (source := path.read_text("utf-8")) or path.parent.name == "phrases":
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("phrase", "phrases"):
                key = node.args[0]
                assert isinstance(key, ast.Constant), f"{path.name}: a key is written out"
                yield node.func.id, str(key.value), {each.arg for each in node.keywords}  # type: ignore[attr-defined]


def test_the_package_asks_for_known_phrases_with_the_values_that_stand_in_them() -> None:
    known = known_phrases()
    asked = list(asked_phrases())
    assert asked
    for function, key, given in asked:
        found = {key: known[key]} if function == "phrase" else {
            name: text for name, text in known.items() if name.startswith(f"{key}.")
        }  # fmt: skip
        assert found, key
        assert given == set().union(*map(placeholders, found.values())), key


def test_no_phrase_lies_unused() -> None:
    asked = list(asked_phrases())
    topics = tuple(f"{key}." for function, key, _ in asked if function == "phrases")
    single = {key for function, key, _ in asked if function == "phrase"}
    assert not [key for key in known_phrases() if key not in single and not key.startswith(topics)]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.runner.parameter_types import read_type

LITERALS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("int", 12),
        ("float", 12),
        ("float", 0.5),
        ("bool", False),
        ("str", ""),
        ("date", "2024-02-29"),
        ("month", "2026-03"),
        ("month", "latest"),
        ("org", "SYN01"),
        ("choice[mean, median]", "median"),
        ("list[int]", [1, 2]),
        ("list[choice[a, b]]", ["b", "a"]),
        ("org?", None),
        ("list[str]?", None),
    ],
)
def test_a_value_of_the_type_is_taken(word: str, value: object) -> None:
    assert read_type(word).accepts(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("int", True),
        ("int", 1.0),
        ("float", float("nan")),
        ("float", "0.5"),
        ("bool", 1),
        ("str", 5),
        ("date", "2023-02-29"),
        ("date", "2026-3-1"),
        ("month", "2026-13"),
        ("month", "2026-03-01"),
        ("month", "Latest"),
        ("org", ""),
        ("org", " SYN01"),
        ("choice[mean, median]", "mode"),
        ("list[int]", 1),
        ("list[int]", [1, "2"]),
        ("org", None),
    ],
)
def test_a_value_of_another_type_is_refused(word: str, value: object) -> None:
    assert not read_type(word).accepts(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["", "integer", "dt.date", "list", "list[list[int]]", "list[int?]", "choice[]", "choice[a, a]", "?"],
)
def test_a_word_outside_the_vocabulary_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_type(text)


@pytest.mark.parametrize("text", ["int", "choice[a, b]?", "list[org]", "list[choice[x, y]]?"])
def test_a_type_is_written_as_it_was_read(text: str) -> None:
    assert str(read_type(text)) == text


@given(LITERALS)
def test_only_none_tells_an_optional_type_from_its_own(value: object) -> None:
    taken = read_type("month?").accepts(value)  # type: ignore[arg-type]
    assert taken == (value is None or read_type("month").accepts(value))  # type: ignore[arg-type]

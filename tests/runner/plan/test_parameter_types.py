from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.runner.plan.parameter_types import ParameterType, Value, read_plain_type, read_type, type_of

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
    assert read_type(word).accepts(value)


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
    assert not read_type(word).accepts(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "integer",
        "dt.date",
        "list[list[int]]",
        "list[int?]",
        "list[any]",
        "choice[]",
        "choice[a, a]",
        "?",
    ],
)
def test_a_word_outside_the_vocabulary_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_type(text)


@pytest.mark.parametrize(
    "text", ["int", "choice[a, b] or None", "list[org]", "list[choice[x, y]] or None", "dict", "any"]
)
def test_a_type_is_written_as_it_was_read(text: str) -> None:
    assert str(read_type(text)) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("str", "str"),
        ("float | None", "float or None"),
        ("float|None", "float or None"),
        ("Optional[list[int]]", "list[int] or None"),
        ("typing.Optional[str]", "str or None"),
        ("List[str]", "list[str]"),
        ("Literal['mean', 'median']", "choice[mean, median]"),
        ("list", "list"),
        ("dict[str, int]", "dict"),
        ("Any", "any"),
    ],
)
def test_python_s_own_types_are_understood(text: str, meant: str) -> None:
    assert str(read_plain_type(text)) == meant


@pytest.mark.parametrize(
    "text", ["month", "list[org]", "date | None", "choice[a, b]", "Literal[1, 2]", "set"]
)
def test_a_kernel_would_not_know_our_own_types_without_quotes(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_plain_type(text)


@pytest.mark.parametrize("text", ["float?", "float or None"])
def test_the_first_way_to_write_an_optional_type_is_still_read(text: str) -> None:
    assert read_type(text) == ParameterType("float", optional=True)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (True, "bool"),
        (3, "int"),
        ("x", "str"),
        ([], "list"),
        ([1, 2], "list[int]"),
        ([True], "list[bool]"),
        ([1, "a"], "list"),
        ({"a": 1}, "dict"),
    ],
)
def test_a_default_tells_a_type(value: Value, word: str) -> None:
    assert str(type_of(value)) == word
    assert type_of(value).accepts(value)


@given(LITERALS)
def test_only_none_tells_an_optional_type_from_its_own(value: object) -> None:
    taken = read_type("month?").accepts(value)
    assert taken == (value is None or read_type("month").accepts(value))

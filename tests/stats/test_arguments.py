"""What the statistical functions refuse, and with which words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import arguments


def test_a_refusal_names_the_argument_what_came_and_what_is_allowed() -> None:
    with pytest.raises(ArgumentError) as caught:
        arguments.numbers("spells", [3, -1], minimum=0, maximum=10, allow_missing=True)
    assert str(caught.value) == "spells: -1; allowed: finite numbers, at least 0, at most 10, or missing."


@pytest.mark.parametrize("values", [["a"], [np.nan], [np.inf], [[1], [2, 3]]])
def test_what_is_not_a_finite_number_is_refused(values: list[object]) -> None:
    with pytest.raises(ArgumentError, match=r"^days: "):
        arguments.numbers("days", values)


def test_missing_values_pass_where_allowed() -> None:
    assert np.isnan(arguments.numbers("days", [np.nan], allow_missing=True)).all()


@pytest.mark.parametrize("value", [[1.0, 2.0], 0.0])
def test_one_number_above_a_bound(value: object) -> None:
    with pytest.raises(ArgumentError, match=r"^rate: "):
        arguments.number("rate", value, above=0)  # type: ignore[arg-type]


def test_a_whole_number_is_whole() -> None:
    assert arguments.whole_number("horizon", 3, minimum=1) == 3
    with pytest.raises(ArgumentError, match="whole number"):
        arguments.whole_number("horizon", 3.5, minimum=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_confidence_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(ArgumentError, match="confidence"):
        arguments.confidence_level(level)


@pytest.mark.parametrize("values", [[], 3.0, [[1.0, 2.0]]])
def test_a_series_has_one_dimension_and_is_not_empty(values: object) -> None:
    with pytest.raises(ArgumentError, match="one-dimensional"):
        arguments.series("values", values)  # type: ignore[arg-type]


def test_lengths_that_differ_are_named() -> None:
    arguments.same_length(a=[1], b=[2])
    with pytest.raises(ArgumentError, match="b: a has 1, b has 2; allowed: the same length as a"):
        arguments.same_length(a=[1], b=[1, 2])


def test_a_part_is_not_above_its_whole() -> None:
    arguments.within("dnas", [1, 2], "appointments", [1, 3])
    with pytest.raises(ArgumentError, match="dnas: 1 above appointments"):
        arguments.within("dnas", [1, 4], "appointments", [1, 3])


def test_words_and_columns_are_checked() -> None:
    assert arguments.one_of("family", "nb2", ["nb2", "gamma"]) == "nb2"
    with pytest.raises(ArgumentError, match="'nb2' or 'gamma'"):
        arguments.one_of("family", "poisson", ["nb2", "gamma"])
    arguments.has_columns("cells", pd.DataFrame({"a": []}), ["a"])
    with pytest.raises(ArgumentError, match="cells: without b, c"):
        arguments.has_columns("cells", pd.DataFrame({"a": []}), ["a", "b", "c"])

"""Values of an analyst's own as readers see them."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from helpers.errors import UsageError
from helpers.report.own.cells import digits_for, is_nothing, show


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_a_dash(value: object) -> None:
    assert is_nothing(value)
    assert show(value, ",.1f") == "–"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.int64(1250), "1,250"),
        (np.bool_(1), "yes"),
        (False, "no"),
        (pd.Timestamp("2026-04-01"), "1 April 2026"),
        (datetime(2026, 4, 1, 9, 30), "1 April 2026, 09:30"),
        (date(2026, 12, 24), "24 December 2026"),
        ("A&E", "A&E"),
    ],
)
def test_values_are_written_as_people_write_them(value: object, said: str) -> None:
    assert show(value) == said


def test_a_format_may_be_one_of_an_f_string_or_have_words_round_it_or_be_a_function() -> None:
    assert show(0.0415, ".1%") == show(0.0415, "{:.1%}") == "4.2%"
    assert show(pd.Timestamp("2026-04-01"), "%B %Y") == "April 2026"
    assert show(3, lambda value: f"{value} of 12") == "3 of 12"


def test_a_format_that_does_not_fit_is_told_with_its_place_and_an_example() -> None:
    with pytest.raises(
        UsageError, match=r"report.table, formats, x: '.1%' does not fit 'A'.*\"£\{:,.0f\}\""
    ):
        show("A", ".1%", where="report.table, formats, x")


@pytest.mark.parametrize(
    ("numbers", "digits"), [([], 0), ([0.5], 3), ([0.5, 7.25], 2), ([12.5, np.nan], 1), ([250.5], 0)]
)
def test_numbers_keep_three_figures(numbers: list[float], digits: int) -> None:
    assert digits_for(numbers) == digits

"""Sentences with values."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import UsageError
from helpers.report.own.cells import say


def told(text: str, **values: object) -> str:
    with pytest.raises(UsageError) as caught:
        say(text, values)
    return str(caught.value)


def test_values_stand_in_markdown_and_their_words_are_no_markup() -> None:
    said = say(
        "**{name}** has {beds:,} beds, {change:+.1%}.", {"name": "A*B", "beds": 1250, "change": -0.05}
    )
    assert said == "**A\\*B** has 1,250 beds, −5.0%."


def test_whole_numbers_need_no_format_and_years_stay_years() -> None:
    assert say("{year}: {n}, {mean}", {"year": 2026, "n": np.int64(12), "mean": 3.0}) == "2026: 12, 3"


def test_equations_keep_their_braces() -> None:
    assert say(r"$\frac{{a}}{{b}} = {o:.2f}$", {"o": -0.5}) == r"$\frac{a}{b} = −0.50$"


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("{shar:.0%}", {"share": 0.5}, "{shar}: no value of that name; allowed: share; did you mean share?"),
        ("{x}", {}, "allowed: values by their names: report.say(…, x=…)"),
        (r"$\frac{a}{b}$", {}, "braces that are no value are written twice: {{ }}"),
        ("{share}", {"share": 0.123456}, "0.123456 without a format; say how it is to be read: {…:.1%}"),
        ("{share:.0%}", {"share": float("nan")}, "a value that is missing (nan)"),
        ("{share:.0%}", {"share": "A"}, "'.0%' does not fit 'A'"),
        ("{share", {"share": 1}, "cannot be read"),
        ("{}", {"share": 1}, "report.say, {0}: no value of that name"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_told(text: str, values: dict[str, object], said: str) -> None:
    assert said in told(text, **values)


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(told("{a} {b} {c}", c=0.123).splitlines()) == 3

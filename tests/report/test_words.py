"""The small pieces that every sentence is made of."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.report.words import count, interval, listed, month, number, sentence

NUMBERS = st.floats(-1e9, 1e9)


@given(NUMBERS, st.integers(0, 3), st.booleans())
def test_a_number_is_never_minus_nought_and_has_a_true_minus_sign(
    value: float, digits: int, signed: bool
) -> None:
    text = number(value, digits, signed=signed)
    assert re.fullmatch(r"[−+]?\d{1,3}(,\d{3})*(\.\d+)?", text)
    if not re.search("[1-9]", text):
        assert text[0] == "0"


@pytest.mark.parametrize(
    ("many", "words"),
    [(0, "no stays"), (1, "one stay"), (9, "nine stays"), (10, "10 stays"), (1200, "1,200 stays")],
)
def test_counts_agree_with_their_noun(many: int, words: str) -> None:
    assert count(many, "stay") == words


def test_an_interval_names_the_unit_at_both_ends() -> None:
    assert interval(-4.4, 3.6, 0, unit="%") == "−4% to 4%"


@pytest.mark.parametrize(
    ("items", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_lists_join_as_prose(items: list[str], words: str) -> None:
    assert listed(items) == words


def test_months_are_words() -> None:
    assert month(date(2026, 2, 1)) == "February 2026"


@pytest.mark.parametrize(("text", "words"), [("a b ", "A b."), ("Why?", "Why?"), ("6% more.", "6% more.")])
def test_sentences_begin_and_end(text: str, words: str) -> None:
    assert sentence(text) == words

"""A problem reads as one sentence, or two where the cure is one of its own."""

from __future__ import annotations

import pytest

from helpers.errors import Problem


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("a.yml, line 2", "x"), "a.yml, line 2: x."),
        (Problem("a.yml", "x", "y or z", "write one"), "a.yml: x; allowed: y or z; write one."),
        (Problem("a.yml", "x", cure="did you mean y?"), "a.yml: x; did you mean y?"),
        (Problem("cell 3", "printed text", cure="Do not print."), "cell 3: printed text. Do not print."),
        (Problem("cell 3", "x.", "y.", "Mend it."), "cell 3: x; allowed: y. Mend it."),
    ],
)
def test_where_what_came_what_is_allowed_and_what_to_do(problem: Problem, words: str) -> None:
    assert str(problem) == words

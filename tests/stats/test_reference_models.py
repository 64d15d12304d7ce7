"""The examples of the reference page run, and every function that it names is there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from helpers.stats import dna, interrupted_series, los, models, trajectory, waiting

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "stats-models.md"
ROOMS = {
    "los": los,
    "dna": dna,
    "models": models,
    "waiting": waiting,
    "trajectory": trajectory,
    "interrupted_series": interrupted_series,
}


def test_the_examples_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 40
    assert failed == 0


@pytest.mark.parametrize(
    "row",
    [line for line in PAGE.read_text("utf-8").partition("## ")[0].splitlines() if line.startswith("| ")][
        1:
    ],
)
def test_every_function_of_the_table_is_there(row: str) -> None:
    named = re.findall(r"`([\w.]+)`", row.split("|")[2])
    room = named[0].split(".")[0]
    for name in named:
        assert hasattr(ROOMS[room], name.removeprefix(f"{room}.")), name

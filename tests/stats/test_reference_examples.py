"""The examples of the reference, and of the docstrings of its methods, run as printed."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "stats.md"
MODULES = (
    "fingertips", "funnel", "inequality", "intervals", "life_expectancy", "rates", "standardisation",
    "spc.attribute", "spc.runs", "spc.variable", "spc.xmr", "waiting.lists",
    "waiting.queue", "waiting.records", "waiting.simulate",
)  # fmt: skip


def test_the_reference_runs():
    result = doctest.testfile(str(REFERENCE), module_relative=False, encoding="utf-8")
    assert result.attempted > 30
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_docstrings_run(name):
    result = doctest.testmod(import_module(f"helpers.stats.{name}"))
    assert result.attempted > 0
    assert result.failed == 0

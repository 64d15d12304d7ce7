"""The command line starts without the scientific libraries, and the rooms know only those below them."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: together they cost seconds, and a scheduler starts the command hundreds of times
HEAVY = (
    "pandas",
    "matplotlib",
    "statsmodels",
    "scipy",
    "seaborn",
    "pyarrow",
    "duckdb",
    "papermill",
    "nbformat",
)


@pytest.mark.parametrize("module", ["helpers", "helpers.cli", "helpers.runner.batch.run"])
def test_starting_leaves_the_heavy_libraries_alone(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

"""The command line starts without the scientific libraries, and the rooms know only those below them."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

from helpers import stats

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


@pytest.mark.parametrize("module", ["helpers", "helpers.cli.running", "helpers.cli.schedules"])
def test_starting_leaves_the_heavy_libraries_alone(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = """import sys
from helpers.cli import main
try:
    main(["--help"])
except SystemExit:
    print("\\n", *sorted(each for each in sys.modules if each.startswith("helpers.") or each == "pydantic"))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Sign the draft of a held report" in done.stdout
    assert done.stdout.split("\n")[-2].split() == ["helpers.cli", "helpers.cli.commands", "helpers.errors"]


def test_the_methods_are_listed_and_found_without_importing_them_all() -> None:
    code = (
        "import sys; from helpers import stats; assert 'pandas' not in sys.modules; names = dir(stats); "
        "print(*names); assert all(hasattr(stats, name) for name in names); stats.spc.xmr([1, 2, 3, 2, 1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    inner = {
        "checks",
        "funnel_limits",
        "funnel_spread",
        "intervals",
        "plotting",
        "results",
    }
    found = {each.name for each in pkgutil.iter_modules(stats.__path__)}
    assert set(done.stdout.split()) == found - inner


def test_importing_all_methods_leaves_slow_libraries_until_they_are_needed() -> None:
    """They cost more than all methods together: pandas alone is most of the second that an import may take."""
    slow = ("matplotlib", "patsy", "scipy.stats", "statsmodels")
    code = "import sys; from helpers import stats; [getattr(stats, name) for name in dir(stats)]; "
    code += f"print(*(name for name in {slow!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

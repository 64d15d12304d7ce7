"""The open NHS data beside the project, where they are, loaded once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from helpers.data.loading.load import LoadError, LoadResult, load_paths
from helpers.data.mart import Mart
from helpers.register import read_register

# the tests' own solver: pytest's importlib mode puts no test folder on the path
sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).parents[2]
REAL_DATA = Path(os.environ.get("BOARDPACK_REAL_DATA", ROOT.parent / "shared" / "real-data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of open NHS data, or skip."""
    if not (REAL_DATA / "acceptance.csv").exists():
        pytest.skip(f"no open NHS data at {REAL_DATA}; set BOARDPACK_REAL_DATA")
    return REAL_DATA


@pytest.fixture(scope="session")
def real_load(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mart, tuple[LoadResult, ...]]:
    """Return a mart with all of the folder, and what became of each file."""
    mart = Mart(tmp_path_factory.mktemp("real") / "mart")
    register = read_register(ROOT / "params" / "_register")
    try:
        return mart, tuple(load_paths(mart, [real_data], register))
    except LoadError as error:
        return mart, error.results


@pytest.fixture(scope="session")
def real_mart(real_load: tuple[Mart, tuple[LoadResult, ...]]) -> Mart:
    """Return the mart with all of the folder."""
    return real_load[0]

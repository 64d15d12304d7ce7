"""What tests of charts share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from helpers.theme.charts import chart_style

# the tests' own checker: pytest's importlib mode puts no test folder on the path
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with chart_style():
        yield
    plt.close("all")

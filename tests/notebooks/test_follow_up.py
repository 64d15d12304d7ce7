"""The model of `outpatient_follow_up`, by its cell as it stands in the notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "outpatient_follow_up.ipynb"


class _Report:
    """Keeps what the cell says."""

    values: dict[str, float]

    def say(self, _words: str, **values: float) -> None:
        self.values = values


def _values(counts: pd.DataFrame) -> dict[str, float]:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    (source,) = (each.source for each in cells if "smf.glm(" in each.source)
    report = _Report()
    names: dict[str, Any] = {"np": np, "sm": sm, "smf": smf, "counts": counts, "report": report}
    exec(source, names)
    return report.values


@pytest.mark.parametrize("varied", [False, True])
def test_the_interval_is_never_narrower_than_chance(varied: bool) -> None:
    """With nearly one ratio in every specialty the log of the ratios' ratio has the variance of the counts.

    Five specialties of 10 first and about 20 follow-up appointments here, of 1,000 and 2,500 elsewhere: each gives
    1/10 + 1/20 + 1/1,000 + 1/2,500 = 0.1514, and all five a fifth of it: a standard error of 0.174.
    """
    alike, apart = [(10, 20 + more) for more in (0, 1, -1, 1, -1)], [(10, 20 + more) for more in (-15, 20, -15, 20, 0)]
    here = apart if varied else alike
    rows = [(f"{place}", "This trust", *each) for place, each in enumerate(here)]
    rows += [(f"{place}", "All others", 1000, 2500) for place in range(5)]
    found = _values(pd.DataFrame(rows, columns=["specialty_code", "whose", "first", "follow_up"]))
    half = np.log(found["high"] / found["low"]) / 2
    chance = 1.959964 * np.sqrt(0.1514 / 5)
    if varied:
        assert half > 1.5 * chance
    else:
        assert found["ratio"] == pytest.approx(0.8, rel=0.01)
        assert half == pytest.approx(chance, rel=0.01)

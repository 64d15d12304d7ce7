"""Figures of an analyst: whatever holds one, drawn as it is and once."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns

from helpers.errors import UsageError
from helpers.report.own.pictures import draw_figure, find_figure

BEDS = pd.DataFrame({"x": [1, 2, 3, 4], "y": [2, 3, 5, 4], "kind": list("aabb")})


@pytest.fixture(autouse=True)
def _closed() -> None:
    plt.close("all")


def test_figures_axes_arrays_of_axes_and_grids_hold_one() -> None:
    figure, axes = plt.subplots(1, 2)
    assert find_figure(figure) is find_figure(axes[0]) is find_figure(axes) is figure
    grid = sns.relplot(BEDS, x="x", y="y", col="kind")
    assert find_figure(grid) is grid.figure
    assert find_figure(sns.jointplot(BEDS, x="x", y="y")) is plt.gcf()


def test_what_holds_none_is_told() -> None:
    with pytest.raises(UsageError, match=r"report.figure: NoneType is no figure; allowed: .*plt\.gcf\(\)"):
        find_figure(plt.show())


def test_a_figure_is_the_same_bytes_each_time_and_is_closed() -> None:
    def drawn() -> str:
        _, axes = plt.subplots(figsize=(3, 2))
        axes.plot([1, 2], color="#ff0000")
        axes.set_title("Beds")
        return draw_figure(axes.figure)

    first = drawn()
    assert first == drawn()
    assert "#ff0000" in first  # its own look
    assert not plt.get_fignums()

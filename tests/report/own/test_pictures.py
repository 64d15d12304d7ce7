"""Figures of an analyst: whatever holds one, drawn as it is and once."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns

from helpers.errors import UsageError
from helpers.report.own.pictures import board_style, draw_figure, find_figure

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


def _inches_high(svg: str) -> float:
    return float(svg.split('height="', 1)[1].split("pt", 1)[0]) / 72


def test_a_chart_of_few_bars_is_as_high_as_they_need_where_its_author_left_its_size_alone() -> None:
    board_style()

    def drawn(many: int, **size: tuple[float, float]) -> float:
        figure, axes = plt.subplots(**size)
        sns.barplot(x=range(1, many + 1), y=[f"Ward {n}" for n in range(many)], ax=axes)
        return _inches_high(draw_figure(figure))

    assert drawn(1) == drawn(2) < drawn(4) < drawn(6) < drawn(7)
    assert drawn(2) < 1.7
    assert drawn(7) == drawn(20) == pytest.approx(2.7, abs=0.15)
    assert drawn(2, figsize=(6.85, 2.6)) == pytest.approx(2.6, abs=0.15)  # a size of its author's stays
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    assert _inches_high(draw_figure(figure)) == pytest.approx(2.7, abs=0.15)

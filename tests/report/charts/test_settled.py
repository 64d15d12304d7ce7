"""Charts that are laid out and drawn once look as matplotlib draws them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import typst
from PIL import Image, ImageFilter
from test_snapshots import CHARTS

from helpers.report.charts.canvas import ReportFigure, canvas
from helpers.report.charts.layout import fix_axes, is_settled, settle
from helpers.report.charts.multiples import Small, multiples_chart
from helpers.report.shown import draw, picture_of

DAYS = np.arange("2024-04", "2026-04", dtype="datetime64[M]").astype("datetime64[D]")
#: of 255: what is left of two pictures' difference, each blurred over five pixels; a line moved by a pixel leaves 60
ALIKE = 24


def multiples():
    values = np.where(np.arange(24) == 5, np.nan, 5 + np.sin(np.arange(24.0)))
    small = Small("Stays", DAYS, values, 5.0, 3.5, 6.5, 0, 6.8, "days")
    return multiples_chart([small, small, small])


def drawn(svg: str, folder: Path) -> np.ndarray:
    """Return the picture, blurred over five pixels."""
    (folder / "picture.svg").write_text(svg)
    (folder / "page.typ").write_text(
        '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'
    )
    png = typst.compile(folder / "page.typ", root=folder, format="png", ppi=144.0)
    picture = Image.open(io.BytesIO(png)).convert("RGB").filter(ImageFilter.BoxBlur(2))
    return np.asarray(picture, dtype=float)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", [*CHARTS, "multiples"])
def test_a_chart_looks_as_matplotlib_draws_it(name: str, named: bool, tmp_path: Path) -> None:
    def chart():
        figure = multiples() if name == "multiples" else CHARTS[name]()
        if (
            not named
        ):  # matplotlib measures what stands beside the axes again, and moves their names by half a pixel
            figure.axes[0].set(xlabel="", ylabel="")
        return figure

    ours = drawn(picture_of(draw(chart), altered=False), tmp_path)
    figure = laid_out(draw(chart))
    figure.set_layout_engine("none")
    for axes in figure.axes if named else ():
        fix_axes(axes)
    theirs = drawn(picture_of(figure), tmp_path)
    assert ours.min() < 200
    assert np.abs(ours - theirs).max() <= ALIKE


def laid_out(figure: ReportFigure) -> ReportFigure:
    """Return a figure laid out as the report does, for matplotlib to draw without another layout."""
    for axes in figure.axes[:1]:
        settle(axes)
    return figure


def test_words_stand_as_comments_where_the_gate_reads_them(tmp_path: Path) -> None:
    def chart():
        figure, axes = canvas(2.0)
        axes.plot([1, 2, 3], [1, 3, 2])
        axes.set_ylabel("a -- b --> <c>")
        axes.text(2, 2, "Ward 5")
        return figure

    svg = picture_of(draw(chart), altered=False)
    comments = re.findall(r"<!--(.*?)-->", svg)
    assert {"Ward 5", "2.5"} <= {each.strip() for each in comments}
    assert drawn(svg, tmp_path).min() < 200


def test_the_name_of_a_point_has_a_halo_and_can_be_read_by_the_gate() -> None:
    svg = picture_of(draw(CHARTS["process"]), altered=False)
    assert "9 below mean" in [each.strip() for each in re.findall(r"<!--(.*?)-->", svg)]
    assert "stroke: #ffffff" in svg


def test_a_picture_is_the_same_bytes_each_time() -> None:
    first, second = (picture_of(draw(CHARTS["odds"]), altered=False) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "alter",
    [
        lambda axes: axes.set_title("Alert"),
        lambda axes: axes.set_ylim(0, 1e6),
        lambda axes: axes.yaxis.label.set_fontsize(20),
        lambda axes: plt.setp(axes.get_xticklabels(), rotation=45),
        lambda axes: axes.figure.set_size_inches(4, 4),
        lambda axes: axes.figure.set_layout_engine("none"),
    ],
)
def test_what_is_altered_is_laid_out_anew(alter) -> None:
    figure = laid_out(draw(CHARTS["process"]))
    assert is_settled(figure)
    alter(figure.axes[0])
    assert not is_settled(figure)


def test_a_chart_is_laid_out_when_it_is_drawn_with_room_for_a_title_of_the_whole() -> None:
    def chart(title=""):
        figure, axes = canvas(2.0)
        axes.plot([1, 3, 2])
        if title:
            figure.suptitle(title)
        return figure

    plain, titled = draw(chart), draw(lambda: chart("All"))
    assert is_settled(plain)
    assert is_settled(titled)
    assert titled.axes[0].get_position().y1 < plain.axes[0].get_position().y1

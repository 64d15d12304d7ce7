"""An analyst's figure of matplotlib or seaborn as a picture of the report, and the board's style for it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from helpers.errors import UsageError
from helpers.theme.charts import FIGURE_SIZE, chart_settings, register_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure


#: of the look of our own charts, what makes a file of a figure; how it looks is its author's
_OF_FILES: Final = ("svg.fonttype", "svg.hashsalt")
#: inches: what a category below others takes, and what stands around them
_CATEGORY, _AROUND = 0.29, 0.9


def find_figure(drawn: Any) -> Figure:
    """Return the figure that was drawn, or of which axes or a seaborn grid were handed over.

    Raises
    ------
    UsageError
        Where there is none.
    """
    from matplotlib.figure import Figure

    if hasattr(drawn, "flat"):  # an array of axes, as plt.subplots gives
        drawn = drawn.flat[0] if drawn.size else None
    found = drawn if isinstance(drawn, Figure) else getattr(drawn, "figure", None)
    if isinstance(found, Figure):
        return found
    came = f"{type(drawn).__name__} is no figure"
    cure = (
        "hand over what plt.subplots() or a function of seaborn returned; plt.gcf() is the current figure"
    )
    raise UsageError("report.figure", came, "a figure or axes of matplotlib or seaborn", cure)


def draw_figure(figure: Figure) -> str:
    """Return the SVG of a figure, and close it, so that it is not shown a second time.

    Where its author left its size alone, a chart of few categories below each other is as high as these need.
    """
    import matplotlib.pyplot as plt

    _lower(figure)
    settings = chart_settings()
    file = io.StringIO()
    with plt.rc_context({name: settings[name] for name in _OF_FILES}):
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return file.getvalue()


def _lower(figure: Figure) -> None:
    from matplotlib.category import UnitData

    if len(figure.axes) == 1 and tuple(figure.get_size_inches()) == FIGURE_SIZE:
        (axes,) = figure.axes
        if isinstance(axes.yaxis.get_units(), UnitData):
            figure.set_figheight(min(FIGURE_SIZE[1], _AROUND + _CATEGORY * max(2, len(axes.get_yticks()))))


def board_style() -> None:
    """Let every chart that this notebook draws from here on look like those of the report.

    Type, lines, quiet axes, and the trust's palette, which seaborn takes too. Call it after `open_report`, and not
    `sns.set_theme`, which would put seaborn's own in its place.
    """
    import matplotlib as mpl

    register_fonts()
    settings: Any = chart_settings()
    mpl.rcParams.update(settings)

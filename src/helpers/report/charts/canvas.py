"""What every chart of a report begins with: the page's width, quiet axes, direct labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Locator, ScalarFormatter

from helpers.bundle import Bundle
from helpers.report.charts.layout import fix_axes, is_settled, settle
from helpers.report.shown import Shown, picture_of
from helpers.theme import colours
from helpers.theme.charts import FIGURE_SIZE

#: an annotation beside its point, in points, kept where it leaves the axes
OFFSET: Final[dict[str, Any]] = {"textcoords": "offset points", "annotation_clip": False}
#: fonts of labels with arrows and other signs
SYMBOLS: Final = ["Source Sans Pro", "DejaVu Sans"]
#: how many months an axis of the text's width names: "Sep 2026" takes about 45 points
MOST_MONTHS: Final = 8


Verdict = Literal["improving", "concerning", "neutral", "common"]
#: shape and colour together say what a point is, so that neither is needed alone
MARKS: dict[str, tuple[str, str, float]] = {
    "improving": ("D", colours.IMPROVEMENT, 6.5),
    "concerning": ("^", colours.CONCERN, 8.0),
    "neutral": ("s", colours.COMMON_CAUSE, 6.0),
    "common": ("o", colours.COMMON_CAUSE, 4.5),
}


class ReportFigure(Figure):
    """A figure of matplotlib that a cell shows as a figure of the report, as it then is."""

    #: what it is in the report: set by the part that it pictures
    bundle: Bundle | None = None

    def lay_out(self) -> None:
        """Lay it out as it now is, which need not be done again when it is shown so."""
        for axes in self.axes[:1]:
            settle(axes)

    def freeze(self) -> None:
        """Leave everything where it stands, once it is laid out: nobody alters it any more."""
        self.lay_out()
        self.set_layout_engine("none")
        for axes in self.axes:
            fix_axes(axes)

    def set_layout_engine(self, layout: Any = None, **options: Any) -> None:
        """Have it laid out in another way."""
        super().set_layout_engine(layout, **options)
        self.stale = True

    def _ipython_display_(self) -> None:
        from IPython.display import display

        svg = picture_of(self, altered=not is_settled(self))
        if self.bundle is None:  # drawn by itself: a picture without caption
            display({"image/svg+xml": svg}, raw=True)  # type: ignore[no-untyped-call]
        else:
            display(Shown(self.bundle, svg))  # type: ignore[no-untyped-call]


def new_figure(height: float, layout: Any = None) -> ReportFigure:
    """Return a figure of the text's width and a height in inches, of which pyplot knows nothing."""
    figure = ReportFigure(figsize=(FIGURE_SIZE[0], height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def canvas(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the text's width and a height in inches, with its axes."""
    figure = new_figure(height)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(colours.PEER)
    return figure, axes


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name what stands below each other at the left, with neither ticks nor a line."""
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def name_sides(axes: Axes, words: tuple[str, str], at: float) -> None:
    """Name the two sides of an upright line above the axes, left and right."""
    for text, side, nudge in ((f"◀ {words[0]}", "right", -6), (f"{words[1]} ▶", "left", 6)):
        axes.annotate(
            text, (at, 1), (nudge, 4), xycoords=("data", "axes fraction"), **OFFSET, ha=side,
            color=colours.COMMON_CAUSE, family=SYMBOLS,
        )  # fmt: skip


def label_months(axes: Axes) -> None:
    """Label an axis of days with months, as many as stand apart."""
    axes.xaxis.set_major_locator(MonthsApart())
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))


def label_numbers(axes: Axes) -> None:
    """Label the upright axis as the text writes numbers: "104,000"."""
    axes.yaxis.set_major_formatter(Thousands())


class Thousands(ScalarFormatter):
    """Numbers as matplotlib writes them, and from a thousand on with commas; whole, with no factor above the axis."""

    def __init__(self) -> None:
        super().__init__(useOffset=False)
        self.set_scientific(False)

    def __call__(self, value: float, pos: int | None = None) -> str:
        """Return what stands at a value."""
        return f"{value:,.0f}" if abs(value) >= 1000 else str(super().__call__(value, pos))


class MonthsApart(Locator):
    """First days of months, of quarters, half-years or years where all would not stand apart."""

    def __call__(self) -> Sequence[float]:
        """Return the days that are labelled, in matplotlib's numbers."""
        assert self.axis is not None, "belongs to an axis"
        low, high = mdates.num2date(sorted(self.axis.get_view_interval()))
        first, last = low.year * 12 + low.month - 1, high.year * 12 + high.month
        step = next(each for each in (1, 2, 3, 6, 12, 24, 60, 120) if last - first < MOST_MONTHS * each)
        months = range(-(-first // step) * step, last + 1, step)
        return [float(mdates.date2num(date(month // 12, month % 12 + 1, 1))) for month in months]

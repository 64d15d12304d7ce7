"""How charts look: the same type, colours and sizes in the HTML and in the PDF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from helpers.theme import colours, font_folder
from helpers.theme.brand import Palette

#: width and height in inches: the text width of the A4 page, so that type keeps its size in the PDF
FIGURE_SIZE: Final = (6.85, 2.7)
FONT_SIZE: Final = 9.5  # points
_FONT: Final = "Source Sans Pro"


class _Chosen:
    """The colours of the project whose report is open: a kernel makes one report."""

    palette = Palette()


def use_palette(palette: Palette) -> None:
    """Draw all charts from now on in a trust's colours."""
    _Chosen.palette = palette


def chart_settings() -> dict[str, Any]:
    """Return matplotlib's settings (`rcParams`) for a board's chart: quiet axes, vector text.

    >>> chart_settings()["svg.fonttype"]
    'path'
    """
    from matplotlib.rcsetup import cycler

    return {
        "axes.prop_cycle": cycler(color=_Chosen.palette.cycle),
        "font.family": _FONT,
        "font.size": FONT_SIZE,
        "text.color": colours.TEXT,
        "text.parse_math": False,  # a name with two dollar signs is a name, not an equation
        "svg.fonttype": "path",  # looks the same wherever it is opened
        "svg.hashsalt": "boardpack",  # same chart, same bytes
        "figure.figsize": FIGURE_SIZE,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "axes.edgecolor": colours.PEER,
        "axes.labelcolor": colours.TEXT_SECONDARY,
        "axes.labelsize": FONT_SIZE,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": FONT_SIZE + 1,
        "axes.titleweight": 600,
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        **dict.fromkeys(
            ("date.autoformatter.month", "date.autoformatter.day"), "%b %Y"
        ),  # as the text has it
        "grid.color": colours.NHS_PALE_GREY,
        "grid.linewidth": 0.8,
        "xtick.color": colours.TEXT_SECONDARY,
        "ytick.color": colours.TEXT_SECONDARY,
        "xtick.labelsize": FONT_SIZE,
        "ytick.labelsize": FONT_SIZE,
        "xtick.major.width": 0.8,
        "ytick.major.width": 0.8,
        "lines.linewidth": 1.2,
        "lines.markersize": 5,
        "patch.linewidth": 0,
        "legend.frameon": False,
        "legend.fontsize": FONT_SIZE,
    }


@cache
def register_fonts() -> None:
    """Make the package's fonts known to matplotlib, once."""
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(font_folder().glob("*.ttf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)


@contextmanager
def chart_style() -> Iterator[None]:
    """Draw everything inside the block in the board's style.

    matplotlib is imported only here, so that the command line and the runner start without it.
    """
    import matplotlib as mpl

    register_fonts()
    settings: Any = chart_settings()  # matplotlib's stubs list every key as a literal
    with mpl.rc_context(settings):
        yield

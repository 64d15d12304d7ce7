"""The board's style for an analyst's own charts, of matplotlib or seaborn."""

from __future__ import annotations

from typing import Any, Final

from helpers.theme import colours

#: in this order; each can be told from the others in print and by the colour-blind
SERIES: Final = (
    colours.HIGHLIGHT,
    colours.CONCERN,
    colours.COMMON_CAUSE,
    colours.TARGET,
    colours.NHS_PURPLE,
    colours.NHS_PINK,
)


def board_style() -> None:
    """Let every chart that this notebook draws from here on look like those of the report.

    Type, lines, quiet axes, and a palette that seaborn takes too: call it once, and not `sns.set_theme`, which would
    put seaborn's own in its place.
    """
    import matplotlib as mpl
    from matplotlib.rcsetup import cycler

    from helpers.theme.charts import chart_settings, register_fonts

    register_fonts()
    settings: Any = chart_settings()
    mpl.rcParams.update({**settings, "axes.prop_cycle": cycler(color=SERIES)})

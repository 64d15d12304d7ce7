"""The board's style for an analyst's own charts, of matplotlib or seaborn."""

from __future__ import annotations

from typing import Any


def board_style() -> None:
    """Let every chart that this notebook draws from here on look like those of the report.

    Type, lines, quiet axes, and the trust's palette, which seaborn takes too. Call it after `open_report`, and not
    `sns.set_theme`, which would put seaborn's own in its place.
    """
    import matplotlib as mpl

    from helpers.theme.charts import chart_settings, register_fonts

    register_fonts()
    settings: Any = chart_settings()
    mpl.rcParams.update(settings)

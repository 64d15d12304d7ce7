"""Charts of one's own in the board's style."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.colors import to_hex

from helpers import board_style
from helpers.theme.brand import Palette
from helpers.theme.charts import FIGURE_SIZE


def test_charts_of_seaborn_take_colours_type_and_size_of_the_board() -> None:
    with mpl.rc_context():
        board_style()
        axes = sns.barplot(x=[1, 2], y=["a", "b"])
        assert [to_hex(colour) for colour in sns.color_palette()] == [
            each.lower() for each in Palette().cycle
        ]
        assert tuple(axes.figure.get_size_inches()) == FIGURE_SIZE
        assert not axes.spines["top"].get_visible()
        assert axes.xaxis.get_label().get_fontfamily() == ["Source Sans Pro"]
    plt.close("all")

"""What the methods' results share: a short line for the console, and a picture."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Result:
    """A result that says itself in a few lines and draws itself."""

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result with matplotlib and return its axes, to be changed further."""
        from helpers.stats.plotting import draw

        return draw(self, ax)

    def _lines(self) -> list[str]:
        """Return the fields in one line: numbers to four figures, tables and columns by their size."""
        said = {each.name: _short(getattr(self, each.name)) for each in fields(self) if each.repr}  # type: ignore[arg-type]
        return [
            f"{type(self).__name__}({', '.join(f'{name}={text}' for name, text in said.items() if text)})"
        ]


def _short(value: Any) -> str:
    """Return a value in a few letters; "" for what a line does not need."""
    if isinstance(value, pd.DataFrame | pd.Series | np.ndarray) and np.ndim(value):
        return f"<{' x '.join(map(str, value.shape))}>"
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    if isinstance(value, tuple | list | dict) and len(value) > 4:
        return f"<{len(value)}>"
    text = repr(value)
    return text if len(text) <= 60 else ""

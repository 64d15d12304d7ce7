"""What the methods' results share: a short line for the console, and a picture."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
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
        """Return what is said in one line: how many entries there are, and the fields that are short."""
        found: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self) if each.repr}  # type: ignore[arg-type]
        sizes = [f"{len(value)} entries" for value in found.values() if np.ndim(value) and len(value) > 4]
        said = [f"{name}={text}" for name, value in found.items() if (text := _short(value))]
        return [f"{type(self).__name__}({', '.join([*sizes[:1], *said])})"]


def _short(value: Any) -> str:
    """Return a value in a few letters, numbers to four figures; "" for what a line has no room for."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        parts = [_short(each) for each in value]
        text = f"[{', '.join(parts)}]" if all(parts) and len(value) <= 4 else ""
    elif is_dataclass(value):
        named = {each.name: _short(getattr(value, each.name)) for each in fields(value)}
        parts = [f"{name}={said}" for name, said in named.items()]
        text = f"({', '.join(parts)})" if all(named.values()) else ""
    else:
        text = "" if isinstance(value, pd.DataFrame | pd.Series | pd.Index) else repr(value)
    return text if len(text) <= 80 else ""

"""Sparklines: a series so small that it stands in a cell of a table, with its target, drawn without matplotlib.

A cell holds its numbers as words, "64.2 63.1 - 65.0 | 78": values in order, "-" where one is missing or hidden,
then the target. Picture and words for those who do not see it are made from that alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Final

from helpers.theme import colours

_GAP: Final = "-"
_WIDTH, _HEIGHT, _EDGE = 96, 24, 3
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def spark_cell(values: Iterable[float], *, target: float | None = None, digits: int = 1) -> str:
    """Return the cell of a series; NaN is a gap.

    >>> spark_cell([1.25, float("nan"), 3.0], target=4.0)
    '1.2 - 3.0 | 4.0'
    """
    told = " ".join(_GAP if math.isnan(value) else f"{value:.{digits}f}" for value in values)
    return told if target is None else f"{told} | {target:.{digits}f}"


def _read(cell: str) -> tuple[list[float | None], float | None]:
    told, _, target = cell.partition(" | ")
    values = [None if each == _GAP else float(each) for each in told.split()]
    return values, float(target) if target else None


def spark_name(cell: str) -> str:
    """Return what the picture of a cell is called: the same wherever it stands."""
    return f"fig-spark-{hashlib.sha256(cell.encode()).hexdigest()[:12]}"


def spark_words(cell: str) -> str:
    """Return what a sparkline shows.

    >>> spark_words("1.2 - 3.0 | 4.0")
    'Line of 2 values, from 1.2 to 3.0; target 4.0.'
    """
    told, _, target = cell.partition(" | ")
    known = [each for each in told.split() if each != _GAP]
    if not known:
        return "No values to draw."
    aim = f"; target {target}" if target else ""
    return f"Line of {len(known)} values, from {known[0]} to {known[-1]}{aim}."


def spark_blocks(cell: str) -> str:
    """Return a sparkline in letters, for where no picture can stand.

    >>> spark_blocks("1 2 - 3")
    '▁▄ █'
    """
    values, _ = _read(cell)
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    span = (high - low) or 1.0
    steps = len(_BLOCKS) - 1
    return "".join(" " if value is None else _BLOCKS[int((value - low) / span * steps)] for value in values)


def spark_svg(cell: str) -> bytes:
    """Return the picture: the line, a mark on its latest value, the target dotted."""
    values, target = _read(cell)
    known = [value for value in values if value is not None]
    drawn = known if target is None else [*known, target]
    low, high = (min(drawn), max(drawn)) if drawn else (0.0, 1.0)
    span = (high - low) or 1.0
    across = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)

    def place(number: int, value: float) -> tuple[float, float]:
        up = (value - low) / span if high > low else 0.5
        return _EDGE + number * across, _HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE)

    parts = []
    if target is not None:
        y = place(0, target)[1]
        parts.append(
            f'<path d="M0 {y:.1f}H{_WIDTH}" stroke="{colours.TARGET}" stroke-width="1.2" stroke-dasharray="1.5 1.5"/>'
        )
    line, pen = "", "M"
    for number, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = place(number, value)
        # a value between two gaps is a dot: a line of no length with round ends
        line += f"{pen}{x:.1f} {y:.1f}" + ("h0" if pen == "M" else "")
        pen = "L"
    if line:
        parts.append(
            f'<path d="{line}" fill="none" stroke="{colours.COMMON_CAUSE}" stroke-width="1.3" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
        last = max(number for number, value in enumerate(values) if value is not None)
        x, y = place(last, known[-1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colours.TEXT}"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
    return f'{head} viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'.encode()

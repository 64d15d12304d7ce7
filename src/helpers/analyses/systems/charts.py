"""Small charts of the sums of a system."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np

from helpers.measures.figures import figure_words
from helpers.measures.pictures import multiples_of
from helpers.measures.result import MeasureResult
from helpers.report.charts.multiples import ACROSS
from helpers.report.columns import fields
from helpers.report.parts import Part
from helpers.report.sections import Sections
from helpers.report.words import listed, month

#: rows of charts in a picture at most: a PDF sets a taller one where there is room, before or after others
ROWS_AT_ONCE: Final = 2
SERIES: Final = fields(__file__, "series")


def pictures_of(
    sections: Sections, drawn: Sequence[MeasureResult], steps: Mapping[str, Collection[str]]
) -> Iterator[Part]:
    """Yield pictures of about as many rows each, in order; `steps` are the measures of each step by its name.

    Rows are full but for the last of all.
    """
    rows = -(-len(drawn) // ACROSS)
    pictures = -(-rows // ROWS_AT_ONCE)
    for place in range(pictures):
        first, last = (ACROSS * (rows * each // pictures) for each in (place, place + 1))
        some = drawn[first:last]
        named = [step for step, names in steps.items() if any(each.measure.id in names for each in some)]
        latest = [(each, each.latest) for each in some if each.latest is not None]
        yield sections.part(
            f"charts-{place + 1}",
            fields=SERIES,
            rows=[
                (each.measure.name, day.isoformat(), None if np.isnan(value) else float(value))
                for each in some
                for day, value in zip(each.series.days, each.series.shown, strict=True)
            ],
            caption=f"{listed(named).capitalize()}: the system's own sums, with means, limits and targets where limits "
            "rest on enough months.",
            alt=" ".join(
                f"{each.measure.name}: Latest {figure_words(each.measure, at.value)}, {month(at.day)}."
                for each, at in latest
            ),
            chart=partial(multiples_of, some),
        )

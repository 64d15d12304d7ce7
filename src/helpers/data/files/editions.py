"""Two files that give different figures for the same thing: which of them counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.files.finding import edition_of
from helpers.data.mart import Mart
from helpers.data.schema import MEASURE_VALUES
from helpers.errors import Problem

#: how much earlier the figures of an earlier edition count, if they come in later
BEFORE = timedelta(seconds=1)
FIGURES = ["numerator", "denominator", "value"]


@dataclass
class Editions:
    """The figures of the files of one source, as two hashes per row: what it is of, and what it says."""

    files: list[tuple[str, int, NDArray[np.uint64], NDArray[np.uint64]]] = field(default_factory=list)

    def add(self, file: str, values: pd.DataFrame, *, edition: int) -> None:
        """Note a file's rows of `measure_values`."""
        key = [name for name in MEASURE_VALUES.key if name in values.columns and name != "status"]
        # a provisional figure and the actual one after it are the same thing, a plan is another
        of = pd.util.hash_pandas_object(
            values[key].assign(plan=values["status"] == "plan"), index=False
        ).to_numpy()
        says = pd.util.hash_pandas_object(values[FIGURES].astype(float), index=False).to_numpy()
        self.files.append((file, edition, of.astype(np.uint64), says.astype(np.uint64)))

    def clashes(self) -> Iterator[tuple[str, Problem]]:
        """Yield each file that disagrees with another one, unless their names say which is the later edition."""
        for number, (file, edition, of, says) in enumerate(self.files):
            for other, other_edition, other_of, other_says in self.files[:number]:
                _, here, there = np.intersect1d(of, other_of, return_indices=True)
                different = int((says[here] != other_says[there]).sum())
                if different and edition == other_edition:
                    came = f"{different} figures differ from those of %s for the same periods"
                    cure = "load them one after the other, the later edition last"
                    yield file, Problem(file, came % other, cure=cure)
                    yield other, Problem(other, came % file, cure=cure)


def earlier_than_held(
    mart: Mart, source: str, file: str, values: pd.DataFrame
) -> tuple[datetime, str] | None:
    """Return the moment for figures of which the mart holds a later edition already, and that edition's file.

    Which edition is the later, the files' names say; when they were loaded does not matter.
    """
    later = {
        load.vintage: load.file
        for load in mart.loads()
        if load.source == source and edition_of(load.file) > edition_of(file)
    }
    if not later:
        return None
    months = [pd.Timestamp(day).date() for day in values["period"].unique()]
    of_same = mart.fetch(
        "SELECT min(vintage) FROM measure_values_all "
        "WHERE source = ? AND list_contains(?, period::DATE) AND list_contains(?, vintage)",
        [source, months, list(later)],
    )
    vintage = of_same[0][0]
    return None if vintage is None else (vintage - BEFORE, Path(later[vintage]).name)

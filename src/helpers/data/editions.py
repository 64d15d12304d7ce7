"""Two files of one command that give different figures for the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.schema import MEASURE_VALUES
from helpers.errors import Problem

FIGURES = ["numerator", "denominator", "value"]


@dataclass
class Editions:
    """The figures of the files of one source, as two hashes per row: what it is of, and what it says."""

    files: list[tuple[str, bool, NDArray[np.uint64], NDArray[np.uint64]]] = field(default_factory=list)

    def add(self, file: str, values: pd.DataFrame, *, revised: bool) -> None:
        """Note a file's rows of `measure_values`."""
        key = [name for name in MEASURE_VALUES.key if name in values.columns and name != "status"]
        # a provisional figure and the actual one after it are the same thing, a plan is another
        of = pd.util.hash_pandas_object(
            values[key].assign(plan=values["status"] == "plan"), index=False
        ).to_numpy()
        says = pd.util.hash_pandas_object(values[FIGURES].astype(float), index=False).to_numpy()
        self.files.append((file, revised, of.astype(np.uint64), says.astype(np.uint64)))

    def clashes(self) -> Iterator[tuple[str, Problem]]:
        """Yield each file that disagrees with another one, unless one of the two is named a revision."""
        for number, (file, revised, of, says) in enumerate(self.files):
            for other, other_revised, other_of, other_says in self.files[:number]:
                different = _different(of, says, other_of, other_says)
                if different and revised == other_revised:
                    came = f"{different} figures differ from those of %s for the same periods"
                    cure = "load them one after the other, the later edition last"
                    yield file, Problem(file, came % other, cure=cure)
                    yield other, Problem(other, came % file, cure=cure)


def _different(
    of: NDArray[np.uint64],
    says: NDArray[np.uint64],
    other_of: NDArray[np.uint64],
    other_says: NDArray[np.uint64],
) -> int:
    shared, here, there = np.intersect1d(of, other_of, return_indices=True)
    return int((says[here] != other_says[there]).sum()) if len(shared) else 0

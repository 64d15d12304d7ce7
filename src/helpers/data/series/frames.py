"""Tidy frames from the mart: validated, and aware of where they come from and how they may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.bundle import Origin, Source
from helpers.data.mart import Mart

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TidyFrame:
    """A validated frame with its sources."""

    data: pd.DataFrame
    sources: tuple[Source, ...]  # every data set that was read for them, whether or not it gave a row

    @property
    def origin(self) -> Origin:
        """How the figures may be shown: as records where any of them comes from records."""
        return "records" if any(source.origin == "records" for source in self.sources) else "published"

    @property
    def as_at(self) -> str:
        """The day up to which the data speak, ISO; empty where nothing was read."""
        return max((source.as_at for source in self.sources), default="")

    @property
    def reads(self) -> tuple[str, ...]:
        """The data sets that were read, as the mart's fingerprints name them."""
        return tuple(source.dataset for source in self.sources)


def sources_of(mart: Mart, table: str, names: set[str] | None = None) -> tuple[Source, ...]:
    """Return a table's sources, and those of the organisations by which histories are added up."""
    return tuple(
        source
        for source in mart.sources()
        if source.dataset.startswith("organisations/")
        or (
            source.dataset.startswith(f"{table}/")
            and (names is None or source.dataset.partition("/")[2] in names)
        )
    )

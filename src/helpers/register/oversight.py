"""How a year's oversight framework scores and places organisations: a file for each year, `oversight/2025-26.yml`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from helpers.register.contract import YearText
from helpers.register.entry import Identifier, RegisterEntry, Text


class OversightMetric(RegisterEntry):
    """What the published file does not say of a metric."""

    name: str = ""  # short, for sentences; the file's own by default
    direction: Literal["increase", "decrease", ""] = ""  # in which its value gets better
    scored: Text = "not read"  # how a value becomes a score
    weight: float = Field(default=1, ge=0)  # in the average; 0 where `within` holds it
    within: str = ""  # id of the score that it is a part of
    value: str = ""  # id of the row with its value; by default the last three digits of its own
    measure: Identifier | None = None  # the register's measure of the same thing


class OversightRows(RegisterEntry):
    """Which rows of the published file are what: beginnings of ids, and ids."""

    value: str
    score: str
    domain_score: tuple[str, ...]
    domain_segment: tuple[str, ...]
    average: str
    segment: str
    unadjusted: str  # the segment by the average alone
    override: str  # 1 where `override` applies
    recovery: str = ""  # 1 where the organisation is in the national programme that goes with segment 5


class OversightOverride(RegisterEntry):
    """What holds an organisation back whatever its average is."""

    name: Text
    no_better_than: int = Field(ge=1)
    source: Text


class OversightFramework(RegisterEntry):
    """The framework of a financial year."""

    id: YearText
    name: Text
    source: Text
    segments: Literal["quartiles", "thresholds"]
    #: thresholds: the highest average of each segment but the last; none where they could not be read
    thresholds: dict[int, float] = Field(default_factory=dict)
    rows: OversightRows
    override: OversightOverride
    metrics: dict[str, OversightMetric] = Field(default_factory=dict)
    unread: tuple[Text, ...] = ()  # what of it could not be read, for whoever completes it

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        lost = sorted({each.within for each in self.metrics.values()} - {"", *self.metrics})
        ends = [self.thresholds[name] for name in sorted(self.thresholds)]
        if lost or ends != sorted(ends):
            raise ValueError(
                f"within: no such metric: {', '.join(lost)}" if lost else "thresholds: they rise"
            )
        return self

    def value_row(self, score: str) -> str:
        """Return the id of the row that holds the value of a score."""
        told = self.metrics.get(score)
        return told.value if told and told.value else f"{self.rows.value}{score[-3:]}"

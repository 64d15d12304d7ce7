"""How a year's oversight framework scores and places organisations: a file for each year, `oversight/2025-26.yml`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from helpers.register.contract import YearText
from helpers.register.entry import Identifier, RegisterEntry, Text

#: what a row of the published file can be: a beginning of its id, or the whole of it
RowKind = Literal[
    "value", "score", "domain_score", "domain_segment", "average", "segment", "unadjusted", "override", "recovery"
]  # fmt: skip


class OversightMetric(RegisterEntry):
    """What the published file does not say of a metric."""

    name: str = ""  # short, for sentences; the file's own by default
    better: Literal["higher", "lower", ""] = ""
    scored: Text = "not read"  # how a value becomes a score
    weight: float = Field(default=1, ge=0)  # in the average; 0 where another score holds it
    value: str = ""  # id of the row with its value; by default the last three digits of its own
    measure: Identifier | None = None  # the register's measure of the same thing


class OversightFramework(RegisterEntry):
    """The framework of a financial year."""

    id: YearText
    name: Text
    source: Text
    segments: Literal["quartiles", "thresholds"]
    #: the highest average of each segment but the last, where there are thresholds and they could be read
    thresholds: dict[int, float] = Field(default_factory=dict)
    rows: dict[RowKind, str]
    no_better_than: int = Field(ge=1)  # the segment that the financial override leaves within reach
    metrics: dict[str, OversightMetric] = Field(default_factory=dict)
    unread: tuple[Text, ...] = ()  # what of it could not be read, for whoever completes it

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Self:
        ends = [self.thresholds[name] for name in sorted(self.thresholds)]
        if ends != sorted(ends):
            raise ValueError("thresholds: each segment ends above the one before it")
        return self

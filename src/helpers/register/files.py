"""Tables and files of one's own: how their columns are read, and where they come from."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from helpers.register.entry import Entry, Identifier, Text

#: patient records, somebody's published statistics, or nothing about patients: targets, money, staff
FileOrigin = Literal["records", "published", "other"]
#: what a column of somebody's table may hold
MappedField = Literal[
    "measure", "org_code", "unit_code", "period", "numerator", "denominator", "value", "target"
]
MAPPED_FIGURES: Final = ("numerator", "denominator", "value", "target")


class TableMapping(Entry):
    """How somebody's own table is read: which of its columns holds what, in rows or across."""

    id: Identifier
    title: Text
    sheet: str = ""  # how the sheet's name begins; any by default
    columns: dict[MappedField, Text] = Field(default_factory=dict)  # what: heading of its column
    always: dict[Literal["measure", "org_code", "unit_code", "period"], Text] = Field(default_factory=dict)
    periods_across: Literal["value", "numerator"] | None = (
        None  # what stands below headings that are periods
    )
    measures_across: dict[Text, Identifier] = Field(default_factory=dict)  # heading of values: measure
    measures: dict[Text, Identifier] = Field(default_factory=dict)  # word in the table: measure
    organisations: dict[Text, Text] = Field(default_factory=dict)  # word in the table: code
    leave_out: tuple[Text, ...] = ()  # measures or organisations in the table whose rows are not read
    fractions: bool = False  # whether shares are written 0.92 and not 92

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        across = {"period": bool(self.periods_across), "measure": bool(self.measures_across)}
        if all(across.values()):
            raise ValueError("either periods_across or measures_across, not both")
        for name in ("measure", "org_code", "period"):
            ways = (name in self.columns) + (name in self.always) + across.get(name, False)
            if ways != 1:
                raise ValueError(f"{name} is said {ways} times; once in columns, always or across")
        figures = {"value", "numerator"} & set(self.columns)
        if any(across.values()) == bool(figures):
            raise ValueError("a value or numerator, once: in columns, or across")
        return self


class OwnFile(Entry):
    """A file of the project's own that reports read: where it comes from, and up to when it speaks."""

    origin: FileOrigin
    source: Text
    as_at: date

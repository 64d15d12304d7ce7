"""Tables and files of one's own: how their columns are read, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from helpers.register.entry import Identifier, RegisterEntry, Text

#: patient records, somebody's published statistics, or nothing about patients: targets, money, staff
FileOrigin = Literal["records", "published", "other"]
#: what a column of somebody's table may hold
MappedField = Literal[
    "measure",
    "org_code",
    "unit_code",
    "period",
    "numerator",
    "denominator",
    "value",
    "target",
    "specialty",
    "point_of_delivery",
    "planned_activity",
    "planned_price",
    "actual_activity",
    "actual_value",
]
MappedWord = Literal["measure", "org_code", "unit_code", "period", "specialty", "point_of_delivery"]
FigureAcross = Literal["value", "numerator", "planned_activity", "actual_activity", "actual_value"]


@dataclass(frozen=True)
class MappedTable:
    """What a kind of table is made of: words that each row needs once, those it may have, and figures."""

    needed: tuple[MappedWord, ...]
    further: tuple[MappedWord, ...]
    figures: tuple[MappedField, ...]
    across: tuple[FigureAcross, ...]  # figures of which one may stand below headings that are periods

    @property
    def words(self) -> tuple[MappedWord, ...]:
        """All that is no figure."""
        return (*self.needed, *self.further)


MEASURES: Final = MappedTable(
    ("measure", "org_code", "period"),
    ("unit_code",),
    ("numerator", "denominator", "value", "target"),
    ("value", "numerator"),
)
CONTRACT: Final = MappedTable(
    ("org_code", "specialty", "point_of_delivery", "period"),
    (),
    ("planned_activity", "planned_price", "actual_activity", "actual_value"),
    ("planned_activity", "actual_activity", "actual_value"),
)


class TableMapping(RegisterEntry):
    """How somebody's own table is read: which of its columns holds what, in rows or across."""

    id: Identifier
    title: Text
    sheet: str = ""  # how the sheet's name begins; any by default
    columns: dict[MappedField, Text] = Field(default_factory=dict)  # what: heading of its column
    always: dict[MappedWord, Text] = Field(default_factory=dict)
    periods_across: FigureAcross | None = None  # what stands below headings that are periods
    measures_across: dict[Text, Identifier] = Field(default_factory=dict)  # heading of values: measure
    measures: dict[Text, Identifier] = Field(default_factory=dict)  # word in the table: measure
    organisations: dict[Text, Text] = Field(default_factory=dict)  # word in the table: code
    leave_out: tuple[Text, ...] = ()  # measures or organisations in the table whose rows are not read
    fractions: bool = False  # whether shares are written 0.92 and not 92

    @property
    def table(self) -> MappedTable:
        """Which kind of table it is: a contract's where it says where specialties are."""
        return CONTRACT if {"specialty", "point_of_delivery"} & {*self.columns, *self.always} else MEASURES

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        kind = self.table
        across = [self.periods_across] if self.periods_across else []
        odd = {*self.columns, *self.always, *across} - {*kind.words, *kind.figures}
        if odd or (kind is CONTRACT and (self.measures_across or self.measures)):
            named = ", ".join(sorted(odd)) or "measures"
            raise ValueError(f"{named}: a table is of measures, or of a contract's lines, not both")
        return self

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        across = {"period": bool(self.periods_across), "measure": bool(self.measures_across)}
        if all(across.values()):
            raise ValueError("either periods_across or measures_across, not both")
        for name in self.table.needed:
            ways = (name in self.columns) + (name in self.always) + across.get(name, False)
            if ways != 1:
                raise ValueError(f"{name} is said {ways} times; once in columns, always or across")
        figures = set(self.table.across) & set(self.columns)
        if any(across.values()) == bool(figures):
            raise ValueError(f"a {' or '.join(self.table.across)}, once: in columns, or across")
        return self


#: what a row of patient records may say, by the table of the mart; an age in years becomes a band
RECORD_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "spells": (
        *(
            "org_code",
            "specialty_code",
            "unit_code",
            "admitted",
            "discharged",
            "los_days",
            "admission_method",
        ),
        *(
            "patient_class",
            "age",
            "age_band",
            "sex",
            "imd_decile",
            "casemix_group",
            "died",
            "readmitted_30d",
        ),
        "cost",
    ),
    "appointments": (
        *(
            "org_code",
            "specialty_code",
            "appointment_date",
            "outcome",
            "kind",
            "mode",
            "age",
            "age_band",
            "sex",
        ),
        *("imd_decile", "lead_days"),
    ),
}
_NEEDED: Final = {
    "spells": ("org_code", "admitted", "discharged"),
    "appointments": ("org_code", "specialty_code", "appointment_date", "outcome"),
}


class RecordMapping(RegisterEntry):
    """How somebody's own table of patient records is read: which column holds what, and what its words mean."""

    id: Identifier
    title: Text
    records: Literal["spells", "appointments"]
    columns: dict[str, Text]  # what: heading of its column
    always: dict[str, Text] = Field(default_factory=dict)  # what holds of all rows
    #: for a column its words, each with what the mart calls it; the NHS's own codes need no line
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        allowed = RECORD_FIELDS[self.records]
        odd = sorted({*self.columns, *self.always, *self.values} - set(allowed))
        if odd:
            raise ValueError(f"{', '.join(odd)}: {self.records} have {', '.join(allowed)}")
        for name in {*_NEEDED[self.records], *self.always}:
            if (ways := (name in self.columns) + (name in self.always)) != 1:
                raise ValueError(f"{name} is said {ways} times; once in columns or always")
        return self


class OwnFile(RegisterEntry):
    """A file of the project's own that reports read: where it comes from, and up to when it speaks."""

    origin: FileOrigin
    source: Text
    as_at: date

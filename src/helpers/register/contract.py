"""What a contract says beside its lines: how it is paid, what it asks for, and what meetings on it have agreed.

How a financial year is paid is a file of that year, `payment/2026-27.yml`; what is agreed locally is in the contract.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from helpers.register.cycle import BoardDecision
from helpers.register.entry import Identifier, MonthText, RegisterEntry, Text

YearText = Annotated[str, StringConstraints(pattern=r"^20\d{2}-\d{2}$")]
#: the month in which a financial year begins
APRIL: Final = 4


def year_of(day: date) -> str:
    """Return the financial year of a day.

    >>> year_of(date(2026, 3, 31)), year_of(date(2026, 4, 1))
    ('2025-26', '2026-27')
    """
    first = day.year - (day.month < APRIL)
    return f"{first}-{(first + 1) % 100:02d}"


class PaymentBand(RegisterEntry):
    """What a part of the value delivered is paid at, up to a multiple of the plan; without `up_to` all the rest."""

    rate: float = Field(ge=0)
    up_to: float | None = Field(default=None, gt=0)


class PaymentElement(RegisterEntry):
    """An element of a payment scheme: which points of delivery it pays, and how.

    `fixed` is the share of the plan's value that is paid whatever is done; `bands` say what is paid of what is done.
    """

    name: Text
    points_of_delivery: tuple[
        Text, ...
    ] = ()  # the words of the contract's lines; none: all that no other names
    fixed: float = Field(default=0, ge=0)
    bands: tuple[PaymentBand, ...] = ()
    source: Text

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        ends = [each.up_to for each in self.bands]
        closed = [end for end in ends if end is not None]
        if None in ends[:-1] or closed != sorted(set(closed)):
            raise ValueError("bands: each ends above the one before it, and only the last may be open")
        if not self.fixed and not self.bands:
            raise ValueError("neither fixed nor bands: nothing would be paid")
        return self


class PaymentScheme(RegisterEntry):
    """How contracts are paid in a financial year."""

    id: YearText
    name: Text
    source: Text
    elements: dict[Identifier, PaymentElement] = Field(min_length=1)
    note: str = ""  # what a reader should check

    @model_validator(mode="after")
    def _names_each_point_of_delivery_once(self) -> Self:
        named = [word.casefold() for each in self.elements.values() for word in each.points_of_delivery]
        rest = [name for name, each in self.elements.items() if not each.points_of_delivery]
        twice = sorted({word for word in named if named.count(word) > 1})
        if twice or len(rest) > 1:
            raise ValueError(f"in several elements: {', '.join(twice or rest)}")
        return self

    def element_of(self, point_of_delivery: str) -> str | None:
        """Return the id of what pays a point of delivery; None where nothing does."""
        rest = None
        for name, each in self.elements.items():
            if point_of_delivery.casefold() in map(str.casefold, each.points_of_delivery):
                return name
            rest = rest if each.points_of_delivery else name
        return rest


class Incentive(RegisterEntry):
    """What is paid for a measure: nothing at `low`, all of `pounds` at `high`, evenly between them."""

    measure: Identifier
    low: float
    high: float
    pounds: float = Field(gt=0)
    source: Text

    @model_validator(mode="after")
    def _slides(self) -> Self:
        if self.low == self.high:
            raise ValueError("low and high are the same: a payment slides between two values")
        return self


class QualityStandard(RegisterEntry):
    """A measure of which the contract asks that its target is met, and what follows where it is not."""

    measure: Identifier
    consequence: Text


class Receipt(RegisterEntry):
    """When something came, and whether it was all there."""

    on: date
    complete: bool = True
    note: str = ""


class InformationItem(RegisterEntry):
    """What is to be sent each month, within so many days of its end, and what came."""

    name: Text
    owner: Text  # a role
    due_days: int = Field(ge=1)
    since: MonthText
    came: dict[MonthText, Receipt] = Field(default_factory=dict)

    def due(self, month_end: date) -> date:
        """Return the day by which that of a month is due."""
        return month_end + timedelta(days=self.due_days)


class Contract(RegisterEntry):
    """A contract of an organisation for a financial year."""

    id: Identifier
    organisation: Text
    name: Text
    commissioner: Text
    year: YearText
    terms: dict[Identifier, PaymentElement] = Field(
        default_factory=dict
    )  # agreed in place of the year's elements
    incentives: tuple[Incentive, ...] = ()
    quality: tuple[QualityStandard, ...] = ()
    experience: tuple[Identifier, ...] = ()  # measures of patients' experience and of governance
    information: tuple[InformationItem, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """All measures that it names."""
        held, paid = ([each.measure for each in some] for some in (self.quality, self.incentives))
        return tuple(dict.fromkeys((*held, *self.experience, *paid)))


class MeetingItem(RegisterEntry):
    """What was spoken of, and what was agreed to be done about it."""

    issue: Text
    action: str = ""
    owner: str = ""  # a role
    due: date | None = None
    done: date | None = None
    outcome: str = ""
    measure: Identifier | None = None

    @model_validator(mode="after")
    def _has_an_owner(self) -> Self:
        if self.action and not self.owner:
            raise ValueError("an action needs its owner, a role")
        return self


class Meeting(RegisterEntry):
    """A meeting on a contract."""

    contract: Identifier
    day: date
    present: tuple[Text, ...] = ()  # roles
    items: tuple[MeetingItem, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that were spoken of."""
        return tuple(each.measure for each in self.items if each.measure)

    def actions(self, organisation: str) -> tuple[BoardDecision, ...]:
        """Return what was agreed, as decisions are kept."""
        return tuple(
            BoardDecision(
                organisation=organisation,
                day=self.day,
                decision=each.action,
                **each.model_dump(exclude={"issue", "action"}),
            )
            for each in self.items
            if each.action
        )

    @model_validator(mode="after")
    def _is_before_what_it_asks(self) -> Self:
        early = [d for each in self.items for d in (each.due, each.done) if d is not None and d < self.day]
        if early:
            raise ValueError(f"{early[0]} is before {self.day}, the day of the meeting")
        return self

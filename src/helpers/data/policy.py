"""Disclosure policies: one per source of data, recorded with its loads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from helpers.audience import Audience, current_audience
from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.errors import ArgumentError


@dataclass(frozen=True)
class DisclosurePolicy:
    """How figures of a source may be shown."""

    name: str
    source: str  # where the rule comes from, in words that a report can print
    #: counts of people from 1 to this become `SUPPRESSED`; 0 for a source that needs no control
    suppress_up_to: int = 0
    round_to: int = 1  # larger counts are rounded to the nearest multiple of this

    @property
    def controls(self) -> bool:
        """Whether this policy changes anything."""
        return self.suppress_up_to > 0

    def hides(self, count: float | None) -> bool:
        """Tell whether a count is one that must not be shown or told from a derived figure.

        >>> [HES_RECORD_LEVEL.hides(count) for count in (0, 1, 7, 8)]
        [False, True, True, False]
        """
        return count is not None and 1 <= count <= self.suppress_up_to

    def show(self, count: float | None) -> Cell:
        """Return one count as it may be shown; missing stays missing.

        Raises `ArgumentError` if a count that must be controlled is negative or not whole.

        >>> [HES_RECORD_LEVEL.show(count) for count in (0, 1, 7, 8, 12, 13, None)]
        [0, '*', '*', 10, 10, 15, None]
        """
        if count is None:
            return None
        if not self.controls:
            return int(count) if float(count).is_integer() else count
        if count < 0 or not float(count).is_integer():
            raise ArgumentError("counts", "a value that is negative or not whole", "whole counts of people")
        if self.hides(count):
            return SUPPRESSED
        return self.round_to * round(count / self.round_to)

    def behind(self, shown: int) -> tuple[int, int]:
        """Return the smallest and largest count that are shown as this number.

        >>> HES_RECORD_LEVEL.behind(10), HES_RECORD_LEVEL.behind(0)
        ((8, 12), (0, 0))
        """
        if shown == 0 or not self.controls:
            return shown, shown
        half = self.round_to // 2
        return max(shown - half, self.suppress_up_to + 1), shown + half


HES_RECORD_LEVEL = DisclosurePolicy(
    "hes_record_level",
    "NHS England, disclosure control for Hospital Episode Statistics (HES): below national level "
    "counts of 1 to 7 are suppressed and larger ones rounded to the nearest 5",
    suppress_up_to=7,
    round_to=5,
)
PUBLISHED = DisclosurePolicy("published", "Controlled by the publisher; shown as published")


@cache
def policy_of(audience: Audience) -> DisclosurePolicy:
    """Return how figures of records may be shown to an audience.

    >>> ward = Audience(name="ward", hide_up_to=3, reason="patient safety", owner="Medical Director")
    >>> [policy_of(ward).show(count) for count in (0, 3, 4, 12)]
    [0, '*', 4, 12]
    """
    if audience.is_public:
        return HES_RECORD_LEVEL
    hidden = (
        f"counts of 1 to {audience.hide_up_to} are suppressed"
        if audience.hide_up_to
        else "none is suppressed"
    )
    source = (
        f"the policy of {audience.decided} for {audience.readers} (owner: {audience.owner}; {audience.reason}): "
        f"{hidden}"
    )
    return DisclosurePolicy(f"audience_{audience.name}", source, audience.hide_up_to, audience.round_to)


def policy_of_records() -> DisclosurePolicy:
    """Return how figures of one organisation's records may be shown to those for whom this process works."""
    return policy_of(current_audience())


def policy_for(origin: Origin) -> DisclosurePolicy:
    """Return the policy for figures of an origin; what is partly from records is from records.

    >>> policy_for("records").name
    'hes_record_level'
    """
    return PUBLISHED if origin == "published" else policy_of_records()


def policy_of_several(origin: Origin) -> DisclosurePolicy:
    """Return the policy for figures of several organisations: small numbers are shown of one's own alone."""
    return PUBLISHED if origin == "published" else HES_RECORD_LEVEL

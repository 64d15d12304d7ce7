"""What a reduction of DNAs is worked out from: numbers, or distributions where they are not known."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_number

#: weight of the mode in a PERT distribution (Clark 1962)
MODE_WEIGHT = 4.0


@dataclass(frozen=True)
class Pert:
    """A PERT distribution: a beta between low and high with its peak at mode.

    Raises
    ------
    ArgumentError
        Unless low <= mode <= high and low < high.

    >>> round(float(Pert(0.1, 0.2, 0.3).quantile(0.5)), 6)
    0.2
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        low, mode, high = (
            check_number(f"Pert.{name}", getattr(self, name)) for name in ("low", "mode", "high")
        )
        if not (low <= mode <= high and low < high):
            raise ArgumentError(
                "Pert", f"{low:g}, {mode:g}, {high:g}", "low <= mode <= high and low < high"
            )

    @property
    def support(self) -> tuple[float, float]:
        """Return the least and greatest value that can come."""
        return self.low, self.high

    def quantile(self, probability: Floats | float) -> Floats:
        """Return the value below which a share `probability` of draws lies."""
        width = self.high - self.low
        first = 1 + MODE_WEIGHT * (self.mode - self.low) / width
        second = 1 + MODE_WEIGHT * (self.high - self.mode) / width
        return np.asarray(self.low + width * special.betaincinv(first, second, probability), dtype=float)


@dataclass(frozen=True)
class Beta:
    """A beta distribution of a share, as after so many successes and failures seen (plus one of each).

    Raises
    ------
    ArgumentError
        Unless both are above 0.

    >>> round(float(Beta(2, 2).quantile(0.5)), 6)
    0.5
    """

    successes: float
    failures: float

    def __post_init__(self) -> None:
        check_number("Beta.successes", self.successes, above=0)
        check_number("Beta.failures", self.failures, above=0)

    @property
    def support(self) -> tuple[float, float]:
        """Return the least and greatest value that can come."""
        return 0.0, 1.0

    def quantile(self, probability: Floats | float) -> Floats:
        """Return the value below which a share `probability` of draws lies."""
        return np.asarray(special.betaincinv(self.successes, self.failures, probability), dtype=float)


Input = float | Pert | Beta


@dataclass(frozen=True, kw_only=True)
class DnaInputs:
    """A clinic and what is to change in it; each input is a number or a distribution.

    Attributes
    ----------
    dnas
        DNAs a year, before the change.
    reduction
        Share of them that will be avoided (0 to 1).
    additions
        Additions to the list per day, above 0.
    filled
        Share of DNA slots that are filled anyway, by overbooking (0 to 1).
    rebooked
        Share of DNAs that are booked again (0 to 1); the rest are discharged and leave the list.
    ramp_weeks
        Weeks until the reduction is reached, in a straight line; 0: at once.
    removals
        Removals from the list per day before the change; needed for waits.
    waiting_list
        Patients on the list at the start; needed for waits.

    Raises
    ------
    ArgumentError
        Shares outside 0 to 1, negative numbers, no additions, only one of `removals` and `waiting_list`.
    """

    dnas: Input
    reduction: Input
    additions: Input
    filled: Input = 0.0
    rebooked: Input = 1.0
    ramp_weeks: Input = 0.0
    removals: Input | None = None
    waiting_list: Input | None = None

    def __post_init__(self) -> None:
        for name in ("reduction", "filled", "rebooked"):
            _check_support(name, getattr(self, name), maximum=1.0)
        for name in ("dnas", "ramp_weeks", "waiting_list"):
            _check_support(name, getattr(self, name))
        for name in ("additions", "removals"):
            _check_support(name, getattr(self, name), above=0.0)
        if (self.removals is None) != (self.waiting_list is None):
            missing = "removals" if self.removals is None else "waiting_list"
            raise ArgumentError(missing, "not given", "both removals and waiting_list, or neither")

    def given(self) -> dict[str, Input]:
        """Return the inputs that are given, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def uncertain(self) -> dict[str, Pert | Beta]:
        """Return the inputs that are distributions, by name."""
        return {name: value for name, value in self.given().items() if isinstance(value, Pert | Beta)}

    def at(self, probability: float) -> dict[str, Floats]:
        """Return every input at one quantile of its distribution; a number stays what it is."""
        return {name: quantile_of(value, probability) for name, value in self.given().items()}


def quantile_of(value: Input, probability: Floats | float) -> Floats:
    """Return an input's quantile; that of a number is the number."""
    if isinstance(value, Pert | Beta):
        return value.quantile(probability)
    return np.full_like(np.asarray(probability, dtype=float), value)


def _check_support(
    name: str, value: Input | None, *, maximum: float = np.inf, above: float = -np.inf
) -> None:
    if value is None:
        return
    for end in value.support if isinstance(value, Pert | Beta) else (value,):
        check_number(name, end, minimum=0.0, maximum=maximum, above=above)

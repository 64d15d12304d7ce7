"""A measure made up: for the examples of docstrings, and what tests begin with."""

from __future__ import annotations

from typing import Any

from helpers.register.models import Measure


def example_measure(**changes: Any) -> Measure:
    """Return a measure of the register with some keys changed.

    >>> example_measure(direction="neutral").direction
    'neutral'
    """
    keys: dict[str, Any] = {
        "id": "missed",
        "name": "Missed appointments",
        "subject": "the share of appointments missed",
        "description": "Of appointments, the share that were missed.",
        "purpose": "A missed appointment is lost to somebody who waits.",
        "objective": "use_of_capacity",
        "perspective": "processes",
        "kind": "proportion",
        "numerator": "Appointments missed",
        "denominator": "Appointments",
        "exclusions": "None.",
        "unit": "%",
        "direction": "decrease",
        "benchmark": "peer_median",
        "source": "Invented",
        "frequency": "month",
        "stale_after_days": 60,
        "owner": "Chief operating officer",
        "action": "Clinics review reminders.",
    }
    return Measure(**{**keys, **changes})

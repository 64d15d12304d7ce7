"""Results made from bare numbers: what tests of verdicts and sentences begin with."""

from __future__ import annotations

from helpers.register.models import Target
from helpers.report.measures.examples import example_measure, example_result
from helpers.report.measures.result import MeasureResult

#: twelve months about 10 without any signal, thrice
QUIET = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5] * 3
HIGHER = example_measure(direction="increase")
NEUTRAL = example_measure(
    direction="neutral", subject="the number of visits", kind="count", unit="visits", digits=0
)


def target(value: float, kind: str = "local", **keys: object) -> Target:
    return Target(value=value, kind=kind, source="the board", **keys)  # type: ignore[arg-type]


def quiet(last: float | None = None, **keys: object) -> MeasureResult:
    """Return the quiet months, the last of them another value where one is given."""
    values: list[float | None] = [*QUIET]
    if last is not None:
        values[-1] = last
    return example_result(values, **keys)  # type: ignore[arg-type]

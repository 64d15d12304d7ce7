"""The statistical methods: pure functions, no input or output; `stats.spc.xmr(values)` imports what it needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "contract",
    "dna",
    "early_turn",
    "fingertips",
    "funnel",
    "inequality",
    "interrupted_series",
    "life_expectancy",
    "los",
    "models",
    "multiplicity",
    "position",
    "rates",
    "spc",
    "standardisation",
    "trajectory",
    "waiting",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return import_module(f"helpers.stats.{name}")
    raise AttributeError(f"module 'helpers.stats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

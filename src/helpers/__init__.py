"""boardpack: board reports for the NHS from parameterised notebooks.

The public names are resolved when they are first used, so that the command line starts without the
scientific libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.opening import open_report
    from helpers.report.own.pictures import board_style

__version__ = "0.1.0"
__all__ = ["__version__", "board_style", "open_report"]

_HOMES = {"board_style": "helpers.report.own.pictures", "open_report": "helpers.report.opening"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from helpers.importing import import_at_rest

        return getattr(import_at_rest(_HOMES[name]), name)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

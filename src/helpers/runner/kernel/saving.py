"""How often papermill saves a notebook while it runs: twice a cell costs more than many a cell."""

from __future__ import annotations

from functools import cache
from time import monotonic
from typing import Any

ENGINE = "boardpack"
_SECONDS = 2.0  # between two saves: what a kernel that is lost had done so far can be looked at


@cache
def register_engine() -> str:
    """Make papermill know an engine that saves now and then and at the end; return its name."""
    from papermill.engines import NBClientEngine, papermill_engines

    class SparingEngine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **keywords: Any) -> Any:
            nb_man.save = _now_and_then(nb_man.save)
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **keywords)
            except BaseException:
                del nb_man.save  # what there is by now is saved once more, and by nobody else
                raise

    papermill_engines.register(ENGINE, SparingEngine)
    return ENGINE


def _now_and_then(save: Any) -> Any:
    last = monotonic()

    def save_if_due(**keywords: Any) -> None:
        nonlocal last
        if monotonic() - last >= _SECONDS:
            save(**keywords)
            last = monotonic()

    return save_if_due

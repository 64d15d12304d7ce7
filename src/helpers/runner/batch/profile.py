"""Where the time of a report went: its steps, and within these the kernel, cells, rooms and formats."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from helpers.runner.kernel.execute import Executed

PROFILE: Final = "profile.json"
_STEP: Final = "execute"


def parts_of(executed: Executed) -> dict[str, float]:
    """Return the seconds of what is within an execution, by names such as `execute/cells`.

    The records room works while a cell waits for it, so it is within the cells, and the ledger within the room.
    """
    found: defaultdict[str, float] = defaultdict(float)
    began = executed.notebook.metadata.get("papermill", {}).get("start_time")
    ran = [cell for cell in executed.notebook.cells if _times(cell).get("duration") is not None]
    if ran and began:
        first = min(datetime.fromisoformat(_times(cell)["start_time"]) for cell in ran)
        found[f"{_STEP}/kernel start"] = (first - datetime.fromisoformat(began)).total_seconds()
    own = [
        cell
        for cell in executed.notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    for number, cell in enumerate(own, start=1):
        if cell.cell_type == "code" and cell in ran:
            found[f"{_STEP}/cells"] += _times(cell)["duration"]
            last = (cell.source.strip().splitlines() or [""])[-1]
            found[f"{_STEP}/cell: {number} ({last})"] = _times(cell)["duration"]
    for each in executed.notes:
        if each.kind == "time":
            found[f"{_STEP}/{each.name.partition(' ')[2]}"] += float(each.says)
    return {name: round(seconds, 3) for name, seconds in found.items()}


def _times(cell: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cell.metadata.get("papermill") or {}
    return found


def write_profile(folder: Path, seconds: Mapping[str, float]) -> None:
    """Keep the seconds of steps and what is within them, in the report's private folder."""
    with contextlib.suppress(OSError):  # a report that ended before it had one
        (folder / PROFILE).write_text(json.dumps(seconds), "utf-8")


def read_profile(folder: Path) -> dict[str, float]:
    """Return what was kept; nothing where nothing was."""
    try:
        kept: dict[str, float] = json.loads((folder / PROFILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept

"""The gallery runs whatever its reports need."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_editions_that_a_pack_names_are_run_too() -> None:
    chosen = runpy.run_path(str(ROOT / "docs" / "gallery" / "make.py"))["chosen_reports"]()
    assert {"board_pack/SYN07", "performance_report/SYN07_board"} <= set(chosen)
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {each.partition("/")[0] for each in chosen} == notebooks

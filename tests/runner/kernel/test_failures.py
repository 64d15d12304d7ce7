"""What is said of a cell that failed: a helper's own message in full, any other error with its kind."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helpers.errors import ExitCode
from helpers.runner.kernel.failures import failed_cell


@pytest.mark.parametrize(
    ("kind", "words", "code"),
    [
        ("DataError", ": months: 0; allowed: 1 or more; parameters", ExitCode.DATA),
        ("UsageError", ": months: 0; allowed: 1 or more; parameters", ExitCode.REPORT),
        ("KeyError", ": KeyError: months: 0; allowed: 1 or more; parameters", ExitCode.REPORT),
    ],
)
def test_a_helpers_message_is_told_without_its_kind(
    tmp_path: Path, kind: str, words: str, code: ExitCode
) -> None:
    executed = tmp_path / "executed.ipynb"
    output = {"output_type": "error", "ename": kind, "evalue": "", "traceback": []}
    executed.write_text(json.dumps({"cells": [{"metadata": {}, "outputs": [output]}]}))
    job: Any = SimpleNamespace(parameters={"months": 0})
    error = SimpleNamespace(
        ename=kind, evalue="months: 0; allowed: 1 or more.", source="x = 1", traceback=[]
    )
    told = failed_cell(job, executed, error)
    assert str(told).startswith(f"cell 1 (`x = 1`){words}: months=0")
    assert told.exit_code is code

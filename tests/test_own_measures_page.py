"""The page on own measures tells the truth: its example loads as it stands, and its table has every key."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.loading.load import load_paths
from helpers.data.mart import Mart
from helpers.register import Measure, Register, read_register

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "own-measures.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    (tmp_path / "measures.yml").write_text(block("yaml"), "utf-8")
    return read_register(tmp_path, base=None)


def test_the_example_loads_as_it_stands(tmp_path: Path, register: Register) -> None:
    mart = Mart(tmp_path / "mart")
    with mart.load(source="organisations", layout="test", policy="published") as load:
        load.write("organisations", pd.DataFrame({"org_code": ["SYN07"], "name": "N", "kind": "trust"}))
    (tmp_path / "own.csv").write_text(block("csv"), "utf-8")
    (result,) = load_paths(mart, [tmp_path / "own.csv"], register)
    assert (result.outcome, result.rows_read, result.rows_kept, result.remarks) == ("loaded", 5, 5, ())
    assert {row[0] for row in mart.fetch("SELECT measure FROM measure_values")} == set(register.measures)


def test_the_table_of_keys_has_every_key_and_says_which_are_needed() -> None:
    table = PAGE[PAGE.index("## A measure of the register") :]
    found = re.findall(r"^\| `(\w+)` \|([^|]*)\|", table, flags=re.MULTILINE)
    rows = [(name, default.strip()) for name, default in found]
    fields = {name: field for name, field in Measure.model_fields.items() if name != "id"}
    assert {name for name, _ in rows} == set(fields)
    filled = {"description", "numerator", "stale_after_days"}  # from other keys
    needed = {name for name, field in fields.items() if field.is_required()} - filled
    assert {name for name, default in rows if default == "needed"} == needed

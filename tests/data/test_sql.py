"""SQL in a file beside a module is found by name, without the lines that say why; what carries it out is silent."""

import subprocess
import sys
from pathlib import Path

from helpers.data.sql import sql_beside


def test_statements_are_found_by_name_without_remarks(tmp_path: Path) -> None:
    (tmp_path / "lists.sql").write_text(
        "-- name: first\n-- why it is asked\nSELECT 1\n  -- within\n\n-- name: second\nSELECT '{kind}'\n"
    )
    found = sql_beside(str(tmp_path / "lists.py"))
    assert list(found) == ["first", "second"]
    assert found["first"].split("\n")[:2] == ["SELECT 1", "  -- within"]
    assert found["second"].format(kind="spells") == "SELECT 'spells'\n"


def test_no_process_is_told_how_far_a_query_is() -> None:
    told = "SELECT current_setting('enable_progress_bar')"
    code = f"""
import duckdb
from helpers.data.sql import open_engine
for each in (duckdb.connect(), one := open_engine(threads=1), one.cursor()):
    print(*each.execute({told!r}).fetchone())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False"]  # DuckDB's own is on where there is no script

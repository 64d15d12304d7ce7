"""SQL in a file beside a module: found by name, without the lines that say why."""

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

"""The oversight framework of a year is a file: the shipped ones, a project's own over them, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.register import answer, read_register


def test_the_shipped_years_say_what_was_read_and_what_was_not(tmp_path: Path) -> None:
    known = read_register(tmp_path).oversight
    assert set(known) == {"2025-26", "2026-27"}
    year = known["2025-26"]
    assert sum(year.metrics[name].weight for name in ("OF1020", "OF1048", "OF1088")) == pytest.approx(1)
    assert [year.metrics[name].weight for name in ("OF1079", "OF1080", "OF1081")] == [0, 1, 0]
    assert (year.segments, known["2026-27"].segments) == ("quartiles", "thresholds")
    assert all(each.source and each.unread for each in known.values())


def test_every_measure_that_a_shipped_year_names_is_shipped(tmp_path: Path) -> None:
    register = read_register(tmp_path)
    named = [
        each.measure
        for year in register.oversight.values()
        for each in year.metrics.values()
        if each.measure
    ]
    assert len(named) > 10
    assert set(named) <= set(register.measures)


def test_a_project_completes_a_year_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "oversight").mkdir()
    file = tmp_path / "oversight" / "2026-27.yml"
    before = answer(read_register(tmp_path), "oversight 2026-27")
    file.write_text("thresholds: {1: 1.9, 2: 2.3, 3: 2.7}\n")
    own = read_register(tmp_path)
    assert own.oversight["2026-27"].thresholds == {1: 1.9, 2: 2.3, 3: 2.7}
    assert own.oversight["2026-27"].rows["score"] == "OF2"
    assert answer(own, "oversight 2026-27") != before
    file.write_text("thresholds: {1: 2.9, 2: 2.3}\n")
    with pytest.raises(UsageError, match="ends above the one before"):
        read_register(tmp_path)

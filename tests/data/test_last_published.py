"""What a published report leaves behind for the next one of its kind."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from helpers.bundle import Bundle, Kept
from helpers.data.keeping.last_published import FOLDER, keep_published, last_before
from helpers.errors import DataError

KEY = "Performance report|SYN07"


def publish(state: Path, period: str, value: float, key: str = KEY) -> None:
    kept = Kept(key=key, period=period, rows=(("ae_four_hours", "A&E", value),))
    keep_published(state, [Bundle(kind="text", id="other"), Bundle(kind="headline", id="h", kept=kept)])


def test_the_newest_earlier_period_is_found(tmp_path: Path) -> None:
    for period, value in (("2026-07", 7.0), ("2026-08", 8.0), ("2026-09", 9.0)):
        publish(tmp_path, period, value)
    found = last_before(tmp_path, KEY, "2026-09")
    assert found is not None
    assert (found.period, found.rows) == ("2026-08", (("ae_four_hours", "A&E", 8.0),))


def test_the_same_period_published_again_replaces_itself(tmp_path: Path) -> None:
    publish(tmp_path, "2026-08", 1.0)
    publish(tmp_path, "2026-08", 2.0)
    found = last_before(tmp_path, KEY, "2026-09")
    assert found is not None
    assert found.rows[0][2] == 2.0


def test_nothing_before_and_other_reports_are_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "2026-08", 1.0, key="another")
    assert last_before(tmp_path, KEY, "2026-09") is None
    assert last_before(tmp_path, "another", "2026-08") is None


def test_it_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    publish(tmp_path, "2026-08", 1.0)
    (file,) = (tmp_path / FOLDER).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_file_is_an_error_with_a_cure(tmp_path: Path) -> None:
    publish(tmp_path, "2026-08", 1.0)
    (file,) = (tmp_path / FOLDER).iterdir()
    file.write_text("{", "utf-8")
    with pytest.raises(DataError, match="remove it"):
        last_before(tmp_path, KEY, "2026-09")

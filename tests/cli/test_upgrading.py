"""An upgrade: a project is told what the newer package has otherwise, and what of that its own register hides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import helpers
from helpers.cli import main
from helpers.cli.own import upgrading
from helpers.errors import ExitCode
from helpers.register import reading
from tests.cli.conftest import Call

CHANGELOG = """\
# Changelog

## [Unreleased]

### Changed

- Not in any version yet.

## [0.2.0] - 2027-01-31

### Added

- A report on stars.
- Another one.

### Changed

- Months are counted from 1.

## [0.1.0] - 2026-11-30

### Removed

- Nothing that anybody used.
"""
OWN = """\
ae_four_hours:
  owner: Our director
rtt_18_weeks: null
gp_referrals:
  owner: Somebody
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project made by this version, with a register of its own."""
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "ours")])
    (tmp_path / "ours" / "params" / "_register" / "measures.yml").write_text(OWN, "utf-8")
    return tmp_path / "ours"


@pytest.fixture
def newer(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a newer package: another owner, name and direction, a measure fewer, one more, other notes."""
    shipped = tmp_path / "shipped"
    shutil.copytree(reading.SHIPPED, shipped)
    path = shipped / "measures.yml"
    content = reading.read_yaml(path).content
    assert isinstance(content, dict)
    content["ae_four_hours"] |= {"owner": "Another director", "subject": "another share"}
    content["rtt_18_weeks"] |= {"stale_after": 99}
    del content["gp_referrals"]
    content["stars"] = {**content["cancelled_operations"], "name": "Stars"}
    path.write_text(json.dumps(content), "utf-8")
    monkeypatch.setattr(reading, "SHIPPED", shipped)
    monkeypatch.setattr(helpers, "__version__", "0.2.0")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    monkeypatch.setattr(upgrading, "_CHANGELOG", (tmp_path / "CHANGELOG.md",))
    return root


@pytest.mark.usefixtures("newer")
def test_what_is_shipped_otherwise_and_what_the_own_register_hides(call: Call) -> None:
    code, told, _ = call("register", "diff", "--json")
    assert code == ExitCode.OK
    found = {(each["entry"], each["key"]): each for each in json.loads(told)}
    owner = found["measures: ae_four_hours", "owner"]
    assert (owner["now"], owner["own"]) == ("Another director", "yours stands: Our director")
    subject = found["measures: ae_four_hours", "subject"]
    assert (subject["now"], subject["own"]) == ("another share", "")
    assert found["measures: rtt_18_weeks", "stale_after"]["own"] == "yours takes the entry away"
    gone = found["measures: gp_referrals", ""]
    assert (gone["now"], gone["own"]) == ("gone", "yours has owner: say the whole of it, or take it out")
    assert found["measures: stars", ""]["now"] == "new"
    assert len(found) == 5
    assert "Your register" in call("register", "diff")[1]


def test_an_upgrade_tells_what_may_need_work_and_is_marked_as_done(newer: Path, call: Call) -> None:
    code, told, _ = call("upgrade")
    assert code == ExitCode.OK
    assert "boardpack 0.2.0; this project last saw 0.1.0" in told
    assert "- Months are counted from 1." in told
    assert "Added: 2 (boardpack upgrade --all)" in told
    assert "A report on stars" not in told
    assert "A report on stars" in call("upgrade", "--all")[1]
    assert "Not in any version yet" not in told
    assert "Nothing that anybody used" not in told
    assert "5 changes, 3 below entries of yours; boardpack register diff" in told

    assert call("upgrade", "--done")[0] == ExitCode.OK
    assert '"boardpack>=0.2.0,<0.3"' in (newer / "pyproject.toml").read_text("utf-8")
    assert "no changes" in call("register", "diff")[1]
    assert "Months are counted" not in call("upgrade")[1]


def test_a_project_of_a_newer_version_and_one_without_a_version_are_told_what_to_do(
    root: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "__version__", "0.0.9")
    code, _, told = call("upgrade")
    assert (code, "python -m pip install --upgrade boardpack" in told) == (ExitCode.USAGE, True)
    (root / upgrading.SEEN).write_text("<<<<<<< ours", "utf-8")
    assert "git checkout params/_register/shipped.json" in call("upgrade")[2]
    (root / upgrading.SEEN).unlink()
    assert "boardpack upgrade --done keeps it from now on" in call("register", "diff")[2]
    (root / "pyproject.toml").unlink()
    assert "no version of boardpack is named" in call("upgrade")[2]

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.runner.kernel.manager import kernel_environment


def test_the_environment_is_fixed_before_what_the_user_has_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    monkeypatch.setenv("OWN", "kept")
    environment = kernel_environment({"BOARDPACK_ROOT": "here"}, tmp_path)
    wanted = {"PYTHONHASHSEED": "0", "OWN": "kept", "BOARDPACK_ROOT": "here", "TMPDIR": str(tmp_path / "t")}
    assert wanted.items() <= environment.items()

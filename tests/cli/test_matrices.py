"""What a matrix may select is listed with how many there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cli import main
from helpers.cli.assembly import open_mart
from helpers.errors import ExitCode

TEXT = """
- name: "{trust}"
  for:
    trust: {select: trusts, where: {region: [South], icb: [QX]}}
"""


def test_selectors_and_groups_are_listed_with_their_counts(
    lay_out: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay_out({"good": {"_matrix.yml": TEXT}})
    rows = [
        {"org_code": code, "name": code, "kind": kind, "region": region, "icb_code": icb, "peer_group": "Acute"}
        for code, kind, region, icb in (
            ("T1", "trust", "North", "QX"), ("T2", "trust", "South", "QX"), ("T3", "trust", "South", "QY"),
            ("QX", "icb", "South", "QX"),
        )
    ]  # fmt: skip
    with open_mart(root).load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame(rows))

    def call(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), "matrix", *words])
        assert isinstance(ended.value.code, int)
        return ended.value.code, "".join(capsys.readouterr())

    told = json.loads(call("good", "--json")[1])
    assert told["selectors"]["trusts"] == 3
    assert told["groups"]["region"] == {"North": 1, "South": 2}
    assert told["groups"]["icb"] == {"QX": 2, "QY": 1}
    assert told["reports"] == 1
    code, said = call("good")
    assert code == 0
    assert "params/good/_matrix.yml: 1 reports" in said
    assert call("goof")[0] == ExitCode.USAGE

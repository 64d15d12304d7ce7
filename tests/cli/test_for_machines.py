"""What machines read of the runs: figures for Prometheus and as JSON, JUnit XML of a batch; and `--quiet`."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.errors import ExitCode

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
RUN = ("run", "--to", "html", "--renderer", "embedded")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    """A project with a report that passes, one that fails and one that is wrong."""
    return lay_out({"good": {"SYN07.yml": GOOD, "wrong.yml": "trust: 5\n"}, "raises": {"SYN08.yml": GOOD}})


def test_a_batch_is_told_to_machines(root: Path, call: Call, tmp_path: Path) -> None:
    code, _, told = call(*RUN, "--quiet", "--junit", str(tmp_path / "batch.xml"))
    assert code == ExitCode.USAGE
    assert "good/wrong: refused" in told  # quiet is about what is well
    suite = ET.parse(tmp_path / "batch.xml").getroot()[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "2",
        "errors": "0",
        "skipped": "0",
    }
    cases = {f"{case.get('classname')}/{case.get('name')}": case for case in suite}
    assert len(cases["good/SYN07"]) == 0
    assert cases["good/wrong"][0].get("type") == "refused"
    assert "ZeroDivisionError" in str(cases["raises/SYN08"][0].text)

    (root / "params" / "good" / "wrong.yml").unlink()
    (root / "params" / "raises" / "SYN08.yml").unlink()
    assert call(*RUN, "--quiet") == (0, "", "")
    target = tmp_path / "textfile" / "boardpack.prom"
    target.parent.mkdir()
    assert call("metrics", "--to", str(target))[0] == 0
    lines = target.read_text("utf-8").splitlines()
    assert 'boardpack_reports{audience="public",state="unchanged"} 1' in lines
    assert 'boardpack_reports{audience="public",state="failed"} 1' in lines
    assert 'boardpack_last_run_reports{audience="public",state="unchanged"} 1' in lines
    assert 'boardpack_schedule_late{audience="public"} 0' in lines
    assert len([line for line in lines if line.startswith("# TYPE boardpack_reports ")]) == 1
    assert [path.name for path in target.parent.iterdir()] == ["boardpack.prom"]
    figures = {each["name"]: each["value"] for each in json.loads(call("metrics", "--json")[1])}
    assert figures["published_editions"] == 1
    assert figures["last_run_timestamp_seconds"] > 0


@pytest.mark.usefixtures("root")
def test_a_profile_says_where_the_time_went(call: Call) -> None:
    _, said, told = call(*RUN, "good/SYN07", "raises/SYN08", "--profile", "--json")
    assert json.loads(said)["states"] == {"published": 1, "failed": 1}  # the profile is no part of it
    good = told.partition("good: ")[2].partition("raises: ")[0]
    names = [line.rpartition(" s ")[0].rsplit(None, 1)[0].strip() for line in good.splitlines()[1:]]
    within = ["kernel start", "cells", "pandoc", "html", "ledger"]
    assert [name for name in names if name in within] == within
    assert {"execute", "document", "gate", "render", "inspect", "publish"} <= set(names)
    assert "slowest cells: " in told
    assert "raises: " in told  # how long a report took that failed is told as well
    again = call(*RUN, "good/SYN07", "--profile")[2]
    assert "load of the machine" in again  # and an unchanged report took no time
    assert "good: " not in again


def test_the_page_of_runs_says_why_reports_did_not_pass(root: Path, call: Call) -> None:
    call(*RUN)
    call(*RUN)
    page = (root / "reports" / "runs.html").read_text("utf-8")
    assert "Why reports did not pass" in page
    for cause in ("Refused", "Failed at the step execute"):
        row = f'<th scope="row">{cause}</th><td class="number">2</td><td class="number">2</td>'
        assert row in page

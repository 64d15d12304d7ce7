"""With a real mart: what is unchanged is told without heavy libraries, and new data run only what reads them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cli.assembly import open_mart, open_project
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan

PARAMETERS = 'trust: SYN07\nperiod: "2026-03"\n'
HEAVY = (
    "pandas",
    "numpy",
    "matplotlib",
    "pyarrow",
    "scipy",
    "papermill",
    "nbformat",
    "zmq",
    "jupyter_client",
)


def load(root: Path, source: str, value: float) -> None:
    """Load one figure of a source."""
    row = {
        "measure": "sickness_rate",
        "org_code": "SYN07",
        "period": pd.Timestamp("2026-03-01"),
        "period_type": "month",
        "basis": "provider",
        "numerator": value,
        "denominator": 100.0,
        "value": value,
        "status": "actual",
        "origin": "published",
        "suppressed": False,
    }
    with open_mart(root).load(source=source, layout="l", policy="published", synthetic=True) as under_way:
        under_way.write("measure_values", pd.DataFrame([row]))


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    """A project with two published reports: one reads sickness, the other waits."""
    root = lay_out({"good": {"SYN07.yml": PARAMETERS}})
    text = (root / "notebooks" / "good.ipynb").read_text("utf-8")
    (root / "notebooks" / "good.ipynb").unlink()
    (root / "params" / "good").rename(root / "params" / "sickness")
    (root / "params" / "waits").mkdir()
    (root / "params" / "waits" / "SYN07.yml").write_text(PARAMETERS, "utf-8")
    for name in ("sickness", "waits"):
        changed = text.replace("spells/synthetic", f"measure_values/{name}")
        (root / "notebooks" / f"{name}.ipynb").write_text(changed, "utf-8")
        load(root, name, 5.0)
    assert run(root) == {"sickness": "published", "waits": "published"}
    return root


def run(root: Path) -> dict[str, str]:
    project = open_project(root)
    batch = run_batch(project, make_plan(project), Order(formats=("html",), renderer="embedded"))
    return {entry.notebook: str(entry.state) for entry in batch.entries}


def test_a_new_sickness_file_runs_only_what_reads_sickness(root: Path) -> None:
    before = History(root / ".boardpack").standing()["sickness", "SYN07"].data["measure_values/sickness"]
    load(root, "sickness", 6.0)
    assert run(root) == {"sickness": "published", "waits": "unchanged"}
    after = History(root / ".boardpack").standing()["sickness", "SYN07"].data["measure_values/sickness"]
    assert before.fingerprint != after.fingerprint
    assert before.load < after.load


def test_an_unchanged_batch_is_told_without_heavy_libraries_or_kernels(root: Path) -> None:
    code = f"""
import sys
from helpers.cli import main
try:
    main(["--project", {str(root)!r}, "run", "--to", "html", "--renderer", "embedded"])
except SystemExit as ended:
    assert not ended.code
print(*sorted(set(sys.modules) & set({HEAVY!r})))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2 unchanged; reports/index.html", ""]
    unchanged, made = History(root / ".boardpack").runs()
    assert [folder.name for folder in (root / ".boardpack" / "runs").iterdir()] == [made.run], unchanged.run

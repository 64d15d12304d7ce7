"""`boardpack run --for`: past months are made once, with the figures as known now or as they were known then."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from helpers.cli.assembly import open_mart
from helpers.data.mart import files as mart_files
from helpers.errors import ExitCode
from helpers.runner.history.entries import State
from helpers.runner.history.store import BACK_FILL, History

Call = Callable[..., tuple[int, str, str]]
RUN = ("run", "--to", "html", "--renderer", "embedded")
MONTHS = ("2025-12", "2026-01", "2026-02")
CELLS = (
    'trust: "org" = "SYN07"  # code of a trust\nperiod: "month" = "latest"  # YYYY-MM or latest',
    'from helpers import open_report\n\nreport = open_report("Sickness", trust=trust, period=period, months=1, '
    'latest_in="measure_values")\nreport',
    'found = report.query(\n    "SELECT value FROM measure_values WHERE org_code = $trust AND period = $first",\n'
    "    trust=trust,\n    first=report.period.first,\n)\n"
    'report.headline("The rate was {rate:.1f}.", rate=found["value"].iloc[0])',
)


def load(root: Path, values: dict[str, float], at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load figures of months as on a day."""
    monkeypatch.setattr(mart_files, "_now", lambda: at)
    rows = [
        {
            "measure": "sickness_rate",
            "org_code": "SYN07",
            "period": pd.Timestamp(f"{month}-01"),
            "period_type": "month",
            "basis": "provider",
            "numerator": value,
            "denominator": 100.0,
            "value": value,
            "status": "actual",
            "origin": "published",
            "suppressed": False,
        }
        for month, value in values.items()
    ]
    names = [{"org_code": "SYN07", "name": "Synthetic Northmoor", "kind": "trust"}]
    with open_mart(root).load(
        source="sickness", layout="l", policy="published", synthetic=True, mode="append"
    ) as under_way:
        under_way.write("measure_values", pd.DataFrame(rows))
        under_way.write("organisations", pd.DataFrame(names))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that loaded each month late in the next, and has just had the first months revised."""
    root = tmp_path / "project"
    for folder in ("notebooks", "params/sickness"):
        (root / folder).mkdir(parents=True)
    cells = [v4.new_markdown_cell("# Sickness"), *(v4.new_code_cell(source) for source in CELLS)]
    cells[1].metadata.tags = ["parameters"]
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, root / "notebooks" / "sickness.ipynb")
    (root / "params" / "sickness" / "SYN07.yml").write_text("trust: SYN07\n", "utf-8")
    for number, month in enumerate(MONTHS):
        at = datetime.fromisoformat(f"{month}-20") + timedelta(days=31)
        load(root, {month: 4.0 + number}, at, monkeypatch)
    load(root, dict.fromkeys(MONTHS, 9.0), datetime(2026, 6, 1), monkeypatch)
    return root


def page(root: Path, month: str) -> str:
    text = (root / "reports" / month / "sickness" / "SYN07.html").read_text("utf-8")
    return re.sub(r"<[^>]+>|\s+", " ", re.sub(r"(?s)<style.*?</style>|<script.*?</script>", " ", text))


def test_months_as_they_were_known_then_and_as_known_now(root: Path, call: Call) -> None:
    assert call(*RUN, "--for", "2025-12..2026-01", "--known", "then")[0] == 0
    for month, rate, then in (
        ("2025-12", "4.0", "31 January 2026"),
        ("2026-01", "5.0", "28 February 2026"),
    ):
        said = page(root, month)
        assert f"The rate was {rate}." in said
        assert f"with the figures as they were known on {then}" in said
    assert not (root / "reports" / "2026-02").exists()
    assert call(*RUN, "--for", "2026-02")[0] == 0
    assert "The rate was 9.0." in page(root, "2026-02")
    assert "for February 2026, with the figures as known now" in page(root, "2026-02")


def test_what_is_made_of_a_month_stays_and_the_newest_report_is_not_touched(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    newest = root / "reports" / "2026-02" / "sickness" / "SYN07.html"
    first = newest.read_bytes()
    code, said, told = call(*RUN, "--for", "2026-01..2026-02")
    assert code == 0
    assert "1 published" in said
    assert "2026-02: 1 report made already" in told
    assert newest.read_bytes() == first
    assert call(*RUN, "--for", "2026-01..2026-02")[1] == "nothing is left to run\n"
    # the newest month is unchanged, and stands: no run of it is due because another month was made
    assert "1 unchanged" in call(*RUN)[1]
    history = History(root / ".boardpack")
    assert [run.kind for run in history.runs()] == ["run", BACK_FILL, "run"]
    assert [each.period for each in history.published()] == ["2026-02", "2026-01"]
    assert call(*RUN, "--for", "2026-01", "--force")[0] == 0
    assert [each.period for each in history.published()] == ["2026-02", "2026-01"]


def test_a_past_month_that_fails_says_nothing_of_the_newest(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    notebook = root / "notebooks" / "sickness.ipynb"
    good = notebook.read_text("utf-8")
    notebook.write_text(good.replace("report.headline(", "1 / 0\\nreport.headline("), "utf-8")
    code, _, told = call(*RUN, "--for", "2025-12..2026-01")
    assert code == ExitCode.REPORT
    for month in ("2025-12", "2026-01"):
        assert f"sickness/SYN07 for {month}: failed at execute" in told
    notebook.write_text(good, "utf-8")
    assert "Not renewed" not in (root / "reports" / "all.html").read_text("utf-8")
    assert call(*RUN, "--only-failed")[1] == "nothing is left to run\n"
    assert call(*RUN, "--for", "2026-01")[0] == 0


def test_how_a_month_was_known_is_refused_by_name_where_it_is_not_kept(root: Path, call: Call) -> None:
    code, _, told = call(*RUN, "--for", "2025-12..2026-01", "--known", "2026-01-02")
    assert code == ExitCode.DATA
    assert "2025-12, the data as they were known on 2026-01-02: nothing was loaded by then" in told
    assert "the first load was on 2026-01-20" in told
    open_mart(root).prune(older_than=timedelta(days=1))
    code, _, told = call(*RUN, "--for", "2025-12..2026-01", "--known", "then")
    assert code == ExitCode.DATA
    assert "2025-12, the data as they were known on 2026-01-31" in told
    assert "2026-01, the data as they were known on 2026-02-28" in told
    assert not (root / "reports").exists()
    code, _, told = call(*RUN, "--for", "2025-12", "--known", "then", "--or-now")
    assert code == 0
    assert "was removed; made with the figures as known now\n" in told
    assert "with the figures as known now" in page(root, "2025-12")


def test_a_draft_of_a_past_month_is_approved_by_its_period(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    assert call(*RUN, "--for", "2026-01", "--hold")[0] == 0
    assert call(*RUN, "--for", "2026-01")[1] == "nothing is left to run\n"
    assert call("approve", "SYN07")[0] == ExitCode.USAGE
    assert call("approve", "SYN07", "--period", "2026-01")[0] == 0
    assert "The rate was 9.0." in page(root, "2026-01")
    assert History(root / ".boardpack").standing()["sickness", "SYN07"].period == "2026-02"
    assert "1 unchanged" in call(*RUN)[1]


def test_what_is_asked_for_is_checked_first(root: Path, call: Call) -> None:
    for words, said in (
        (("--for", "2026-13"), "YYYY-MM"),
        (("--for", "2026-02..2025-12"), "the earlier month first"),
        (("--for", "2031-01"), "the data have nothing for 2031-01"),
        (("--for", "2026-01", "--known", "soon"), "now, then, or a day"),
        (("--for", "2026-01", "--resume"), "the same command again"),
    ):
        code, _, told = call(*RUN, *words)
        assert (code, said in told) == (ExitCode.USAGE, True)
    (root / "params" / "sickness" / "SYN07.yml").write_text('trust: SYN07\nperiod: "2026-02"\n', "utf-8")
    assert "none of the reports asked for is of the latest month" in call(*RUN, "--for", "2026-01")[2]
    assert not any(each.state is State.PUBLISHED for each in History(root / ".boardpack").latest().values())

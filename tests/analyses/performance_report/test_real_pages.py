"""Real trusts' performance reports, read back and set beside the published files that they were made from."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from helpers.cli import main
from helpers.errors import ExitCode

ROOT = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("BOARDPACK_REAL_DATA", ROOT.parent / "shared" / "real-data"))
FOLDERS = (
    "ods-reference",
    "rtt-monthly-by-org",
    "sickness-absence",
    "healthyr-discharge",
    "healthyr-beds-sitrep",
)
MEASURES = (
    "rtt_18_weeks",
    "no_criteria_to_reside",
    "delayed_patients",
    "sickness_absence",
    "readmission_30d",
)

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (REAL_DATA / "acceptance.csv").exists(),
        reason=f"no open NHS data at {REAL_DATA}; set BOARDPACK_REAL_DATA",
    ),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the words of the pages on Cambridge, and on Sheffield, whose waiting list ended in June 2025."""
    root = tmp_path_factory.mktemp("real") / "project"
    folder = root / "params" / "performance_report"
    folder.mkdir(parents=True)
    (root / "notebooks").mkdir()
    write_notebook(root / "notebooks")
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    for code in ("RGT", "RHQ"):
        asked = {"trust": code, "period": "2026-04", "measures": list(MEASURES)}
        (folder / f"{code}.yml").write_text(yaml.safe_dump(asked), "utf-8")
    assert call(root, "data", "load", *(str(REAL_DATA / name) for name in FOLDERS)) == ExitCode.OK
    assert call(root, "run", "--to", "html", "--jobs", "1") == ExitCode.OK
    return {page.stem: plain(page.read_text("utf-8")) for page in root.glob("reports/2026-04/*/*.html")}


def write_notebook(folder: Path) -> None:
    """Write the notebook with the section of a measure that needs no attention, which else stands in the annex."""
    notebook = nbformat.read(ROOT / "notebooks" / "performance_report.ipynb", 4)  # type: ignore[no-untyped-call]
    notebook.cells.append(nbformat.v4.new_code_cell('board.section("delayed_patients")'))  # type: ignore[no-untyped-call]
    nbformat.write(notebook, folder / "performance_report.ipynb")  # type: ignore[no-untyped-call]


def call(root: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)


def plain(html: str) -> str:
    """Return a page's words without its marks, style sheets and drawings."""
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def share_within_18_weeks(code: str, month: str) -> float:
    rows = pd.read_csv(REAL_DATA / "rtt-monthly-by-org" / "rtt_monthly_by_org_2022-04_2026-04.csv")
    row = rows[(rows["org_code"] == code) & (rows["month"] == month)].iloc[0]
    return float(100 * row["within_18_weeks"] / row["incomplete_total"])


def test_the_waiting_list_is_as_published(pages: dict[str, str]) -> None:
    share = share_within_18_weeks("RGT", "2026-04")
    assert f"In April 2026 the share of patients waiting 18 weeks or less was {share:.1f}%" in pages["RGT"]


def test_delayed_patients_and_their_kinds_of_reason_are_as_published(pages: dict[str, str]) -> None:
    rows = pd.read_csv(REAL_DATA / "healthyr-discharge" / "england_delayed_discharge_reasons.csv.gz")
    rows = rows[(rows["nhs_trust22_code"] == "RGT") & (rows["date"] == "2025-05-01")]
    total = rows["delay_count"].sum()
    hospital = rows.loc[rows["delay_reason"].str.startswith("Hospital process"), "delay_count"].sum()
    assert f"In May 2025 the number of delayed patients was {total:.0f}." in pages["RGT"]
    assert f"Hospital process {hospital:.0f} {100 * hospital / total:.0f} " in pages["RGT"]


def test_each_measure_has_its_own_day(pages: dict[str, str]) -> None:
    said = pages["RGT"].split("Out of date, and where it stood")[1].split("Every measure")[0]
    for name, day in (
        ("No longer meeting the criteria to reside", "Aug 2025"),
        ("Delayed patients by reason", "May 2025"),
        ("Staff sickness absence", "Jan 2025"),
    ):
        assert re.search(rf"{name}\W[^;]*{day}", said)


def test_a_list_that_is_no_longer_returned_has_the_day_of_its_last_figure(pages: dict[str, str]) -> None:
    assert "Jun 2025, out of date" in pages["RHQ"].split("Every measure by domain")[1]
    share = share_within_18_weeks("RHQ", "2025-06")
    assert f"Waiting 18 weeks or less for treatment : {share:.1f}% in Jun 2025" in pages["RHQ"]


def test_what_published_statistics_do_not_hold_is_named(pages: dict[str, str]) -> None:
    assert "No figure of this organisation : Emergency readmission within 30 days." in pages["RGT"]

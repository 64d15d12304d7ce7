"""Published scorecards, read back: what the page says is recomputed from the mart."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import yaml

from helpers.cli import main
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.register import read_register
from helpers.register.reading import SHIPPED
from helpers.stats.spc import xmr
from helpers.theme.icons import icon_words

ROOT = Path(__file__).parents[3]
MANY = 60


@dataclass(frozen=True)
class Page:
    """A published scorecard: its text, and the cells of its first table by the measure's name."""

    text: str
    cells: dict[str, list[str]]
    pages: list[str]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Path:
    """Return a project with the demo's measures and few of its records, whose cards have been published."""
    project = tmp_path_factory.mktemp("scorecards") / "project"
    (project / "notebooks").mkdir(parents=True)
    (project / "params" / "scorecard").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "scorecard.ipynb", project / "notebooks")
    shutil.copytree(ROOT / "params" / "_register", project / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", project)
    register = _with_many_measures(project / "params" / "_register" / "measures.yml")
    marked = [name for name, keys in register.items() if keys.get("scorecard")]
    others = ["cancer_31_day", "rtt_over_65_weeks", "rtt_list_size", "ae_attendances"]
    files = {
        "SYN07": {"trust": "SYN07"},
        "SYN63": {"trust": "SYN63"},
        "full": {"trust": "SYN11", "measures": (marked + others)[:22]},
        "many": {"trust": "SYN11", "measures": list(register)[:MANY]},
        "surgery": {
            "trust": "SYN07",
            "unit": "SYN07-D2",
            "measures": ["rtt_18_weeks", "sickness_absence", "mean_los"],
        },
        "first_month": {"trust": "SYN11", "period": "2023-10"},
    }
    for name, keys in files.items():
        (project / "params" / "scorecard" / f"{name}.yml").write_text(yaml.safe_dump(keys), "utf-8")
    kept = os.environ.pop("BOARDPACK_STATE", None)
    try:
        demo_in(project / ".boardpack" / "mart", 0.02)
        assert call(project, "run", "scorecard") == ExitCode.OK
    finally:
        if kept is not None:
            os.environ["BOARDPACK_STATE"] = kept
    return project


def _with_many_measures(path: Path) -> dict[str, dict[str, object]]:
    """Add measures that nobody has figures of, until there are more than enough, and return them all."""
    register = yaml.safe_load((SHIPPED / "measures.yml").read_text("utf-8"))
    example = {k: v for k, v in register["rtt_18_weeks"].items() if k not in ("targets", "scorecard")}
    extra = {f"further_{number}": {**example, "name": f"Further {number}"} for number in range(MANY)}
    path.write_text(yaml.safe_dump(extra), "utf-8")
    return {**register, **extra}


def call(root: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)


def page(root: Path, name: str) -> Page:
    (path,) = root.glob(f"reports/*/scorecard/{name}.html")
    source = path.read_text("utf-8")
    table = source[source.index('<figure id="tbl-card"') :].split("</figure>")[0]
    rows = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    ]
    cells = {plain(row[0]): [plain(cell) for cell in row[1:]] for row in rows if len(row) > 1}
    with pypdfium2.PdfDocument(path.with_suffix(".pdf")) as pdf:
        pages = [re.sub(r"\s+", " ", each.get_textpage().get_text_range()) for each in pdf]
    return Page(plain(source), cells, pages)


def plain(source: str) -> str:
    without = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", without))).strip()


def values(root: Path, measure: str, organisation: str, unit: str | None = None):
    mart = Mart(root / ".boardpack" / "mart")
    where = "unit_code IS NULL AND specialty_code IS NULL" if unit is None else f"unit_code = '{unit}'"
    return mart.at(mart.version).query(
        f"SELECT period, 100 * numerator / denominator AS value FROM measure_values WHERE measure = ? "
        f"AND org_code = ? AND {where} AND period_type = 'month' ORDER BY period",
        [measure, organisation],
    )


@pytest.mark.parametrize(
    "measure", ["rtt_18_weeks", "ae_four_hours", "cancer_62_day", "bed_occupancy", "appraisals_done"]
)
def test_numbers_and_icons_of_the_page_are_those_of_the_mart(root, measure) -> None:
    register = read_register(root / "params" / "_register").measures[measure]
    rows = values(root, measure, "SYN07")
    name = f"{register.name} (self-assessed)" if register.self_assessed else register.name
    latest, _, variation, *_ = page(root, "SYN07").cells[name]
    assert latest == f"{rows['value'].iloc[-1]:.{register.digits}f}%"
    chart = xmr(rows["value"], rows["period"].to_numpy(), improvement=register.direction)
    kind = {"common_cause": "common_cause"}.get(chart.point_type[-1])
    side = "high" if chart.direction[-1] > 0 else "low"
    icon = kind or f"{chart.point_type[-1].removeprefix('special_cause_')}_{side}"
    assert variation == icon_words(icon)


def test_a_unit_shows_what_it_returned_itself(root) -> None:
    surgery = page(root, "surgery")
    rows = values(root, "rtt_18_weeks", "SYN07", "SYN07-D2")
    assert surgery.cells["Waiting 18 weeks or less for treatment"][0] == f"{rows['value'].iloc[-1]:.1f}%"
    assert surgery.cells["Mean length of stay"][0] == "no figures"
    assert "One measure has no figures here: Mean length of stay." in surgery.text
    assert "Balanced scorecard: Surgery division" in surgery.text


@pytest.mark.parametrize("name", ["SYN07", "SYN63", "full"])
def test_the_card_begins_on_the_first_page_and_ends_with_its_balance_on_the_second(root, name) -> None:
    first, second = page(root, name).pages[:2]
    assert "Of " in first
    assert "Patients: How do patients see us?" in first
    for words in ("Inequality: who misses out?", "Balance.", "There is no single score"):
        assert words in second or words in first
    if name == "SYN63":
        assert "not shown, so that nobody can be identified" in first + second


def test_22_measures_are_enough_and_60_are_warned_of(root) -> None:
    assert "Too many measures" not in page(root, "full").text
    many = page(root, "many")
    assert "Too many measures: this card has 60. A board can act on about 22, not on 470" in many.text
    assert len(many.cells) >= MANY


def test_one_month_of_data_makes_a_card_that_claims_nothing(root) -> None:
    first = page(root, "first_month")
    cells = [
        row
        for row in first.cells.values()
        if row[0] not in ("no figures", "Latest", "*") and "index 1" not in row
    ]
    assert {row[2] for row in cells} <= {"one point", "judged by the year"}
    assert {row[4] for row in cells} <= {"no forecast", "–"}
    assert "are watched" in first.text


def test_suppressed_stale_and_missing_measures_are_said(root) -> None:
    odd = page(root, "SYN63")
    assert odd.cells["Operations cancelled at the last minute"][0] == "*"
    assert odd.cells["Emergency readmission within 30 days"][0] == "no figures"
    assert "out of date" in odd.cells["Staff sickness absence"][0]
    assert "Most or all figures are suppressed:" in odd.text

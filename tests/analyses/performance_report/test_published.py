"""Published performance reports as a reader gets them, set beside the mart that they were made from."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from plain_english import jargon_in, reading_problems, text_problems

from helpers.cli import main
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.theme.icons import icon_words

ROOT = Path(__file__).parents[3]
MATRIX, AWKWARD, MERGED = "SYN62", "SYN63", "SYN87"
#: of measures in these two reports: id, name, decimals, unit after the number, factor of the mart's value
SAMPLE = (
    ("ae_four_hours", "A&E within four hours", 1, "%", 100),
    ("cancer_31_day", "Cancer treatment within 31 days of the decision to treat", 1, "%", 100),
    ("rtt_list_size", "Patients waiting to start treatment", 0, "", 1),
    ("cost_per_spell", "Cost of a hospital spell", 0, "", 1),
    ("day_case_rate", "Planned operations without an overnight stay", 1, "%", 100),
)
#: and what else they report: a waiting list, a stock without target, a commented one, one that has ended
BESIDE = (
    "rtt_18_weeks",
    "sickness_absence",
    "cancer_62_day",
    "bed_occupancy",
    "discharges",
    "readmission_30d",
)


class Page(HTMLParser):
    """Collects tables as lists of rows, alt texts, headings and paragraphs."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.alts: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._cell: list[str] | None = None
        self._ids: list[str] = []
        self._silent = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent += tag in ("style", "script")
        if (given.get("id") or "").startswith(("tbl-", "fig-")):
            self._ids.append(str(given["id"]).removesuffix("-caption"))
        if tag == "table":
            self.tables.setdefault(self._ids[-1] if self._ids else "", [])
        if tag == "tr" and self._ids:
            self.tables.setdefault(self._ids[-1], []).append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag == "br" and self._cell is not None:
            self._cell.append("\n")
        if tag == "img":
            self.alts.append(given.get("alt") or "")
        if tag == "svg":
            self.alts.append(given.get("aria-label") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")
        if tag in ("td", "th") and self._cell is not None and self._ids:
            lines = (" ".join(line.split()) for line in "".join(self._cell).split("\n"))
            text = "\n".join(line for line in lines if line)
            self.tables[self._ids[-1]][-1].append(text)
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words in order, evenly spaced."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Path:
    """Return a project with the two reports of September, after one of August, published."""
    root = tmp_path_factory.mktemp("performance") / "project"
    folder = root / "params" / "performance_report"
    folder.mkdir(parents=True)
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "performance_report.ipynb", root / "notebooks")
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    few = yaml.safe_dump({"measures": [*(row[0] for row in SAMPLE), *BESIDE]})
    (folder / "before.yml").write_text(f'trust: {MATRIX}\nperiod: "2026-08"\n{few}', "utf-8")
    (folder / f"{MATRIX}.yml").write_text(f"trust: {MATRIX}\n{few}", "utf-8")
    (folder / f"{AWKWARD}.yml").write_text(f"trust: {AWKWARD}\n", "utf-8")
    (folder / f"{MERGED}.yml").write_text(
        f"trust: {MERGED}\nmeasures: [rtt_18_weeks, ae_four_hours]\n", "utf-8"
    )
    demo_in(root / ".boardpack" / "mart", 0.02)
    assert call(root, "run", "before", "--to", "html", "--jobs", "1") == ExitCode.OK
    assert call(root, "run", MATRIX, AWKWARD, MERGED, "--to", "html", "--jobs", "2") == ExitCode.OK
    return root


def call(root: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def page(project: Path) -> Page:
    return read(project, MATRIX)


def read(project: Path, code: str) -> Page:
    return Page(
        (project / "reports" / "2026-09" / "performance_report" / f"{code}.html").read_text("utf-8")
    )


def values_of(project: Path, measure: str, factor: float) -> pd.Series:
    """Return a measure's monthly values straight from the mart."""
    mart = Mart(project / ".boardpack" / "mart")
    rows = mart.query(
        "SELECT period, value FROM measure_values WHERE measure = ? AND org_code = ? AND unit_code IS NULL "
        "AND specialty_code IS NULL AND period_type = 'month' ORDER BY period",
        [measure, MATRIX],
    )
    return pd.Series(factor * rows["value"].to_numpy(), index=rows["period"])


def page_one_of(page: Page) -> str:
    return page.text.split("Every measure by domain")[0]


def row_of(page: Page, name: str) -> list[str]:
    return next(row for row in page.tables["tbl-measures"] if row and row[0] == name)


@pytest.mark.parametrize(("measure", "name", "digits", "unit", "factor"), SAMPLE)
def test_table_sentence_and_alt_text_tell_the_marts_latest_value(
    project: Path, page: Page, measure: str, name: str, digits: int, unit: str, factor: int
) -> None:
    values = values_of(project, measure, factor)
    shown = f"{values.iloc[-1]:,.{digits}f}{unit}"
    assert shown in row_of(page, name)[1]
    assert f"{values.index[-1]:%b %Y}" in row_of(page, name)[1]
    own = [alt for alt in page.alts if f"chart of {name} with" in alt]
    (alt,) = own or [alt for alt in page.alts if f"{name}: " in alt]  # in the annex six share a picture
    assert shown in alt.split(f"{name}: ")[-1]
    said = r"In [A-Z][a-z]+ \d{4} the [^.]*" if own else rf"{re.escape(name)} : [^.]*"
    assert re.search(said + re.escape(shown), page.text)


@pytest.mark.parametrize(("measure", "name", "factor"), [(row[0], row[1], row[4]) for row in SAMPLE])
def test_icons_are_those_of_limits_worked_here(
    project: Path, page: Page, measure: str, name: str, factor: int
) -> None:
    """Beyond a limit is a special cause; runs are left to the tests of the charts."""
    values = values_of(project, measure, factor).to_numpy()
    ranges = np.abs(np.diff(values))
    reach = 2.66 * ranges[ranges < 3.267 * ranges.mean()].mean()
    high, low = values[-1] > values.mean() + reach, values[-1] < values.mean() - reach
    said = row_of(page, name)[3].split("\n")[0]
    if high or low:
        assert said.endswith("higher" if high else "lower")
    elif measure in ("day_case_rate", "cost_per_spell"):  # put in without any pattern
        assert said == icon_words("common_cause")


def measures_of(page: Page) -> list[list[str]]:
    """Return the rows of the table of every measure, without those that head a domain."""
    return [row for row in page.tables["tbl-measures"][1:] if len(row) > 1]


def test_the_count_is_of_what_the_table_lists(page: Page) -> None:
    total = re.search(r"of (\d+) measures need", page.text)
    assert total is not None
    assert int(total[1]) == sum(row[1] not in ("–", "*") for row in measures_of(page))


def test_each_measure_of_the_table_is_in_one_cell_of_the_matrix(page: Page) -> None:
    names = [row[0] for row in measures_of(page) if row[1] not in ("–", "*")]
    listed = [name for row in page.tables["tbl-matrix"][1:] if len(row) > 1 for name in row[1].split("; ")]
    assert sorted(listed) == sorted(names)


def test_each_small_line_ends_with_the_latest_value(page: Page) -> None:
    lines = [alt for alt in page.alts if alt.startswith("Line of ")]
    latest = [row[1].split("\n")[0] for row in measures_of(page)]
    for value in latest:
        number = re.sub(r"[^0-9.]", "", value)
        assert any(re.search(rf" to {re.escape(number)}[;.]", line) for line in lines), value


def test_the_target_of_the_table_is_the_registers_milestone(page: Page) -> None:
    assert row_of(page, "A&E within four hours")[2] == "82%"
    assert "the planning milestone of 82%, which counts in March 2027" in page.text


def test_words_of_the_analysts_and_their_absence_are_there(page: Page) -> None:
    assert "Staff sickness in the first two weeks of September" in page.text
    assert "Recovery by 30 November 2026." in page.text
    assert "Nobody has explained this" in page.text


def test_each_measure_has_its_own_day(project: Path, page: Page) -> None:
    assert "out of date" not in page_one_of(page)
    page = read(project, AWKWARD)
    old = [row[0] for row in measures_of(page) if "out of date" in row[1]]
    assert old
    block = page_one_of(page).split("Out of date, and where it stood")[1]
    assert not [name for name in old if name not in block]


def test_a_waiting_list_without_a_stable_period_is_on_page_one(page: Page) -> None:
    (row,) = [row for row in page.tables["tbl-page-one"] if row[0] == "Planned care"]
    assert "Waiting 18 weeks or less for treatment" in row[1]
    assert re.search(r"missed 1\d of 12$", row_of(page, "Waiting 18 weeks or less for treatment")[3])


def test_a_merged_trust_names_who_joined_and_when(project: Path) -> None:
    page = read(project, MERGED)
    assert re.search(r"joins, April 2025\.", page.text)
    assert "Histories of organisations that joined are added: SYN88." in page.text


def test_what_has_changed_since_august_is_told_from_what_was_published(page: Page) -> None:
    rows = {row[0]: row for row in page.tables["tbl-changes"]}
    assert "August 2026" in rows["A&E within four hours"][1]
    assert "worsening, was: ordinary variation" in rows["A&E within four hours"][3]
    assert "different from the report for August 2026" in page.text


def test_the_report_of_august_had_nothing_to_compare_itself_with(project: Path) -> None:
    (path,) = project.glob("reports/2026-08/*/before.html")
    assert "nothing can be compared" in Page(path.read_text("utf-8")).text


def test_an_awkward_trust_says_what_is_missing_and_does_not_mislead(project: Path) -> None:
    text = read(project, AWKWARD).text
    assert "all 36 are suppressed" in text
    assert "one value so far" in text
    assert "Emergency readmission within 30 days" in text.split("No figure of this organisation")[1]
    assert re.search(r"80\.0% in \w+ 2026, target 80%", text)


@pytest.mark.parametrize("code", [MATRIX, AWKWARD])
def test_every_text_is_plain_english(project: Path, code: str) -> None:
    page = read(project, code)
    body = page.text.split("About this report")[0]
    assert not jargon_in(body)
    assert not [problem for alt in page.alts for problem in text_problems(alt)]
    sentences = [alt for alt in page.alts if alt.startswith("Process behaviour")]
    assert not reading_problems(sentences)

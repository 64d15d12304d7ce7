"""The twelve recipes for changing a report are followed to the letter: notebook and params only, one run."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from following import blocks, call

from helpers.data.mart import Mart
from helpers.errors import ExitCode

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "change-a-report.md"
FILES = {
    "comment": "notebooks/comments/SYN07.md",
    "origin": "params/_register/files.yml",
    "theme": "params/_theme.yml",
    "parameters": "params/los_deviation/SYN07.yml",
    "module": "notebooks/half.py",
}
IMPORTS = """from pathlib import Path
from half import half_are_out
"""
OWN_FIGURE = """beds = report.query(
    "SELECT org_code, max(denominator) AS beds FROM measure_values WHERE measure = 'bed_occupancy' GROUP BY 1"
)
report.table(beds.head(3), caption="Beds that were open, by trust.")"""


def changed(notebook: nbformat.NotebookNode, found: list[tuple[str, str]]) -> nbformat.NotebookNode:
    """Return the shipped notebook with every recipe in it; two sections change places, one is dropped."""
    sections: list[list[nbformat.NotebookNode]] = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    first, *others = sections
    named = {re.findall(r"\{#(sec-\w+)\}", section[0].source)[0]: section for section in others}
    del named["sec-worth"]
    peers = named.pop("sec-peers")
    first[3].source = IMPORTS + first[3].source
    first[-1].source = re.sub(r"^stays\.headline\(.*", "", first[-1].source, flags=re.MULTILINE)
    headline = nbformat.v4.new_code_cell(dict(found)["headline"])
    own = [nbformat.v4.new_code_cell(source) for language, source in found if language == "python"]
    heading = nbformat.v4.new_markdown_cell("## Our own {#sec-own}")
    left = [cell for section in named.values() for cell in section]
    notebook.cells = [*first, headline, *peers, *left, heading, *own]
    return notebook


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Path:
    root = tmp_path_factory.mktemp("changed") / "project"
    for folder in ("notebooks/comments", "params/los_deviation"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    found = blocks(PAGE)
    for language, source in found:
        if language in FILES:
            (root / FILES[language]).write_text(source + "\n", "utf-8")
    notebook = nbformat.read(ROOT / "notebooks" / "los_deviation.ipynb", as_version=4)
    nbformat.write(changed(notebook, found), root / "notebooks" / "los_deviation.ipynb")
    demo_in(root / ".boardpack" / "mart", 0.1)
    assert call(root, "run", "los_deviation", "--renderer", "embedded", "--to", "html") == ExitCode.OK
    return root


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return next((project / "reports").rglob("los_deviation/SYN07.html")).read_text("utf-8")


@pytest.fixture(scope="module")
def words(page: str) -> str:
    bare = re.sub(r"<(style|script|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def table(page: str, caption: str) -> str:
    """Return the words of the table with this caption."""
    found = re.search(rf"{re.escape(caption)}.*?</table>", page, re.DOTALL)
    assert found, caption
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def drawn(figure: str) -> str:
    """Return the pictures of a figure as SVG."""
    return "".join(
        base64.b64decode(found).decode().lower()
        for found in re.findall(r"svg\+xml;base64,([^\"]+)", figure)
    )


def test_1_a_headline_is_reworded_with_its_numbers(words: str) -> None:
    assert re.search(
        r"Our patients stay \d\.\d days, 0\.\d\d times as long as like patients elsewhere", words
    )
    assert "Allowing for case mix, Synthetic Birchmere" not in words


def test_2_sections_are_dropped_and_reordered(page: str) -> None:
    headings = re.findall(r'<h2[^>]*id="(sec-\w+)"|<section[^>]*id="(sec-\w+)"', page)
    order = [one or other for one, other in headings]
    assert "sec-worth" not in order
    assert order.index("sec-peers") < order.index("sec-crude") < order.index("sec-own")


def test_3_a_chart_of_one_s_own_shows_a_part_s_frame(words: str) -> None:
    assert re.search(r"Figure \d+: Mean stay against the expected, by specialty\.", words)


def test_4_a_table_has_a_computed_column(page: str) -> None:
    assert re.search(r"Days for each patient .* [−+-]\d\.\d\d", table(page, "Days saved for each patient."))


def test_5_a_sentence_has_its_numbers(words: str) -> None:
    assert re.search(r"Long stays are \d+\.\d% of our patients and \d+% of our bed-days\.", words)


def test_6_a_commentary_comes_from_a_file(page: str) -> None:
    assert "Ward 7 reopened in <em>May</em>" in page
    assert "notebooks/comments/SYN07.md" in page  # among what was read


def test_7_the_trust_s_colours_are_in_our_charts_and_in_seaborn_s(page: str) -> None:
    figures = re.findall(r"<figure\b.*?</figure>", page, re.DOTALL)
    coloured = [figure for figure in figures if "#7a1f5c" in drawn(figure)]
    captions = " ".join(re.sub(r"<[^>]+>", "", figure) for figure in coloured)
    assert "Observed over expected bed-days" in captions  # ours
    assert "Mean stay against the expected, by specialty" in captions  # seaborn's


def test_8_a_second_benchmark_stands_beside_the_first(page: str) -> None:
    assert "Benchmark" in table(page, "Mean stay against the national mean")
    assert "Benchmark" in table(page, "Mean stay against its own mean a year before")


def test_9_columns_of_a_table_of_ours_come_and_go(page: str) -> None:
    said = table(page, "The shortest stays for like patients.")
    assert "Beyond chance?" in said
    assert "Patients" not in said


def test_10_a_threshold_moves_everywhere_at_once(page: str, words: str) -> None:
    assert re.search(r"Stays of 14 days or more use \d+% of the bed-days here", words)
    assert "14 days or more" in table(page, "Very short and long stays and their days")
    assert "21 days" not in words


def test_11_another_measure_has_its_section(project: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "performance_report.ipynb", as_version=4)
    exceptions = next(cell for cell in notebook.cells if cell.source == "board.exceptions")
    exceptions.source = dict(blocks(PAGE))["section"]
    notebook.cells += [nbformat.v4.new_code_cell(OWN_FIGURE)]  # beside figures of one's own
    nbformat.write(notebook, project / "notebooks" / "performance_report.ipynb")
    (project / "params" / "performance_report").mkdir()
    said = dict(blocks(PAGE))["measures"]
    (project / "params" / "performance_report" / "SYN07.yml").write_text(said, "utf-8")
    assert (
        call(project, "run", "performance_report", "--renderer", "embedded", "--to", "html") == ExitCode.OK
    )
    page = next((project / "reports").rglob("performance_report/SYN07.html")).read_text("utf-8")
    assert 'id="sec-sickness-absence"' in page
    assert "Beds that were open, by trust." in page


def test_12_a_method_of_one_s_own_lives_beside_the_notebook(page: str) -> None:
    assert re.search(r"(elective|emergency|transfer) \d", table(page, "Days after which half have left."))

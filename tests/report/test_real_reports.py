"""The acceptance numbers of missed appointments and length of stay, as a reader of the published page sees them."""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path

import pytest

from helpers.cli import main
from helpers.errors import ExitCode

ROOT = Path(__file__).parents[2]
REAL_DATA = Path(os.environ.get("BOARDPACK_REAL_DATA", ROOT.parent / "shared" / "real-data"))
FOLDERS = ("hes-monthly-open-data", "kh03-beds")
REPORTS = ("dna_impact/RGT-published", "los_published/RGT")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (REAL_DATA / "acceptance.csv").exists(),
        reason=f"no open NHS data at {REAL_DATA}; set BOARDPACK_REAL_DATA",
    ),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the text of the two published pages on Cambridge, from the project's own matrices."""
    root = tmp_path_factory.mktemp("real") / "project"
    for notebook in ("dna_impact", "los_published"):
        (root / "params" / notebook).mkdir(parents=True)
        (root / "notebooks").mkdir(exist_ok=True)
        shutil.copy(ROOT / "notebooks" / f"{notebook}.ipynb", root / "notebooks")
        shutil.copy(ROOT / "params" / notebook / "_matrix.yml", root / "params" / notebook)
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    assert call(root, "data", "load", *(str(REAL_DATA / folder) for folder in FOLDERS)) == ExitCode.OK
    assert call(root, "run", *REPORTS, "--to", "html", "--jobs", "1") == ExitCode.OK
    return {page.parent.name: plain(page.read_text("utf-8")) for page in root.glob("reports/*/*/RGT*.html")}


def call(root: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)


def plain(html: str) -> str:
    """Return a page's words without its marks, style sheets and drawings."""
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def expected(identity: str) -> float:
    with (REAL_DATA / "acceptance.csv").open(encoding="utf-8") as file:
        return next(float(row["expected"]) for row in csv.DictReader(file) if row["id"] == identity)


@pytest.mark.parametrize(
    ("identity", "digits", "words"),
    [
        ("A41", 2, r"England, all providers [\d,]+ [\d,]+ {number} "),
        ("A43", 0, r"Patients missed {number} of "),
        ("A47", 2, r"All specialties [\d,]+ [\d,]+ {number} "),
        ("A49", 2, r"Ophthalmology [\d,]+ [\d,]+ {number} "),
    ],
)
def test_missed_appointments_are_as_published(
    pages: dict[str, str], identity: str, digits: int, words: str
) -> None:
    number = re.escape(f"{expected(identity):,.{digits}f}")
    assert re.search(words.format(number=number), pages["dna_impact"])


def test_trusts_that_do_not_record_are_counted_and_not_compared(pages: dict[str, str]) -> None:
    assert expected("A45") == 7
    assert "Seven trusts with a rate under 1% do not record missed appointments" in pages["dna_impact"]


@pytest.mark.parametrize(
    ("identity", "digits", "words"),
    [
        ("A51", 0, r"{number} trusts returned beds"),
        ("A53", 1, r"This trust {number} "),
        ("A55", 0, r"over all patients of {number} trusts"),
        ("A57", 2, r"Best quarter of trusts, at most – – – {number} "),
        ("A59", 2, r"This trust [\d,.]+ [\d,]+ [\d,]+ {number} "),
    ],
)
def test_length_of_stay_is_as_published(
    pages: dict[str, str], identity: str, digits: int, words: str
) -> None:
    number = re.escape(f"{expected(identity):,.{digits}f}")
    assert re.search(words.format(number=number), pages["los_published"])


def test_what_published_statistics_cannot_say_is_said(pages: dict[str, str]) -> None:
    assert "It needs the trust" in pages["dna_impact"]
    assert "first year of the pandemic" in pages["dna_impact"]
    assert "crude, not adjusted" in pages["los_published"]

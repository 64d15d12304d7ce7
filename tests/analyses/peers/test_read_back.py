"""Published pages on real trusts, read back: numbers from plain queries of the mart, sentences from the result."""

from __future__ import annotations

import os
import re
import shutil
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from helpers.analyses.peers import words
from helpers.analyses.peers.comparison import compare_peers
from helpers.analyses.peers.movement import find_movement, gain_sentence, movement_sentence
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import place_words
from helpers.cli import main
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.places import state_folder
from helpers.register.reading import read_register

ROOT = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("BOARDPACK_REAL_DATA", ROOT.parent / "shared" / "real-data"))
FOLDERS = (
    "ods-reference", "rtt-monthly-by-org", "cancer-waits-monthly-by-org", "healthyr-beds-sitrep", "healthyr-discharge",
)  # fmt: skip
PARAMETERS = {
    "RJ7": "trust: RJ7\n",  # St George's: a name with an apostrophe
    "RHQ-rtt": "trust: RHQ\nmeasure: rtt_18_weeks\n",  # its series ends ten months before the others'
    "RJ7-beds": "trust: RJ7\nmeasure: no_criteria_to_reside\n",
}
CARD = "trust: RJ7\nmeasures: [rtt_18_weeks, cancer_62_day, no_criteria_to_reside]\n"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (REAL_DATA / "acceptance.csv").exists(),
        reason=f"no open NHS data at {REAL_DATA}; set BOARDPACK_REAL_DATA",
    ),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose peer benchmarks and scorecard are published."""
    root = tmp_path_factory.mktemp("peers") / "project"
    (root / "notebooks").mkdir(parents=True)
    for notebook in ("peer_benchmark", "scorecard"):
        (root / "params" / notebook).mkdir(parents=True)
        shutil.copy(ROOT / "notebooks" / f"{notebook}.ipynb", root / "notebooks")
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    for name, text in PARAMETERS.items():
        (root / "params" / "peer_benchmark" / f"{name}.yml").write_text(text, "utf-8")
    (root / "params" / "scorecard" / "RJ7-card.yml").write_text(CARD, "utf-8")
    call(root, "data", "load", *(str(REAL_DATA / folder) for folder in FOLDERS))
    call(root, "run", "--to", "html", "--jobs", "1")
    return root


def call(root: Path, *arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *arguments])
    assert int(ended.value.code or 0) == ExitCode.OK


@pytest.fixture(scope="module")
def mart(project: Path) -> Mart:
    found = Mart(state_folder(project) / "mart")
    return found.at(found.version)


@pytest.fixture(scope="module")
def pages(project: Path) -> dict[str, str]:
    """Return the words of each page, quotation marks as they are typed."""
    return {page.stem: plain(page.read_text("utf-8")) for page in project.glob("reports/*/*/*.html")}


def plain(html: str) -> str:
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    text = text.translate(str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'}))
    return re.sub(r"\s+", " ", text)


def typed(text: str) -> str:
    return text.translate(str.maketrans({"“": '"', "”": '"'}))


def values(mart: Mart, measure: str, month: str) -> dict[str, float]:
    """Return every trust's percentage of a month, merged trusts added up, by a query of its own."""
    rows = mart.fetch(
        """SELECT coalesce(s.successor, v.org_code) AS code, 100 * sum(numerator) / sum(denominator)
        FROM measure_values v LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE measure = ? AND period = ?::DATE AND basis = 'provider' AND period_type = 'month'
          AND specialty_code IS NULL AND unit_code IS NULL AND breakdown IS NULL
          AND coalesce(s.successor, v.org_code) IN (SELECT org_code FROM organisations WHERE kind = 'trust')
        GROUP BY 1 HAVING sum(denominator) > 0""",
        [measure, month],
    )
    return dict(rows)


def comparison(mart: Mart, trust: str, measure: str) -> PeerComparison:
    register = read_register(ROOT / "params" / "_register")
    found = compare_peers(mart, register.measures[measure], trust)
    assert found is not None
    return found


def test_value_median_and_number_of_trusts_are_those_of_the_mart(mart: Mart, pages: dict[str, str]) -> None:
    found = values(mart, "rtt_18_weeks", "2025-06-01")
    own, middle = found["RHQ"], float(np.median(list(found.values())))
    gap = f"{abs(own - middle):.1f} points {'above' if own > middle else 'below'}"
    assert (
        f"in June 2025 the figure was {own:.1f}%, {gap} the median of {middle:.1f}% over {len(found)} trusts"
        in pages["RHQ-rtt"]
    )


def test_every_trust_stands_in_the_table_with_its_own_value(mart: Mart, pages: dict[str, str]) -> None:
    found = values(mart, "rtt_18_weeks", "2025-06-01")
    part = pages["RHQ-rtt"].rpartition(", by name.")[2]
    for code, value in found.items():
        assert re.search(rf"\b{code} .{{5,90}}? {value:.1f} \d", part), code


def test_the_overview_gives_each_measure_at_its_newest_period(mart: Mart, pages: dict[str, str]) -> None:
    for measure, name in (
        ("rtt_18_weeks", "Waiting 18 weeks or less for treatment"),
        ("cancer_62_day", "Cancer treatment within 62 days"),
    ):
        found = values(mart, measure, "2026-04-01")
        own, middle = found["RJ7"], float(np.median(list(found.values())))
        assert f"{name} Apr 2026 {own:.1f}% {middle:.1f}% " in pages["RJ7"]


@pytest.mark.parametrize(
    ("page", "trust", "measure"), [("RHQ-rtt", "RHQ", "rtt_18_weeks"), ("RJ7", "RJ7", "cancer_62_day")]
)
def test_places_on_the_page_are_those_of_the_result(
    mart: Mart, pages: dict[str, str], page: str, trust: str, measure: str
) -> None:
    assert place_words(comparison(mart, trust, measure)) in pages[page]


def test_sentences_on_the_page_are_those_of_the_result(mart: Mart, pages: dict[str, str]) -> None:
    found = comparison(mart, "RHQ", "rtt_18_weeks")
    page = pages["RHQ-rtt"]
    assert typed(words.peer_sentences(found)) in page
    assert typed(words.stale_sentence(found)) in page
    assert typed(movement_sentence(found, find_movement(found, months=12))) in page
    assert typed(gain_sentence(found)) in page


def test_a_page_on_real_trusts_is_not_called_synthetic(pages: dict[str, str]) -> None:
    assert len(pages) == len(PARAMETERS) + 1
    assert not any("Synthetic data" in page for page in pages.values())
    assert re.search(
        "St George's University Hospitals NHS Foundation Trust (is )?very likely in", pages["RJ7"]
    )


def test_no_page_holds_a_rank_or_a_number_that_is_none(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b", page)
        assert not re.search(r"\b(\d+(st|nd|rd|th) (of|out of)|ranked)\b", page)


def test_a_share_that_nobody_returns_is_made_of_two_counts_on_every_page(
    mart: Mart, pages: dict[str, str]
) -> None:
    ((patients, beds),) = mart.fetch(
        """SELECT sum(numerator) FILTER (measure = 'no_criteria_remaining'),
            sum(numerator) FILTER (measure = 'bed_occupancy')
        FROM measure_values_rolled_up WHERE org_code = 'RJ7' AND period = DATE '2025-08-01' AND period_type = 'month'
            AND coalesce(unit_code, specialty_code, breakdown) IS NULL"""
    )
    share = f"{100 * patients / beds:.1f}%"
    assert f"in August 2025 the figure was {share}" in pages["RJ7-beds"]
    assert f"No longer meeting the criteria to reside {share}, Aug 2025" in pages["RJ7-card"]
    assert f"No longer meeting the criteria to reside Aug 2025 (old) {share} " in pages["RJ7"]


def test_a_card_on_real_trusts_gives_the_values_of_the_mart(mart: Mart, pages: dict[str, str]) -> None:
    for measure, name in (
        ("rtt_18_weeks", "Waiting 18 weeks or less for treatment"),
        ("cancer_62_day", "Cancer treatment within 62 days"),
    ):
        own = values(mart, measure, "2026-04-01")["RJ7"]
        assert f"{name} {own:.1f}% " in pages["RJ7-card"]

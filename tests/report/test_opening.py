"""Opening a report: organisation, period, title, and what is said where something is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from reports_made import USUAL, Stays, fill_mart

from helpers.bundle import MIME
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import DataError, UsageError
from helpers.places import ROOT_VARIABLE, STATE_VARIABLE, VERSION_VARIABLE
from helpers.report.opening import latest_month, open_report


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose mart holds stays discharged from 15 April to 20 May 2026."""
    root = tmp_path_factory.mktemp("project")
    (root / "params").mkdir()
    (root / "notebooks").mkdir()
    (root / "_quarto.yml").write_text("project: {}\n", "utf-8")
    fill_mart(root / ".boardpack", (*USUAL, Stays("T1", 20, 3, date(2026, 5, 20))))
    return root


@pytest.fixture(autouse=True)
def _here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "notebooks")
    for name in (ROOT_VARIABLE, VERSION_VARIABLE, STATE_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_a_report_knows_what_it_is_about_from_any_folder_of_the_project() -> None:
    report = open_report("Stays", trust="T1", specialty="100", period="2026-04", months=2)
    assert report.organisation.name == "Synthetic T1"
    assert report.title == "Stays: General Surgery"
    assert report.period.label == "March 2026 to April 2026"
    facts = report._repr_mimebundle_()[MIME]["report"]
    assert facts["organisation_code"] == "T1"
    assert facts["period_folder"] == "2026-04"
    assert facts["synthetic"] is True
    assert "every figure is invented" in report._repr_mimebundle_()["text/markdown"]


def test_a_code_that_a_tool_took_for_a_number_is_still_the_code() -> None:
    report = open_report("Stays", trust="T1", specialty=100)  # type: ignore[arg-type]
    assert report.specialty == "100"
    assert report.title == "Stays: General Surgery"


def test_arguments_of_another_type_are_told_all_at_once() -> None:
    wrong = {"trust": ["T1"], "specialty": 1.5, "period": 202603, "months": "12", "latest_in": "spell"}
    with pytest.raises(UsageError) as caught:
        open_report("Stays", **wrong)  # type: ignore[arg-type]
    told = [str(problem) for problem in caught.value.problems]
    assert [each.split(":")[0] for each in told] == [f"open_report, {name}" for name in wrong]
    assert "did you mean spells" in told[-1]
    assert 'write period="202603"' in told[2]


def test_latest_is_the_last_month_that_the_data_cover_to_its_end() -> None:
    assert open_report("Stays", trust="T1", months=1).period.label == "April 2026"


def test_a_month_whose_last_day_is_covered_counts(tmp_path: Path) -> None:
    mart = fill_mart(tmp_path, (*USUAL, Stays("T2", 1, 1, date(2026, 5, 31))))
    assert latest_month(mart, "spells", find_organisation(mart, "T1")) == date(2026, 5, 1)


def test_what_the_mart_was_asked_is_what_was_read() -> None:
    report = open_report("Stays", trust="T1", period="2026-04")
    assert report.bundle("text", "x").reads == ("organisations",)
    assert report.bundle("text", "x").origin == "records", "nothing is known before anything was read"
    report.mart.query("WITH stays AS (SELECT * FROM spells) SELECT count(*) FROM stays")
    bundle = report.bundle("text", "y")
    assert (bundle.reads, bundle.origin) == (("organisations", "spells"), "records")


def test_lists_of_names_are_read_but_are_no_source_of_figures() -> None:
    report = open_report("Stays", trust="T1")
    report.mart.query("SELECT count(*) FROM spells, organisations")
    bundle = report.bundle("text", "x")
    assert [source.dataset for source in bundle.sources] == ["spells/spells"]
    assert "organisations" in bundle.reads


def test_an_analysis_names_what_was_read_for_it_alone() -> None:
    report = open_report("Stays", trust="T1", period="2026-04")
    part = report.apart()
    report.mart.fetch("SELECT count(*) FROM spells")
    part.mart.fetch("SELECT count(*) FROM units")
    assert part.bundle("text", "x").sources == ()
    assert part.bundle("text", "x").reads == ("organisations", "spells", "units")


def test_no_figure_can_be_traced_to_what_was_not_read() -> None:
    report = open_report("Stays", trust="T1", period="2026-04")
    with pytest.raises(ValueError, match="spells/spells: not among what was read"):
        report.bundle("text", "x", within=["spells/spells"])


@pytest.mark.parametrize(
    ("asked", "kind", "message"),
    [
        ({"trust": "t1"}, DataError, "t1 is not in the mart.*did you mean T1"),
        ({"trust": "T0"}, DataError, "use T1, which it became part of"),
        ({"trust": "T1", "specialty": "999"}, DataError, "'999' is not in the mart"),
        ({"trust": "T1", "period": "May"}, UsageError, "YYYY-MM"),
        ({"trust": "T1", "months": 0}, UsageError, "months: 0"),
        ({"trust": "T1", "latest_in": "appointments"}, DataError, "the mart holds no appointments"),
    ],
)
def test_what_cannot_be_opened_is_said_with_a_cure(
    asked: dict[str, object], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        open_report("Stays", **asked)  # type: ignore[arg-type]


def test_an_empty_mart_says_how_to_fill_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match="nothing has been loaded yet; run `boardpack data load"):
        open_report("Stays", trust="T1")


def test_outside_a_project_it_says_where_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is not in a boardpack project"):
        open_report("Stays", trust="T1")


def test_a_pinned_version_is_read_whatever_has_been_loaded_since(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = Mart(root / ".boardpack" / "mart").version
    monkeypatch.setenv(VERSION_VARIABLE, version)
    assert open_report("Stays", trust="T1").mart.version == version


def test_a_project_without_a_register_has_the_shipped_one() -> None:
    register = open_report("Stays", trust="T1").register
    assert register.events_of("mean_los", "T1") == ()
    assert "rtt_18_weeks" in register.measures


def test_readers_can_look_for_a_report_by_board_and_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = fill_mart(tmp_path / ".boardpack", USUAL)
    named = [
        {"org_code": "T9", "name": "Nine", "kind": "trust", "region": "NORTH WEST", "icb_code": "QX1"},
        {"org_code": "T8", "name": "Eight", "kind": "trust", "region": "London", "icb_code": "QX2"},
        {"org_code": "QX1", "name": "NHS ONE AND ALL ICB", "kind": "icb"},
    ]
    with Mart(mart.path).load(source="more", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame(named))
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path)
    groups = {
        trust: open_report("Stays", trust=trust)._repr_mimebundle_()[MIME]["report"]["groups"]
        for trust in ("T1", "T8", "T9")
    }
    assert groups == {
        "T1": [],
        "T8": [["ICB", "QX2"], ["Region", "London"]],
        "T9": [["ICB", "NHS One and All ICB"], ["Region", "North West"]],
    }

"""The ledger: what was told by query, in whose name, and what happens where it is missing or damaged."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.bundle import Bundle, Cell, Column
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import EVERYBODY, Condition, Query
from helpers.data.keeping.state import back_up, restore
from helpers.data.ledger.manifests import manifest_entry, shown_cell
from helpers.data.ledger.releases import Releases, enter_witnesses
from helpers.data.ledger.releasing import decide_on
from helpers.data.ledger.witnesses import read_witnesses
from helpers.data.mart import Mart
from helpers.errors import GateError
from helpers.places import REPORT_VARIABLE

YEAR = Query("spells", "T1", (), "2026-04-01", "2027-04-01")
SURGERY, MEDICINE, ENT = (
    YEAR.where(Condition("specialty_code", (code,))) for code in ("100", "300", "120")
)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    """T1 has 8 in surgery, 8 in medicine and 1 in ENT, who stayed no night; T2 has 40 in surgery."""
    people = [("T1", "100", 4)] * 8 + [("T1", "300", 2)] * 8 + [("T1", "120", 0)] + [("T2", "100", 3)] * 40
    mixes = ["B"] * 7 + ["A"] * (len(people) - 7)
    spells = pd.DataFrame(people, columns=["org_code", "specialty_code", "los_days"])
    day = date(2026, 5, 5)
    spells = spells.assign(
        admitted=day, discharged=day, admission_method="elective", patient_class="ordinary",
        age_band="45-64", sex="female", imd_decile=5, casemix_group=mixes, cost=1.0,
    )  # fmt: skip
    mart = Mart(tmp_path / "state" / "mart")
    with mart.load(source="spells", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("spells", spells)
    return mart.at(mart.version)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    monkeypatch.setenv(REPORT_VARIABLE, "stays/T1")
    (tmp_path / "reports").mkdir()
    return Releases(tmp_path / "state", tmp_path / "reports")


def cells(ledger: Releases, mart: Mart, *queries: Query) -> list[object]:
    told = decide_on(ledger, mart, [Asked(query) for query in queries])
    return [shown_cell(told[query]) for query in queries]


def test_rounded_totals_do_not_tell_a_star(ledger: Releases, mart: Mart) -> None:
    # 8 + 8 + 1 = 17: with 10, 10 and 15 beside it the star can be nothing but 1
    shown = cells(ledger, mart, YEAR, SURGERY, MEDICINE, ENT)
    assert shown[0] == 15
    assert shown.count("*") == 2
    assert shown[3] == "*"


def test_what_was_told_first_stands_and_the_next_report_gives_way(
    ledger: Releases, mart: Mart, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cells(ledger, mart, SURGERY, MEDICINE, ENT) == [10, 10, "*"]
    ledger.release("stays/T1")
    monkeypatch.setenv(REPORT_VARIABLE, "other/T1")
    assert cells(ledger, mart, YEAR) == ["*"]
    assert cells(ledger, mart, SURGERY) == [10]


def test_nothing_is_entered_outside_a_batch(
    ledger: Releases, mart: Mart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(REPORT_VARIABLE)
    assert cells(ledger, mart, SURGERY, ENT) == [10, "*"]
    assert not ledger.path.exists()


def test_another_setting_does_not_tell_the_few_by_whom_it_differs(ledger: Releases, mart: Mart) -> None:
    # means of 1 decimal with and without the one stay of nought days would give it away
    both = decide_on(
        ledger, mart, [Asked(each, digits=1) for each in (YEAR, YEAR.where(Condition("los_days", low=1)))]
    )
    assert [shown_cell(each) for each in both.values()] == [15, "*"]


def test_figures_of_many_organisations_bind_only_where_few_people_would_show(
    ledger: Releases, mart: Mart
) -> None:
    others = Query(
        "spells", EVERYBODY, (Condition("org_code", ("T1",), excluded=True),), YEAR.first, YEAR.end
    )
    decide_on(ledger, mart, [Asked(others, exact=40)])
    assert [entry.told.query for entry in ledger.of_report("stays/T1")] == [others]


def test_all_less_all_others_tells_nothing_of_a_star(ledger: Releases, mart: Mart) -> None:
    # one of T1 and seven elsewhere are 8, the least that 10 can be: nobody could be taken from the one
    small = ENT.where(Condition("sex", ("female",)))
    nation = replace(small, organisation=EVERYBODY)
    assert cells(ledger, mart, small) == ["*"]
    told = decide_on(ledger, mart, [Asked(nation, exact=8)], about="T1")
    assert shown_cell(told[nation]) == 10  # the star can still be 2 or 3


def test_a_figure_of_several_gives_way_to_a_star_that_it_would_tell(ledger: Releases, mart: Mart) -> None:
    # seven of T1 and one elsewhere are 8, the least that 10 can be: a star that is small could be nothing but 7
    seven = YEAR.where(Condition("casemix_group", ("B",)))
    nation = replace(seven, organisation=EVERYBODY)
    assert cells(ledger, mart, seven) == ["*"]
    assert shown_cell(decide_on(ledger, mart, [Asked(nation, exact=8)], about="T1")[nation]) == "*"


def test_counts_that_the_report_did_not_ask_for_are_refused(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, SURGERY, MEDICINE, ENT)
    columns = (Column(label="Specialty"), Column(label="Patients", kind="count"))

    def table(*counts: Cell) -> Bundle:
        return Bundle(kind="table", id="tbl-x", columns=columns, rows=tuple(("a", each) for each in counts))

    assert ledger.unentered("stays/T1", [table(10, "*", 0, None)]) == []
    (problem,) = ledger.unentered("stays/T1", [table(10, 45)])
    assert "Patients" in str(problem)
    assert "45" not in str(problem)
    assert ledger.unentered("stays/T1", [table(10, 45).model_copy(update={"origin": "published"})]) == []
    assert len(ledger.unentered("other/T1", [table(10)])) == 1


def not_certified(ledger: Releases, *name: Query) -> None:
    with ledger.open() as database:
        enter_witnesses(database, "spells", "T1", {name: ()})


def test_the_later_of_two_figures_whose_difference_is_not_certified_is_told_no_more(
    ledger: Releases, mart: Mart, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cells(ledger, mart, YEAR, SURGERY) == [15, 10]
    ledger.release("stays/T1")
    not_certified(ledger, YEAR, SURGERY)
    monkeypatch.setenv(REPORT_VARIABLE, "other/T1")
    assert cells(ledger, mart, YEAR, SURGERY) == [15, "*"]
    assert ledger.shown_uncertified("other/T1", mart) == []


def test_the_gate_names_a_figure_that_tells_what_is_not_certified(ledger: Releases, mart: Mart) -> None:
    assert cells(ledger, mart, YEAR, SURGERY) == [15, 10]
    assert ledger.shown_uncertified("stays/T1", mart) == []
    not_certified(ledger, YEAR, SURGERY)
    (problem,) = ledger.shown_uncertified("stays/T1", mart)
    assert problem.where == f"ledger, {SURGERY.words}"
    ledger.release("stays/T1")  # what readers have seen is no reason to refuse what comes next
    assert ledger.shown_uncertified("stays/T1", mart) == []


def test_the_file_is_private_and_of_a_version(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, YEAR)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.folder.stat().st_mode) == 0o700


def test_a_ledger_of_a_newer_boardpack_is_neither_read_nor_written(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, YEAR)
    with ledger.open() as database:
        database.execute("PRAGMA user_version = 99")
    for ask in (lambda: ledger.uncertified([YEAR]), lambda: cells(ledger, mart, YEAR)):
        with pytest.raises(GateError, match="newer boardpack"):
            ask()


def test_who_asks_for_nothing_is_told_nothing(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, YEAR)
    assert ledger.uncertified([]) == []
    assert decide_on(ledger, mart, []) == {}


def test_a_ledger_of_the_first_schema_is_read_on(ledger: Releases, mart: Mart) -> None:
    kind = [["day", "2026-05-01"], ["org_code", "T1"], ["specialty_code", "100"]]
    two = [[[kind, 1.0, 4.0]], [[kind, -1.0, -4.0]]]
    first = [[[YEAR.entry, SURGERY.entry], two[:1]], [[ENT.entry], two]]
    assert cells(ledger, mart, YEAR, SURGERY) == [15, 10]
    with ledger.open() as database:  # as schema 1 kept it
        database.execute("DROP TABLE witnesses")
        database.execute(
            "CREATE TABLE witnesses (data_set TEXT NOT NULL, organisation TEXT NOT NULL, worlds TEXT NOT NULL, "
            "UNIQUE (data_set, organisation))"
        )
        database.execute("INSERT INTO witnesses VALUES ('spells', 'T1', ?)", (json.dumps(first),))
        database.execute("PRAGMA user_version = 1")
    assert ledger.uncertified([YEAR]) == [(YEAR, SURGERY)]
    with ledger.open() as database:
        (text,) = database.execute("SELECT worlds FROM witnesses").fetchone()
    step = (tuple(map(tuple, kind)), 1.0, 4.0)
    less = (step[0], -1.0, -4.0)
    assert read_witnesses(text) == {(YEAR, SURGERY): ((step,),), (ENT,): ((step,), (less,))}
    assert [each.told.query for each in ledger.of_report("stays/T1")] == [YEAR, SURGERY]


def test_a_missing_ledger_blocks_until_it_is_rebuilt_from_the_manifests(
    ledger: Releases, mart: Mart
) -> None:
    cells(ledger, mart, SURGERY, MEDICINE, ENT)
    ledger.release("stays/T1")
    told = [manifest_entry(entry.told) for entry in ledger.of_report("stays/T1")]
    manifest = {"report": "stays/T1", "made": "2026-06-01T00:00:00+00:00", "released": told}
    assert ledger.reports is not None
    (ledger.reports / "T1.manifest.json").write_text(json.dumps(manifest), "utf-8")
    ledger.path.unlink()
    for use in (lambda: ledger.release("stays/T1"), lambda: cells(ledger, mart, YEAR)):
        with pytest.raises(GateError, match=r"missing.*rebuild-ledger"):
            use()
    assert ledger.rebuild() == (1, 3)
    assert cells(ledger, mart, YEAR) == ["*"]
    assert sorted(str(shown_cell(entry.told)) for entry in ledger.entries("spells")) == ["*", "10", "10"]


def test_a_backup_holds_what_was_told(ledger: Releases, mart: Mart, tmp_path: Path) -> None:
    cells(ledger, mart, SURGERY, MEDICINE, ENT)
    ledger.release("stays/T1")
    back_up(tmp_path / "state", tmp_path / "copy.tar.gz")
    ledger.path.unlink()
    restore(tmp_path / "state", tmp_path / "copy.tar.gz", replace=True)
    assert cells(ledger, Mart(mart.path).at(mart.version), YEAR) == ["*"]


def test_a_report_that_was_replaced_or_withdrawn_still_binds(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, SURGERY, MEDICINE, ENT)
    ledger.release("stays/T1")
    cells(ledger, mart, SURGERY)  # the next edition in its place shows less
    ledger.release("stays/T1")
    assert len(ledger.of_report("stays/T1")) == 3
    assert cells(ledger, mart, YEAR) == ["*"]


def test_a_manifest_says_no_more_than_the_report(ledger: Releases, mart: Mart) -> None:
    asked = [Asked(YEAR, exactly=True), *(Asked(query) for query in (SURGERY, MEDICINE, ENT))]
    decide_on(ledger, mart, asked)
    listed = [manifest_entry(entry.told) for entry in ledger.of_report("stays/T1")]
    assert {each["shown"] for each in listed} <= {"*", 10, 15}
    assert all(set(each) == {"query", "shown", "mean"} for each in listed)


def test_the_first_report_that_tells_something_blocks_no_other(ledger: Releases) -> None:
    with ledger.open(), ledger.reading() as found:  # its tables are made, and not yet for others to see
        assert found is None
    with ledger.reading() as found:
        assert found is not None


def test_a_damaged_ledger_blocks(ledger: Releases, mart: Mart) -> None:
    cells(ledger, mart, YEAR)
    ledger.path.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(GateError, match="cannot be used"):
        ledger.release("stays/T1")


def test_a_manifest_that_is_just_being_replaced_is_waited_for_and_one_taken_away_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing moves the old manifest aside for a moment, while another report asks the ledger."""
    state, reports = tmp_path / ".boardpack", tmp_path / "reports"
    reports.mkdir()
    for name in ("a", "b"):
        (reports / f"{name}.manifest.json").write_text('{"report": "r", "made": "2026-01-01"}')
    read, missing = Path.read_text, {"a.manifest.json": 3, "b.manifest.json": 10**6}

    def vanishing(path: Path, *args: str) -> str:
        missing[path.name] = missing.get(path.name, 0) - 1
        if missing[path.name] >= 0:
            raise FileNotFoundError(path)
        return read(path, *args)

    monkeypatch.setattr(Path, "read_text", vanishing)
    assert Releases(state, reports).entries() == []
    assert missing["a.manifest.json"] == -1  # found again at the fourth look

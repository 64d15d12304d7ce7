"""Two audiences: a ward may see smaller numbers than the public, and nothing of that reaches the public."""

from __future__ import annotations

import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pypdfium2
import pytest
from nbformat import v4

from helpers.audience import Audience, mentions_of
from helpers.cli import main
from helpers.data.mart import Mart
from helpers.errors import ExitCode

Call = Callable[..., tuple[int, str, str]]

PUBLISHER = """
audiences:
  ward:
    readers: ward managers
    folder: ward-reports
    hide_up_to: 3
    reason: deaths are reviewed case by case
    owner: Medical Director
    decided: 2026-04-01
"""
MARK = "Not for publication. For ward managers only."
PARAMETERS = 'trust: T1\nperiod: "2026-04"\n'
#: people of T1 by specialty: shown to the ward, and to the public from 8 on, rounded
PEOPLE = {"100": 43, "101": 22, "300": 6, "301": 2, "302": 3, "303": 1}
TO_PUBLIC = ["45", "20", "–", "–", "–", "–"]
TO_WARD = ["43", "22", "6", "–", "–", "–"]
SETUP = """
from helpers import open_report
report = open_report("Stays by specialty", trust=trust, period=period, months=1)
report
"""
TABLE = """
frame = report.records("spells", by="specialty_code").count()
report.table(frame[["specialty_code", "count"]], caption="Stays")
"""


def spells() -> pd.DataFrame:
    usual = {
        "org_code": "T1", "admitted": date(2026, 4, 1), "discharged": date(2026, 4, 15), "los_days": 4.0,
        "admission_method": "elective", "patient_class": "ordinary", "age_band": "45-64", "sex": "female",
        "imd_decile": 5, "casemix_group": "A", "readmitted_30d": False, "died": False, "cost": 100.0,
    }  # fmt: skip
    rows = [{**usual, "specialty_code": code} for code, people in PEOPLE.items() for _ in range(people)]
    return pd.DataFrame([*rows, *({**usual, "org_code": "T2", "specialty_code": "100"} for _ in range(60))])


def notebook_of(path: Path, *cells: str) -> None:
    given = v4.new_code_cell(
        'trust: "org" = "T1"  # code\nperiod: "month" = "2026-04"  # month',
        metadata={"tags": ["parameters"]},
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [v4.new_code_cell(cell.strip()) for cell in cells]
    nbformat.write(v4.new_notebook(cells=[given, *code], metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose ward has pages of its own beside the public ones, of the same notebook; all were run."""
    root = tmp_path_factory.mktemp("two") / "project"
    for folder in ("notebooks", "params/stays"):
        (root / folder).mkdir(parents=True)
    with Mart(root / ".boardpack" / "mart").load(
        source="codes", layout="l", policy="published", synthetic=True
    ) as load:
        trusts = [{"org_code": code, "name": f"Trust {code}", "kind": "trust"} for code in ("T1", "T2")]
        load.write("organisations", pd.DataFrame(trusts))
    with Mart(root / ".boardpack" / "mart").load(
        source="pas", layout="l", policy="hes_record_level", synthetic=True
    ) as load:
        load.write("spells", spells())
    notebook_of(root / "notebooks" / "stays.ipynb", SETUP, TABLE)
    (root / "params" / "_publisher.yml").write_text(PUBLISHER, "utf-8")
    (root / "params" / "stays" / "board.yml").write_text(PARAMETERS, "utf-8")
    (root / "params" / "stays" / "matrons.yml").write_text(f"audience: ward\n{PARAMETERS}", "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), "run", "--to", "html,pdf,docx,pptx", "--renderer", "embedded"])
    assert ended.value.code == 0
    return root


@pytest.fixture
def call(root: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), *words])
        said = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


def pages(root: Path, folder: str, ending: str) -> bytes:
    (path,) = (root / folder / "2026-04" / "stays").glob(f"*.{ending}")
    return path.read_bytes()


def counts(root: Path, folder: str) -> list[str]:
    (table,) = pd.read_html(
        root / folder / "2026-04" / "stays" / {"reports": "board.html"}.get(folder, "matrons.html")
    )
    return [str(each) for each in table.iloc[:, -1]]


def test_each_audience_sees_counts_by_its_own_policy(root: Path) -> None:
    assert counts(root, "reports") == TO_PUBLIC
    assert counts(root, "ward-reports") == TO_WARD


def test_every_page_of_every_format_bears_that_it_is_not_for_publication(root: Path) -> None:
    assert MARK in pages(root, "ward-reports", "html").decode()
    pdf = pypdfium2.PdfDocument(pages(root, "ward-reports", "pdf"))
    assert len(pdf) > 0
    for page in pdf:
        assert MARK in page.get_textpage().get_text_range()
    folder = root / "ward-reports" / "2026-04" / "stays"
    with zipfile.ZipFile(folder / "matrons.docx") as word:
        feet = [word.read(name).decode() for name in word.namelist() if "footer" in name]
    assert len(feet) == 2
    assert all(MARK in foot for foot in feet)
    with zipfile.ZipFile(folder / "matrons.pptx") as deck:
        slides = [
            deck.read(name).decode() for name in deck.namelist() if name.startswith("ppt/slides/slide")
        ]
    assert slides
    assert all(MARK in slide for slide in slides)
    for name in ("index.html", "all.html", "runs.html", "compare.html"):
        assert MARK in (root / "ward-reports" / name).read_text("utf-8")
    assert json.loads(pages(root, "ward-reports", "manifest.json"))["not_for_publication"] == MARK


def test_nothing_public_knows_of_the_ward(root: Path) -> None:
    public = [path for path in (root / "reports").rglob("*") if path.is_file()]
    assert len(public) > 8
    for path in public:
        text = path.read_bytes().lower()
        assert not [word for word in (b"matron", b"ward", b"not for publication") if word in text], path
    state = root / ".boardpack"
    for name in ("released/ledger.sqlite", "history.sqlite"):
        database = sqlite3.connect(state / name)
        assert not [row for row in database.iterdump() if "matrons" in row]
        database.close()
        assert (state / "audiences" / "ward" / name).is_file()


def test_what_is_asked_of_the_public_says_nothing_of_the_ward(call: Call) -> None:
    told = call("audit", "--released", "spells")[1]
    assert "stays/board" in told
    assert "matrons" not in told
    ward = call("audit", "--released", "spells", "--audience", "ward")[1]
    assert "specialty_code 300: 6\n" in ward
    assert "board" not in ward


def test_the_ward_has_its_own_folder_that_others_may_not_open_and_git_leaves_out(root: Path) -> None:
    assert stat.S_IMODE((root / "ward-reports").stat().st_mode) == 0o750
    assert (root / "ward-reports" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            'report.say("More is in [the ward\'s pages](../ward-reports/index.html).")',
            "mentions a page of the audience",
        ),
        ('report.say("See ward-reports/2026-04/stays/matrons.html")', "mentions a page of the audience"),
        (
            "report.say(open(ROOT + '/ward-reports/2026-04/stays/matrons.html').read()[:9])",
            "nor pages for other readers",
        ),
        (
            "import sqlite3\nsqlite3.connect(ROOT + '/.boardpack/audiences/ward/released/ledger.sqlite')"
            ".execute('SELECT * FROM cells')",
            "unable to open database file",
        ),
    ],
)
def test_nothing_public_is_made_from_the_ward_s_pages(
    root: Path, call: Call, cell: str, words: str
) -> None:
    notebook_of(root / "notebooks" / "leak.ipynb", SETUP, f"ROOT = {str(root)!r}\n{cell}", TABLE)
    (root / "params" / "leak").mkdir(exist_ok=True)
    (root / "params" / "leak" / "T1.yml").write_text(PARAMETERS, "utf-8")
    code, _, told = call("run", "leak", "--to", "html", "--renderer", "embedded", "--force")
    assert code in (ExitCode.GATE, ExitCode.REPORT)
    assert words in told
    assert not (root / "reports" / "2026-04" / "leak").exists()


def test_a_note_in_the_place_of_a_public_report_leads_nobody_there(call: Call) -> None:
    code, _, told = call(
        "withdraw", "stays/board", "--why", "Read ward-reports/2026-04/stays/matrons.html instead."
    )
    assert code == ExitCode.GATE
    assert "mentions a page of the audience ward" in told


def test_people_decide_over_the_ward_s_reports_as_over_others(root: Path, call: Call) -> None:
    assert "ward:" in call("status")[1]
    assert "board" not in call("status", "--audience", "ward")[1]
    assert f"ward: {MARK}" in call("show", "matrons")[1]
    assert "up to date" in call("why", "matrons", "--renderer", "embedded")[1]
    assert json.loads(call("history", "stays/matrons", "--json")[1])[0]["audience"] == "ward"
    page = root / "ward-reports" / "2026-04" / "stays" / "matrons.html"
    assert call("withdraw", "stays/matrons", "--why", "Counted twice.")[0] == 0
    assert MARK in page.read_text("utf-8")
    assert "Counted twice." in (root / "ward-reports" / "all.html").read_text("utf-8")
    assert call("run", "matrons", "--to", "html", "--renderer", "embedded", "--force")[0] == 0
    assert call("approve", "matrons")[0] == 0
    assert counts(root, "ward-reports") == TO_WARD
    assert "withdrawn" not in call("status", "--audience", "public")[1]


def test_a_ledger_is_rebuilt_for_each_audience_by_its_policy(call: Call) -> None:
    before = call("audit", "--released", "spells", "--audience", "ward", "--json")[1]
    assert "ward: " in call("state", "rebuild-ledger")[1]
    after = call("audit", "--released", "spells", "--audience", "ward", "--json")[1]
    shown = [{each["shown"] for each in json.loads(text)["released"]} for text in (before, after)]
    assert "6" in shown[1]
    assert shown[1] <= shown[0]


def test_a_change_of_policy_makes_the_ward_s_reports_due_and_no_other(root: Path, call: Call) -> None:
    path = root / "params" / "_publisher.yml"
    path.write_text(PUBLISHER.replace("hide_up_to: 3", "hide_up_to: 0"), "utf-8")
    try:
        told = call("run", "stays", "--dry-run", "--renderer", "embedded")[1].splitlines()
        assert "stays/matrons: changed: audience" in told
        assert not [line for line in told if line.startswith("stays/board") and "unchanged" not in line]
    finally:
        path.write_text(PUBLISHER, "utf-8")


def test_an_audience_that_is_not_named_is_refused_with_its_place(root: Path, call: Call) -> None:
    path = root / "params" / "stays" / "other.yml"
    path.write_text(f"audience: wards\n{PARAMETERS}", "utf-8")
    try:
        code, _, told = call("check")
    finally:
        path.unlink()
    assert code == ExitCode.USAGE
    assert "other.yml, line 1, `audience`: the audience wards is not named in params/_publisher.yml" in told
    assert "did you mean ward?" in told


def test_words_that_only_look_like_a_page_are_let_through() -> None:
    check = mentions_of([Audience(name="ward", readers="ward managers", folder="ward")])
    assert check("The ward/unit ratio fell; each ward (see below) has one.", "document") == []
    assert check('<a href="../ward/">more</a>', "html")

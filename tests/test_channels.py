"""What is published of two trusts that differ in hidden counts alone is the same in every channel.

Page, chart coordinates, axis ends, order of rows, alt texts, data behind, slides, Word, PDF, the portal's sentences,
its search, the compared periods, delivered files and the manifests, of stays and missed appointments, and of a
performance report, scorecard and peers on a measure of the trust's own: whatever differs tells a reader which of the
two trusts it is.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pypdfium2
import pytest
from nbformat import v4
from solver import Oracle

from helpers.cli import main
from helpers.data.disclosure.people import find_people
from helpers.data.disclosure.queries import Condition, Told
from helpers.data.ledger.releases import Releases
from helpers.data.mart import Mart

#: stays of two trusts by specialty in each month: those of 1 to 7 are hidden, the others look alike when rounded
ONE = {"100": 43, "101": 22, "300": 6, "301": 2, "302": 3, "303": 5}
OTHER = {"100": 44, "101": 21, "300": 2, "301": 5, "302": 6, "303": 3}
#: missed appointments of theirs
MISSED = ({**ONE, "100": 16, "101": 12}, {**OTHER, "100": 17, "101": 11})
FEW = 7
MONTHS = [
    date(2025 + month // 12, month % 12 + 1, 15) for month in range(2, 16)
]  # March 2025 to April 2026

OPEN = """
import seaborn as sns
from helpers import open_report
from helpers.analyses import did_not_attend, length_of_stay
report = open_report("Stays", trust=trust, period=period, months=1)
report
"""
ASK = """
stays = length_of_stay(report)
missed = did_not_attend(report)
by = report.records("spells", by="specialty_code").mean("los_days")
waiting = report.records("waits", by="specialty_code").count()
"""
WAITS = 'report.table(waiting[["specialty_code", "count"]], caption="Patients added to lists by specialty")'
SAY = 'report.say("{count} stays of {mean:.1f} days.", **by[["count", "mean"]].iloc[0])'
TABLE = 'report.table(by[["specialty_code", "count", "mean"]], caption="Stays by specialty")'
PLOT = """
#| label: fig-mean
#| fig-cap: Mean stay by specialty.
#| fig-alt: Bars.
sns.barplot(by, x="specialty_code", y="mean");
"""
PARTS = {
    "stays": ("headline", "crude", "groups", "worth", "tails", "trend", "peers"),
    "missed": (
        "rates",
        "specialties",
        'trend.figure(label="fig-missed")',
        "trend.say()",
        'peers.figure(label="fig-rates")',
    ),
}
#: a measure of their own: of 80 patients each month, so many without a check; those of the hidden months differ
CHECKS = {"name": "Patients without a check", "subject": "the share of patients without a check", "kind": "proportion",
          "numerator": "Patients without a check", "denominator": "Patients", "unit": "%", "direction": "decrease",
          "scorecard": True, "perspective": "processes", "source": "checks"}  # fmt: skip
UNCHECKED = ({5: 2, 10: 6, 13: 3}, {5: 6, 10: 3, 13: 5})
OPEN_BOARD = """
from helpers import open_report
from helpers.analyses import peer_benchmark, performance, scorecard
report = open_report("Board", trust=trust, period=period, months=1, latest_in="measures")
report
"""
ASK_BOARD = """
board = performance(report, measures=["checks"])
card = scorecard(report, measures=["checks"])
peers = peer_benchmark(report, "checks")
by = report.records("spells", by="specialty_code").count()
"""
BOARD_PARTS = (
    *(f"board.{name}" for name in ("headline()", "page_one", "summary", "exceptions", "annex", "matrix")),
    *(f"card.{name}" for name in ("headline()", "measures", "gaps")),
    *(f"peers.{name}" for name in ("headline()", "trusts()", "groups()", "movement()", "left_out")),
    'report.deliver(by[["specialty_code", "count"]], "stays.csv")',
)
FORMATS = ("html", "pdf", "docx", "pptx")
#: names of a run, times, and hashes of what differs by these alone
OF_THE_RUN = re.compile(
    r"20\d{6}T\d{6}Z-[0-9a-f]+|20\d\d-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)?|\b[0-9a-f]{12,64}\b"
)
OF_PEOPLE = re.compile(r"\b(\d[\d,]*) (?:patients|people|stays|discharges|appointments|missed)\b")
CLOCK = re.compile(r"\d+ (?:min )?(?:\d+ )?s\b|\d\d:\d\d")


def spells(own: dict[str, int]) -> pd.DataFrame:
    usual = {
        "admission_method": "elective", "patient_class": "ordinary", "age_band": "45-64", "sex": "female",
        "imd_decile": 5, "casemix_group": "A", "readmitted_30d": False, "died": False, "cost": 100.0,
    }  # fmt: skip
    stays = {"T1": own, **{code: dict.fromkeys(own, 30) for code in ("T2", "T3", "T4")}}
    rows = []
    for day, (code, specialties) in itertools.product(MONTHS, stays.items()):
        for specialty, people in specialties.items():
            # within a specialty all stay as long, and both large ones do: means do not tell the trusts apart
            days = 4 if own[specialty] <= FEW else 2 + day.month % 5
            place = {"org_code": code, "specialty_code": specialty, "discharged": day}
            stay = {"los_days": float(days), "admitted": day.replace(day=15 - days)}
            rows += [{**usual, **place, **stay}] * people
    return pd.DataFrame(rows)


def appointments(own: dict[str, int]) -> pd.DataFrame:
    usual = {
        "kind": "first", "mode": "telephone", "age_band": "45-64", "sex": "female", "imd_decile": 5, "lead_days": 20.0
    }  # fmt: skip
    missed = {
        "T1": own,
        **{code: {"100": 9, "300": 8} for code in ("T2", "T3", "T4")},
    }
    rows = []
    for day, (code, specialties) in itertools.product(MONTHS, missed.items()):
        for specialty, people in specialties.items():
            place = {"org_code": code, "specialty_code": specialty, "appointment_date": day}
            outcomes = ["dna"] * people + ["attended"] * (80 - people)
            rows += [{**usual, **place, "outcome": outcome} for outcome in outcomes]
    return pd.DataFrame(rows)


def waits(own: dict[str, int]) -> pd.DataFrame:
    """Patients added to lists: as many of each specialty and month as there are stays."""
    return pd.DataFrame(
        [
            {"org_code": "T1", "specialty_code": specialty, "referred": day, "weeks": 3.0}
            for day, (specialty, people) in itertools.product(MONTHS, own.items())
            for _ in range(people)
        ]
    )


def checks(own: dict[int, int]) -> pd.DataFrame:
    usual = {
        "measure": "checks", "period_type": "month", "basis": "provider", "status": "actual", "denominator": 80.0,
        "origin": "records", "suppressed": False,
    }  # fmt: skip
    rows = []
    for place, day in enumerate(MONTHS):
        for code in ("T1", "T2", "T3", "T4"):
            some = own.get(place, 20 + place) if code == "T1" else 24 + 3 * int(code[1])
            figure = {"org_code": code, "period": pd.Timestamp(day.replace(day=1))}
            rows.append({**usual, **figure, "numerator": float(some), "value": 100 * some / 80})
    return pd.DataFrame(rows)


def publish(root: Path, stays: dict[str, int], missed: dict[str, int], unchecked: dict[int, int]) -> Path:
    """Return the published folder of a project in which T1 has these counts: two months, the second in all formats."""
    for folder in ("notebooks", "params/stays", "params/board", "params/_register"):
        (root / folder).mkdir(parents=True)
    mart = Mart(root / ".boardpack" / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        trusts = [
            {"org_code": f"T{each}", "name": f"Trust T{each}", "kind": "trust"} for each in range(1, 5)
        ]
        load.write("organisations", pd.DataFrame(trusts))
    with mart.load(source="pas", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("spells", spells(stays))
        load.write("appointments", appointments(missed))
        load.write("waits", waits(stays))
    with mart.load(source="checks", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("measure_values", checks(unchecked))
    (root / "params" / "_register" / "measures.yml").write_text(json.dumps({"checks": CHECKS}), "utf-8")
    parts = [f"{analysis}.{name}" for analysis, names in PARTS.items() for name in names]
    write_notebook(root, "stays", [OPEN, ASK, *parts, SAY, WAITS, PLOT, TABLE])
    write_notebook(root, "board", [OPEN_BOARD, ASK_BOARD, *BOARD_PARTS])
    for month, formats in (("2026-03", "html"), ("2026-04", ",".join(FORMATS))):
        for name in ("stays", "board")[: 1 + (month == "2026-04")]:
            given = f'trust: T1\nperiod: "{month}"\n'
            (root / "params" / name / "T1.yml").write_text(given, "utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), "run", "--to", formats, "--renderer", "embedded"])
        assert ended.value.code == 0
    return root / "reports"


def write_notebook(root: Path, name: str, cells: list[str]) -> None:
    given = v4.new_code_cell(
        'trust: "org" = "T1"  # code\nperiod: "month" = "2026-04"  # month',
        metadata={"tags": ["parameters"]},
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [v4.new_code_cell(cell.strip()) for cell in cells]
    book = v4.new_notebook(cells=[given, *code], metadata={"kernelspec": kernel})
    nbformat.write(book, root / "notebooks" / f"{name}.ipynb")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the published folders of the two trusts."""
    folder = tmp_path_factory.mktemp("channels")
    return [
        publish(folder / f"trust{place}" / "project", *each)
        for place, each in enumerate(zip((ONE, OTHER), MISSED, UNCHECKED, strict=True))
    ]


@pytest.fixture(scope="module")
def told(published: list[Path]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what every published file of the two trusts says, by its name."""
    one, other = map(channels, published)
    return one, other


def channels(reports: Path) -> dict[str, str]:
    files = (each for each in sorted(reports.rglob("*")) if each.is_file() and each.name != ".gitkeep")
    return {
        str(each.relative_to(reports)): CLOCK.sub("", OF_THE_RUN.sub("", said_in(each))) for each in files
    }


def said_in(path: Path) -> str:
    """Return what somebody can read out of a file: text as it is, packed pages as their parts, a PDF as drawn."""
    if path.suffix in (".docx", ".pptx"):
        with zipfile.ZipFile(path) as packed:
            return "\n".join(f"{name}: {packed.read(name)!r}" for name in sorted(packed.namelist()))
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(line for page in pdf for line in drawn_on(page))
    return path.read_text("utf-8")


def drawn_on(page: pypdfium2.PdfPage) -> Iterator[str]:
    """Yield the text of a page, and where its lines and areas lie."""
    yield page.get_textpage().get_text_range()
    for each in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        yield str(each.get_bounds())


def test_every_channel_is_there(told: tuple[dict[str, str], dict[str, str]]) -> None:
    names = list(told[0])
    assert names == list(told[1])
    endings = {name.rpartition(".")[2] for name in names}
    assert endings >= {*FORMATS, "json", "csv"}
    assert {"index.html", "compare.html", "all.html"} <= set(names)


def test_the_small_counts_are_hidden_and_the_others_rounded(
    told: tuple[dict[str, str], dict[str, str]],
) -> None:
    tables = pd.read_html(io.StringIO(told[0]["2026-04/stays/T1.html"]))
    first, last = tables[0], tables[-1]
    assert first["Patients"].tolist() == [80, 80]
    assert last["count"].tolist() == ["45", "20", *["–"] * 4]
    looked_at = 0
    for name, text in told[0].items():
        for number in OF_PEOPLE.findall(text):
            looked_at += 1
            assert int(number.replace(",", "")) % 5 == 0, f"{name}: {number}"
    assert looked_at > 5


@pytest.mark.parametrize("data_set", ["spells", "appointments", "waits"])
def test_a_solver_finds_three_values_for_each_star_and_fewer_where_one_is_told(
    published: list[Path], data_set: str
) -> None:
    root = published[0].parent
    mart = Mart(root / ".boardpack" / "mart")
    entries = [each.told for each in Releases(root / ".boardpack", published[0]).entries(data_set)]
    mine = [each for each in entries if each.query.organisation == "T1"]
    people = find_people(mart.at(mart.version), [each.query for each in mine], "T1")
    few = Condition("specialty_code", ("300",))
    stars = [each.query for each in mine if each.star and few in each.query.conditions]
    assert stars
    reader = Oracle(people, mine, within=few)
    assert all(reader.values(query) >= 3 for query in stars)
    for query in stars:
        number = int(people.count[people.mask(query)].sum())
        assert Oracle(people, [*mine, Told(query, number, number)], within=few).values(query) == 1


def test_nothing_tells_which_of_two_hidden_counts_it_is(
    told: tuple[dict[str, str], dict[str, str]],
) -> None:
    one, other = told
    assert leaks(one, other) == {}


@pytest.mark.parametrize("ending", [*FORMATS, "json", "csv"])
def test_a_hidden_count_that_one_channel_tells_is_found_there(
    told: tuple[dict[str, str], dict[str, str]], ending: str
) -> None:
    name = next(each for each in told[0] if each.endswith(f".{ending}"))
    planted = [
        published | {name: f'{published[name]} y="{3 * own["300"]}.4"'}
        for published, own in zip(told, (ONE, OTHER), strict=True)
    ]
    assert list(leaks(*planted)) == [name]


def leaks(one: dict[str, str], other: dict[str, str]) -> dict[str, list[Any]]:
    return {name: differing(one[name], other[name]) for name in one if one[name] != other[name]}


def differing(one: str, other: str) -> list[Any]:
    """Return the first places where two texts differ."""
    pairs = itertools.zip_longest(re.split(r"(?<=[>\n])", one), re.split(r"(?<=[>\n])", other))
    return [(a and a[:200], b and b[:200]) for a, b in pairs if a != b][:5]

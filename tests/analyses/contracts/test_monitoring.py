"""What is got for what is paid: by hand, at its edges, and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from made_results import quiet, target
from plain_english import jargon_in, text_problems

from helpers.analyses import contract_monitoring
from helpers.analyses.contracts import duties, words
from helpers.analyses.contracts.analysis import ContractMonitoring
from helpers.analyses.contracts.lines import SMALL, Balance, Variance, as_told, build_balance
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import Query, Told
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.policy import HES_RECORD_LEVEL
from helpers.data.schema import CONTRACT_FIGURES
from helpers.errors import DataError, UsageError
from helpers.measures.examples import example_measure
from helpers.register.contract import (
    Contract,
    Incentive,
    InformationItem,
    Meeting,
    PaymentElement,
    PaymentScheme,
    QualityStandard,
)
from helpers.report.period import Period, add_months
from helpers.report.report import Report
from helpers.stats.contract import Split

APRIL, JUNE = date(2026, 4, 1), date(2026, 6, 1)
MONTHS = [add_months(APRIL, n) for n in range(12)]
SCHEME = PaymentScheme(
    id="2026-27",
    name="the scheme",
    source="a source",
    elements={
        "elective": PaymentElement.model_validate(
            {
                "name": "Elective",
                "points_of_delivery": ["Day case", "Elective"],
                "bands": [{"rate": 1}],
                "source": "s",
            }
        ),
        "rest": PaymentElement(name="Fixed", fixed=1, source="s"),
    },
)


def line(
    specialty: str,
    point: str,
    *,
    planned: Iterable[float | None] = (100,) * 12,
    price: float | Iterable[float | None] | None = 10,
    done: Iterable[float | None] = (100,) * 3,
    value: Iterable[float | None] | None = None,
) -> pd.DataFrame:
    """Return a line from April 2026 on; what is done is worth the planned price unless a value is given."""
    columns: dict[str, list[float | None]] = {
        "planned_activity": list(planned),
        "planned_price": list(price) if isinstance(price, Iterable) else [price] * 12,
        "actual_activity": list(done),
        "actual_value": list(value or ()),
    }
    filled = {name: [*cells, *[None] * 12][:12] for name, cells in columns.items()}
    frame = pd.DataFrame({"month": MONTHS, **filled}).astype(dict.fromkeys(CONTRACT_FIGURES, float))
    frame = frame[frame[list(CONTRACT_FIGURES)].notna().any(axis=1)]
    return frame.assign(specialty=specialty, point_of_delivery=point, line=f"{specialty}, {point}")


def balance(*lines: pd.DataFrame, last: date = JUNE, scheme: PaymentScheme | None = SCHEME) -> Balance:
    return build_balance(pd.concat(lines), last, HES_RECORD_LEVEL, scheme=scheme, contract=None)


def test_a_specialty_by_hand() -> None:
    # a quarter's plan: 300 x £10 + 150 x £40 = £9,000, £20 on average
    found = balance(
        line("Eyes", "Day case", done=(80,) * 3),
        line("Eyes", "Elective", planned=(50,) * 12, price=40, done=(70,) * 3, value=(2_870,) * 3),
    )
    (row,) = found.rows
    assert (row.planned_value, row.value, row.done) == (9_000_00, 11_010_00, 450)
    assert row.split == Split(volume=0, mix=1_800_00, price=210_00)
    assert found.year == 36_000_00
    assert [(each.delivered, each.due) for each in found.paid] == [(11_010_00, 11_010_00)]


def test_lines_that_count_few_stand_together_and_nothing_is_lost() -> None:
    found = balance(
        line("Eyes", "Day case"),
        line("Eyes", "Elective", planned=(3,) * 12, done=(9, 4, 9), price=500),
        line("Ears", "Day case", done=(20,) * 3),
        line("Ears", "Elective", done=(40,) * 3),
    )
    rows = {row.name: row for row in found.rows}
    assert set(rows) == {"Eyes", "Ears", SMALL}
    # 9 + 20 and so on: the smallest other line joins, so that no month of the group counts few
    assert (rows[SMALL].done, rows["Ears"].done) == (22 + 60, 120)
    assert found.total.done == 300 + 22 + 60 + 120
    assert found.total.value == (300 * 10 + 22 * 500 + 60 * 10 + 120 * 10) * 100


@pytest.mark.parametrize(
    ("extra", "part", "pounds"),
    [
        (
            line("Skin", "Day case", planned=(), price=None, done=(20,) * 3, value=(90,) * 3),
            "unplanned",
            270,
        ),
        (line("Skin", "Day case", planned=(0,) * 12, done=(20,) * 3), "volume", 600),
        # the price rises in May, and what is done is paid at it: no other price was paid
        (line("Skin", "Day case", price=[10, *[12] * 11], value=(1_000, 1_200, 1_200)), "", 0),
    ],
    ids=["only in the return", "a plan of nought", "another price from May"],
)
def test_edges_of_a_plan(extra: pd.DataFrame, part: str, pounds: float) -> None:
    found = {row.name: row for row in balance(line("Eyes", "Day case"), extra).rows}
    assert found["Eyes"].split == Split()
    assert replace(found["Skin"].split, phasing=0) == (
        Split(**{part: round(pounds * 100)}) if part else Split()
    )


def test_a_month_without_a_return_is_left_out_on_both_sides_and_named() -> None:
    found = balance(line("Eyes", "Day case"), line("Ears", "Day case", done=(100, None, 0)))
    ears = next(row for row in found.rows if row.name == "Ears")
    # June returned nought, which is less than planned; May returned nothing, which is no difference
    assert (ears.planned_value, ears.value, ears.split) == (2_000_00, 1_000_00, Split(volume=-1_000_00))
    assert words.left_out_sentences(found) == [
        "Ears: nothing has been returned of May 2026 where £1,000 was planned; left out on both sides."
    ]


def test_without_any_plan_nothing_is_compared() -> None:
    found = balance(line("Eyes", "Day case", planned=(), price=None, value=(1_000,) * 3), scheme=None)
    assert found.year is None
    assert words.money_sentence(found) == (
        "From April to June 2026 activity worth £3,000 was delivered: there is no plan to hold it against."
    )
    assert words.year_sentence(found, rules=False) == (
        "No forecast of the year is made: the plan does not cover the year."
    )
    assert words.due_sentence(found, None, "2026-27") == (
        "What is due is not worked out: the register has no payment/2026-27.yml."
    )


def test_what_no_rule_pays_is_named() -> None:
    alone = SCHEME.model_copy(update={"elements": {"elective": SCHEME.elements["elective"]}})
    found = balance(line("Eyes", "Day case"), line("Eyes", "Non-elective"), scheme=alone)
    assert words.due_sentence(found, alone, "2026-27") == (
        "Under the rules of 2026/27 £3,000 is due: £3,000 (50.0%) less than planned. "
        "No rule pays activity worth £3,000."
    )


def row(name: str, planned: int, **parts: int) -> Variance:
    split = Split(**{part: pounds * 100 for part, pounds in parts.items()})
    return Variance(name, 1, 10, planned * 100, planned * 100 + split.against_plan, split, (name,))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("Eyes", 10_000, volume=2_000)], "Furthest from plan: Eyes, £2,000 over plan, mainly more activity."),
        ([row("Eyes", 10_000, volume=-2_000)], "Furthest from plan: Eyes, £2,000 under plan, mainly less activity."),
        (
            [row("Eyes", 10_000, volume=-500, mix=3_600), row("Ears", 10_000, price=-1_000)],
            "Furthest from plan: Eyes, £3,000 over plan, mainly a dearer mix than planned; Ears, £1,000 under plan, "
            "mainly lower prices than planned.",
        ),
        (
            [row("Skin", 0, unplanned=4_000)],
            "Furthest from plan: Skin, £4,000 over plan, mainly activity that no plan names.",
        ),
        ([row("Eyes", 1_000_000, volume=100)], ""),
    ],
)  # fmt: skip
def test_why_is_told_by_case(rows: list[Variance], said: str) -> None:
    found = Balance((APRIL,), tuple(rows), (), {}, None, None)
    assert words.why_sentence(found) == said


# --- what else it asks for --------------------------------------------------------------------------------

SOUND = quiet(
    10.2, targets=[target(8.0)], measure=example_measure(direction="increase", name="Seen in time")
)
BROKEN = quiet(4.0, targets=[target(8.0)], measure=example_measure(direction="increase", name="Cleaned"))


def standard(result: Any) -> duties.Standard:
    name = result.measure.name
    return duties.Standard(QualityStandard(measure=result.measure.id, consequence="A plan"), name, result)


def test_standards_say_since_when_they_are_breached() -> None:
    met, broken = standard(SOUND), standard(BROKEN)
    assert (met.since, broken.since) == (None, BROKEN.series.days[-1])
    assert duties.standard_words(met).endswith(": met")
    assert "breached since" in duties.standard_words(broken)
    assert words.quality_sentence([met]) == "None of one quality standard is breached."
    assert words.quality_sentence([broken, met]).startswith(
        "One of two quality standards is breached: Cleaned since"
    )
    assert words.quality_sentence([]) == ""
    nothing = duties.Standard(met.asked, "Unseen", None)
    assert duties.standard_words(nothing) == "no figure is shown"


RETURN = InformationItem.model_validate(
    {
        "name": "Activity return", "owner": "Head of information", "due_days": 20, "since": "2026-04",
        "came": {"2026-04": {"on": "2026-05-20"}, "2026-05": {"on": "2026-06-25", "complete": False}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 5, 19), "nothing was due yet"),
        (date(2026, 5, 20), "all 1 came in time and complete"),
        (date(2026, 6, 22), "not here yet: that of May 2026"),
        (date(2026, 6, 30), "late: that of May 2026; not complete: that of May 2026"),
        (
            date(2026, 7, 21),
            "not here yet: that of June 2026; late: that of May 2026; not complete: that of May 2026",
        ),
    ],
)
def test_returns_are_judged_on_the_day(day: date, said: str) -> None:
    (found,) = duties.returns([RETURN], JUNE, day)
    assert duties.returns_words(found) == said


def test_incentives_slide() -> None:
    asked = [
        Incentive(measure="a", low=8, high=12, pounds=2_000, source="s"),
        Incentive(measure="b", low=0, high=1, pounds=400, source="s"),
    ]
    contract = Contract(
        id="c", organisation="T1", name="C", commissioner="I", year="2026-27", incentives=tuple(asked)
    )
    found = duties.earned(contract, {"a": SOUND}, {"a": "A", "b": "B"})
    assert [(each.name, each.share) for each in found] == [("A", pytest.approx(0.55)), ("B", None)]
    assert words.incentive_sentence(found) == (
        "By the latest values £1,000 of £2,000 is earned; £1,000 is still to be earned."
    )
    assert words.incentive_sentence([]) == ""
    assert (
        words.lacking_sentence("incentive scheme", has_contract=True)
        == "This contract has no incentive scheme."
    )


def test_the_agenda_has_what_is_overdue_first_then_what_is_new() -> None:
    last = BROKEN.series.days[-1]
    meeting = Meeting.model_validate(
        {
            "contract": "c", "day": str(last), "present": ["Head of contracts"],
            "items": [
                {"issue": "I", "action": "Explain", "owner": "Head of contracts", "due": str(add_months(last, 1))},
                {"issue": "I", "action": "Plan", "owner": "Head of contracts", "due": str(add_months(last, 6))},
            ],
        }
    )  # fmt: skip
    (awaited,) = duties.returns([RETURN], JUNE, date(2026, 7, 21))
    day = add_months(last, 2)
    decided = meeting.actions("T1")
    points = duties.agenda([standard(SOUND), standard(BROKEN)], [], [awaited], [meeting], decided, day)
    assert [kind for kind, _ in points] == ["Overdue", "New breach", "Return", "Open"]
    # a breach that an earlier meeting has seen is not new
    later = meeting.model_copy(update={"day": add_months(last, 1)})
    assert "New breach" not in dict(duties.agenda([standard(BROKEN)], [], [], [later], (), day))
    assert duties.meetings_words([], day) == "No meeting is kept in `meetings.yml`."


# --- the whole of it --------------------------------------------------------------------------------------

Make = Callable[..., ContractMonitoring]
CONTRACT = """
acute:
  organisation: T1
  name: Acute services
  commissioner: a board
  year: 2026-27
"""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*lines: pd.DataFrame, contracts: str = "", contract: str | None = None) -> ContractMonitoring:
        folder = tmp_path / "params" / "_register"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "contracts.yml").write_text(contracts, "utf-8")
        mart = Mart(tmp_path / "mart")
        with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
            load.write(
                "organisations", pd.DataFrame({"org_code": ["T1"], "name": "Synthetic T1", "kind": "trust"})
            )
        if lines:
            frame = pd.concat(lines).assign(
                org_code="T1", period=lambda each: pd.to_datetime(each["month"])
            )
            keys = ["org_code", "specialty", "point_of_delivery", "period"]
            rows = frame.melt(keys, list(CONTRACT_FIGURES), "figure", "amount").dropna(subset="amount")
            with mart.load(
                source="contract", layout="l", policy="hes_record_level", synthetic=True
            ) as load:
                load.write("contract_lines", rows)
        pinned = mart.at(mart.version)
        about = find_organisation(pinned, "T1")
        report = Report("C", tmp_path, pinned, about, Period(JUNE, JUNE), today=date(2026, 7, 30))
        return contract_monitoring(report, contract=contract)

    return made


def test_a_page_without_a_contract_says_what_it_cannot_show(make: Make) -> None:
    found = make(line("Eyes", "Day case", done=(110,) * 3), line("Ears", "Day case"))
    said = found.headline.words
    assert said.money.replace("\\", "") == (
        "**From April to June 2026 activity worth £6,000 was delivered: less than £1,000 (5.0%) more than planned.**"
    )
    assert "No contract is registered" in said.contract
    assert found.specialties.frame["activity"].tolist() == [330, 300, 630]
    assert [found.quality.rows, found.information.rows, found.agenda.rows] == [(), (), ()]
    assert found.specialties.made.origin == "records"


def test_all_of_it_is_plain_english(make: Make) -> None:
    found = make(line("Eyes", "Day case", done=(110, 5, 110)), line("Ears", "Day case"), contracts=CONTRACT)
    texts = [
        text.replace("\\", "")
        for name in (
            "headline",
            "payment",
            "incentives",
            "quality",
            "information",
            "agenda",
            "left_out",
            "method",
        )
        for text in getattr(found, name).words.values()
    ]
    assert len(texts) > 10
    assert [problem for text in texts for problem in text_problems(text)] == []
    assert [word for text in texts for word in jargon_in(text)] == []


def test_a_contract_that_is_not_there_or_one_of_several_is_refused(make: Make) -> None:
    two = CONTRACT + CONTRACT.replace("acute:", "other:")
    with pytest.raises(UsageError, match="name one of them"):
        make(line("Eyes", "Day case"), contracts=two)
    with pytest.raises(UsageError, match="acute"):
        make(line("Eyes", "Day case"), contracts=two, contract="acut")


def test_without_lines_it_says_what_to_load(make: Make) -> None:
    with pytest.raises(DataError, match=r"no lines of its contract.*contracts\.md"):
        make()


def test_where_nothing_may_be_shown_nothing_is(make: Make) -> None:
    with pytest.raises(DataError, match="so few patients"):
        make(line("Eyes", "Day case", done=(1, 2, 1)))


@pytest.mark.parametrize("hidden", [(), ("Ears, Day case",)], ids=["all told", "one is not"])
def test_where_the_ledger_hides_one_none_is_shown_apart(hidden: tuple[str, ...]) -> None:
    def ask(asked: list[Asked]) -> dict[Query, Told]:
        assert all(each.exactly for each in asked)
        return {
            each.query: Told(each.query, 1, None, star=each.query.conditions[0].among == hidden)
            for each in asked
        }

    found = balance(line("Eyes", "Day case"), line("Ears", "Day case"))
    stub: Any = SimpleNamespace(ask=ask, organisation=SimpleNamespace(code="T1"))
    told = as_told(found, stub)
    assert [row.name for row in told.rows] == (["All specialties"] if hidden else ["Ears", "Eyes"])
    assert told.total.value == found.total.value
    assert told.together == bool(hidden)


def test_a_twelfth_of_the_year_is_exact() -> None:
    # 100 in April and nothing more: a twelfth is a third of a penny short of nothing whole, and still adds up
    found = balance(line("Eyes", "Day case", planned=(100, *[0] * 11), price=0.01, done=(100, 0, 0)))
    assert found.rows[0].split.phasing == round(Fraction(100) - Fraction(100 * 3, 12))

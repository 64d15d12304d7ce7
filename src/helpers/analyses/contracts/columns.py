"""The columns of a contract's tables: specialties, and what pays them."""

from __future__ import annotations

from typing import Final

from helpers.analyses.contracts.lines import Paid, Row
from helpers.bundle import Column
from helpers.data.policy import policy_of_records
from helpers.report.columns import Filled
from helpers.report.words import number

OfRow = Filled[Row]
OfPaid = Filled[Paid]
#: pence in what tables show
_SHOWN: Final = 100_000
PARTS: Final = ("volume", "mix", "price", "unplanned", "phasing")


def thousands(pence: int) -> float:
    """Return money as tables show it: whole thousands, from which nobody tells a patient."""
    return float(round(pence / _SHOWN))


def _money(label: str, *, signed: bool = False) -> Column:
    return Column(label=label, kind="model", unit="£000", signed=signed)


def _split(name: str) -> OfRow:
    told = {
        "volume": "more or less of everything, at the plan's mean price",
        "mix": "dearer or cheaper lines than planned",
        "price": "another value for the same thing",
        "unplanned": "lines for which the plan has no price",
        "phasing": "what the plan expects in these months beyond a twelfth of the year each",
    }
    return OfRow(
        name,
        _money(name.capitalize(), signed=True),
        lambda row: thousands(getattr(row.split, name)),
        told[name],
        usual=name != "phasing",
    )


ROWS: Final = (
    OfRow("specialty", Column(label="Specialty"), lambda row: row.name),
    OfRow("planned", Column(label="Planned", kind="model"), lambda row: round(row.planned), usual=False),
    OfRow(
        "activity", Column(label="Activity", kind="count"), lambda row: policy_of_records().show(row.done)
    ),
    OfRow("plan", _money("Plan"), lambda row: thousands(row.planned_value)),
    OfRow("value", _money("Delivered"), lambda row: thousands(row.value)),
    OfRow(
        "difference",
        _money("Difference", signed=True),
        lambda row: thousands(row.split.against_plan),
        "volume, mix, price and unplanned together",
    ),
    *map(_split, PARTS),
)
PAID: Final = (
    OfPaid(
        "element", Column(label="Paid as"), lambda each: each.element.name if each.element else "by no rule"
    ),
    OfPaid("plan", _money("Plan"), lambda each: thousands(each.planned)),
    OfPaid("delivered", _money("Delivered"), lambda each: thousands(each.delivered)),
    OfPaid("due", _money("Due"), lambda each: thousands(each.due)),
    OfPaid("year", _money("Plan of the year"), lambda each: thousands(each.year), usual=False),
    OfPaid("terms", Column(label="Terms", kind="text"), lambda each: terms_words(each)),
    OfPaid(
        "source",
        Column(label="Source", kind="text"),
        lambda each: each.element.source if each.element else None,
        usual=False,
    ),
)


def terms_words(paid: Paid) -> str:
    """Say how an element is paid: what whatever is done, and what of what is done."""
    if paid.element is None:
        return "no element of the payment scheme names these points of delivery"
    said = (
        [f"{number(100 * paid.element.fixed)}% of the plan whatever is done"] if paid.element.fixed else []
    )
    for band in paid.element.bands:
        end = "" if band.up_to is None else f" up to {number(100 * band.up_to)}% of the plan"
        said.append(f"{number(100 * band.rate)}% of what is done{end}")
    if paid.element.bands and paid.element.bands[-1].up_to is not None:
        said.append("nothing beyond")
    return ", then ".join(said)

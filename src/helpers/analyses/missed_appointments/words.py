"""The sentences of the DNA report, each made from findings and tested by case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from helpers.bundle import Cell
from helpers.phrases import phrase, phrases
from helpers.report.words import count, interval, listed, month, number, possessive, sentence


def rate_sentence(
    trust: str,
    missed: Cell,
    booked: Cell,
    rate: Cell,
    beside: str = "",
    *,
    hidden: bool = False,
    covered: tuple[int, int] | None = None,
) -> str:
    """Say how many appointments were missed, from figures as they may be shown; `beside` says how that lies to others.

    `hidden`: the counts leave out what the publisher has hidden; `covered`: months with figures, of how many.

    >>> rate_sentence("Northmoor", 80, 1000, 8.0, "above England's 6.7%")
    "Patients missed 80 of Northmoor's 1,000 appointments without notice: 8.0%, above England's 6.7%."
    >>> rate_sentence("Northmoor", 80, 1000, 8.0, hidden=True)[:76]
    "Patients missed at least 80 of Northmoor's at least 1,000 appointments witho"
    """
    if not all(isinstance(cell, int | float) for cell in (missed, booked, rate)):
        return phrase("reasons.missed.hidden")
    shown = [float(cell) for cell in (missed, booked, rate) if cell is not None]
    least = "at least " if hidden else ""
    within = f"in the {count(covered[0], 'month')} of {covered[1]} with figures " if covered else ""
    return sentence(
        f"{within}patients missed {least}{number(shown[0])} of {possessive(trust)} {least}{number(shown[1])} "
        f"appointments without notice: {number(shown[2], 1)}%{', ' if beside else ''}{beside}"
    )


def beside_words(rate: float, other: float, name: str) -> str:
    """Say how the rate lies to a common rate, both as they are read.

    >>> beside_words(8.0, 6.7, "England's"), beside_words(6.71, 6.7, "England's")
    ("above England's 6.7%", "the same as England's 6.7%")
    """
    alike = round(rate, 1) == round(other, 1)
    return f"{'the same as' if alike else 'above' if rate > other else 'below'} {name} {number(other, 1)}%"


def not_recorded_sentence(trust: str, rate: Cell) -> str:
    """Say that the trust's rate is a recording fault and no achievement.

    >>> not_recorded_sentence("Northmoor", 0.4)
    'Only 0.4% of appointments are recorded as missed: Northmoor does not record them, so it is not compared.'
    """
    shown = f"{number(float(rate), 1)}%" if isinstance(rate, int | float) else "under 1%"
    return phrase("reasons.missed.not_recorded", share=shown, trust=trust)


def best_sentence(best: float, excess: float) -> str:
    """Say how the missed appointments lie to the rate of the best quarter of trusts.

    >>> best_sentence(5.2, 1234)
    'At the 5.2% of the best quarter of trusts it would have been 1,234 fewer.'
    """
    if excess <= 0:
        return f"It is among the best quarter of trusts ({number(best, 1)}% or less)."
    return sentence(
        f"at the {number(best, 1)}% of the best quarter of trusts it would have been {number(excess)} fewer"
    )


def place_sentence(place: str, *, phi: float) -> str:
    """Say where the trust lies and what chance has to do with it.

    >>> place_sentence("high", phi=3.0)
    'This trust lies above the 99.8% limit: neither chance nor the ordinary variety between trusts explains it.'
    >>> place_sentence("upper quarter", phi=1739.6)[:38]
    'This trust lies in the highest quarter'
    """
    return phrases("standings.missed", phi=number(phi))[place.replace(" ", "_")]


def left_out_sentence(not_recorded: int) -> str:
    """Say how many trusts are not compared because they do not record missed appointments.

    >>> left_out_sentence(7)
    'Seven trusts with a rate under 1% do not record missed appointments and are not compared.'
    """
    if not not_recorded:
        return ""
    does, are = ("does", "is") if not_recorded == 1 else ("do", "are")
    trusts = count(not_recorded, "trust")
    return sentence(
        f"{trusts} with a rate under 1% {does} not record missed appointments and {are} not compared"
    )


def trend_sentence(when: date, rate: Cell, outside: int, *, shifted: bool, points: int) -> str:
    """Say what the latest month shows, and whether the months hold together.

    >>> trend_sentence(date(2026, 9, 1), 8.1, 0, shifted=False, points=24)
    'In September 2026 the rate was 8.1%, within the ordinary variation of this process.'
    """
    if not isinstance(rate, int | float):
        return f"The figures of {month(when)} are too small to be shown."
    found = f"in {month(when)} the rate was {number(float(rate), 1)}%"
    why = {
        1: "above the upper limit: a cause for concern",
        -1: "below the lower limit: an improvement",
        0: "within the ordinary variation of this process",
    }[outside]
    notes = [sentence(f"{found}, {why}")]
    if shifted:
        notes.append("The months run too long on one side of the mean for chance: the rate has shifted.")
    if points < 13:
        notes.append(f"The limits rest on {count(points, 'month')} and are provisional.")
    return " ".join(notes)


def highest_sentence(rates: Iterable[tuple[str, Cell]]) -> str:
    """Name the groups in which most and fewest appointments are missed, of those that are shown.

    >>> highest_sentence([("Urology", 5.1), ("Cardiology", "*"), ("Eyes", 9.25)])
    'Of those shown, most are missed in Eyes (9.2%), fewest in Urology (5.1%).'
    """
    told = [(rate, name) for name, rate in rates if rate is not None]
    shown = sorted((float(rate), name) for rate, name in told if not isinstance(rate, str))
    if len(shown) < 2 or number(shown[0][0], 1) == number(shown[-1][0], 1):
        return ""
    (low, few), *_, (high, most) = shown
    among = "Of those shown, most" if len(shown) < len(told) else "Most"
    return f"{among} are missed in {most} ({number(high, 1)}%), fewest in {few} ({number(low, 1)}%)."


def drivers_sentence(higher: Sequence[str], lower: Sequence[str]) -> str:
    """Name the groups with the highest and lowest odds, all else being equal.

    >>> drivers_sentence(["age 16 to 29"], ["age 65 to 79"])
    'All else being equal, appointments are missed most by: age 16 to 29; least by: age 65 to 79.'
    """
    if not higher and not lower:
        return "No characteristic shifts the odds by more than chance explains."
    parts = [f"most by: {listed(higher)}"] if higher else []
    parts += [f"least by: {listed(lower)}"] if lower else []
    return f"All else being equal, appointments are missed {'; '.join(parts)}."


def equity_sentence(slope: float, ends: tuple[float, float], avoided: Cell) -> str:
    """Say whether deprived patients miss more here, by the slope in points from most to least deprived.

    >>> equity_sentence(-6.0, (-9.0, -3.0), 120.0)[:63]
    'The most deprived patients miss 6.0 percentage points more than'
    """
    if ends[0] <= 0 <= ends[1]:
        gap = number(-slope, 1, signed=True)
        return phrase("statements.missed.equal", gap=gap, ends=interval(-ends[1], -ends[0]))
    who, whom = ("most", "least") if slope < 0 else ("least", "most")
    low, high = sorted(abs(end) for end in ends)
    words = sentence(
        f"the {who} deprived patients miss {number(abs(slope), 1)} percentage points more than the {whom} "
        f"deprived (95% interval {interval(low, high)})"
    )
    if slope < 0 and isinstance(avoided, int | float) and avoided > 0:
        words += f" At the rate of the least deprived fifth {number(float(avoided))} fewer would be missed."
    return words

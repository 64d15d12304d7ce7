"""The sentences of the length-of-stay report, each made from findings and tested by case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.data.disclosure.queries import Condition
from helpers.data.series.stays import ORDINARY
from helpers.phrases import phrases
from helpers.report.words import count, days, interval, listed, number, possessive, sentence

#: differences that show as nought at one decimal are called none
SMALLEST_DAYS = 0.05
#: an interval round 1 that reaches no further than this, in per cent, says that stays are alike
LIKE_PERCENT = 10


@dataclass(frozen=True)
class Wording:
    """What sentences call the trust, its benchmark and its patients."""

    trust: str
    benchmark: str
    patients: str = "patients"


def crude_sentence(wording: Wording, mean: float, benchmark: float, low: float, high: float) -> str:
    """Say how the mean stay lies to the benchmark, before any allowance for case mix.

    >>> crude_sentence(Wording("The trust", "the national mean"), 5.2, 4.8, 0.1, 0.7)
    'The mean stay was 5.2 days, 0.4 days longer than the national mean of 4.8 days (95% interval 0.1 to 0.7).'
    """
    gap = mean - benchmark
    where = f"the mean stay was {days(mean)}"
    if abs(gap) < SMALLEST_DAYS:
        return sentence(f"{where}, the same as {wording.benchmark}")
    side = "longer" if gap > 0 else "shorter"
    ends = (low, high) if gap > 0 else (-high, -low)
    chance = "" if low > 0 or high < 0 else "; the difference is within what chance explains"
    return sentence(
        f"{where}, {days(abs(gap))} {side} than {wording.benchmark} of {days(benchmark)} "
        f"(95% interval {interval(*ends)}){chance}"
    )


def ratio_sentence(wording: Wording, ratio: float, low: float, high: float) -> str:
    """Say what O/E means: how the same patients would have stayed elsewhere.

    >>> ratio_sentence(Wording("Northmoor", ""), 1.19, 1.11, 1.28)
    "Allowing for case mix, Northmoor's patients stay 19% longer than they would elsewhere (95% interval 11% to 28%)."
    """
    who = f"{possessive(wording.trust)} {wording.patients}"
    change, *ends = (100 * (each - 1) for each in (ratio, low, high))  # per cent
    if low <= 1 <= high:
        said = f"(from {_change(ends[0])} to {_change(ends[1])}, 95% interval)"
        if max(map(abs, ends)) <= LIKE_PERCENT:
            return sentence(
                f"allowing for case mix, {who} stay about as long as they would elsewhere {said}"
            )
        return sentence(
            "allowing for case mix, chance alone may explain how the stay of "
            f"{who} differs from elsewhere {said}"
        )
    lower, upper = ends if change > 0 else (-ends[1], -ends[0])
    digits = 0 if min(abs(change), *map(abs, ends)) >= 1 else 1
    side = "longer" if change > 0 else "shorter"
    return sentence(
        f"allowing for case mix, {who} stay {number(abs(change), digits)}% {side} than they would elsewhere "
        f"(95% interval {interval(lower, upper, digits, unit='%')})"
    )


def split_sentence(wording: Wording, mix: float, length: float, *, level: float = 0.0) -> str:
    """Say how much of the deviation is case mix and how much is length for like patients.

    `level` is the mean elsewhere less the benchmark, where the benchmark is not that mean.

    >>> split_sentence(Wording("", "the national mean"), -1.4, 1.2)
    'Case mix accounts for 1.4 days less and longer stays for like patients for 1.2 days more than the national mean.'
    """
    parts = [
        f"case mix accounts for {_more_or_less(mix)}",
        f"{_length_words(length)} for {_more_or_less(length)}",
    ]
    if abs(level) >= SMALLEST_DAYS:
        parts.insert(0, f"the stay at all other trusts accounts for {_more_or_less(level)}")
    return sentence(f"{listed(parts)} than {wording.benchmark}")


def kitagawa_sentence(mix: float, length: float) -> str:
    """Say how Kitagawa's decomposition, the side view, divides the difference from all other trusts.

    >>> kitagawa_sentence(-1.5, 1.3)
    "By Kitagawa's decomposition, another way, mix makes −1.5 days and length +1.3 days against all other trusts."
    """
    return (
        f"By Kitagawa's decomposition, another way, mix makes {number(mix, 1, signed=True)} days and "
        f"length {number(length, 1, signed=True)} days against all other trusts."
    )


def worth_sentence(certain: float, beds: float, raw: float, *, groups: str) -> str:
    """Say how many bed-days are surely above the expected, and why the raw sum is too large.

    >>> worth_sentence(0, 0, 300, groups="specialties")
    'In none of the specialties is the stay longer than chance explains, so no bed-days are claimed.'
    """
    if certain <= 0:
        return sentence(
            f"in none of the {groups} is the stay longer than chance explains, so no bed-days are claimed"
        )
    return sentence(
        f"up to {number(certain)} bed-days, or {_beds(beds)}, lie in {groups} whose stay is longer than chance "
        f"explains; adding up every positive difference would give {number(raw)}, part of it noise"
    )


def origin_sentence(longer: list[str], shorter: list[str], *, where: str = "in") -> str:
    """Name the groups whose stay differs beyond chance; `where` stands before the names.

    >>> origin_sentence(["Cardiology"], [])
    'Stays are longer than chance explains in Cardiology.'
    """
    if not longer and not shorter:
        return "No group differs by more than chance explains."
    parts = [
        f"{side} {'than chance explains ' if first else ''}{where} {_first(names)}"
        for side, names, first in (("longer", longer, True), ("shorter", shorter, not longer))
        if names
    ]
    return sentence(f"stays are {', and '.join(parts)}")


def gaps_sentence(months: list[str], covered: int) -> str:
    """Say which months of the period hold no patients at all; empty where none.

    >>> gaps_sentence(["May 2026"], 12)
    'No patients are recorded as discharged in May 2026: the figures rest on the other 11 months.'
    """
    if not months:
        return ""
    left = covered - len(months)
    rest = "the other month" if left == 1 else f"the other {count(left, 'month')}"
    return f"No patients are recorded as discharged in {listed(months)}: the figures rest on {rest}."


def model_sentence(ratio: float, low: float, high: float, *, disagrees: bool) -> str:
    """Say whether a regression with the same patient groups agrees with O/E.

    >>> model_sentence(1.17, 1.1, 1.25, disagrees=False)
    'A regression on the same patient groups agrees: a ratio of 1.17 (95% interval 1.10 to 1.25).'
    """
    found = f"a ratio of {number(ratio, 2)} (95% interval {interval(low, high, 2)})"
    if disagrees:
        return sentence(
            f"a regression on the same patient groups does not agree: it gives {found}; treat both with care"
        )
    return sentence(f"a regression on the same patient groups agrees: {found}")


def formula_sentence(family: str, covariates: Iterable[str]) -> str:
    """Say what the regression is: its family, and what it allows for.

    >>> formula_sentence("nb2", ["specialty", "age_band", "sex"])[:55]
    'The regression is a negative binomial regression of the'
    """
    named, called = (
        listed(map(characteristic_words, covariates)),
        phrases("names.regressions_in_prose")[family],
    )
    return sentence(
        f"the regression is {called} of the days of stay on whose they are (this trust's or a sample of "
        f"all others'), {named}, with a logarithmic link: each coefficient is a ratio of mean stays"
    )


def characteristic_words(column: str) -> str:
    """Return a column of the records as a reader says it."""
    return phrases("names.characteristics").get(column, column)


def counted_sentence(conditions: tuple[Condition, ...]) -> str:
    """Say which spells are stays.

    >>> counted_sentence((Condition("patient_class", ("ordinary",)), Condition("sex", ("female", "male"))))
    'Stays count where the kind of admission is ordinary and the sex is female or male.'
    """
    if conditions == ORDINARY:
        return "Ordinary admissions only; day cases and regular attenders are left out."
    if not conditions:
        return "All admissions count, day cases and regular attenders too."
    return f"Stays count where {conditions_words(conditions)}."


def conditions_words(conditions: tuple[Condition, ...]) -> str:
    """Return what every spell meets, in words."""
    return listed(map(_condition_words, conditions)) or "all"


def _condition_words(condition: Condition) -> str:
    name = f"the {characteristic_words(condition.dimension).replace('_', ' ')} is"
    if not condition.is_range:
        values = " or ".join(value or "not recorded" for value in condition.among)
        return f"{name} {'not ' if condition.excluded else ''}{values}"
    ends = (
        ("" if condition.low is None else f"{condition.low:g} or more"),
        ("" if condition.high is None else f"under {condition.high:g}"),
    )
    return f"{name} {' and '.join(end for end in ends if end)}"


def peers_sentence(flag: str, flag95: str, *, trusts: int, outside: int) -> str:
    """Say where the trust lies in the funnel, and how many others lie outside it.

    >>> peers_sentence("within", "within", trusts=120, outside=2)
    'Among 120 trusts this one lies within the range that chance explains; two of the others lie outside it.'
    """
    if flag95 == "within":
        rest = "of the others lies" if outside < 2 else "of the others lie"
        others = "none of the others lies" if not outside else count(outside, rest, rest)
        return sentence(
            f"among {trusts} trusts this one lies within the range that chance explains; {others} outside it"
        )
    side = "above" if flag95 == "high" else "below"
    if flag == "within":
        return sentence(
            f"among {trusts} trusts this one lies {side} the 95% limit but within the 99.8% limit: worth a "
            "look, though about one trust in 20 lies outside the 95% limits by chance"
        )
    return sentence(
        f"among {trusts} trusts this one lies {side} the 99.8% limit: neither chance nor the ordinary "
        "variety between trusts explains it"
    )


def _first(names: list[str], most: int = 3) -> str:
    more = len(names) - most
    return listed(names) if more <= 1 else f"{', '.join(names[:most])} and {count(more, 'other')}"


def _change(percent: float) -> str:
    if abs(percent) < 0.5:
        return "no different"
    return f"{number(abs(percent))}% {'longer' if percent > 0 else 'shorter'}"


def _more_or_less(value: float) -> str:
    if abs(value) < SMALLEST_DAYS:
        return "no days more"
    return f"{days(abs(value))} {'more' if value > 0 else 'less'}"


def _length_words(length: float) -> str:
    if abs(length) < SMALLEST_DAYS:
        return "the length of stay of like patients"
    return f"{'longer' if length > 0 else 'shorter'} stays for like patients"


def _beds(value: float) -> str:
    if value < 0.95:
        return "less than one bed"
    shown = number(value, 0 if value >= 10 else 1)
    return f"about {shown} bed" if shown in ("1", "1.0") else f"about {shown} beds"

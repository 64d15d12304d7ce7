"""What a contract team and a commissioner are told, each sentence by what it speaks of: money, quality, information."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from helpers.analyses.contracts.duties import Earned, Returns, Standard, returns_words
from helpers.analyses.contracts.lines import MONTHS, Balance, Variance
from helpers.analyses.decided.analysis import until_words
from helpers.phrases import phrases
from helpers.register.contract import Contract, PaymentScheme
from helpers.register.cycle import BoardDecision
from helpers.report.words import count, in_words, listed, month, number, sentence, together

#: pence: differences below this share of the plan are none worth a word, and rows below this share of all differences
ALIKE: Final = 0.005
WORTH_A_NAME, NAMED = 0.1, 3


def money(pence: float) -> str:
    """Return an amount as prose has it: millions to two decimals, else whole thousands; its sign is told in words.

    >>> money(123_456_789), money(-34_560_000), money(12_345)
    ('£1.23m', '£346,000', 'less than £1,000')
    """
    pounds = abs(pence) / 100
    if pounds >= 1_000_000:
        return f"£{pounds / 1_000_000:,.2f}m"
    thousands = round(pounds / 1_000)
    return f"£{thousands},000" if thousands else "less than £1,000"


def more_or_less(difference: float, plan: float) -> str:
    """Return a difference beside the plan: "£1.20m (3.4%) more than planned"."""
    if not plan:
        return "there is no plan to hold it against"
    if abs(difference) < ALIKE * abs(plan):
        return "about as planned"
    share = number(100 * abs(difference) / abs(plan), 1)
    return f"{money(difference)} ({share}%) {'more' if difference > 0 else 'less'} than planned"


def money_sentence(balance: Balance) -> str:
    """Say what was delivered against the plan of the same months."""
    total, first, last = balance.total, balance.months[0], balance.months[-1]
    start = f"{first:%B}" if first.year == last.year else month(first)
    when = f"in {month(last)}" if first == last else f"from {start} to {month(last)}"
    said = f"{when} activity worth {money(total.value)} was delivered"
    return sentence(f"{said}: {more_or_less(total.split.against_plan, total.planned_value)}")


def gap_words(row: Variance) -> str:
    """Return how far a row is from plan, and mainly why."""
    gap = row.split.against_plan
    mainly = phrases("reasons.under_plan") if gap < 0 else phrases("reasons.over_plan")
    return f"{money(gap)} {'over' if gap > 0 else 'under'} plan, mainly {mainly[row.split.main]}"


def why_sentence(balance: Balance) -> str:
    """Name the specialties that differ most, each with its main reason; empty where none stands out."""
    gross = sum(abs(row.split.against_plan) for row in balance.rows)
    large = [row for row in balance.rows if abs(row.split.against_plan) > WORTH_A_NAME * gross][:NAMED]
    told = [
        f"{row.name}, {gap_words(row)}"
        for row in large
        if abs(row.split.against_plan) >= ALIKE * abs(row.planned_value)
    ]
    return sentence(f"furthest from plan: {'; '.join(told)}") if told else ""


def due_sentence(balance: Balance, scheme: PaymentScheme | None, year: str) -> str:
    """Say what is due under the rules of the year, or which rules are missing."""
    if scheme is None:
        return f"What is due is not worked out: the register has no payment/{year}.yml."
    planned = sum(each.planned for each in balance.paid)
    unpaid = [each for each in balance.paid if each.element is None and each.delivered]
    alone = sentence(f"no rule pays activity worth {money(unpaid[0].delivered)}") if unpaid else ""
    gap = more_or_less(balance.due - planned, planned)
    return together(
        sentence(f"under the rules of {year.replace('-', '/')} {money(balance.due)} is due: {gap}"), alone
    )


def year_sentence(balance: Balance, *, rules: bool) -> str:
    """Say where the year will end, with its interval; why not where nothing can be said."""
    forecast = balance.forecast
    if forecast is None or forecast.probability is None or balance.year is None:
        if len(balance.months) == MONTHS:
            return ""
        few = "too few months have been returned"
        lacks = "the plan does not cover the year" if balance.year is None else few
        return sentence(f"no forecast of the year is made: {lacks}")
    low, middle, high = (forecast.outcome[name] * 100 for name in ("lower80", "median", "upper80"))
    span = f"by the end of March {money(middle)} is likely (80% interval {money(low)} to {money(high)})"
    due = f"; {money(balance.due_at(middle / 100))} would then be due" if rules else ""
    return sentence(f"{span}, {more_or_less(middle - balance.year, balance.year)}{due}")


def quality_sentence(held: Sequence[Standard]) -> str:
    """Say how many standards are breached, since when, and what follows; empty where the contract has none."""
    if not held:
        return ""
    broken = [each for each in held if each.since is not None]
    if not broken:
        return sentence(f"none of {count(len(held), 'quality standard')} is breached")
    named = listed(f"{each.name} since {month(each.since)}" for each in broken if each.since is not None)
    return sentence(f"{_of(len(broken), len(held), 'quality standard')} breached: {named}")


def information_sentence(came: Sequence[Returns]) -> str:
    """Say which returns are wanting; empty where the contract asks for none."""
    if not came:
        return ""
    wanting = [each for each in came if each.wanting]
    if not wanting:
        return "All returns came in time and complete."
    named = "; ".join(f"{each.asked.name} ({returns_words(each)})" for each in wanting)
    return sentence(f"{_of(len(wanting), len(came), 'return')} wanting: {named}")


def _of(some: int, whole: int, noun: str) -> str:
    return f"{in_words(some)} of {count(whole, noun)} {'is' if some == 1 else 'are'}"


def overdue_sentence(decided: Sequence[BoardDecision], day: date) -> str:
    """Say how many agreed actions are overdue, and which longest; empty where none is."""
    late = sorted((each for each in decided if each.is_overdue(day)), key=lambda each: each.due or day)
    if not late:
        return ""
    many = count(len(late), "agreed action is", "agreed actions are")
    first = f"“{late[0].decision}” ({late[0].owner}), {until_words(late[0], day)}"
    return sentence(f"{many} overdue, the longest {first}")


def lacking_sentence(what: str, *, has_contract: bool) -> str:
    """Say why a part of the contract is not shown.

    >>> lacking_sentence("agenda", has_contract=False)
    'No contract is registered, so no agenda is shown.'
    """
    if has_contract:
        return f"This contract has no {what}."
    return f"No contract is registered, so no {what} is shown."


def incentive_sentence(found: Sequence[Earned]) -> str:
    """Say what incentives have earned by the latest values, and what is still to be earned; empty without any."""
    if not found:
        return ""
    whole = sum(each.asked.pounds for each in found) * 100
    got = sum(each.pounds or 0 for each in found) * 100
    rest = "all of it" if round(whole - got) <= 0 else f"{money(whole - got)} is still to be earned"
    return sentence(
        f"by the latest values {money(got) if got else 'nothing'} of {money(whole)} is earned; {rest}"
    )


def left_out_sentences(balance: Balance) -> list[str]:
    """Name what was planned and has not been returned, by specialty."""
    return [
        sentence(
            f"{name}: nothing has been returned of {listed(map(month, planned))} where {money(sum(planned.values()))} "
            "was planned; left out on both sides"
        )
        for name, planned in balance.left_out.items()
    ]


def contract_sentence(contract: Contract | None, scheme: PaymentScheme | None) -> str:
    """Say which contract this is and by which rules it is paid."""
    if contract is None:
        return "No contract is registered: standards, returns and incentives are not shown."
    rules = f", paid by {scheme.name}" if scheme else ""
    return sentence(
        f"{contract.name}, {contract.year.replace('-', '/')}, with {contract.commissioner}{rules}"
    )

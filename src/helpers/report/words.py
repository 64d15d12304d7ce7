"""Words for numbers: the small pieces that every generated sentence is made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from helpers.phrases import in_words as in_words  # here for all who word numbers, there for the runner


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun, small numbers as words.

    >>> count(1, "month"), count(3, "month"), count(12, "specialty", "specialties")
    ('one month', 'three months', '12 specialties')
    """
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{in_words(number)} {noun}"


def number(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """Return a number for prose: thousands separated, a true minus sign, never "-0".

    >>> number(1234.5), number(-0.04, 1), number(0.25, 1, signed=True)
    ('1,234', '0.0', '+0.2')
    """
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return ("−" if value < 0 else "+" if signed else "") + text


def days(value: float) -> str:
    """Return a length in days, to a decimal.

    >>> days(1.0), days(4.25)
    ('1.0 days', '4.2 days')
    """
    return f"{number(value, 1)} days"


def interval(low: float, high: float, digits: int = 1, *, unit: str = "") -> str:
    """Return an interval in words that stay readable with negative ends.

    >>> interval(-0.31, 0.52), interval(4, 9, 0, unit="%")
    ('−0.3 to 0.5', '4% to 9%')
    """
    return f"{number(low, digits)}{unit} to {number(high, digits)}{unit}"


def listed(items: Iterable[str], *, most: int | None = None) -> str:
    """Join items as prose does; beyond `most` they are counted, where that are several.

    >>> listed(["urology"]), listed(["a", "b", "c"]), listed("abcd", most=2), listed("abc", most=2)
    ('urology', 'a, b and c', 'a, b and two more', 'a, b and c')
    """
    words = list(items)
    if most is not None and len(words) > most + 1:
        words = [*words[:most], f"{in_words(len(words) - most)} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def month(day: date | str) -> str:
    """Return the month of a date, or a month as the register has it, as a reader says it.

    >>> month(date(2026, 9, 1)), month("2026-04")
    ('September 2026', 'April 2026')
    """
    return f"{date.fromisoformat(f'{day}-01') if isinstance(day, str) else day:%B %Y}"


def day_words(day: date) -> str:
    """Return a day as a reader says it.

    >>> day_words(date(2027, 3, 31))
    '31 March 2027'
    """
    return f"{day.day} {month(day)}"


def sentence(text: str) -> str:
    """Return text that begins with a capital letter and ends with a full stop.

    >>> sentence("the mean fell")
    'The mean fell.'
    """
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")


def together(*said: str) -> str:
    """Return sentences one after the other, of those that there are.

    >>> together("It rose.", "", "It fell.")
    'It rose. It fell.'
    """
    return " ".join(filter(None, said))


def capital(text: str) -> str:
    """Return words with a capital first letter."""
    return text[:1].upper() + text[1:]


def possessive(name: str) -> str:
    """Return the possessive of a name.

    >>> possessive("Guy's"), possessive("Northmoor")
    ("Guy's'", "Northmoor's")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"

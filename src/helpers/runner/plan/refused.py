"""Reports that cannot be run as they are asked for: refused by name, so that all others run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.audience import PUBLIC_NAME
from helpers.errors import Problem


@dataclass(frozen=True)
class Refused:
    """A report that is asked for and cannot be run."""

    notebook: str
    name: str
    problems: tuple[Problem, ...]
    #: the organisation of which nothing is loaded, where that is all: no mistake of anybody's, so it fails
    #: nothing
    no_data: str = ""
    audience: str = PUBLIC_NAME

    @property
    def title(self) -> str:
        """The report as the user calls it: ``notebook/name``."""
        return f"{self.notebook}/{self.name}"


def is_slip(code: str, known: Iterable[str]) -> bool:
    """Tell whether an unknown code is a known one with a letter wrong, or in small letters.

    >>> [is_slip(code, ["RGT", "RX1"]) for code in ("RGX", "rgt", "SYN07", "RTG")]
    [True, True, False, False]
    """
    code = code.strip()
    return any(
        len(each) == len(code) and sum(a != b for a, b in zip(each, code.upper(), strict=True)) <= 1
        for each in known
    )


def no_data_words(refused: Iterable[Refused]) -> str:
    """Return what is left out because nothing of its organisation is loaded; nothing where that is nothing.

    >>> syn = [Refused("stay", f"SYN0{n}", (), no_data=f"SYN0{n}") for n in (7, 8, 9)]
    >>> no_data_words(syn), no_data_words(syn[:1]), no_data_words([])
    ('no data of SYN07 and 2 others: 3 reports are left out', 'no data of SYN07: 1 report is left out', '')
    """
    left_out = [each for each in refused if each.no_data]
    codes = sorted({each.no_data for each in left_out})
    if not codes:
        return ""
    others = "" if len(codes) == 1 else f" and {len(codes) - 1} other{'s' * (len(codes) > 2)}"
    reports = "1 report is" if len(left_out) == 1 else f"{len(left_out):,} reports are"
    return f"no data of {codes[0]}{others}: {reports} left out"

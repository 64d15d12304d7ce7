"""The icons of process behaviour charts: what each is called and the words that say the same.

The vocabulary follows NHS England's Making Data Count: variation (is the process changing?) and assurance
(will it meet its target?); the drawings in `icons/` are our own. An icon never stands without its words.
Shape and fill say what the colour says: filled is what needs attention, a square is a change that is neither
good nor bad, and so they survive a grey-scale print.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: icon and its words; improvement and concern name the direction of the value
ICONS: Final[dict[str, str]] = {
    "common_cause": "no change",
    "improvement_high": "improving, higher",
    "improvement_low": "improving, lower",
    "concern_high": "worsening, higher",
    "concern_low": "worsening, lower",
    "neutral_high": "changed, higher",
    "neutral_low": "changed, lower",
    "consistent_pass": "will meet target",
    "consistent_fail": "will miss target",
    "hit_or_miss": "hit or miss",
}


def icon_words(name: str) -> str:
    """Return the words of an icon; those of an unknown one are its name.

    >>> icon_words("concern_high")
    'worsening, higher'
    """
    return ICONS.get(name, name)


def icon_svg(name: str) -> str:
    """Return the picture of an icon: a square SVG, 24 units wide, without text.

    >>> icon_svg("hit_or_miss").startswith("<svg")
    True
    """
    return (Path(__file__).parent / "icons" / f"{name}.svg").read_text(encoding="utf-8")

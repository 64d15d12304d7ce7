"""Colours of the NHS identity that reports use, named by what they mean here.

Source: NHS England identity guidelines, colour palette. Text colours are those of the NHS digital service
manual. Contrast on white is given where text or marks rely on it (WCAG 2.2: text 4.5, marks 3).
"""

from __future__ import annotations

from typing import Final

NHS_DARK_BLUE: Final = "#003087"  # 11.9
NHS_BLUE: Final = "#005EB8"  # 6.4
NHS_DARK_GREEN: Final = "#006747"  # 6.9
NHS_PURPLE: Final = "#330072"
NHS_PINK: Final = "#AE2573"
NHS_MID_GREY: Final = "#768692"
NHS_DARK_GREY: Final = "#425563"  # 7.8
NHS_PALE_GREY: Final = "#E8EDEE"

TEXT: Final = "#212B32"  # 14.4
TEXT_SECONDARY: Final = "#4C6272"  # 6.4
RULE: Final = "#D8DDE0"
BOX: Final = "#F0F4F5"

# What a mark means. Shape and words say the same, colour alone never does.
IMPROVEMENT: Final = NHS_BLUE
CONCERN: Final = "#AD4E00"  # the orange of SPC icons, darkened until it can carry text: 5.4
COMMON_CAUSE: Final = NHS_DARK_GREY
TARGET: Final = NHS_DARK_GREEN
PEER: Final = NHS_MID_GREY  # 3.8: other trusts recede, and can still be seen
PLAN: Final = NHS_PURPLE  # 15: what the organisation itself meant to reach
HIGHLIGHT: Final = (
    "C0"  # what a report is about: the first colour of the cycle, a trust's own if it has one
)
HEADING: Final = "C2"  # that of its headings
LIMITS: Final = NHS_DARK_GREY
BAND: Final = NHS_PALE_GREY
EVENT: Final = NHS_DARK_BLUE
FAN_OUTER: Final = "#E3EEF7"  # a forecast's 95 % interval
FAN_INNER: Final = "#C2DAEE"  # its 80 % interval

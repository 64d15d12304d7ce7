"""A trust's own name, logo and colours, from one theme file, `params/_theme.yml`.

Icons and marks that judge keep their colours for everyone, as they say what a mark means; these are the colours of
headings, rules, links, boxes, and of what charts are about. Whatever can be read on screen and on paper is checked
here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from helpers.errors import Problem
from helpers.theme import colours
from helpers.theme.logo import Logo, read_logo
from helpers.yaml_files import raise_all, read_settings

TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (`#rrggbb`), 1 to 21.

    >>> round(contrast("#000000", "#ffffff")), round(contrast("#777777", "#ffffff"), 2)
    (21, 4.48)
    """
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_NAME: Final = 120
#: series of charts after the first three
SERIES: Final = (colours.NHS_PINK, colours.NHS_DARK_GREEN, colours.NHS_PURPLE)


def _is_colour(value: object) -> object:
    if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
        raise ValueError('a colour such as "#005eb8", in quotes: without them # begins a comment')
    return value


_Colour = Annotated[str, BeforeValidator(_is_colour)]


class Palette(BaseModel):
    """The colours that a trust may choose, as `#rrggbb`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: rules, links, numbers of sections, the edge of the headline's box; in charts what the report is about
    main: _Colour = colours.NHS_BLUE
    headings: _Colour = colours.NHS_DARK_BLUE  # of title and sections; in charts the third colour
    box: _Colour = colours.BOX
    charts: tuple[_Colour, ...] = SERIES  # of series in charts after `main`, grey and `headings`

    @property
    def cycle(self) -> tuple[str, ...]:
        """The colours of series in charts, in order."""
        own = (self.main, colours.PEER, self.headings)
        return (*own, *(each for each in self.charts if each not in own))


class ThemeFile(BaseModel):
    """What a theme file may say."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field("", max_length=_LONGEST_NAME)
    logo: str = ""
    colours: Palette | None = None


@dataclass(frozen=True)
class Brand:
    """Whose reports these are: name, logo and colours; the defaults are nobody's."""

    name: str = ""  # who publishes; shown in the foot of each page
    logo: Logo | None = None
    palette: Palette = field(default_factory=Palette)
    files: tuple[Path, ...] = ()  # the files that were read: reports change with them


def read_brand(path: Path | None) -> Brand:
    """Read a theme file; what it does not say, or all where there is none, is as by default; refuses what is wrong."""
    if path is None or not path.is_file():
        return Brand()
    found, said = read_settings(path, ThemeFile)
    palette = said.colours or Palette()
    logo, files, problems = _logo(path, said)
    raise_all([*found.problems, *problems, *_hard_to_read(palette, f"{path.name}, colours")])
    return Brand(name=said.name, logo=logo, palette=palette, files=(path, *files))


def _logo(path: Path, said: ThemeFile) -> tuple[Logo | None, tuple[Path, ...], list[Problem]]:
    """Return the logo, the files that were read for it, and what is wrong with it."""
    if not said.logo:
        return None, (), []
    where, problems = f"{path.name}, logo {said.logo}", []
    if not said.name:
        problems.append(Problem(where, "no name beside it", cure="Give `name`: it is the logo's alt text."))
    if Path(said.logo).name != said.logo:
        allowed = "the name of a file beside the theme file"
        return None, (), [*problems, Problem(where, "a path", allowed, "Move it there.")]
    logo, wrong = read_logo(path.parent / said.logo, said.name)
    problems += [Problem(where, came, allowed, "Change the logo.") for came, allowed in wrong]
    return logo, (path.parent / said.logo,), problems


def _hard_to_read(palette: Palette, where: str) -> Iterator[Problem]:
    """Find text that could not be told from what is behind it."""
    texts = {"main": palette.main, "headings": palette.headings}
    fixed = {"the text": colours.TEXT, "words of concern": colours.CONCERN, "notes": colours.TEXT_SECONDARY}
    for key, text in texts.items():
        if (ratio := contrast(text, "#ffffff")) < TEXT_CONTRAST:
            yield _contrast_problem(f"{where}, {key}", f"{text} on white", ratio, "Choose a darker colour.")
    for colour in palette.charts:
        if (ratio := contrast(colour, "#ffffff")) < MARK_CONTRAST:
            came, cure = f"{colour} on white", "Choose a darker colour."
            yield _contrast_problem(f"{where}, charts", came, ratio, cure, least=MARK_CONTRAST)
    for key, text in {**texts, **fixed}.items():
        if (ratio := contrast(text, palette.box)) < TEXT_CONTRAST <= contrast(text, "#ffffff"):
            came = f"{key} ({text}) on boxes of {palette.box}"
            yield _contrast_problem(f"{where}, box", came, ratio, "Choose a lighter box.")


def _contrast_problem(
    where: str, came: str, ratio: float, cure: str, *, least: float = TEXT_CONTRAST
) -> Problem:
    # rounded down: 4.49 must not read as the 4.5 that it is not
    shown = int(ratio * 10) / 10
    return Problem(where, f"contrast {shown} of {came}", f"{least} or more", cure)

"""A trust's own name, logo and colours, from one theme file, `params/_theme.yml`.

Colours of charts and icons say what a mark means and stay the same for everyone; these are the colours of
headings, rules, links and boxes. Whatever can be read on screen and on paper is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import yaml

from helpers.errors import Problem, UsageError, near_misses
from helpers.theme import colours
from helpers.theme.contrast import TEXT_CONTRAST, contrast
from helpers.theme.pictures import Logo, read_logo

_KEYS: Final = ("name", "logo", "colours")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Palette:
    """The colours that a trust may choose, as `#rrggbb`.

    Parameters
    ----------
    main
        Rules, links, numbers of sections, the edge of the headline's box.
    headings
        The title and the headings of sections.
    box
        The background of boxes.
    """

    main: str = colours.NHS_BLUE
    headings: str = colours.NHS_DARK_BLUE
    box: str = colours.BOX


@dataclass(frozen=True)
class Brand:
    """Whose reports these are: name, logo and colours; the defaults are nobody's.

    Parameters
    ----------
    name
        Who publishes; shown in the foot of each page.
    logo
        Shown beside the title.
    palette
        The colours.
    files
        The files that were read: reports change with them.
    """

    name: str = ""
    logo: Logo | None = None
    palette: Palette = Palette()
    files: tuple[Path, ...] = ()


def read_brand(path: Path | None) -> Brand:
    """Read a theme file.

    Parameters
    ----------
    path
        The file; where there is none, nothing is set.

    Returns
    -------
    Brand
        What it says; what it does not say keeps its default.

    Raises
    ------
    UsageError
        With all that is wrong: unknown keys, colours that cannot be read, a logo that runs something.
    """
    if path is None or not path.is_file():
        return Brand()
    problems: list[Problem] = []
    settings = _settings(path, problems)
    name = _words(settings, "name", path, problems)
    palette = _palette(settings.get("colours"), path, problems)
    logo, files = _logo(settings, name, path, problems)
    if problems:
        raise UsageError(problems)
    return Brand(name=name, logo=logo, palette=palette, files=(path, *files))


def _settings(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0]
        problems.append(Problem(path.name, f"not YAML: {said}", cure="Mend it."))
        return {}
    if not isinstance(settings, dict):
        problems.append(Problem(path.name, "not a list of `key: value`", ", ".join(_KEYS), "Mend it."))
        return {}
    problems += _unknown(settings, _KEYS, path.name)
    return settings


def _unknown(settings: Mapping[Any, Any], known: tuple[str, ...], where: str) -> Iterator[Problem]:
    for key in settings:
        if key not in known:
            yield Problem(
                f"{where}, key {key}", "not known", ", ".join(known), near_misses(str(key), known)
            )


def _words(settings: Mapping[str, Any], key: str, path: Path, problems: list[Problem]) -> str:
    words = settings.get(key, "")
    if not isinstance(words, str) or len(words) > _LONGEST_NAME:
        allowed = f"words, at most {_LONGEST_NAME} letters"
        problems.append(Problem(f"{path.name}, key {key}", repr(words)[:60], allowed, "Put it in quotes."))
        return ""
    return words.strip()


def _logo(
    settings: Mapping[str, Any], name: str, path: Path, problems: list[Problem]
) -> tuple[Logo | None, tuple[Path, ...]]:
    file = _words(settings, "logo", path, problems)
    if not file:
        return None, ()
    where = f"{path.name}, logo {file}"
    if not name:
        problems.append(Problem(where, "no name beside it", cure="Give `name`: it is the logo's alt text."))
    if Path(file).name != file:
        problems.append(
            Problem(where, "a path", "the name of a file beside the theme file", "Move it there.")
        )
        return None, ()
    logo, wrong = read_logo(path.parent / file, name)
    problems += [Problem(where, came, allowed, "Change the logo.") for came, allowed in wrong]
    return logo, (path.parent / file,)


def _palette(chosen: Any, path: Path, problems: list[Problem]) -> Palette:
    known = tuple(field.name for field in fields(Palette))
    where = f"{path.name}, colours"
    if chosen is None:
        return Palette()
    if not isinstance(chosen, dict):
        problems.append(Problem(where, repr(chosen)[:60], f"{', '.join(known)}, each with a colour"))
        return Palette()
    problems += _unknown(chosen, known, where)
    given = {key: chosen[key] for key in known if key in chosen}
    bad = [key for key, value in given.items() if not (isinstance(value, str) and _COLOUR.fullmatch(value))]
    for key in bad:
        cure = "Put it in quotes: without them # begins a comment."
        problems.append(
            Problem(f"{where}, {key}", repr(given[key])[:60], 'a colour such as "#005eb8"', cure)
        )
    palette = Palette(**{key: value for key, value in given.items() if key not in bad})
    problems += _hard_to_read(palette, where)
    return palette


def _hard_to_read(palette: Palette, where: str) -> Iterator[Problem]:
    """Find text that could not be told from what is behind it."""
    texts = {"main": palette.main, "headings": palette.headings}
    fixed = {"the text": colours.TEXT, "words of concern": colours.CONCERN, "notes": colours.TEXT_SECONDARY}
    for key, text in texts.items():
        if (ratio := contrast(text, "#ffffff")) < TEXT_CONTRAST:
            yield _contrast_problem(f"{where}, {key}", f"{text} on white", ratio, "Choose a darker colour.")
    for key, text in {**texts, **fixed}.items():
        if (ratio := contrast(text, palette.box)) < TEXT_CONTRAST <= contrast(text, "#ffffff"):
            came = f"{key} ({text}) on boxes of {palette.box}"
            yield _contrast_problem(f"{where}, box", came, ratio, "Choose a lighter box.")


def _contrast_problem(where: str, came: str, ratio: float, cure: str) -> Problem:
    # rounded down: 4.49 must not read as the 4.5 that it is not
    shown = int(ratio * 10) / 10
    return Problem(where, f"contrast {shown} of {came}", f"{TEXT_CONTRAST} or more", cure)

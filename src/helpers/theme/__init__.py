"""The look of a report: colours, style sheet, Typst template and pandoc filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from helpers.theme.brand import Brand, read_brand

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """What `_quarto.yml` says about every report; a report's own front matter goes before it.

    Parameters
    ----------
    lang
        Language tag, BCP 47.
    toc
        Whether there is a table of contents.
    toc_depth
        Deepest heading level in the contents; sections are level 2, the title is level 1.
    number_sections
        Whether sections are numbered.
    papersize
        Paper of the PDF, as Typst names it.
    data_annex
        Whether PDF and Word end with the data behind each chart; HTML always has them.
    """

    lang: str = "en-GB"
    toc: bool = True
    toc_depth: int = 2
    number_sections: bool = True
    papersize: str = "a4"
    data_annex: bool = False

    def as_settings(self) -> dict[str, object]:
        """Return these settings under the names that pandoc and Quarto use."""
        return {name.replace("_", "-"): getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Theme:
    """The files that give every report its look, and the page settings.

    Parameters
    ----------
    folder
        Where `board.css`, `board.typ`, `filter.lua` and the two pandoc templates lie.
    page
        Language, contents, numbering and paper.
    brand
        Whose reports these are.
    """

    folder: Path = _HERE
    page: Page = field(default_factory=Page)
    brand: Brand = field(default_factory=Brand)

    @property
    def css(self) -> Path:
        """Style sheet of the HTML."""
        return self.folder / "board.css"

    @property
    def filter(self) -> Path:
        """Pandoc filter that both engines use."""
        return self.folder / "filter.lua"

    def fingerprint_files(self) -> tuple[Path, ...]:
        """Return every file that changes what a report looks like, for the key of a run."""
        return tuple(
            sorted(path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
        )


def font_folder() -> Path:
    """Return the folder with the fonts of the PDF and of the charts (Source Sans Pro, from its package)."""
    # its own attribute lists single files, but Typst and matplotlib want the folder
    from font_source_sans_pro import font_directory  # late: only rendering needs it

    return Path(font_directory)


def read_theme(quarto_yml: Path | None = None, theme_yml: Path | None = None) -> Theme:
    """Read the page settings from a project's `_quarto.yml`, and whose reports these are from its theme file.

    Parameters
    ----------
    quarto_yml
        Path of the file; what is not set there, or a file that is absent, leaves the defaults.
    theme_yml
        The same for `params/_theme.yml`.

    Returns
    -------
    Theme
        The theme with these settings.

    Raises
    ------
    UsageError
        As `helpers.theme.brand.read_brand`.
    """
    brand = read_brand(theme_yml)
    if quarto_yml is None or not quarto_yml.is_file():
        return Theme(brand=brand)
    settings = yaml.safe_load(quarto_yml.read_text(encoding="utf-8")) or {}
    return Theme(page=_page(settings), brand=brand)


def _page(settings: Mapping[str, Any]) -> Page:
    """Take the page settings from the top level of `_quarto.yml` and from its typst format."""
    typst = (settings.get("format") or {}).get("typst") or {}
    found = {**settings, **{key: typst[key] for key in ("papersize",) if key in typst}}
    known = {
        name: found[name.replace("_", "-")]
        for name in Page.__dataclass_fields__
        if name.replace("_", "-") in found
    }
    return replace(Page(), **known)

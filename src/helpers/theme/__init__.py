"""The look of a report: colours, style sheet, Typst template and pandoc filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from helpers.errors import Problem, UsageError
from helpers.theme.brand import Brand, read_brand
from helpers.yaml_files import raise_all, read_yaml

_HERE = Path(__file__).parent


#: a tag of BCP 47: en-GB, cy
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
#: deepest heading level in the contents
Depth = Annotated[int, Field(ge=1, le=6)]


class Page(BaseModel):
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

    model_config = ConfigDict(
        frozen=True, alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True
    )

    lang: Language = "en-GB"
    toc: bool = True
    toc_depth: Depth = 2
    number_sections: bool = True
    papersize: Literal["a3", "a4", "a5", "us-letter", "us-legal", "presentation-16-9"] = "a4"
    data_annex: bool = False

    def as_settings(self) -> dict[str, object]:
        """Return these settings under the names that pandoc and Quarto use."""
        return self.model_dump(by_alias=True)


class _QuartoProject(BaseModel):
    """What of a Quarto project concerns us."""

    output_dir: str = Field("", alias="output-dir")


class _QuartoFile(Page):
    """What of `_quarto.yml` we read; Quarto knows much more."""

    project: _QuartoProject | None = None


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
        With all that is wrong in both files.
    """
    problems: list[Problem] = []
    try:
        brand = read_brand(theme_yml)
    except UsageError as error:
        brand, problems = Brand(), [*error.problems]
    page, wrong = (Page(), []) if quarto_yml is None or not quarto_yml.is_file() else _page(quarto_yml)
    raise_all([*problems, *wrong])
    return Theme(page=page, brand=brand)


def _page(path: Path) -> tuple[Page, list[Problem]]:
    """Take the page settings from the top level of `_quarto.yml` and from its typst format."""
    found = read_yaml(path, path.name)
    content = found.content if isinstance(found.content, dict) else {}
    paper = ("format", "typst", "papersize")
    if paper in found.nodes:
        content = {**content, "papersize": content["format"]["typst"]["papersize"]}
        found.lines[paper[-1:]] = found.lines[paper]
    said = found.build(_QuartoFile, content if isinstance(found.content, dict | None) else found.content)
    if said is None:
        return Page(), found.problems
    if said.project and Path(said.project.output_dir).parts[:1] == ("reports",):
        cure = "there a bare `quarto render` would put reports that no gate has seen"
        where = found.place(("project", "output-dir"))
        came, allowed = said.project.output_dir, "a folder of Quarto's own, such as .boardpack/quarto"
        found.problems.append(Problem(where, came, allowed, cure))
    return Page.model_validate(said.model_dump(include=set(Page.model_fields))), found.problems

"""The look of a report: colours, style sheet, Typst template and pandoc filter.

`brand` reads a trust's own name, logo and colours; `look` makes of them, and of the files here, what a renderer reads.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from helpers.errors import Problem, UsageError, raise_all
from helpers.theme.brand import Brand, read_brand
from helpers.yaml_files import YamlFile, read_yaml

_HERE = Path(__file__).parent
#: what gives Word and PowerPoint their look, and a part that each of them has
REFERENCES: Final = MappingProxyType({"docx": "word/styles.xml", "pptx": "ppt/presentation.xml"})

#: a tag of BCP 47: en-GB, cy
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
#: deepest heading level in the contents
Depth = Annotated[int, Field(ge=1, le=6)]


class PageSettings(BaseModel):
    """What `_quarto.yml` says about every report; a report's own front matter goes before it."""

    model_config = ConfigDict(
        frozen=True, alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True
    )

    lang: Language = "en-GB"
    toc: bool = True
    toc_depth: Depth = 2  # sections are level 2, the title is level 1
    number_sections: bool = True
    papersize: Literal["a3", "a4", "a5", "us-letter", "us-legal", "presentation-16-9"] = "a4"
    data_annex: bool = False  # whether PDF and Word end with the data behind each chart; HTML has them

    def as_settings(self) -> dict[str, object]:
        """Return these settings under the names that pandoc and Quarto use."""
        return self.model_dump(by_alias=True)


class _QuartoProject(BaseModel):
    """What of a Quarto project concerns us."""

    output_dir: str = Field("", alias="output-dir")


class _QuartoFile(PageSettings):
    """What of `_quarto.yml` we read; Quarto knows much more."""

    project: _QuartoProject | None = None


@dataclass(frozen=True)
class Theme:
    """The files that give every report its look, and the page settings."""

    #: where `board.css`, `board.typ`, `filter.lua`, the pandoc templates and the reference documents lie
    folder: Path = _HERE
    page: PageSettings = field(default_factory=PageSettings)
    brand: Brand = field(default_factory=Brand)
    #: by format, the reference documents of a trust's own that take the place of ours
    references: Mapping[str, Path] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The project's own files that reports change with."""
        return (*self.brand.files, *self.references.values())


def font_folder() -> Path:
    """Return the folder with the fonts of the PDF and of the charts (Source Sans Pro, from its package)."""
    # its own attribute lists single files, but Typst and matplotlib want the folder
    from font_source_sans_pro import font_directory  # late: only rendering needs it

    return Path(font_directory)


def read_theme(quarto_yml: Path | None = None, theme_yml: Path | None = None) -> Theme:
    """Read the page settings from a project's `_quarto.yml`, and whose reports these are from `params/_theme.yml`.

    What is not set, or a file that is absent, leaves the defaults; all that is wrong in both files is refused.
    """
    problems: list[Problem] = []
    try:
        brand = read_brand(theme_yml)
    except UsageError as error:
        brand, problems = Brand(), [*error.problems]
    if quarto_yml is None or not quarto_yml.is_file():
        raise_all(problems)
        return Theme(brand=brand)
    found = read_yaml(quarto_yml, quarto_yml.name)
    theme = Theme(page=_page(found), brand=brand, references=_references(found, quarto_yml.parent))
    raise_all([*problems, *found.problems])
    return theme


def _references(found: YamlFile, root: Path) -> dict[str, Path]:
    """Take the reference documents from the formats of `_quarto.yml`, and note what is wrong with them."""
    own: dict[str, Path] = {}
    for name, part in REFERENCES.items():
        keys = ("format", name, "reference-doc")
        if (node := found.nodes.get(keys)) is None:
            continue
        said = str(node.value)
        file = root / said
        if not zipfile.is_zipfile(file) or part not in zipfile.ZipFile(file).namelist():
            came = "no such file" if not file.is_file() else f"no .{name} file"
            allowed = f"a .{name} file, by its path from the project's folder"
            found.problems.append(Problem(found.place(keys), f"{said}: {came}", allowed))
        elif not file.samefile(_HERE / f"reference.{name}"):
            own[name] = file
    return own


def _page(found: YamlFile) -> PageSettings:
    """Take the page settings from the top level of `_quarto.yml` and from its typst format."""
    content = found.content if isinstance(found.content, dict) else {}
    paper = ("format", "typst", "papersize")
    if paper in found.nodes:
        content = {**content, "papersize": content["format"]["typst"]["papersize"]}
        found.lines[paper[-1:]] = found.lines[paper]
    said = found.build(_QuartoFile, content if isinstance(found.content, dict | None) else found.content)
    if said is None:
        return PageSettings()
    if said.project and Path(said.project.output_dir).parts[:1] == ("reports",):
        cure = "there a bare `quarto render` would put reports that no gate has seen"
        where = found.place(("project", "output-dir"))
        came, allowed = said.project.output_dir, "a folder of Quarto's own, such as .boardpack/quarto"
        found.problems.append(Problem(where, came, allowed, cure))
    return PageSettings.model_validate(said.model_dump(include=set(PageSettings.model_fields)))

"""What an author says in cells about the page: front matter in a raw first one, Quarto's options (`#|`) in code cells.

What has no meaning in a report is refused by name, so that a bare `quarto render` and a batch agree.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from helpers.errors import Problem
from helpers.theme import Depth, Language
from helpers.yaml_files import parse_yaml

_MARK: Final = "#|"
_BETWEEN_DASHES: Final = re.compile(r"\s*---\s*\n(.*?)\n?---\s*", re.DOTALL)
#: keys that Quarto needs where it renders the notebook itself; the document says the same by its own means
FOR_QUARTO_ALONE: Final = ("title", "subtitle", "author", "date", "jupyter", "execute", "format")


def _each(said: object) -> tuple[str, ...]:
    words = [said] if isinstance(said, str) else said
    if not isinstance(words, list) or not all(isinstance(each, str) and each.strip() for each in words):
        raise ValueError("words, or a list with words for each figure or table")
    return tuple(" ".join(each.split()) for each in words)


def _is_output(said: object) -> bool | str:
    if isinstance(said, bool) or said == "asis":
        return bool(said) if isinstance(said, bool) else "asis"
    raise ValueError("true, false or asis")


def _is_off(said: bool) -> bool:
    if said:
        raise ValueError("false: a report shows no code")
    return said


_Each = Annotated[tuple[str, ...], BeforeValidator(_each)]


class CellOptions(BaseModel):
    """The options of one code cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""  # what its figure or table is referred to by
    #: one for each figure or table of the cell, in order; a single one stands for the first
    figure_captions: _Each = Field(default=(), alias="fig-cap")
    figure_alts: _Each = Field(default=(), alias="fig-alt")
    table_captions: _Each = Field(default=(), alias="tbl-cap")
    include: StrictBool = True
    output: Annotated[bool | str, BeforeValidator(_is_output)] = True
    run: StrictBool = Field(default=True, alias="eval")
    echo: Annotated[StrictBool, AfterValidator(_is_off)] = False

    @property
    def shown(self) -> bool:
        """Whether its outputs are in the report."""
        return self.run and self.include and self.output is not False

    @property
    def as_is(self) -> bool:
        """Whether its printed text is Markdown."""
        return self.output == "asis"


def read_options(where: str, source: str) -> tuple[CellOptions, list[Problem]]:
    """Read the options of a code cell; return what is set, and everything that is wrong with it.

    >>> read_options("cell 2", "#| label: fig-beds\\n#| fig-cap: Beds by month\\nplot()")[0].label
    'fig-beds'
    """
    lines = list(itertools.takewhile(lambda line: line.startswith(_MARK), source.lstrip().splitlines()))
    if not lines:
        return CellOptions(), []
    # one blank after the mark belongs to it, further ones are YAML's
    found = parse_yaml("\n".join(line.removeprefix(_MARK).removeprefix(" ") for line in lines), where)
    if found.root is not None and not isinstance(found.content, dict):
        return CellOptions(), [Problem(where, f"cell options {found.content!r}", "#| key: value")]
    options = found.build(CellOptions, found.content or {})
    return CellOptions() if found.problems else options or CellOptions(), found.problems


class FrontMatter(BaseModel):
    """What a notebook may say of its report's page; it goes before `_quarto.yml` (`helpers.theme.PageSettings`)."""

    model_config = ConfigDict(
        extra="forbid", alias_generator=lambda name: name.replace("_", "-"), str_strip_whitespace=True
    )

    toc: bool | None = None
    toc_depth: Depth | None = None
    number_sections: bool | None = None
    data_annex: bool | None = None
    lang: Language | None = None
    description: str | None = None


def read_front_matter(where: str, source: str) -> tuple[Mapping[str, Any], list[Problem]]:
    """Read a raw first cell: what reaches the document, under Quarto's names, and what is wrong."""
    body = _BETWEEN_DASHES.fullmatch(source)
    if body is None:
        allowed = "front matter: YAML between two lines ---"
        return {}, [Problem(where, "a raw first cell", allowed, "Add them.")]
    above = "\n" * source.count("\n", 0, body.start(1))  # so that lines are those of the cell
    found = parse_yaml(above + body[1], f"{where}, front matter")
    content = {} if found.content is None else found.content
    if isinstance(content, dict):
        content = {key: value for key, value in content.items() if key not in FOR_QUARTO_ALONE}
    said = found.build(FrontMatter, content)
    return said.model_dump(by_alias=True, exclude_none=True) if said else {}, found.problems

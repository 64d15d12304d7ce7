"""Front matter: the YAML of a notebook's raw first cell, for its own report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from helpers.errors import Problem
from helpers.theme import Depth, Language
from helpers.yaml_files import parse_yaml

_BETWEEN_DASHES: Final = re.compile(r"\s*---\s*\n(.*?)\n?---\s*", re.DOTALL)
#: keys that Quarto needs where it renders the notebook itself; the document says the same by its own means
FOR_QUARTO_ALONE: Final = ("title", "subtitle", "author", "date", "jupyter", "execute", "format")


class FrontMatter(BaseModel):
    """What a notebook may say of its report's page; it goes before `_quarto.yml` (`helpers.theme.Page`)."""

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

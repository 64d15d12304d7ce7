"""The pieces of an executed notebook that a document is made of."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.bundle import Bundle
from helpers.runner.document.outputs.tables import HtmlTable


@dataclass(frozen=True)
class Prose:
    """Markdown of one cell."""

    where: str
    text: str


@dataclass(frozen=True)
class ShownOutput:
    """One object that a code cell showed."""

    where: str
    bundle: Bundle  # what was handed over, or made of an ordinary output
    svg: bytes | None = None
    table: HtmlTable | None = None  # the rows of an ordinary table, which may span columns
    file: bytes = b""  # what is to lie beside the report under the name that is the bundle's id
    caption: str = ""  # the caption as Markdown, where the author wrote it in a cell option

"""What a Word or PowerPoint file says of itself."""

from __future__ import annotations

from typing import Any, Final

from helpers.runner.document.making import Document
from helpers.theme import Theme
from helpers.theme.markdown import plain_line

#: letters that the title in a file's properties may have (ISO/IEC 29500)
_LONGEST_TITLE: Final = 255


def set_properties(properties: Any, document: Document, theme: Theme) -> None:
    """Set title, language and author of a file."""
    properties.title = plain_line(document.facts.title)[:_LONGEST_TITLE]
    properties.language, properties.author = theme.page.lang, theme.brand.name

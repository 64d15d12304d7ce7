"""Write the reference pages anew: `make dictionary`, at the project's root."""

from __future__ import annotations

from pathlib import Path

from helpers.register import read_register
from reference_pages.dictionary import write_dictionary
from reference_pages.mart import write_mart_page
from reference_pages.names import write_names_page
from reference_pages.phrases import write_phrases_page

_FOLDER = Path("docs", "reference")

PAGES = {
    "data-dictionary.md": write_dictionary(
        read_register(Path("params", "_register")), _FOLDER / "national-figures.yml"
    ),
    "mart.md": write_mart_page(),
    "report.md": write_names_page(),
    "phrases.md": write_phrases_page(),
}
for name, page in PAGES.items():
    (_FOLDER / name).write_text(page, "utf-8")

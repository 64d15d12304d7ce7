"""JSON files and notebooks: every name and word, attachments and the metadata of cells included."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from helpers.bundle import FILE_MIME, MIME
from helpers.data.audit.alarms import combine
from helpers.data.audit.bundles import small_counts
from helpers.data.audit.identifiers import find_identifiers
from helpers.data.audit.pictures import words_in
from helpers.data.audit.tables import (
    audit_header,
    has_rows_of_patients,
    is_record_heading,
    rows_problem,
    split_numbers,
    text_rows,
)
from helpers.data.audit.text import audit_plain, audit_text
from helpers.errors import Problem

_BINARY = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")


def audit_json(text: str, where: str) -> list[Problem]:
    """Return what a JSON file or notebook gives away; text that is no JSON is read as it is.

    Of a notebook's structured outputs only the words around them are read: the gate reads them as bundles, and
    the files that it hands over as those that they become.
    """
    try:
        content = json.loads(text)
    except ValueError:
        return audit_text(text, where)
    words, code, names = _walk(content)
    joined = "\n".join(sorted(names))
    problems = [*audit_header(sorted(names), where), *combine(where, joined, find_identifiers(joined))]
    for number, word in enumerate(words, start=1):
        problems += audit_text(word, f"{where}, text {number}")
    for number, cell in enumerate(code, start=1):
        problems += audit_plain(cell, f"{where}, code cell {number}", headings=False)
    for number, rows in enumerate(_tables(content), start=1):
        problems += _table_problems(rows, f"{where}, list {number}")
    if _reads_records(content):
        problems += _prose_problems(content, where)
    return problems


def _reads_records(content: Any) -> bool:
    """Tell whether a notebook shows anything that comes from records of patients."""
    cells = content.get("cells", ()) if isinstance(content, dict) else ()
    outputs = (output for cell in cells for output in cell.get("outputs", ()))
    bundles = (output.get("data", {}).get(MIME) for output in outputs)
    return any(
        bundle
        and "records" in (bundle.get("origin"), *(s.get("origin") for s in bundle.get("sources", ())))
        for bundle in bundles
        if bundle and bundle.get("kind") != "report"
    )


def _prose_problems(content: Any, where: str) -> list[Problem]:
    """Look for small counts in what the analyst wrote, which no helper controls."""
    found: list[Problem] = []
    for number, cell in enumerate(content["cells"], start=1):
        if cell.get("cell_type") == "markdown":
            found += small_counts(_joined(cell.get("source", "")), f"{where}, cell {number}")
    return found


def _tables(content: Any) -> Iterator[list[list[str]]]:
    """Yield the lists of a JSON value whose items are rows, as tables of text under their names."""
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += [value for key, value in item.items() if key != MIME]
        elif isinstance(item, list):
            stack += item
            if item and all(isinstance(row, dict) for row in item):
                names = list(dict.fromkeys(name for row in item for name in row))
                yield text_rows([names, *([row.get(name) for name in names] for row in item)])
            elif item and all(isinstance(row, list) for row in item):
                yield text_rows(item)


def _table_problems(rows: list[list[str]], where: str) -> Iterator[Problem]:
    """Yield what only the table tells: its words and names are read with all others."""
    if any(is_record_heading(row) for row in rows[:1]) or has_rows_of_patients(rows[1:]):
        yield rows_problem(where)
    yield from split_numbers(rows, where)


def _walk(content: Any) -> tuple[list[str], list[str], set[str]]:
    """Return the texts, the code and the names of a JSON value; a list of lines makes one text."""
    words: list[str] = []
    code: list[str] = []
    names: set[str] = set()
    # Reversed, so that the stack gives things back in their order.
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            is_code = item.get("cell_type") == "code"
            code += [_joined(item.get("source", ""))] if is_code else []
            silent = {*_BINARY, MIME, FILE_MIME, "attachments", "source" if is_code else ""}
            names |= set(item)
            words += [words_in(_unpacked(value)) for key, value in item.items() if key in _BINARY]
            words += _attached(item.get("attachments"))
            stack += [value for key, value in reversed(item.items()) if key not in silent]
        elif isinstance(item, list) and not all(isinstance(part, str) for part in item):
            stack += reversed(item)
        elif item is not None and not isinstance(item, bool):
            words.append(_joined(item))
    return words, code, names


def _joined(value: Any) -> str:
    """Return the text of a value; the lines of a notebook's cell carry their own line ends."""
    if not isinstance(value, list):
        return str(value)
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in map(str, value))


def _attached(attachments: Any) -> list[str]:
    """Return what the files say that are attached to a cell, and their names and kinds."""
    if not isinstance(attachments, dict):
        return []
    found = list(attachments)
    for versions in attachments.values():
        for kind, value in versions.items() if isinstance(versions, dict) else ():
            content = _unpacked(value)
            is_text = kind.startswith(("text/", "image/svg")) or b"\0" not in content
            found += [kind, content.decode("utf-8", "replace") if is_text else words_in(content)]
    return found


def _unpacked(value: Any) -> bytes:
    """Return the bytes of a picture or other file in a notebook."""
    try:
        return base64.b64decode(_joined(value))
    except (binascii.Error, ValueError):
        return _joined(value).encode()

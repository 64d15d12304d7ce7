"""Libraries that run notebooks, imported without what they only reach for."""

from __future__ import annotations

import importlib

from helpers.importing import as_not_installed

#: what libraries that run notebooks only reach for (jsonschema for kinds of addresses and durations that no schema of
#: a notebook names, papermill for stores that nobody writes to): most of their start, and optional to them
#: (jsonschema, _format.py; papermill, iorw.py)
UNUSED = ("rfc3986_validator", "rfc3987_syntax", "isoduration", "pyarrow", "boto3")
#: what runs a notebook
RUN = ("nbformat", "papermill.execute")


def import_libraries(*names: str) -> None:
    """Import modules; call it before there are threads that import."""
    with as_not_installed(UNUSED):
        for name in names:
            importlib.import_module(name)

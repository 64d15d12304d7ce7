"""An exporter of nbconvert: `jupyter nbconvert --to boardpack executed.ipynb` gives the document of a report."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import default

from helpers import __version__
from helpers.runner.document.making import Provenance, make_document
from helpers.runner.document.writing import figure_path


class BoardpackExporter(Exporter):
    """Makes the Markdown document of an executed notebook, with its figures beside it."""

    export_from_notebook = "boardpack document"
    output_mimetype = "text/markdown"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".md"

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own exporters of text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the document and, among the resources, the files beside it; a `GateError` names all that is wrong."""
        nb, resources = super().from_notebook_node(nb, resources)
        name = resources.get("metadata", {}).get("name", "notebook")
        provenance = Provenance(
            run_id="", notebook=f"{name}.ipynb", code_version=f"boardpack {__version__}"
        )
        document = make_document(nb, provenance=provenance)
        for warning in document.warnings:
            self.log.warning(warning)
        resources["outputs"] = {figure_path(each): svg for each, svg in document.figures.items()}
        return document.markdown, resources

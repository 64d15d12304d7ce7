"""`boardpack matrix`: what a `_matrix.yml` may select, with counts, and what a notebook's stands for."""

from __future__ import annotations

from typing import Annotated

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_project
from helpers.cli.options import Json, project_root
from helpers.errors import Problem, UsageError, near_misses
from helpers.runner.plan.jobs import find_plan
from helpers.runner.plan.matrix import FILE


def matrix(
    notebook: Annotated[str, typer.Argument(help="The notebook's name, without its ending.")],
    as_json: Json = False,
) -> None:
    """List what a matrix may select with how many there are, and how many reports this notebook's stands for."""
    project = open_project(project_root())
    known = sorted(each.stem for each in project.notebooks.glob("*.ipynb"))
    if notebook not in known:
        raise UsageError(
            Problem(notebook, "there is no such notebook", ", ".join(known), near_misses(notebook, known))
        )
    selectors = {name: len(project.expand(name)) for name in project.selectors}
    groups = {
        kind: {name: len(codes) for name, codes in some.items()} for kind, some in project.groups().items()
    }
    path = project.params / notebook / FILE
    asked = find_plan(project, [project.show(path)]) if path.exists() else None
    reports = len(asked.jobs) if asked else 0
    if as_json:
        showing.show_json({"selectors": selectors, "groups": groups, "reports": reports})
        return
    rows = [("select", name, f"{count:,}") for name, count in selectors.items()]
    rows += [
        (f"where: {kind}", name, f"{count:,}")
        for kind, some in groups.items()
        for name, count in some.items()
    ]
    showing.show_table(("In the file", "Name", "Stands for"), rows, right=("Stands for",))
    print(f"{project.show(path)}: {reports:,} reports" if asked else f"{project.show(path)} is not there")

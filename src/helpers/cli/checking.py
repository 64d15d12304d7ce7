"""`boardpack check` and `boardpack matrix`: all that can be seen without running anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import showing
from helpers.cli.assembly import collect, open_project, plan
from helpers.cli.options import Json, Words, project_root
from helpers.cli.preview import put_back
from helpers.errors import Problem, UsageError, near_misses, raise_all
from helpers.runner.document.stored import find_offers, find_stored, find_unfit, mend
from helpers.runner.plan.jobs import Plan, find_plan, no_data_words
from helpers.runner.plan.matrix import FILE
from helpers.runner.project import Project
from helpers.runner.schedule.reading import read_schedules


def check(
    words: Words = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Take stored outputs out of the notebooks first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check notebooks, parameter files, settings and the register without running anything."""
    problems: list[Problem] = []
    project = open_project(project_root(), problems)
    if fix:
        put_back(project.root)  # what a preview that failed has left
    mended = [path.name for path in _all_notebooks(project) if mend(path)] if fix else []
    collect(problems, read_schedules, project.params)
    asked = collect(problems, lambda: plan(project, words or ())) or Plan()
    jobs = asked.jobs
    chosen = sorted({job.notebook.path for job in jobs}) if words else _all_notebooks(project)
    for path in chosen:
        problems += _notebook_problems(project, path)
    raise_all(dict.fromkeys(problems))
    offers = [offer for path in chosen for offer in find_offers(path, project.show(path))]
    if as_json:
        showing.show_json([{"report": job.title, "parameters": job.settings} for job in jobs])
        return
    for line in (*(f"{name}: mended" for name in mended), *offers):
        print(line)
    if left_out := no_data_words(asked.refused):
        print(left_out)
    reports, notebooks = len(jobs), len({job.notebook.name for job in jobs})
    said = f"{reports} report{'s' * (reports != 1)} of {notebooks} notebook{'s' * (notebooks != 1)}"
    print(f"{said} {'is' if reports == 1 else 'are'} well formed")


def _all_notebooks(project: Project) -> list[Path]:
    return sorted(project.notebooks.glob("*.ipynb"))


def _notebook_problems(project: Project, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with a notebook; one without a folder of parameters is a draft, and no report yet."""
    shown = project.show(path)
    found = list(find_stored(path, shown))
    yield from found
    if (project.params / path.stem).is_dir():
        problems: list[Problem] = []
        yield from collect(problems, lambda: list(find_unfit(path, shown))) or ()


def matrix(
    notebook: Annotated[str, typer.Argument(help="The notebook's name, without its ending.")],
    as_json: Json = False,
) -> None:
    """List what a matrix may select with how many there are, and how many reports this notebook's stands for."""
    project = open_project(project_root())
    known = sorted(each.stem for each in project.notebooks.glob("*.ipynb"))
    if notebook not in known:
        raise UsageError(
            notebook, "there is no such notebook", ", ".join(known), near_misses(notebook, known)
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

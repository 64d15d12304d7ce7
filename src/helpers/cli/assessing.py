"""`boardpack assess …`: grids that people fill in on forms, and what they agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from helpers.cli.commenting import forms_in
from helpers.errors import Problem, UsageError, near_misses
from helpers.places import current_day, find_root, state_folder
from helpers.register.commentary import replace_files
from helpers.register.grid_forms import AGREED, ASSESSOR, Returned, agreed_form, assessor_form
from helpers.register.reading import read_register
from helpers.yaml_files import raise_all

assess_app = typer.Typer(help="Self-assessment by grids that people fill in.", no_args_is_help=True)
#: below the private state: the forms
FOLDER: Final = "assessments"


@assess_app.command()
def ask(
    context: typer.Context,
    grid: Annotated[str, typer.Argument(help="Which grid: breakthrough, provider_capability or your own.")],
    organisation: Annotated[str, typer.Argument(metavar="CODE", help="Of which organisation.")],
    month: Annotated[str, typer.Option(help="YYYY-MM of the round; this month.")] = "",
    to: Annotated[Path | None, typer.Option(help="The folder for the forms; private unless given.")] = None,
) -> None:
    """Write the form for each assessor, and the form for what is agreed with what was said so far."""
    from helpers.audience import current_audience
    from helpers.data.policy import policy_of
    from helpers.forms import write_form

    root = find_root(context.obj)
    register = read_register(root / "params" / "_register")
    if grid not in register.grids:
        known = list(register.grids)
        raise UsageError(Problem(grid, "no such grid", ", ".join(known), near_misses(grid, known)))
    month = month or f"{current_day():%Y-%m}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError(Problem("--month", month, "a month as YYYY-MM"))
    folder = to or state_folder(root) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    hidden = policy_of(current_audience()).suppress_up_to
    forms = {
        "each-assessor": assessor_form(register.grids[grid], organisation, month),
        AGREED: agreed_form(register.grids[grid], organisation, month, register, hide_up_to=hidden),
    }
    for name, form in forms.items():
        print(write_form(form, folder / f"{grid}-{organisation}-{month}-{name}.xlsx"))


@assess_app.command()
def read(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Forms that came back; a folder is all in it.")],
) -> None:
    """Check forms and take them into assessments.yml and consensus.yml; with a mistake, nothing is taken."""
    from hashlib import sha256

    from helpers.data.audit import audit_text
    from helpers.forms import read_form

    root = find_root(context.obj)
    folder, found = root / "params" / "_register", Returned()
    register = read_register(folder)
    for path in forms_in(files):
        form = read_form(path, (ASSESSOR, AGREED), found.problems)
        if form is None:
            continue
        found.take(form, register, current_day(), sha256(path.read_bytes()).hexdigest()[:12])
        for answer in (each for block in form.answers.values() for each in block.values()):
            found.problems += audit_text(answer.text, answer.place)
    for note in found.notes:
        print(note)
    raise_all(found.problems)
    replace_files(folder, {"assessments.yml": found.assessments, "consensus.yml": found.consensus})
    print(f"taken: assessments {len(found.assessments)}, agreements {len(found.consensus)}")

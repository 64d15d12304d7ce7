"""`boardpack assess …`: grids that people fill in on forms, and what they agree."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from helpers.cli.options import Audience, FormsTo, project_root
from helpers.cli.rounds import add_returns, note_asked, write_forms
from helpers.errors import Problem, UsageError, near_misses
from helpers.places import current_day, state_folder
from helpers.register.grid_forms import AGREED, Assessed, agreed_form, assessor_form, requests
from helpers.register.reading import read_register

assess_app = typer.Typer(help="Self-assessment by grids that people fill in.", no_args_is_help=True)
#: below the private state: who was asked, and the forms
FOLDER: Final = "assess"


@assess_app.command()
def ask(
    grid: Annotated[str, typer.Argument(help="Which grid: breakthrough, provider_capability or your own.")],
    organisation: Annotated[str, typer.Argument(metavar="CODE", help="Of which organisation.")],
    month: Annotated[str, typer.Option(help="YYYY-MM of the round; this month.")] = "",
    to: FormsTo = None,
    readers: Audience = "",
) -> None:
    """Write the form for each assessor, and the form for what is agreed with what was said so far."""
    from helpers.cli.assembly import find_audience
    from helpers.data.policy import policy_of

    root, today = project_root(), current_day()
    register = read_register(root / "params" / "_register")
    if grid not in register.grids:
        known = list(register.grids)
        raise UsageError(Problem(grid, "no such grid", ", ".join(known), near_misses(grid, known)))
    month = month or f"{today:%Y-%m}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError(Problem("--month", month, "a month as YYYY-MM"))
    hidden = policy_of(find_audience(root, readers)).suppress_up_to
    asked = register.grids[grid]
    forms = {
        "each-assessor": assessor_form(asked, organisation, month),
        AGREED: agreed_form(asked, organisation, month, register, hide_up_to=hidden),
    }
    named = {f"{grid}-{organisation}-{month}-{name}": form for name, form in forms.items()}
    for path in write_forms(named, to or state_folder(root) / FOLDER).values():
        print(path)
    note_asked(root, FOLDER, requests(asked, organisation, month, today))


add_returns(assess_app, Assessed, FOLDER)

"""`boardpack register …`: the register as sheets that people read and fill in."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from helpers.cli import showing
from helpers.cli.options import Json, project_root
from helpers.cli.own.upgrading import register_diff
from helpers.errors import Problem, UsageError
from helpers.places import current_day
from helpers.register.reading import find_measure, read_register
from helpers.register.sheet import answers, blank_form, gaps_of

register_app = typer.Typer(help="What is measured and why: params/_register.", no_args_is_help=True)
register_app.command("diff")(register_diff)
_NEW: Final = "my_measure"
#: as `helpers.register.entry.Identifier`
_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]*")


@register_app.command()
def sheet(
    measure: Annotated[str, typer.Argument(help="The measure's id.")] = "",
    blank: Annotated[
        bool, typer.Option("--blank", help="An empty sheet for a new measure, as YAML with its questions.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the record sheet of a measure, or an empty one to fill in."""
    if blank:
        if not _IDENTIFIER.fullmatch(measure or _NEW):
            raise UsageError(Problem(measure, "cannot be a measure's id", "small letters, digits and _"))
        print(blank_form(measure or _NEW), end="")
        return
    register = read_register(project_root() / "params" / "_register")
    if not measure:
        cure = "boardpack register sheet MEASURE, or --blank"
        raise UsageError(Problem("measure", "none is named", ", ".join(register.measures), cure))
    day, found = current_day(), find_measure(register, measure)
    told = answers(found, register, day)
    left = gaps_of(found, register, day)
    if as_json:
        lines = {each.question.key: each.text for each in told}
        showing.show_json({"measure": measure, "sheet": lines, "open": [gap.key for gap in left]})
        return
    showing.show_table(
        ("", found.name), [(each.question.label, each.text or "not answered") for each in told[1:]]
    )
    for gap in left:
        print(f"open: {gap.words}" + (", so it is one to drop" if gap.drop else ""))

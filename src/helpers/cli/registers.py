"""`boardpack register …`, `explain` and `data show`: what is measured and why, and the figures of a measure."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_mart
from helpers.cli.options import Json, project_root
from helpers.cli.own.upgrading import register_diff
from helpers.errors import UsageError
from helpers.places import current_day
from helpers.register.reading import find_measure, read_register
from helpers.register.sheet import answers, blank_form, gaps_of

if TYPE_CHECKING:
    from helpers.bundle import Cell

register_app = typer.Typer(help="What is measured and why: params/_register.", no_args_is_help=True)
register_app.command("diff")(register_diff)
_NEW: Final = "my_measure"
#: as `helpers.register.entry.Identifier`
_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]*")
Name = Annotated[str, typer.Argument(metavar="MEASURE", help="Its id, as in the register.")]


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
            raise UsageError(measure, "cannot be a measure's id", "small letters, digits and _")
        print(blank_form(measure or _NEW), end="")
        return
    register = read_register(project_root() / "params" / "_register")
    if not measure:
        cure = "boardpack register sheet MEASURE, or --blank"
        raise UsageError("measure", "none is named", ", ".join(register.measures), cure)
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


def show_series(
    name: Name,
    org: Annotated[str, typer.Option("--org", metavar="CODE", help="The organisation.")],
    as_json: Json = False,
) -> None:
    """Show the series of a measure: a row for each period, with what it is made of, its source and its edition."""
    from helpers.data.organisations.directory import find_organisation
    from helpers.measures.listing import list_series

    root = project_root()
    measure = find_measure(read_register(root / "params" / "_register"), name)
    mart = open_mart(root)
    mart = mart.at(mart.version)
    listing = list_series(mart, measure, find_organisation(mart, org))
    if as_json:
        showing.show_json(asdict(listing))
        return
    # without a name the code stands for it
    whose = " ".join(dict.fromkeys((listing.organisation, listing.name)))
    print(f"{measure.name} ({measure.id}), {measure.unit}: {whose}")
    if not listing.rows:
        print("no figure is loaded; `boardpack explain` names the publications that feed it")
        return
    heads = ("Period", "Value", "Numerator", "Denominator", "Source", "Edition", "")
    rows = [
        (
            each.period,
            _cell(each.value, measure.digits),
            _cell(each.numerator),
            _cell(each.denominator),
            each.source,
            each.vintage,
            each.status,
        )
        for each in listing.rows
    ]
    showing.show_table(heads, rows, right=("Value", "Numerator", "Denominator"))
    for seam in listing.seams:
        print(f"From {seam.period} on: {seam.source}; before that: {seam.before}")
    if listing.rounded_to > 1:
        print(f"Counts of patients are rounded to the nearest {listing.rounded_to}, as reports show them")
    if any("*" in (row.value, row.numerator, row.denominator) for row in listing.rows):
        print("* is hidden, by the publisher or so that small numbers of patients stay private")


def _cell(value: Cell, digits: int = 0) -> str:
    if isinstance(value, float | int):
        return f"{value:,.{digits}f}" if digits or float(value).is_integer() else f"{value:,.3f}"
    return value or ""


def explain(name: Name, as_json: Json = False) -> None:
    """Show the record sheet of a measure: what the register says, and from which columns its figures come."""
    from helpers.data.sources import describe_measures, reader_of
    from helpers.register.models import Register

    register = read_register(project_root() / "params" / "_register")
    measure = find_measure(register, name)
    feeds = [
        (layout.name, layout.title, feed.numerator, feed.denominator, reader_of(layout), feed.note)
        for _, layout, feed in describe_measures(Register(measures={measure.id: measure}))
    ]
    if as_json:
        names = ("layout", "title", "numerator", "denominator", "read_by", "note")
        told = [dict(zip(names, feed, strict=True)) for feed in feeds]
        showing.show_json({**measure.model_dump(mode="json"), "feeds": told})
        return
    sheet = answers(measure, register, current_day())
    rows = [("Id", measure.id), *((each.question.label, each.text) for each in sheet[1:] if each.text)]
    showing.show_table(("", measure.name), rows)
    if feeds:
        print("\nIts figures come from:")
        heads = ("Layout", "Numerator", "Denominator", "Read by", "Note")
        showing.show_table(heads, ((name, *rest) for name, _, *rest in feeds))
    print(f"\nIts series: boardpack data show {measure.id} --org CODE")

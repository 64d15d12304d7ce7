"""`boardpack data …` and `boardpack demo …`: what is loaded into the mart."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from helpers.cli import showing
from helpers.cli.assembly import find_root, open_mart

data_app = typer.Typer(help="Load data and see what is loaded.", no_args_is_help=True)
demo_app = typer.Typer(help="The invented national data set.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@demo_app.command("build")
def build_demo(
    context: typer.Context,
    scale: Annotated[float, typer.Option(min=0.01, help="Size; 1 is the demo's own.")] = 1.0,
) -> None:
    """Load the invented national data set, marked as synthetic."""
    from helpers.data.synthetic import write_demo

    began = time.perf_counter()
    mart = open_mart(find_root(context.obj))
    write_demo(mart, scale=scale)
    rows = sum(load.rows_kept for load in mart.loads() if load.synthetic)
    print(f"Synthetic data of {rows:,} rows in {time.perf_counter() - began:.0f} s")


@data_app.command("list")
def list_data(context: typer.Context, as_json: Json = False) -> None:
    """Show what is loaded, from where, how fresh, and how it may be shown."""
    showing.show_loads(open_mart(find_root(context.obj)).loads(), as_json=as_json)

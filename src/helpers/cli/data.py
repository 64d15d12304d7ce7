"""`boardpack data …` and `boardpack demo …`: what is loaded into the mart."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_mart
from helpers.cli.options import Json, project_root
from helpers.cli.private import forget
from helpers.cli.registers import show_series
from helpers.errors import UsageError
from helpers.runner.publisher import read_publisher

if TYPE_CHECKING:
    from helpers.data.loading.load import LoadResult, Progress
    from helpers.data.mart import Mart
    from helpers.register import Register

data_app = typer.Typer(help="Load data and see what is loaded.", no_args_is_help=True)
demo_app = typer.Typer(help="The invented national data set.", no_args_is_help=True)
data_app.command("show")(show_series)
data_app.command("forget")(forget)


@demo_app.command("build")
def build_demo(
    scale: Annotated[float, typer.Option(min=0.01, help="Size; 1 is the demo's own.")] = 1.0,
) -> None:
    """Load the invented national data set, marked as synthetic."""
    from helpers.data.synthetic import write_demo

    began = time.perf_counter()
    mart = open_mart(project_root())
    write_demo(mart, scale=scale)
    rows = sum(load.rows_kept for load in mart.loads() if load.synthetic)
    print(f"Synthetic data of {rows:,} rows in {time.perf_counter() - began:.0f} s")


@data_app.command("load")
def load_data(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, wildcards, addresses.")
    ],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that counts as today, for files of an exercise."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Load published files, extracts and own measures: each file whole or not at all."""
    from helpers.data.loading.load import load_paths

    today = as_of.date() if as_of else None
    _load(
        lambda mart, register, tell: load_paths(mart, paths, register, progress=tell, today=today), as_json
    )


@data_app.command("pull")
def pull_data(
    url: Annotated[
        str,
        typer.Argument(help="Where the warehouse is, without a password; else $BOARDPACK_WAREHOUSE_URL."),
    ] = "",
    table: Annotated[str, typer.Option(help="Table or view, with its schema where it needs one.")] = "",
    query: Annotated[str, typer.Option(help="A SELECT whose rows are wanted.")] = "",
    as_json: Json = False,
) -> None:
    """Load a table of a data warehouse, or the rows of a query, all or nothing; SQLAlchemy reaches it."""
    from helpers.data.loading.warehouse import find_warehouse, pull

    warehouse = find_warehouse(url, table=table, query=query)
    _load(lambda mart, register, tell: pull(mart, warehouse, register, progress=tell), as_json)


@data_app.command("benchmarks")
def pull_benchmarks(
    mapping: Annotated[str, typer.Argument(help="The mapping of records by which the table is read.")],
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    end: Annotated[datetime, typer.Option("--before", formats=["%Y-%m-%d"], help="First day after them.")],
    to: Annotated[Path, typer.Option(help="The CSV file that is written.")],
    url: Annotated[str, typer.Option(help="As for pull.")] = "",
    table: Annotated[str, typer.Option(help="As for pull.")] = "",
    query: Annotated[str, typer.Option(help="As for pull.")] = "",
    by: Annotated[
        list[str] | None, typer.Option(help="A stratum, once for each; all unless given.")
    ] = None,
) -> None:
    """Work benchmarks out in the warehouse: counts and means by stratum over all organisations, no record."""
    from helpers.data.loading.pushed_down import benchmarks
    from helpers.data.loading.warehouse import find_warehouse
    from helpers.register import RecordMapping, read_register
    from helpers.runner.publish.switching import write_whole

    known = read_register(project_root() / "params" / "_register").mappings
    chosen = known.get(mapping)
    if not isinstance(chosen, RecordMapping):
        of_records = [name for name, each in known.items() if isinstance(each, RecordMapping)]
        allowed = ", ".join(of_records) or "a mapping with the key records"
        cure = "name one of these, or say in it `records: spells` or `records: appointments`"
        raise UsageError(f"mapping {mapping}", "is none of records", allowed, cure)
    warehouse = find_warehouse(url, table=table, query=query)
    frame = benchmarks(warehouse, chosen, by or (), first.date(), end.date())
    write_whole(to, frame.to_csv(index=False).encode())
    print(f"{warehouse.shown}: {len(frame):,} strata in {to}")


def _load(load: Callable[[Mart, Register, Progress | None], list[LoadResult]], as_json: bool) -> None:
    """Load into the project's mart, and print what became of each file."""
    from helpers.data.loading.load import LoadError
    from helpers.register.reading import read_register

    root = project_root()
    register = read_register(root / "params" / "_register")
    try:
        with showing.show_loading(quiet=as_json) as progress:
            results = load(open_mart(root), register, progress)
    except LoadError as error:
        showing.show_results(error.results, as_json=as_json)
        raise typer.Exit(int(error.exit_code)) from None
    showing.show_results(results, as_json=as_json)


@data_app.command("list")
def list_data(as_json: Json = False) -> None:
    """Show what is loaded, from where, how fresh, and how it may be shown."""
    showing.show_loads(open_mart(project_root()).loads(), as_json=as_json)


@data_app.command("check")
def check_data(
    each: Annotated[bool, typer.Option(help="Name every figure on which sources disagree.")] = False,
    as_json: Json = False,
) -> None:
    """Look for what is late, missing, invalid, at odds with the edition before or with another source."""
    from helpers.data.checking.quality import check_data as findings
    from helpers.register.reading import read_register

    root = project_root()
    found = findings(open_mart(root), read_register(root / "params" / "_register"))
    showing.show_findings(found, each=each, as_json=as_json)


@data_app.command("sources")
def list_sources(as_json: Json = False) -> None:
    """Show the layouts of files that can be loaded, and the measures that each feeds."""
    from helpers.data.sources import all_layouts

    showing.show_sources(sorted(all_layouts(), key=lambda each: each.name), as_json=as_json)


@data_app.command("prune")
def prune_data() -> None:
    """Remove versions of the data that are older than `keep: {versions: …}` says, else than a day."""
    from helpers.data.mart.files import KEEP_MANIFESTS

    root = project_root()
    kept = read_publisher(root / "params").keep.versions  # how months were known then is made from them
    removed = open_mart(root).prune(older_than=max(kept or KEEP_MANIFESTS, KEEP_MANIFESTS))
    print(f"removed {len(removed)} versions and loads" if removed else "nothing to remove")

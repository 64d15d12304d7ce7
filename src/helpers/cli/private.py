"""`boardpack audit …`, `boardpack state …` and `boardpack data forget`: what must not leave, and where it lies."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers.audience import PUBLIC_NAME
from helpers.cli import showing
from helpers.cli.assembly import open_audiences, open_project
from helpers.cli.options import Json, Quiet, project_root
from helpers.errors import ExitCode, Problem, UsageError, near_misses
from helpers.places import state_folder

if TYPE_CHECKING:
    from helpers.data.audit.alarms import Allowed

state_app = typer.Typer(
    help="The private state: back it up, restore it, remove what is old.", no_args_is_help=True
)


def audit(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Files to look through.")
    ] = None,
    released: Annotated[
        str, typer.Option(metavar="MEASURE|TABLE", help="Say what was published of records instead.")
    ] = "",
    readers: Annotated[
        str, typer.Option("--audience", help="With --released: told to whom; the public unless given.")
    ] = PUBLIC_NAME,
    as_json: Json = False,
) -> None:
    """Look for identifiers of patients in files of any kind, or list what was published of their records."""
    from helpers.data.audit.files import audit_file

    if bool(files) == bool(released):
        raise UsageError("audit", "no file, or both", "files to look through, or --released TABLE")
    if released:
        _show_released(project_root(), released, readers, as_json=as_json)
        return
    files = files or []
    missing = [Problem(str(path), "there is no such file") for path in files if not path.is_file()]
    if missing:
        raise UsageError(missing)
    allowed = _allowed()
    found = {path: allowed.standing(path.name, audit_file(path)) for path in files}
    problems = [problem for each in found.values() for problem in each]
    failed = sum(any(getattr(each, "kind", "") == "unreadable" for each in some) for some in found.values())
    if as_json:
        files_as_json = {str(path): [asdict(problem) for problem in each] for path, each in found.items()}
        showing.show_json({"files": files_as_json, "problems": len(problems), "unreadable": failed})
    else:
        for problem in problems:
            print(problem)
        unread = f", {failed} could not be read" if failed else ""
        print(f"{_many(len(files), 'file')}, {_many(len(problems), 'finding')}{unread}")
    raise typer.Exit(int(ExitCode.GATE if problems else ExitCode.OK))


def _many(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _show_released(root: Path, asked: str, readers: str, *, as_json: bool) -> None:
    """Print every count that was published of a table of records, with its query and its report."""
    from helpers.data.disclosure.people import TABLES
    from helpers.data.disclosure.queries import MEASURED
    from helpers.data.ledger.manifests import shown_words
    from helpers.data.ledger.releases import FROM_RECORDS, Releases

    project = open_project(root, audience=readers)
    ledger = Releases.of(project.home, root, project.audience)
    told = {entry.told.query.data_set for entry in ledger.entries()}
    names = {name: {name} for name in (*TABLES, *(each.removeprefix(MEASURED) for each in told))}
    names |= {name.removeprefix(MEASURED): {name} for name in told}
    for measure, counted in FROM_RECORDS.items():
        names.setdefault(measure, set()).update(query.data_set for query in counted.values())
    if asked not in names:
        came = f"{asked} is no table of records, and no measure that was told of"
        raise UsageError("--released", came, ", ".join(names), near_misses(asked, names))
    entries = [each for name in sorted(names[asked]) for each in ledger.entries(name)]
    shown = [shown_words(each.told, ledger.policy) for each in entries]
    uncertified = ledger.uncertified(each.told.query for each in entries)
    open_ones = sorted(" less ".join(sorted(query.words for query in name)) for name in uncertified)
    if as_json:
        rows = [
            {"query": e.told.query.entry, "shown": words, "report": e.report, "released": e.released}
            for e, words in zip(entries, shown, strict=True)
        ]
        showing.show_json({"released": rows, "uncertified": open_ones})
        return
    for each, words in zip(entries, shown, strict=True):
        print(f"{each.released[:10]}  {each.report}  {each.told.query.words}: {words}")
    stars = sum(each.told.star for each in entries)
    reports = len({each.report for each in entries})
    for words in open_ones:
        print(f"not certified, may be told by what was released before: {words}")
    print(
        f"{len(entries)} counts of {asked} in {reports} reports, {stars} of them hidden, "
        f"{len(open_ones)} groups not certified"
    )


def _allowed() -> Allowed:
    """Return the false alarms of the project around, where there is one."""
    from helpers.data.audit.alarms import Allowed, read_allowed

    try:
        root = project_root()
    except UsageError:
        return Allowed()
    return read_allowed(root / "params" / "_register")


def forget(source: Annotated[str, typer.Argument(help="The source's short name.")]) -> None:
    """Remove a source's loads and what was derived from them."""
    from helpers.data.keeping.forgetting import forget_source

    done = forget_source(state_folder(project_root()), source)
    print(
        f"{len(done.loads)} loads, {len(done.versions)} versions of the mart, {len(done.runs)} runs are removed"
    )
    if done.published:
        print(
            f"{len(done.published)} published files were made from it and stay: {', '.join(done.published)}"
        )


@state_app.command("backup")
def back_up_state(target: Annotated[Path, typer.Argument(help="The file to write: NAME.tar.gz")]) -> None:
    """Write the private state to one file."""
    from helpers.data.keeping.state import back_up

    count = back_up(state_folder(project_root()), target)
    print(f"{count} files in {target}; it holds records of patients where the mart does")


@state_app.command("restore")
def restore_state(
    source: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Drop the state that is there.")] = False,
) -> None:
    """Put a back-up in the place of the private state."""
    from helpers.data.keeping.state import restore

    count = restore(state_folder(project_root()), source, replace=replace)
    print(f"{count} files are restored")


@state_app.command("rebuild-ledger")
def rebuild_ledger() -> None:
    """Make the record of what was released anew, from the manifests of what is published."""
    from helpers.data.ledger.releases import Releases

    for project in open_audiences(project_root()):
        reports, figures = Releases.of(project.home, project.root, project.audience).rebuild()
        print(f"{project.audience.name}: {figures} counts of {reports} reports are entered")
    print(
        "Reports that were published by an older boardpack, or removed since, say nothing: run or withdraw them"
    )


@state_app.command("prune")
def prune(
    days: Annotated[
        int | None,
        typer.Option("--older-than", min=1, help="Days that runs and versions stay, whatever `keep` says."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    quiet: Quiet = False,
) -> None:
    """Remove executed notebooks, logs, versions of the data and editions as `keep` in _publisher.yml says."""
    from helpers.data.keeping.state import prune_state
    from helpers.runner.batch.approval import beyond, remove_editions
    from helpers.runner.history.store import History

    root = project_root()
    projects = open_audiences(root)
    keep = projects[0].publisher.keep
    age = timedelta(days=days) if days else keep.runs
    histories = {project.audience.name: History(project.state) for project in projects}
    waiting = {draft.maker for each in histories.values() for draft in each.drafts()}
    done = prune_state(
        state_folder(root),
        older_than=age,
        versions=age if days else keep.versions,
        spared=waiting,
        dry_run=dry_run,
    )
    lines = [f"run {each}" for each in done.runs] + [f"version or load {each}" for each in done.versions]
    for project in projects:
        old = beyond(histories[project.audience.name].published(), keep.editions)
        lines += [f"edition {each.period}/{each.report}" for each in old]
        if not dry_run:
            remove_editions(project, old)
    if not quiet:
        for line in lines if dry_run else ():
            print(f"would remove {line}")
        verb = "would be" if dry_run else "are"
        runs, editions = len(done.runs), len(lines) - len(done.runs) - len(done.versions)
        print(
            f"{runs} runs, {len(done.versions)} versions of the mart and {editions} editions {verb} removed"
        )

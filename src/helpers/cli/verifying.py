"""`boardpack history --verify`: whether the history, drafts and published files are as they were entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers.errors import GateError, Problem
from helpers.runner.batch.foreign import find_foreign
from helpers.runner.history.store import History
from helpers.runner.key.due import look_at
from helpers.runner.project import Project
from helpers.runner.publish.placing import draft_folder


def verify_records(opened: Sequence[tuple[Project, History]], noted: str = "") -> None:
    """Print that nothing was changed behind the history's back.

    Raises `GateError` with all that was.
    """
    problems: list[Problem] = []
    known: list[str] = []
    for project, record in opened:
        broken, hashes = record.verify()
        problems += [*broken, *_changed_files(project, record)]
        known += hashes
        print(
            f"{project.audience.name}: {len(hashes):,} links, the last {hashes[-1] if hashes else 'none'}"
        )
    if noted and not any(each.startswith(noted) for each in known):
        came = "is not in the history, which was cut short or written anew since it was noted"
        problems.append(Problem(noted, came, cure="compare with a back-up of the private folder"))
    if problems:
        raise GateError(problems)
    print("nothing was changed since it was entered")


def _changed_files(project: Project, record: History) -> Iterator[Problem]:
    for path, came in find_foreign(record, project.reports, verify=True).items():
        yield Problem(project.show(project.reports / path), came)
    for draft in record.drafts():
        for output in draft.outputs.values():
            folder = draft_folder(project.state, draft)
            if look_at(folder, output, verify=True) is None:
                where = project.show(folder / output.path)
                yield Problem(where, "the draft is missing or was altered since it was held")

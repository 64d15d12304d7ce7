"""Who may sign a draft, whether it is still what would be made, and how its pages say that it is one."""

from __future__ import annotations

import getpass
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from helpers.errors import GateError, UsageError
from helpers.hashes import hash_bytes
from helpers.runner.engines import FORMATS, choose_engine
from helpers.runner.history.chain import DraftDecision, Stage
from helpers.runner.history.entries import Entry, now
from helpers.runner.history.signing import SignOff, digest_of
from helpers.runner.key.surroundings import survey
from helpers.runner.project import Project, private_folder
from helpers.runner.publish.placing import marked_folder

if TYPE_CHECKING:
    from helpers.runner.document.making import Document

#: what each page of a draft bears
DRAFT_MARK: Final = "Draft: not approved."
_WATERMARK: Final = "Draft"


def current_account() -> str:
    """Return who runs this, as the operating system knows it: no variable of the environment can say otherwise."""
    if os.name != "posix":
        return getpass.getuser()
    import pwd  # not on Windows

    return pwd.getpwuid(os.getuid()).pw_name


def decide_as(project: Project, found: SignOff, account: str, stage: Stage, note: str) -> DraftDecision:
    """Return what an account decides of a draft.

    Raises `UsageError` if it has not the role whose turn it is (to return it: any of the roles), or has signed this
    draft before.
    """
    draft, held = found.draft, project.publisher.roles_of(account)
    mine = [role for role in held if role in found.roles]
    role = found.next_role if stage is not Stage.RETURNED or found.next_role in mine else "".join(mine[:1])
    if found.roles and role not in mine:
        has = f"{account} is {', '.join(held)}" if held else f"{account} has no role"
        allowed = found.next_role if stage is not Stage.RETURNED else " or ".join(found.roles)
        cure = "ask that role; who has it stands under `roles` in params/_publisher.yml"
        raise UsageError(draft.report, f"{has} and cannot sign here", allowed, cure)
    if stage is not Stage.RETURNED and account in {each.account for each in found.signed}:
        came = f"{account} has signed this draft already"
        raise UsageError(draft.report, came, f"somebody else who is {role}")
    return DraftDecision(
        draft.run, draft.notebook, draft.name, digest_of(draft), stage, account, role, note.strip(), now()
    )


def check_fresh(project: Project, draft: Entry) -> None:
    """Refuse a draft whose data, notebook or words are no longer those it was made from.

    Raises `GateError` with what has changed: what was signed of it has ended.
    """
    path = project.notebooks / f"{draft.notebook}.ipynb"
    as_now = {"notebook": hash_bytes(path.read_bytes()) if path.is_file() else ""}
    if draft.key.get("known", "now") == "now":  # what was known on a day of the past does not change
        as_now |= survey(project, choose_engine("auto")).read_by(draft)
    if changed := [part for part, value in as_now.items() if draft.key.get(part) != value]:
        came = f"the draft is not what would be made now: {', '.join(changed)} changed since, so its signatures end"
        raise GateError(draft.report, came, cure=f"make a new one: boardpack run {draft.report}")


def mark_copies(project: Project, draft: Entry, document: Document, scratch: Path) -> None:
    """Make the copies of a draft that people look at until it is approved: each page says what it is."""
    from helpers.runner.render import render  # late: the command line does not need it to start

    wanted = [name for name in draft.outputs if name in FORMATS]
    made = render(as_draft(document), wanted, theme=project.theme, folder=private_folder(scratch))
    for name, path in made.items():
        place = marked_folder(project.state, draft) / draft.outputs[name].path
        private_folder(place.parent)
        path.rename(place)
    shutil.rmtree(scratch)


def as_draft(document: Document) -> Document:
    """Return a document whose pages say that it is not approved."""
    from helpers.runner.document.making import front, parted  # late, as above

    settings, body = parted(document.markdown)
    mark = f"{DRAFT_MARK} {settings['facts'].get('mark', '')}".strip()
    settings["facts"] |= {"mark": mark, "draft": _WATERMARK}
    return replace(document, markdown=front(settings) + body, mark=f"{DRAFT_MARK} {document.mark}".strip())

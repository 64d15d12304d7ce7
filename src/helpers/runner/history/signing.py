"""How far each draft has come on its way to approval, by the decisions that are on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpers.hashes import hash_json
from helpers.runner.history.chain import DraftDecision, Stage
from helpers.runner.history.entries import Entry
from helpers.runner.history.store import History
from helpers.runner.project import Project


@dataclass(frozen=True)
class SignOff:
    """How far one draft has come."""

    draft: Entry
    roles: tuple[str, ...]  # who signs, in order; none where anybody may publish it
    decisions: tuple[DraftDecision, ...] = ()  # of this draft's very files, oldest first

    @property
    def signed(self) -> tuple[DraftDecision, ...]:
        """The signatures that count: those since the draft was last returned."""
        found: tuple[DraftDecision, ...] = ()
        for each in self.decisions:
            found = (*found, each) if each.stage is Stage.REVIEWED else ()
        return found

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.signed:
            return Stage.REVIEWED
        return Stage.RETURNED if self.decisions else Stage.DRAFT

    @property
    def next_role(self) -> str:
        """The role that signs next; empty where anybody may."""
        left = self.roles[len(self.signed) :] or self.roles[-1:]
        return left[0] if left else ""

    @property
    def is_last(self) -> bool:
        """Whether the next signature publishes it."""
        return len(self.signed) + 1 >= len(self.roles)

    @property
    def words(self) -> str:
        """How far it is, in words for readers: roles, and no names.

        >>> SignOff(Entry("r", "n", "x", "held"), ("lead", "director")).words
        'is a draft and waits for lead'
        """
        if not self.decisions:
            return f"is a draft and waits for {self.next_role}" if self.next_role else "waits for approval"
        if self.signed:
            said = f"is reviewed by {' and '.join(each.role for each in self.signed)}"
        else:
            said = f"was returned by {self.decisions[-1].role}".removesuffix(" by ")
        return f"{said} and waits for {self.next_role or 'approval'}"


def sign_off_of(project: Project, draft: Entry, decisions: Iterable[DraftDecision]) -> SignOff:
    """Return how far a draft has come; what was decided of other files does not count."""
    roles, whole = project.publisher.signers(draft.notebook, project.audience.name), digest_of(draft)
    mine = (each for each in decisions if each.run == draft.run and each.digest == whole)
    return SignOff(
        draft,
        roles,
        tuple(each for each in mine if (each.notebook, each.name) == (draft.notebook, draft.name)),
    )


def waiting(project: Project, history: History) -> list[SignOff]:
    """Return how far each draft that waits has come."""
    decided = history.decisions()
    return [sign_off_of(project, each, decided) for each in history.drafts()]


def digest_of(draft: Entry) -> str:
    """Return the hash of all files of a draft."""
    return hash_json({name: output.sha256 for name, output in draft.outputs.items()})


def stages(project: Project, history: History) -> Mapping[tuple[str, str], str]:
    """Return how far the draft of each report (``notebook/name``) and period has come, in words."""
    return {(each.draft.report, each.draft.period): each.words for each in waiting(project, history)}

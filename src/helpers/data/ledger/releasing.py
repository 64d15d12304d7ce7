"""Asking the ledger: what of some figures may be shown beside everything that was told before."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from helpers.data.disclosure.deciding import Asked, Decision, Witnesses, at_first, decide
from helpers.data.disclosure.measured import by_their_parts
from helpers.data.disclosure.people import Found, People, find_people
from helpers.data.disclosure.queries import EVERYBODY, MEASURED, Query, Told
from helpers.data.ledger.releases import UNPUBLISHED, Releases, enter_witnesses, insert
from helpers.data.ledger.witnesses import read_witnesses
from helpers.data.mart import Mart
from helpers.data.mart.manifest import PRIVATE_FILE, make_private
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy
from helpers.places import REPORT_VARIABLE
from helpers.reads import timed

#: a figure of several organisations that could be so many people off and look the same tells nothing of a star
_FAR = HES_RECORD_LEVEL.suppress_up_to + 1


@timed("ledger")
def decide_on(
    releases: Releases,
    mart: Mart,
    asked: Sequence[Asked],
    *,
    told: Sequence[Told] = (),
    unasked: bool = False,
    of_several: DisclosurePolicy = HES_RECORD_LEVEL,
    about: str = "",
) -> dict[Query, Told]:
    """Return what may be told of some figures, beside everything that was told before.

    In a batch it is entered in the name of the report; elsewhere nothing is.

    Parameters
    ----------
    mart
        Pinned to a version.
    asked
        What is to be shown, the most important first.
    told
        What has been told in this session and may not be on record.
    unasked
        Whether small groups that these figures and those of the session tell apart must stay uncertain, too.
    of_several
        The rule for figures of several organisations.
    about
        The report's organisation: figures of several give way where they would tell one of its stars.

    Raises
    ------
    GateError
        If the ledger is damaged, or missing though reports were published.
    """
    report = os.environ.get(REPORT_VARIABLE, "")
    # what new figures would tell once more beside old ones: the later of two whose difference is not certified
    withheld = {name[-1] for name in releases.uncertified(each.query for each in asked) if len(name) > 1}
    hidden = {each.query: Told(each.query, 1, None, star=True) for each in asked if each.query in withheld}
    asked = [each for each in asked if each.query not in hidden]
    # most of what a report asks for stands already: the year of every other trust, say
    found = _standing(releases, mart, asked)
    if report and found:
        exact = {each.query: each.exact for each in asked}
        with releases.open() as database:
            for data_set, data in _versions(mart, asked).items():
                mine = [each for query, each in found.items() if query.data_set == data_set]
                insert(database, mine, report, data=data, exact=exact)
    groups: dict[tuple[str, str], list[Asked]] = {}
    for each in asked:
        if each.query not in found:
            groups.setdefault((each.query.data_set, each.query.organisation), []).append(each)
    kinds: Found = {}
    for (data_set, organisation), some in groups.items():
        whose = organisation or about
        beside = tuple(code for name, code in groups if name == data_set and code != EVERYBODY)
        group = _Group(releases, mart, data_set, whose, of_several, tuple(told), unasked, beside, kinds)
        with _alone(releases.folder, data_set, whose) if report else contextlib.nullcontext():
            found |= group.decide(some, report, several=organisation == EVERYBODY)
    return found | hidden


def _standing(releases: Releases, mart: Mart, asked: Sequence[Asked]) -> dict[Query, Told]:
    """Return what stands already of the same records and is all that is asked for."""
    versions, wanted = _versions(mart, asked), {each.query.text: each for each in asked}
    found: dict[Query, Told] = {}
    with releases.reading() as database:
        if database is None or not wanted:
            return {}
        rows = database.execute(
            f"SELECT DISTINCT query, told FROM cells WHERE query IN ({', '.join('?' * len(wanted))}) "
            f"AND data IN ({', '.join('?' * len(versions))}) AND (released <> '' OR at >= ?)",
            (*wanted, *versions.values(), _limit()),
        ).fetchall()
    for key, text in rows:
        told = Told.read(text)
        if _covers(told, wanted[key]):
            found[told.query] = told
    return found


def _versions(mart: Mart, asked: Sequence[Asked]) -> dict[str, str]:
    """Return for each data set what tells its records of this version from those of another."""
    return {name: _version(mart, name) for name in _data_sets(asked)}


def _data_sets(asked: Iterable[Asked]) -> list[str]:
    return sorted({each.query.data_set for each in asked})


def _version(mart: Mart, data_set: str) -> str:
    mine = {name: mark for name, mark in mart.fingerprints().items() if name.startswith(f"{data_set}/")}
    return hashlib.sha256(json.dumps(mine, sort_keys=True).encode()).hexdigest()[:16]


def _limit() -> str:
    return (datetime.now(UTC) - UNPUBLISHED).isoformat(timespec="seconds")


@contextlib.contextmanager
def _alone(folder: Path, data_set: str, organisation: str) -> Iterator[None]:
    """Keep others from deciding on the same people meanwhile."""
    make_private(folder)
    name = hashlib.sha256(f"{data_set} {organisation}".encode()).hexdigest()[:16]
    with FileLock(folder / f"{name}.lock", mode=PRIVATE_FILE):
        yield


@dataclass(frozen=True)
class _Group:
    """The people of one organisation in one data set; of none, where figures of several are asked for no report's."""

    releases: Releases
    mart: Mart
    data_set: str
    organisation: str
    of_several: DisclosurePolicy
    told: tuple[Told, ...] = ()
    unasked: bool = False
    #: beside, kinds: what else is asked about in the same breath, and whose people were found for it
    beside: tuple[str, ...] = ()
    kinds: Found = field(default_factory=dict)

    def decide(self, asked: Sequence[Asked], report: str, *, several: bool = False) -> dict[Query, Told]:
        """Return what may be told, and enter it in the name of a report."""
        data = _version(self.mart, self.data_set)
        rows, witnesses = self._known()
        recorded = {each.query for each, _, _ in rows}
        mine = (each for each in self.told if each.query.data_set == self.data_set)
        rows += [
            (each, None, data)
            for each in mine
            if each.query.organisation == self.organisation != EVERYBODY and each.query not in recorded
        ]
        standing: dict[Query, list[Told]] = {}
        for each, _, of in rows:
            if of == data:
                standing.setdefault(each.query, []).append(each)
        found = {
            wanted.query: each
            for wanted in asked
            for each in standing.get(wanted.query, ())
            if _covers(each, wanted)
        }
        fresh = list({each.query: each for each in asked if each.query not in found}.values())
        decision = Decision((), witnesses)
        if several:
            decision = self._of_several(fresh, rows, witnesses)
        elif fresh:
            decision = self._of_one(fresh, rows, witnesses)
        found |= {each.query: each for each in decision.told}
        if report:
            exact = {each.query: each.exact for each in asked if several}
            # a mean that gives way leaves the count that stands as it was told
            shown = {query for query, each in standing.items() if not all(told.star for told in each)}
            new = [each for each in found.values() if not (each.star and each.query in shown)]
            self._enter(new, exact, decision.witnesses if fresh else None, report, data)
        return found

    def _of_one(
        self,
        asked: Sequence[Asked],
        rows: Sequence[tuple[Told, int | None, str]],
        witnesses: Witnesses,
        given: Mapping[Query, tuple[Told, int]] | None = None,
    ) -> Decision:
        queries = [*(told.query for told, _, _ in rows), *(each.query for each in asked)]
        people = find_people(self.mart, queries, self.organisation, self.beside, self.kinds)
        policy = self.releases.policy
        known = [told if exact is None else _here(told, exact, people) for told, exact, _ in rows]
        if given is not None:
            here = {query: _here(told, exact, people) for query, (told, exact) in given.items()}
            return decide(people, known, asked, witnesses=witnesses, policy=policy, given=here)
        here_too = set(queries)
        mine = [told.query for told in self.told if told.query in here_too]
        unasked = [*mine, *(each.query for each in asked)] if self.unasked else []
        return decide(people, known, asked, witnesses=witnesses, policy=policy, unasked=unasked)

    def _of_several(
        self, asked: Sequence[Asked], rows: Sequence[tuple[Told, int | None, str]], witnesses: Witnesses
    ) -> Decision:
        """Return what is told of people of several organisations: the rule, less what tells one of this one's stars."""
        told = {each.query: at_first(each, int(each.exact or 0), 0.0, self.of_several) for each in asked}
        close = {
            each.query: (told[each.query], int(each.exact or 0))
            for each in asked
            if not told[each.query].star and _binds(told[each.query], int(each.exact or 0))
        }
        decision = Decision((), witnesses)
        if close and self.organisation != EVERYBODY:
            decision = self._of_one(
                [each for each in asked if each.query in close], rows, witnesses, given=close
            )
            told |= {each.query: each for each in decision.told if each.star}
        return replace(decision, told=tuple(told.values()))

    def _known(self) -> tuple[list[tuple[Told, int | None, str]], Witnesses]:
        found, witnesses = self._known_from(self.releases)
        for ledger in self.releases.others:  # their stars hide more than these readers are kept from
            told, _ = self._known_from(ledger)
            found += [(each, exact, "") for each, exact, _ in told if not each.star]
        if self.data_set.startswith(MEASURED) and found:
            now = by_their_parts(self.mart, [told.query for told, _, _ in found])
            found = [(replace(told, query=now[told.query]), exact, of) for told, exact, of in found]
        return found, witnesses

    def _known_from(self, ledger: Releases) -> tuple[list[tuple[Told, int | None, str]], Witnesses]:
        with ledger.reading() as database:
            if database is None:
                return [], {}
            rows = database.execute(
                "SELECT DISTINCT told, exact, data FROM cells WHERE data_set = ? AND organisation IN (?, ?) "
                "AND (released <> '' OR at >= ?)",
                (self.data_set, self.organisation, EVERYBODY, _limit()),
            ).fetchall()
            kept = database.execute(
                "SELECT worlds FROM witnesses WHERE data_set = ? AND organisation = ?",
                (self.data_set, self.organisation),
            ).fetchone()
        newest = {(told, exact): data for told, exact, data in rows}
        found = [(Told.read(told), exact, data) for (told, exact), data in newest.items()]
        return found, read_witnesses(kept[0]) if kept else {}

    def _enter(
        self,
        told: Iterable[Told],
        exact: dict[Query, int | None],
        witnesses: Witnesses | None,
        report: str,
        data: str,
    ) -> None:
        kept = [
            each for each in told if exact.get(each.query) is None or _binds(each, exact[each.query] or 0)
        ]
        if not kept:
            return
        with self.releases.open() as database:
            insert(database, kept, report, data=data, exact=exact)
            if witnesses is not None and self.organisation != EVERYBODY:
                enter_witnesses(database, self.data_set, self.organisation, witnesses)


def _covers(told: Told, asked: Asked) -> bool:
    """Tell whether what stands in the ledger is all that is asked for."""
    if asked.exactly and told.low != told.high and not told.star:
        return False
    counted = told.high is not None or not asked.counted
    return told.star or (counted and (told.mean is not None or asked.digits is None or told.high == 0))


def _here(told: Told, exact: int, people: People) -> Told:
    """Return what a figure of several organisations tells of one, all others being as they are."""
    others = exact - int(people.count[people.mask(told.query)].sum())
    high = None if told.high is None else told.high - others
    return Told(told.query, told.low - others, high, told.star)


def _binds(told: Told, exact: int) -> bool:
    """Tell whether a few people more or fewer would show: what would not, tells nothing of a star."""
    if told.star:
        return True
    return exact - told.low < _FAR or (told.high is not None and told.high - exact < _FAR)

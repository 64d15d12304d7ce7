"""What was told of patients' records: every released count by its query, kept in the private state.

A report asks before it shows (`helpers.data.ledger.releasing`): what it may show is entered in its name at once, so of
two reports that run beside each other the second finds the first. When it is published its entries become what readers
know for good; entries of a report that was not are forgotten after a day. Entries stay when data are forgotten or old
runs removed: what readers have seen, they have seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.audience import PUBLIC, Audience, current_audience
from helpers.bundle import MISSING, SUPPRESSED, Bundle
from helpers.data.disclosure.checks import effective_origin
from helpers.data.disclosure.queries import EVERYBODY, MEASURED, MET, PEOPLE, Condition, Query, Told
from helpers.data.disclosure.totals import uncertified
from helpers.data.ledger.manifests import read_manifests, shown_cell
from helpers.data.ledger.witnesses import read_first_version, write_witnesses
from helpers.data.mart.manifest import PRIVATE_FILE, make_private, write_private
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy, policy_of
from helpers.errors import GateError, Problem, UsageError
from helpers.places import find_root, state_folder

if TYPE_CHECKING:
    from helpers.data.disclosure.deciding import Witnesses
    from helpers.data.mart import Mart

FOLDER, FILE = "released", "ledger.sqlite"
#: below it, the manifests of editions that were removed by their age
REMOVED = "removed"
SCHEMA_VERSION = 2
_CELLS = """
CREATE TABLE cells (
    data_set TEXT NOT NULL, organisation TEXT NOT NULL, query TEXT NOT NULL, told TEXT NOT NULL,
    data TEXT NOT NULL, exact INTEGER, report TEXT NOT NULL, released TEXT NOT NULL, at TEXT NOT NULL,
    UNIQUE (query, told, report)
);
CREATE INDEX cells_by_set ON cells (data_set, organisation);
"""
#: uncertified: what of the worlds' names is not certified, a list of lists of queries
_WITNESSES = """
CREATE TABLE witnesses (
    data_set TEXT NOT NULL, organisation TEXT NOT NULL, worlds TEXT NOT NULL, uncertified TEXT NOT NULL,
    UNIQUE (data_set, organisation)
)
"""
#: how long what was decided on for a report that was not published binds others
UNPUBLISHED = timedelta(days=1)
_REBUILD = "restore a back-up (boardpack state restore FILE), or rebuild it: boardpack state rebuild-ledger"


@dataclass(frozen=True)
class ReleasedCount:
    """A count that was told: what, by which report, and when it was published; empty where it was not yet."""

    told: Told
    report: str
    released: str


class Releases:
    """The ledger of a project.

    Parameters
    ----------
    reports
        The folder of published reports: a ledger that is missing beside some is an error.
    others
        Ledgers of what the same readers know besides: what was told to the public.
    """

    def __init__(
        self,
        state: Path,
        reports: Path | None = None,
        *,
        policy: DisclosurePolicy = HES_RECORD_LEVEL,
        others: tuple[Releases, ...] = (),
    ) -> None:
        self.folder, self.reports, self.policy, self.others = state / FOLDER, reports, policy, others
        self.path = self.folder / FILE

    @classmethod
    def of(cls, state: Path, root: Path | None, audience: Audience) -> Releases:
        """Return the ledger of what is told to an audience.

        Parameters
        ----------
        state, root
            The whole private state, and the project's folder; None where there is no project around.
        """
        public = cls(state, PUBLIC.reports(root) if root else None)
        if audience.is_public:
            return public
        pages = audience.reports(root) if root else None
        return cls(audience.home(state), pages, policy=policy_of(audience), others=(public,))

    # --- publishing -------------------------------------------------------------------------------------

    def of_report(self, report: str) -> list[ReleasedCount]:
        """Return what a report tells, has ever told, or will once it is published."""
        return self._entries("report = ? ORDER BY query, told", report)

    def release(self, report: str) -> None:
        """Enter that a report's figures are published, just before its files are put in place."""
        if not self._is_there():
            return
        limit = (datetime.now(UTC) - UNPUBLISHED).isoformat(timespec="seconds")
        with self.open() as database:
            database.execute("DELETE FROM cells WHERE released = '' AND at < ?", (limit,))
            database.execute(
                "UPDATE cells SET released = ? WHERE report = ? AND released = ''", (_now(), report)
            )

    def unentered(self, report: str, bundles: Sequence[Bundle]) -> list[Problem]:
        """Return the columns of counts from records of which some are no figures that a report asked for.

        What is not in the ledger is compared with nothing: it may tell a star of this report or of another.
        """
        counted = [
            (bundle, place)
            for bundle in bundles
            if effective_origin(bundle) == "records"
            for place, column in enumerate(bundle.columns)
            if column.kind == "count"
        ]
        if not counted:
            return []
        entered = {0, SUPPRESSED, MISSING, None}
        entered |= {shown_cell(entry.told, self.policy) for entry in self.of_report(report)}
        return [
            Problem(
                f"{bundle.id}, column {bundle.columns[place].label}",
                "counts from records that the ledger of what was told does not know",
                "figures that the report asked for before it showed them",
                "take them from report.records(…) or from an analysis of records",
            )
            for bundle, place in counted
            if not {row[place] for row in bundle.rows} <= entered
        ]

    def uncertified(self, queries: Iterable[Query]) -> list[tuple[Query, ...]]:
        """Return what is not certified beside all that was told of those whom some queries count.

        Each is a star, or two figures that differ by a few people.
        """
        whose = {(query.data_set, query.organisation) for query in queries}
        with self.reading() as database:
            kept = "SELECT uncertified FROM witnesses WHERE data_set = ? AND organisation = ?"
            rows = [
                row for each in sorted(whose) for row in (database.execute(kept, each) if database else ())
            ]
            return [tuple(map(Query.read, name)) for (names,) in rows for name in json.loads(names)]

    def shown_uncertified(self, report: str, mart: Mart) -> list[Problem]:
        """Return the figures of a report, not published yet, that tell what is not certified.

        One that was asked for before the months came that it sums counts their people now.
        """
        new = [each.told for each in self.of_report(report) if not each.released and not each.told.star]
        names = self.uncertified(each.query for each in new) if new else []
        last = {name[-1] for name in names}
        now = _by_their_parts(mart, [each.query for each in new], last)
        return [
            Problem(
                f"ledger, {each.query.words}",
                "beside what was published it would tell how many a few patients are",
                "figures with which three values remain possible",
                "run the report again: it asks anew, and hides what would tell them",
            )
            for each in new
            if not last.isdisjoint((each.query, now.get(each.query)))
        ]

    def entries(self, data_set: str = "") -> list[ReleasedCount]:
        """Return everything that was published, of one data set or of all."""
        where = "released <> '' AND (? IN ('', data_set)) ORDER BY data_set, organisation, query, released"
        return self._entries(where, data_set)

    def _entries(self, where: str, *values: str) -> list[ReleasedCount]:
        if not self._is_there():
            return []
        with self.open() as database:
            rows = database.execute(
                f"SELECT told, report, released FROM cells WHERE {where}", values
            ).fetchall()
        return [_entry(*row) for row in rows]

    # --- rebuilding -------------------------------------------------------------------------------------

    def rebuild(self) -> tuple[int, int]:
        """Make the ledger anew from the manifests of what is published; return reports and figures found.

        A file that is there is kept beside it.
        """
        make_private(self.folder)
        if self.path.exists():
            self.path.replace(self.path.with_suffix(f".{datetime.now(UTC):%Y%m%dT%H%M%S}.old"))
        found = list(self._manifests())
        with self.open(new=True) as database:
            for report, made, told in found:
                insert(database, told, report, data="", released=made)
        return len(found), sum(len(told) for _, _, told in found)

    def keep_manifest(self, path: Path) -> None:
        """Keep the manifest of an edition that is about to be removed, where it tells of records."""
        if self.reports is not None and next(read_manifests([path], self.policy), None):
            kept = self.folder / REMOVED / path.relative_to(self.reports)
            make_private(kept.parent)
            write_private(kept, path.read_bytes())

    def _manifests(self) -> Iterator[tuple[str, str, list[Told]]]:
        """Yield what published reports tell, and editions told that have been removed since."""
        folders = [self.folder / REMOVED, *([self.reports] if self.reports else [])]
        paths = (path for folder in folders for path in sorted(folder.rglob("*manifest.json")))
        return read_manifests(paths, self.policy)

    def _is_there(self) -> bool:
        """Tell whether there is a ledger; one that is missing beside published figures of records is an error."""
        if self.path.exists():
            return True
        if next(self._manifests(), None):
            came = "is missing, though reports on patients' records were published"
            raise GateError(Problem(f"{FOLDER}/{FILE}", came, cure=_REBUILD))
        return False

    # --- the file ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def open(self, *, new: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield the ledger, held against other writers until the block ends."""
        if not new:
            self._is_there()
        make_private(self.folder)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        with (
            _damage_told(),
            contextlib.closing(sqlite3.connect(self.path, timeout=60.0, isolation_level=None)) as database,
        ):
            database.execute("BEGIN IMMEDIATE")
            _bring_up_to_date(database)
            yield database
            database.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Yield the ledger to be read; None where nothing was ever told."""
        if not self.path.exists():
            yield None
            return
        address = f"file:{self.path}?mode=ro"
        with (
            _damage_told(),
            contextlib.closing(sqlite3.connect(address, uri=True, timeout=60.0)) as database,
        ):
            # the first to tell something is still at it, unless something was published: then it is damaged
            begun = database.execute("SELECT 1 FROM sqlite_master").fetchone()
            if begun and _version(database) != SCHEMA_VERSION:
                with self.open():
                    pass  # brings an older one up to date, and refuses a newer one
            yield database if begun or next(self._manifests(), None) else None


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """Say of a ledger that cannot be used what is to be done."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise GateError(Problem(f"{FOLDER}/{FILE}", f"cannot be used ({error})", cure=_REBUILD)) from error


def _by_their_parts(mart: Mart, queries: Sequence[Query], names: Collection[Query]) -> dict[Query, Query]:
    """Return whom queries of measures count now, as far as something of the same people is among some names."""
    now: dict[Query, Query] = {}
    for whose in {
        (name.data_set, name.organisation) for name in names if name.data_set.startswith(MEASURED)
    }:
        from helpers.data.disclosure.measured import by_their_parts  # heavy, and hardly ever needed

        mine = [query for query in queries if (query.data_set, query.organisation) == whose]
        now |= by_their_parts(mart, mine) if mine else {}
    return now


def releases_of(mart: Mart) -> Releases:
    """Return the ledger of what is told from a mart to those for whom this process works."""
    state = mart.path.parent
    try:
        root: Path | None = find_root()
    except UsageError:  # a mart without a project around it
        root = None
    if root is not None and state_folder(root).resolve() != state.resolve():
        root = None  # what this project has published came from another mart
    return Releases.of(state, root, current_audience())


def insert(
    database: sqlite3.Connection,
    told: Iterable[Told],
    report: str,
    *,
    data: str,
    released: str = "",
    exact: dict[Query, int | None] | None = None,
) -> None:
    """Enter what a report tells."""
    at = _now()
    database.executemany(
        "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET at = excluded.at, data = excluded.data",
        [
            (
                each.query.data_set,
                each.query.organisation,
                each.query.text,
                json.dumps(each.entry),
                data,
                (exact or {}).get(each.query),
                report,
                released,
                at,
            )
            for each in told
        ],
    )


def enter_witnesses(
    database: sqlite3.Connection, data_set: str, organisation: str, witnesses: Witnesses
) -> None:
    """Enter other worlds of some people, in place of those that are kept."""
    names = [[query.entry for query in name] for name in uncertified(witnesses)]
    database.execute(
        "INSERT OR REPLACE INTO witnesses VALUES (?, ?, ?, ?)",
        (data_set, organisation, write_witnesses(witnesses), json.dumps(names)),
    )


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _bring_up_to_date(database: sqlite3.Connection) -> None:
    version = _version(database)
    if version > SCHEMA_VERSION:
        came = f"was written by a newer boardpack (schema {version})"
        raise GateError(Problem(f"{FOLDER}/{FILE}", came, cure="update boardpack"))
    if version == SCHEMA_VERSION:
        return
    kept = []
    if version == 1:
        kept = database.execute("SELECT data_set, organisation, worlds FROM witnesses").fetchall()
        database.execute("DROP TABLE witnesses")
    else:
        for statement in _CELLS.split(";"):
            database.execute(statement)
    database.execute(_WITNESSES)
    for data_set, organisation, worlds in kept:
        enter_witnesses(database, data_set, organisation, read_first_version(worlds))
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _entry(told: str, report: str, released: str) -> ReleasedCount:
    return ReleasedCount(Told.read(told), report, released)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


#: measures that are counted from records of the mart: the queries of their parts, whosoever and whenever
FROM_RECORDS: Mapping[str, Mapping[str, Query]] = {
    "mean_los": {PEOPLE: Query("spells", EVERYBODY, (Condition("patient_class", ("ordinary",)),))},
    "dna_rate": {
        PEOPLE: Query("appointments", EVERYBODY, (Condition("outcome", ("attended", "dna")),)),
        MET: Query("appointments", EVERYBODY, (Condition("outcome", ("dna",)),)),
    },
}

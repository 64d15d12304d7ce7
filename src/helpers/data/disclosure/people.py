"""The people behind counts: how many of each kind there are, for all that was asked of one organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.measured import contract_kinds, measured_kinds
from helpers.data.disclosure.queries import CONTRACT, EVERYBODY, MEASURED, Condition, Query
from helpers.data.mart.views import literal

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

Mask = NDArray[np.bool_]
#: what the people of one kind have in common: dimensions with their values
Kind = tuple[tuple[str, str | float], ...]
#: more days than anybody stays: the amount of one person has some limit
LARGEST_AMOUNT = 400
#: kinds of people beyond which those of whom there is nobody are left out
MOST_KINDS = 20_000
#: who has the record
ORGANISATION = "org_code"
#: by so many columns, organisation and day among them, the people of all organisations are few kinds
FEW_COLUMNS = 5
#: so many values of a column that queries name are told apart record by record
FEW_VALUES = 3
#: stands for all values that no query names; no record has it
_NOT_NAMED = "\u2026"


@dataclass(frozen=True)
class RecordTable:
    """A table of records: its day, what may be added up of it, and dimensions that are made of columns."""

    name: str
    day: str
    amount: str = ""
    made: tuple[tuple[str, str], ...] = ()


_FIFTH = ("deprivation", "((imd_decile + 1) // 2)")
_DISCHARGE, _APPOINTMENT = "discharged", "appointment_date"
TABLES: Mapping[str, RecordTable] = {
    "spells": RecordTable(
        "spells", _DISCHARGE, "los_days", (_FIFTH, ("weekday", f"dayname({_DISCHARGE})"))
    ),
    "appointments": RecordTable(
        "appointments", _APPOINTMENT, "", (_FIFTH, ("weekday", f"dayname({_APPOINTMENT})"))
    ),
    "waits": RecordTable("waits", "referred", "", (("weekday", "dayname(referred)"),)),
}


@dataclass(frozen=True)
class People:
    """Kinds of people, one entry each: nobody is in two, and no query tells those of one kind apart."""

    #: a row for each kind: dimensions as words (numbers as numbers), and `day`, an ISO date
    kinds: pd.DataFrame
    count: NDArray[np.int64]
    #: what they add up to (days of stay); zeros where the data set has no amount
    amount: NDArray[np.float64]
    #: least, most: between what the amount of one person of the kind can lie
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    #: among whom they were found, and where: what counts everybody is looked for among these once
    among: tuple[People, NDArray[np.intp]] | None = None

    def only(self, rows: NDArray[np.intp]) -> People:
        """Return those of some rows."""
        kinds = self.kinds.iloc[rows].reset_index(drop=True)
        count, amount = self.count[rows], self.amount[rows]
        return People(kinds, count, amount, self.least[rows], self.most[rows], among=(self, rows))

    def mask(self, query: Query) -> Mask:
        """Return which kinds a query counts; not to be changed in place."""
        if query not in self._masks:
            if self.among is not None and query.organisation == EVERYBODY:
                every, rows = self.among
                self._masks[query] = every.mask(query)[rows]
            else:
                self._masks[query] = self._counted(query)
        return self._masks[query]

    def _counted(self, query: Query) -> Mask:
        found = np.ones(len(self.kinds), dtype=np.bool_)
        if query.organisation != EVERYBODY and ORGANISATION in self.kinds:
            found &= self._met(Condition(ORGANISATION, (query.organisation,)))
        if query.first:
            found &= self._from(query.first)
        if query.end:
            found &= ~self._from(query.end)
        for condition in query.conditions:
            found &= self._met(condition)
        return found

    def _met(self, condition: Condition) -> Mask:
        # hundreds of queries share a few conditions
        if condition not in self._masks:
            which, values = self._values(condition.dimension)
            self._masks[condition] = _meets(values, condition)[which]
        return self._masks[condition]

    def _from(self, day: str) -> Mask:
        if day not in self._masks:
            which, days = self._values("day")
            self._masks[day] = np.asarray(days.to_numpy(dtype=object) >= day, dtype=np.bool_)[which]
        return self._masks[day]

    def _values(self, name: str) -> tuple[NDArray[np.int64], pd.Index]:
        """Return for each kind which of a dimension's values it has, and these: few, for thousands of kinds."""
        import pandas as pd

        if name not in self._told_apart:
            which, values = pd.factorize(self.kinds[name], use_na_sentinel=False)
            self._told_apart[name] = which.astype(np.int64), pd.Index(values, dtype=object)
        return self._told_apart[name]

    @cached_property
    def _told_apart(self) -> dict[str, tuple[NDArray[np.int64], pd.Index]]:
        return {}

    @cached_property
    def _masks(self) -> dict[Query | Condition | str, Mask]:
        return {}

    def kind(self, place: int) -> Kind:
        """Return what the people of one kind have in common."""
        return tuple(zip(self.kinds.columns, self._rows[place], strict=True))

    @cached_property
    def _rows(self) -> list[tuple[str | float, ...]]:
        return list(zip(*(self.kinds[name].tolist() for name in self.kinds), strict=True))

    def like(self, kinds: Sequence[Kind]) -> People:
        """Return nobody of some kinds, told apart by the same dimensions; what a kind does not say is missing."""
        import pandas as pd

        frame = pd.DataFrame([dict(kind) for kind in kinds], columns=self.kinds.columns)
        nobody = np.zeros(len(frame))
        return People(frame, nobody.astype(np.int64), nobody, nobody, nobody)

    def places(self, kinds: Iterable[Kind]) -> dict[Kind, int]:
        """Return where these kinds are, or one of the kinds into which they are divided now."""
        by_names: dict[tuple[str, ...], list[Kind]] = {}
        for each in kinds:
            by_names.setdefault(tuple(name for name, _ in each), []).append(each)
        found: dict[Kind, int] = {}
        for names, wanted in by_names.items():
            if not set(names) <= set(self.kinds.columns):
                continue
            columns = [list(self.kinds.columns).index(name) for name in names]
            # a second getter of one column would be no tuple
            of_these = map(itemgetter(*columns, columns[0]), reversed(self._rows))
            # the first of several kinds comes last, and stays
            index = dict(zip(of_these, reversed(range(len(self._rows))), strict=True))
            for each in wanted:
                values = [value for _, value in each]
                if (place := index.get((*values, values[0]))) is not None:
                    found[each] = place
        return found


def _meets(values: pd.Index, condition: Condition) -> Mask:
    if condition.is_range:
        numbers = values.to_numpy(dtype=float)
        low = -np.inf if condition.low is None else condition.low
        high = np.inf if condition.high is None else condition.high
        met = (numbers >= low) & (numbers < high)
    else:
        met = values.isin(condition.among)
    return np.asarray(~met if condition.excluded else met, dtype=np.bool_)


#: people of several organisations, by the query that found them and the organisation
Found = dict[str, Mapping[str, People]]


def find_people(
    mart: Mart,
    queries: Sequence[Query],
    organisation: str,
    beside: Sequence[str] = (),
    found: Found | None = None,
) -> People:
    """Return the people of one organisation as all these queries of one data set tell them apart.

    Parameters
    ----------
    mart
        The mart; records of a merged organisation count for its successor.
    queries
        Of the same data set, whoever's people they count.
    organisation
        Its code; `EVERYBODY` for all, told apart by it.
    beside
        Others that are going to be asked about in the same way: where they are few kinds, one query finds the
        people of all organisations once per load, kept in `found`.
    """
    data_set = queries[0].data_set
    if data_set.startswith(MEASURED):
        kinds = measured_kinds(mart, data_set.removeprefix(MEASURED), organisation)
        return _people(kinds, [str(name) for name in kinds if name not in _NUMBERS])
    if data_set == CONTRACT:
        kinds = contract_kinds(mart, organisation)
        return _people(kinds, [str(name) for name in kinds if name not in _NUMBERS])
    columns, found = _columns(TABLES[data_set], queries), {} if found is None else found
    together = organisation == EVERYBODY or (len(beside) > 1 and len(columns) <= FEW_COLUMNS)
    sql = _sql(TABLES[data_set], queries, columns, () if together else mart.codes_of([organisation]))

    def ask() -> pd.DataFrame:
        return _with_empty(mart.query(sql), list(columns))

    if not together:
        return _people(ask(), list(columns))
    if sql not in found:  # each trust's report compares the same ones: once per load
        every = _people(mart.derived(f"people {sql}", ask, records=True), list(columns))
        parts = every.kinds.groupby(ORGANISATION).indices
        found[sql] = {
            **{str(code): every.only(np.asarray(rows)) for code, rows in parts.items()},
            EVERYBODY: every,
        }
    return found[sql].get(organisation) or found[sql][EVERYBODY].only(np.arange(0))


def _sql(
    table: RecordTable,
    queries: Sequence[Query],
    columns: Mapping[str, tuple[str, str]],
    codes: Sequence[str],
) -> str:
    """Return what finds the kinds of people with some codes, reading their files alone; of all for none."""
    # whose amount is asked about by stretches is told apart by them: all of one kind lie within the same
    edges, amount = _edges(queries, table.amount), f'"{table.amount}"'
    least = _case(amount, enumerate(_starts(edges)), "NULL") if edges else "0"
    largest = LARGEST_AMOUNT if table.amount else 0
    most = _case(amount, enumerate(_ends(edges)), LARGEST_AMOUNT) if edges else str(largest)
    among = f"WHERE {ORGANISATION} IN ({', '.join(map(literal, codes))})" if codes else ""
    alike = ", ".join(f'{of_record} AS "{name}"' for name, (of_record, _) in columns.items())
    told = ", ".join(f'{of_those_alike} AS "{name}"' for name, (_, of_those_alike) in columns.items())
    return f"""WITH alike AS (
            SELECT {alike}, count(*) AS people, {f"sum({amount})" if table.amount else "0"} AS total
            FROM {table.name} {among} GROUP BY ALL
        ), kinds AS (
            SELECT {told}, sum(people)::BIGINT AS people, sum(total)::DOUBLE AS total,
                ({least})::DOUBLE AS least, ({most})::DOUBLE AS most
            FROM alike r LEFT JOIN successors s ON s.{ORGANISATION} = r.{ORGANISATION} GROUP BY ALL
        )
        SELECT * REPLACE (strftime(day, '%Y-%m-%d') AS day) FROM kinds ORDER BY ALL"""


#: the columns of a frame of kinds that are no dimensions
_NUMBERS = ("people", "total", "least", "most")


def _with_empty(frame: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return kinds of people with those of whom there is nobody, but might be: on each day of their organisation.

    A reader does not know that nobody of a specialty was discharged in May unless a nought was shown.
    """
    others = [name for name in dimensions if name != "day"]
    kinds = frame[[*others, "least", "most"]].drop_duplicates(others)
    days = frame[[ORGANISATION, "day"]].drop_duplicates()
    sizes = kinds[ORGANISATION].value_counts() * days[ORGANISATION].value_counts()
    if sizes.sum() == len(frame) or sizes.max() > MOST_KINDS:
        return frame
    every = kinds.merge(days, on=ORGANISATION)
    found = every.merge(
        frame.drop(columns=["least", "most"]), on=[*others, "day"], how="left", validate="1:1"
    )
    return found.fillna({"people": 0, "total": 0.0})


def _people(frame: pd.DataFrame, dimensions: Sequence[str]) -> People:
    return People(
        frame[list(dimensions)].astype(object),  # words are looked at one by one, thousands of times
        frame["people"].to_numpy(dtype=np.int64),
        frame["total"].fillna(0).to_numpy(dtype=np.float64),
        frame["least"].fillna(0).to_numpy(dtype=np.float64),
        frame["most"].fillna(LARGEST_AMOUNT).to_numpy(dtype=np.float64),
    )


def _columns(table: RecordTable, queries: Sequence[Query]) -> dict[str, tuple[str, str]]:
    """Return what the queries tell people apart by: its name, and as SQL of a record and of those alike in the first.

    What takes long for each of millions of records is left to the second: of a record there are small whole numbers
    where possible, by which they are brought together in half the time that words take.
    """
    months = all(edge[8:] in ("", "01") for query in queries for edge in (query.first, query.end))
    number = f"12 * year({table.day}) + month({table.day}) - 1"
    first_day = "make_date(day // 12, day % 12 + 1, 1)"
    found = {
        ORGANISATION: (ORGANISATION, f"coalesce(s.successor, r.{ORGANISATION})"),
        "day": (number, first_day) if months else (table.day, "day"),
    }
    ranges = {c.dimension for query in queries for c in query.conditions if c.is_range}
    for name in sorted({c.dimension for query in queries for c in query.conditions} - {ORGANISATION}):
        sql, alike = dict(table.made).get(name, f'"{name}"'), f'"{name}"'
        firsts = _firsts(queries, name)
        if name in ranges:
            starts = _starts(_edges(queries, name))
            found[name] = _stretch(sql, starts), _case(alike, enumerate(starts), "NULL")
        elif len(firsts) <= FEW_VALUES:
            places = {literal(value): place for place, value in enumerate(firsts, start=1)}
            words = zip(places.values(), map(literal, firsts.values()), strict=True)
            place = f"({_case(_word(sql), places.items(), 0)})::UTINYINT"
            found[name] = place, _case(alike, words, literal(_NOT_NAMED))
        else:
            named = ((literal(value), literal(first)) for value, first in firsts.items())
            found[name] = sql, _case(_word(alike), named, literal(_NOT_NAMED))
    return found


def _firsts(queries: Sequence[Query], name: str) -> dict[str, str]:
    """Return for each value that queries name the first of those that every condition takes as one."""
    conditions = sorted({c.among for query in queries for c in query.conditions if c.dimension == name})
    first: dict[tuple[bool, ...], str] = {}
    return {
        value: first.setdefault(tuple(value in c for c in conditions), value)
        for value in sorted({value for each in conditions for value in each})
    }


def _word(sql: str) -> str:
    return f"coalesce({sql}::VARCHAR, '')"


def _case(sql: str, among: Iterable[tuple[object, object]], other: object) -> str:
    """Return SQL for what stands beside a value, and for any other value."""
    cases = " ".join(f"WHEN {value} THEN {then}" for value, then in among)
    return f"CASE {sql} {cases} ELSE {other} END" if cases else f"{other}"


def _edges(queries: Sequence[Query], name: str) -> list[float]:
    conditions = [c for query in queries for c in query.conditions if c.dimension == name and c.is_range]
    return sorted({edge for c in conditions for edge in (c.low, c.high) if edge is not None})


def _starts(edges: Sequence[float]) -> list[float]:
    """Return the lower ends of the stretches between edges; no number is below 0."""
    return [0, *(edge for edge in edges if edge > 0)]


def _ends(edges: Sequence[float]) -> list[float]:
    """Return the largest whole numbers in the stretches between edges."""
    return [*(edge - 1 for edge in edges if edge > 0), LARGEST_AMOUNT]


def _stretch(sql: str, starts: Sequence[float]) -> str:
    """Return SQL for the place of the stretch in which a number lies; one that is not known lies nowhere."""
    cases = " ".join(
        f"WHEN {sql} >= {start!r} THEN {place}" for place, start in reversed([*enumerate(starts)][1:])
    )
    return f"(CASE WHEN {sql} IS NULL THEN NULL {cases} ELSE 0 END)::USMALLINT"

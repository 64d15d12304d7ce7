"""What is asked of the records: which ones, and in which groups; as SQL, and as the query that is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from helpers.data.disclosure.queries import EVERYBODY, Condition, Query
from helpers.data.mart.views import literal
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy, policy_of_records
from helpers.data.schema import TABLES, TableColumn
from helpers.errors import Problem, UsageError, near_misses

if TYPE_CHECKING:
    from helpers.data.mart import Mart

Whose = Literal["own", "others", "all"]
#: by which day a record counts
DAY: Final = {"spells": "discharged", "appointments": "appointment_date", "waits": "referred"}
#: what is made of columns: where they come from, and what tells their values apart
MONTH, DEPRIVATION, WEEKDAY = "month", "deprivation", "weekday"
_MADE: Final = (MONTH, WEEKDAY, DEPRIVATION)
#: counts over many organisations: so coarse that, less those of all others, they tell nothing of one of them
OF_OTHERS: Final = DisclosurePolicy(
    "hes_record_level", f"{HES_RECORD_LEVEL.source}; over several organisations coarser", 19, 20
)
NOT_RECORDED: Final = "not recorded"
STAMPS: Final = frozenset({"source", "vintage"})


@dataclass(frozen=True)
class Key:
    """A dimension by which records are grouped: its name, and the edges of bands where it is a number."""

    name: str
    edges: tuple[float, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Which records, and in which groups."""

    table: str  # "spells", "appointments" or "waits"
    organisation: str  # code of the report's organisation
    whose: Whose  # its own records, those of all others, or everybody's
    conditions: tuple[Condition, ...]
    keys: tuple[Key, ...]
    #: first, end: ISO dates: on or after `first`, and before `end`
    first: str
    end: str

    @property
    def policy(self) -> DisclosurePolicy:
        """How its counts may be shown."""
        return policy_of_records() if self.whose == "own" else OF_OTHERS

    # --- as SQL -----------------------------------------------------------------------------------

    def source(self, mart: Mart) -> str:
        """Return the records that count, those of merged organisations under their successor's code."""
        among = "true"
        if self.whose == "own":
            among = f"r.org_code IN ({', '.join(map(literal, mart.codes_of([self.organisation])))})"
        return (
            "FROM (SELECT coalesce(o.successor, r.org_code) AS org_code, r.* EXCLUDE (org_code) "
            f"FROM {self.table} r LEFT JOIN successors o ON o.org_code = r.org_code "
            f"WHERE {among}) WHERE {self.predicate}"
        )

    @property
    def predicate(self) -> str:
        """What holds of each record that counts."""
        day = DAY[self.table]
        parts = [f"{day} >= DATE '{self.first}'", f"{day} < DATE '{self.end}'"]
        if self.whose != "all":
            parts.append(f"org_code {'=' if self.whose == 'own' else '<>'} {literal(self.organisation)}")
        parts += [f"{key.name} IS NOT NULL" for key in self.keys if key.edges]
        return " AND ".join([*parts, self.restriction])

    @property
    def restriction(self) -> str:
        """What the conditions alone say of a record."""
        return (
            " AND ".join(f"coalesce({each}, false)" for each in map(self._holds, self.conditions)) or "true"
        )

    def _holds(self, condition: Condition) -> str:
        if condition.is_range:
            low = f"{condition.dimension} >= {condition.low}" if condition.low is not None else "true"
            high = f"{condition.dimension} < {condition.high}" if condition.high is not None else "true"
            return f"({low} AND {high})"
        listed = ", ".join(map(literal, condition.among))
        word = "NOT IN" if condition.excluded else "IN"
        return f"coalesce({self.value_of(Key(condition.dimension))}, '') {word} ({listed})"

    def value_of(self, key: Key) -> str:
        """What is the group of a record in one dimension: words, or the first day of a month."""
        if key.name == MONTH:
            return f"date_trunc('month', {DAY[self.table]})::DATE"
        if key.name == WEEKDAY:
            return f"dayname({DAY[self.table]})"
        if key.name == DEPRIVATION:
            return "CAST(ceil(imd_decile / 2) AS INTEGER)::VARCHAR"
        if key.edges:
            bands = " ".join(
                f"WHEN {key.name} < {edge} THEN {place}" for place, edge in enumerate(key.edges)
            )
            return f"CASE {bands} ELSE {len(key.edges)} END"
        return f"{key.name}::VARCHAR"

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, one expression for each key."""
        return tuple(map(self.value_of, self.keys))

    # --- as it is told ----------------------------------------------------------------------------

    @property
    def whole(self) -> Query:
        """Whom all groups together count."""
        return replace(self, keys=()).query(())

    def query(self, values: Sequence[object]) -> Query:
        """Return whom a group counts, by its values in the order of the keys."""
        first, end, narrowed = self.first, self.end, list(self.conditions)
        whose = {"own": self.organisation, "others": EVERYBODY, "all": EVERYBODY}[self.whose]
        if self.whose == "others":
            narrowed.append(Condition("org_code", (self.organisation,), excluded=True))
        for key, value in zip(self.keys, values, strict=True):
            if key.name == MONTH and isinstance(value, date):
                first, end = value.isoformat()[:10], _month_after(value).isoformat()
            elif key.name == "org_code":
                whose = str(value)
            else:
                narrowed.append(_condition_of(key, value))
        return Query(self.table, whose, tuple(narrowed), first, end)

    def refuse_unknown(self) -> None:
        """Refuse a table, column or band that no handle asks for: what a kernel made itself becomes SQL."""
        table, problems = read_table(self.table), list[Problem]()
        for day in filter(None, (self.first, self.end)):
            date.fromisoformat(day)
        keys = read_by(table, [(key.name, key.edges) for key in self.keys], self.whose, problems)
        for each in self.conditions:
            place = f"records, where {each.dimension}"
            find_column(table, each.dimension, place, problems)
        if keys != self.keys and not problems:
            problems.append(Problem("records, by", "bands that are not in order", "rising numbers"))
        if problems:
            raise UsageError(problems)

    def shown(self, key: Key, value: object) -> object:
        """Return a group's value as a frame shows it."""
        if value is None or value != value:
            return NOT_RECORDED
        if key.edges:
            return _band_words(key, int(str(value)))
        return value


def _condition_of(key: Key, value: object) -> Condition:
    if value is None or value != value:
        return Condition(key.name, ("",))
    if not key.edges:
        return Condition(key.name, (str(value),))
    place = int(str(value))
    low = key.edges[place - 1] if place else None
    return Condition(key.name, low=low, high=key.edges[place] if place < len(key.edges) else None)


def _band_words(key: Key, place: int) -> str:
    if place == 0:
        return f"under {key.edges[0]:g}"
    if place == len(key.edges):
        return f"{key.edges[-1]:g} or more"
    return f"{key.edges[place - 1]:g} to under {key.edges[place]:g}"


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


# --- what an author writes ----------------------------------------------------------------------------


def read_where(
    table: str, where: Mapping[str, Any] | None, problems: list[Problem]
) -> tuple[Condition, ...]:
    """Return conditions as an author writes them, and note what is wrong with them.

    Parameters
    ----------
    where
        Column (or "deprivation", "weekday") to a value, a list of values, "!value" for all others, None for
        missing ones; for a number a pair (from, to), `to` excluded, either of them None.
    """
    found: list[Condition] = []
    for name, wanted in (where or {}).items():
        place = f"records, where {name}"
        column = find_column(table, name, place, problems)
        if column is None:
            continue
        if column.type == "number":
            found += _read_range(name, wanted, place, problems)
        else:
            found += _read_values(column, wanted, place, problems)
    return tuple(found)


def find_column(table: str, name: str, place: str, problems: list[Problem]) -> TableColumn | None:
    """Return a column that may be asked for; dates are no groups, as a day tells people apart."""
    known = {column.name: column for column in TABLES[table].columns if column.name not in STAMPS}
    known |= {made: TableColumn(made) for made in _MADE if made != DEPRIVATION or "imd_decile" in known}
    column = known.get(name)
    if column is None:
        allowed = ", ".join(sorted(each for each in known if known[each].type != "date"))
        problems.append(Problem(place, f"{table} has no such column", allowed, near_misses(name, known)))
    elif column.type == "date":
        cure = f'group by "{MONTH}", or choose a span by months='
        problems.append(Problem(place, "a single day, which tells people apart", "whole months", cure))
    return column if column is not None and column.type != "date" else None


def _read_range(name: str, wanted: object, place: str, problems: list[Problem]) -> Iterable[Condition]:
    if (
        isinstance(wanted, tuple | list)  # a list in a parameter file, and in the records room
        and len(wanted) == 2
        and set(wanted) != {None}
        and all(map(_is_end, wanted))
    ):
        low, high = (None if each is None else float(each) for each in wanted)
        return (Condition(name, low=low, high=high),)
    cure = f'write {{"{name}": (21, None)}} for 21 or more, {{"{name}": (0, 1)}} for under 1'
    problems.append(Problem(place, "not a pair of numbers", "(from, to), either of them None", cure))
    return ()


def _is_end(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _read_values(
    column: TableColumn, wanted: object, place: str, problems: list[Problem]
) -> Iterable[Condition]:
    several = wanted if isinstance(wanted, list | tuple | set | frozenset) else (wanted,)
    words = [_word(each) for each in several]
    excluded = len(words) == 1 and words[0].startswith("!")
    words = [words[0].removeprefix("!")] if excluded else words
    unknown = [word for word in words if word and column.allowed and word not in column.allowed]
    if unknown or not words:
        came = ", ".join(unknown) or "no value"
        cure = near_misses(came, column.allowed)
        problems.append(
            Problem(place, came, ", ".join(column.allowed) or "a value, or a list of values", cure)
        )
        return ()
    return (Condition(column.name, tuple(sorted(set(words))), excluded),)


def _word(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_by(table: str, by: str | Sequence[Any], whose: Whose, problems: list[Problem]) -> tuple[Key, ...]:
    """Return the keys as an author writes them: names, or (name, edges) for a number in bands."""
    listed = (by,) if isinstance(by, str) else tuple(by or ())
    keys = []
    for each in listed:
        name, edges = (each, ()) if isinstance(each, str) else each
        place = f"records, by {name}"
        column = find_column(table, name, place, problems)
        if column is None:
            continue
        if name == "org_code" and whose == "own":
            problems.append(Problem(place, "one organisation alone", 'whose="all" or whose="others"'))
        elif column.type == "number" and not edges:
            cure = f'write by=[("{name}", [1, 7, 21])]: the edges of bands'
            problems.append(Problem(place, "a number, whose values tell people apart", "bands", cure))
        keys.append(Key(name, tuple(sorted(map(float, edges)))))
    return tuple(keys)


def read_table(table: str) -> str:
    """Return the name of a table of records.

    Raises
    ------
    UsageError
        Where it is none.
    """
    if table in DAY:
        return table
    cure = near_misses(table, DAY) or 'published tables are read by report.mart.query("SELECT …")'
    raise UsageError(Problem("records", f"{table!r}", ", ".join(DAY), cure))

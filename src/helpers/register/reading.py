"""Reading the register's YAML files: every problem of every file at once, with its place and cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from helpers.errors import Problem, UsageError, near_misses, raise_all
from helpers.register.arrangement import BOARD_PATHWAYS, KAPLAN_NORTON, Pathway, Perspective
from helpers.register.contract import Contract, Meeting, PaymentScheme
from helpers.register.cycle import BoardDecision, MatrixRow, Risk, Team
from helpers.register.entry import RegisterEntry
from helpers.register.files import OwnFile, RecordMapping, TableMapping
from helpers.register.grids import Assessment, Consensus, Grid
from helpers.register.models import Comment, Event, Measure, Merger, Objective, Register, Trajectory
from helpers.register.oversight import OversightFramework
from helpers.yaml_files import YamlFile, read_yaml

Model = TypeVar("Model", bound=RegisterEntry)

#: the shares of the perspectives in per cent; thirds may be written as 33.3
WHOLE, SHARE_TOLERANCE = 100, 0.5

#: so many names are listed where none is near
FEW_NAMES = 12

#: the register that comes with the package: national measures with their targets, and what happened to all
SHIPPED: Final = Path(__file__).parent / "shipped"


class Spared(NamedTuple):
    """What is wrong with a comment, and whose reports it concerns; nobody's where it does not say."""

    organisation: str
    problem: Problem


class Kind(NamedTuple):
    """A file of the register: of which model its entries are, by id or in a list."""

    model: type[RegisterEntry]
    keyed: bool = True


KINDS: Final = {
    "measures": Kind(Measure),
    "objectives": Kind(Objective),
    "events": Kind(Event),
    "comments": Kind(Comment, keyed=False),
    "mergers": Kind(Merger),
    "perspectives": Kind(Perspective),
    "pathways": Kind(Pathway),
    "files": Kind(OwnFile),
    "trajectories": Kind(Trajectory, keyed=False),
    "teams": Kind(Team),
    "matrix": Kind(MatrixRow),
    "decisions": Kind(BoardDecision, keyed=False),
    "risks": Kind(Risk),
    "contracts": Kind(Contract),
    "meetings": Kind(Meeting, keyed=False),
    "assessments": Kind(Assessment, keyed=False),
    "consensus": Kind(Consensus, keyed=False),
}
#: which key of which entries names an entry of which kind
_NAMES: Final = (
    ("measures", "objective", "objectives"),
    ("measures", "perspective", "perspectives"),
    ("measures", "pathway", "pathways"),
    ("events", "measures", "measures"),
    ("events", "expected", "measures"),
    ("comments", "measure", "measures"),
    ("trajectories", "measure", "measures"),
    ("teams", "parent", "teams"),
    ("matrix", "objective", "objectives"),
    ("matrix", "team", "teams"),
    ("matrix", "measure", "measures"),
    ("matrix", "overlaps", "matrix"),
    ("decisions", "measure", "measures"),
    ("decisions", "objective", "objectives"),
    ("decisions", "event", "events"),
    ("risks", "objective", "objectives"),
    ("risks", "measures", "measures"),
    ("contracts", "measures", "measures"),
    ("meetings", "contract", "contracts"),
    ("meetings", "measures", "measures"),
)


def read_register(
    folder: Path | str, *, base: Path | None = SHIPPED, spared: list[Spared] | None = None
) -> Register:
    """Return the register of a folder such as `params/_register`, over the one that comes with the package.

    Any file may be absent. An entry with the id of a shipped one gives the keys that are to be otherwise, and its
    other keys stay; an id or a key that is empty (`null`) takes the shipped one away. Without `pathways.yml` there
    are those of a hospital. The folder `mappings` has a file for each kind of table of one's own, `payment` and
    `oversight` one for each financial year.

    `base`: what the folder's entries go over. With None they are all there is: then `measures.yml` must exist, unless
    `files.yml` does, and without `perspectives.yml` there are Kaplan and Norton's four. `spared`: gets the comments in
    which something is wrong, which are then left out: they concern their organisation's reports alone. Without it they
    are mistakes like all others. Raises `UsageError` with every problem of all the files: unknown, missing, duplicate
    and mistyped keys, and names that no other entry has.
    """
    folder = Path(folder)
    files = {
        kind: _read(
            folder,
            f"{kind}.yml",
            needed=kind == "measures" and base is None and not (folder / "files.yml").exists(),
        )
        for kind in KINDS
    }
    for kind, file in files.items():
        if base is not None:
            _put_over(_read(base, f"{kind}.yml"), file)
    is_spared = spared is not None and isinstance(files["comments"].content, list)
    found = {
        kind: {} if is_spared and kind == "comments" else _entries(KINDS[kind], file)
        for kind, file in files.items()
    }
    for kind, defaults in (("perspectives", KAPLAN_NORTON), ("pathways", BOARD_PATHWAYS)):
        found[kind] = found[kind] or {entry.id: entry for entry in defaults}
    known = {kind: _keys(file) or list(map(str, found[kind])) for kind, file in files.items()}
    problems = [problem for file in files.values() for problem in file.problems]
    problems += _share_problems(found["perspectives"], files["perspectives"])
    for kind, key, named in _NAMES:
        for way, entry in found[kind].items():
            problems += _unknown(
                files[kind].place((way, key)), named.removesuffix("s"), _named(entry, key), known[named]
            )
    problems += _row_problems(found["events"], files["events"], known["matrix"])
    if spared is not None and is_spared:
        found["comments"] = dict(_sound_comments(files["comments"], known["measures"], spared))
    mappings = _read_mappings(folder / "mappings", known["measures"], problems)
    payment = _read_each(PaymentScheme, "payment", folder, base, problems)
    oversight = _read_each(OversightFramework, "oversight", folder, base, problems)
    grids = _read_each(Grid, "grids", folder, base, problems)
    for kind in ("assessments", "consensus"):
        problems += _grid_problems(found[kind], files[kind], grids)
    problems += _term_problems(found["contracts"], files["contracts"], payment)
    raise_all(problems)
    whole: dict[str, Any] = {
        kind: entries if KINDS[kind].keyed else tuple(entries.values()) for kind, entries in found.items()
    }
    return Register(**whole, mappings=mappings, payment=payment, oversight=oversight, grids=grids)


def _named(entry: RegisterEntry, key: str) -> list[str]:
    """Return what an entry names under a key: one, several or none."""
    named = getattr(entry, key)
    if named is None:
        return []
    return [named] if isinstance(named, str) else list(named)


def _row_problems(events: Mapping[Any, Any], file: YamlFile, rows: list[str]) -> list[Problem]:
    """Return the changes that carry out a row which the matrix does not have."""
    return [
        problem
        for name, event in events.items()
        for measure, effect in event.expected.items()
        for problem in _unknown(
            file.place((name, "expected", measure, "row")),
            "row",
            _named(effect, "row"),
            rows,
            kept="matrix.yml",
        )
    ]


def _sound_comments(
    file: YamlFile, known_measures: list[str], spared: list[Spared]
) -> list[tuple[int, Comment]]:
    """Return the comments in which nothing is wrong, and note the others by their organisation."""
    sound = []
    for number, entry in enumerate(file.content if isinstance(file.content, list) else ()):
        alone = replace(file, problems=[])
        built = alone.build(Comment, entry, (number,))
        named = [] if built is None else [built.measure]
        wrong = [
            *alone.problems,
            *_unknown(file.place((number, "measure")), "measure", named, known_measures),
        ]
        if built is not None and not wrong:
            sound.append((number, built))
        organisation = entry.get("organisation") if isinstance(entry, dict) else None
        spared += [Spared(str(organisation or ""), problem) for problem in wrong]
    return sound


def _read_mappings(
    folder: Path, known: list[str], problems: list[Problem]
) -> dict[str, TableMapping | RecordMapping]:
    """Return the mappings of a folder by the names of their files."""
    found: dict[str, TableMapping | RecordMapping] = {}
    for path in sorted(folder.glob("*.yml")):
        file = read_yaml(path, f"mappings/{path.name}")
        content = {} if file.content is None else file.content
        entry = {"id": path.stem, **content} if isinstance(content, dict) else content
        of_records = isinstance(entry, dict) and "records" in entry
        mapping: TableMapping | RecordMapping | None = (
            file.build(RecordMapping, entry) if of_records else file.build(TableMapping, entry)
        )
        problems += file.problems
        if mapping is None:
            continue
        found[mapping.id] = mapping
        for key in ("measures", "measures_across"):
            named = getattr(mapping, key, {}).values()
            problems += _unknown(file.place((key,)), "measure", named, known)
    return found


def _read_each(
    model: type[Model], name: str, folder: Path, base: Path | None, problems: list[Problem]
) -> dict[str, Model]:
    """Return what a folder has by the names of its files: the shipped ones, and over them its own, key by key."""
    folders = [each / name for each in (base, folder) if each is not None]
    names = sorted({path.stem for each in folders for path in each.glob("*.yml")})
    found: dict[str, Model] = {}
    for stem in names:
        files = [_read(each, f"{stem}.yml") for each in folders]
        if base is not None:
            _put_over(*files)
        file = files[-1]
        entry = {"id": stem, **file.content} if isinstance(file.content, dict) else file.content
        built = file.build(model, entry)
        problems += file.problems
        if built is not None:
            found[stem] = built
    return found


def _grid_problems(found: Mapping[Any, Any], file: YamlFile, grids: Mapping[str, Grid]) -> list[Problem]:
    """Return what assessments or agreements name that their grid does not have."""
    problems: list[Problem] = []
    for way, entry in found.items():
        grid = grids.get(entry.grid)
        problems += _unknown(file.place((way, "grid")), "grid", [entry.grid], list(grids), kept="grids/")
        if grid is None:
            continue
        for row, told in entry.rows.items():
            place = file.place((way, "rows", row))
            problems += _unknown(place, "row", [row], list(grid.rows))
            stages = [told.stage, *([told.wanted] if getattr(told, "wanted", None) else [])]
            problems += _unknown(place, "stage", stages, list(grid.stages))
    return problems


def _term_problems(
    contracts: Mapping[str, Contract], file: YamlFile, payment: Mapping[str, PaymentScheme]
) -> list[Problem]:
    """Return the terms that stand in place of an element which the year's rules do not have."""
    return [
        problem
        for name, contract in contracts.items()
        if contract.year in payment
        for problem in _unknown(
            file.place((name, "terms")), "element", contract.terms, list(payment[contract.year].elements)
        )
    ]


def _share_problems(perspectives: Mapping[str, Perspective], found: YamlFile) -> list[Problem]:
    """Return what is wrong with the shares aimed at: all perspectives have one and they make 100, or none has."""
    shares = [perspective.share for perspective in perspectives.values()]
    given = [share for share in shares if share is not None]
    if not given or (len(given) == len(shares) and abs(sum(given) - WHOLE) <= SHARE_TOLERANCE):
        return []
    came = f"shares of {sum(given):g} in all, given for {len(given)} of {len(shares)} perspectives"
    cure = "give every perspective its share in %, or none (then all are alike)"
    return [Problem(found.place(()), came, f"{WHOLE} in all", cure)]


def find_measure(register: Register, measure: str, *, where: str = "measure") -> Measure:
    """Return a measure by its id.

    Raises `UsageError` where the register has none of that id, with the nearest ones.
    """
    if measure not in register.measures:
        raise UsageError(_unknown(where, "measure", [measure], list(register.measures)))
    return register.measures[measure]


def _read(folder: Path, name: str, *, needed: bool = False) -> YamlFile:
    path = folder / name
    if path.exists():
        return read_yaml(path)
    missing = Problem(str(path), "missing", cure="describe the measures there")
    return YamlFile(name, problems=[missing] if needed else [])


def _put_over(base: YamlFile, own: YamlFile) -> None:
    """Give a file the entries of the base that it leaves as they are, and the keys of those that it changes."""
    shipped, said = base.content, {} if own.content is None else own.content
    if not isinstance(shipped, dict) or not isinstance(said, dict):
        return
    own.content = _over(shipped, {key: _over_entry(shipped.get(key), entry) for key, entry in said.items()})


def _over_entry(shipped: object, said: object) -> object:
    return _over(shipped, said) if isinstance(shipped, dict) and isinstance(said, dict) else said


def _over(shipped: dict[Any, Any], said: dict[Any, Any]) -> dict[Any, Any]:
    """Return two mappings as one, without what the second empties."""
    emptied = {key for key, value in said.items() if value is None and key in shipped}
    return {key: value for key, value in {**shipped, **said}.items() if key not in emptied}


def _keys(found: YamlFile) -> list[str]:
    return [str(key) for key in found.content] if isinstance(found.content, dict) else []


def _entries(kind: Kind, file: YamlFile) -> dict[Any, Any]:
    """Return a file's entries by their id, or by their number where it is a list."""
    if not kind.keyed:
        return dict(file.build_each(kind.model))
    if file.content is None:
        return {}
    if not isinstance(file.content, dict):
        problem = Problem(file.place(()), "a list or a word", "entries of the form `id:` and its keys")
        file.problems.append(problem)
        return {}
    with_id = "id" in kind.model.model_fields
    built = {
        key: file.build(
            kind.model, {"id": key, **entry} if with_id and isinstance(entry, dict) else entry, (key,)
        )
        for key, entry in file.content.items()
    }
    return {key: entry for key, entry in built.items() if entry is not None}


def _unknown(
    place: str, what: str, names: Iterable[str], known: list[str], kept: str = ""
) -> list[Problem]:
    listed = ", ".join(known) if len(known) <= FEW_NAMES else ""
    cure = "" if listed else f"see {kept or f'{what}s.yml'} for those that it knows"
    return [
        Problem(place, f"{what} {name!r} is not in the register", listed, near_misses(name, known) or cure)
        for name in names
        if name not in known
    ]

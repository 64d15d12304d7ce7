"""`boardpack init` and `boardpack new`: a trust's own project, and a report that runs at once, to be changed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from helpers import __version__
from helpers.cli.options import project_root
from helpers.cli.own.schemas import write_schemas
from helpers.cli.own.upgrading import SEEN, keep_shipped, next_minor
from helpers.errors import Problem, UsageError, near_misses, raise_all

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
#: the notebooks that come with the package: beside this module in a wheel, else in the repository
_SHIPPED: Final = (Path(__file__).parent / "notebooks", Path(__file__).parents[4] / "notebooks")
#: what a report is made of where neither measures nor data of one's own are named
_FIRST: Final = ("rtt_18_weeks", "ae_four_hours")
#: what a matrix selects for the parameter that says whom a report is about, where it is no trust
_SELECTED: Final = {"system": "boards_with_published_beds"}
FILES: Final = Path(__file__).parent / "files"
#: where each of the files goes
_PLACES: Final = {
    "gitignore": ".gitignore",
    "quarto.yml": "_quarto.yml",
    "pyproject.txt": "pyproject.toml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "check.yml": ".github/workflows/check.yml",
    "README.md": "README.md",
    "measures.yml": "params/_register/measures.yml",
    "test_wellformed.txt": "tests/test_wellformed.py",
}
_EMPTY: Final = ("notebooks/.gitkeep", "reports/.gitkeep")


def new(
    name: Annotated[str, typer.Argument(help="What the report is called: small letters, digits, _.")],
    trust: Annotated[
        str, typer.Option(help="The organisation's code; by default one that the data know.")
    ] = "",
    measures: Annotated[
        str, typer.Option(help="Its measures, with commas between; new ones get an entry in the register.")
    ] = "",
    source: Annotated[
        Path | None, typer.Option("--from", help="A notebook of yours to begin with.")
    ] = None,
    like: Annotated[str, typer.Option(help="One of boardpack's notebooks to copy.")] = "",
) -> None:
    """Make a report of your own: notebook, parameter file, matrix, test, and entries for new measures."""
    from helpers.runner.plan.parameters import load_notebook

    root = project_root()
    wanted = tuple(filter(None, (each.strip() for each in measures.split(","))))
    _check(root, name, wanted, source, like)
    brought = source or _shipped().get(like)
    about = _about(brought)
    codes = _known_codes(root, systems=about == "system")
    trust = trust or (codes[0] if codes else "")
    if not trust:
        cure = "`boardpack demo build` loads invented trusts, to try it with"
        raise UsageError("--trust", "is needed: no data are loaded yet", "your ODS code, such as RGT", cure)
    if codes and trust not in codes:
        raise UsageError(
            "--trust", f"{trust} is no {about} that the data know", cure=near_misses(trust, codes)
        )
    told = _add_measures(root, wanted)
    notebook = load_notebook(brought) if brought else _made(name, trust, wanted or _FIRST)
    write_new(
        root / "notebooks" / f"{name}.ipynb", json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    )
    modeline = f"# yaml-language-server: $schema=../../schemas/params-{name}.json\n"
    write_new(root / "params" / name / f"{trust}.yml", f"{modeline}{about}: {trust}\n")
    selected = {"about": about, "select": _SELECTED.get(about, "trusts")}
    write_new(root / "params" / name / "_matrix.yml", filled("matrix.txt", selected))
    write_new(root / "tests" / f"test_{name}.py", filled("test_report.txt", {"name": name}))
    write_schemas(root)
    for line in (*told, *(_still_to_add(root / "notebooks" / f"{name}.ipynb") if source else ())):
        print(line)
    first = "" if codes else "boardpack data load FILE, then "
    print(
        f"notebooks/{name}.ipynb and params/{name}/{trust}.yml are there. Next: {first}boardpack run {name}"
    )


def _check(root: Path, name: str, measures: Sequence[str], source: Path | None, like: str) -> None:
    """Refuse what cannot be made, with all that is wrong."""
    found = []
    if not _NAME.fullmatch(name):
        found.append(Problem("NAME", repr(name), "small letters, digits and _, a letter first"))
    if (root / "notebooks" / f"{name}.ipynb").exists():
        found.append(
            Problem(f"notebooks/{name}.ipynb", "is there already", cure="give another name, or remove it")
        )
    found += [
        Problem("--measures", repr(each), "small letters, digits and _, a letter first")
        for each in measures
        if not _NAME.fullmatch(each)
    ]
    if source and like:
        found.append(Problem("--from", "not with --like", cure="choose one of them"))
    if source and not source.is_file():
        found.append(Problem("--from", f"{source} is not there", "a notebook (.ipynb)"))
    if like and like not in _shipped():
        found.append(Problem("--like", repr(like), ", ".join(_shipped()), near_misses(like, _shipped())))
    raise_all(found)


def _shipped() -> dict[str, Path]:
    folder = next((each for each in _SHIPPED if each.is_dir()), None)
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"))} if folder else {}


def _about(brought: Path | None) -> str:
    """Return the parameter that says whom a report is about: of a notebook that is brought, its first of that type."""
    from helpers.runner.plan.parameters import read_notebook

    try:
        named = read_notebook(brought).organisation_parameters if brought else ()
    except UsageError:  # what it lacks as a report is told once it is there
        named = ()
    return named[0] if named else "trust"


def _known_codes(root: Path, *, systems: bool = False) -> list[str]:
    """Return the codes of the organisations of which the data say anything, trusts first; or of systems alone."""
    from helpers.cli.assembly import open_mart
    from helpers.data.organisations.systems import KINDS

    mart = open_mart(root)
    if systems:
        query = f"SELECT org_code FROM organisations WHERE kind IN {tuple(KINDS)} AND successor IS NULL ORDER BY 1"
        return [code for (code,) in mart.recall(query)] if mart.version else []
    query = """SELECT org_code, CAST(min(place) AS VARCHAR) FROM (
            SELECT org_code, CASE WHEN kind = 'trust' THEN 1 ELSE 3 END AS place FROM organisations
            WHERE valid_to IS NULL AND successor IS NULL
            UNION ALL
            SELECT org_code, 2 FROM measure_values WHERE org_code NOT IN (SELECT org_code FROM organisations)
        ) GROUP BY org_code ORDER BY 2, 1"""
    return list(dict.fromkeys(code for code, _ in mart.recall(query))) if mart.version else []


def _add_measures(root: Path, wanted: Sequence[str]) -> list[str]:
    """Give each measure that the register lacks an entry to be filled in; return what to say of them."""
    from helpers.register.reading import read_register

    folder = root / "params" / "_register"
    known = list(read_register(folder).measures)
    lacking = [each for each in wanted if each not in known]
    path = folder / "measures.yml"
    if lacking:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else ""
        stub = (FILES / "measure.txt").read_text("utf-8")
        stubs = [stub.format(measure=each, name=each.replace("_", " ").capitalize()) for each in lacking]
        path.write_text("\n".join(filter(None, (before.rstrip("\n"), *stubs))), "utf-8", newline="\n")
    return [
        f"params/_register/measures.yml: {each} is new; say there what it is."
        + (f" The register has others: {near}" if (near := near_misses(each, known)) else "")
        for each in lacking
    ]


def _still_to_add(path: Path) -> list[str]:
    """Return what a notebook that was brought lacks as a report; what a run has left in it is taken out."""
    from helpers.runner.document.stored import find_unfit, mend
    from helpers.runner.plan.parameters import TAG, read_notebook

    mend(path)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    found: list[str] = []
    if not any(TAG in cell.get("metadata", {}).get("tags", ()) for cell in cells):
        found.append(f'tag the cell with its settings "{TAG}": one `name = value` a line, trust among them')
    else:
        named = read_notebook(path).organisation_parameters
        found += [] if named else ['add a line to the parameters cell: trust: "org" = "CODE"']
    if not any("open_report" in "".join(cell["source"]) for cell in cells):
        found.append(
            'add to the set-up cell: from helpers import open_report; report = open_report("Title", trust=trust); '
            "and `report` as its last line"
        )
    found.append(
        "give each table `#| tbl-cap:`, each figure `#| fig-cap:` and `#| fig-alt:` as first lines of its cell"
    )
    try:
        found += [str(each) for each in find_unfit(path, path.name)]
    except UsageError as error:
        found += [str(each) for each in error.problems]
    return [f"{path.name}: {each}" for each in found]


def _made(name: str, trust: str, measures: Sequence[str]) -> dict[str, Any]:
    told = {"title": name.replace("_", " ").capitalize(), "trust": trust}
    named = ", ".join(f'\\"{each}\\"' for each in measures)  # within a text of JSON
    made: dict[str, Any] = json.loads(filled("report.json", {**told, "measures": named}))
    place = next(number for number, each in enumerate(made["cells"]) if each["id"] == "measure")
    section = made["cells"][place]
    made["cells"][place : place + 1] = [
        {**section, "id": f"measure-{number}", "source": [f'found.section("{each}")']}
        for number, each in enumerate(measures)
    ]
    return made


def init(
    folder: Annotated[Path, typer.Argument(help="The new project's folder; it may be there already.")],
) -> None:
    """Make a project of your own: folders, settings, register, tests, checks for git and CI."""
    root = folder.resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(str(folder), "is a file", "a folder", "give another name")
    words = {"name": _plain_name(root.name), "version": __version__, "next": next_minor(__version__)}
    texts = {place: filled(name, words) for name, place in _PLACES.items()} | dict.fromkeys(_EMPTY, "")
    left = [place for place, text in texts.items() if not write_new(root / place, text)]
    (root / "data").mkdir(exist_ok=True)
    write_schemas(root)
    if not (root / SEEN).exists():
        keep_shipped(root)
    if left:
        print(f"left as they were: {', '.join(left)}")
    print(f"{folder} is a project. Next:\n  cd {shlex.quote(str(folder))}\n  boardpack new NAME")


def write_new(path: Path, text: str) -> bool:
    """Write a file with the folders above it, unless it is there; tell whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return False
    path.write_text(text, "utf-8", newline="\n")
    path.chmod(0o644)  # the command's own files are private otherwise, and these are for the repository
    return True


def filled(name: str, words: dict[str, str]) -> str:
    """Return one of the files with words in place of their names."""
    text = (FILES / name).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def _plain_name(name: str) -> str:
    """Return a folder's name as a package may be called.

    >>> _plain_name("Board reports, 2026!")
    'board-reports-2026'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "board-reports"

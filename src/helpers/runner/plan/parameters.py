"""What a notebook may be asked: the declarations in its cell tagged `parameters`.

The cell holds plain values, ``name: "type" = value  # unit or format``, and nothing else; one as papermill
knows it, ``name = value`` or ``name: type = value``, does as well. It is read with `ast` and never evaluated;
a declaration without a value must be given by each parameter file.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from helpers.errors import Problem, UsageError
from helpers.runner.plan.parameter_types import (
    VOCABULARY,
    ParameterType,
    Value,
    read_plain_type,
    read_type,
    type_of,
)
from helpers.yaml_files import conflict

TAG = "parameters"
#: what these are to `open_report`, where a plain cell says no more than that they are words
_KNOWN = {"trust": ParameterType("org"), "period": ParameterType("month")}
#: what of a report makes something for the reader
_SHOWN: Final = {"deliver", "figure", "headline", "published", "say", "table"}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter."""

    #: name, type: what it is called and what it takes
    name: str
    type: ParameterType
    required: bool  # whether every parameter file must give it, because the notebook has no default
    default: Value = None
    comment: str = ""  # the analyst's comment on the same line: unit or format

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"{self.type.allowed} ({self.comment})" if self.comment else self.type.allowed


@dataclass(frozen=True)
class Notebook:
    """A report notebook as the plan needs it."""

    name: str
    path: Path
    parameters: tuple[Parameter, ...]  # what it declares, in the notebook's order

    @property
    def organisation_parameters(self) -> tuple[str, ...]:
        """The names of the parameters that say which organisation a report is about."""
        return tuple(each.name for each in self.parameters if each.type.word == "org")

    @property
    def holds_reports(self) -> bool:
        """Whether it is asked for published reports, so that it comes after them."""
        kinds = [each.type.item or each.type for each in self.parameters]
        return any(each.word == "report" for each in kinds)


def read_notebook(path: Path) -> Notebook:
    """Read what a notebook declares.

    Raises `UsageError` if it is not a Python notebook with exactly one readable cell tagged `parameters`; with every
    problem of the cell, and with all that another cell makes for the reader and does not show.
    """
    where = path.name
    content = load_notebook(path)
    metadata = content.get("metadata", {})
    problems = list(_kernel_problems(where, metadata))
    cells = [cell for cell in content["cells"] if TAG in cell.get("metadata", {}).get("tags", [])]
    if len(cells) != 1 or cells[0].get("cell_type") != "code":
        came = "has no code cell tagged `parameters`" if not cells else f"{len(cells)} cells are tagged"
        cure = "tag the one code cell that declares the parameters, in JupyterLab's property inspector"
        raise UsageError(
            [*problems, Problem(where, came, "exactly one code cell tagged `parameters`", cure)]
        )
    source = cells[0].get("source", "")
    declared, found = _read_cell(where, source if isinstance(source, str) else "".join(source))
    if problems := [*problems, *found, *unshown(where, content["cells"])]:
        raise UsageError(problems)
    return Notebook(path.stem, path, declared)


def load_notebook(path: Path) -> dict[str, Any]:
    """Return a stored notebook as it is, with a list of `cells`.

    Raises `UsageError` if it is no notebook; where that comes of a merge, with the way out.
    """
    cure = "open it in JupyterLab and save it again"
    try:
        text = path.read_text("utf-8")
        content = json.loads(text)
    except FileNotFoundError:
        raise UsageError(path.name, "there is no such notebook", cure="check the name") from None
    except (ValueError, OSError) as error:
        if isinstance(error, json.JSONDecodeError) and (
            marked := conflict(path.name, text, place=_from_here(path))
        ):
            raise UsageError(marked) from None
        raise UsageError(path.name, f"cannot be read ({error})", "a notebook", cure) from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise UsageError(path.name, "is not a notebook of format 4", "an .ipynb file", cure)
    return content


def _from_here(path: Path) -> str:
    """Return a file as a command that is typed now finds it."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _kernel_problems(where: str, metadata: dict[str, Any]) -> Iterator[Problem]:
    spec = metadata.get("kernelspec")
    cure = "choose the Python kernel in JupyterLab and save the notebook"
    if not isinstance(spec, dict) or not spec.get("name"):
        yield Problem(where, "does not say which kernel it needs (no kernelspec)", "a Python kernel", cure)
    elif spec.get("language", "python") != "python":
        yield Problem(where, f"is written for {spec['language']}", "a Python kernel", cure)


def _read_cell(where: str, source: str) -> tuple[tuple[Parameter, ...], list[Problem]]:
    place = f"{where}, parameters cell"
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return (), [Problem(f"{place}, line {error.lineno}", f"is not Python ({error.msg})")]
    comments = _comments(source)
    declared: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for statement in tree.body:
        line = f"{place}, line {statement.lineno}"
        try:
            parameter = _read_statement(line, statement)
        except UsageError as error:
            problems.extend(error.problems)
            continue
        if parameter.name in declared:
            problems.append(Problem(line, f"`{parameter.name}` is declared twice", cure="keep one of them"))
        comment = comments.get(statement.end_lineno or statement.lineno, "")
        declared[parameter.name] = replace(parameter, comment=comment or parameter.comment)
    return tuple(declared.values()), problems


def _read_statement(where: str, statement: ast.stmt) -> Parameter:
    target, annotation, value = _parts(where, statement)
    default = _read_default(where, target, value)
    kind = _read_annotation(where, target, annotation) if annotation else type_of(default)
    if not isinstance(annotation, ast.Constant) and target in _KNOWN and kind.word == "str":
        known = replace(_KNOWN[target], optional=kind.optional)
        kind = known if value is None or known.accepts(default) else kind
    if value is None:
        return Parameter(target, kind, required=True)
    if default is None:  # a default of None says by itself that None is a value
        kind = replace(kind, optional=True)
    if not kind.accepts(default):
        came = f"the default {default!r} of `{target}` is not of its type {kind}"
        raise UsageError(where, came, kind.allowed, "change the default or the type")
    told = "" if annotation else f"as its default, {default!r}"
    return Parameter(target, kind, required=False, default=default, comment=told)


def _parts(where: str, statement: ast.stmt) -> tuple[str, ast.expr | None, ast.expr | None]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.annotation, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        (target,) = statement.targets
        if isinstance(target, ast.Name):
            return target.id, None, statement.value
    came = f"`{ast.unparse(statement).splitlines()[0]}`"
    allowed = 'lines of the form name: "type" = value, or name = value'
    raise UsageError(where, came, allowed, "move anything else to another cell")


def _read_default(where: str, name: str, value: ast.expr | None) -> Value:
    try:
        default = _plain(ast.literal_eval(value)) if value else None
    except ValueError:
        came = f"`{name}` is given by the expression {ast.unparse(value) if value else ''}"
        raise UsageError(where, came, "a plain value", "write the value itself") from None
    return default


def _plain(value: Any) -> Value:
    """Return a literal as papermill would hand it over.

    Raises `ValueError` if it is of a kind that no parameter file can give: a set, bytes, a complex number.
    """
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(value)


def _read_annotation(where: str, name: str, annotation: ast.expr) -> ParameterType:
    try:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return read_type(annotation.value)
        return read_plain_type(ast.unparse(annotation))
    except ValueError:
        pass
    came = f"`{name}` has the type {ast.unparse(annotation)}"
    words = ", ".join(f'"{word}"' for word in VOCABULARY)
    raise UsageError(
        where, came, f"{words}, in quotes; or str, int, float, bool, list, each | None", "change it"
    )


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def unshown(where: str, cells: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield each sentence, figure or table of an open report that a reader would never see."""
    trees = {number: tree for number, cell in enumerate(cells, 1) if (tree := _read(cell))}
    reports = {name for tree in trees.values() for name in _reports(tree)}
    for number, tree in trees.items():
        last = tree.body[-1] if tree.body else None
        for node in ast.walk(tree):
            match node:
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=made))) if (
                    name in reports and made in _SHOWN and node is not last
                ):
                    came = f"makes `{name}.{made}(…)`, and nobody sees it"
                    allowed = "the last line of the cell, outside of any `if`, loop or function"
                    cure = f"put it there, or write `display({name}.{made}(…))`"
                    yield Problem(f"{where}, cell {number}, line {node.lineno}", came, allowed, cure)


def _read(cell: dict[str, Any]) -> ast.Module | None:
    """Return a cell's statements; None where it is no code, or not Python alone."""
    if cell.get("cell_type") != "code":
        return None
    try:
        return ast.parse("".join(cell.get("source", "")))
    except SyntaxError:
        return None


def _reports(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a cell gives to what `open_report` returns."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="open_report"))):
                yield name

"""What a notebook may be asked: the declarations in its cell tagged `parameters`.

The cell holds annotated literals, ``name: "type" = literal  # unit or format``, and nothing else. It is
read with `ast` and never evaluated; a declaration without a value must be given by each parameter file.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from helpers.errors import Problem, UsageError
from helpers.runner.parameter_types import VOCABULARY, ParameterType, Value, read_type

TAG = "parameters"


@dataclass(frozen=True)
class Parameter:
    """A declared parameter.

    Parameters
    ----------
    name, type
        What it is called and what it takes.
    required
        Whether every parameter file must give it, because the notebook has no default.
    default
        The notebook's own value.
    comment
        The analyst's comment on the same line: unit or format.
    """

    name: str
    type: ParameterType
    required: bool
    default: Value = None
    comment: str = ""

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"{self.type.allowed} ({self.comment})" if self.comment else self.type.allowed


@dataclass(frozen=True)
class Notebook:
    """A report notebook as the plan needs it.

    Parameters
    ----------
    name
        Its file's name without the ending.
    path
        Where it lies.
    parameters
        What it declares, in the notebook's order.
    """

    name: str
    path: Path
    parameters: tuple[Parameter, ...]

    @property
    def organisation_parameters(self) -> tuple[str, ...]:
        """The names of the parameters that say which organisation a report is about."""
        return tuple(each.name for each in self.parameters if each.type.word == "org")


def read_notebook(path: Path) -> Notebook:
    """Read what a notebook declares.

    Raises
    ------
    UsageError
        If it is not a Python notebook with exactly one readable cell tagged `parameters`; with every
        problem of the cell.
    """
    where = path.name
    content = _load(path)
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
    if problems := [*problems, *found]:
        raise UsageError(problems)
    return Notebook(path.stem, path, declared)


def _load(path: Path) -> dict[str, Any]:
    cure = "open it in JupyterLab and save it again"
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(Problem(path.name, "there is no such notebook", cure="check the name")) from None
    except (ValueError, OSError) as error:
        raise UsageError(Problem(path.name, f"cannot be read ({error})", "a notebook", cure)) from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise UsageError(Problem(path.name, "is not a notebook of format 4", "an .ipynb file", cure))
    return content


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
        declared[parameter.name] = replace(parameter, comment=comment)
    return tuple(declared.values()), problems


def _read_statement(where: str, statement: ast.stmt) -> Parameter:
    form = 'name: "type" = value'
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
        came = f"`{ast.unparse(statement).splitlines()[0]}`"
        raise UsageError(
            Problem(where, came, f"lines of the form {form}", "move anything else to another cell")
        )
    name = statement.target.id
    kind = _read_annotation(where, name, statement.annotation)
    if statement.value is None:
        return Parameter(name, kind, required=True)
    try:
        default: Value = ast.literal_eval(statement.value)
    except ValueError:
        came = f"`{name}` is given by the expression {ast.unparse(statement.value)}"
        raise UsageError(Problem(where, came, "a plain value", "write the value itself")) from None
    if default is None:  # a default of None says by itself that None is a value
        kind = replace(kind, optional=True)
    if not kind.accepts(default):
        came = f"the default {default!r} of `{name}` is not of its type {kind}"
        raise UsageError(Problem(where, came, kind.allowed, "change the default or the type"))
    return Parameter(name, kind, required=False, default=default)


def _read_annotation(where: str, name: str, annotation: ast.expr) -> ParameterType:
    try:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return read_type(annotation.value)
    except ValueError:
        pass
    came = f"`{name}` has the type {ast.unparse(annotation)}"
    raise UsageError(
        Problem(where, came, ", ".join(f'"{word}"' for word in VOCABULARY), "write it in quotes")
    )


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}

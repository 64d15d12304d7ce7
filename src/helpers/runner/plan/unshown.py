"""What a notebook makes and never shows: IPython shows a cell's last expression, and nothing within an `if`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final

from helpers.errors import Problem

#: what of a report makes something for the reader
_SHOWN: Final = {"deliver", "figure", "headline", "published", "say", "table"}


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

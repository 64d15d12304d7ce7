"""JSON Schemas of what is written by hand, for editors: completion, and mistakes underlined as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from helpers.errors import UsageError
from helpers.register.reading import KINDS
from helpers.runner.plan.parameter_types import ParameterType
from helpers.runner.plan.parameters import Notebook, read_notebook
from helpers.runner.publisher import PublisherFile
from helpers.runner.schedule.reading import Schedule
from helpers.theme.brand import ThemeFile

FOLDER: Final = "schemas"
_VSCODE: Final = ".vscode/settings.json"
_DRAFT: Final = {"$schema": "http://json-schema.org/draft-07/schema#"}
_SIMPLE: Final = {"int": "integer", "float": "number", "bool": "boolean", "list": "array", "dict": "object"}
_PATTERNS: Final = {"month": r"^(latest|\d{4}-(0[1-9]|1[0-2]))$", "date": r"^\d{4}-\d{2}-\d{2}$"}


def write_schemas(root: Path) -> None:
    """Write the schemas of a project anew, one for each notebook too, and tell VS Code where they count."""
    found = {**dict(_settings()), **dict(_parameters(root))}
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in set(folder.glob("*.json")) - {folder / f"{name}.json" for name in found}:
        path.unlink()
    for name, (schema, _) in found.items():
        write_json(folder / f"{name}.json", schema)
    places = {f"./{FOLDER}/{name}.json": pattern for name, (_, pattern) in found.items()}
    settings = root / _VSCODE
    kept = _read(settings)
    if kept is not None:
        settings.parent.mkdir(exist_ok=True)
        write_json(settings, {**kept, "yaml.schemas": places})


def write_json(path: Path, content: object) -> None:
    """Write a file for the repository: the command's own files are private otherwise."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    path.chmod(0o644)


def _read(path: Path) -> dict[str, Any] | None:
    """Return somebody's settings; None where they hold comments or else what only VS Code reads: these stay."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _settings() -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    for kind, (model, keyed) in KINDS.items():
        schema = model.model_json_schema()
        schema = _by_id(schema) if keyed else _moved(schema, {"type": ["array", "null"]}, "items")
        yield f"register-{kind}", (_DRAFT | schema, f"params/_register/{kind}.yml")
    entries = _moved(Schedule.model_json_schema(), {"type": ["array", "null"]}, "items")
    yield "schedule", (_DRAFT | entries, "params/_schedule.yml")
    yield "theme", (_DRAFT | ThemeFile.model_json_schema(), "params/_theme.yml")
    yield "publisher", (_DRAFT | PublisherFile.model_json_schema(), "params/_publisher.yml")


def _by_id(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of entries by id: each gives what is to be otherwise, or nothing where it is to go."""
    schema = {**schema, "type": ["object", "null"], "required": []}
    schema["properties"] = {
        name: {"anyOf": [each, {"type": "null"}]}
        for name, each in schema["properties"].items()
        if name != "id"
    }
    return _moved(schema, {"type": ["object", "null"]}, "additionalProperties")


def _moved(schema: dict[str, Any], outer: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a schema of what holds many of it; definitions have to stand outside."""
    inner = {name: each for name, each in schema.items() if name != "$defs"}
    return {**outer, key: inner, "$defs": schema.get("$defs", {})}


def _parameters(root: Path) -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    """Yield the schema of each notebook's parameter files; drafts without a sound cell have none."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        try:
            notebook = read_notebook(path)
        except UsageError:
            continue
        yield f"params-{path.stem}", (_DRAFT | schema_of(notebook), f"params/{path.stem}/[!_]*.yml")


def schema_of(notebook: Notebook) -> dict[str, Any]:
    """Return the schema of a notebook's parameter files."""
    properties = {
        each.name: {"description": each.allowed, "default": each.default, **_type_schema(each.type)}
        for each in notebook.parameters
    }
    return {
        "title": f"Parameters of {notebook.name}",
        "type": ["object", "null"],
        "properties": {"audience": {"type": "string", "description": "for whom; the public by default"}}
        | properties,
        "required": [each.name for each in notebook.parameters if each.required],
        "additionalProperties": False,
    }


def _type_schema(kind: ParameterType) -> dict[str, Any]:
    if kind.optional:
        return {"anyOf": [_plain_schema(kind), {"type": "null"}]}
    return _plain_schema(kind)


def _plain_schema(kind: ParameterType) -> dict[str, Any]:
    if kind.choices:
        return {"enum": list(kind.choices)}
    if kind.item is not None:
        return {"type": "array", "items": _type_schema(kind.item)}
    if kind.word == "any":
        return {}
    pattern = {"pattern": _PATTERNS[kind.word]} if kind.word in _PATTERNS else {}
    return {"type": _SIMPLE.get(kind.word, "string"), **pattern}

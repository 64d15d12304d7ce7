"""Hooks of MkDocs for `make site`.

README, CONTRIBUTING and CHANGELOG stand beside docs/, and become pages of the site; the pages of commands, of files
and of statistical functions are made from the code, so that they cannot be out of date. A page that the navigation
in mkdocs.yml does not name comes last in the section of its folder.
"""

from __future__ import annotations

import ast
import json
import pkgutil
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

import helpers.stats
from helpers.cli.commands import app
from helpers.cli.own.schemas import write_schemas

ROOT: Final = Path(__file__).parents[1]
BESIDE: Final = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
}

#: what a page loads by itself
LOADS: Final = re.compile(
    r"""<(?:script|img|iframe)[^>]*\bsrc="?(https?:[^" >]+)|<link[^>]*stylesheet[^>]*href="?(https?:[^" >]+)"""
)
#: where the models are that read what people write
MODELS: Final = ("register", "theme", "runner/schedule", "runner/publisher.py")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put pages that the navigation does not name at the end of their folder's section."""
    for section in config.nav or []:
        for pages in section.values():
            if isinstance(pages, list) and "/" in pages[0]:
                folder = Path(config.docs_dir, pages[0]).parent
                found = [
                    path.relative_to(config.docs_dir).as_posix() for path in sorted(folder.glob("*.md"))
                ]
                pages += [page for page in found if page not in pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/."""
    made = {address: _beside(ROOT / name) for name, address in BESIDE.items()}
    made["reference/commands.md"] = "\n\n".join(_commands())
    made["reference/files.md"] = "\n\n".join(_files())
    made["reference/functions.md"] = "\n\n".join(_functions())
    for address, text in made.items():
        files.append(File.generated(config, address, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Lead links out of docs/ to the pages that stand for what they name."""
    return re.sub(r"\]\(\.\./\.\./(\w+\.md)", lambda link: f"](../{BESIDE.get(link[1], link[1])}", markdown)


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a page that loads something from elsewhere: the site is read without a network."""
    pages = (page.read_text("utf-8") for page in Path(config.site_dir).rglob("*.html"))
    found = {each for page in pages for each in LOADS.findall(page)}
    if found:
        raise PluginError(f"the site would load from elsewhere: {sorted(filter(None, sum(found, ())))}")


def _beside(path: Path) -> str:
    """Return a page of the repository's top with its links as they are within docs/."""
    return re.sub(r"""(\]\(|="|= ")docs/""", r"\1", path.read_text("utf-8")).replace(
        "](README.md", "](index.md"
    )


def _commands() -> Iterator[str]:
    """Yield the page of all commands, from the parser."""
    yield "# Every command and option"
    yield "What `boardpack COMMAND --help` says. [The command line](command-line.md) says when one needs which."
    for name, command in _walk(typer.main.get_command(app)):
        yield f"## {name}"
        yield (command.help or "").strip()
        if rows := [row for each in command.params for row in _option(each)]:
            yield "\n".join(["| option | what it does |", "|---|---|", *rows])


def _walk(group: Any, before: str = "boardpack") -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _walk(command, f"{before} {name}")
        elif not command.hidden:
            yield f"{before} {name}", command


def _option(option: Any) -> Iterator[str]:
    """Yield the line of an option or an argument."""
    if getattr(option, "hidden", False):
        return
    named = [each for each in option.opts if each.startswith("-")]
    name = ", ".join(f"`{each}`" for each in named) or f"`{option.name.upper()}`"
    yield f"| {name} | {_cell(getattr(option, 'help', None) or '')} |"


def _files() -> Iterator[str]:
    """Yield the page of the files that people write, from the models that read them."""
    yield "# Every key of the files in params/"
    yield (
        "Made from the models that read these files. An editor that knows the schemas which `boardpack init` writes "
        "says the same as you type. Keys in **bold** must be there in an entry of your own."
    )
    told = {key: said for path in MODELS for key, said in _comments(Path(ROOT, "src", "helpers", path))}
    with tempfile.TemporaryDirectory() as folder:
        write_schemas(Path(folder))
        places = json.loads(Path(folder, ".vscode", "settings.json").read_text("utf-8"))["yaml.schemas"]
        for name, place in places.items():
            schema = json.loads(Path(folder, name).read_text("utf-8"))
            yield f"## {place}"
            entry = schema.get("additionalProperties") or schema.get("items") or schema
            yield from _keys(entry, told)
            for kind, inner in schema.get("$defs", {}).items():
                if inner.get("properties"):
                    yield f"### {kind} in {place}"
                    yield from _keys(inner, told)


def _comments(place: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what the comments beside the keys of the models say, each by model and key."""
    for path in [place] if place.suffix else sorted(place.rglob("*.py")):
        text = path.read_text("utf-8")
        lines = text.splitlines()
        for model in ast.walk(ast.parse(text)):
            if isinstance(model, ast.ClassDef):
                for key in model.body:
                    if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name):
                        yield (model.name, key.target.id), _comment(lines, key)


def _comment(lines: list[str], key: ast.AnnAssign) -> str:
    """Return the comment within a key's lines, or that right above them."""
    within = [line.partition(" # ")[2] for line in lines[key.lineno - 1 : key.end_lineno]]
    above: list[str] = []
    for line in reversed(lines[: key.lineno - 1]):
        if not line.strip().startswith("#:"):
            break
        above.insert(0, line.strip()[2:])
    return " ".join(within) if any(within) else " ".join(above)


def _keys(schema: dict[str, Any], told: dict[tuple[str, str], str]) -> Iterator[str]:
    if said := schema.get("description"):
        yield _cell(said.split("\n\n")[0])
    needed = schema.get("required", [])
    rows = []
    for name, each in schema.get("properties", {}).items():
        key = f"**`{name}`**" if name in needed else f"`{name}`"
        usual = each.get("default", each.get("anyOf", [{}])[0].get("default"))
        usual = f"`{usual}`" if isinstance(usual, bool | int | float) or usual else ""
        said = told.get((schema.get("title", ""), name), "")
        rows.append(f"| {key} | {_cell(_kind(each))} | {_cell(usual)} | {_cell(said)} |")
    if rows:
        yield "\n".join(["| key | takes | usual | what it says |", "|---|---|---|---|", *rows])


def _kind(schema: dict[str, Any]) -> str:
    """Return in words what a key takes."""
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(each) for each in options if each.get("type") != "null"))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"a list of {_kind(schema.get('items', {}))}"
    return {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
    }.get(str(kind), "keys and values" if kind == "object" else str(kind))


def _functions() -> Iterator[str]:
    """Yield the page of statistical functions, from their docstrings."""
    yield "# Every statistical function"
    yield (
        "From the docstrings: parameters with units and shapes, what is returned, the source, an example. "
        "[Charts, funnels and rates](stats.md) and [the models](stats-models.md) say when one takes which."
    )
    for module in pkgutil.iter_modules(helpers.stats.__path__):
        if module.name != "checks":
            yield f"::: helpers.stats.{module.name}"


def _cell(text: str) -> str:
    """Return words as they can stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")

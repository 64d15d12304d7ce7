"""The documents tell the truth: links lead somewhere, names exist, every command is described."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.cli import commands as words

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
COMMANDS = (ROOT / "docs" / "reference" / "command-line.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    words = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:href|src)=\"([^\":#]+)\"", words)
    gone = [link for pair in links for link in pair if link and not (page.parent / link).exists()]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_names_of_the_package_exist(page: Path) -> None:
    names = set(re.findall(r"`(helpers(?:\.\w+)+)", page.read_text("utf-8")))
    assert [name for name in sorted(names) if not exists(name)] == []


def exists(name: str) -> bool:
    """Return whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def commands(name: str, command: Any, before: str = "boardpack") -> Iterator[str]:
    below = getattr(command, "commands", {})
    for each, sub in below.items():
        yield from commands(each, sub, f"{before} {name}")
    if not below:
        yield f"{before} {name}"


def test_every_command_is_described() -> None:
    everything = [each for name in words.COMMANDS for each in commands(name, words.load(name))]
    assert "boardpack data show" in everything
    assert [name for name in everything if f"`{name}" not in COMMANDS] == []


def test_every_option_of_run_is_described() -> None:
    run = words.load("run")
    options = [option for each in run.params for option in each.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}" not in COMMANDS] == []

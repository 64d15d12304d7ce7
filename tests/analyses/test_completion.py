"""Tab and `?` find every public name that the reference lists, and what each of them says."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.core.oinspect import Inspector
from reference_pages.names import ANALYSES, OWN

import helpers
from helpers import analyses
from helpers.data.room.records import Records
from helpers.report.parts import Part
from helpers.report.report import Report


def completed(namespace: dict[str, Any], typed: str) -> set[str]:
    completer = IPCompleter(shell=None, namespace=namespace, use_jedi=False)
    with provisionalcompleter():
        return {each.text.removeprefix(".") for each in completer.completions(typed, len(typed))}


def public(kind: type) -> list[str]:
    return [name for name in vars(kind) if not name.startswith("_")]


def test_what_is_imported_is_offered() -> None:
    assert {"open_report", "board_style"} <= completed({"helpers": helpers}, "helpers.")
    assert {*ANALYSES, *analyses.__all__} <= completed({"analyses": analyses}, "analyses.")


@pytest.mark.parametrize(
    "kind", [Report, Records, Part, *ANALYSES.values()], ids=lambda kind: kind.__name__
)
def test_every_public_name_is_offered_and_says_what_it_is(kind: type) -> None:
    names = public(kind)
    assert names
    assert set(names) <= completed({"it": kind}, "it.")
    for name in names:
        member = inspect.getattr_static(kind, name)
        if callable(member) or isinstance(member, property) or hasattr(member, "func"):
            said = Inspector(theme_name="nocolor").info(getattr(member, "func", member), oname=name)
            assert (said["docstring"] or "<no docstring>") != "<no docstring>", f"{kind.__name__}.{name}"


def test_functions_tell_their_arguments_and_what_they_do() -> None:
    for function in (helpers.open_report, *(getattr(Report, name) for name in OWN)):
        said = Inspector(theme_name="nocolor").info(function, oname=function.__name__)
        assert all(name in said["definition"] for name in inspect.signature(function).parameters)
        assert len(said["docstring"]) > 40

"""What several commands are told: in which project they work, and options that mean the same everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from helpers.audience import PUBLIC_NAME
from helpers.places import find_root
from helpers.runner.engines import RENDERERS

Asked = TypeVar("Asked")
#: the folder that `boardpack --project` names
NAMED: Final[ContextVar[Path | None]] = ContextVar("project", default=None)
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAMES or FILES]...", help="notebook, name, notebook/name or a file; none: all"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing where all is well.")]
Report = Annotated[
    str, typer.Argument(metavar="REPORT", help="notebook/name, or a name that is the only one.")
]
Period = Annotated[str, typer.Option(help="The folder of its period; the newest unless given.")]
Renderer = Annotated[str, typer.Option(help=f"One of {', '.join(RENDERERS)}.")]
#: of a command that looks at all audiences, and of one that works for a single one
Readers = Annotated[str, typer.Option("--audience", help="For which readers; for all unless given.")]
Audience = Annotated[
    str, typer.Option("--audience", help=f"For which readers; {PUBLIC_NAME} unless given.")
]
FormsTo = Annotated[Path | None, typer.Option(help="The folder for the forms; private unless given.")]


def project_root() -> Path:
    """Return the project's folder: the one that `boardpack --project` names, or the nearest."""
    return find_root(NAMED.get())


def takes(asked: type[Asked]) -> Callable[[Callable[[Asked], None]], Callable[..., None]]:
    """Let a command take what is asked as one object: the fields of its class are arguments and options."""

    def wrap(command: Callable[[Asked], None]) -> Callable[..., None]:
        def call(**told: Any) -> None:
            command(asked(**told))

        call.__doc__ = command.__doc__
        call.__signature__ = inspect.signature(asked, eval_str=True)  # type: ignore[attr-defined]  # what typer reads
        return call

    return wrap

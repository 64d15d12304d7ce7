"""The words of the `boardpack` command: each command is imported when it is called, so that the others start soon."""

from __future__ import annotations

import atexit
import gc
import os
import re
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from helpers import __version__
from helpers.errors import INTERRUPTED, INTERRUPTED_WORDS, ExitCode, ReportError, UserError, place_problem

#: objects that are made before it is looked which of them are garbage (Python: 700)
_OBJECTS: Final = 50_000
#: where each command or group of commands is
COMMANDS: Final = {
    "init": "own/making:init",
    "new": "own/making:new",
    "upgrade": "own/upgrading:upgrade",
    "check": "checking:check",
    "matrix": "checking:matrix",
    "preview": "drafts:preview",
    "run": "running:run",
    "status": "records:status",
    "history": "records:history",
    "show": "records:show",
    "why": "records:why",
    "diff": "differences:diff",
    "approve": "deciding:approve",
    "return": "deciding:give_back",
    "sign-off": "deciding:sign_off_app",
    "withdraw": "deciding:withdraw",
    "retire": "deciding:retire",
    "publish-to": "onward:publish_to",
    "explain": "registers:explain",
    "plan": "year:plan",
    "audit": "private:audit",
    "metrics": "for_machines:metrics",
    "doctor": "doctor:doctor",
    "data": "data:data_app",
    "demo": "data:demo_app",
    "register": "registers:register_app",
    "comments": "rounds:comments_app",
    "assess": "rounds:assess_app",
    "schedule": "schedules:schedule_app",
    "state": "private:state_app",
}


def load(name: str) -> Any:
    """Return a command or group of commands, ready to be called."""
    module, _, thing = COMMANDS[name].partition(":")
    found = getattr(import_module(f"helpers.cli.{module.replace('/', '.')}"), thing)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)  # also a group of one command: `demo build`
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


def _summary(name: str) -> str:
    """Return the first sentence of a command's help, read where it stands: importing them all takes a second."""
    module, _, thing = COMMANDS[name].partition(":")
    source = (Path(__file__).parent / f"{module}.py").read_text("utf-8")
    begins = rf"^def {thing}\(.*?\n    \"\"\"" if not thing.endswith("_app") else rf"^{thing} = .*?help=\""
    found = re.search(rf'{begins}(.*?)["\n]', source, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


class _Commands(TyperGroup):
    """Knows its commands by name, and imports the one that is called."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{**told, "commands": {name: TyperCommand(name) for name in COMMANDS}})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return what the list of commands says of one."""
        return TyperCommand(cmd_name, help=_summary(cmd_name)) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called, with its name and arguments."""
        if args[0] in COMMANDS:
            return args[0], load(args[0]), args[1:]
        return super().resolve_command(ctx, args)  # says what is near


app = typer.Typer(
    cls=_Commands,
    help="Board reports for the NHS from parameterised notebooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"boardpack {__version__}")
        raise typer.Exit


@app.callback()
def set_project(
    project: Annotated[
        Path | None, typer.Option(help="The project's folder; by default the nearest.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version.")
    ] = False,
) -> None:
    """Board reports for the NHS from parameterised notebooks."""
    from helpers.cli.options import NAMED

    NAMED.set(project)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # each installed package is asked what it adds to pydantic: a sixth of the start, and ours needs nothing added
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # what is imported and planned stays: to look through it is a tenth of a start
    gc.set_threshold(_OBJECTS)
    if arguments is None:
        _leave(_run(sys.argv[1:]))
    sys.exit(_run(list(arguments)))


def _leave(code: int) -> NoReturn:
    """End the process without taking apart what is in it, which the system frees at once: a tenth of a run's end."""
    if threading.active_count() > 1:  # Python waits for it
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except OSError:  # nobody reads any more, which Python has a way to end with
        sys.exit(code)
    os._exit(code)


def _run(arguments: list[str]) -> int:
    before = os.umask(0o077)  # all that is written is its owner's alone, whatever library writes it
    try:
        app(arguments, prog_name="boardpack")
    except SystemExit as ended:  # typer's own way to end, also after wrong words and Ctrl-C
        return _tell_interruption() if ended.code == INTERRUPTED else int(ended.code or 0)
    except UserError as error:
        _show_error(error, as_json="--json" in arguments)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return _tell_interruption()
    except OSError as error:
        if (problem := place_problem(error)) is None:
            return _tell_bug()
        _show_error(ReportError(problem), as_json="--json" in arguments)
        return int(ExitCode.REPORT)
    except Exception:
        return _tell_bug()
    finally:
        os.umask(before)
    return 0


def _show_error(error: UserError, *, as_json: bool) -> None:
    from helpers.cli.showing import show_user_error

    show_user_error(error, as_json=as_json)


def _tell_interruption() -> int:
    print(INTERRUPTED_WORDS, file=sys.stderr)
    return INTERRUPTED


def _tell_bug() -> int:
    from helpers.data.audit.alarms import redact

    print(redact(traceback.format_exc()), file=sys.stderr)
    print("This is a bug in boardpack; please report it.", file=sys.stderr)
    return int(ExitCode.BUG)

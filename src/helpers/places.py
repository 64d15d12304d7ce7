"""Where a project lies: its root, its private state, how a kernel is told of them; and whether this is a kernel."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from helpers.errors import UsageError

#: the project's folder; its private state, where it does not lie in the project; the data version pinned
ROOT_VARIABLE, STATE_VARIABLE = "BOARDPACK_ROOT", "BOARDPACK_STATE"
VERSION_VARIABLE = "BOARDPACK_MART_VERSION"
#: in a batch: which report a kernel works for
REPORT_VARIABLE = "BOARDPACK_REPORT"
#: in a batch of past months: the day on which the figures were known so
KNOWN_VARIABLE = "BOARDPACK_KNOWN_ON"
#: where a data warehouse is, and the password there; with that of the mail server what no notebook is told
WAREHOUSE_URL, WAREHOUSE_PASSWORD = "BOARDPACK_WAREHOUSE_URL", "BOARDPACK_WAREHOUSE_PASSWORD"
SECRETS = (WAREHOUSE_URL, WAREHOUSE_PASSWORD, "BOARDPACK_SMTP_PASSWORD")
#: a folder that holds both is a project
MARKS = ("notebooks", "params")


def in_notebook() -> bool:
    """Tell whether this process is a notebook's kernel, which holds no records."""
    application = sys.modules.get("ipykernel.kernelapp")
    return application is not None and bool(application.IPKernelApp.initialized())


def current_day(*, environment: Mapping[str, str] = os.environ) -> date:
    """Return the day that counts as today: where figures are shown as they were known once, that day.

    >>> current_day(environment={"BOARDPACK_KNOWN_ON": "2025-11-30"})
    datetime.date(2025, 11, 30)
    """
    told = environment.get(KNOWN_VARIABLE)
    return date.fromisoformat(told) if told else date.today()


def find_root(given: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the project's folder: the given one, that of the environment, or the nearest above.

    Raises
    ------
    UsageError
        Where that is no project.
    """
    told = given or (Path(environment[ROOT_VARIABLE]) if environment.get(ROOT_VARIABLE) else None)
    candidates = [told.resolve()] if told else [Path.cwd(), *Path.cwd().parents]
    for each in candidates:
        if all((each / mark).is_dir() for mark in MARKS):
            return each
    allowed = "a folder with " + " and ".join(f"{mark}/" for mark in MARKS)
    cure = (
        f"go to the project's folder, or name it: boardpack --project FOLDER, papermill --cwd FOLDER, or the "
        f"environment variable {ROOT_VARIABLE} for any tool; boardpack init FOLDER makes a new one"
    )
    raise UsageError(str(candidates[0]), "is not in a boardpack project", allowed, cure)


def state_folder(root: Path, *, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the private state: data, history, executed notebooks and logs.

    One that the environment names by a relative path lies in the project, wherever a kernel works.

    >>> state_folder(Path("project"), environment={"BOARDPACK_STATE": "elsewhere"}).as_posix()
    'project/elsewhere'
    """
    return root / (environment.get(STATE_VARIABLE) or ".boardpack")

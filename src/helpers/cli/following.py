"""Print the logs of a report while they grow."""

from __future__ import annotations

import time
from collections.abc import Callable

from helpers.runner.batch.folders import Traces

_LOOK = 0.3  # seconds between two looks at the files


def follow(traces: Traces, *, is_over: Callable[[], bool], pause: float = _LOOK) -> None:
    """Print what stands in the logs of a report and what is added, until it has ended."""
    read: dict[str, int] = {}
    while True:
        over = is_over()  # asked first: what was written before the end is still printed
        for path in traces.logs:
            if path.is_file():
                with path.open("rb") as log:
                    log.seek(read.get(path.name, 0))
                    added = log.read()
                read[path.name] = read.get(path.name, 0) + len(added)
                print(added.decode("utf-8", errors="replace"), end="", flush=True)
        if over:
            return
        time.sleep(pause)

"""The flow of a batch: while one report is rendered and published, the next is executed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager

from helpers.runner.batch.libraries import RUN, import_libraries
from helpers.runner.batch.life import Life, Setting, render_together
from helpers.runner.history.store import Entry
from helpers.runner.kernel.execute import ForkServer, fork_server
from helpers.runner.processes import end_brief_calls

#: documents for which Quarto is called while it is at rest, enough to spread its start (as long as one of them
#: takes), and for which it is called in any case, few enough to be held in memory
FEWEST, TOGETHER = 8, 100
_LOOK = 0.5  # seconds between two chances to notice an interruption
_SOON = 0.02  # and until the kernel of the next report may start
#: what every report needs in the runner, and what of it the embedded engine
_LIBRARIES = (*RUN, "helpers.runner.document.making", "helpers.runner.gate", "jinja2")
_ENGINE = ("helpers.runner.render", "pypandoc", "typst")


def run_lives(setting: Setting, lives: Sequence[Life], jobs: int) -> Generator[Entry, None, None]:
    """Take reports through their lives and yield the entry of each as it ends.

    `jobs`: how many are executed beside each other; as many are rendered meanwhile.
    """
    with (
        _forking(setting, lives) as server,
        contextlib.closing(_Flow(setting, lives, jobs, server)) as flow,
    ):
        if lives:
            # while the fork server imports its own, and before there are threads
            engine = () if setting.engine else _ENGINE
            import_libraries(*_LIBRARIES, *engine, *setting.project.libraries)
        try:
            while flow.is_under_way():
                yield from flow.ended()
        except BaseException:  # also the consumer's: kernels must be ended before the pools are left
            setting.stop.set()
            end_brief_calls()
            raise


def _forking(setting: Setting, lives: Sequence[Life]) -> AbstractContextManager[ForkServer | None]:
    """Return what yields what the kernels of a batch are forked from."""
    notebooks = dict.fromkeys(life.decision.job.notebook.path for life in lives)
    if not notebooks or setting.cluster is not None:
        return contextlib.nullcontext()
    home = setting.project.state / "ipython"
    return fork_server(setting.environment, home, notebooks, setting.project.preload)


class _Flow:
    def __init__(
        self, setting: Setting, lives: Sequence[Life], jobs: int, server: ForkServer | None
    ) -> None:
        self._setting, self._jobs, self._server = setting, jobs, server
        self._turns = threading.Semaphore(jobs)
        self._executing = ThreadPoolExecutor(jobs + 1, thread_name_prefix="execute")
        self._rendering = ThreadPoolExecutor(jobs, thread_name_prefix="render")
        self._waiting = list(lives)
        self._executed: dict[Future[None], Life] = {}
        self._rendered: dict[Future[None], tuple[Life, ...]] = {}
        self._gathered: list[Life] = []  # for the next call of Quarto
        self._to_publish: list[Life] = []  # what such a call has made
        self._calls = 0

    def close(self) -> None:
        """Wait for what is under way."""
        self._rendering.shutdown()
        self._executing.shutdown()

    def is_under_way(self) -> bool:
        """Feed the pools, and say whether anything is still to come."""
        # what has been executed is held in memory, so execution waits where rendering falls behind
        while len(self._executed) < self._at_once() and len(self._rendered) <= self._jobs:
            life = _take_free(self._waiting)
            if life is None:
                break
            self._executed[self._executing.submit(life.prepare, self._server, self._turns)] = life
        # what waits for another run may wait for long: what is gathered is rendered meanwhile
        is_last = not self._executed and (not self._waiting or len(self._rendered) <= self._jobs)
        enough = FEWEST if len(self._rendered) < self._jobs else TOGETHER
        if self._gathered and (is_last or len(self._gathered) >= enough):
            lives, self._gathered = tuple(self._gathered), []
            self._calls += 1
            future = self._rendering.submit(render_together, self._setting, lives, self._calls)
            self._rendered[future] = lives
        while life := _take_free(self._to_publish):
            self._rendered[self._rendering.submit(life.publish)] = (life,)
        return bool(self._waiting or self._executed or self._rendered or self._to_publish)

    def _at_once(self) -> int:
        """Return how many reports may be begun: one more while all turns are taken, for a forked kernel is small.

        Not before, or two kernels that start together would take the first turn in any order.
        """
        return self._jobs + (self._server is not None and not self._has_free_turn())

    def _has_free_turn(self) -> bool:
        if is_free := self._turns.acquire(blocking=False):
            self._turns.release()
        return is_free

    def ended(self) -> list[Entry]:
        """Wait a moment, pass on what has been executed, and return the entries of what has ended."""
        under_way = (*self._executed, *self._rendered)
        if not under_way:
            time.sleep(_LOOK)  # all that is left waits for other runs
        soon = self._server is not None and len(self._executed) == self._jobs and self._has_free_turn()
        done, _ = wait(under_way, timeout=_SOON if soon else _LOOK, return_when=FIRST_COMPLETED)
        lives: list[Life] = []
        for future in done:
            future.result()
            if future in self._rendered:
                rendered = self._rendered.pop(future)
                lives += rendered
                self._to_publish += [life for life in rendered if life.ended is None]
                continue
            life = self._executed.pop(future)
            if life.ended is not None:
                lives.append(life)
            elif self._setting.engine is not None:
                self._gathered.append(life)
            else:
                self._rendered[self._rendering.submit(life.complete)] = (life,)
        return [life.ended for life in lives if life.ended is not None]


def _take_free(lives: list[Life]) -> Life | None:
    """Take the first report that no other run has in hand out of a list; one that must wait stays there."""
    for place, life in enumerate(lives):
        if life.can_begin():
            return lives.pop(place)
    return None

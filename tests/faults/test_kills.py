"""`kill -9` of the runner at random moments of a batch: nothing half done, nothing lost, nothing left running.

The gate tries six moments; `make faults` tries 200 (BOARDPACK_KILLS) and prints what they met.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.runner.history.entries import State
from helpers.runner.history.store import History

from .conftest import Shelf, call, differences, processes_of, start, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on Unix")

KILLS = int(os.environ.get("BOARDPACK_KILLS", "6"))
SEED = int(os.environ.get("BOARDPACK_SEED", "1"))
REPORTS = 4
BATCH = ("run", "--force", "--renderer", "embedded")


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    files = {f"SYN{n:02}.yml": f'trust: SYN{n:02}\nperiod: "2026-03"\n' for n in range(REPORTS)}
    return lay_out({"good": files})


@dataclass(frozen=True)
class Moment:
    """When to kill: told by how far the batch is, so that a slow machine is killed at the same points.

    Parameters
    ----------
    reports
        How many reports have ended by then.
    wait
        Seconds after that.
    staged
        Wait until new files of a report lie beside the old ones, and then that long.
    """

    reports: int
    wait: float
    staged: bool

    @classmethod
    def draw(cls, source: random.Random, pace: float) -> Moment:
        """Return a random moment of a batch in which a report takes this many seconds."""
        staged = source.random() < 0.5
        wait = source.uniform(0, 0.02) if staged else source.uniform(0, 2 * pace)
        return cls(source.randrange(REPORTS), wait, staged)


def kill_at(root: Path, moment: Moment) -> bool:
    """Run a batch and end it without warning; return whether it was still at work."""
    with start(root, *BATCH) as process:
        try:
            assert process.stderr is not None
            for _ in range(moment.reports):  # one line for each report that has ended
                process.stderr.readline()
            while moment.staged and process.poll() is None and not any(root.glob("reports/*/*/.*.part")):
                time.sleep(0.001)
            time.sleep(moment.wait)
            at_work = process.poll() is None
        finally:
            process.kill()
            process.wait()
    return at_work


def test_whenever_the_runner_is_killed_readers_history_and_results_are_right(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(root)
    assert call(root, *BATCH)[0] == 0
    began = time.monotonic()
    assert call(root, *BATCH)[0] == 0  # as it goes when everything is in the cache
    pace = (time.monotonic() - began) / REPORTS
    undisturbed = shelf.content()
    assert len(undisturbed) == 2 * REPORTS
    met: Counter[str] = Counter()
    draw = random.Random(SEED)
    for number in range(KILLS):
        moment = Moment.draw(draw, pace)
        where = f"kill {number + 1} (seed {SEED}): {moment}"
        met["at work" if kill_at(root, moment) else "over already"] += 1
        met["while files were staged"] += any(root.glob("reports/*/*/.*.part"))
        shelf.check_readers(REPORTS)
        met["reports without a PDF until recovery"] += sum(
            not page.with_suffix(".pdf").exists() for page in shelf.pages
        )
        until(lambda: processes_of(root) == [])
        shelf.check_history()
        shelf.check_readers(REPORTS)
        left = [e.state for e in History(root / ".boardpack").latest().values()]
        met["reports left to resume"] += left.count(State.INTERRUPTED)
        code, said = call(root, "run", "--resume", "--renderer", "embedded")
        assert code == 0, (where, said)
        other = [e for e in History(root / ".boardpack").latest().values() if e.state != State.PUBLISHED]
        assert other == [], where
        assert differences(shelf.content(), undisturbed) == [], where
        with capsys.disabled():
            print(f"\rkills {number + 1} of {KILLS}: {dict(met)}", end="", flush=True)
    assert met["at work"] > 0

"""A schedule that is killed at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from helpers.cli.schedules import _make_due
from helpers.runner.history.entries import Occurrence, Outcome, State
from helpers.runner.history.store import History
from helpers.runner.telling.outbox import Outbox

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="a kill as on Unix"), pytest.mark.long]

KILLS = 50
SECONDS = 12.0  # within which a look that has something to do is killed


def test_killed_at_random_moments_it_makes_every_report_once(lay_out: Callable[..., Path]) -> None:
    files = {f"SYN0{n}.yml": f'trust: SYN0{n}\nperiod: "2026-03"\n' for n in (7, 8)}
    root = lay_out({"good": files})
    text = '- name: often\n  when: "* * * * *"\n  formats: [html]\n  missed: all\n  within: 1 hour\n'
    text += "  tell: [{mail: [board@example.org]}]\n"
    (root / "params" / "_schedule.yml").write_text(text, "utf-8")
    command = [sys.executable, "-c", "from helpers.start import main; main()", "--project", str(root)]
    began = datetime.now(UTC) - timedelta(minutes=5)
    History(root / ".boardpack").note(Occurrence("often", began, Outcome.BEGUN))
    moments = random.Random(7)
    for _ in range(KILLS):
        look = subprocess.Popen(
            [*command, "schedule", "once"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0, SECONDS))
        look.kill()
        look.wait()
    _make_due(root, quiet=True)

    history = History(root / ".boardpack")
    noted = [each for each in history.occurrences() if each.outcome is not Outcome.BEGUN]
    assert set(Counter((each.schedule, each.due) for each in noted).values()) == {1}
    dues = sorted(each.due for each in noted)
    assert {after - before for before, after in pairwise(dues)} == {timedelta(minutes=1)}
    assert {each.outcome for each in noted} <= {Outcome.RAN, Outcome.MISSED}
    for name in ("SYN07", "SYN08"):
        states = Counter(entry.state for entry in history.of("good", name))
        assert states[State.PUBLISHED] == 1
        assert states[State.WAITING] == 0
    told = [each.report for message in Outbox(root / ".boardpack").messages() for each in message.ready]
    assert sorted(told) == ["good/SYN07", "good/SYN08"]
    left = [path.name for path in (root / "reports").rglob(".*") if path.is_file()]
    assert left == []

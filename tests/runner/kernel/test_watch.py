from __future__ import annotations

import subprocess
import threading
import time

from helpers.runner.kernel.watch import Cause, KernelLimits, Watch
from helpers.runner.processes import ProcessGroup, group_of, resident


def wait_for(watch: Watch) -> None:
    deadline = time.monotonic() + 10
    while watch.cause is None and time.monotonic() < deadline:
        time.sleep(0.05)


def test_the_time_limit_ends_the_group(family: subprocess.Popen[str]) -> None:
    watch = Watch(KernelLimits(seconds=0.1), threading.Event())
    watch.begin(ProcessGroup(family.pid))
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.TIME
    assert group_of(family.pid) == []


def test_the_memory_limit_counts_the_whole_group(family: subprocess.Popen[str]) -> None:
    alone = resident([family.pid], enough=0)
    watch = Watch(KernelLimits(megabytes=int(alone) + 2), threading.Event())  # the child is what passes it
    watch.begin(ProcessGroup(family.pid))
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.MEMORY
    assert watch.peak > alone


def test_an_interruption_ends_the_group(family: subprocess.Popen[str]) -> None:
    stop = threading.Event()
    watch = Watch(KernelLimits(), stop)
    watch.begin(ProcessGroup(family.pid))
    stop.set()
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.INTERRUPTED


def test_what_is_left_at_the_end_is_ended_without_a_cause(family: subprocess.Popen[str]) -> None:
    watch = Watch(KernelLimits(), threading.Event())
    watch.begin(ProcessGroup(family.pid))
    watch.end()
    assert watch.cause is None
    assert group_of(family.pid) == []


def test_a_report_waits_for_its_turn_which_is_no_time_of_its_own(family: subprocess.Popen[str]) -> None:
    turns = threading.Semaphore(0)
    watch = Watch(KernelLimits(seconds=0.5), threading.Event(), turns)
    watch.begin(ProcessGroup(family.pid))
    threading.Timer(1.0, turns.release).start()
    watch.take_turn()
    assert watch.cause is None, "the time it waited is counted"
    assert watch.waited > 0.9
    assert not turns.acquire(blocking=False), "it has the turn"
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.TIME, "its own time is counted still"
    assert turns.acquire(blocking=False), "the next one has it"


def test_an_interruption_ends_a_report_that_waits_for_its_turn(family: subprocess.Popen[str]) -> None:
    stop, turns = threading.Event(), threading.Semaphore(0)
    watch = Watch(KernelLimits(), stop, turns)
    watch.begin(ProcessGroup(family.pid))
    threading.Timer(0.3, stop.set).start()
    watch.take_turn()
    watch.end()
    assert watch.cause is Cause.INTERRUPTED
    assert not turns.acquire(blocking=False), "it gives back no turn that it has not had"

from __future__ import annotations

import os
import subprocess

import psutil
import pytest

from helpers.runner.processes import descendants, end_group, group_of, resident


def test_the_whole_group_is_ended(family: subprocess.Popen[str]) -> None:
    members = group_of(family.pid)
    assert len(members) == 2
    end_group(family.pid)
    assert group_of(family.pid) == []
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in members)


def test_a_child_whose_parent_is_gone_is_still_of_the_group(family: subprocess.Popen[str]) -> None:
    family.kill()
    family.wait()
    assert len(group_of(family.pid)) == 1


def test_descendants_are_all_below_and_not_the_process_itself(family: subprocess.Popen[str]) -> None:
    assert len(descendants(os.getpid())) >= 2
    (child,) = descendants(family.pid)
    assert psutil.Process(child).ppid() == family.pid


def test_descendants_of_a_process_that_is_gone_are_none(family: subprocess.Popen[str]) -> None:
    end_group(family.pid)
    family.wait()
    assert descendants(family.pid) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_pages_that_forked_processes_share_are_counted_once_where_it_matters() -> None:
    held = bytearray(os.urandom(1) * 200_000_000)
    reading, writing = os.pipe()
    children = []
    for _ in range(2):
        if (child := os.fork()) == 0:
            os.close(writing)
            os.read(reading, 1)  # until the parent closes the other end
            os._exit(0)
        children.append(child)
    try:
        every = [os.getpid(), *children]
        assert resident(every) > 3 * 190
        counted_more_than_once = resident(every) - resident(every, enough=0)
        assert counted_more_than_once > 2 * 190  # of the 200 megabytes twice, and of what was imported
    finally:
        os.close(writing)
        os.close(reading)
        for child in children:
            os.waitpid(child, 0)
    assert len(held) == 200_000_000

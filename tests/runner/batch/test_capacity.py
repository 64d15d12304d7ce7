from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.runner import processes
from helpers.runner.processes import usable_jobs, usable_memory

GIGABYTE = 1024**3


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        processes.psutil, "virtual_memory", lambda: SimpleNamespace(available=16 * GIGABYTE)
    )
    monkeypatch.setattr(processes, "usable_cores", lambda: 8)


@pytest.mark.parametrize(("megabytes", "jobs"), [(100_000, 8), (8 * 1024, 8), (3.5 * 1024, 3), (10, 1)])
def test_there_is_a_report_for_each_core_as_far_as_memory_goes(
    monkeypatch: pytest.MonkeyPatch, megabytes: float, jobs: int
) -> None:
    monkeypatch.setattr(processes, "usable_memory", lambda: megabytes)
    assert usable_jobs() == jobs


def write(folder: Path, limit: str, used: int, names: tuple[str, str]) -> Path:
    for name, text in zip(names, (limit, str(used)), strict=True):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{text}\n")
    return folder


@pytest.mark.parametrize(
    "names",
    [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")],
)
def test_a_container_has_what_its_limit_leaves(tmp_path: Path, names: tuple[str, str]) -> None:
    assert usable_memory(write(tmp_path, str(4 * GIGABYTE), GIGABYTE, names)) == 3 * 1024


def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path) -> None:
    assert usable_memory(write(tmp_path, "max", GIGABYTE, ("memory.max", "memory.current"))) == 16 * 1024


def test_without_control_groups_it_is_what_the_machine_has(tmp_path: Path) -> None:
    assert usable_memory(tmp_path) == 16 * 1024


def test_a_container_beyond_its_limit_has_nothing(tmp_path: Path) -> None:
    assert usable_memory(write(tmp_path, "1", 2, ("memory.max", "memory.current"))) == 0

"""A small project of its own for tests that run notebooks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings

from helpers.cli import assembly
from helpers.data.mart import Mart
from helpers.data.synthetic import write_demo
from helpers.data.synthetic.organisations import draw_trusts, organisations_frame
from helpers.data.synthetic.specialties import specialties_frame
from helpers.data.synthetic.spells import draw_spells

# pytest's importlib mode puts no test folder on the path: makers and checkers that several of them share
sys.path.insert(0, str(Path(__file__).parent))

# A slow machine is no failure of the code, and what has passed once passes again: the gate tries the same
# examples every time. `make fuzz` looks for new ones.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=500)
settings.load_profile("fuzz" if "BOARDPACK_FUZZ" in os.environ else "gate")

# A shell that runs the tests in the background has them ignore an interruption, which some of them send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIXTURES = Path(__file__).parent / "fixtures" / "notebooks"
PARAMETERS = 'trust: SYN07\nperiod: "2026-03"\n'

SEED = 3  # any seed but the demo's, which was chosen

MakeProject = Callable[[Mapping[str, Mapping[str, str]]], Path]


def make_project(root: Path, notebooks: Mapping[str, Mapping[str, str]]) -> Path:
    """Lay out a project from the fixture notebooks, each with its parameter files by name."""
    for name in ("notebooks", "params"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for notebook, files in notebooks.items():
        shutil.copy(FIXTURES / f"{notebook}.ipynb", root / "notebooks")
        folder = root / "params" / notebook
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    return root


@contextlib.contextmanager
def nothing_preloaded() -> Iterator[None]:
    """Let batches start without what every report of ours needs: the fixture notebooks open none.

    It is most of what a batch of one small notebook takes; that it is preloaded, and well, is tested with the kernels.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembly, "_ROOMS", ())
        patch.setattr(assembly, "LATE", ())
        yield


@pytest.fixture
def lay_out(tmp_path: Path) -> Iterator[MakeProject]:
    """Yield what makes a project in a folder of the test's own."""
    with nothing_preloaded():
        yield lambda notebooks: make_project(tmp_path / "project", notebooks)


@pytest.fixture(scope="module")
def lay_out_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeProject]:
    """Yield what makes a project that all tests of a module share."""
    with nothing_preloaded():
        yield lambda notebooks: make_project(tmp_path_factory.mktemp("shared") / "project", notebooks)


@pytest.fixture(scope="session", autouse=True)
def fork_servers_stay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start a fork server once for all batches that a process of the tests runs: it was half of what they took."""
    from forking import shared_fork_servers  # late: its folder is put on the path above

    with shared_fork_servers(tmp_path_factory.mktemp("kernels")):
        yield


MakeDemo = Callable[..., Mart]


@pytest.fixture(scope="session")
def demo_in(tmp_path_factory: pytest.TempPathFactory) -> MakeDemo:
    """Return what puts the invented data of some scale and seed into a folder, as a mart.

    They are drawn once for all processes of the tests. A mart's files are never changed, so a folder holds links to
    them; what is written beside a mart, such as its ledger, is the folder's own.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def put(folder: Path, scale: float, **seed: int) -> Mart:
        drawn = shared / "-".join(map(str, ("demo", scale, *seed.values())))
        with FileLock(f"{drawn}.lock"):
            if not drawn.exists():
                write_demo(Mart(made := shared / f"{drawn.name}.part"), scale=scale, **seed)
                made.rename(drawn)
        shutil.copytree(drawn, folder, copy_function=_link, dirs_exist_ok=True)
        mart = Mart(folder)
        return mart.at(mart.version)

    return put


def _link(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def demo_mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Return the invented spells at three tenths of the demo's number, with their organisations; no measures."""
    trusts_rng, spells_rng, *_ = np.random.default_rng(SEED).spawn(4)
    spells = draw_spells(spells_rng, draw_trusts(trusts_rng), scale=0.3).frame
    mart = Mart(tmp_path_factory.mktemp("demo"))
    with mart.load(source="codes", layout="synthetic", policy="published", synthetic=True) as load:
        load.write("organisations", organisations_frame())
        load.write("specialties", specialties_frame())
    with mart.load(
        source="synthetic", layout="synthetic", policy="hes_record_level", synthetic=True
    ) as load:
        load.write("spells", spells)
    return mart.at(mart.version)

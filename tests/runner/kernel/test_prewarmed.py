"""A forked kernel is like one that was started from nothing, and nothing passes from one to the next."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from helpers.errors import ReportError
from helpers.places import ROOT_VARIABLE, STATE_VARIABLE
from helpers.runner.kernel.execute import Ground, execute
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer, imported_by
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook

pytestmark = pytest.mark.skipif(not IS_SUPPORTED, reason="kernels are forked on Linux alone")

FIXTURES = Path(__file__).parents[2] / "fixtures" / "notebooks"
PROJECT = Path(__file__).parents[3]
PRELOAD = ("numpy", "pandas", "matplotlib.pyplot")

#: everything by which a cell could tell one kernel from another, as far as it should not
WITNESS = """
import gc, json, locale, logging, multiprocessing, os, resource, signal, sys, tempfile, threading, time
fds = {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
       if os.path.lexists(f"/proc/self/fd/{fd}")}
told = {
    "work": os.listdir(), "argv": [sys.argv[0], sys.argv[1], *sys.argv[3:]],
    "command": [*sys.orig_argv[:4], *sys.orig_argv[5:]], "path": sys.path, "flags": str(sys.flags),
    "environment": dict(os.environ), "temporary": os.listdir(tempfile.gettempdir()),
    "signals": {each.name: str(signal.getsignal(each)).split(" at ")[0] for each in signal.Signals},
    "blocked": [int(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    "files": sorted({os.path.basename(each) for each in fds.values() if each.startswith("/")} - {"null"}),
    "handed on": [fd for fd in fds if int(fd) > 2 and fds[fd].startswith("pipe") and os.get_inheritable(int(fd))],
    "threads": sorted(each.name for each in threading.enumerate() if not each.name.startswith("Thread-")),
    "limits": [resource.getrlimit(each) for each in range(10)],
    "rights": oct(os.umask(0o077)), "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "main": sys.modules["__main__"].__name__, "names": sorted(globals()), "recursion": sys.getrecursionlimit(),
    "children": [multiprocessing.get_start_method(), str(multiprocessing.parent_process())],
    "logging": [str(logging.getLogger().handlers), logging.getLogger().level],
    "streams": [type(sys.stdout).__module__, sys.stdout.encoding, sys.stdin.isatty(), sys.__stderr__.errors],
    "garbage": [gc.isenabled(), gc.get_threshold()], "locale": locale.getlocale(), "zone": time.tzname,
    "hash": hash("x"), "hooks": [str(sys.excepthook)[:40], str(sys.displayhook)[:40]], "nice": os.nice(0),
    "patched": [hasattr(json, "leaked"), hasattr(__builtins__, "leaked"), os.getlogin.__module__],
}
"""
LIBRARIES = """
import matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd, random, uuid, helpers.errors
told |= {"settings": str(matplotlib.rcParams), "figures": plt.get_fignums(), "print": str(np.get_printoptions()),
         "frames": [pd.get_option("display.max_rows"), pd.get_option("mode.copy_on_write")],
         "numpy errors": np.geterr(), "ours": sorted(vars(helpers.errors))}
chance = [np.random.random(), random.random(), str(uuid.uuid4()), np.random.default_rng().random()]
"""
TELL = "json.dumps([told, globals().get('chance')])"

#: a notebook that changes all that a notebook can
CARELESS = """
import builtins, gc, json, logging, multiprocessing, os, random, resource, signal, sys, tempfile, threading, time
import helpers.errors, matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd, warnings
helpers.errors.leaked = helpers.errors.ExitCode.leaked = 1
matplotlib.rcParams["lines.linewidth"] = 9
plt.figure()
np.random.seed(1), random.seed(1), np.set_printoptions(precision=1), np.seterr(all="ignore")
pd.set_option("display.max_rows", 3)
os.environ["LEAKED"] = "1"; os.environ.pop("HOME", None)
os.umask(0); os.chdir("/"); sys.path.insert(0, "/leaked"); sys.argv.append("leaked")
kept_open = open(os.path.join(tempfile.gettempdir(), "leaked"), "w"); os.set_inheritable(kept_open.fileno(), True)
threading.Thread(target=time.sleep, args=(60,), name="leaked", daemon=True).start()
logging.basicConfig(level=1); warnings.simplefilter("ignore"); gc.disable(); sys.setrecursionlimit(5000)
signal.signal(signal.SIGUSR1, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
json.leaked = os.getlogin = builtins.leaked = lambda *_: "leaked"
multiprocessing.set_start_method("spawn", force=True)
"""


def write_notebook(folder: Path, *cells: str) -> Path:
    given = v4.new_code_cell('trust: "org" = "SYN07"  # code', metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(
        cells=[given, *(v4.new_code_cell(cell) for cell in cells)], metadata={"kernelspec": kernel}
    )
    path = folder / "written.ipynb"
    nbformat.write(notebook, path)
    return path


def run(
    notebook: Path,
    folder: Path,
    server: ForkServer | None,
    environment: dict[str, str] | None = None,
    *,
    ground: Ground | None = None,
) -> list[Any]:
    """Run a notebook, and return the outputs of its cells; of `raises` also up to its error."""
    folder.mkdir()
    job = Job(read_notebook(notebook), "SYN07", {"trust": "SYN07"}, notebook)
    stop = threading.Event()
    expected = pytest.raises(ReportError) if notebook.stem == "raises" else contextlib.nullcontext()
    with expected:
        execute(
            job,
            folder,
            environment=environment or {},
            limits=KernelLimits(),
            stop=stop,
            server=server,
            ground=ground,
        )
    cells = json.loads((folder / "executed.ipynb").read_text("utf-8"))["cells"]
    return [
        [{k: v for k, v in each.items() if k != "execution_count"} for each in cell.get("outputs", [])]
        for cell in cells
    ]


def tell(notebook: Path, folder: Path, server: ForkServer | None) -> list[Any]:
    """Return what the last cell tells."""
    text = run(notebook, folder, server)[-1][0]["data"]["text/plain"]
    told: list[Any] = json.loads("".join(text).strip("'").replace("\\'", "'").replace("\\\\", "\\"))
    return told


def without_own_places(told: dict[str, Any]) -> dict[str, Any]:
    # the last one is set by the debugger, which a forked kernel does without
    own = ("IPYTHONDIR", "TMPDIR", "TEMP", "TMP", "BOARDPACK_READS", "PYDEVD_USE_FRAME_EVAL")
    return {
        **told,
        "environment": {name: value for name, value in told["environment"].items() if name not in own},
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    environment = kernel_environment({}, tmp_path_factory.mktemp("home"))
    with ForkServer(environment, PRELOAD) as server:
        assert server.unfit == ()
        yield server


def test_a_forked_kernel_is_like_one_that_was_started_from_nothing(
    server: ForkServer, tmp_path: Path
) -> None:
    notebook = write_notebook(tmp_path, WITNESS, TELL)
    cold, _ = tell(notebook, tmp_path / "cold", None)
    warm, _ = tell(notebook, tmp_path / "warm", server)
    assert without_own_places(warm) == without_own_places(cold)


@pytest.mark.parametrize("name", ["good", "raises", "prints", "bare_html", "by_specialty"])
def test_outputs_equal_those_of_a_cold_kernel(server: ForkServer, tmp_path: Path, name: str) -> None:
    notebook = FIXTURES / f"{name}.ipynb"
    assert run(notebook, tmp_path / "warm", server) == run(notebook, tmp_path / "cold", None)


def test_nothing_passes_from_one_report_to_the_next(server: ForkServer, tmp_path: Path) -> None:
    witness = write_notebook(tmp_path, WITNESS, LIBRARIES, TELL)
    before, _ = tell(witness, tmp_path / "before", server)
    careless = write_notebook(tmp_path, CARELESS)
    left_open = run(careless, tmp_path / "careless", server)[-1]
    assert [each["output_type"] for each in left_open] == [
        "display_data"
    ]  # its empty figure, as in Jupyter
    after, _ = tell(write_notebook(tmp_path, WITNESS, LIBRARIES, TELL), tmp_path / "after", server)
    assert without_own_places(after) == without_own_places(before)
    assert before["work"] == []
    assert "leaked" not in str(after)


def test_chance_differs_from_kernel_to_kernel(server: ForkServer, tmp_path: Path) -> None:
    witness = write_notebook(tmp_path, WITNESS, LIBRARIES, TELL)
    chances = [tell(witness, tmp_path / str(number), server)[1] for number in range(2)]
    assert all(first != second for first, second in zip(*chances, strict=True))


@pytest.fixture(scope="module")
def demo_state(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Any]) -> Path:
    state = tmp_path_factory.mktemp("state")
    demo_in(state / "mart", 0.1)
    return state


@pytest.mark.parametrize("name", ["los_deviation", pytest.param("dna_impact", marks=pytest.mark.long)])
def test_the_reports_of_the_project_are_equal_cell_by_cell(
    demo_state: Path, tmp_path: Path, name: str
) -> None:
    from helpers.cli.assembly import open_project

    told = {ROOT_VARIABLE: str(PROJECT), STATE_VARIABLE: str(demo_state)}
    notebook = PROJECT / "notebooks" / f"{name}.ipynb"
    preload = (*open_project(PROJECT).preload, *imported_by([notebook]))
    with ForkServer(kernel_environment(told, tmp_path), preload) as server:
        assert server.unfit == ()
        warm = run(notebook, tmp_path / "warm", server, told)
        cold = run(notebook, tmp_path / "cold", None, told)
    assert sum(map(len, cold)) > 5
    for number, (of_warm, of_cold) in enumerate(zip(warm, cold, strict=True)):
        assert of_warm == of_cold, f"cell {number} of {notebook.name}"


#: how analysts leave a chart to be seen; each is one picture and nothing else but words about an object
CHARTS = (
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()",
    "plt.plot([1, 2]);",
    "import seaborn as sns\nsns.lineplot(x=[1, 2], y=[3, 4])",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]}).plot()",
    "fig = plt.figure()\nfig.add_subplot().plot([2, 1])\nplt.close(fig)\nfig",
)


@pytest.mark.parametrize("warm", [True, False])
def test_a_chart_is_an_output_however_it_is_left(server: ForkServer, tmp_path: Path, *, warm: bool) -> None:
    notebook = write_notebook(tmp_path, *CHARTS)
    cells = run(notebook, tmp_path / "run", server if warm else None)[-len(CHARTS) :]
    for kind in ("image/png", "image/svg+xml"):
        pictures = [sum(kind in output.get("data", {}) for output in cell) for cell in cells]
        assert pictures == [1] * len(CHARTS), kind


def test_a_chart_is_the_same_picture_each_time(server: ForkServer, tmp_path: Path) -> None:
    notebook = write_notebook(
        tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='a')\nplt.legend();"
    )
    told = [
        run(notebook, tmp_path / str(number), server)[-1][0]["data"]["image/svg+xml"] for number in range(2)
    ]
    first, second = (
        [line for line in "".join(lines).splitlines() if "<dc:date>" not in line] for lines in told
    )
    assert first == second


#: what a notebook may say of its charts, and the kinds that they then have
WORDS_ON_CHARTS = {
    "%config InlineBackend.figure_format = 'retina'": {"image/png"},
    "%matplotlib inline": {"image/png", "image/svg+xml"},
    "import matplotlib_inline.backend_inline as backend\nbackend.set_matplotlib_formats('svg')": {
        "image/svg+xml"
    },
}


@pytest.mark.parametrize("words", WORDS_ON_CHARTS)
def test_what_a_notebook_says_of_its_charts_counts(tmp_path: Path, words: str) -> None:
    notebook = write_notebook(tmp_path, words, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    with ForkServer(kernel_environment({}, tmp_path), imported_by([notebook])) as server:
        assert server.unfit == ()
        (chart,) = run(notebook, tmp_path / "run", server)[-1]
    assert WORDS_ON_CHARTS[words] == {each for each in chart["data"] if each.startswith("image/")}


def test_what_lies_beside_a_notebook_goes_before_what_was_imported_without_it(tmp_path: Path) -> None:
    beside = tmp_path / "notebooks"
    beside.mkdir()
    (beside / "seaborn.py").write_text("OWN = 'mine'")
    (beside / "matplotlibrc").write_text("lines.linewidth: 7")
    cell = "import matplotlib, seaborn\nseaborn.OWN, matplotlib.rcParams['lines.linewidth']"
    notebook = write_notebook(beside, cell)
    with ForkServer(kernel_environment({}, tmp_path), ("seaborn",)) as server:
        (told,) = run(notebook, tmp_path / "run", server, ground=Ground(tmp_path))[-1]
    assert told["data"]["text/plain"] == ["('mine', 7.0)"]


def test_nothing_is_imported_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "anywhere"
    folder.mkdir()
    for name in (
        "json",
        "numpy",
    ):  # by which the fork server reads what it is asked, and what kernels begin with
        (folder / f"{name}.py").write_text("raise SystemExit('it is the folder that counts')")
    monkeypatch.chdir(folder)
    notebook = write_notebook(tmp_path, "import numpy, sys\nnumpy.__name__ + str(numpy.pi)[:4]")
    with ForkServer(kernel_environment({}, tmp_path), PRELOAD) as server:
        assert server.unfit == ()
        (told,) = run(notebook, tmp_path / "run", server)[-1]
    assert told["data"]["text/plain"] == ["'numpy3.14'"]


def test_imports_are_found_among_lines_for_ipython(tmp_path: Path) -> None:
    notebook = write_notebook(
        tmp_path, "%matplotlib inline\nimport seaborn as sns\n!ls", "%%time\nfrom scipy import stats"
    )
    assert imported_by([notebook]) == ("seaborn", "scipy", "scipy.stats")


LEAN = """
import sys
from helpers.runner.kernel.preloading import prepare
unfit = prepare([], spare=set())
import importlib.util
print(unfit, "debugpy" in sys.modules, importlib.util.find_spec("debugpy") is not None)
"""


def test_a_kernel_of_a_run_has_no_debugger_and_what_a_cell_imports_is_there() -> None:
    done = subprocess.run([sys.executable, "-c", LEAN], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == ["False", "True"]

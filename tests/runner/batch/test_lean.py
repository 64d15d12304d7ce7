from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from helpers.runner.batch.flow import _LIBRARIES
from helpers.runner.batch.libraries import UNUSED, import_libraries
import_libraries(*_LIBRARIES)
assert {"nbformat", "papermill.execute", "helpers.runner.gate"} <= sys.modules.keys()
assert not set(UNUSED) & sys.modules.keys(), sys.modules.keys()
assert "lark" not in sys.modules
import pyarrow, nbformat
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
nbformat.validate(book)
import papermill.iorw
assert papermill.iorw.papermill_io.get_handler("local")
"""


def test_what_is_left_out_can_be_imported_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

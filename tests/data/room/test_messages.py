"""What a kernel says to its room comes out as it was said, and only what a signature has comes out at all."""

from __future__ import annotations

import importlib
import math
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.data.disclosure.queries import Condition
from helpers.data.mart import Mart
from helpers.data.room import counting, functions, messages
from helpers.data.room.child import Function
from helpers.data.room.door import MARK
from helpers.data.room.messages import bound, line_of, read
from helpers.data.room.selection import Key, Selection
from helpers.data.room.service import HOMES
from helpers.data.series.untold import Figure, may_be_told
from helpers.errors import UsageError

MART = Mart("/project/.boardpack/mart")
ASKED = Selection(
    "spells", "T1", "own", (Condition("sex", ("female", "")), Condition("cost", low=0.5)),
    (Key("month"), Key("los_days", (1.0, 7.0))), "2026-04-01", "2026-05-01",
)  # fmt: skip


def said(function: object, *given: object) -> bytes:
    assert callable(function)
    line = line_of("module:name", bound(function, *given))
    name, _, rest = line.partition(b" ")
    assert (name, line.count(b"\n"), line[-1:]) == (b"module:name", 1, b"\n")
    return rest


def test_a_question_comes_out_as_it_was_asked() -> None:
    found = read(counting.quantile, said(counting.quantile, MART, ASKED, "cost", (0.5, 0.9)))
    assert found["selection"] == ASKED
    assert (found["column"], found["shares"]) == ("cost", (0.5, 0.9))
    assert (found["mart"].path, found["mart"].told) == (MART.path, MART.told)


def test_figures_that_nobody_knows_stay_so() -> None:
    asked = Figure(
        "falls", "count", 0, 1, "T1", "", date(2026, 4, 1), "month", 3.0, math.nan, np.float64(3.0)
    )
    (figure,) = read(may_be_told, said(may_be_told, MART, (asked,), "T1"))["figures"]
    assert (figure.period, figure.numerator, figure.value) == (date(2026, 4, 1), 3.0, 3.0)
    assert math.isnan(figure.denominator)


def test_a_function_travels_unopened() -> None:
    limit = np.int64(3)
    function = Function.of(lambda group: {"many": len(group) > limit})
    found = read(functions.apply, said(functions.apply, MART, ASKED, function, 30))
    assert found["function"] == function
    assert found["seconds"] == pytest.approx(30.0)


def test_options_of_an_analysis_are_checked_again() -> None:
    def begin(report: object, options: DnaOptions) -> None: ...

    begin.__annotations__["options"] = "DnaOptions"
    options = DnaOptions(reduction=(0.1,), where={"sex": {"female"}, "lead_days": (7, None)}, missed=10)
    found = read(begin, {"options": options}, but=("report",))["options"]
    assert found.conditions == options.conditions
    assert (list(found.reduction), found.missed) == ([0.1], 10)
    with pytest.raises(UsageError, match="shares between 0 and 1"):
        read(begin, {"options": {"reduction": [1.5]}}, but=("report",))


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"column": 5}, "column: Input should be a valid string"),
        ({"selection": {**vars(ASKED), "whose": "nobody's"}}, "selection.whose: Input should be 'own'"),
        (
            {"selection": {**vars(ASKED), "keys": [{"name": "cost", "edges": ["1"]}]}},
            "selection.keys.0.edges.0",
        ),
        ({"selection": "__import__"}, "selection: Input should be an object"),
    ],
)
def test_what_is_not_as_the_signature_has_it_is_named(given: dict[str, object], where: str) -> None:
    line = line_of("module:name", {"mart": MART, "selection": ASKED, "column": "cost", **given})
    with pytest.raises(UsageError, match=re.escape(f"records room, mean, {where}")):
        read(counting.mean, line.partition(b" ")[2])


def test_what_is_not_json_is_said() -> None:
    with pytest.raises(UsageError, match="Invalid JSON"):
        read(counting.count, b"\x80\x04.\n")


def test_what_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LONGEST", 2000)
    assert line_of("module:name", {"words": "x" * 1900})
    with pytest.raises(UsageError, match="leave out what it refers to"):
        line_of("module:name", {"words": "x" * 2000})


def test_every_function_of_the_room_may_be_asked_for() -> None:
    source = Path(messages.__file__).parents[2]
    marked = [path for path in source.rglob("*.py") if "\n@in_room(" in path.read_text("utf-8")]
    homes = {".".join(("helpers", *path.relative_to(source).with_suffix("").parts)) for path in marked}
    assert homes == set(HOMES)
    for home in homes:
        found = [each for each in vars(importlib.import_module(home)).values() if hasattr(each, MARK)]
        for function in found:  # its arguments can be made anew
            messages._model(function.__wrapped__, tuple(function.__annotations__)[:-1])
        assert found

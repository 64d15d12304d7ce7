"""A batch of hundreds holds no more in memory than one of a few."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.cli.assembly import open_and_plan
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.document import making
from helpers.runner.history.entries import Entry, State


def test_what_a_report_was_made_from_is_let_go_when_it_has_ended(
    lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"SYN0{n}.yml": f'trust: SYN0{n}\nperiod: "2026-03"\n' for n in (7, 8)}
    project, asked = open_and_plan(lay_out({"good": files}), (), strict=True)
    make, made = making.make_document, list[weakref.ref[making.Document]]()

    def make_and_note(*args: Any, **named: Any) -> making.Document:
        document = make(*args, **named)
        made.append(weakref.ref(document))
        return document

    monkeypatch.setattr(making, "make_document", make_and_note)
    held: list[int] = []

    def tell(_: Entry) -> None:
        gc.collect()
        held.append(sum(each() is not None for each in made))

    order = Order(formats=("html",), jobs=1, renderer="embedded")
    batch = run_batch(project, asked.jobs, order, tell=tell)
    assert [each.state for each in batch.entries] == [State.PUBLISHED] * 2
    assert len(made) == 2
    assert held[-1] == 0

"""Loading small files of our own making."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.data.loading.load import load_paths
from helpers.data.mart import Mart
from helpers.register import Register

Loader = Callable[..., Mart]


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path / "mart")


@pytest.fixture
def load(mart: Mart, tmp_path: Path) -> Loader:
    """Return a function that writes a file and loads it."""

    def load_text(name: str, content: str | bytes) -> Mart:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        load_paths(mart, [path], Register())
        return mart

    return load_text

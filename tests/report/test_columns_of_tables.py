"""Tables whose columns stand in `columns.yml` beside a module: each is asked for, and each asked for is there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import helpers.analyses
from helpers.bundle import Column
from helpers.report.columns import fields
from helpers.report.parts import Field
from helpers.yaml_files import read_yaml

ROOMS = Path(helpers.analyses.__file__).parent
ASKED = re.compile(r'fields\(__file__, "([\w-]+)"\)')


def test_a_heading_alone_or_with_how_its_cells_are_shown(tmp_path: Path) -> None:
    columns = (
        "trust: Trust\n  rate: {label: Rate, kind: rate, digits: 2, about: per hundred, usual: false}\n"
    )
    (tmp_path / "columns.yml").write_text(f"peers:\n  {columns}", "utf-8")
    assert fields(str(tmp_path / "module.py"), "peers") == (
        Field("trust", Column(label="Trust")),
        Field("rate", Column(label="Rate", kind="rate", digits=2), "per hundred", usual=False),
    )


def test_every_table_is_asked_for_and_every_column_can_be_read() -> None:
    rooms = sorted(ROOMS.glob("*/columns.yml"))
    assert rooms
    for path in rooms:
        code = "".join(each.read_text("utf-8") for each in path.parent.glob("*.py"))
        tables = read_yaml(path).content
        assert isinstance(tables, dict)
        assert set(ASKED.findall(code)) <= set(tables), path
        for name in tables:  # a part of that name has them, or somebody asks for them
            assert f'"{name}"' in code, (path, name)
            assert fields(str(path), name)


def test_every_file_of_the_package_can_be_read_without_libyaml() -> None:
    paths = list(Path(helpers.__file__).parent.rglob("*.yml"))
    assert paths
    for path in paths:  # a stricter reader than libyaml, which is not everywhere
        with path.open(encoding="utf-8") as file:
            yaml.compose(file, Loader=yaml.SafeLoader)

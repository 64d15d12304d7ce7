"""Page settings, colours and the style of charts."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.theme import Page, Theme, colours, font_folder, read_theme


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "name", ["TEXT", "TEXT_SECONDARY", "IMPROVEMENT", "CONCERN", "COMMON_CAUSE", "TARGET", "EVENT"]
)
def test_colours_of_text_can_be_read_on_white_and_on_pale_grey(name):
    for background in ("#FFFFFF", colours.NHS_PALE_GREY):
        contrast = (luminance(background) + 0.05) / (luminance(getattr(colours, name)) + 0.05)
        assert contrast >= 4.5


def test_absent_settings_leave_the_defaults(tmp_path):
    assert read_theme(tmp_path / "_quarto.yml") == read_theme() == Theme()


def test_settings_are_read_from_the_project_file(tmp_path):
    path = tmp_path / "_quarto.yml"
    path.write_text(
        "lang: cy\ntoc: false\nnumber-sections: false\ntoc-depth: 3\nformat:\n  typst:\n    papersize: a3\n"
    )
    assert read_theme(path).page == Page(
        lang="cy", toc=False, toc_depth=3, number_sections=False, papersize="a3"
    )


def test_the_project_s_own_file_says_what_the_defaults_say():
    root = Path(__file__).parents[2]
    assert read_theme(root / "_quarto.yml").page == Page()


def test_every_file_of_the_look_counts_for_the_key_of_a_run():
    names = {path.name for path in Theme().fingerprint_files()}
    assert {"board.css", "board.typ", "filter.lua", "embedded.html", "embedded.typst"} <= names


def test_fonts_come_with_a_package():
    assert (font_folder() / "SourceSansPro-Regular.ttf").is_file()


def test_the_theme_is_read_without_matplotlib():
    code = "import sys, helpers.theme.charts, helpers.runner.render; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def drawn():
    matplotlib = pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    from helpers.theme.charts import chart_style

    before = dict(matplotlib.rcParams)
    with chart_style():
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4])
        axes.set_title("Costs $5 and $6")
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    assert dict(matplotlib.rcParams) == before
    return file.getvalue()


def test_charts_are_the_same_every_time_and_hold_no_text_that_needs_a_font():
    first = drawn()
    assert first == drawn()
    assert "<text" not in first

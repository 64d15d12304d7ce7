"""Page settings, colours and the style of charts."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.theme import PageSettings, Theme, colours, font_folder, read_theme


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
    assert read_theme(path).page == PageSettings(
        lang="cy", toc=False, toc_depth=3, number_sections=False, papersize="a3"
    )


def test_the_project_s_own_file_says_what_the_defaults_say():
    root = Path(__file__).parents[2]
    assert read_theme(root / "_quarto.yml").page == PageSettings()


def test_a_reference_document_of_ones_own_is_found_from_the_project_s_folder(tmp_path):
    (tmp_path / "_quarto.yml").write_text("format:\n  docx:\n    reference-doc: params/_board.docx\n")
    (tmp_path / "params").mkdir()
    shutil.copy(Theme().folder / "reference.docx", tmp_path / "params" / "_board.docx")
    theme = read_theme(tmp_path / "_quarto.yml")
    assert theme.references == {"docx": tmp_path / "params" / "_board.docx"}
    assert theme.files == (tmp_path / "params" / "_board.docx",)


@pytest.mark.parametrize(
    ("name", "came"),
    [("nowhere.docx", "no such file"), ("_quarto.yml", "no .docx file"), ("deck", "no .docx")],
)
def test_a_reference_document_that_is_none_is_told_with_its_line(tmp_path, name, came):
    (tmp_path / "_quarto.yml").write_text(f"format:\n  docx:\n    reference-doc: {name}\n")
    shutil.copy(Theme().folder / "reference.pptx", tmp_path / "deck")
    with pytest.raises(UsageError, match=came) as caught:
        read_theme(tmp_path / "_quarto.yml")
    assert "line 3" in str(caught.value)


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

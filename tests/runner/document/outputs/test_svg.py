"""Pictures of notebooks."""

from __future__ import annotations

import base64
import io

import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers.runner.document.outputs.svg import clean_svg, wrap_png


def png(dpi=200):
    figure = Figure(figsize=(4, 2))
    figure.add_subplot().plot([1, 2], [3, 4])
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata={"Author": "a name"})
    return base64.encodebytes(file.getvalue()).decode()


def test_a_png_is_wrapped_at_the_size_that_it_was_drawn_for():
    svg, wrong = wrap_png(png())
    assert not wrong
    assert b'width="288.00pt" height="144.00pt" viewBox="0 0 800 400"' in svg
    assert clean_svg(svg.decode()) == (svg, "")


def test_a_png_that_gives_no_size_has_the_usual_one():
    file = io.BytesIO()
    Image.new("RGB", (300, 150)).save(file, "PNG", dpi=(0, 0))
    svg, wrong = wrap_png(base64.b64encode(file.getvalue()).decode())
    assert not wrong
    assert b'viewBox="0 0 300 150"' in svg


def test_words_about_a_png_are_left_out():
    svg, _ = wrap_png(png())
    inside = base64.b64decode(svg.split(b"base64,")[1].split(b'"')[0])
    assert inside.startswith(b"\x89PNG")
    assert b"a name" not in inside


@pytest.mark.parametrize("content", ["", "not base64!", base64.b64encode(b"GIF89a").decode(), png()[:200]])
def test_what_is_no_png_is_refused(content):
    assert wrap_png(content) == (b"", "a picture that is not PNG")


def test_the_words_that_matplotlib_draws_stay_for_the_gate():
    svg, _ = clean_svg(
        '<?xml version="1.0"?>\n<svg xmlns="x"><metadata>t</metadata><!-- A name --></svg>\n'
    )
    assert svg == b'<svg xmlns="x"><!-- A name --></svg>'

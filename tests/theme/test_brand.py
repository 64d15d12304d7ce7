"""The theme file: what it may say, and that every mistake in it is told at once."""

from __future__ import annotations

import struct

import pytest

from helpers.errors import UsageError
from helpers.theme import Theme, colours
from helpers.theme.brand import LARGEST_LOGO, Brand, Palette, contrast, read_brand, unsafe_in_svg
from helpers.theme.look import style_sheet, typst_code, write_look

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h120v40z" fill="#205030"/></svg>'
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I", 13)
    + b"IHDR"
    + struct.pack(">II", 300, 90)
    + b"\x08\x06\0\0\0"
    + b"\0" * 40
)


@pytest.fixture
def write(tmp_path):
    def made(text, **files):
        for name, content in files.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path = tmp_path / "_theme.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return made


def problems_of(path):
    with pytest.raises(UsageError) as error:
        read_brand(path)
    return [str(problem) for problem in error.value.problems]


def test_without_a_file_nothing_is_set(tmp_path):
    assert read_brand(None) == read_brand(tmp_path / "_theme.yml") == Brand()


def test_an_empty_file_leaves_the_defaults(write):
    path = write("# nothing yet\n")
    assert read_brand(path) == Brand(files=(path,))


def test_name_logo_and_colours_are_read(write, tmp_path):
    path = write(
        'name: "Northmoor"\nlogo: logo.svg\ncolours:\n  main: "#205030"\n  headings: "#102818"\n',
        logo_svg=SVG,
    )
    brand = read_brand(path)
    assert brand.palette == Palette(main="#205030", headings="#102818", box=colours.BOX)
    assert brand.logo is not None
    assert (brand.logo.width, brand.logo.height, brand.logo.alt) == (120, 40, "Northmoor")
    assert brand.files == (path, tmp_path / "logo.svg")


def test_a_png_is_wrapped_and_keeps_its_size(write):
    logo = read_brand(write("name: N\nlogo: logo.png\n", logo_png=PNG)).logo
    assert (logo.width, logo.height) == (300, 90)
    assert unsafe_in_svg(logo.svg) == ""


def test_every_mistake_is_told_at_once(write):
    said = problems_of(write("nam: x\nlogo: logo.svg\ncolours:\n  mian: '#000000'\n  headings: blue\n"))
    assert len(said) == 5
    for words in ("did you mean name?", "Give `name`", "no such file", "did you mean main?", "'blue'"):
        assert any(words in each for each in said), words


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (
            'main: "#ffb81c"',
            "contrast 1.7 of #ffb81c on white; allowed: 4.5 or more. Choose a darker colour",
        ),
        ('headings: "#777777"', "contrast 4.4 of #777777 on white"),
        ('box: "#425563"', "Choose a lighter box"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(write, chosen, said):
    assert any(said in each for each in problems_of(write(f"colours:\n  {chosen}\n")))


def test_a_colour_without_quotes_is_a_comment_and_the_message_says_so(write):
    assert "without them # begins a comment" in problems_of(write("colours:\n  main: #205030\n"))[0]


@pytest.mark.parametrize(
    ("svg", "said"),
    [
        (SVG.replace("<path", "<script>alert(1)</script><path"), "runs or loads something (<script)"),
        (SVG.replace("<path", '<path onload="x()"'), "runs or loads something"),
        (SVG.replace("<path", '<image href="https://example.org/x.png"/><path'), "runs or loads something"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "runs or loads something"),
        (SVG.replace("viewBox", "data-box"), "does not say how large it is"),
        (SVG.replace("120 40", "0 40"), "0 by 40"),
        (SVG.replace("120 40", "9000 40"), "9000 by 40"),
        ("<html></html>", "not a picture"),
        ("GIF89a", "not a picture"),
        (SVG + " " * LARGEST_LOGO, "at most 100,000"),
    ],
)
def test_a_logo_that_is_too_much_or_not_one_is_refused(write, svg, said):
    assert any(said in each for each in problems_of(write("name: N\nlogo: logo.svg\n", logo_svg=svg)))


def test_a_logo_lies_beside_the_file(write):
    assert "the name of a file beside" in problems_of(write("name: N\nlogo: ../logo.svg\n"))[0]


@pytest.mark.parametrize("text", ["- a\n- b\n", "name: [1\n", "just words\n"])
def test_what_is_no_list_of_settings_is_refused(write, text):
    assert "_theme.yml" in problems_of(write(text))[0]


def test_the_look_carries_the_brand_and_no_sign_that_a_template_takes(write, tmp_path):
    brand = read_brand(
        write('name: "A $b$ & <c>"\nlogo: logo.svg\ncolours:\n  main: "#205030"\n', logo_svg=SVG)
    )
    theme = Theme(brand=brand)
    assert "--blue: #205030" in style_sheet(theme)
    assert "$" not in typst_code(theme)
    write_look(theme, tmp_path / "look")
    assert "A $$b$$ &amp; &lt;c&gt;" in (tmp_path / "look" / "imprint.html").read_text()
    assert "data:image/svg+xml" in (tmp_path / "look" / "masthead.html").read_text()


def test_the_defaults_can_be_read():
    palette = Palette()
    for text in (palette.main, palette.headings, colours.TEXT, colours.CONCERN, colours.TEXT_SECONDARY):
        assert contrast(text, palette.box) >= 4.5

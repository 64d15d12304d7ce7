"""Marks and words of charts can be told apart: by contrast, in grey, and with the common colour blindnesses."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from helpers.report.charts.canvas import MARKS
from helpers.theme import colours
from helpers.theme.brand import MARK_CONTRAST, TEXT_CONTRAST, Palette, contrast

#: severity 1.0, linear RGB. Source: Machado, Oliveira and Fernandes, IEEE TVCG 15(6), 2009
BLINDNESS = {
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ],
}  # fmt: skip
TEXTS = ("TEXT", "TEXT_SECONDARY", "IMPROVEMENT", "CONCERN", "COMMON_CAUSE", "TARGET", "EVENT")
LINES = ("LIMITS", "PEER", *TEXTS)


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour, blindness):
    """The colour as someone with that blindness sees it, linear RGB."""
    return np.clip(np.array(BLINDNESS[blindness]) @ linear(colour), 0, 1)


def lab(rgb):
    """CIE L*a*b*, D65, of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = to_xyz @ rgb / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("name", TEXTS)
def test_words_in_charts_can_be_read(name):
    assert contrast(getattr(colours, name), "#FFFFFF") >= TEXT_CONTRAST
    assert contrast(getattr(colours, name), colours.BAND) >= TEXT_CONTRAST


@pytest.mark.parametrize("name", LINES)
def test_marks_and_lines_can_be_seen(name):
    assert contrast(getattr(colours, name), "#FFFFFF") >= MARK_CONTRAST


def test_series_can_be_seen_and_the_first_carries_words():
    cycle = Palette().cycle
    assert contrast(cycle[0], "#FFFFFF") >= TEXT_CONTRAST  # names what the report is about
    assert all(contrast(each, "#FFFFFF") >= MARK_CONTRAST for each in cycle)
    assert len(cycle) == len(set(cycle)) == 6


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_good_and_bad_stay_two_colours_for_the_colour_blind(blindness):
    good, bad, plain = (
        lab(seen(c, blindness)) for c in (colours.IMPROVEMENT, colours.CONCERN, colours.COMMON_CAUSE)
    )
    assert np.linalg.norm(good - bad) > 40  # ten times what is just noticed (about 2.3), and more
    assert np.linalg.norm(bad - plain) > 25
    assert np.linalg.norm(good - plain) > 25


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("name", LINES)
def test_the_colour_blind_see_the_marks_on_white(blindness, name):
    luminance = float(np.array([0.2126, 0.7152, 0.0722]) @ seen(getattr(colours, name), blindness))
    assert 1.05 / (luminance + 0.05) >= MARK_CONTRAST


def test_every_verdict_has_a_shape_of_its_own_and_special_ones_are_larger():
    shapes = [shape for shape, _, _ in MARKS.values()]
    assert len(set(shapes)) == len(shapes)
    assert all(MARKS[name][2] > MARKS["common"][2] for name in MARKS if name != "common")


def test_verdicts_of_one_grey_differ_in_shape():
    """Blue and orange are nearly one grey, so the shape has to carry it on a grey-scale print."""
    for one, other in combinations(MARKS.values(), 2):
        assert one[0] != other[0]

"""What a page would load or run."""

from __future__ import annotations

import pytest

from helpers.errors import ReportError
from helpers.runner.render.offline import check_offline, find_remote


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example.org/require.js"></script>',
        '<link rel="stylesheet" href="//example.org/a.css">',
        '<img src="figures/fig-a.svg">',
        '<img srcset="http://example.org/a.png 2x">',
        "<style>@import 'a.css';</style>",
        '<style>a { background: url("https://example.org/a.png") }</style>',
        '<p style="background: url(x.png)">',
        '<p onclick="x()">',
        '<a href="javascript:x()">',
        '<iframe src="#"></iframe>',
        '<svg><image xlink:href="https://example.org/a.png"/></svg>',
        "<base href='/x'>",
    ],
)
def test_what_loads_or_runs_is_found(page):
    assert find_remote(page)
    with pytest.raises(ReportError, match="the page would load"):
        check_offline(page)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://www.england.nhs.uk">x</a> <a href="#a">y</a> <a href="mailto:a@nhs.uk">z</a>',
        '<img src="data:image/svg+xml;base64,AAAA">',
        "<style>a { background: url(data:image/png;base64,AA) }</style>",
        "<p>src=https://example.org/x.png url(https://example.org) @import</p>",
    ],
)
def test_links_and_words_load_nothing(page):
    assert find_remote(page) == []
    check_offline(page)

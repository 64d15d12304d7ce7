"""What the filter refuses, should something pass the gate; and what the engines say."""

from __future__ import annotations

import re

import pytest

from helpers.errors import ReportError, UsageError
from helpers.runner.document.making import Document
from helpers.runner.engines import choose_engine

from .reading import page_of


def document(markdown, facts):
    return Document(markdown=markdown, figures={}, facts=facts, bundles=())


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("See @fig-none.", "unknown cross-reference @fig-none"),
        ("See @smith2020.", "unknown cross-reference @smith2020"),
        (r"$\foo{$", r"an equation that cannot be set: \foo{"),
        ("See @eq-none.", "unknown cross-reference @eq-none"),
        ("[x](javascript:alert(1))", "a link to javascript:alert"),
        ("![x](/etc/passwd)", "a picture that no figure made: /etc/passwd"),
        ("![x](figures/fig-a.svg){#fig-a}", "a figure without alt text: fig-a"),
    ],
)
@pytest.mark.parametrize("name", ["html", "pdf"])
def test_the_filter_refuses_by_name(facts, rendered, markdown, said, name):
    with pytest.raises(ReportError, match="(?s)" + re.escape(said)):
        rendered(document(f"---\ntitle: T\nlang: en-GB\n---\n\n{markdown}", facts), name)


@pytest.mark.parametrize(
    "block", ["::: {.column-margin}\nx\n:::", "::: {layout-ncol=2}\nx\n:::", "[x]{.aside}"]
)
def test_what_only_quarto_knows_is_taken_off(facts, rendered, block):
    page = rendered(document(f"---\ntitle: T\n---\n\n{block}", facts), "html")["html"].read_text("utf-8")
    assert not re.search("column-margin|layout-ncol|aside", page.partition("<body")[2])


def test_raw_html_is_shown_as_words(facts, rendered):
    page = page_of(
        rendered(document("---\ntitle: T\n---\n\n<b>x</b> <script>y</script>", facts), "html")["html"]
    )
    assert page.tags["b"] == page.tags["script"] == 0
    assert "<b>x</b> <script>y</script>" in page.all("p")


def test_what_typst_says_is_in_the_error(facts, rendered):
    missing = '---\ntitle: T\n---\n\n![c](figures/fig-a.svg){#fig-a fig-alt="x"}'
    with pytest.raises(ReportError, match=r"PDF \(Typst\): .*not found"):
        rendered(document(missing, facts), "pdf")


def test_an_unknown_renderer_is_named_with_those_that_are():
    with pytest.raises(UsageError, match="'latex'; allowed: auto, quarto, embedded"):
        choose_engine("latex")

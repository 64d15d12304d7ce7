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
        ("::: {.column-margin}\nx\n:::", "a block of class column-margin, which only Quarto knows"),
        ("::: {.content-hidden}\nx\n:::", "a block of class content-hidden, which only Quarto knows"),
        ("::: {.panel-tabset}\nx\n:::", "a block of class panel-tabset, which only Quarto knows"),
        ("::: {layout-ncol=2}\nx\n:::", "the setting layout-ncol, which only Quarto knows"),
        ("::: {#thm-x}\nx\n:::", "a block labelled #thm-x, which only Quarto numbers"),
        ("[x]{.aside}", "a block of class aside, which only Quarto knows"),
        ("`{python} x`", "code that only Quarto runs: {python} x"),
        ("```{mermaid}\nx\n```", "code that only Quarto runs: {mermaid}"),
        ("[x](javascript:alert(1))", "a link to javascript:alert"),
        ("![x](/etc/passwd)", "a picture that no figure made: /etc/passwd"),
        ("![x](figures/fig-a.svg){#fig-a}", "a figure without alt text: fig-a"),
    ],
)
@pytest.mark.parametrize("name", ["html", "pdf"])
def test_the_filter_refuses_by_name(facts, rendered, markdown, said, name):
    with pytest.raises(ReportError, match="(?s)" + re.escape(said)):
        rendered(document(f"---\ntitle: T\nlang: en-GB\n---\n\n{markdown}", facts), name)


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

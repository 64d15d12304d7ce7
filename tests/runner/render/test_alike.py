"""What people write in Markdown: it can be set in every format, and both engines set it alike."""

from __future__ import annotations

import re
import zipfile

import pikepdf
import pytest

from helpers.runner.document.making import Document
from helpers.runner.render.quarto import render_batch
from helpers.theme import Theme

from .reading import (
    office_words,
    page_of,
    pdf_pages,
    pdf_pictures,
    render_each,
    said_by,
    share_that_differs,
    structure,
)

#: the share of a page's inked pixels that may differ between the engines; less than 0.002 was seen with Quarto 1.9.38
#: (Typst 0.14) and 1.10.18 (Typst 0.15)
MOST = 0.005

WRITTEN = {
    "code": "A `x = 1`{.python} and\n\n```\nplain # <1>\n```\n\n```python\nfor i in x:\n    print(i)\n```",
    "callouts": '::: {.callout-note collapse="true"}\n## How to read\nText.\n:::\n\n::: {.callout-warning}\nMind.\n:::',
    "classes": '::: {.my-box .cell style="color:red"}\nText\n:::\n\n[red]{.red} [small]{.smallcaps} [mark]{.mark}',
    "columns": ':::: {.columns}\n::: {.column width="50%"}\nA\n:::\n::: {.column}\nB\n:::\n::::',
    "notes": "Text[^1] more.\n\n[^1]: A note.",
    "lists": "- a\n\n  more\n\n  - b\n    ```\n    code\n    ```\n\n1. one\n\na) x\n\n- [ ] open\n- [x] done",
    "definitions": "Term\n\n:   Meaning",
    "rules": "> A quote\n\n* * *\n\n| line\n| block\n\nbroken\\\nline",
    "signs": "H~2~O, x^2^, ~~gone~~, **b** *i* -- --- ... \"q\" 'q' :smile: [l](https://a.uk){target=_blank}",
    "tables": '| a | b |\n|---|--:|\n| 1 | 2 |\n\n: Beds {#tbl-x tbl-colwidths="[60,40]"}\n\nSee @tbl-x.',
    "bare tables": "| a | b |\n|---|--:|\n| 1 | 2 |\n\n: Words\n",
    "equations": 'So $x^2$ and [$\\frac{a}{b}$]{alt="a over b"}.\n\n$$\n\\sum_{i=1}^n x_i\n$$\n\n$$\n'
    '\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}\n$$ {#eq-two alt="a is b and c is d"}\n\nSee @eq-two.',
    "equations elsewhere": "### The $x$ of it\n\n"
    "| $a$ | b |\n|---|--:|\n| $\\alpha_1$ | 2 |\n\n: About $y$ {#tbl-x}\n\n"
    "::: {.callout-note}\n## $z$\nText $z$\n:::",
}
FORMATS = ("html", "pdf", "docx")


def document(words, facts):
    told = "{organisation: Northmoor, period: May, as-at: '', synthetic: false, slide: ''}"
    front = f"---\ntitle: T\nlang: en-GB\ntoc: true\nnumber-sections: true\nfacts: {told}\n---"
    return Document(
        markdown=f"{front}\n\n## One {{#sec-one}}\n\n{words}\n", figures={}, facts=facts, bundles=()
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_what_people_write_can_be_set(facts, rendered, name):
    files = rendered(document(WRITTEN[name], facts), "html", "pdf", "docx")
    assert list(files) == list(FORMATS)


def test_an_equation_is_maths_on_the_page_with_its_words_or_its_source(facts, rendered):
    page = page_of(rendered(document(WRITTEN["equations"], facts), "html")["html"])
    assert [each["alttext"] for each in page.with_tag("math")] == [
        "x^2",
        "a over b",
        r" \sum_{i=1}^n x_i ",
        "a is b and c is d",
    ]
    assert page.tags["mfrac"] == 1
    assert "See Equation 1." in page.all("p")
    assert "(1)" in page.all("span")


def test_an_equation_has_its_words_or_its_source_in_a_pdf(facts, rendered):
    with pikepdf.open(rendered(document(WRITTEN["equations"], facts), "pdf")["pdf"]) as pdf:
        tags, alts = structure(pdf)
    assert tags["Formula"] == 4
    assert {"x^2", "a over b", "a is b and c is d"} < set(alts)


def test_an_equation_is_words_own_in_a_word_file(facts, rendered):
    with zipfile.ZipFile(rendered(document(WRITTEN["equations"], facts), "docx")["docx"]) as archive:
        text = archive.read("word/document.xml").decode("utf-8")
    assert len(re.findall("<m:oMath>", text)) == 4
    assert "<m:f>" in text


def words_of(path):
    return [re.sub(r"[\s-]", "", page) for page in pdf_pages(path)]


def test_both_engines_set_alike_what_people_write(facts, tmp_path, real_quarto):
    made = {name.replace(" ", "-"): document(words, facts) for name, words in WRITTEN.items()}
    folders = [tmp_path / name for name in ("embedded", "quarto")]
    for folder in folders:
        folder.mkdir()
    ours = render_each(made, FORMATS, theme=Theme(), folder=folders[0])
    theirs = render_batch(made, FORMATS, theme=Theme(), folder=folders[1], quarto=real_quarto)
    for name, files in ours.items():
        assert isinstance(files, dict), files
        assert isinstance(theirs[name], dict), theirs[name]
        assert said_by(theirs[name]["html"]) == said_by(files["html"]), name
        assert words_of(theirs[name]["pdf"]) == words_of(files["pdf"]), name
        assert office_words(theirs[name]["docx"]) == office_words(files["docx"]), name
        pages = list(zip(pdf_pictures(files["pdf"]), pdf_pictures(theirs[name]["pdf"]), strict=True))
        assert pages
        assert max(share_that_differs(*pair) for pair in pages) <= MOST, name


@pytest.mark.parametrize(
    ("before", "after"),
    [("Fewer patients waited.", "Longer stays, more waits."), ("x", "::: {.callout-note}\nx\n:::")],
)
def test_pictures_tell_other_words_and_a_box(facts, tmp_path, before, after):
    made = {"a": document(before, facts), "b": document(after, facts), "c": document(before, facts)}
    files = render_each(made, ["pdf"], theme=Theme(), folder=tmp_path)
    one, other, same = (pdf_pictures(files[name]["pdf"])[0] for name in "abc")
    assert share_that_differs(one, same) < MOST / 100
    assert share_that_differs(one, other) > MOST

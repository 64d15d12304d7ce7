"""HTML, PDF and Word from one document, the same from both engines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pikepdf
import pypdfium2
import pytest
from nbformat import v4

from helpers.bundle import Bundle, Column, Panel, Source
from helpers.errors import ReportError, UsageError
from helpers.runner.document import Document
from helpers.runner.engines import FORMATS, choose_engine, find_quarto
from helpers.runner.render import render, render_batch
from helpers.runner.render.offline import find_remote
from helpers.theme import Theme, read_theme
from helpers.theme.look import STATEMENT

VOID = {"meta", "img", "br", "col", "link", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    "](javascript:alert(1)) [x](file:///etc/passwd)",
    r"back\slash \newpage \begin{equation}",
    "*bold* _it_ **b** ~~s~~ ^u^ `code`{=html} #h",
    "a | b || c",
    "two\nlines\n\n## not a heading\n\n---\n",
    "@fig-none [@tbl-none] mail@nhs.uk",
    "$x^2$ $$y$$",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\"quoted\" 'single' {#fig-x .class} ::: {.headline}",
    "{{< env HOME >}} {{{< meta title >}}} <!-- gone? --> https://example.org/x",
    '#image("x") #read("/etc/passwd") = head <label>',
    "1. one 2) two - three + four : five",
    "Ynys Môn Ŵ ł ż ő 95 % – “x” … ½ ≥",
]


@dataclass
class Page(HTMLParser):
    """The parts of a page that tests ask for."""

    tags: Counter = field(default_factory=Counter)
    attributes: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    stack: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self.stack.append((tag, len(self.texts[tag]) - 1))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        for tag, place in self.stack:
            self.texts[tag][place] += data

    def all(self, tag):
        return [" ".join(text.split()) for text in self.texts.get(tag, [])]

    def with_tag(self, tag):
        return [attributes for name, attributes in self.attributes if name == tag]


def page_of(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.stack == []
    return page


def pdf_pages(path):
    """The text of each page."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def pdf_text(path):
    return "\n".join(pdf_pages(path))


def structure(pdf):
    """Tags of a PDF with their counts, and its alt texts."""
    tags, alts = Counter(), []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                tags[str(node.S).lstrip("/")] += 1
            if "/Alt" in node:
                alts.append(str(node.Alt))
            walk(node.get("/K"))

    walk(pdf.Root.StructTreeRoot.K)
    return tags, alts


@pytest.fixture
def rendered(document_of, tmp_path):
    def run(maker, *formats):
        document = maker if isinstance(maker, Document) else document_of(maker)
        return render(document, formats, theme=Theme(), folder=tmp_path)

    return run


@pytest.fixture
def full(notebook):
    notebook.text("Patients stay longer.\n\nAbout 74 beds.", "headline")
    notebook.markdown(
        "## Where to look {#sec-look}\n\n"
        "@sec-stay, @sec-deep, @tbl-stay, [-@fig-two] and [@fig-stay; @fig-two]."
    )
    notebook.table().markdown("## Stay {#sec-stay}\n\nMeaning.")
    columns = (Column(label="Month"), Column(label="Mean", kind="rate", digits=1))
    notebook.figure(columns=columns, rows=(("April", 4.5),))
    panels = (Panel(title="What", markdown="Shorter."), Panel(icon="improvement_low", markdown="By *far*."))
    notebook.bundle(Bundle(kind="panels", id="what", panels=panels))
    notebook.markdown("### Deeper {#sec-deep}\n\n::: {.callout-note}\n## How to read\nText.\n:::")
    return notebook.figure("fig-two", alt='Second "chart" \\ with <marks>')


# ---- HTML


def test_page_is_one_file_that_loads_and_runs_nothing(full, rendered):
    path = rendered(full, "html")["html"]
    text = path.read_text(encoding="utf-8")
    assert find_remote(text) == []
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="https?:', text)
    assert "default-src 'none'" in text


def test_page_is_accessible_in_its_bones(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.with_tag("html") == [{"lang": "en-GB"}]
    assert page.all("title") == ["Length of stay · Synthetic Northmoor (SYN07) · April 2025 to March 2026"]
    assert page.all("h1") == ["Length of stay"]
    assert (page.tags["main"], page.tags["header"], page.tags["nav"]) == (1, 1, 1)
    skip = page.with_tag("a")[0]
    assert skip["href"] == "#" + page.with_tag("main")[0]["id"]
    boxes = [a for a in page.with_tag("div") if a.get("class") == "scroll-box"]
    assert boxes
    assert all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in boxes)
    assert all(a.get("scope") in {"col", "row"} for a in page.with_tag("th"))


def test_ids_in_a_page_are_unique_and_every_link_finds_one(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    ids = Counter(a["id"] for _, a in page.attributes if "id" in a)
    assert set(ids.values()) == {1}
    targets = [a["href"] for a in page.with_tag("a") if "download" not in a]
    assert targets.pop() == STATEMENT  # the last of the page
    assert all(target[1:] in ids for target in targets)


def test_sections_are_numbered_from_one_and_listed(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("h2") == ["1 Where to look", "2 Stay", "About this report"]
    assert page.all("h3") == ["2.1 Deeper"]
    assert page.all("nav") == ["Contents 1 Where to look 2 Stay About this report"]


def test_contents_follow_the_headline(full, rendered):
    text = rendered(full, "html")["html"].read_text(encoding="utf-8")
    assert text.index("About 74 beds") < text.index('<nav id="TOC"') < text.index('id="sec-look"')


def test_figures_and_tables_are_numbered_and_referred_to_as_quarto_does(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("figcaption") == [
        "Table 1: Stay by specialty",
        "Figure 1: Mean stay by month",
        "Figure 2: Mean stay by month",
    ]
    assert "Section 2, Section 2.1, Table 1, 2 and Figure 1, Figure 2." in page.all("p")


def test_alt_texts_arrive(full, rendered):
    alts = [a["alt"] for a in page_of(rendered(full, "html")["html"]).with_tag("img")]
    assert alts == ["Line chart. The mean falls from 5 to 4 days.", 'Second "chart" \\ with <marks>']


def test_data_behind_a_figure_open_without_a_script(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert page.all("summary") == ["Data behind Figure 1"]
    assert "April 4.5" in page.all("details")[0]


def test_a_callout_s_title_is_no_section(full, rendered):
    page = page_of(rendered(full, "html")["html"])
    assert "How to read" not in " ".join(page.all("h2"))
    assert any(
        a.get("class") == "aside aside-note" and a.get("role") == "note" for a in page.with_tag("div")
    )


def test_the_same_document_gives_the_same_page(full, rendered):
    first = rendered(full, "html")["html"].read_bytes()
    assert rendered(full, "html")["html"].read_bytes() == first


# ---- PDF


def test_pdf_is_tagged_titled_and_in_english(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        tags, alts = structure(pdf)
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title) == "Length of stay"
        assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF boolean
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert alts == ["Line chart. The mean falls from 5 to 4 days.", 'Second "chart" \\ with <marks>']
    assert tags["Title"] == 1
    assert (tags["H1"], tags["H2"]) == (3, 1)
    assert (tags["Table"], tags["TOCI"], tags["Figure"]) == (1, 3, 2)
    assert tags["TH"] == 2


def test_pdf_says_the_same_as_the_page(full, rendered):
    text = " ".join(pdf_text(rendered(full, "pdf")["pdf"]).replace("\u00a0", " ").split())
    for words in (
        "1 Where to look",
        "2.1 Deeper",
        "Section 2, Section 2.1, Table 1, 2 and Figure 1, Figure 2.",
        "Figure 2: Mean stay by month",
        "Table 1: Stay by specialty",
        "1,250",
        "How to read",
    ):
        assert words in text
    assert "Data behind" not in text


def test_pdf_pages_are_numbered_and_named(full, rendered):
    pages = pdf_pages(rendered(full, "pdf")["pdf"])
    for number, page in enumerate(pages, start=1):
        assert f"{number} of {len(pages)}" in page
    assert all("Length of stay" in page and "Synthetic Northmoor" in page for page in pages)


def test_pdf_uses_the_fonts_of_the_package_alone(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        names = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert names
    assert all("SourceSansPro" in name for name in names)


def test_pdf_is_a4(full, rendered):
    with pikepdf.open(rendered(full, "pdf")["pdf"]) as pdf:
        width, height = (float(x) for x in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (595, 842)


def test_a_long_table_repeats_its_header_and_cuts_no_row(notebook, rendered):
    rows = tuple(
        (
            f"Row {n} has words enough to fill more than one line of this narrow column, end{n}.",
            n,
        )
        for n in range(1, 121)
    )
    path = rendered(notebook.table(rows=rows), "pdf")["pdf"]
    pages = [page for page in pdf_pages(path) if "Row " in page]
    assert len(pages) > 2
    assert all("Specialty" in page and "Beds (beds)" in page for page in pages)
    for page in pages:
        starts, ends = re.findall(r"Row (\d+) ", page), re.findall(r"end(\d+)\.", page)
        assert starts == ends


def test_a_wide_table_stays_on_the_paper(notebook, rendered):
    columns = (
        Column(label="Specialty"),
        *(
            Column(label=f"Standardised value {n}", kind="model", unit="bed-days", digits=1)
            for n in range(9)
        ),
    )
    rows = tuple(("Oral and maxillofacial surgery", *[1234567.8] * 9) for _ in range(3))
    path = rendered(notebook.table(columns=columns, rows=rows), "pdf", "html")["pdf"]
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0].get_textpage()
        right_edges = [page.get_charbox(place)[2] for place in range(page.count_chars())]
        assert page.get_text_range().count("1,234,567.8") == 27  # no number is broken
    assert max(right_edges) < 595


def test_thirty_figures_come_out(notebook, rendered):
    for number in range(30):
        notebook.markdown(f"## Part {number}\n\nSee @fig-n{number}.").figure(
            f"fig-n{number}", alt=f"Chart {number}"
        )
    files = rendered(notebook, "html", "pdf")
    with pikepdf.open(files["pdf"]) as pdf:
        assert structure(pdf)[1] == [f"Chart {n}" for n in range(30)]
    page = page_of(files["html"])
    assert page.tags["img"] == 30
    assert page.all("figcaption")[-1].startswith("Figure 30:")


def test_a_table_without_rows_comes_out(notebook, rendered):
    files = rendered(notebook.table(rows=()), "html", "pdf")
    assert "No rows" in page_of(files["html"]).all("table")[0]
    assert "No rows" in pdf_text(files["pdf"])


def test_a_report_with_nothing_but_its_facts_comes_out(notebook, rendered):
    assert rendered(notebook, "html", "pdf").keys() == {"html", "pdf"}


# ---- words from data


@pytest.mark.parametrize("name", HOSTILE)
def test_words_from_data_are_shown_as_they_are(facts, notebook, rendered, name):
    notebook.cells.clear()
    notebook.facts = facts.model_copy(
        update={"title": name, "organisation_name": name, "period_label": name}
    )
    told = Source(name=name, dataset="a/b", as_at=name, origin="records")
    columns = (Column(label=name, unit=name), Column(label=name, kind="text"))
    notebook.opened().figure(caption=name, alt=name, columns=columns, rows=((name, name),), sources=(told,))
    notebook.table(caption=name, columns=columns, rows=((name, name),))
    files = rendered(notebook, "html", "pdf")
    shown = " ".join(name.split())
    page = page_of(files["html"])
    text = files["html"].read_text(encoding="utf-8")
    assert find_remote(text) == []
    assert page.tags["script"] == page.tags["math"] == 0
    assert plain(page.with_tag("img")[0]["alt"]) == plain(shown)
    for tag, wanted in (
        ("h1", shown),
        ("td", shown),
        ("figcaption", f"Figure 1: {shown}"),
        ("th", f"{shown} ({shown})"),
    ):
        assert plain(wanted) in [plain(found) for found in page.all(tag)], tag
    assert page.all("h2") == ["About this report"]
    with pikepdf.open(files["pdf"]) as pdf:
        assert plain(str(pdf.docinfo.Title)) == plain(shown)
        assert [plain(alt) for alt in structure(pdf)[1]] == [plain(shown)]
    squeezed = re.sub(r"\s", "", plain(pdf_text(files["pdf"])))
    for beginning in ("Table1:", "Figure1:"):
        assert re.sub(r"\s", "", beginning + plain(shown))[:60] in squeezed


def plain(text):
    """Without pandoc's typographic apostrophes and the sign that keeps Quarto's short codes apart."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u2060", "")


def test_a_letter_that_no_font_has_is_named(notebook, rendered):
    notebook.table(rows=(("北京", 1),))
    with pytest.raises(ReportError, match="北"):
        rendered(notebook, "pdf")


@pytest.mark.parametrize("sign", "→↑↓▲▼●◆✓≥≤±×÷½°µ…–—“”•€£§")
def test_signs_that_boards_read_have_a_letter_form(notebook, rendered, sign):
    assert sign in pdf_text(rendered(notebook.table(rows=((f"a {sign} b", 1),)), "pdf")["pdf"])


# ---- refusals of the filter, should something pass the gate


def document(markdown, facts):
    return Document(markdown=markdown, figures={}, facts=facts, bundles=())


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("See @fig-none.", "unknown cross-reference @fig-none"),
        ("See @smith2020.", "unknown cross-reference @smith2020"),
        ("$x^2$", "an equation: $x^2$"),
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


def test_an_unknown_format_is_named_with_those_that_are(notebook, rendered):
    with pytest.raises(UsageError, match="'odt'; allowed: html, pdf, docx"):
        rendered(notebook, "odt")


def test_what_typst_says_is_in_the_error(facts, rendered):
    missing = '---\ntitle: T\n---\n\n![c](figures/fig-a.svg){#fig-a fig-alt="x"}'
    with pytest.raises(ReportError, match=r"PDF \(Typst\): .*not found"):
        rendered(document(missing, facts), "pdf")


# ---- Word, and the page settings


def test_word_file_has_pictures_with_alt_text(full, rendered):
    with zipfile.ZipFile(rendered(full, "docx")["docx"]) as archive:
        text = archive.read("word/document.xml").decode()
        names = archive.namelist()
    assert sum(name.endswith(".png") for name in names) == 2
    assert "The mean falls from 5 to 4 days." in text
    assert "Figure 2" in text


def test_page_settings_of_the_project_hold_in_the_embedded_engine(document_of, notebook, tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "toc-depth: 3\nformat:\n  typst:\n    papersize: a5\n", encoding="utf-8"
    )
    theme = read_theme(tmp_path / "_quarto.yml")
    made = document_of(notebook.markdown("## A\n\n### B"))
    files = render(made, ["html", "pdf"], theme=theme, folder=tmp_path)
    assert "1.1 B" in page_of(files["html"]).all("nav")[0]
    with pikepdf.open(files["pdf"]) as pdf:
        assert round(float(pdf.pages[0].MediaBox[2])) == 420


def test_front_matter_can_leave_the_contents_out(notebook, rendered):
    notebook.raw("---\ntoc: false\nnumber-sections: false\n---").markdown("## A")
    page = page_of(rendered(notebook, "html")["html"])
    assert page.tags["nav"] == 0
    assert page.all("h2")[0] == "A"


def test_text_from_a_helper_keeps_its_lists(notebook, rendered):
    notebook.bundle(Bundle(kind="text", id="t", markdown="Because:\n\n- one\n- two"))
    assert page_of(rendered(notebook, "html")["html"]).all("li") == ["About this report", "one", "two"]


# ---- many documents, and Quarto where it is present


def broken(made):
    return replace(made, markdown=made.markdown + "\n\nSee @fig-none.\n")


def test_one_failing_document_leaves_the_others_alone(full, document_of, tmp_path):
    made = document_of(full)
    documents = {"a": made, "bad": broken(made), "c": made}
    results = render_batch(documents, ["html"], theme=Theme(), folder=tmp_path)
    assert list(results) == ["a", "bad", "c"]
    assert "@fig-none" in str(results["bad"])
    assert results["a"]["html"].is_file()
    assert results["c"]["html"].is_file()


def test_an_unknown_renderer_is_named_with_those_that_are():
    with pytest.raises(UsageError, match="'latex'; allowed: auto, quarto, embedded"):
        choose_engine("latex")


@pytest.fixture
def real_quarto():
    found = find_quarto()
    if found is None:
        pytest.skip("no quarto command on the path or in QUARTO_PATH")
    return found


def said_by(path):
    """What a page says: headings, captions, cells, alt texts, ids and links."""
    page = page_of(path)
    texts = {
        tag: page.all(tag) for tag in ("title", "h1", "h2", "h3", "figcaption", "th", "td", "p", "li", "dd")
    }
    targets = [a["href"] for a in page.with_tag("a")]
    return texts, [a["alt"] for a in page.with_tag("img")], targets, page.with_tag("html")[0]["lang"]


def office_words(path):
    """Every paragraph, alt text and style's name of a Word or PowerPoint file's own pages."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"word/(document|header\d|footer\d)\.xml|ppt/slides/slide\d+\.xml", name):
                text = archive.read(name).decode("utf-8")
                for paragraph in re.findall(r"<(?:w|a):p[ >].*?</(?:w|a):p>", text, re.DOTALL):
                    words = "".join(re.findall(r"<(?:w|a):t(?: [^>]*)?>([^<]*)<", paragraph))
                    found.append((re.findall(r'<w:pStyle w:val="([^"]*)"', paragraph), words))
                found.append(re.findall(r'descr="([^"]*)"', text))
    return found


@pytest.mark.long
def test_both_engines_say_the_same(facts, full, document_of, tmp_path, real_quarto):
    maker_of = type(full)
    made = {"full": document_of(full)}
    for number, name in enumerate(HOSTILE):
        maker = maker_of(facts.model_copy(update={"title": name, "organisation_name": name})).opened()
        maker.figure(caption=name, alt=name).table(caption=name, rows=((name, 1),))
        made[f"hostile-{number}"] = document_of(maker)
    made["bad"] = broken(made["full"])
    folders = {name: tmp_path / name for name in ("embedded", "quarto")}
    for folder in folders.values():
        folder.mkdir()
    ours = render_batch(made, FORMATS, theme=Theme(), folder=folders["embedded"])
    theirs = render_batch(made, FORMATS, theme=Theme(), folder=folders["quarto"], engine=real_quarto)
    assert "@fig-none" in str(ours.pop("bad"))
    assert "@fig-none" in str(theirs.pop("bad"))
    for stem, files in ours.items():
        assert not isinstance(theirs[stem], ReportError), theirs[stem]
        assert said_by(theirs[stem]["html"]) == said_by(files["html"]), stem
        assert re.sub(r"[\s-]", "", pdf_text(theirs[stem]["pdf"])) == re.sub(
            r"[\s-]", "", pdf_text(files["pdf"])
        ), stem
        for name in ("docx", "pptx"):
            assert office_words(theirs[stem][name]) == office_words(files[name]), (stem, name)
        with pikepdf.open(files["pdf"]) as mine, pikepdf.open(theirs[stem]["pdf"]) as other:
            assert structure(other) == structure(mine), stem
            assert str(other.Root.Lang) == str(mine.Root.Lang)
            assert str(other.docinfo.Title) == str(mine.docinfo.Title)


@pytest.mark.long
def test_a_bare_quarto_render_stays_away_from_the_reports(tmp_path, real_quarto):
    root = Path(__file__).parents[3]
    (tmp_path / "src/helpers").mkdir(parents=True)
    shutil.copy(root / "_quarto.yml", tmp_path)
    shutil.copytree(
        Theme().folder, tmp_path / "src/helpers/theme", ignore=shutil.ignore_patterns("__pycache__")
    )
    cells = [v4.new_raw_cell("---\ntitle: T\n---"), v4.new_markdown_cell("## A"), v4.new_code_cell("6 * 7")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in ("notebooks/a.ipynb", "params/x/b.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), tmp_path / name)
    environ = {**os.environ, "QUARTO_PYTHON": sys.executable}
    done = subprocess.run(
        [real_quarto.path, "render", "--to", "html"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    pages = [
        path.relative_to(tmp_path) for path in tmp_path.rglob("*.html") if path.parent != Theme().folder
    ]
    pages = [path for path in pages if path.parts[0] != "src"]
    assert pages == [Path(".boardpack/quarto/notebooks/a.html")]
    text = (tmp_path / pages[0]).read_text(encoding="utf-8")
    assert "42" in text  # it was run
    assert not re.search(r'<(?:script|img|link)[^>]+(?:src|href)="https?:', text)

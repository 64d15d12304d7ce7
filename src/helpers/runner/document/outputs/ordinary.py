"""Ordinary outputs of a code cell as figures, tables and prose, with Quarto's cell options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from nbformat import NotebookNode

from helpers.bundle import SUPPRESSED, Bundle, Kind
from helpers.errors import Problem
from helpers.runner.document.outputs.options import CellOptions
from helpers.runner.document.outputs.pieces import ShownOutput
from helpers.runner.document.outputs.streams import refuse_text
from helpers.runner.document.outputs.svg import clean_svg, wrap_png
from helpers.runner.document.outputs.tables import read_table
from helpers.theme.markdown import label_of, plain_words

_LABELLED: Final = {"figure": "fig-", "table": "tbl-"}
_WIDGETS: Final = ("application/vnd.jupyter.widget-view+json", "application/javascript")
_CHARTS: Final = ("application/vnd.plotly", "application/vnd.vega", "application/vnd.bokeh")
_SHOW_NOTHING: Final = "end the line with ; where nothing is meant"
#: what to do about a table that cannot be read
_TABLE_CURES: Final = {
    "cut short": 'Show it whole: `report.table(frame, caption="…")`; or its rows that matter: `.head(20)`.',
    "tables in one output": "Show one table at a time: `display(…)` for each.",
    "a picture": "Leave it out, or show it as a figure of its own.",
    "without rows": "Show it only where there are rows, or say in words that there are none.",
}


@dataclass(frozen=True)
class Draft:
    """An output that was read; an ordinary one has no label yet."""

    shown: ShownOutput
    warnings: tuple[str, ...] = ()
    #: whether it came with everything that it needs, and takes nothing from the cell's options
    handed_over: bool = False


def read_ordinary(where: str, output: NotebookNode, options: CellOptions) -> Draft | Problem:
    """Read one output that no helper handed over."""
    if output.output_type == "stream":
        text, is_printed = _joined(output.text), output.name == "stdout"
        return _prose(where, text) if is_printed and options.as_is else refuse_text(where, text, is_printed)
    data = {kind: _joined(value) for kind, value in output.data.items()}
    for kind, read in _READERS.items():
        if kind in data:
            return read(where, data[kind])
    return _refuse(where, data)


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _prose(where: str, text: str) -> Draft:
    return Draft(ShownOutput(where, _own("text", "text", markdown=text.strip())))


def _own(kind: Kind, name: str, **content: Any) -> Bundle:
    return Bundle(kind=kind, id=name, origin="published", own=True, **content)


def _read_latex(where: str, text: str) -> Draft | Problem:
    r"""Read an equation of IPython's `Math` and `Latex`, or of sympy: `$\displaystyle x$`."""
    if not re.fullmatch(r"\$.+\$", text.strip(), re.DOTALL):
        return Problem(
            where, "LaTeX that is no equation", "an equation between $ or $$", "Show it as Markdown."
        )
    inside = text.strip().strip("$").removeprefix(r"\displaystyle").strip()
    return _prose(where, f"$${inside}$$")


def _read_picture(clean: Callable[[str], tuple[bytes, str]], where: str, content: str) -> Draft | Problem:
    svg, wrong = clean(content)
    if wrong:
        return Problem(where, wrong, "a static picture, SVG or PNG", "Draw it with matplotlib.")
    return Draft(ShownOutput(where, _own("figure", "fig-"), svg))


def _read_html(where: str, source: str) -> Draft | Problem:
    return read_own_table(where, _own("table", "tbl-"), source, is_whole=False)


def read_own_table(
    where: str, bundle: Bundle, source: str | list[str], *, is_whole: bool = True
) -> Draft | Problem:
    """Read a table that `report.table` handed over: its caption, label and sources beside its HTML."""
    table, wrong = read_table(_joined(source), is_whole=is_whole)
    if wrong:
        cures = [cure for part, cure in _TABLE_CURES.items() if part in wrong]
        otherwise = "Show a frame, or a picture of it (PNG, SVG); text/html is read for its table alone."
        return Problem(where, wrong, cure=(cures or [otherwise])[0])
    told = {
        "columns": table.columns,
        "rows": table.rows,
        "caption": bundle.caption or table.caption,
        "markdown": "\n\n".join(filter(None, (bundle.markdown, *table.notes))),
        "suppressed": sum(row.count(SUPPRESSED) for row in table.rows),
    }
    shown = ShownOutput(where, bundle.model_copy(update=told), table=table, caption=bundle.caption)
    return Draft(shown, tuple(f"{where}: {each}" for each in table.warnings))


#: kinds of output, the first of them that is there counts; pictures before what else a chart may bring along
_READERS: Final[dict[str, Callable[[str, str], Draft | Problem]]] = {
    "image/svg+xml": partial(_read_picture, clean_svg),
    "image/png": partial(_read_picture, wrap_png),
    "text/html": _read_html,
    "text/markdown": lambda where, text: _prose(where, text),
    "text/latex": _read_latex,
}


def _refuse(where: str, data: dict[str, str]) -> Problem:
    kinds = ", ".join(sorted(data)) or "nothing"
    said = " ".join(data.get("text/plain", "").split())[:60]
    if any(kind in data for kind in _WIDGETS):
        cure = "Leave it out: a report has no buttons and no scripts."
    elif any(kind.startswith(_CHARTS) for kind in data):
        cure = "Show its static picture: PNG or SVG as the library's renderer."
    elif "dtype:" in said:
        cure = "Show it as a table: `.to_frame()`."
    else:
        cure = f"Say it with `report.say(…)`, show a figure, a frame or Markdown, or {_SHOW_NOTHING}."
    return Problem(where, f"an output that a report cannot show ({kinds}): {said}".rstrip(": "), cure=cure)


def name_outputs(
    drafts: Sequence[Draft], options: CellOptions, taken: set[str]
) -> Iterator[ShownOutput | Problem]:
    """Yield the outputs of a cell with the captions, alt texts and labels of its options.

    `taken` are the labels of the notebook so far; what is made up here is added.
    """
    kinds = ["" if draft.handed_over else draft.shown.bundle.kind for draft in drafts]
    figures, tables = kinds.count("figure"), kinds.count("table")
    tables += sum(draft.shown.bundle.id == "tbl-" for draft in drafts if draft.shown.bundle.kind == "text")
    if not drafts:
        return
    where = drafts[0].shown.where
    fitting = [f"{prefix}…" for prefix, count in (("fig-", figures), ("tbl-", tables)) if count]
    if options.label and fitting and not options.label.startswith(tuple(each[:-1] for each in fitting)):
        yield Problem(f"{where}, #| label", options.label, " or ".join(fitting), "Call it so.")
    yield from _too_many(where, "fig-cap", options.figure_captions, figures)
    yield from _too_many(where, "fig-alt", options.figure_alts, figures)
    yield from _too_many(where, "tbl-cap", options.table_captions, tables)
    for number, (draft, kind) in enumerate(zip(drafts, kinds, strict=True)):
        place = kinds[:number].count(kind), kinds.count(kind)
        yield _named(draft.shown, options, place, taken) if kind in _LABELLED else draft.shown


def _too_many(where: str, key: str, given: Sequence[str], there: int) -> Iterator[Problem]:
    if len(given) > there:
        what = "figure" if key.startswith("fig") else "table"
        came = f"{len(given)} for {there} {what}{'s' * (there != 1)} of the cell"
        yield Problem(f"{where}, #| {key}", came, cure=f"Give as many as there are {what}s.")


def _named(
    shown: ShownOutput, options: CellOptions, place: tuple[int, int], taken: set[str]
) -> ShownOutput:
    kind = shown.bundle.kind
    number, count = place
    captions = options.figure_captions if kind == "figure" else options.table_captions
    caption = captions[number] if number < len(captions) else shown.caption
    words = plain_words(caption) or shown.bundle.caption
    alts = options.figure_alts if kind == "figure" else ()
    prefix = _LABELLED[kind]
    if shown.bundle.id != prefix:  # in code
        label = shown.bundle.id
    elif options.label.startswith(prefix):
        label = options.label + (f"-{number + 1}" if count > 1 else "")
    else:
        label = _made_up(prefix, words or shown.where, taken)
    taken.add(label)
    alt = alts[number] if number < len(alts) else shown.bundle.alt
    told = {"id": label, "caption": words, "alt": alt}
    return replace(shown, bundle=shown.bundle.model_copy(update=told), caption=caption)


def _made_up(prefix: str, words: str, taken: set[str]) -> str:
    """Return a label from the first words of a caption: the same wherever the cell stands."""
    number = 1
    label = stem = label_of(prefix, words)
    while label in taken:
        number += 1
        label = f"{stem}-{number}"
    return label

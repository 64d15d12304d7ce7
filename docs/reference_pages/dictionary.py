"""The data dictionary: from each measure in a report back to the publication, its columns and what reads them."""

from __future__ import annotations

from pathlib import Path

from helpers.data.mart.views import DERIVED, REMAINING
from helpers.data.sources import all_layouts, describe_measures, reader_of
from helpers.register import Register
from reference_pages.national import read_figures, table_lines


def write_dictionary(register: Register, national: Path) -> str:
    """Return the dictionary as the Markdown of docs/reference/data-dictionary.md."""
    lines = [
        "# Data dictionary",
        "",
        "From the measure in a report to the columns of the publication and what reads them.",
        "Made from the register and the layouts: `make dictionary` writes it anew. Values are kept as",
        "numerator / denominator; the unit says how they are shown.",
        "",
        "| measure | unit | layout | numerator | denominator | read by | note |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {measure.name} (`{measure.id}`) | {measure.unit} | `{layout.name}` | {_cell(feed.numerator)} "
        f"| {_cell(feed.denominator)} | `{reader_of(layout)}` | {_cell(feed.note)} |"
        for measure, layout, feed in describe_measures(register)
    ]
    name, numerator, denominator = DERIVED
    lines += [
        "",
        f"`{name}` is worked out for trusts that nobody returns it for: the numerator of `{numerator}` over that of",
        f"`{denominator}`, in the same month.",
        f"`{REMAINING[0]}` is, day by day, `{REMAINING[1]}` less `{REMAINING[2]}`, and of these the month's median.",
        "",
        *_register_lines(register),
        "",
        *table_lines(register, read_figures(national)),
        "",
        "## Layouts",
        "",
        "| layout | what it is | fills |",
        "|---|---|---|",
    ]
    layouts = sorted(all_layouts(), key=lambda layout: layout.name)
    lines += [f"| `{each.name}` | {each.title} | {', '.join(each.tables)} |" for each in layouts]
    return "\n".join(lines) + "\n"


def _register_lines(register: Register) -> list[str]:
    """Return the table of what the register says of each measure: what reports show beside its values."""
    heads = ("measure", "in sentences", "better", "every", "out of date after", "targets")
    lines = [
        "## What the register says",
        "",
        "Targets are dated: value, kind, first and last day. Days are counted from the end of the period.",
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
    ]
    better = {"increase": "higher", "decrease": "lower", "neutral": "neither"}
    for measure in register.measures.values():
        targets = "; ".join(
            f"{target.value:g} {target.kind.replace('_', ' ')}, {target.start or '…'} to {target.end or '…'}"
            for target in measure.targets
        )
        cells = (
            f"`{measure.id}`",
            measure.called,
            better[measure.direction],
            measure.frequency,
            f"{measure.stale_after_days} days",
            targets or "none",
        )
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

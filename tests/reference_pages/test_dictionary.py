"""The data dictionary is made from the register and the layouts, and up to date."""

from __future__ import annotations

from pathlib import Path

from reference_pages.dictionary import write_dictionary

from helpers.data.sources import all_layouts, describe_measures, reader_of
from helpers.register import read_register

ROOT = Path(__file__).parents[2]
REGISTER = read_register(ROOT / "params" / "_register")


def test_the_written_dictionary_is_up_to_date() -> None:
    written = (ROOT / "docs" / "reference" / "data-dictionary.md").read_text("utf-8")
    figures = ROOT / "docs" / "reference" / "national-figures.yml"
    assert written == write_dictionary(REGISTER, figures), "run `make dictionary`"


def test_a_measure_leads_to_columns_and_to_what_reads_them() -> None:
    ((layout, feed),) = [
        (layout, feed)
        for measure, layout, feed in describe_measures(REGISTER)
        if measure.id == "sickness_absence"
    ]
    assert (feed.numerator, feed.denominator) == ("FTE_DAYS_LOST", "FTE_DAYS_AVAILABLE")
    assert reader_of(layout) == "sources/published/sickness_absence.yml"


def test_every_layout_has_a_name_of_its_own_and_says_what_it_is() -> None:
    lines = list(all_layouts())
    assert len({line.name for line in lines}) == len(lines)
    assert len({line.columns for line in lines}) == len(lines)
    assert all(line.title and line.tables for line in lines)

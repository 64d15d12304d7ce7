"""What has been read so far in this process: the one place where those who read note it.

A notebook does not say what it reads: whatever reads for it notes so here. In a batch's kernel
`helpers.runner.observing` hands the notes over to the runner after each cell.

A note of data is one of

* ``spells``: all data sets of a table, also those that are yet to be loaded;
* ``measure_values:rtt_18_weeks``: those of them that hold a measure;
* ``measure_values/kh03``: one data set.
"""

from __future__ import annotations

from collections.abc import Iterable

_DATA: dict[str, None] = {}


def note_data(notes: Iterable[str]) -> None:
    """Note what of the mart was read."""
    _DATA.update(dict.fromkeys(notes))


def take_data() -> tuple[str, ...]:
    """Return the notes of data and forget them: whoever reads for another process hands them over."""
    taken = tuple(_DATA)
    _DATA.clear()
    return taken


def data_read() -> tuple[str, ...]:
    """Return the notes of data, oldest first."""
    return tuple(_DATA)


def is_about(note: str, dataset: str, measures: Iterable[str] | None = None) -> bool:
    """Tell whether a note of data means a data set.

    Parameters
    ----------
    note
        See above.
    dataset
        Its name, "<table>/<source>".
    measures
        The measures that it holds; None where that is not known or it has none.

    >>> is_about("spells", "spells/hes"), is_about("spells/hes", "spells/sus")
    (True, False)
    >>> is_about("measure_values:beds", "measure_values/kh03", ["beds", "occupancy"])
    True
    """
    table, _, measure = note.partition(":")
    if measure:
        return dataset.startswith(f"{table}/") and (measures is None or measure in measures)
    return note in (dataset, dataset.partition("/")[0])

"""The register's measures added up over all providers, beside what was published for England.

`docs/reference/national-figures.yml` has the published figures, typed from the publications, and beside each
what the mart adds up to. `make national` works the latter out anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from helpers.data.mart import Mart
from helpers.register import Register

#: counts behind a figure: the numerator and, of a share, the denominator
Counts = tuple[float, float | None]

_SUMS = """
    SELECT sum(numerator), sum(denominator), count(numerator)
    FROM measure_values_rolled_up v
    WHERE measure = $measure AND period = $period::DATE AND period_type = $kind AND source = $source
        AND basis = 'provider' AND status <> 'plan' AND coalesce(unit_code, specialty_code, breakdown) IS NULL
        AND org_code NOT IN (SELECT org_code FROM organisations WHERE kind IN ('country', 'region'))
"""
_ALL_OF_A_SOURCE = _SUMS.replace("measure_values_rolled_up", "measure_values_editions")


@dataclass(frozen=True)
class NationalFigure:
    """A published figure of England, and what the mart adds up to.

    Parameters
    ----------
    measure, period, kind
        What it is of; the period's first day, and whether it is a month or a quarter.
    source
        Data set of the mart that is added up.
    published, ours
        Numerator, and denominator where the measure has one.
    """

    measure: str
    period: str
    kind: str
    source: str
    where: str
    published: Counts
    why: str = ""
    ours: Counts | None = None
    organisations: int = 0


def read_figures(path: Path) -> list[NationalFigure]:
    """Return the figures of a file."""
    return [_figure(entry) for entry in yaml.safe_load(path.read_text("utf-8"))]


def _figure(entry: dict[str, Any]) -> NationalFigure:
    parts: dict[str, Any] = {
        name: tuple(part) if isinstance(part, list) else part for name, part in entry.items()
    }
    return NationalFigure(**parts)


def added_up(mart: Mart, figures: Iterable[NationalFigure]) -> Iterator[NationalFigure]:
    """Yield each figure with what the mart's providers add up to now."""
    for figure in figures:
        # what is worked out from several sources is no data set of its own
        sql = _SUMS if ", " in figure.source else _ALL_OF_A_SOURCE
        values = {name: getattr(figure, name) for name in ("measure", "period", "kind", "source")}
        ((numerator, denominator, many),) = mart.query(sql, values).itertuples(index=False, name=None)
        # a figure published without its base has none here either
        ours = (
            round(float(numerator), 4),
            None if denominator != denominator else round(float(denominator), 4),
        )
        yield replace(figure, ours=ours, organisations=int(many))


def table_lines(register: Register, figures: Sequence[NationalFigure]) -> list[str]:
    """Return the section of the data dictionary: each figure beside ours, and the measures that have none."""
    lines = [
        "## National totals",
        "",
        "What the providers in the mart add up to, beside the figure that was published for England: the newest",
        "period of which both are held. `make national` works our side out anew from loaded open data.",
        "",
        "| measure | period | published | ours | providers | ours / published | read in | why they differ |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(figure) for figure in figures if figure.ours is not None]
    without = sorted(set(register.measures) - {figure.measure for figure in figures})
    names = ", ".join(f"`{name}`" for name in without)
    return [*lines, "", f"No national figure of the same definition stands beside: {names}."]


def _line(figure: NationalFigure) -> str:
    assert figure.ours is not None
    ratio = f"{figure.ours[0] / figure.published[0]:.4f}"
    cells = (
        f"`{figure.measure}`",
        figure.period[:7] if figure.kind == "month" else f"quarter from {figure.period[:7]}",
        _shown(figure.published),
        _shown(figure.ours),
        str(figure.organisations),
        ratio,
        figure.where,
        figure.why,
    )
    return f"| {' | '.join(cells)} |"


def _shown(counts: Counts) -> str:
    numerator, denominator = counts
    if denominator is None:
        return f"{numerator:,.10g}"
    return f"{100 * numerator / denominator:.2f} % ({numerator:,.0f} of {denominator:,.0f})"


def _written(figures: Iterable[NationalFigure]) -> str:
    entries = [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(figure).items()}
        for figure in figures
    ]
    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=1000)


if __name__ == "__main__":
    folder, file = map(Path, sys.argv[1:])
    mart = Mart(folder)
    file.write_text(_written(added_up(mart.at(mart.version), read_figures(file))), "utf-8")

"""`system_view`: a system of trusts as one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from helpers.analyses.systems import words
from helpers.analyses.systems.columns import PARTS, held_columns, scenario_columns
from helpers.analyses.systems.findings import EMERGENCY_SHARE, Ranged, scenarios_of
from helpers.analyses.systems.known import COMMISSIONED, MONTHS, STEPS, KnownSystem
from helpers.bundle import Cell, Column
from helpers.data.organisations.systems import KINDS
from helpers.errors import Problem, UsageError, near_misses, raise_all
from helpers.measures.attention_words import attention_clauses
from helpers.measures.columns import (
    ASSURANCE,
    DATED,
    IN_WORDS,
    MEASURE,
    NUMBERS,
    TARGET,
    VARIATION,
    dated_cell,
    spark_of,
)
from helpers.measures.figures import figure_words, short_period_words
from helpers.measures.pictures import chart_of_result, multiples_of
from helpers.measures.result import MeasureResult
from helpers.measures.sums import SMALL
from helpers.measures.words import what_sentences
from helpers.phrases import phrase, phrases
from helpers.report.arguments import names_near_misses
from helpers.report.charts.multiples import ROWS, pictures_of_rows
from helpers.report.columns import Filled, fields, laid_out, text
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections, first_bold
from helpers.report.words import count, listed, month, number, sentence
from helpers.theme.markdown import escape_markdown

SERIES: Final = fields(__file__, "series")


def pictures_of(
    sections: Sections, drawn: Sequence[MeasureResult], steps: Mapping[str, Collection[str]]
) -> Iterator[Part]:
    """Yield pictures of about as many rows each, in order; `steps` are the measures of each step by its name."""
    for place, those in enumerate(pictures_of_rows(len(drawn), ROWS)):
        some = drawn[those]
        named = [step for step, names in steps.items() if any(each.measure.id in names for each in some)]
        latest = [(each, each.latest) for each in some if each.latest is not None]
        yield sections.part(
            f"charts-{place + 1}",
            fields=SERIES,
            rows=[
                (each.measure.name, day.isoformat(), None if np.isnan(value) else float(value))
                for each in some
                for day, value in zip(each.series.days, each.series.shown, strict=True)
            ],
            caption=f"{listed(named).capitalize()}: the system's own sums, with means, limits and targets where limits "
            "rest on enough months.",
            alt=" ".join(
                f"{each.measure.name}: Latest {figure_words(each.measure, at.value)}, {month(at.day)}."
                for each, at in latest
            ),
            chart=partial(multiples_of, some),
        )


#: per cent: what the models are asked about
CHANGE = 10.0


@names_near_misses
def system_view(report: Report, *, months: int = MONTHS, change: float = CHANGE) -> SystemView:
    """Return an integrated care board or a region as one, from the published figures of its trusts.

    Parameters
    ----------
    report
        The open report, on a board or a region; the last month of its period is the newest that may be used.
    months
        How many months charts go back.
    change
        Per cent: the size of the changes that the models are asked about.

    Raises
    ------
    UsageError
        With every option that cannot be.
    DataError
        Where the organisation is neither, or the data name no trust of it.
    """
    problems = []
    if months < 13:
        problems.append(Problem("months", str(months), "13 or more: a chart's limits need 13 values"))
    if not 0 < change <= 100:
        problems.append(Problem("change", f"{change:g}", "per cent, more than 0 and at most 100"))
    raise_all(problems)
    return SystemView(report.apart(), months=months, change=change)


class SystemView(Sections):
    """A system as one; see `system_view`."""

    def __init__(self, report: Report, *, months: int, change: float) -> None:
        self.known, self.change = KnownSystem(report, months), change
        super().__init__(report, self.known.datasets)

    @part
    def headline(self) -> Headline:
        """What a board should know first: what is wrong, what holds patients back, and what of it lies outside."""
        results = list(self.known.results.values())
        said = {
            **words.problem_sentences(results),
            "answer": words.answer_sentence(results),
            "pressure": words.pressure_sentence(self.known.pressure),
            "outside": words.outside_sentence(self.known.held),
            "age": words.age_sentence(results),
        }
        return self.headline_of(first_bold(said))

    @part
    def steps(self) -> Part:
        """Every measure of the system's own sum, from the door to the way out."""
        places = {name: step for step, names in STEPS.items() for name in names}
        sums = self.known.sums
        columns: tuple[Filled[MeasureResult], ...] = (
            Filled("step", Column(label="Step"), lambda each: places[each.measure.id], usual=False),
            MEASURE,
            Filled("latest", text("Latest"), self._latest_cell, DATED.about),
            TARGET,
            VARIATION,
            ASSURANCE,
            Filled("trend", Column(label="Trend", kind="spark"), spark_of, "all values; dotted the target"),
            IN_WORDS,
            Filled("trusts", Column(label="Trusts", kind="rate"), lambda each: len(sums[each.measure.id].trusts),
                   "in the sum", usual=False),
            *NUMBERS,
        )  # fmt: skip
        trusts = words.trusts_words(sums.values(), len(self.known.system.trusts))
        missing = [each.name for name, each in self.known.measures.items() if name not in sums]
        none = f"No trust of the system has published figures of: {'; '.join(missing)}." if missing else ""
        return self.part(
            "steps",
            **laid_out(columns, self.known.results.values()),
            by="step",
            caption=f"{self.report.organisation.name} as one: sums over {trusts}.",
            note=escape_markdown(none),
        )

    def _latest_cell(self, result: MeasureResult) -> Cell:
        bound = self.known.sums[result.measure.id].later_bound
        latest = dated_cell(result)
        if bound is None:
            return latest
        when = short_period_words(bound[0], result.measure.frequency)
        return f"{latest or ''}\nat least {number(bound[1], result.measure.digits)} in {when}".strip()

    @part
    def charts(self) -> Part:
        """Small charts of the sums whose limits rest on enough months, some steps to a picture."""
        drawn = [each for each in self.known.results.values() if each.drawn and not each.too_few]
        pictures = list(pictures_of(self, drawn, STEPS))
        return self.composed(
            "charts",
            lambda: (shown for each in pictures for shown in each.shown),
            fields=SERIES,
            rows=[row for each in pictures for row in each.rows],
        )

    def measure(self, name: str) -> Part:
        """Return one measure in full: its chart, and what it says.

        Parameters
        ----------
        name
            Its id in the register.
        """
        known = list(self.known.results)
        if name not in known:
            allowed = ", ".join(known) or "none: the trusts have no figures"
            raise UsageError("measure", repr(name), allowed, near_misses(name, known))
        result = self.known.results[name]
        said = {"meaning": result.measure.description, "latest": what_sentences(result)}
        if reasons := attention_clauses(result):
            said["attention"] = sentence("; ".join(reasons))
        if result.comment is not None:
            said["comment"] = f"{result.comment.why} {result.comment.next}".strip()
        return self.part(
            f"sum-{name.replace('_', '-')}",
            caption=f"{result.measure.name}: {self.report.organisation.name} as one.",
            alt=what_sentences(result),
            words={key: escape_markdown(text) for key, text in said.items()},
            chart=partial(chart_of_result, result) if result.drawn else None,
        )

    @part
    def beds(self) -> Part:
        """Who holds the beds: beds in use as admissions times stay, and what of it is held on the way out."""
        found = self.known.pressure
        said = {"pressure": words.pressure_sentence(found)}
        if found is None:
            return self.part("beds", rows=(), words=said)
        told = {
            "occupied": ("Beds in use", 0),
            "waiting": ("of which held by patients who could leave", 0),
            "days": ("Bed-days for each emergency admission", 1),
            "days_waiting": ("of which of patients who could leave", 1),
        }
        figures: dict[str, Ranged] = {name: getattr(found, name) for name in told}
        values = {name: figure.value for name, figure in figures.items()}
        for name, figure in figures.items():
            values |= {f"{name}_low": figure.low, f"{name}_high": figure.high}
        when = f"{month(found.month)} and the latest {count(found.months, 'whole month')}"
        return self.part(
            "beds",
            rows=[
                (label, number(figures[name].value, digits), words.ends(figures[name], digits))
                for name, (label, digits) in told.items()
            ],
            caption=f"Beds and days: {when}, {count(len(found.trusts), 'trust')} with all three figures.",
            words=said,
            values=values,
        )

    @part
    def way_out(self) -> Part:
        """What patients who could leave wait for, by who could act."""
        found, said = self.known.held, {"outside": words.outside_sentence(self.known.held)}
        if found is None:
            return self.part("way-out", words=said)
        return self.part(
            "way-out",
            **laid_out(held_columns(found), found.groups),
            caption=f"What patients who could leave wait for, {month(found.month)}.",
            note=escape_markdown(words.way_out_note(found)),
            words=said,
        )

    @part
    def organisations(self) -> Part:
        """Each trust's part of the sums, by name: parts of a whole, and no ranking."""
        trusts = self.known.system.trusts
        heads = [Field("trust", Column(label="Trust")), Field("code", Column(label="Code"), usual=False)]
        cells: list[dict[str, float]] = []
        for name, label in PARTS.items():
            found = self.known.sums.get(name)
            if found is None or found.latest is None:
                continue
            head = f"{label}, {short_period_words(found.latest, 'month')}"
            heads.append(Field(name, Column(label=head, kind="count")))
            latest = found.parts.xs(pd.Timestamp(found.latest), level="period")["numerator"]
            cells.append({str(code): float(each) for code, each in [*latest.items(), ("", latest.sum())]})
        codes = [code for code in trusts if any(code in each for each in cells)]
        rows: list[tuple[Cell, ...]] = [
            (trusts.get(code, "Sum"), code, *(each.get(code) for each in cells)) for code in (*codes, "")
        ]
        note = "By name. What lies behind a figure, such as size, services and the people served, differs by trust."
        return self.part(
            "organisations",
            fields=heads,
            rows=rows if codes else [],
            caption="The parts of the sums.",
            note=f"{note} Empty: no such figure, or not in the sum.",
            none="No trust of the system has these figures for a whole month.",
        )

    @part
    def population(self) -> Part:
        """What the board's own people wait, wherever they are treated, beside the sums over trusts."""
        theirs, own = self.known.results, self.known.commissioned
        if not own:
            kind = KINDS[self.report.organisation.kind]
            return self.part(
                "population", none=f"The data hold no figures of this {kind} as a commissioner."
            )
        rows = [
            (
                self.known.measures[name].name,
                *(dated_cell(some[name]) if name in some else None for some in (theirs, own)),
                words.short_history(own.get(name)),
            )
            for name in COMMISSIONED
            if name in theirs or name in own
        ]
        return self.part(
            "population",
            rows=rows,
            caption="Patients of the system's trusts, and people whom the board is responsible for.",
            words={"apart": phrase("method.system_view.population"), "lacking": self._lacking},
        )

    @property
    def _lacking(self) -> str:
        """Say which figures of the board's own people lack those at trusts that returned none in that month."""
        missing = {name: each.missing for name, each in self.known.sums.items()}
        own = {name: each.latest.day for name, each in self.known.commissioned.items() if each.latest}
        short = [name for name, day in own.items() if day in missing.get(name, ())]
        gone = {code for name in short for code in missing[name][max(missing[name])]}
        trusts = [each for code, each in self.known.system.trusts.items() if code in gone]
        return escape_markdown(
            words.lacking_sentence([self.known.measures[name].name for name in short], trusts)
        )

    @part
    def models(self) -> Part:
        """What a change in one place would give in another by the models, as a range."""
        pressure = self.known.pressure
        found = scenarios_of(pressure, self.known.held, self.change) if pressure else ()
        said = {"models": words.scenario_words(found, self.change)}
        return self.part(
            "models",
            **laid_out(scenario_columns(self.change), found),
            caption=f"What changes of {self.change:g}% would give by the models.",
            note="One at a time: the rows overlap and must not be added.",
            words=said,
        )

    @part
    def gaps(self) -> Part:
        """Whose figures the sums lack."""
        said = words.gap_sentences(list(self.known.sums.values()), self.known.system.trusts)
        none = "Every trust with a figure has one for every month of the charts."
        return self.points("gaps", said, none=none)

    @part
    def method(self) -> Part:
        """How sums, beds and models are worked out, and what is assumed, point by point."""
        least, most = EMERGENCY_SHARE
        trusts = len(self.known.system.trusts)
        said = phrases("method.system_view", trusts=trusts, small=SMALL, least=least, most=most)
        others = ("population",) if self.known.system.former else ("population", "former")
        return self.part("method", words={k: v for k, v in said.items() if k not in others}, bulleted=True)

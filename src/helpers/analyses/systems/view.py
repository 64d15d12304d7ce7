"""The system view in parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analyses.systems import words
from helpers.analyses.systems.charts import SERIES, pictures_of
from helpers.analyses.systems.columns import PARTS, PRESSURE, held_columns, scenario_columns
from helpers.analyses.systems.findings import (
    EMERGENCY_SHARE,
    Pressure,
    Ranged,
    scenarios_of,
)
from helpers.analyses.systems.known import COMMISSIONED, STEPS, KnownSystem
from helpers.bundle import Cell, Column
from helpers.data.systems import KINDS
from helpers.errors import Problem, UsageError, near_misses
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
from helpers.measures.figures import short_period_words
from helpers.measures.pictures import chart_of_result
from helpers.measures.result import MeasureResult
from helpers.measures.sums import SMALL
from helpers.measures.words import what_sentences
from helpers.phrases import phrase
from helpers.report.columns import Filled, laid_out
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.words import count, month, number, sentence
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.report import Report


class SystemView(Sections):
    """A system as one.

    Parameters
    ----------
    report
        The open report, on a board or a region.
    months
        How many months charts go back.
    change
        Per cent: the size of the changes that the models are asked about.
    """

    def __init__(self, report: Report, *, months: int, change: float) -> None:
        self.known, self.change = KnownSystem(report, months), change
        super().__init__(report, self.known.datasets)

    @part
    def headline(self) -> Headline:
        """What a board should know first: what is wrong, what holds patients back, and what of it lies outside."""
        said = words.problem_sentences(list(self.known.results.values()))
        first, *_ = said
        said = {name: escape_markdown(text) for name, text in said.items()}
        said |= {
            first: f"**{said[first]}**",
            "answer": escape_markdown(words.answer_sentence(list(self.known.results.values()))),
            "pressure": words.pressure_sentence(self.known.pressure),
            "outside": words.outside_sentence(self.known.held),
        }
        age = {"age": said.pop("age")} if "age" in said else {}
        return self.headline_of(said | age)

    @part
    def steps(self) -> Part:
        """Every measure of the system's own sum, from the door to the way out."""
        places = {name: step for step, names in STEPS.items() for name in names}
        columns: tuple[Filled[MeasureResult], ...] = (
            Filled("step", Column(label="Step"), lambda each: places[each.measure.id], usual=False),
            MEASURE,
            Filled("latest", Column(label="Latest", kind="text"), self._latest_cell, DATED.about),
            TARGET,
            VARIATION,
            ASSURANCE,
            Filled("trend", Column(label="Trend", kind="spark"), spark_of, "all values; dotted the target"),
            IN_WORDS,
            Filled(
                "trusts", Column(label="Trusts", kind="rate"), self._trusts_cell, "in the sum", usual=False
            ),
            *NUMBERS,
        )
        trusts = words.trusts_words(self.known.sums.values(), len(self.known.system.trusts))
        missing = [each.name for name, each in self.known.measures.items() if name not in self.known.sums]
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

    def _trusts_cell(self, result: MeasureResult) -> Cell:
        return len(self.known.sums[result.measure.id].trusts)

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
        if name not in self.known.results:
            known = ", ".join(self.known.results) or "none: the trusts have no figures"
            raise UsageError(
                Problem("measure", repr(name), known, near_misses(name, list(self.known.results)))
            )
        result = self.known.results[name]
        said = {"meaning": result.measure.description, "latest": what_sentences(result)}
        reasons = attention_clauses(result)
        if reasons:
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
        rows = [] if found is None else [
            ("Beds in use", *_latest(found.occupied)),
            ("of which held by patients who could leave", *_latest(found.waiting)),
            ("Bed-days for each emergency admission", *_latest(found.days, 1)),
            ("of which of patients who could leave", *_latest(found.days_waiting, 1)),
        ]  # fmt: skip
        when = (
            ""
            if found is None
            else f"{month(found.month)} and the latest {count(found.months, 'whole month')}"
        )
        return self.part(
            "beds",
            fields=PRESSURE,
            rows=rows,
            caption=f"Beds and days: {when}, {count(len(found.trusts), 'trust')} with all three figures."
            if found
            else "",
            words={"pressure": words.pressure_sentence(found)},
            values={} if found is None else _values(found),
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
        shown = [
            name for name in PARTS if name in self.known.sums and self.known.sums[name].latest is not None
        ]
        cells = {name: self._latest_parts(name) for name in shown}
        codes = [
            code for code in self.known.system.trusts if any(code in each.index for each in cells.values())
        ]
        fields = [Field("trust", Column(label="Trust")), Field("code", Column(label="Code"), usual=False)]
        for name in shown:
            latest = self.known.sums[name].latest
            when = short_period_words(latest, "month") if latest else ""
            fields.append(Field(name, Column(label=f"{PARTS[name]}, {when}", kind="count")))
        rows: list[tuple[Cell, ...]] = [
            (self.known.system.trusts[code], code, *(_cell(cells[name], code) for name in shown))
            for code in codes
        ]
        rows.append(("Sum", "", *(float(cells[name].sum()) for name in shown)))
        note = "By name. What lies behind a figure, such as size, services and the people served, differs by trust."
        return self.part(
            "organisations",
            fields=fields,
            rows=rows if codes else [],
            caption="The parts of the sums.",
            note=f"{note} Empty: no such figure, or not in the sum.",
            words={} if codes else {"none": "No trust of the system has these figures for a whole month."},
        )

    def _latest_parts(self, name: str) -> pd.Series:
        found = self.known.sums[name]
        parts: pd.Series = found.parts.xs(pd.Timestamp(str(found.latest)), level="period")["numerator"]
        return parts

    @part
    def population(self) -> Part:
        """What the board's own people wait, wherever they are treated, beside the sums over trusts."""
        both = [
            name for name in COMMISSIONED if name in self.known.results or name in self.known.commissioned
        ]
        rows = [
            (
                self.known.measures[name].name,
                dated_cell(self.known.results[name]) if name in self.known.results else None,
                dated_cell(self.known.commissioned[name]) if name in self.known.commissioned else None,
                words.short_history(self.known.commissioned.get(name)),
            )
            for name in both
        ]
        if not self.known.commissioned:
            kind = KINDS[self.report.organisation.kind]
            said = f"The data hold no figures of this {kind} as a commissioner."
            return self.part("population", words={"none": said})
        return self.part(
            "population",
            fields=(
                Field("measure", Column(label="Measure")),
                Field("trusts", Column(label="Treated by its trusts", kind="text")),
                Field("people", Column(label="Its own people", kind="text"), "on the commissioner's basis"),
                Field("in_words", Column(label="Its own people, in words", kind="text")),
            ),
            rows=rows,
            caption="Patients of the system's trusts, and people whom the board is responsible for.",
            words={"apart": phrase("method.system_view.population"), "lacking": self._lacking},
        )

    @property
    def _lacking(self) -> str:
        """Say which figures of the board's own people lack those at trusts that returned none in that month."""
        short = [
            name
            for name, own in self.known.commissioned.items()
            if name in self.known.sums
            and own.latest is not None
            and own.latest.day in self.known.sums[name].missing
        ]
        gone = {
            code
            for name in short
            for code in self.known.sums[name].missing[max(self.known.sums[name].missing)]
        }
        return escape_markdown(
            words.lacking_sentence(
                [self.known.measures[name].name for name in short],
                [each for code, each in self.known.system.trusts.items() if code in gone],
            )
        )

    @part
    def models(self) -> Part:
        """What a change in one place would give in another by the models, as a range."""
        found = (
            []
            if self.known.pressure is None
            else scenarios_of(self.known.pressure, self.known.held, self.change)
        )
        said = {"models": words.scenario_words(found, self.change)}
        if not found:
            return self.part("models", words=said)
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
        named = {f"gap_{number}": escape_markdown(each) for number, each in enumerate(said, 1)}
        none = {"none": "Every trust with a figure has one for every month of the charts."}
        return self.part("gaps", words=named or none, bulleted=bool(named))

    @part
    def method(self) -> Part:
        """How sums, beds and models are worked out, and what is assumed, point by point."""
        least, most = EMERGENCY_SHARE
        former = phrase("method.system_view.former") if self.known.system.former else ""
        said = {
            "sums": phrase("method.system_view.sums", trusts=len(self.known.system.trusts), small=SMALL),
            **({"former": former} if former else {}),
            "spc": phrase("method.system_view.spc"),
            "beds": phrase("method.system_view.beds"),
            "reasons": phrase("method.system_view.reasons"),
            "models": phrase("method.system_view.models", least=least, most=most),
            "not_ranked": phrase("method.system_view.not_ranked"),
            "no_lags": phrase("method.system_view.no_lags"),
        }
        return self.part("method", words=said, bulleted=True)


def _values(found: Pressure) -> dict[str, float]:
    """Return beds and days as numbers: latest, least, most."""
    figures = ("occupied", "waiting", "days", "days_waiting")
    return {
        name if end == "value" else f"{name}_{end}": getattr(getattr(found, name), end)
        for name in figures
        for end in ("value", "low", "high")
    }


def _latest(figure: Ranged, digits: int = 0) -> tuple[str, str]:
    return number(figure.value, digits), words.ends(figure, digits)


def _cell(parts: pd.Series, code: str) -> Cell:
    return float(parts[code]) if code in parts.index else None

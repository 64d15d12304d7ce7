"""`oversight`: score of each published metric, segment, what moves it most and how far it is to the next one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from helpers.analyses.oversight_framework import words
from helpers.analyses.oversight_framework.standing import Standing
from helpers.bundle import Cell
from helpers.data.series.oversight import oversight_rows
from helpers.errors import DataError, UsageError
from helpers.measures.columns import DATED, IN_WORDS, MEASURE
from helpers.measures.gathering import datasets_behind, results_for
from helpers.measures.result import MeasureResult
from helpers.phrases import phrase, phrases
from helpers.register.contract import year_of
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.columns import Filled, fields, laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import number
from helpers.theme.markdown import escape_markdown
from helpers.theme.sparks import spark_cell

if TYPE_CHECKING:
    from matplotlib.figure import Figure


METRICS: Final = fields(__file__, "metrics")


def oversight(report: Report) -> Oversight:
    """Return where the report's organisation stands by the national oversight framework of its quarter.

    Parameters
    ----------
    report
        The open report on a trust; the quarter that holds its last month is looked at, with those before it.

    Raises
    ------
    UsageError
        Where the register has no framework of that year.
    DataError
        Where nothing is published of the organisation for that quarter.
    """
    return analyse_in_room(Oversight, report.apart())


class Oversight(Sections):
    """The whole report."""

    def __init__(self, report: Report) -> None:
        last, years, code = (
            pd.Timestamp(report.period.last),
            report.register.oversight,
            report.organisation.code,
        )
        name, wanted = f"oversight/{year_of(last)}.yml", words.quarter(last)
        if year_of(last) not in years:
            cure = "write the framework of that year: docs/explanation/oversight.md"
            raise UsageError(name, "missing", ", ".join(years), cure)
        rows, ids = oversight_rows(report.mart, last.date()), years[year_of(last)].rows
        own = rows[(rows["org_code"] == code) & (rows["metric"] == ids["average"])]
        held = list(map(words.quarter, own["period"]))
        if wanted not in held:
            have, cure = ", ".join(held) or "none is loaded", "load the published file of that quarter"
            raise DataError(code, f"no average score in {wanted}", have, cure)
        self.standing = Standing(rows, code, years)
        if self.standing.metrics.empty:
            came = f"{ids['score']}: no score of {wanted} begins so"
            raise DataError(f"{name}, rows, score", came, cure="mend the file")
        known, same = report.register.measures, self.standing.metrics.dropna(subset="measure")
        self._same = same[same["measure"].isin(list(known))].set_index("measure")
        self._owners = {row["id"]: known[str(of)].owner for of, row in self._same.iterrows()}
        asked = tuple(map(str, self._same.index))
        self._own = tuple(results_for(report, asked)) if asked else ()
        super().__init__(report, sorted({"oversight", *datasets_behind(self._own)}))

    @part
    def headline(self) -> Headline:
        """What a board should know first: segment, what moves it, the way to the next, rank, movement, who answers."""
        now, first = self.standing, self.standing.metrics[: words.NAMED]
        owned = first[(first["fall"] > 0) & first["id"].map(self._owners).fillna("").ne("")][:1]
        said = {
            "lead": f"**{words.lead(now)}**",
            "movers": words.movers(now),
            "way": words.way(now),
            "place": words.place(now),
            "change": words.change(now),
            "acts": "".join(
                f"{escape_markdown(self._owners[n])} answers for {words.names(owned)}." for n in owned["id"]
            ),
            "recovery": phrase("statements.oversight.recovery") if now.figure("recovery") == 1 else "",
            "check": self._check,
        }
        values = {name: _cell(now.figure(name)) for name in ("average", "segment", "unadjusted")}
        return self.headline_of({name: text for name, text in said.items() if text}, values)

    @property
    def _check(self) -> str:
        average, mean = number(self.standing.figure("average"), 2), number(self.standing.mean, 3)
        return (
            "" if self.standing.agrees else phrase("statements.oversight.check", average=average, mean=mean)
        )

    @part
    def trusts(self) -> Part:
        """Figure: the average score of every trust of the kind, and where a better and a worse segment lie."""
        now = self.standing
        told = now.peers[now.year.rows["average"]].dropna().sort_values()
        return self.part(
            "trusts",
            rows=[(str(code), float(value)) for code, value in told.items()],
            caption=f"Average scores of {now.kind.lower()}s, {words.quarter(now.day)}: the lowest is the best.",
            alt=f"Dots from {number(told.iloc[0], 2)} to {number(told.iloc[-1], 2)}. {words.lead(now)}",
            chart=lambda: self._drawn(told),
        )

    def _drawn(self, told: pd.Series[float]) -> Figure:
        from helpers.report.charts.rates import caterpillar_chart

        value, code = np.asarray(told, dtype=float), self.report.organisation.code
        alone = self.standing.alone
        ends = (f"segment {alone - 1} ends", f"segment {alone + 1} begins")
        named = zip(ends, self.standing.ends, strict=True)
        lines = [(name, at) for name, at in named if not math.isnan(at)]
        own, label = list(told.index).index(code), f"{code}: {number(told[code], 2)}"
        return caterpillar_chart(value, (value, value), own, label=label, lines=lines, unit="average score")

    @part
    def quarters(self) -> Part:
        """Table: average, segment with and without the override, and rank, quarter by quarter."""
        now, rows = self.standing, []
        ranks = now.ranks.get(now.year.rows["segment"], pd.Series(dtype=float))
        for day in reversed(now.past.index):
            numbers = (_cell(now.figure(name, day)) for name in ("average", "segment", "unadjusted"))
            flag = now.figure("override", day)
            held = "" if math.isnan(flag) else "yes" if flag else "no"
            rows.append((words.quarter(day), *numbers, held, _cell(ranks.get(day, math.nan))))
        return self.part(
            "quarters",
            rows=rows,
            caption="Quarter by quarter.",
            note=phrase("statements.oversight.override", limit=now.year.no_better_than),
        )

    @part
    def metrics(self) -> Part:
        """Table: every scored metric by domain, the worst domain and score first, with what moves the average."""
        now, rows = self.standing, self.standing.year.rows
        score, segment = (
            now.now[now.now.index.str.startswith(rows[kind])].set_index("domain")["value"]
            for kind in ("domain_score", "domain_segment")
        )
        frame = now.metrics.assign(
            owner=now.metrics["id"].map(self._owners),
            past=[spark_cell(each, digits=2) for each in now.metrics["past"]],
            worst=now.metrics["domain"].map(score),
        ).sort_values(["worst", "domain", "score"], ascending=[False, True, False])
        heads = {
            name: f"{name}: score {number(score[name], 2)}, segment {number(segment.get(name, math.nan))}"
            for name in score.index
        }
        frame["domain"] = frame["domain"].map(lambda name: heads.get(name, name))
        return self.part(
            "metrics",
            rows=[
                tuple(map(_cell, row))
                for row in frame[[each.name for each in METRICS]].itertuples(index=False)
            ],
            by="domain",
            caption=f"Scores by metric, {words.quarter(now.day)}: 1 is the best, 4 the worst.",
            note=f"{phrases('statements.oversight.ends')[now.year.segments]} {phrase('statements.oversight.domains')}",
        )

    @part
    def own_measures(self) -> Part:
        """Table: measures of the register of the same thing, as our own data have them now."""
        if not self._own:
            return self.part("own-measures", words={"none": phrase("statements.oversight.none_own")})
        told = Filled("published", text("In the framework"), self._published)
        caption, note = "Our own measures of the same.", phrase("statements.oversight.own")
        columns = laid_out((MEASURE, told, DATED, IN_WORDS), self._own)
        return self.part("own-measures", **columns, caption=caption, note=note)

    def _published(self, result: MeasureResult) -> Cell:
        row = self._same.loc[result.measure.id]
        return f"{row['value'] or 'no value'}\n{row['reported']}"

    @part
    def gaps(self) -> Part:
        """What does not fit or is not known: the mean, metrics that the year's file lacks, what was not read."""
        year, metrics = self.standing.year, self.standing.metrics
        new = metrics[[name not in year.metrics for name in metrics["id"]]]
        told = {"check": self._check} | {
            f"unread_{n}": f"Not read: {text}." for n, text in enumerate(year.unread)
        }
        if len(new):
            told["new"] = phrase(
                "statements.oversight.new", metrics="; ".join(new["id"] + " " + new["metric"])
            )
        return self.part("gaps", words={k: escape_markdown(v) for k, v in told.items() if v}, bulleted=True)

    @part
    def method(self) -> Part:
        """How it is worked out, and from which documents."""
        year = self.standing.year
        told = phrases("method.oversight", limit=year.no_better_than)
        return self.part(
            "method", words={**told, "source": escape_markdown(f"Source: {year.source}.")}, bulleted=True
        )


def _cell(value: Any) -> Cell:
    if isinstance(value, float):
        return None if math.isnan(value) else round(float(value), 2)
    return str(value) if value else None

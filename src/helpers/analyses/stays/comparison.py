"""Whether patients stay longer than the benchmark, and how much of it is who they are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.basis import StayBasis
from helpers.bundle import SUPPRESSED, Cell
from helpers.phrases import phrase, phrases
from helpers.report.charts import comparison
from helpers.report.parts import Part
from helpers.report.words import capital, days, listed, number, sentence
from helpers.stats import los

#: spells of all trusts on which a coefficient rests at least
FEWEST_PER_TERM: Final = 20


# --- crude --------------------------------------------------------------------------------------------


def crude(basis: StayBasis) -> Part:
    """Return the mean stay against the benchmark, with and without zero-day stays."""
    found, usual, told = basis.found, basis.options.zero_day_stays, basis.found.told
    names = ("With zero-day stays", "Without zero-day stays")
    table = pd.DataFrame([found.crude, found.crude_of(zero_day=not usual)], dtype=float)
    queries = [told.all_stays(zero_day=each) for each in (usual, not usual)]
    cells = [
        [told.derived(value, query) for value, query in zip(table[name], queries, strict=True)]
        for name in ("mean", "benchmark", "deviation", "lower", "upper")
    ]
    rows = list(zip([told.cell(query) for query in queries], *cells, strict=True))
    ordered = rows if usual else rows[::-1]
    difference = (
        los_words.crude_sentence(
            basis.wording, *(found.crude[name] for name in ("mean", "benchmark", "lower", "upper"))
        )
        if told.shows_mean(told.stays)
        else phrase("reasons.stays.mean_hidden")
    )
    return basis.part(
        "crude",
        rows=[(name, *row) for name, row in zip(names, ordered, strict=True)],
        caption=f"Mean stay against {basis.wording.benchmark}, {basis.report.period.label}.",
        words={"difference": difference, "spread": _spread_words(basis)},
        values_of_row=0 if usual else 1,
    )


def _spread_words(basis: StayBasis) -> str:
    """Say what the benchmark hides."""
    pooled, unweighted = basis.found.national
    spread = f"the other trusts' mean is {days(pooled)} over all patients"
    if np.isfinite(unweighted):
        spread += f" and {days(unweighted)} with every trust counting once"
    return sentence(spread)


# --- split --------------------------------------------------------------------------------------------


def split(basis: StayBasis) -> Part:
    """Return how the benchmark becomes the trust's mean, by case mix and by length."""
    found, wording, told = basis.found.split, basis.wording, basis.found.told
    if not told.shows_mean(told.stays):  # which it would give
        return basis.part("split", words={"split": phrase("reasons.stays.mean_hidden")})
    level = [comparison.Step("All other trusts", found["level"])] if found["level"] else []
    steps = (
        comparison.Step(capital(wording.benchmark), found["benchmark"], total=True),
        *level,
        comparison.Step("Case mix", found["mix"]),
        comparison.Step("Length for like patients", found["length"], judged=True),
        comparison.Step("This trust", found["mean"], total=True),
    )
    # an exact mean that is drawn would tell the exact number of patients by its denominator
    drawn = [replace(step, value=round(float(step.value), 1)) for step in steps]
    moves = (f"{step.label.lower()} {number(step.value, 1, signed=True)}" for step in steps[1:-1])
    return basis.part(
        "split",
        rows=[(step.label, step.value) for step in drawn],
        caption=f"From {wording.benchmark} to this trust's mean stay.",
        alt=(
            f"Bars from {wording.benchmark} of {days(found['benchmark'])} to this trust's mean of "
            f"{days(found['mean'])}: {listed(moves)}."
        ),
        words={
            "split": los_words.split_sentence(wording, found["mix"], found["length"], level=found["level"]),
            "kitagawa": los_words.kitagawa_sentence(*basis.found.kitagawa),
            "unmatched": phrase("reasons.stays.unmatched")
            if basis.found.adjusted["unmatched_spells"]
            else "",
        },
        values={name: round(float(found[name]), 1) for name in ("benchmark", "mix", "length", "mean")},
        chart=partial(comparison.split_chart, drawn, unit="days"),
    )


# --- adjusted -----------------------------------------------------------------------------------------


def adjusted(basis: StayBasis) -> Part:
    """Return observed over expected bed-days and, beside it, the regression."""
    found, ratio = basis.found, basis.found.ratio
    rows: list[tuple[Cell, ...]] = [("Observed over expected bed-days", ratio.value, ratio.low, ratio.high)]
    if found.model is not None:
        model = found.model
        rows.append((phrases("names.regressions")[model.family], model.ratio, model.lower, model.upper))
    sums, agreement = found.excess.groups[["observed", "expected"]].sum(), _agreement(basis)
    used = (
        f"About {number(sums['observed'])} bed-days were used; the same patients would have used "
        f"{number(sums['expected'])} at the stays of all other trusts."
    )
    values = {**{name: getattr(ratio, name) for name in ("low", "high")}, "ratio": ratio.value}
    values = {name: round(value, 2) for name, value in values.items()}
    if found.told.shows_mean(found.told.stays):
        values |= {"bed_days": round(sums["observed"]), "expected_bed_days": round(sums["expected"])}
    else:
        used = ""
    return basis.part(
        "adjusted",
        rows=rows,
        caption="Stay allowing for case mix.",
        note=f"{used} {agreement}".strip(),
        words={
            "ratio": los_words.ratio_sentence(basis.wording, ratio.value, ratio.low, ratio.high),
            "bed_days": used,
            "model": agreement,
        },
        values=values,
    )


def _agreement(basis: StayBasis) -> str:
    model, verdict = basis.found.model, basis.found.model_verdict
    if model is None or verdict is None:
        return phrase("reasons.stays.no_model")
    return los_words.model_sentence(model.ratio, model.lower, model.upper, disagrees=verdict.disagrees)


def model(basis: StayBasis) -> Part:
    """Return the regression: its formula, and every coefficient as a ratio of stays."""
    found = basis.found.model
    if found is None:
        # a notebook says the formula by name: then that there is none
        none = phrase("reasons.stays.no_model")
        return basis.part("model", rows=(), words={"formula": none, "agreement": none})
    covariates = list(dict.fromkeys(found.terms["term"]))
    return basis.part(
        "model",
        rows=[("own", "This trust", "all others", found.ratio, found.lower, found.upper), *_terms(found)],
        caption="Ratios of mean stays from the regression, all characteristics at once.",
        words={
            "formula": los_words.formula_sentence(found.family, covariates),
            "agreement": _agreement(basis),
        },
        values={
            "formula": " + ".join(["days ~ own", *covariates]),
            "family": phrases("names.regressions")[found.family],
            "dispersion": round(found.dispersion, 2),
        },
    )


def _terms(found: los.AdjustedRatio) -> list[tuple[Cell, ...]]:
    """Return the coefficients, hidden where they rest on few people."""
    figures = found.terms[["ratio", "lower", "upper"]].to_numpy(dtype=float).tolist()
    names = found.terms[["term", "level", "against"]].astype(str).to_numpy().tolist()
    few = (found.terms["spells"] < FEWEST_PER_TERM).to_list()
    return [
        (*name, *([SUPPRESSED] * len(row) if hidden else row))
        for name, row, hidden in zip(names, figures, few, strict=True)
    ]

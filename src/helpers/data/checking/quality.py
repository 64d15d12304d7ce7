"""The computed half of the data-quality kite mark: timeliness, completeness, validity, consistency.

The declared half, sign-off and audit, stands in the register. Findings say what is wrong with what the
mart holds; ratings say how far a measure of an organisation can be relied on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from helpers.data.checking.agreement import Disagreement, disagreements, told
from helpers.data.checking.oddities import Oddity, find_oddities
from helpers.data.mart import Mart
from helpers.data.periods import MONTHS, period_end
from helpers.data.sql import sql_beside
from helpers.register import Measure, Register

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["high", "medium", "low"]
Aspect = Literal["timeliness", "completeness", "validity", "consistency", "register"]
Rating = Literal["sufficient", "insufficient", "not_assessed"]

#: how far figures moved from edition to edition, for the rows that meet a condition
EDITIONS = sql_beside(__file__)["editions"]
#: most periods that may be missing for a series to count as complete
MISSING_ALLOWED = 0.05
#: share of figures that a later edition may change by more than the tolerance
CHANGED_ALLOWED, CHANGE_TOLERANCE = 0.10, 0.01
#: a rate of missed appointments below this means that they are not recorded (methods section 5)
DNA_RECORDED = 0.01
#: breakdowns whose categories stand beside the whole figure and are no parts of it
BESIDE = ("sector", "kind of bed", "commissioners", "published")
#: how many organisations a finding names
NAMED = 8
_ORDER: dict[Severity, int] = {"high": 0, "medium": 1, "low": 2}

#: how grave each kind of oddity is, and what it is about
_ODD: dict[str, tuple[Severity, Aspect]] = {
    "fraction": ("high", "validity"),
    "off target": ("high", "validity"),
    "no denominator": ("medium", "validity"),
    "step": ("medium", "validity"),
    "apart": ("medium", "validity"),
    "gap": ("low", "completeness"),
    "absent": ("low", "completeness"),
    "incomplete": ("medium", "completeness"),
    "few discharges": ("medium", "completeness"),
}

WHOLE = "unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL AND status <> 'plan'"


#: what stands for what in the words and queries of findings.yml
_NAMED = {"whole": WHOLE, "beside": BESIDE, "recorded": DNA_RECORDED}


@dataclass(frozen=True)
class QualityFinding:
    """Something about the data that a reader of reports should know; `each` has a line for every figure."""

    severity: Severity
    aspect: Aspect
    measure: str
    message: str
    organisations: tuple[str, ...] = ()
    each: tuple[str, ...] = ()


@dataclass(frozen=True)
class QualityRating:
    """The computed ratings of a measure of an organisation, each with its reason."""

    measure: str
    organisation: str
    timeliness: Rating
    completeness: Rating
    validity: Rating
    consistency: Rating
    reasons: tuple[str, ...] = ()


def check_data(mart: Mart, register: Register, *, today: date | None = None) -> list[QualityFinding]:
    """Return what `boardpack data check` shows, the most severe first."""
    if not mart.version:
        return [QualityFinding("high", "completeness", "", "the mart is empty: load data first")]
    mart, day = mart.at(mart.version), today or date.today()
    held = mart.fetch("SELECT DISTINCT measure FROM measure_values_all ORDER BY 1")
    message = "is in the mart but not in the register: no report can show it"
    findings = [
        *[
            QualityFinding("medium", "register", name, message)
            for (name,) in held
            if name not in register.measures
        ],
        *_stale_measures(mart, register, day),
        *_asked(mart, register, day),
        *_odd_figures(mart, register),
        *_changed_figures(mart),
        *_disagreements(mart),
    ]
    return sorted(findings, key=lambda found: (_ORDER[found.severity], found.aspect, found.measure))


def _asked(mart: Mart, register: Register, today: date) -> Iterator[QualityFinding]:
    """Yield a finding for each measure that a query of findings.yml names, with the organisations."""
    shares = [name for name, measure in register.measures.items() if measure.kind == "proportion"]
    values: dict[str, object] = {"shares": shares, "today": today}
    for doubt in yaml.safe_load(Path(__file__).with_name("findings.yml").read_text("utf-8")):
        message, sql = (doubt[key].format(**_NAMED) for key in ("says", "sql"))
        found = mart.query(sql, {name: value for name, value in values.items() if f"${name}" in sql})
        for measure, group in found.groupby("measure", sort=True):
            codes = tuple(dict.fromkeys(group["org_code"]))
            more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
            words = f"{message}: {', '.join(codes[:NAMED])}{more}"
            yield QualityFinding(doubt["severity"], doubt["aspect"], str(measure), words, codes)


def _stale_measures(mart: Mart, register: Register, today: date) -> list[QualityFinding]:
    latest = mart.fetch(
        "SELECT measure, period_type, max(period) AS period FROM measure_values_all "
        f"WHERE {WHOLE} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    findings = []
    for name, period_type, period in latest:
        measure = register.measures.get(name)
        if measure is None or measure.frequency != period_type:
            continue
        end = period_end(period, period_type)
        late = (today - end).days - measure.stale_after_days
        if late > 0:
            message = f"ends {end:%d %B %Y}, {late} days past the {measure.stale_after_days} it may be old"
            findings.append(QualityFinding("medium", "timeliness", name, message))
    return findings


def _odd_figures(mart: Mart, register: Register) -> list[QualityFinding]:
    """Gather what is out of place beside other months: a finding per measure and kind, with an example."""
    groups: dict[tuple[str, str], list[Oddity]] = {}
    for oddity in find_oddities(mart, register):
        groups.setdefault((oddity.measure, oddity.kind), []).append(oddity)
    findings = []
    for (measure, kind), group in groups.items():
        places = tuple(dict.fromkeys(oddity.organisation for oddity in group if oddity.organisation))
        first = f"{group[0].organisation}: {group[0].message}".removeprefix(": ")
        more = f", and {len(group) - 1} more like it" if len(group) > 1 else ""
        findings.append(QualityFinding(*_ODD[kind], measure, f"{first}{more}", places))
    return findings


def _disagreements(mart: Mart) -> list[QualityFinding]:
    """Name every figure on which two sources disagree: a finding per measure and pair of sources."""
    groups: dict[tuple[str, str, str], list[Disagreement]] = {}
    for found in disagreements(mart):
        groups.setdefault((found.measure, found.used.source, found.other.source), []).append(found)
    findings = []
    for (measure, used, other), group in groups.items():
        places = tuple(dict.fromkeys(found.organisation for found in group))
        lines = tuple(map(told, group))
        more = f", and {len(lines) - 1} more: see --each" if len(lines) > 1 else ""
        message = f"{other} gives other figures than {used}, which is used: {lines[0]}{more}"
        findings.append(QualityFinding("medium", "consistency", measure, message, places, lines))
    return findings


def _changed_figures(mart: Mart) -> list[QualityFinding]:
    """Compare each figure with the edition before it, source by source."""
    moves = mart.fetch(EDITIONS.format(where="true"), [CHANGE_TOLERANCE])
    return [
        QualityFinding(
            "medium" if changed / revised > CHANGED_ALLOWED else "low",
            "consistency",
            measure,
            f"{changed} of {revised} revised figures of {source} moved by more than "
            f"{CHANGE_TOLERANCE:.0%}, the furthest by {furthest:.1%}",
        )
        for measure, source, revised, changed, furthest in moves
        if changed
    ]


def rate_series(
    frame: pd.DataFrame, measure: Measure, organisation: str, *, today: date, moves: tuple[int, int]
) -> QualityRating:
    """Return the ratings of a measure from its rows, ordered by period, and from how many revised figures moved."""
    if frame.empty:
        none: Rating = "not_assessed"
        return QualityRating(measure.id, organisation, none, none, none, none, ("no figures",))
    reasons: list[str] = []
    end = period_end(frame["period"].max().date(), measure.frequency)
    stale = today > end + timedelta(days=measure.stale_after_days)
    ratings = {
        "timeliness": _rate(stale, f"the latest figure is for a period that ended {end:%d %B %Y}", reasons),
        "completeness": _rate_completeness(frame, measure, reasons),
        "validity": _rate_validity(frame, measure, reasons),
        "consistency": _rate_consistency(moves, reasons),
    }
    return QualityRating(measure.id, organisation, **ratings, reasons=tuple(reasons))


def _rate(bad: bool, reason: str, reasons: list[str]) -> Rating:
    if not bad:
        return "sufficient"
    reasons.append(reason)
    return "insufficient"


def _rate_completeness(frame: pd.DataFrame, measure: Measure, reasons: list[str]) -> Rating:
    if measure.frequency not in ("month", "quarter", "year"):
        return "not_assessed"
    first, last = frame["period"].min(), frame["period"].max()
    months = (last.year - first.year) * 12 + last.month - first.month
    expected = months // MONTHS[measure.frequency] + 1
    missing = expected - int(frame["value"].notna().sum())
    bad = missing / expected > MISSING_ALLOWED
    return _rate(bad, f"{missing} of {expected} periods have no figure", reasons)


def _rate_validity(frame: pd.DataFrame, measure: Measure, reasons: list[str]) -> Rating:
    if measure.id == "dna_rate" and frame["numerator"].sum() < DNA_RECORDED * frame["denominator"].sum():
        return _rate(True, "missed appointments do not seem to be recorded", reasons)
    share = measure.kind == "proportion"
    wrong = (frame["value"] < 0) | (share & (frame["value"] > 1))
    return _rate(bool(wrong.any()), f"{int(wrong.sum())} figures are not possible", reasons)


def _rate_consistency(moves: tuple[int, int], reasons: list[str]) -> Rating:
    revised, changed = moves
    if not revised:
        return "not_assessed"
    bad = changed / revised > CHANGED_ALLOWED
    return _rate(
        bad, f"{changed} of {revised} revised figures moved by over {CHANGE_TOLERANCE:.0%}", reasons
    )

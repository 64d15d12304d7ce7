"""Which stays count and how, and how closely they could be compared."""

from __future__ import annotations

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.basis import StayBasis
from helpers.analyses.stays.findings import FEWEST_PEER_SPELLS
from helpers.data.series.stays import LEAST_TRIM_DAYS
from helpers.phrases import phrase
from helpers.report.parts import Part
from helpers.report.words import listed, month, number
from helpers.stats.los import FEWEST_CLUSTERS, FEWEST_COMPARATOR_SPELLS, STRATA

#: spells from which on a share in steps of 5 % leaves open how many a few are
FEWEST_FOR_DETAIL = 200
_STEP = 5


def counted(basis: StayBasis) -> Part:
    """Return which stays count (`values.where`, as `report.records` takes it), and in which strata they are alike."""
    options, report = basis.options, basis.report
    rows = (
        ("Patients discharged", report.period.label),
        ("Spells", los_words.conditions_words(options.conditions)),
        ("Specialty", basis.found.specialties.get(options.specialty or "", options.specialty or "all")),
        ("Zero-day stays", "counted" if options.zero_day_stays else "left out"),
        ("Compared by", listed(map(los_words.characteristic_words, STRATA))),
    )
    return basis.part(
        "counted",
        rows=rows,
        caption="Which stays count, and what makes patients alike.",
        values={"where": options.as_where, "strata": list(STRATA)},
    )


def method(basis: StayBasis) -> Part:
    """Return what was counted and how, point by point."""
    options, rule = basis.options, basis.found.rule
    trim = {
        "none": phrase("method.stays.trim_none"),
        "fixed": phrase("method.stays.trim_fixed", trim_days=number(rule.trim_days or 0)),
        "upper_quartile": phrase("method.stays.trim_upper_quartile", least_trim_days=LEAST_TRIM_DAYS),
    }[options.trim]
    clusters = int(basis.found.adjusted["clusters"])
    zero_days = f"Zero-day stays are {'counted' if options.zero_day_stays else 'left out'}."
    words = {
        "spells": phrase("method.stays.spells"),
        "counted": f"{los_words.counted_sentence(options.conditions)} {zero_days} {trim}",
        "months": phrase("method.stays.months", lengths=listed(map(str, options.tails))),
        "benchmark": phrase("method.stays.benchmark", fewest_patients=FEWEST_PEER_SPELLS),
        "expected": phrase("method.stays.expected", fewest_spells=FEWEST_COMPARATOR_SPELLS),
        "estimated": phrase("method.stays.without_clusters")
        if clusters < FEWEST_CLUSTERS
        else phrase("method.stays.between_clusters", clusters=clusters),
        "shrunken": phrase("method.stays.shrunken"),
    }
    return basis.part("method", words=words, bulleted=True)


def quality(basis: StayBasis) -> Part:
    """Return at which detail the trust's spells could be compared."""
    detail, merged = basis.found.fallback, basis.report.organisation.predecessors
    gaps = los_words.gaps_sentence(
        [month(day) for day in basis.found.trend.gaps], basis.report.period.months
    )
    words = {
        "history": f"Includes the history of {listed(merged)}, merged into this trust." if merged else "",
        "gaps": gaps,
    }
    if detail.sum() < FEWEST_FOR_DETAIL:
        few = phrase("reasons.stays.no_detail")
        return basis.part("quality", words={"few": few, **words})
    rows = [
        (_detail_words(str(name)), _share_words(count / detail.sum())) for name, count in detail.items()
    ]
    caption = "How closely spells could be compared."
    return basis.part("quality", rows=rows, caption=caption, words=words)


def _share_words(share: float) -> str:
    """Return a share in steps of 5 %.

    >>> _share_words(0.874), _share_words(0.01), _share_words(1.0)
    ('85%', 'under 5%', '100%')
    """
    step = _STEP * round(100 * share / _STEP)
    if share > 0 and not step:
        return f"under {_STEP}%"
    return f"over {100 - _STEP}%" if share < 1 and step == 100 else f"{step}%"


def _detail_words(level: str) -> str:
    """Return the name of a level of detail as a reader says it."""
    if level == "all columns":
        return "Every characteristic"
    words = map(los_words.characteristic_words, level.removeprefix("without ").split(", "))
    return f"Without {listed(words)}" if level.startswith("without ") else "No comparison possible"

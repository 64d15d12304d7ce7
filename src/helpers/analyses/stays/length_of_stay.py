"""The length-of-stay report: its parts, in the order of the notebook."""

from __future__ import annotations

from helpers.analyses.stays import comparison, course, notes
from helpers.analyses.stays import groups as by_group
from helpers.analyses.stays.basis import StayBasis
from helpers.report.parts import Headline, part


class LengthOfStay(StayBasis):
    """How long patients stay compared with a benchmark, part by part."""

    @part
    def headline(self) -> Headline:
        """What a board should know first: ratio, worth, origin, latest_month, peers, gaps."""
        latest = self.trend.words.get("latest_month", "")
        words = {
            "ratio": f"**{self.adjusted.words.ratio}**",
            "worth": self.worth.words.certain,
            "origin": self.groups.words.origin,
            "latest_month": f"{latest} {self.trend.words.get('variation', '')}".strip() if latest else "",
            "peers": self.peers.words.place if self.peers.chart else "",
            "gaps": self.quality.words.gaps,
        }
        return self.headline_of(words, {**self.crude.values, **self.adjusted.values})

    counted = part(notes.counted)
    crude = part(comparison.crude)
    split = part(comparison.split)
    adjusted = part(comparison.adjusted)
    model = part(comparison.model)
    worth = part(by_group.worth)
    groups = part(by_group.groups)
    tails = part(by_group.tails)
    trend = part(course.trend)
    peers = part(course.peers)
    method = part(notes.method)
    quality = part(notes.quality)

"""The length-of-stay report: its parts, in the order of the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.analyses.stays import comparison, course, groups, notes
from helpers.analyses.stays.basis import StayBasis
from helpers.analyses.stays.options import StayOptions
from helpers.report.parts import Headline, Part, part

if TYPE_CHECKING:
    from helpers.report.opening import Report


class LengthOfStay:
    """How long patients stay compared with a benchmark, part by part.

    Raises
    ------
    DataError
        Where there are no stays, or so few that no figure on them may be shown.
    """

    def __init__(self, report: Report, options: StayOptions) -> None:
        self._basis = StayBasis(report, options)

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
        return self._basis.headline_of(words, {**self.crude.values, **self.adjusted.values})

    @part
    def counted(self) -> Part:
        """Which stays count (`values.where`, as `report.records` takes it), and in which strata they are compared."""
        return notes.counted(self._basis)

    @part
    def crude(self) -> Part:
        """The mean stay against the benchmark, with and without zero-day stays."""
        return comparison.crude(self._basis)

    @part
    def split(self) -> Part:
        """From the benchmark to the trust's mean, by case mix and by length."""
        return comparison.split(self._basis)

    @part
    def adjusted(self) -> Part:
        """Observed over expected bed-days and, beside it, the regression."""
        return comparison.adjusted(self._basis)

    @part
    def model(self) -> Part:
        """The regression: its formula, and every coefficient as a ratio of stays."""
        return comparison.model(self._basis)

    @part
    def worth(self) -> Part:
        """Excess bed-days and beds: net, raw, shrunken and certain."""
        return groups.worth(self._basis)

    @part
    def groups(self) -> Part:
        """Every specialty, or within one every age group: patients, means, ratio, excess bed-days."""
        return groups.groups(self._basis)

    @part
    def tails(self) -> Part:
        """Zero-day and long stays with their share of patients and of bed-days, here and elsewhere."""
        return groups.tails(self._basis)

    @part
    def trend(self) -> Part:
        """The mean stay of each month, with the limits within which it ordinarily varies."""
        return course.trend(self._basis)

    @part
    def peers(self) -> Part:
        """Observed over expected bed-days of every trust."""
        return course.peers(self._basis)

    @part
    def method(self) -> Part:
        """What was counted and how, point by point."""
        return notes.method(self._basis)

    @part
    def quality(self) -> Part:
        """At which detail the trust's spells could be compared."""
        return notes.quality(self._basis)

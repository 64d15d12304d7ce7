"""Which groups of patients the bed-days above the expected come from, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.analyses.stays.told import StaysTold
from helpers.bundle import SUPPRESSED
from helpers.data.policy import DisclosurePolicy
from helpers.stats import los

#: whose stays go together: the team, ward or site
UNIT = "unit_code"
#: stands for the groups that are too small to be shown by themselves, taken together
REST = "rest"


@dataclass(frozen=True)
class ExcessBedDays:
    """The bed-days of a trust above those expected, by specialty, or within one specialty by age band."""

    matched: pd.DataFrame  # the trust's cells with their comparator
    column: str  # what they are broken down by
    told: StaysTold
    policy: DisclosurePolicy
    names: Mapping[str, str]  # of specialties by code

    @cached_property
    def _by_group(self) -> pd.DataFrame:
        matched = self.matched[self.matched["level"] > los.UNMATCHED]
        column = matched[self.column].astype("string")
        small = self._too_small(matched.groupby(column)["spells"].sum())
        if small:
            self.told.settle_group(self.told.group(self.column, small))
        matched = matched.assign(group=column.mask(column.isin(small), REST))
        table = los.observed_expected(matched, by=["group"], cluster=UNIT).droplevel(0)
        table = table[table["expected"] > 0].sort_values("excess", ascending=False)
        table = table.loc[[code for code in table.index if code != REST] + [REST] * (REST in table.index)]
        return self._with_patients_as_shown(table, small)

    @cached_property
    def worth(self) -> los.Opportunity:
        """Raw, shrunken and certain excess bed-days over the groups."""
        names = ("observed", "expected", "standard_error", "lower")
        return los.opportunity(*(self._by_group[name] for name in names))

    @cached_property
    def groups(self) -> pd.DataFrame:
        """O/E and excess of each group, shrunken and certain parts beside it, largest first.

        Groups too small to be shown come last as one, `REST`. Bed-days are those of as many `patients` as
        are shown, a rounded number: exact ones over a mean would give the exact number back.
        """
        table = self._by_group
        table = table.join(self.worth.by_specialty.set_index(table.index))
        names = self.names if self.column == "specialty" else {}
        rest = "other specialties together" if names else "other ages together"
        return table.assign(label=[rest if code == REST else names.get(code, code) for code in table.index])

    def _with_patients_as_shown(self, table: pd.DataFrame, small: Sequence[str]) -> pd.DataFrame:
        groups = [small if code == REST else [code] for code in table.index]
        shown = pd.Series(
            [self.told.cell(self.told.group(self.column, group)) for group in groups],
            index=table.index,
            dtype=object,
        )
        # what rests on too few is left out of the table; in sums it counts with its own number
        patients = shown.where(shown != SUPPRESSED, table["spells"]).astype(float)
        table = table.assign(shown=shown)
        days = table[["observed", "expected", "excess"]].mul(patients / table["spells"], axis="index")
        return table.assign(patients=patients, **days)

    def _too_small(self, spells: pd.Series) -> list[str]:
        """Return the groups that are hidden, and larger ones until together they may be shown."""
        hidden = {
            str(code): self.policy.hides(count)
            or self.told.hides(self.told.group(self.column, [str(code)]))
            for code, count in spells.items()
        }
        counts = spells.sort_values(kind="stable")
        counts = counts.loc[sorted(counts.index, key=lambda code: not hidden[str(code)])]
        chosen = sum(hidden.values())
        while chosen and self.policy.hides(counts.iloc[:chosen].sum()) and chosen < len(counts):
            chosen += 1
        return list(counts.index[:chosen])

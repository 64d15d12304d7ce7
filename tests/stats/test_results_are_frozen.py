"""What the methods hand out cannot be changed by those who read it."""

import dataclasses

import pytest

from helpers.stats import rates, spc
from helpers.stats.funnel import funnel
from helpers.stats.inequality import slope_index
from helpers.stats.standardisation import dsr, smr

FUNNEL = funnel([1, 2, 3], [10, 10, 10], kind="proportion")
XMR = spc.xmr([1, 2, 3])
RUN = spc.run_chart([1, 2, 3])
SLOPE = slope_index([1, 2, 3], [1, 1, 1])


@pytest.mark.parametrize(
    "result",
    [
        XMR, XMR.limits, XMR.stability, RUN, RUN.tests[0], spc.c_chart([1, 2]),
        FUNNEL, FUNNEL.scale, FUNNEL.dispersion, FUNNEL.limits, FUNNEL.spread, FUNNEL.intervals,
        rates.count([1]), rates.mean([1, 2]), dsr([10], [100], [1]), smr([1], [1], [1], [1]),
        SLOPE, SLOPE.slope,
    ],
    ids=lambda result: type(result).__name__,
)  # fmt: skip
def test_results_are_frozen(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, dataclasses.fields(result)[0].name, None)

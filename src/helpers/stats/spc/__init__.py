"""Statistical process control: XmR charts in the Making Data Count style, charts of counts, run charts."""

from helpers.stats.spc.attribute import c_chart, g_chart, p_chart, t_chart, u_chart
from helpers.stats.spc.attribute_limits import AttributeChart
from helpers.stats.spc.chart import Segment, Stability, XmRChart
from helpers.stats.spc.many import XmRCharts
from helpers.stats.spc.run_chart import RunChart, RunTest, run_chart
from helpers.stats.spc.xmr import xmr, xmr_many

__all__ = [
    "AttributeChart",
    "RunChart",
    "RunTest",
    "Segment",
    "Stability",
    "XmRChart",
    "XmRCharts",
    "c_chart",
    "g_chart",
    "p_chart",
    "run_chart",
    "t_chart",
    "u_chart",
    "xmr",
    "xmr_many",
]

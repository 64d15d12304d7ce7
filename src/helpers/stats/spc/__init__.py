"""Statistical process control: XmR charts in the Making Data Count style."""

from helpers.stats.spc.chart import Segment, Stability, XmRChart
from helpers.stats.spc.many import XmRCharts
from helpers.stats.spc.xmr import xmr, xmr_many

__all__ = ["Segment", "Stability", "XmRChart", "XmRCharts", "xmr", "xmr_many"]

"""Statistical process control: XmR charts of Making Data Count, charts of counts and of measurements, run charts."""

from helpers.stats.spc.attribute import c_chart, g_chart, p_chart, t_chart, u_chart
from helpers.stats.spc.attribute_limits import AttributeChart
from helpers.stats.spc.bernoulli import bernoulli_cusum
from helpers.stats.spc.chart import Segment, Stability, XmRChart
from helpers.stats.spc.many import XmRCharts
from helpers.stats.spc.runs import RunTest
from helpers.stats.spc.variable import i_chart, i_prime_chart, mr_chart, run_chart, s_chart, xbar_chart
from helpers.stats.spc.xmr import xmr, xmr_many

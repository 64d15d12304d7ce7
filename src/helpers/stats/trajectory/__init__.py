"""Progress is not success: will a target be met? (methods, section 7)"""

from helpers.stats.trajectory.backtest import BackTest, back_test
from helpers.stats.trajectory.candidates import FEWEST_POINTS, candidates_for
from helpers.stats.trajectory.cumulative import (
    CumulativeProjection,
    cumulative_projection,
    project_total,
)
from helpers.stats.trajectory.result import (
    ON_TRACK,
    UNLIKELY,
    TargetAhead,
    TargetForecast,
    trajectory,
    words_for,
)
from helpers.stats.trajectory.scales import KINDS, from_scale, to_scale

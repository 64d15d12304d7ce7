"""The impact of fewer appointments missed without notice (methods, section 5)."""

from helpers.stats.dna.drivers import dna_drivers
from helpers.stats.dna.equity import DnaInequality, dna_inequality
from helpers.stats.dna.impact import (
    DnaImpact,
    FollowUpBounds,
    SlotValue,
    dna_impact,
    dna_rate,
    follow_up_bounds,
    list_relief,
    newcomer_wait,
    ramp_profile,
    recording_is_doubtful,
    recovered_attendances,
    slot_value,
    weeks_to_year_end,
)
from helpers.stats.dna.inputs import Beta, DnaInputs, Pert
from helpers.stats.dna.uncertainty import DnaUncertainty, DrawnSpread, simulate_impact, tornado

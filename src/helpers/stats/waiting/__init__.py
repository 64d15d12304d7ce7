"""Waiting lists: queueing theory, statistics of a list, simulation (methods, section 6). All in weeks."""

from helpers.stats.waiting.lists import insert_referrals, join_lists, queue_sizes, schedule_list
from helpers.stats.waiting.queue import (
    DEFAULT_FACTOR,
    factor_for,
    pressure,
    queue_is_too_big,
    queue_load,
    relief_capacity,
    target_capacity,
    target_mean_wait,
    target_queue,
    unreported_removals,
)
from helpers.stats.waiting.records import (
    Flow,
    ListStatistics,
    list_statistics,
    referral_statistics,
    removal_statistics,
)
from helpers.stats.waiting.simulate import ListFlows, clinic_dates, simulate_list, simulate_patients

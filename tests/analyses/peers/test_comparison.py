"""One measure over trusts: the method by kind of data, levels, flags, gains, and who is left out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from helpers.errors import UsageError
from helpers.register.models import Target

from .conftest import MAY, Figure, MakePeers, Trust, every_month, make_measure

#: five trusts of 1,000 patients: 50, 60, 70, 80 and 90 %
FIVE = [Figure(f"T{place}", 400 + 100 * place, 1000) for place in range(1, 6)]


def test_levels_are_those_of_the_trusts_each_counting_once(peers: MakePeers) -> None:
    """Type 7: quartiles of 50, 60, 70, 80, 90 are 60 and 80; all together 3,500 of 5,000."""
    found = peers(*FIVE).found()
    levels = found.levels
    assert (levels.lowest, levels.median, levels.highest, levels.best_quartile) == (50, 70, 90, 80)
    assert found.places.quartiles == (60, 70, 80)
    assert levels.pooled == 70


def test_the_best_quarter_is_at_the_low_end_where_less_is_better(peers: MakePeers) -> None:
    found = peers(*FIVE, measures=[make_measure(direction="decrease")])
    assert found.found().levels.best_quartile == 60
    assert found.found("T1").own.percentile.percent > 95
    assert found.found("T5").own.percentile.percent < 5


def test_without_a_direction_nothing_is_better_and_nothing_gained(peers: MakePeers) -> None:
    found = peers(*FIVE, measures=[make_measure(direction="neutral")]).found("T5")
    assert found.levels.best_quartile is None
    assert found.gain is None
    assert found.own.percentile.percent > 95
    assert {member.flag for member in found.members} <= {"higher", "lower", "within"}


def test_the_percentile_is_of_the_other_trusts(peers: MakePeers) -> None:
    found = peers(*FIVE).found("T2")
    assert found.own.percentile.percent == pytest.approx(25, abs=1)
    assert found.own.percentile.low <= 25 <= found.own.percentile.high


def test_what_a_gain_is_worth(peers: MakePeers) -> None:
    """T1 stands 20 points below the median of 70 %: 200 of its 1,000; its interval ends near 53 %."""
    gain = peers(*FIVE).found("T1").gain
    assert gain.raw == pytest.approx(200)
    assert gain.certain == gain.shrunken
    assert 0 < gain.shrunken < gain.raw
    assert peers(*FIVE).found("T5").gain.raw == 0


def test_a_gain_within_the_interval_is_not_certain(peers: MakePeers) -> None:
    """6 of 10 against a median of 7 of 10: Wilson's interval of 6/10 reaches from .31 to .83."""
    few = [Figure(f"T{place}", x, 10) for place, x in ((1, 6), (2, 7), (3, 8))]
    found = peers(*few).found("T1")
    own = found.own
    assert (own.low, own.high) == pytest.approx((31.27, 83.18), abs=0.01)
    assert found.gain.raw == pytest.approx(1)
    assert found.gain.certain == 0


def test_the_benchmark_is_the_registers_or_the_one_asked_for(peers: MakePeers) -> None:
    target = Target(value=75, kind="local", source="plan")
    found = peers(*FIVE, measures=[make_measure(benchmark="best_quartile", targets=(target,))])
    assert found.found().benchmark.value == 80
    assert found.found(benchmark="peer_median").benchmark.value == 70
    assert found.found(benchmark="national_mean").benchmark.value == 70
    assert found.found(benchmark="target").benchmark.value == 75
    assert found.found(benchmark="own_past").benchmark.words == "the median of the group"


def many(rates: np.ndarray, size: float, **changes: object) -> list[Figure]:
    return [Figure(f"T{place + 1}", round(r * size), size, **changes) for place, r in enumerate(rates)]  # type: ignore[arg-type]


def test_trusts_alike_within_chance_stand_in_a_plain_funnel(peers: MakePeers) -> None:
    found = peers(*many(np.tile([0.49, 0.50, 0.51], 10), 1000)).found()
    assert (found.method, found.reason, found.funnel.adjusted) == ("funnel", "chance", False)
    assert found.flagged == ()


def test_a_trust_far_outside_is_flagged_at_99_8_and_the_others_are_not(peers: MakePeers) -> None:
    rates = np.append(np.tile([0.49, 0.50, 0.51], 10), 0.40)
    found = peers(*many(rates, 1000)).found("T31")
    assert found.own.flag == "worse"
    assert [member.code for member in found.flagged] == ["T31"]


def test_no_event_where_few_are_expected_is_no_flag(peers: MakePeers) -> None:
    """Five of 1,000 are expected: none happens by chance in e^-5 = .0067 of trusts, not beyond 99.8 %.

    Limits on the angle say otherwise: asin sqrt .005 = .0707 less 3.09/(2 sqrt 1000) = .0489 is above 0.
    """
    usual = many(np.tile([0.0045, 0.005, 0.0055], 10), 100_000)
    measure = make_measure(direction="decrease")
    found = peers(*usual, Figure("T99", 0, 1000), measures=[measure]).found("T99")
    assert found.funnel.flag[found.funnel.group.index("T99")] == "low"
    assert found.own.flag == "within"


def test_where_chance_explains_nothing_no_funnel_is_drawn(peers: MakePeers) -> None:
    """A spread of 10 points at 100,000 patients is some 60 standard errors of chance."""
    found = peers(*many(np.linspace(0.4, 0.6, 30), 100_000)).found()
    assert found.phi > 50
    assert (found.method, found.reason) == ("caterpillar", "overdispersed")


@pytest.mark.parametrize(
    ("changes", "model", "method"),
    [
        ({}, "proportion", "funnel"),
        ({"kind": "rate", "unit": "per 1,000 bed-days"}, "rate", "funnel"),
        ({"kind": "ratio", "unit": "ratio"}, "standardised_ratio", "funnel"),
        ({"kind": "ratio"}, "proportion", "funnel"),
        ({"kind": "ratio", "unit": "per patient"}, "ratio_of_counts", "funnel"),
    ],
)
def test_the_method_follows_the_kind_of_data(
    peers: MakePeers, changes: dict[str, str], model: str, method: str
) -> None:
    level = 1.0 if model == "standardised_ratio" else 0.5
    rates = level * np.tile([0.98, 1, 1.02], 8)
    found = peers(*many(rates, 400), measures=[make_measure(**changes)]).found()
    assert (found.model, found.method) == (model, method)


def test_a_ratio_whose_numerator_exceeds_its_denominator_is_no_share(peers: MakePeers) -> None:
    found = peers(*many(np.array([0.9, 1.0, 1.1]), 400), measures=[make_measure(kind="ratio")]).found()
    assert found.model == "ratio_of_counts"


def test_figures_without_counts_are_shown_without_a_claim(peers: MakePeers) -> None:
    alone = [Figure(f"T{n}", None, None, value=n / 10) for n in range(1, 6)]
    found = peers(*alone, measures=[make_measure(kind="mean", unit="days")]).found()
    assert (found.method, found.reason, found.model) == ("dots", "values_only", None)
    assert found.own.percentile is None
    assert found.own.flag == "unknown"
    assert found.gain is None
    assert np.isnan(found.own.low)
    assert found.levels.pooled is None


def test_a_mean_takes_its_interval_from_its_months(peers: MakePeers) -> None:
    """Logarithms step by ln 1.1 each month on 100 patients: sd of a step over root 2 = ln 1.1/1.128."""
    rates = [4.0, 4.4] * 8
    figures = [f for code in ("T1", "T2", "T3") for f in every_month(code, rates, 100)]
    found = peers(*figures, measures=[make_measure(kind="mean", unit="days", direction="decrease")]).found()
    assert (found.method, found.reason) == ("dots", "alike")
    reach = 1.959964 * np.log(1.1) / 1.128
    assert found.own.low == pytest.approx(4.4 * np.exp(-reach))
    assert found.own.high == pytest.approx(4.4 * np.exp(reach))


def test_a_mean_without_months_before_is_a_value_alone(peers: MakePeers) -> None:
    mean = [Figure(f"T{n}", 400.0 + n, 100) for n in range(1, 6)]
    found = peers(*mean, measures=[make_measure(kind="mean", unit="days")]).found()
    assert (found.method, found.reason) == ("dots", "values_only")


def test_chance_is_widened_to_what_months_vary(peers: MakePeers) -> None:
    """2,500 patients: error of the angle 1/100; months step by twice 1.128 of it."""
    step = 2 * 1.128 / 100
    low, high = (float(np.sin(np.pi / 4 + sign * step / 2) ** 2) for sign in (-1, 1))
    figures = [f for code in ("T1", "T2", "T3") for f in every_month(code, [low, high] * 8, 2500)]
    found = peers(*figures).found()
    assert found.places.widened == pytest.approx(2, rel=0.02)
    plain = peers(*[f for f in figures if f.period == MAY]).found()
    assert plain.places.widened is None
    assert (found.own.high - found.own.low) == pytest.approx(2 * (plain.own.high - plain.own.low), rel=0.05)


def test_all_equal_and_all_nought(peers: MakePeers) -> None:
    same = peers(*[Figure(f"T{n}", 100, 100) for n in range(1, 9)]).found()
    assert (same.method, same.reason, same.alike) == ("dots", "alike", True)
    nought = [Figure(f"T{n}", 0, 100, measure="none") for n in range(1, 9)]
    found = peers(*nought, measures=[make_measure("none")]).found(measure="none")
    assert (found.method, found.levels.median) == ("dots", 0)


def test_one_peer_only_and_none(peers: MakePeers) -> None:
    two = peers(Figure("T1", 5, 10), Figure("T2", 6, 10)).found()
    assert (two.method, two.reason, two.own.percentile) == ("dots", "too_few", None)
    alone = peers(Figure("T1", 5, 10, measure="lone"), measures=[make_measure("lone")])
    assert alone.found(measure="lone").others == ()


def test_a_count_without_a_base_is_not_compared(peers: MakePeers) -> None:
    count = make_measure(kind="count", denominator=None, unit="patients")
    assert peers(*FIVE, measures=[count]).compare() is None


def test_a_count_with_a_base_is_compared_per_hundred_of_it(peers: MakePeers) -> None:
    beds = [Figure(f"T{n}", 200.0, 250.0, measure="bed_occupancy") for n in range(1, 5)]
    waiting = [Figure(f"T{n}", 10.0 * n, measure="delayed_patients") for n in range(1, 5)]
    count = make_measure("delayed_patients", kind="count", denominator=None, unit="patients", digits=0)
    found = peers(*beds, *waiting, measures=[count]).found("T3", "delayed_patients")
    assert found.own.value == 15
    assert (found.unit, found.digits, found.model) == ("per 100 occupied beds", 1, "ratio_of_counts")


def test_nobody_has_a_figure(peers: MakePeers) -> None:
    assert peers(*FIVE, measures=[make_measure(), make_measure("other")]).compare(measure="other") is None
    assert peers(*FIVE).compare("NOBODY") is None


# --- periods and who is left out ----------------------------------------------------------------------

APRIL = date(2026, 4, 1)


def test_all_are_compared_at_the_newest_period_that_the_trust_shares(peers: MakePeers) -> None:
    ended = [Figure(f"T{n}", 50 + n, 100, day) for n in range(1, 7) for day in (APRIL, MAY)]
    found = peers(*(f for f in ended if not (f.org == "T1" and f.period == MAY)))
    own, other = found.found("T1"), found.found("T2")
    assert (own.period, own.newest, len(own.members)) == (APRIL, MAY, 6)
    assert (other.period, other.newest, other.left_out.missing) == (MAY, MAY, ("T1",))
    assert found.found("T2", until=APRIL).newest == APRIL


def test_a_period_that_few_have_returned_does_not_count(peers: MakePeers) -> None:
    early = [Figure(f"T{n}", 50, 100, APRIL) for n in range(1, 8)]
    assert peers(*early, Figure("T1", 50, 100), Figure("T2", 50, 100)).found().period == APRIL


def test_a_quarter_counts_from_its_last_month_on(peers: MakePeers) -> None:
    quarters = [
        Figure(f"T{n}", 50, 100, date(2026, month, 1), period_type="quarter")
        for n in range(1, 5)
        for month in (1, 4)
    ]
    found = peers(*quarters, measures=[make_measure(frequency="quarter")])
    assert found.found(until=date(2026, 5, 1)).period == date(2026, 1, 1)
    assert found.found(until=date(2026, 6, 1)).period == date(2026, 4, 1)


def test_suppressed_and_impossible_figures_are_named_and_not_compared(peers: MakePeers) -> None:
    hidden = Figure("T8", None, None, suppressed=True)
    found = peers(*FIVE, hidden, Figure("T9", 11, 10)).found()
    assert found.left_out.suppressed == ("T8",)
    assert found.left_out.impossible == ("T9",)
    assert len(found.members) == 5


def test_missed_appointments_that_are_not_written_down_are_not_few(peers: MakePeers) -> None:
    measure = make_measure("dna_rate", direction="decrease")
    rates = [Figure(f"T{n}", 60 + n, 1000, measure="dna_rate") for n in range(1, 5)]
    low = Figure("T9", 9, 1000, measure="dna_rate")
    found = peers(*rates, low, measures=[measure]).found("T1", "dna_rate")
    assert found.left_out.not_recorded == ("T9",)
    assert "T9" not in {member.code for member in found.members}
    assert peers(*rates, low, measures=[measure]).found("T9", "dna_rate").own is None


def test_a_trust_that_long_returned_nothing_is_no_peer(peers: MakePeers) -> None:
    gone = Figure("T9", 50, 100, date(2024, 1, 1))
    assert peers(*FIVE, gone).found().left_out.codes == ()


def test_organisations_that_merged_count_under_their_successor(peers: MakePeers) -> None:
    trusts = [*(Trust(f"T{n}") for n in range(1, 6)), Trust("OLD", successor="T1")]
    found = peers(*FIVE, Figure("OLD", 500, 1000), trusts=trusts).found()
    assert found.own.value == 50
    assert found.own.denominator == 2000
    assert found.merged == ("T1",)
    assert {member.code for member in found.members} == {"T1", "T2", "T3", "T4", "T5"}


def test_plans_and_commissioners_figures_are_left_alone(peers: MakePeers) -> None:
    others = [Figure("T1", 1, 1000, status="plan"), Figure("T2", 1, 1000, basis="commissioner")]
    assert peers(*FIVE, *others).found().levels.lowest == 50


def test_figures_from_records_are_compared_as_they_may_be_shown(peers: MakePeers) -> None:
    """32 of 103 are shown as 30 of 105; 5 of 100 and 97 of 100 (3 others) may not be."""
    rows = [("T1", 32, 103), ("T2", 40, 100), ("T3", 52, 100), ("T4", 5, 100), ("T5", 97, 100)]
    found = peers(*(Figure(*row) for row in rows), origin="records").found()
    assert (found.own.numerator, found.own.denominator) == (30, 105)
    assert found.own.value == pytest.approx(100 * 30 / 105)
    assert found.left_out.suppressed == ("T4", "T5")


def test_means_from_records_hide_behind_few_patients(peers: MakePeers) -> None:
    rows = [("T1", 412.0, 103), ("T2", 400.0, 100), ("T3", 300.0, 100), ("T4", 30.0, 7)]
    mean = make_measure(kind="mean", unit="days")
    found = peers(*(Figure(*row) for row in rows), origin="records", measures=[mean]).found()
    assert (found.own.value, found.own.denominator) == (4, 105)
    assert found.left_out.suppressed == ("T4",)


def test_unknown_peers_are_refused_by_name(peers: MakePeers) -> None:
    with pytest.raises(UsageError, match="T99"):
        peers(*FIVE).found(group="chosen", chosen=("T2", "T99"))


def with_beds(orgs: dict[str, tuple[float, float]], measure: str) -> list[Figure]:
    """Return counts and beds occupied, of each trust."""
    counts = [Figure(org, count, None, measure=measure) for org, (count, _) in orgs.items()]
    beds = [Figure(org, beds, beds + 20, measure="bed_occupancy") for org, (_, beds) in orgs.items()]
    return [*counts, *beds]


def test_a_trust_with_hardly_any_beds_is_not_compared_per_bed(peers: MakePeers) -> None:
    """Usually 300 beds: 30 of them are the least that a count is taken per."""
    counts = {"T1": (30, 300.0), "T2": (60, 300.0), "T3": (90, 300.0), "T4": (3, 30.0), "T5": (88, 3.0)}
    measure = make_measure("delayed_patients", kind="count", denominator=None, direction="decrease")
    found = peers(*with_beds(counts, "delayed_patients"), measures=[measure])
    assert [member.code for member in found.found(measure="delayed_patients").members] == [
        "T1", "T4", "T2", "T3",
    ]  # fmt: skip
    assert found.found(measure="delayed_patients").left_out.small_base == ("T5",)


def test_deaths_above_those_expected_are_nothing_to_be_gained(peers: MakePeers) -> None:
    ratios = [Figure(f"T{n}", 100 + 10 * n, 100) for n in range(1, 6)]
    measure = make_measure(kind="ratio", unit="ratio", direction="decrease", benchmark="national_mean")
    found = peers(*ratios, measures=[measure]).found("T5")
    assert found.own.percentile.percent < 50
    assert found.gain is None

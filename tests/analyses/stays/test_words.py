"""Sentences on length of stay, by case."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.published import StayPlace, stay_sentence
from helpers.analyses.stays.words import Wording

TRUST = Wording("Synthetic Hospitals", "the national mean")
DAYS = st.floats(0, 400)
GAPS = st.floats(-400, 400)
RATIOS = st.floats(0.001, 50)
FAULTS = re.compile(
    r"nan|None|inf\b|  |-\d|[−+]0(\.0)?(?![.\d])|\b1(\.0)? days? (longer|less|more) days|\.\.|,\.|^\W"
)


def sound(text: str) -> bool:
    """Tell whether a sentence is well made."""
    return text[0].isupper() and text.endswith(".") and not FAULTS.search(text)


# --- published ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "pooled", "said"),
    [
        (4.84, 4.05, "lasted 4.84 days, 0.79 days longer than the mean of 4.05 days"),
        (4.168, 4.132, "lasted 4.17 days, 0.04 days longer than the mean of 4.13 days"),
        (4.124, 4.116, "lasted 4.12 days, the same as the mean of 4.12 days"),
        (3.06, 4.14, "lasted 3.06 days, 1.08 days shorter than the mean of 4.14 days"),
    ],
)
def test_whoever_subtracts_what_is_printed_gets_what_is_printed(
    own: float, pooled: float, said: str
) -> None:
    place = StayPlace(own, pooled, 4.0, 3.2, 126)
    assert said in stay_sentence("Northmoor", "July to September 2020", place)


# --- crude --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            (5.2, 4.8, 0.1, 0.7),
            "0.4 days longer than the national mean of 4.8 days (95% interval 0.1 to 0.7).",
        ),
        (
            (4.4, 4.8, -0.7, -0.1),
            "0.4 days shorter than the national mean of 4.8 days (95% interval 0.1 to 0.7).",
        ),
        (
            (5.2, 4.8, -0.1, 0.9),
            "(95% interval −0.1 to 0.9); the difference is within what chance explains.",
        ),
        (
            (4.4, 4.8, -0.9, 0.1),
            "(95% interval −0.1 to 0.9); the difference is within what chance explains.",
        ),
        ((4.81, 4.8, -0.1, 0.1), "The mean stay was 4.8 days, the same as the national mean."),
    ],
)
def test_the_mean_against_the_benchmark(figures: tuple[float, float, float, float], words: str) -> None:
    assert los_words.crude_sentence(TRUST, *figures).endswith(words)


@given(DAYS, DAYS, st.floats(0, 50))
def test_the_crude_sentence_is_sound(mean: float, benchmark: float, half: float) -> None:
    gap = mean - benchmark
    text = los_words.crude_sentence(TRUST, mean, benchmark, gap - half, gap + half)
    assert sound(text)
    assert ("longer" in text) == (gap >= los_words.SMALLEST_DAYS)


# --- adjusted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((1.19, 1.11, 1.28), "stay 19% longer than they would elsewhere (95% interval 11% to 28%)."),
        ((0.81, 0.72, 0.89), "stay 19% shorter than they would elsewhere (95% interval 11% to 28%)."),
        (
            (1.01, 0.96, 1.06),
            "stay about as long as they would elsewhere (from 4% shorter to 6% longer, 95% interval).",
        ),
        # a wide interval does not say that stays are alike
        ((1.56, 0.95, 2.56), "differs from elsewhere (from 5% shorter to 156% longer, 95% interval)."),
        # beyond chance is never rounded to nought
        ((1.003, 1.001, 1.005), "stay 0.3% longer than they would elsewhere (95% interval 0.1% to 0.5%)."),
        ((1.1, 1.004, 1.2), "stay 10.0% longer than they would elsewhere (95% interval 0.4% to 20.0%)."),
        ((1.02, 0.999, 1.04), "(from no different to 4% longer, 95% interval)."),
        ((0.0, 0.0, 0.5), "stay 100% shorter than they would elsewhere (95% interval 50% to 100%)."),
    ],
)
def test_the_ratio_in_words(figures: tuple[float, float, float], words: str) -> None:
    assert los_words.ratio_sentence(TRUST, *figures).endswith(words)


@given(RATIOS, st.floats(1.0001, 20))
def test_the_ratio_sentence_is_sound_and_claims_nothing_within_chance(ratio: float, factor: float) -> None:
    low, high = ratio / factor, ratio * factor
    text = los_words.ratio_sentence(TRUST, ratio, low, high)
    assert sound(text)
    assert ("stay about" in text or "chance alone" in text) == (low <= 1 <= high)


def test_possessives_follow_the_name() -> None:
    assert "Synthetic Hospitals' patients" in los_words.ratio_sentence(TRUST, 1, 0.9, 1.1)
    assert "Northmoor's urology patients" in los_words.ratio_sentence(
        Wording("Northmoor", "", "urology patients"), 2, 1.5, 3
    )


@given(GAPS, GAPS, GAPS)
def test_the_split_is_sound(mix: float, length: float, level: float) -> None:
    text = los_words.split_sentence(TRUST, mix, length, level=level)
    assert sound(text)
    assert ("all other trusts" in text) == (abs(level) >= los_words.SMALLEST_DAYS)
    assert sound(los_words.kitagawa_sentence(mix, length))


def test_a_split_without_length_names_no_direction() -> None:
    text = los_words.split_sentence(TRUST, 0.01, -0.01)
    assert "longer" not in text
    assert "shorter" not in text


def test_a_benchmark_of_another_level_is_not_called_case_mix() -> None:
    text = los_words.split_sentence(TRUST, 0.3, 4.3, level=-3.2)
    assert text.startswith(
        "The stay at all other trusts accounts for 3.2 days less, case mix accounts for 0.3 "
    )


@pytest.mark.parametrize(("disagrees", "words"), [(True, "does not agree"), (False, "groups agrees")])
def test_the_regression_agrees_or_not(disagrees: bool, words: str) -> None:
    text = los_words.model_sentence(1.17, 1.1, 1.25, disagrees=disagrees)
    assert words in text
    assert sound(text)


# --- worth and origin ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beds", "words"),
    [
        (0.3, "or less than one bed,"), (0.97, "or about 1.0 bed,"), (1.04, "or about 1.0 bed,"),
        (1.3, "or about 1.3 beds,"), (12.4, "or about 12 beds,"),
    ],
)  # fmt: skip
def test_beds_in_words(beds: float, words: str) -> None:
    assert words in los_words.worth_sentence(100, beds, 300, groups="specialties")


@given(st.floats(0, 1e6), st.floats(0, 3000), st.floats(0, 1e6))
def test_the_worth_is_sound_and_an_upper_bound(certain: float, beds: float, raw: float) -> None:
    text = los_words.worth_sentence(certain, beds, raw, groups="specialties")
    assert sound(text)
    assert text.startswith("Up to" if certain > 0 else "In none")


NAMES = ["Cardiology", "Urology", "Neurology", "Oncology", "Rheumatology"]


@pytest.mark.parametrize(
    ("longer", "shorter", "words"),
    [
        (0, 0, "No group differs by more than chance explains."),
        (0, 1, "Stays are shorter than chance explains in Cardiology."),
        (
            2,
            1,
            "Stays are longer than chance explains in Cardiology and Urology, and shorter in Cardiology.",
        ),
        (4, 0, "Stays are longer than chance explains in Cardiology, Urology, Neurology and Oncology."),
        (5, 0, "Stays are longer than chance explains in Cardiology, Urology, Neurology and two others."),
    ],
)
def test_groups_are_named(longer: int, shorter: int, words: str) -> None:
    assert los_words.origin_sentence(NAMES[:longer], NAMES[:shorter]) == words


def test_ages_are_called_ages() -> None:
    assert los_words.origin_sentence(["85+"], [], where="at ages").endswith("explains at ages 85+.")


@pytest.mark.parametrize(
    ("months", "covered", "words"),
    [
        ([], 12, ""),
        (
            ["May 2026"],
            2,
            "No patients are recorded as discharged in May 2026: the figures rest on the other month.",
        ),
        (
            ["May 2026", "June 2026"],
            6,
            "May 2026 and June 2026: the figures rest on the other four months.",
        ),
    ],
)
def test_missing_months_are_named(months: list[str], covered: int, words: str) -> None:
    text = los_words.gaps_sentence(months, covered)
    assert text.endswith(words)
    assert bool(text) == bool(months)


# --- peers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "flag95", "outside", "words"),
    [
        (
            "within",
            "within",
            0,
            "within the range that chance explains; none of the others lies outside it.",
        ),
        ("within", "within", 1, "one of the others lies outside it."),
        ("within", "within", 6, "six of the others lie outside it."),
        ("within", "high", 0, "above the 95% limit but within the 99.8% limit"),
        ("within", "low", 0, "below the 95% limit but within the 99.8% limit"),
        ("high", "high", 3, "above the 99.8% limit: neither chance"),
        ("low", "low", 3, "below the 99.8% limit: neither chance"),
    ],
)
def test_the_place_among_trusts(flag: str, flag95: str, outside: int, words: str) -> None:
    text = los_words.peers_sentence(flag, flag95, trusts=118, outside=outside)
    assert words in text
    assert sound(text)

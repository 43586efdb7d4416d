"""Each statistic of honest data against an independent computation."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.meta_analysis import combine_effects

from scoring.grading.facts import NOT_APPLICABLE
from scoring.rulebook.editions import edition_on
from scoring.studies.data_quality.coverage import buildings_recorded, buildings_visited, visits_asked, visits_made
from scoring.studies.data_quality.duplicate_checklists import duplicate_checklists, list_numbers, repeated
from scoring.studies.data_quality.funnel import Funnel, between_variance, dispersion, funnel
from scoring.studies.data_quality.leniency import (
    between_officers,
    fixed_effects,
    joined,
    leniency,
    shared_buildings,
    swept,
)
from scoring.studies.data_quality.multiple_testing import false_discovery
from scoring.studies.data_quality.result_decay import MIN_N, confidence, result_decay
from scoring.studies.data_quality.results import results
from scoring.studies.data_quality.score_heaping import score_heaping

BAOAN = edition_on("baoan", date(2025, 6, 30))
ITEMS = tuple(item.code for item in BAOAN.checklist)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_list_that_passes_everything_earns_the_best_grade_and_one_that_fails_everything_the_worst():
    answers = np.array([[1] * len(ITEMS), [0] * len(ITEMS)], np.uint8)
    found = results(answers, ITEMS, BAOAN)
    assert found.score.tolist() == [100, 0]
    assert found.grade.tolist() == [4, 0]


def test_a_list_that_leaves_out_what_the_rules_ask_earns_nothing():
    found = results(np.ones((1, 1), np.uint8), ITEMS[:1], BAOAN)
    assert np.isnan(found.score[0])
    assert found.grade[0] == -1


# pass rates


def test_the_funnel_of_four_streets_worked_by_hand():
    found = Funnel(np.array([90, 60, 50, 4]), np.array([100, 100, 100, 5]))
    assert found.counted.tolist() == [True, True, True, False]
    assert found.overall == pytest.approx(200 / 300)
    assert found.error(np.array([100]))[0] == pytest.approx(np.sqrt(2 / 9 / 100))
    low, high = found.limits(np.array([100]), 0.95, corrected=False)
    assert (low[0], high[0]) == pytest.approx((0.574273, 0.759060), abs=1e-6)
    assert np.isnan(found.z[3])


def test_without_drawing_in_the_dispersion_is_that_of_a_binomial_model_with_scale_x2():
    of = rng().integers(20, 300, 40)
    passed = rng(2).binomial(of, np.clip(rng(3).normal(0.6, 0.1, 40), 0, 1))
    model = GLM(passed / of, np.ones(40), Binomial(), var_weights=of).fit(scale="X2")
    found = Funnel(passed, of)
    z = (found.rate - found.overall) / found.error(of)
    assert dispersion(z, 0) == pytest.approx(model.scale)


def test_the_variance_between_units_is_that_of_dersimonian_and_laird():
    of = rng().integers(20, 300, 40)
    passed = rng(2).binomial(of, np.clip(rng(3).normal(0.6, 0.1, 40), 0, 1))
    found = Funnel(passed, of)
    error = found.error(of)
    z = (found.rate - found.overall) / error
    known = combine_effects(found.rate, error**2, method_re="chi2")
    assert between_variance(dispersion(z, 0), error) == pytest.approx(known.tau2)


def test_drawing_in_leaves_the_dispersion_of_normal_scores_at_one_and_takes_two_wild_units_out():
    z = rng().normal(0, 1, 200_000)
    assert dispersion(z, 0.2) == pytest.approx(1, abs=0.02)
    streets = np.array([-1.2, -0.9, -0.5, -0.2, 0, 0.3, 0.7, 1.1, 30, 33])
    assert dispersion(streets, 0) > 200
    assert dispersion(streets, 0.2) < dispersion(streets, 0.1) / 3


def test_units_that_differ_by_chance_alone_are_outside_as_seldom_as_the_limits_say():
    of = rng().integers(100, 2_000, 5_000)
    found = Funnel(rng(2).binomial(of, 0.6), of)
    assert found.outside(0.95).mean() == pytest.approx(0.05, abs=0.01)
    assert found.outside(0.998).mean() == pytest.approx(0.002, abs=0.002)


def test_corrected_limits_widen_with_what_units_really_differ_and_are_never_narrower():
    of = np.full(300, 400)
    found = Funnel(rng().binomial(of, np.clip(rng(2).normal(0.6, 0.1, 300), 0, 1)), of)
    assert found.between == pytest.approx(0.1, rel=0.2)
    plain, wide = (found.limits(np.array([400]), 0.95, corrected) for corrected in (False, True))
    assert wide[0][0] < plain[0][0] < plain[1][0] < wide[1][0]
    assert found.outside(0.95).mean() == pytest.approx(0.05, abs=0.03)


def test_a_funnel_counts_the_buildings_of_known_units_only():
    found = funnel(np.array([0, 0, 1, -1]), np.array([True, False, True, True]), 3)
    assert (found.passed.tolist(), found.of.tolist()) == ([1, 1, 0], [2, 1, 0])


def test_a_funnel_of_nobody_names_nobody():
    found = funnel(np.array([], int), np.array([], bool), 3)
    assert not found.outside(0.95).any()


# heaping


def scores_of_officers(lifted: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """100 officers of 200 visits each, one of whom brings scores of 70 to 75 over the bound `lifted` times in ten."""
    officer = np.repeat(np.arange(100), 200)
    score = np.round(rng().normal(70 + 0.1 * officer, 12)).clip(0, 100)
    below = (officer == 7) & (score >= 70) & (score < 75) & (rng(5).integers(0, 10, len(score)) < lifted)
    return officer, np.where(below, 76.0, score)


def test_one_who_lifts_scores_over_a_bound_is_named_and_nobody_else():
    found = score_heaping(*scores_of_officers(lifted=9), 100, [75], 5)
    assert np.flatnonzero(found.flagged).tolist() == [7]
    assert found.share[7] > found.expected[7] + 0.15


def test_honest_scores_name_nobody_though_some_officers_score_far_higher():
    assert not score_heaping(*scores_of_officers(), 100, [75], 5).flagged.any()


def test_a_result_on_the_bound_lies_above_it_and_one_as_far_away_as_near_only_below():
    found = score_heaping(np.zeros(4, int), np.array([75.0, 80, 70, 69]), 1, [75], 5)
    assert (found.above[0], found.near[0]) == (1, 2)


def test_q_values_are_benjamini_and_hochbergs_and_leave_gaps_out():
    found = false_discovery(np.array([0.01, np.nan, 0.02, 0.03, 0.5]))
    assert found[[0, 2, 3, 4]].tolist() == pytest.approx([0.04, 0.04, 0.04, 0.5])
    assert np.isnan(found[1])


# leniency


def visits_to_shared_buildings(officers: int = 12, buildings: int = 150, seed: int = 1) -> pd.DataFrame:
    draw = rng(seed)
    frame = pd.DataFrame({"building": np.repeat(np.arange(buildings), 6)})
    frame["officer"] = draw.integers(0, officers, len(frame))
    frame["day"] = np.datetime64("2020-01-01") + draw.integers(0, 1_000, len(frame))
    frame["year"] = (frame["day"] - frame["day"].min()).dt.days // 365
    own, kind = draw.normal(60, 10, buildings), np.append(25.0, draw.normal(0, 4, officers - 1))
    frame["score"] = own[frame["building"]] + kind[frame["officer"]] + 2.0 * frame["year"]
    frame["score"] += draw.normal(0, 6, len(frame))
    return frame


def columns(frame: pd.DataFrame) -> tuple[np.ndarray, ...]:
    return tuple(frame[name].to_numpy() for name in ("building", "officer", "year", "score"))


def test_officers_effects_are_those_of_least_squares_with_a_dummy_for_every_building_year_and_officer():
    frame = visits_to_shared_buildings()
    system = swept(*columns(frame), 12)
    effect, variance, noise = fixed_effects(system, joined(system))
    dummies = [pd.get_dummies(frame[name], drop_first=name != "building") for name in ("building", "officer", "year")]
    known = OLS(frame["score"], pd.concat(dummies, axis=1).to_numpy(float)).fit()
    theirs = np.append(0.0, known.params.to_numpy()[150:161])
    centre = np.eye(12) - 1 / 12
    covariance = np.zeros((12, 12))
    covariance[1:, 1:] = known.cov_params().to_numpy()[150:161, 150:161]
    assert effect == pytest.approx(centre @ theirs)
    assert noise == pytest.approx(known.scale)
    assert variance * noise == pytest.approx(np.diag(centre @ covariance @ centre), rel=1e-4)


def test_officers_who_share_no_building_with_the_rest_are_a_group_of_their_own():
    frame = visits_to_shared_buildings()
    apart = visits_to_shared_buildings(seed=2).assign(building=lambda one: one["building"] + 150)
    apart["officer"] += 12
    system = swept(*columns(pd.concat([frame, apart])), 24)
    group = joined(system)
    effect, *_ = fixed_effects(system, group)
    assert group.tolist() == [0] * 12 + [1] * 12
    assert effect[:12].mean() == pytest.approx(0, abs=1e-8)
    assert effect[12:].mean() == pytest.approx(0, abs=1e-8)


def test_the_variance_between_officers_is_paule_and_mandels():
    effect, variance = rng().normal(0, 3, 60), rng(2).uniform(0.5, 4, 60)
    known = combine_effects(effect, variance, method_re="iterated", atol=1e-10)
    assert between_officers(effect, variance) == pytest.approx(known.tau2, rel=1e-4)


def test_the_kind_officer_is_named_with_an_interval_and_the_others_are_not():
    frame = visits_to_shared_buildings()
    found = leniency(*(frame[name].to_numpy() for name in ("building", "officer")), *days_and_scores(frame), 12)
    assert np.flatnonzero(found.flagged).tolist() == [0]
    assert found.low[0] < found.effect[0] < found.high[0]
    assert found.effect[0] == pytest.approx(25, abs=4)
    assert found.lenient[0] > 0.99
    assert found.strict[0] < 0.01


def days_and_scores(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return frame["day"].to_numpy().astype("datetime64[D]"), frame["score"].to_numpy()


def test_what_only_one_officer_ever_saw_says_nothing_of_leniency():
    building, officer = np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])
    assert shared_buildings(building, officer).tolist() == [False, False, True, True]
    found = leniency(building, officer, np.full(4, np.datetime64("2020-01-01")), np.array([1.0, 2, 3, 4]), 3)
    assert np.isnan(found.effect).all()
    assert not found.flagged.any()


# copies


def lists(copied: int) -> tuple[np.ndarray, ...]:
    """80 officers of 60 visits to different buildings; the first hands in one list for the last `copied` of them."""
    officer = np.repeat(np.arange(80), 60)
    day = np.datetime64("2024-01-01") + np.tile(np.arange(60), 80)
    answers = (rng().random((len(officer), 27)) < 0.7).astype(np.uint8)
    answers[60 - copied : 60] = answers[59]
    return np.arange(len(officer)), officer, day, list_numbers(answers), answers.mean(axis=1)


def test_one_who_hands_in_the_same_list_at_twenty_buildings_is_named_and_nobody_else():
    found = duplicate_checklists(*lists(20), 80)
    assert np.flatnonzero(found.flagged).tolist() == [0]
    assert (found.repeats[0], found.longest[0]) == (19, 20)


def test_lists_with_everything_passed_are_common_and_no_copies():
    building, officer, day, number, score = lists(0)
    passed = np.where(rng(4).random(len(number)) < 0.5, -1, number)  # half of all lists pass everything
    found = duplicate_checklists(building, officer, day, np.where(passed < 0, number.max() + 1, number), score, 80)
    assert not found.flagged.any()
    assert found.repeats.sum() == 0


def test_the_same_building_seen_twice_with_the_same_answers_is_no_copy():
    building, officer, day, number, score = lists(20)
    assert duplicate_checklists(np.where(officer == 0, 0, building), officer, day, number, score, 80).repeats[0] == 0


def test_lists_have_one_number_exactly_when_all_answers_are_the_same():
    answers = rng().integers(0, 2, (3_000, 8)).astype(np.int8)
    answers[answers.sum(axis=1) == 4, 0] = NOT_APPLICABLE
    number = list_numbers(answers)
    _, known = np.unique(answers, axis=0, return_inverse=True)
    assert pd.Series(known).groupby(number).nunique().max() == 1
    assert pd.Series(number).groupby(known).nunique().max() == 1


def test_a_repeated_list_is_marked_at_its_second_building():
    building, officer = np.array([0, 1, 2, 2]), np.zeros(4, int)
    day, number = np.datetime64("2024-01-01") + np.arange(4), np.array([5, 5, 5, 5])
    assert repeated(building, officer, day, number).tolist() == [False, True, True, False]


# fading


def pooled(shares: np.ndarray, weights: np.ndarray) -> list[float]:
    """Pool-adjacent-violators for a falling curve, one block after the other."""
    blocks: list[list[float]] = []
    for share, weight in zip(shares, weights, strict=True):
        blocks.append([share, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (a, wa, na), (b, wb, nb) = blocks[-2:]
            blocks[-2:] = [[(a * wa + b * wb) / (wa + wb), wa + wb, na + nb]]
    return [share for share, _, size in blocks for _ in range(size)]


@given(st.integers(0, 10_000))
def test_the_fading_curve_is_that_of_pooling_adjacent_violators(seed):
    draw = rng(seed)
    gap = draw.integers(1, 40, 400)
    same = draw.random(400) < np.exp(-gap / 30)
    building, day = np.repeat(np.arange(400), 2), np.full(800, np.datetime64("2020-01-01"))
    day[1::2] += gap
    grade = np.zeros(800, int)
    grade[1::2] = ~same
    curve = result_decay(building, day, grade, 2)[0]
    gap = np.maximum(gap, np.sort(gap)[MIN_N - 1])
    by_day = pd.DataFrame({"gap": gap, "same": same}).groupby("gap")["same"].agg(["mean", "size"])
    assert curve.days.tolist() == by_day.index.tolist()
    assert curve.same.tolist() == pytest.approx(pooled(by_day["mean"].to_numpy(), by_day["size"].to_numpy()))
    assert all(before >= after for before, after in pairwise(curve.same))


def test_a_building_never_visited_or_too_long_ago_has_no_confidence():
    building, day = np.repeat(np.arange(400), 2), np.full(800, np.datetime64("2020-01-01"))
    day[1::2] += np.tile(np.arange(1, 101), 4)
    curves = result_decay(building, day, np.zeros(800, int), 1)
    found = confidence(curves, np.array([0, 0, -1]), np.array([10, 99, -1]))
    assert found[0] == 1
    assert np.isnan(found[1:]).all()


def test_a_fading_curve_of_no_pairs_knows_nothing():
    curves = result_decay(np.arange(3), np.full(3, np.datetime64("2020-01-01")), np.zeros(3, int), 1)
    assert np.isnan(confidence(curves, np.array([0]), np.array([0]))).all()


# coverage


def test_a_street_with_six_tenths_of_its_buildings_on_record_is_named():
    area = np.repeat([0, 1, 2, -1], [60, 95, 10, 3])
    found = buildings_recorded(area, np.array([100, 100, np.nan]))
    assert found.share[:2].tolist() == [0.6, 0.95]
    assert np.isnan(found.share[2])
    assert found.flagged.tolist() == [True, False, False]
    assert found.overall == pytest.approx(155 / 200)


def test_visits_asked_for_add_up_the_roles_and_are_nought_for_the_unrated():
    every = {"red": {"officer": 10, "assistant": 5}, "green": {"officer": 73}}
    assert visits_asked(np.array([0, 1, 2, -1]), ("red", "green", "star"), every).tolist() == [109.5, 5, 0, 0]


def test_an_area_with_less_than_half_of_the_city_s_share_of_visits_is_named():
    area = np.array([0, 0, 1, 1])
    found = visits_made(area, 2, np.array([5, 5, 1, 1]), np.array([10.0, 10, 10, 10]))
    assert found.overall == pytest.approx(0.3)
    assert found.share.tolist() == [0.5, 0.1]
    assert found.flagged.tolist() == [False, True]


def test_an_area_where_most_buildings_were_not_visited_within_the_year_is_named():
    found = buildings_visited(np.array([0, 0, 0, 1, 1, -1]), 2, np.array([10, 365, -1, 364, 400, 3]))
    assert found.share.tolist() == [pytest.approx(1 / 3), 0.5]
    assert found.flagged.tolist() == [True, False]


def test_the_limits_are_those_of_the_normal_distribution():
    found = Funnel(np.array([50, 50]), np.array([100, 100]))
    low, high = found.limits(np.array([100]), 0.998, corrected=False)
    assert high[0] - low[0] == pytest.approx(2 * norm.ppf(0.999) * 0.05)

"""What a visit is worth: worse grades first, long visits not starved, later dearer, in seconds of walking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.figures import figures
from scoring.planning.worth import (
    DUE,
    EARLY,
    EVENING,
    JOINT,
    KINDS,
    RANDOM,
    URGENT,
    daily_cost_s,
    kind_tiers_s,
    tiers_s,
    visit_minutes,
    worth_s,
)

WORTH, MINUTES = figures().worth, figures().minutes_a_visit
LENGTH = st.integers(20, 60)
LATE = st.integers(-200, 2_000)


def worth(tier, minutes, late=0):
    return int(worth_s(np.array([tier]), np.array([minutes]), np.array([late]), WORTH)[0])


@pytest.mark.parametrize(("homes", "minutes"), [(0, 20), (np.nan, 20), (6, 20), (7, 21), (25, 35), (56, 60), (400, 60)])
def test_a_visit_takes_a_quarter_of_an_hour_and_some_for_each_home(homes, minutes):
    assert visit_minutes(np.array([homes]), MINUTES).tolist() == [minutes]


def test_half_an_hour_in_the_best_grade_is_worth_twenty_minutes_of_walking():
    assert worth(tiers_s(4, WORTH)[3], 30) == 20 * 60


def test_each_worse_grade_is_worth_three_times_the_next():
    assert tiers_s(4, WORTH)[:4].tolist() == [32_400, 10_800, 3_600, 1_200]


def test_what_was_never_visited_counts_like_the_second_worst_grade():
    assert tiers_s(4, WORTH)[-1] == tiers_s(4, WORTH)[1]
    assert tiers_s(1, WORTH).tolist() == [1_200, 1_200]


@given(st.integers(2, 6), LENGTH, LATE, st.data())
def test_a_worse_grade_on_time_counts_for_more_than_a_better_one_however_late(n_grades, minutes, late, data):
    better = data.draw(st.integers(1, n_grades - 1))
    tiers = tiers_s(n_grades, WORTH)
    assert worth(tiers[better - 1], minutes) > worth(tiers[better], minutes, late)


@given(LENGTH, LENGTH, LATE)
def test_a_minute_of_a_long_visit_is_worth_as_much_as_one_of_a_short(short, long, late):
    tier = tiers_s(4, WORTH)[2]
    assert abs(worth(tier, short, late) / short - worth(tier, long, late) / long) <= 1 / short + 1 / long


@given(LENGTH, LATE, st.integers(0, 30))
def test_a_day_later_is_dearer_until_the_most_is_reached(minutes, late, more):
    tier = tiers_s(4, WORTH)[1]
    assert worth(tier, minutes, late) <= worth(tier, minutes, late + more) <= 2 * worth(tier, minutes)
    assert worth(tier, minutes, 20) == worth(tier, minutes, 2_000) == 2 * worth(tier, minutes)


def test_a_visit_for_which_there_is_time_is_worth_what_it_is_on_its_due_day():
    assert worth(3_600, 30, -200) == worth(3_600, 30, 0) == 3_600


def test_the_price_of_a_day_is_what_the_worth_grows_by():
    tier = tiers_s(4, WORTH)[:4]
    minutes, late = np.full(4, 40), np.full(4, 7)
    grown = worth_s(tier, minutes, late + 1, WORTH) - worth_s(tier, minutes, late, WORTH)
    assert np.abs(grown - daily_cost_s(tier, minutes, late, WORTH)).max() <= 1


def test_a_day_later_costs_nothing_once_the_most_is_reached():
    tier, minutes = tiers_s(4, WORTH)[:2], np.full(2, 40)
    assert (daily_cost_s(tier, minutes, np.array([19, 20]), WORTH) > 0).tolist() == [True, False]


def test_a_visit_by_chance_counts_like_the_worst_grade_whatever_its_own():
    tiers = kind_tiers_s(np.array([3, 3, 0, -1]), np.array([RANDOM, EVENING, RANDOM, RANDOM]), 4, WORTH)
    assert tiers.tolist() == [32_400] * 4


def test_early_counts_half_and_urgent_and_joint_above_everything():
    tiers = kind_tiers_s(np.array([1, 1, 3, 3]), np.array([DUE, EARLY, URGENT, JOINT]), 4, WORTH)
    assert tiers.tolist() == [10_800, 5_400, 97_200, 97_200]
    assert len(KINDS) == 6

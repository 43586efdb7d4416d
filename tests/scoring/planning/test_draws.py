"""Draws: the same for the same seed, each building's its own, and the share what it is said to be in every grade."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.draws import NOBODY, drawn, evening_visits, random_officer, random_share, random_week
from scoring.planning.figures import figures

SEED, DAY = b"drawn in public on 2 March 2026", date(2026, 3, 2)
PART = figures().random_part
CITY = 175_700
GRADES = np.repeat([0, 1, 2, 3, -1], [15_470, 34_023, 119_076, 1_875, 5_256])  # as many as in the demonstration
IDS = st.lists(st.integers(0, 2**62), min_size=1, max_size=40, unique=True)


def test_a_draw_of_a_seed_stays_what_it_is():
    assert drawn(SEED, np.array([1, 2]), DAY, "evening").tolist() == [0.7677292455719043, 0.48114904782932744]


@given(IDS, st.integers(0, 2**62))
def test_a_building_more_or_another_order_changes_no_other_draw(ids, one_more):
    before = drawn(SEED, np.array(ids), DAY, "evening")
    after = drawn(SEED, np.array([one_more, *ids[::-1]]), DAY, "evening")
    np.testing.assert_array_equal(before, after[:0:-1])


@pytest.mark.parametrize(
    ("seed", "day", "purpose"),
    [(b"another", DAY, "evening"), (SEED, DAY + timedelta(1), "evening"), (SEED, DAY, "random week")],
)
def test_another_seed_day_or_purpose_is_another_draw(seed, day, purpose):
    ids = np.arange(5_000)
    first, second = drawn(SEED, ids, DAY, "evening"), drawn(seed, ids, day, purpose)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.06  # four standard errors
    assert first.min() >= 0 and first.max() < 1


def test_draws_are_spread_evenly():
    tenths = np.bincount((drawn(SEED, np.arange(CITY), DAY, "evening") * 10).astype(int), minlength=10)
    assert np.abs(tenths / CITY - 0.1).max() < 0.003  # four standard errors


def test_the_random_share_is_five_percent_in_every_grade_of_a_city():
    chosen = random_share(SEED, np.arange(CITY), GRADES, np.ones(CITY, bool), DAY, PART)
    for grade in np.unique(GRADES):
        assert abs(chosen[grade == GRADES].mean() - 0.05) < 0.003, grade
    again = random_share(SEED, np.arange(CITY), GRADES, np.ones(CITY, bool), DAY, PART)
    np.testing.assert_array_equal(chosen, again)


def test_what_is_due_already_is_not_drawn():
    may = np.arange(2_000) % 3 == 0
    chosen = random_share(SEED, np.arange(2_000), np.zeros(2_000, int), may, DAY, PART)
    assert chosen.sum() == 33 and not (chosen & ~may).any()


@given(IDS, st.integers(0, 2**62))
def test_a_building_more_puts_one_other_out_at_the_most(ids, one_more):
    def chosen(of):
        of = np.array(of)
        return set(of[random_share(SEED, of, np.zeros(len(of), int), np.ones(len(of), bool), DAY, 0.3)].tolist())

    if one_more not in ids:
        before, after = chosen(ids), chosen([*ids, one_more])
        assert len(before - after) <= 1 and len(after - before) <= 1


def test_the_share_is_spread_over_the_weeks():
    weeks = np.bincount(random_week(SEED, np.arange(8_000), DAY, 4))
    assert len(weeks) == 4 and np.abs(weeks - 2_000).max() < 160


def test_who_goes_is_drawn_among_those_who_may():
    ids, officers = np.arange(4_000), np.array([7, 3, 11])
    may = np.ones((4_000, 3), bool)
    may[:, 2] = ids % 2 == 0
    may[:10] = False
    goes = random_officer(SEED, ids, officers, may, DAY)
    assert set(goes[:10]) == {NOBODY} and 11 not in goes[1::2]
    assert abs((goes[10::2] == 11).mean() - 1 / 3) < 0.045


def test_an_officer_more_moves_no_building_between_the_others():
    ids = np.arange(1_000)
    two = random_officer(SEED, ids, np.array([3, 7]), np.ones((1_000, 2), bool), DAY)
    three = random_officer(SEED, ids, np.array([7, 11, 3]), np.ones((1_000, 3), bool), DAY)
    assert (three[three != 11] == two[three != 11]).all() and (three == 11).any()


def test_evening_visits_follow_no_rhythm_and_come_once_a_month_in_the_mean():
    evenings = np.array([evening_visits(SEED, np.arange(400), DAY + timedelta(day), 30) for day in range(720)])
    gaps = np.concatenate([np.diff(np.flatnonzero(one)) for one in evenings.T])
    assert abs(evenings.mean() * 30 - 1) < 0.04
    # Geometric: having waited ten days already, ten more are as likely as from the start.
    waited = (gaps > 20).sum() / (gaps > 10).sum()
    assert abs(waited - (gaps > 10).mean()) < 0.03
    assert abs((gaps > 10).mean() - (29 / 30) ** 10) < 0.03

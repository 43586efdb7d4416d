"""The forecast of a quarter: never more than there are minutes for, each area by itself, near what the plan makes."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.forecast import AHEAD, WEEKS_AHEAD, Forecast, Outlook, foreseen, next_officer
from tests.scoring.planning.quarter import CALENDAR, FIRST, SETTLED, STARS, WEEKS, WORKED, grid, quarter

MONDAY = FIRST.item()
EVERY = np.array([*STARS, 21], "timedelta64[D]")
RED, BEST, UNRATED = 0, 4, -1
HOUSE = st.tuples(st.integers(0, 2), st.integers(-1, 4), st.none() | st.integers(1, 200), st.integers(20, 60))
HOUSES = st.lists(HOUSE, min_size=1, max_size=30)


def outlook(houses: list[tuple[int, int, int | None, int]], minutes: float = 120, areas: int = 3) -> Outlook:
    """houses: area, grade, days since the last visit, minutes."""
    area, grade, since, each = zip(*houses, strict=True)
    last = [None if days is None else MONDAY - timedelta(days) for days in since]
    weight = 3.0 ** (4 - np.where(np.array(grade) == UNRATED, 1, grade))
    return Outlook(
        first=MONDAY,
        area=np.array(area),
        grade=np.array(grade),
        last=np.array(last, "datetime64[D]"),
        minutes=np.array(each, float),
        weight=weight,
        interval=EVERY,
        officer_minutes=np.full(areas, float(minutes)),
    )


def foretold(houses, minutes: float = 120, weeks: int = 6) -> Forecast:
    return foreseen(outlook(houses, minutes), weeks, CALENDAR)


def in_plain_loops(seen: Outlook, weeks: int) -> list[list[tuple[int, int]]]:
    """By week, (row, day) of each visit, area by area and day by day."""
    calendar = {
        day: CALENDAR.on_or_before(np.array([day], "datetime64[D]"))[0].item() for day in days_from(MONDAY, 7 * weeks)
    }
    last, every = seen.last.tolist(), [seen.interval[grade].item().days for grade in seen.grade]

    def due(row: int) -> date:
        day = MONDAY if last[row] is None else last[row] + timedelta(every[row])
        return max(calendar[day], MONDAY) if day in calendar else day

    made: list[list[tuple[int, int]]] = [[] for _ in range(weeks)]
    for area in range(len(seen.officer_minutes)):
        own = [row for row in range(len(seen.area)) if seen.area[row] == area]
        for week in range(weeks):
            begins, usual, spent = MONDAY + timedelta(7 * week), 0.0, 0.0
            for ahead in range(1, WEEKS_AHEAD + 1):
                until = begins + timedelta(7 * ahead - 1)
                visits = (max((until - max(due(row), begins)).days // every[row] + 1, 0) for row in own)
                usual = max(usual, sum(seen.minutes[row] * n for row, n in zip(own, visits, strict=True)) / ahead)
            for place, day in enumerate(WORKED[week].tolist()):
                near = [row for row in own if (due(row) - day).days <= AHEAD * every[row]]
                late = {row: min((day - due(row)).days / every[row], 1) for row in near}
                first = {row: -late[row] if due(row) > day else -seen.weight[row] * (1 + late[row]) for row in near}
                near = [row for *_, row in sorted((due(row) > day, first[row], row) for row in near)]
                left = seen.officer_minutes[area] * (place + 1) - spent
                left_ahead = min(left, usual * (place + 1) / len(WORKED[week]) - spent)
                today = 0.0
                for row in near:
                    today += seen.minutes[row]
                    if today <= (left_ahead if due(row) > day else left) + 1e-9:
                        made[week].append((row, (day - MONDAY).days))
                        spent += seen.minutes[row]
                for row, on in made[week]:
                    if on == (day - MONDAY).days and row in own:
                        last[row] = day
    return made


def days_from(first: date, number: int) -> list[date]:
    return [first + timedelta(day) for day in range(number)]


@given(HOUSES, st.sampled_from([30, 60, 120, 400]))
def test_the_whole_city_at_once_is_as_area_by_area_in_plain_loops(houses, minutes):
    seen = outlook(houses, minutes)
    visits = np.zeros((3, 6, 4), int)
    for week, made in enumerate(in_plain_loops(seen, 4)):
        for row, _ in made:
            visits[seen.area[row], seen.grade[row], week] += 1
    np.testing.assert_array_equal(foreseen(seen, 4, CALENDAR).visits, visits)


@given(HOUSES, st.sampled_from([30, 90, 400]))
def test_no_week_spends_more_minutes_than_its_officers_have(houses, minutes):
    spent = foretold(houses, minutes).minutes.sum(axis=1)
    assert (spent <= [len(days) * minutes + 0.5 * 6 for days in WORKED[:6]]).all()


@given(HOUSES, st.sampled_from([30, 90]))
def test_an_area_is_foreseen_as_if_it_were_alone(houses, minutes):
    together = foretold(houses, minutes)
    for area in range(3):
        if alone := [one for one in houses if one[0] == area]:
            apart = foretold(alone, minutes)
            np.testing.assert_array_equal(apart.visits[area], together.visits[area])
            np.testing.assert_array_equal(apart.late[area], together.late[area])


def test_a_red_house_visited_on_monday_is_visited_every_ten_days_at_least():
    visits = foretold([(0, RED, 1, 30)], weeks=13).visits.sum()
    assert 9 <= visits <= 11


def test_what_comes_due_together_is_begun_ahead_but_not_before_half_the_interval_has_passed():
    visits = foretold([(0, 2, 5, 30)] * 20).visits[0, 2]  # of 45 days, due after 40
    assert visits[:2].tolist() == [0, 0] and (visits[2:] > 0).all() and visits.max() <= 8


def test_the_best_grade_is_seldom_visited():
    assert foretold([(0, BEST, 1, 30)], weeks=13).visits.sum() == 0


def test_what_was_never_visited_is_visited_in_the_first_week_and_shown_as_unrated():
    assert foretold([(1, UNRATED, None, 30)]).visits[1, UNRATED, 0] == 1


def test_to_a_grade_that_a_role_does_not_visit_it_never_comes():
    seen = outlook([(0, RED, 300, 30), (0, BEST, None, 30)])
    nobody = replace(seen, interval=np.array([10, "NaT", "NaT", "NaT", "NaT", "NaT"], "timedelta64[D]"))
    told = foreseen(nobody, 6, CALENDAR)
    assert told.visits[0, BEST].sum() == told.late[0, BEST].sum() == 0 < told.visits[0, RED].sum()


def test_where_minutes_are_short_the_heavier_goes_first_and_the_other_is_late():
    houses = [(0, RED, 300, 30)] * 5 + [(0, BEST, 300, 30)] * 5
    told = foretold(houses, minutes=30, weeks=3)
    assert told.visits[0, :, 0].tolist() == [5, 0, 0, 0, 0, 0]
    assert told.late[0, :, 0].tolist() == [0, 0, 0, 0, 5, 0]


def test_the_backlog_and_the_week_it_is_gone():
    houses = [(0, BEST, 300, 30)] * 8 + [(1, BEST, 300, 30)] * 40 + [(2, BEST, 10, 30)]
    told = foretold(houses, minutes=30, weeks=3)
    assert told.backlog[:2].tolist() == [[3, 0, 0], [35, 30, 25]]
    assert told.backlog_gone().tolist() == [1, -1, 0]


def test_the_next_officer_brings_most_where_most_is_late_and_nothing_where_nothing_is():
    houses = [(0, BEST, 10, 30)] * 5 + [(1, BEST, 300, 30)] * 20 + [(2, BEST, 300, 30)] * 40
    brings = next_officer(outlook(houses, 30), 30, 4, CALENDAR).sum(axis=1)
    assert brings[0] == 0 < brings[1] < brings[2]


@given(HOUSES)
def test_the_next_officer_of_one_area_brings_there_what_was_said_and_elsewhere_nothing(houses):
    seen = outlook(houses, 30)
    said = next_officer(seen, 60, 4, CALENDAR)
    there = replace(seen, officer_minutes=np.array([30.0, 90, 30]))
    saved = (foreseen(seen, 4, CALENDAR).late - foreseen(there, 4, CALENDAR).late).sum(axis=2)
    np.testing.assert_array_equal(saved[1], said[1])
    assert (saved[[0, 2]] == 0).all()


def test_a_shorter_interval_for_red_is_paid_for_by_the_others():
    rng = np.random.default_rng(3)
    houses = [(0, int(grade), int(rng.integers(1, 200)), 30) for grade in rng.integers(0, 5, 60)]
    seen = outlook(houses, 120)
    weekly = replace(seen, interval=np.array([7, *STARS[1:], 21], "timedelta64[D]"))
    before, after = foreseen(seen, WEEKS, CALENDAR), foreseen(weekly, WEEKS, CALENDAR)
    assert after.visits[0, RED].sum() > 1.2 * before.visits[0, RED].sum()
    assert after.late[0, 1:].sum() > before.late[0, 1:].sum()


@pytest.mark.parametrize("minutes", [120, 200])
def test_the_forecast_comes_near_what_the_weeks_laid_out_make(minutes):
    grids = [grid(row) for row in range(40)]
    seen = Outlook(
        first=MONDAY,
        area=np.repeat(np.arange(40), [len(one.last) for one in grids]),
        grade=np.concatenate([np.searchsorted(STARS, one.interval.astype(int)) for one in grids]),
        last=np.concatenate([one.last for one in grids]),
        minutes=np.concatenate([one.minutes for one in grids]),
        weight=np.concatenate([one.weight for one in grids]),
        interval=EVERY,
        officer_minutes=np.full(40, float(minutes)),
    )
    told, made = foreseen(seen, WEEKS, CALENDAR), quarter(40, minutes, planned=True)
    assert abs(told.visits.sum() / made.visits.sum() - 1) < 0.06
    assert (np.abs(told.late.sum(axis=(0, 1)) - made.late.sum(axis=0)) < 0.05 * len(seen.area)).all()
    assert told.late[:, :, SETTLED:].sum() == 0


def test_a_city_is_foreseen_at_once():
    rng = np.random.default_rng(1)
    n, areas = 175_700, 4_829
    city = replace(
        outlook([(0, 0, 1, 30)], areas=areas),
        area=rng.integers(0, areas, n),
        grade=rng.integers(-1, 5, n),
        last=FIRST - rng.integers(1, 300, n),
        minutes=rng.integers(20, 60, n).astype(float),
        weight=np.ones(n),
    )
    told = foreseen(city, WEEKS, CALENDAR)
    assert told.visits.shape == (areas, 6, WEEKS)
    assert told.backlog[:, 0].sum() > told.backlog[:, -1].sum()

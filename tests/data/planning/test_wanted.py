"""What a plan is asked for: what is due, what is better made early, and the share drawn at random."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest

from data.planning.left_out import NO_ROLE, REASONS, left_out
from data.planning.problem import DUE, EARLY, KINDS, RANDOM, Needs, Problem
from data.planning.routes import plan
from data.planning.wanted import DueBuildings, Period, WantedVisits, needs_of, wanted_visits, with_random
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals
from scoring.planning.working_days import working_days
from tests.data.planning.cast import FRIDAY, LAST_FRIDAY, METRES_NORTH, MONDAY, POST, TUESDAY, Officer, crew

FIGURES = figures()
WEEKS = FIGURES.slots.weeks_ahead
ROLES = ("officer", "assistant")
RED, GREEN, UNRATED = 0, 2, -1
DAYS = np.array([[10, 7], [14, 0], [21, 0], [30, 0]], "timedelta64[D]")  # the last of what is unrated
DAYS[np.timedelta64(0, "D") == DAYS] = np.timedelta64("NaT")
EVERY = Intervals(ROLES, DAYS, np.eye(2, dtype=bool))
SATURDAY, SUNDAY, NEVER = date(2026, 12, 5), date(2026, 12, 6), None
NEW_YEARS_EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
SEED = b"published"


@dataclass(frozen=True)
class House:
    """due: by the officer; assistant: by the assistant; last: the last visit, of whichever role."""

    due: date | None
    grade: int = GREEN
    assistant: date | None = None
    last: date | None = LAST_FRIDAY - timedelta(21)
    unit: int = 0
    minutes: int = 28  # with the walk to it half an hour


def city(houses: Sequence[House]) -> DueBuildings:
    return DueBuildings(
        id=1_000 + np.arange(len(houses)),
        place=np.array([(POST[0], POST[1] + 20 * METRES_NORTH * row) for row in range(len(houses))]).reshape(-1, 2),
        grade=np.array([house.grade for house in houses], np.int8),
        minutes=np.array([house.minutes for house in houses], np.int32),
        last=np.array([(house.last, house.last) for house in houses], "datetime64[D]").reshape(-1, 2),
        due=np.array([(house.due, house.assistant) for house in houses], "datetime64[D]").reshape(-1, 2),
        unit=np.array([house.unit for house in houses], np.int64),
        every=EVERY,
    )


def period(first: date = MONDAY, days: int = 7) -> Period:
    ends = first + timedelta(days + 7 * (WEEKS - 1) - 1)
    return Period(first, days, working_days(first - timedelta(60), ends))


def wanted(houses: Sequence[House], a_day: int = 0, when: Period | None = None, units: int = 1) -> WantedVisits:
    """Where officers have so many minutes on each working day, and assistants none."""
    when = when or period()
    minutes = np.zeros((units, len(ROLES), when.days_ahead), np.int64)
    ahead = np.datetime64(when.first) + np.arange(when.days_ahead)
    minutes[:, 0] = a_day * when.calendar.is_worked(ahead)
    return wanted_visits(city(houses), when, minutes, FIGURES)


def of_kind(visits: WantedVisits, kind: str) -> list[int]:
    return sorted(visits.row[visits.kind == KINDS.index(kind)].tolist())


def needs(houses: Sequence[House], a_day: int = 0, when: Period | None = None) -> Needs:
    return needs_of(wanted(houses, a_day, when), city(houses), when or period(), ROLES, FIGURES)


OVERDUE, DUE_ON_SUNDAY, LATER = House(date(2026, 8, 1)), House(SUNDAY), House(date(2026, 12, 30))


@pytest.mark.parametrize("a_day", [0, 30, 480])
def test_what_is_due_by_the_periods_end_is_wanted_whether_or_not_there_is_time(a_day):
    houses = [OVERDUE, LATER, House(FRIDAY), DUE_ON_SUNDAY, House(MONDAY, UNRATED), House(None), *[OVERDUE] * 40]
    assert of_kind(wanted(houses, a_day), DUE) == [0, 2, 3, 4, *range(6, 46)]


def test_what_is_due_on_the_days_off_after_the_period_is_due_in_it():
    assert of_kind(wanted([DUE_ON_SUNDAY, House(date(2026, 12, 7))], when=period(days=5)), DUE) == [0]
    before_new_year = period(date(2026, 12, 28), 4)
    assert of_kind(wanted([House(NEW_YEAR), House(date(2027, 1, 4))], when=before_new_year), DUE) == [0]


def test_what_lies_outside_the_plan_or_where_no_role_is_to_come_is_not_wanted():
    assert len(wanted([replace(OVERDUE, unit=-1), House(None)], 480).row) == 0
    assert len(wanted([], 480).row) == 0


def test_what_is_early_is_wanted_only_where_the_weeks_laid_out_put_it_in():
    crowded_next_week = [House(date(2026, 12, 8))] * 20
    early = wanted(crowded_next_week, a_day=60)  # of twenty, ten fit into a week
    assert of_kind(early, DUE) == [] and 8 <= len(of_kind(early, EARLY)) <= 12
    assert of_kind(wanted(crowded_next_week, a_day=0), EARLY) == []
    assert of_kind(wanted([LATER], a_day=480), EARLY) == []


def test_nothing_is_wanted_early_in_a_week_in_which_nobody_works():
    when, crowded_next_week = period(), [House(date(2026, 12, 8))] * 20
    minutes = np.full((1, len(ROLES), when.days_ahead), 60, np.int64)
    minutes[:, :, :7] = 0
    assert len(wanted_visits(city(crowded_next_week), when, minutes, FIGURES).row) == 0


def test_units_and_roles_are_laid_out_each_by_its_own_officers():
    when, crowded = period(), [House(date(2026, 12, 8), assistant=date(2026, 12, 8), unit=unit) for unit in (0, 1)] * 20
    minutes = np.zeros((2, len(ROLES), when.days_ahead), np.int64)
    minutes[1, 0] = minutes[0, 1] = 60
    early = wanted_visits(city(crowded), when, minutes, FIGURES)
    assert set(zip(np.array([0, 1] * 20)[early.row].tolist(), early.role.tolist(), strict=True)) == {(1, 0), (0, 1)}


@pytest.mark.parametrize(
    ("house", "last_day"),
    [
        (House(TUESDAY, RED), TUESDAY),
        (House(MONDAY, RED), MONDAY),
        (House(SUNDAY, RED), FRIDAY),  # by the working day before
        (House(LAST_FRIDAY, RED), None),  # late already
        (House(TUESDAY, GREEN), None),
        (House(TUESDAY, UNRATED), None),
        (House(MONDAY, RED, last=NEVER), None),  # due at once, and rather on Tuesday than not at all
    ],
)
def test_a_visit_of_the_worst_grade_has_a_hard_last_day_while_it_can_be_met_and_none_once_it_is_late(house, last_day):
    asked = needs([house])
    assert asked.last_day.tolist() == [last_day] and asked.due.tolist() == [house.due]


def test_what_was_due_on_a_weekend_before_the_period_is_late_and_not_bound_to_it():
    from_saturday = period(SATURDAY)
    assert needs([House(SUNDAY, RED)], when=from_saturday).last_day.tolist() == [None]


def test_what_is_early_in_the_worst_grade_has_no_hard_last_day():
    asked = needs([House(date(2026, 12, 8), RED)] * 20, a_day=60)
    assert asked.of_kind(EARLY).any() and np.isnat(asked.last_day).all()


def test_a_visit_is_worth_more_the_worse_its_grade_and_the_later_it_is_and_half_when_early():
    red, green, late = needs([House(TUESDAY, RED), House(TUESDAY), House(TUESDAY - timedelta(21))]).worth
    assert red == 9 * green and late == 2 * green
    early = needs([House(date(2026, 12, 8))] * 20, a_day=60)
    assert set(early.worth.tolist()) == {round(green / 2)}


LARGE = [House(date(2027, 1, 20), grade, unit=row % 3 - 1) for row, grade in enumerate((RED, 1, GREEN, UNRATED) * 200)]
LARGE += [OVERDUE, replace(LATER, last=NEVER)] * 100


def drawn(houses: Sequence[House], when: Period | None = None, seed: bytes = SEED) -> WantedVisits:
    when = when or period()
    return with_random(wanted(houses, when=when, units=2), city(houses), when, seed, FIGURES)


def test_random_visits_are_drawn_over_the_whole_city_by_grade_in_every_week_of_the_draw():
    everywhere = [replace(house, unit=0) for house in LARGE]
    begins = date(2026, 11, 23)  # a Monday from which a draw counts
    when = [period(begins + timedelta(7 * week)) for week in range(FIGURES.random_every_weeks)]
    assert FIGURES.random_every_weeks == 4
    rows = [of_kind(drawn(everywhere, week), RANDOM) for week in when]
    together = sorted(row for week in rows for row in week)
    grades = np.array([LARGE[row].grade for row in together])
    assert len(together) == len(set(together)) == 40 and all(len(week) for week in rows)
    assert [int((grades == grade).sum()) for grade in (RED, 1, GREEN, UNRATED)] == [10, 10, 10, 10]


def test_a_part_of_the_city_has_its_part_of_the_one_draw():
    everywhere = of_kind(drawn([replace(house, unit=0) for house in LARGE]), RANDOM)
    in_plan = [row for row in everywhere if LARGE[row].unit >= 0]
    assert of_kind(drawn(LARGE), RANDOM) == in_plan and 0 < len(in_plan) < len(everywhere)


def test_the_same_seed_draws_the_same_and_another_does_not():
    assert of_kind(drawn(LARGE), RANDOM) == of_kind(drawn(LARGE), RANDOM)
    assert of_kind(drawn(LARGE), RANDOM) != of_kind(drawn(LARGE, seed=b"another"), RANDOM)


def test_a_draw_never_takes_what_is_due_nor_what_was_never_visited():
    visits = drawn(LARGE)
    assert of_kind(visits, DUE) == of_kind(wanted(LARGE, units=2), DUE) == list(range(800, 1_000, 2))
    assert max(of_kind(visits, RANDOM)) < 800
    assert len(set(zip(visits.row.tolist(), visits.role.tolist(), strict=True))) == len(visits.row)


def test_a_plan_of_two_weeks_has_the_draws_of_both():
    first, second = (of_kind(drawn(LARGE, period(MONDAY + timedelta(7 * week))), RANDOM) for week in range(2))
    assert of_kind(drawn(LARGE, period(days=14)), RANDOM) == sorted(first + second) and first and second


def test_who_was_drawn_and_visited_earlier_in_the_week_is_not_visited_again():
    rows = of_kind(drawn(LARGE), RANDOM)
    since = [replace(house, last=TUESDAY) if row == rows[0] else house for row, house in enumerate(LARGE)]
    assert of_kind(drawn(since, period(date(2026, 12, 2), 5)), RANDOM) == rows[1:]


def test_an_early_visit_that_is_drawn_is_made_once_and_counts_as_drawn():
    when, here = period(), city(LARGE)
    (row, *_) = of_kind(drawn(LARGE), RANDOM)
    early = WantedVisits(np.array([row]), np.array([0]), here.due[[row], 0], np.array([KINDS.index(EARLY)]))
    by_assistant = replace(early, role=np.array([1]))
    assert of_kind(with_random(early, here, when, SEED, FIGURES), RANDOM).count(row) == 1
    assert of_kind(with_random(early, here, when, SEED, FIGURES), EARLY) == []
    beside = with_random(by_assistant, here, when, SEED, FIGURES)
    assert of_kind(beside, EARLY) == [row] and row in of_kind(beside, RANDOM)
    assert set(beside.role[beside.kind == KINDS.index(RANDOM)]) == {0}


def test_a_role_nobody_has_is_still_wanted_and_left_out_for_that_reason():
    houses = [House(TUESDAY, RED, assistant=TUESDAY), House(FRIDAY)]
    asked = needs(houses, a_day=120)
    assert sorted(zip(asked.building, asked.role, strict=True)) == [(1_000, 0), (1_000, 1), (1_001, 0)]
    of = Problem("harbour", ROLES, crew([Officer(1, "Wei")]), asked)
    left = left_out(of, plan(of, 5))
    assert [(asked.role[row], REASONS[why]) for row, why in zip(left.need, left.reason, strict=True)] == [(1, NO_ROLE)]

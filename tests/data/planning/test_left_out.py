"""Every visit that is left out has a reason, and it is said what it would take."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.db.models.planning import LEFT_OUT_REASONS
from data.planning.conditions import in_reach
from data.planning.left_out import (
    BLOCKED,
    LAST_DAY,
    NO_ROLE,
    NO_TIME,
    OUT_OF_AREA,
    REASONS,
    left_out,
)
from data.planning.problem import EVENING, JOINT, Crew, Problem, Routes
from data.planning.routes import plan
from data.planning.timetable import routes_of
from tests.data.planning import towns
from tests.data.planning.cast import (
    CHEN,
    FAR_FARM,
    FRIDAY,
    HARBOUR_ROW,
    LAST_FRIDAY,
    LI,
    LOCKED_YARD,
    MONDAY,
    NEXT_MONDAY,
    NIGHT_OWL,
    PLUM_COURT,
    TUESDAY,
    WEDNESDAY,
    WEI,
    place,
    problem,
)

SEED = 5
FULL = [replace(HARBOUR_ROW, building=100 + n, minutes=55, worth=90_000, last_day=None) for n in range(10)]
ONE_DAY = replace(WEI, days=(MONDAY,))


def reason(officers, visit, others=()) -> str | None:
    """Why the visit is not in the plan; None where it is."""
    of = problem(officers, [visit, *others])
    left = left_out(of, plan(of, SEED))
    why = dict(zip(left.need.tolist(), left.reason.tolist(), strict=True))
    return REASONS[why[0]] if 0 in why else None


@pytest.mark.parametrize(
    ("officers", "visit", "others", "why"),
    [
        ([WEI], PLUM_COURT, (), None),
        ([WEI], PLUM_COURT, FULL, NO_TIME),
        ([WEI], replace(PLUM_COURT, last_day=NEXT_MONDAY), FULL, NO_TIME),
        ([WEI], replace(PLUM_COURT, minutes=130), (), NO_TIME),
        ([WEI], replace(PLUM_COURT, role="assistant"), (), NO_ROLE),
        ([WEI, replace(CHEN, minutes=0)], replace(PLUM_COURT, role="assistant"), (), NO_ROLE),
        ([], PLUM_COURT, (), OUT_OF_AREA),
        ([replace(WEI, minutes=0)], PLUM_COURT, (), OUT_OF_AREA),
        ([WEI], FAR_FARM, (), OUT_OF_AREA),
        ([WEI], replace(PLUM_COURT, at=(np.nan, np.nan)), (), OUT_OF_AREA),
        ([WEI], replace(PLUM_COURT, at=place(1_500, 0), worth=100), (), OUT_OF_AREA),
        ([WEI], replace(PLUM_COURT, last_day=LAST_FRIDAY), (), LAST_DAY),
        ([WEI], replace(PLUM_COURT, earliest=WEDNESDAY, last_day=TUESDAY), (), LAST_DAY),
        ([replace(WEI, minutes=60)], replace(PLUM_COURT, last_day=MONDAY),
         [replace(one, last_day=MONDAY) for one in FULL], LAST_DAY),
        ([WEI], replace(PLUM_COURT, kind=EVENING), (), BLOCKED),
        ([WEI, NIGHT_OWL], replace(PLUM_COURT, kind=EVENING), (), None),
        ([WEI], replace(PLUM_COURT, pinned_officer=LI.number), (), BLOCKED),
        ([WEI], replace(PLUM_COURT, pinned_day=NEXT_MONDAY), (), BLOCKED),
        ([WEI], replace(PLUM_COURT, earliest=NEXT_MONDAY), (), BLOCKED),
        ([WEI], replace(PLUM_COURT, kind=JOINT), [replace(PLUM_COURT, kind=JOINT, role="assistant")], BLOCKED),
    ],
)  # fmt: skip
def test_a_visit_is_left_out_for_a_reason(officers, visit, others, why):
    assert reason(officers, visit, others) == why


def test_the_reasons_are_those_of_the_tables_in_their_order():
    assert REASONS == LEFT_OUT_REASONS


def test_what_is_in_the_plan_has_no_reason():
    of = problem([WEI], [PLUM_COURT, HARBOUR_ROW])
    everything = left_out(of, plan(of, SEED))
    assert len(everything.need) == len(everything.reason) == 0 and everything.lacks == ()


def test_what_it_would_take_is_the_days_that_hold_what_is_left_with_its_walking():
    of = problem([WEI], [replace(PLUM_COURT, building=n, minutes=50) for n in range(22)])
    (lack,) = left_out(of, routes_of(of, {day: [2 * day, 2 * day + 1] for day in range(5)})).lacks
    assert (lack.role, lack.minutes, lack.officer_days, lack.officers) == ("officer", 12 * 50, 6, 6 / 5)


def test_a_days_minutes_hold_whole_visits_only():
    of = problem([replace(WEI, minutes=60)], [replace(PLUM_COURT, building=n, minutes=40) for n in range(15)])
    (lack,) = left_out(of, routes_of(of, {day: [day] for day in range(5)})).lacks
    assert lack.officer_days == 10


def test_what_is_short_before_a_last_day_takes_officers_on_the_days_before_it():
    of = problem([WEI], [replace(PLUM_COURT, building=n, minutes=50, last_day=MONDAY) for n in range(6)])
    (lack,) = left_out(of, routes_of(of, {0: [0, 1]})).lacks
    assert (lack.officer_days, lack.officers) == (2, 2)


def test_what_is_further_than_it_is_worth_takes_no_more_officers():
    of = problem([WEI], [replace(PLUM_COURT, at=place(1_500, 0), worth=100)])
    left = left_out(of, plan(of, SEED))
    assert left.need.tolist() == [0] and left.lacks == ()


def test_each_role_is_asked_for_its_own_and_what_no_officer_could_do_takes_none():
    visits = [replace(PLUM_COURT, building=n, minutes=50) for n in range(12)]
    visits += [replace(LOCKED_YARD, building=50 + n, minutes=40, role="assistant") for n in range(3)]
    of = problem(
        [WEI, replace(CHEN, days=(FRIDAY,), minutes=60)], [*visits, FAR_FARM, replace(FAR_FARM, role="assistant")]
    )
    officers, assistants = left_out(of, plan(of, SEED)).lacks
    assert (officers.role, officers.minutes, assistants.role, assistants.minutes) == ("officer", 100, "assistant", 80)
    assert assistants.officers == assistants.officer_days == 2


def with_more(of: Problem, more: int) -> Problem:
    """The problem with so many more officers like its first."""
    crew, one = of.crew, of.crew.officer == of.crew.officer[0]
    columns = {name: [getattr(crew, name)] + [getattr(crew, name)[one]] * more for name in vars(crew)}
    columns["officer"] = [crew.officer, *(crew.officer[one] + 1_000 + extra for extra in range(more))]
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    order = np.lexsort((joined["officer"], joined["day"]))
    return replace(of, crew=Crew(**{name: column[order] for name, column in joined.items()}))


SHORT_OF_OFFICERS = [
    replace(towns.grid(1, 60), code="a grid of an hour a day"),
    replace(towns.grid(2, 30), code="a grid of half an hour a day"),
    towns.grid(1, 40),
    towns.team(1, needs=150, officers=1),
    towns.team(2, needs=200, officers=2),
]


@pytest.mark.parametrize("of", SHORT_OF_OFFICERS, ids=lambda of: of.code)
def test_what_it_would_take_is_right_to_within_one_officer(of):
    def left_with(more: int) -> int:
        larger = with_more(of, more)
        left = left_out(larger, plan(larger, SEED)).need
        return int(in_reach(larger).any(axis=0)[left].sum())

    (lack,) = left_out(of, plan(of, SEED)).lacks
    said = int(np.ceil(lack.officers))
    assert said >= 1
    assert left_with(said) <= 0.01 * len(of.needs)
    assert left_with(max(said - 2, 0)) > 0.01 * len(of.needs)


@given(st.integers(0, 4), st.integers(0, 8))
def test_each_need_is_either_in_the_plan_or_left_out(officers, visits):
    crew = [replace(WEI, number=number, minutes=40) for number in range(officers)]
    of = problem(crew, [replace(PLUM_COURT, building=number) for number in range(visits)])
    routes: Routes = plan(of, SEED)
    left = left_out(of, routes)
    assert sorted([*routes.need, *left.need]) == list(range(visits))

"""Routes of the solver: what is left out, what is kept, what is paid for. Every plan here passes the checker."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.planning.check import violations
from data.planning.errors import NoRoutes
from data.planning.left_out import left_out
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.prizes import day_costs, prizes, too_dear
from data.planning.problem import EVENING, JOINT, KINDS, URGENT, Problem, Routes
from data.planning.routes import plan, solve
from tests.data.planning import towns
from tests.data.planning.cast import (
    CHEN,
    FRIDAY,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    LOCKED_YARD,
    MONDAY,
    NIGHT_OWL,
    NINE,
    PLUM_COURT,
    ROLES,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WEI,
    Officer,
    Visit,
    place,
    problem,
)

SEED, FEW = 7, 30
ONE_DAY = replace(WEI, days=(MONDAY,))


def solved(of: Problem, seed: int = SEED, iterations: int = FEW) -> Routes:
    routes = solve(of, seed, iterations)
    assert [str(one) for one in violations(of, routes)] == []
    return routes


def stops(of: Problem) -> set[tuple[int, object, int]]:
    """Officer, day and building of each stop."""
    made, crew = solved(of), of.crew
    return {
        (int(crew.officer[one]), crew.day[one].item(), int(of.needs.building[need]))
        for one, need in zip(made.crew, made.need, strict=True)
    }


def buildings(of: Problem) -> set[int]:
    return {building for *_, building in stops(of)}


def test_what_fits_is_visited_and_all_on_the_first_day_as_later_days_cost():
    assert stops(problem([WEI], [PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE])) == {(1, MONDAY, n) for n in (11, 12, 13)}


def test_of_two_that_do_not_both_fit_the_one_of_more_worth_is_visited():
    dear = replace(LOCKED_YARD, minutes=80, worth=9_000)
    assert buildings(problem([ONE_DAY], [replace(PLUM_COURT, minutes=80), dear])) == {14}


def test_a_visit_worth_less_than_the_way_to_it_is_left_out():
    far = replace(PLUM_COURT, at=place(2_000, 0), worth=3_000)
    assert buildings(problem([WEI], [far])) == set()
    assert buildings(problem([WEI], [replace(far, worth=5_000)])) == {11}


def test_no_overtime_is_ever_made():
    day = [replace(PLUM_COURT, building=n, minutes=40, worth=10**6) for n in range(3)]
    assert len(buildings(problem([ONE_DAY], day))) == 2


def test_what_must_be_done_by_its_last_day_is_not_given_up_for_what_is_worth_more():
    hard = replace(LOCKED_YARD, minutes=60, worth=100, last_day=MONDAY)
    rest = [replace(PLUM_COURT, building=n, minutes=30, worth=90_000) for n in range(4)]
    assert 14 in buildings(problem([ONE_DAY], [hard, *rest]))


def test_a_last_day_after_the_plan_is_no_reason_to_hurry():
    patient = replace(LOCKED_YARD, minutes=60, worth=100, last_day=MONDAY + timedelta(days=1))
    rest = [replace(PLUM_COURT, building=n, minutes=30, worth=90_000) for n in range(4)]
    assert 14 not in buildings(problem([ONE_DAY], [patient, *rest]))


def test_nobody_comes_after_the_last_day_or_before_the_earliest():
    early, late = replace(PLUM_COURT, earliest=THURSDAY), replace(LOCKED_YARD, last_day=MONDAY)
    other_days = replace(WEI, days=(TUESDAY, WEDNESDAY, THURSDAY, FRIDAY))
    assert stops(problem([other_days], [early, late])) == {(1, THURSDAY, 11)}


def test_the_role_that_is_asked_for_comes_or_nobody():
    for_assistants = replace(PLUM_COURT, role="assistant", worth=10**6)
    assert stops(problem([WEI, CHEN], [for_assistants, LOCKED_YARD])) == {(3, MONDAY, 11), (1, MONDAY, 14)}
    assert buildings(problem([WEI], [for_assistants, LOCKED_YARD])) == {14}


def test_a_pin_is_kept_whatever_it_costs():
    pinned = replace(LOCKED_YARD, worth=1, minutes=60, pinned_officer=LI.number, pinned_day=THURSDAY)
    dear = [replace(PLUM_COURT, building=n, worth=90_000, last_day=THURSDAY) for n in range(40)]
    assert (LI.number, THURSDAY, 14) in stops(problem([WEI, LI], [pinned, *dear]))


def test_a_visit_pinned_to_an_officer_is_made_by_nobody_else():
    pinned = [replace(PLUM_COURT, building=n, pinned_officer=1 + n % 2) for n in range(8)]
    assert {(officer, n % 2 + 1) for officer, _, n in stops(problem([WEI, LI], pinned))} == {(1, 1), (2, 2)}


def test_an_announced_visit_moves_only_for_more_than_its_price():
    far = [replace(PLUM_COURT, building=n, at=place(400 + n, 0), minutes=50) for n in range(2)]
    near, announced = replace(LOCKED_YARD, minutes=20), replace(far[1], announced_day=FRIDAY, daily_cost=0)
    assert (1, FRIDAY, 1) in stops(problem([WEI], [far[0], near, announced]))
    assert (1, FRIDAY, 1) not in stops(problem([WEI], [far[0], near, announced], move_cost=60))


def test_an_evening_visit_is_made_in_the_evening():
    visits = [replace(PLUM_COURT, kind=EVENING), *(replace(LOCKED_YARD, building=n, minutes=20) for n in range(6))]
    evening = problem([WEI, NIGHT_OWL], visits)
    made = solved(evening)
    (at,) = np.flatnonzero(made.need == 0)
    assert 18 * 60 <= made.arrives[at] <= 20 * 60 + 30
    assert len(made) == 7


def test_an_evening_visit_that_no_evening_has_room_for_is_left_out_like_any_other():
    evenings = [replace(PLUM_COURT, building=n, kind=EVENING, minutes=100) for n in range(3)]
    two_evenings = replace(NIGHT_OWL, days=(MONDAY, TUESDAY), minutes=200)
    assert len(buildings(problem([two_evenings], evenings))) == 2


def test_a_visit_by_two_is_made_by_both_at_one_moment():
    of_two = [replace(LANTERN_HOUSE, kind=JOINT), replace(LANTERN_HOUSE, kind=JOINT, role="assistant")]
    others = [replace(PLUM_COURT, building=n, worth=50_000) for n in range(20)]
    made = solved(problem([WEI, CHEN], [*of_two, *others]))
    assert {0, 1} <= set(made.need.tolist())
    assert len(set(made.arrives[np.isin(made.need, (0, 1))].tolist())) == 1


def test_officers_of_a_team_get_even_loads():
    team = problem([WEI, LI], [replace(PLUM_COURT, building=n, minutes=50) for n in range(30)])
    made = solved(team)
    loads = np.bincount(team.crew.officer[made.crew], team.needs.minutes[made.need])[1:]
    assert abs(loads[0] - loads[1]) <= 50


def test_a_day_off_and_an_area_without_visits_or_officers_are_no_trouble():
    assert buildings(problem([replace(WEI, minutes=0)], [PLUM_COURT])) == set()
    assert buildings(problem([], [PLUM_COURT])) == buildings(problem([WEI], [])) == set()


def test_a_place_that_is_not_on_the_map_is_left_out():
    assert buildings(problem([WEI], [replace(PLUM_COURT, at=(np.nan, np.nan)), LOCKED_YARD])) == {14}


def test_one_seed_gives_one_plan():
    grid = towns.grid(3, towns.SHORT_DAY)
    first, again = solved(grid), solved(grid)
    for name in ("crew", "need", "arrives", "walked_s"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    others = [solved(grid, seed) for seed in range(4)]
    assert len({one.need.tobytes() for one in others}) > 1


def test_where_minutes_remain_for_what_is_left_out_the_search_goes_on(monkeypatch):
    asked = []

    def by_hand(of: Problem, seed: int, iterations: int) -> Routes:
        asked.append(iterations)
        return due_then_nearest(of)

    monkeypatch.setattr("data.planning.routes.solve", by_hand)
    stragglers = [replace(PLUM_COURT, building=n, minutes=50) for n in range(2)]
    plan(problem([ONE_DAY], stragglers), SEED)
    plan(problem([replace(WEI, days=(MONDAY, TUESDAY), minutes=70)], [*stragglers, LOCKED_YARD]), SEED)
    plan(problem([ONE_DAY, replace(LI, days=(MONDAY,))], [*stragglers * 4]), SEED)
    assert asked == [40, 40, 200, 100]


def test_routes_that_nobody_can_walk_are_no_plan(monkeypatch):
    overfull = SimpleNamespace(best=SimpleNamespace(is_feasible=lambda: False))
    monkeypatch.setattr("data.planning.routes.search", lambda *_, **__: overfull)
    with pytest.raises(NoRoutes, match="Area harbour: no routes after 30 iterations"):
        solve(problem([WEI], [PLUM_COURT]), SEED, FEW)


def test_prizes_stand_in_tiers_none_of_which_a_day_of_the_tier_below_outweighs():
    hard = replace(HARBOUR_ROW, last_day=TUESDAY, worth=10)
    pinned = replace(LOCKED_YARD, pinned_day=FRIDAY, worth=10, minutes=60)
    of = problem([WEI], [replace(PLUM_COURT, minutes=20, worth=90_000), hard, pinned])
    soft, now, fixed = prizes(of).tolist()
    visits_a_day = WEI.minutes / 20
    assert soft == 90_000 and now > visits_a_day * soft and fixed > WEI.minutes / 30 * now
    assert too_dear(of) > fixed


def test_leaving_out_what_is_announced_costs_as_much_as_moving_it():
    of = problem([WEI], [replace(PLUM_COURT, announced_day=FRIDAY), LOCKED_YARD], move_cost=700)
    assert prizes(of).tolist() == [PLUM_COURT.worth + 700, LOCKED_YARD.worth]


def test_a_day_costs_from_the_first_on_which_the_visit_could_be_made():
    visits = [PLUM_COURT, replace(PLUM_COURT, earliest=TUESDAY), replace(PLUM_COURT, announced_day=WEDNESDAY)]
    of = problem([WEI], visits, move_cost=700)
    costs = [day_costs(of, np.datetime64(day)).tolist() for day in (MONDAY, WEDNESDAY, FRIDAY)]
    assert costs == [[0, 0, 700], [120, 60, 120], [240, 180, 940]]


NOWHERE = st.just((np.nan, np.nan))
DAYS = st.sampled_from([None, MONDAY, TUESDAY, WEDNESDAY, FRIDAY])
OFFICERS = st.builds(
    Officer,
    number=st.integers(1, 3),
    name=st.just("somebody"),
    role=st.sampled_from(ROLES),
    minutes=st.integers(0, 200),
    starts=st.sampled_from([NINE, 15 * 60, 18 * 60]),
    days=st.sets(st.sampled_from([MONDAY, TUESDAY, WEDNESDAY]), min_size=1).map(sorted),
    post=st.builds(place, st.integers(-500, 500), st.integers(-500, 500)) | NOWHERE,
)
VISITS = st.builds(
    Visit,
    building=st.integers(1, 6),
    name=st.just("some house"),
    at=st.builds(place, st.integers(-800, 800), st.integers(-800, 800)) | NOWHERE,
    role=st.sampled_from(ROLES),
    minutes=st.integers(0, 70),
    due=DAYS,
    last_day=DAYS,
    earliest=DAYS,
    worth=st.integers(0, 20_000),
    daily_cost=st.integers(0, 500),
    kind=st.sampled_from(KINDS),
    pinned_officer=st.sampled_from([-1, -1, 1, 2, 9]),
    pinned_day=DAYS,
    begins=st.sampled_from([-1, -1, NINE + 30, 18 * 60 + 15]),
    announced_day=DAYS,
)


@settings(max_examples=150)
@given(
    st.lists(OFFICERS, max_size=3, unique_by=lambda one: one.number),
    st.lists(VISITS, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_any_plan_of_a_small_area_keeps_every_rule(officers, visits, seed):
    of = problem(officers, visits)
    for routes in (due_then_nearest(of), solve(of, seed, 5)):
        assert [str(one) for one in violations(of, routes)] == []
        assert sorted([*routes.need, *left_out(of, routes).need]) == list(range(len(visits)))


@pytest.mark.parametrize("of", [*towns.grids(towns.SHORT_DAY), *towns.grids(towns.LONG_DAY)], ids=lambda of: of.code)
def test_the_plans_of_twenty_grids_keep_every_rule_and_bring_more_than_the_plan_by_hand(of):
    routes, by_hand = solved(of), due_then_nearest(of)
    assert violations(of, by_hand) == []
    assert of.needs.worth[routes.need].sum() - routes.walked_s >= of.needs.worth[by_hand.need].sum() - by_hand.walked_s


def test_the_plan_of_a_team_keeps_every_rule_and_makes_more_visits_on_shorter_ways():
    of = towns.team(0, needs=120, officers=2)
    routes, by_hand = solved(of), due_then_nearest(of)
    assert len(routes) > len(by_hand) and routes.walked_s < by_hand.walked_s


def test_urgent_is_no_other_hour():
    assert buildings(problem([WEI], [replace(PLUM_COURT, kind=URGENT)])) == {11}

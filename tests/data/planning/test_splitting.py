"""Areas apart, large areas in pieces, and the seed of each."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.planning.problem import Problem, Routes
from data.planning.splitting import area_seed, cut, of_areas, put_together
from tests.data.planning.cast import CHEN, HARBOUR_ROW, LANTERN_HOUSE, LI, PLUM_COURT, WEI, place, problem

EAST, WEST = replace(PLUM_COURT, at=place(800, 0)), replace(PLUM_COURT, at=place(-800, 0))


def team_of(officers: int, visits: int, assistants: int = 0) -> Problem:
    crew = [replace(WEI, number=number) for number in range(1, officers + 1)]
    crew += [replace(CHEN, number=100 + number) for number in range(assistants)]
    chance = np.random.default_rng(visits)
    wanted = [
        replace(PLUM_COURT, building=number, at=place(*chance.uniform(-900, 900, 2)), minutes=int(minutes))
        for number, minutes in enumerate(chance.integers(20, 61, visits))
    ]
    wanted += [replace(one, building=1_000 + one.building, role="assistant") for one in wanted[: 10 * assistants]]
    return problem(crew, wanted)


def test_each_area_has_its_own_officers_and_visits_and_one_without_visits_is_none():
    whole = problem([WEI, LI], [PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE])
    pieces = of_areas(whole, whole.crew.officer - 1, np.array([1, 0, 1]), ("north", "south", "empty"))
    assert [piece.problem.code for piece in pieces] == ["north", "south"]
    north, south = pieces
    assert north.problem.needs.building.tolist() == [HARBOUR_ROW.building]
    assert set(north.problem.crew.officer) == {WEI.number}
    assert south.needs.tolist() == [0, 2] and set(south.problem.crew.officer) == {LI.number}


def test_a_small_area_is_one_piece():
    (piece,) = cut(team_of(6, 80), most=80)
    assert piece.problem.code == "harbour" and len(piece.problem.needs) == 80


def test_a_large_area_is_cut_into_pieces_of_neighbours_with_work_in_proportion_to_officers():
    whole = team_of(7, 120)
    pieces = cut(whole, most=45)
    assert [piece.problem.code for piece in pieces] == ["harbour/1", "harbour/2", "harbour/3"]
    assert sorted(np.concatenate([piece.needs for piece in pieces])) == list(range(120))
    assert sorted(np.concatenate([piece.crew for piece in pieces])) == list(range(35))
    share = [piece.problem.needs.minutes.sum() / piece.problem.crew.minutes.sum() for piece in pieces]
    assert max(share) < 1.1 * min(share)
    apart = [piece.problem.between.mean() for piece in pieces]
    assert max(apart) < whole.between.mean()


def test_every_piece_has_officers_of_each_role_that_is_wanted():
    pieces = cut(team_of(7, 120, assistants=2), most=30)
    assert len(pieces) == 2
    assert all(set(piece.problem.crew.role) == {0, 1} for piece in pieces)


def test_visits_of_one_building_stay_together():
    whole = problem([WEI, LI], [replace(PLUM_COURT, building=number % 3) for number in range(12)])
    assert [len(np.intersect1d(*(piece.problem.needs.building for piece in cut(whole, most=6))))] == [0]


def test_a_visit_pinned_to_an_officer_goes_with_that_officer():
    for officer in (WEI.number, LI.number):
        whole = problem([WEI, LI], [EAST, EAST, WEST, replace(WEST, building=99, pinned_officer=officer)])
        (home,) = [piece for piece in cut(whole, most=2) if 99 in piece.problem.needs.building]
        assert officer in home.problem.crew.officer


def test_walking_by_road_is_cut_along():
    by_road = np.arange(14 * 14).reshape(14, 14)
    pieces = cut(replace(problem([WEI, LI], [EAST, EAST, WEST, WEST]), by_road=by_road), most=2)
    for piece in pieces:
        np.testing.assert_array_equal(piece.problem.between, by_road[10:, 10:][np.ix_(piece.needs, piece.needs)])


def test_announced_routes_are_cut_along():
    whole = team_of(2, 8)
    before = Routes(np.array([0, 1, 3]), np.array([5, 2, 0]), np.array([540, 550, 560], np.int32), 100)
    pieces = cut(replace(whole, before=before), most=4)
    kept = [
        (int(piece.crew[crew]), int(piece.needs[need]))
        for piece in pieces
        for crew, need in zip(piece.problem.before.crew, piece.problem.before.need, strict=True)
    ]
    together = [
        (crew, need)
        for crew, need in zip(before.crew, before.need, strict=True)
        if any(crew in piece.crew and need in piece.needs for piece in pieces)
    ]
    assert sorted(kept) == sorted(together) != []


def test_routes_of_pieces_put_together_name_the_rows_of_the_whole():
    pieces = cut(team_of(2, 8), most=4)
    routes = [
        Routes(np.array([0, 1]), np.array([1, 0]), np.array([540 + number, 600], np.int32), 100) for number in (0, 1)
    ]
    whole = put_together(pieces, routes)
    assert whole.walked_s == 200
    assert whole.crew.tolist() == sorted(np.concatenate([piece.crew[:2] for piece in pieces]))
    for piece, number in zip(pieces, (0, 1), strict=True):
        assert whole.arrives[whole.need == piece.needs[1]] == 540 + number


@pytest.mark.parametrize("most", [1, 5, 600])
@given(officers=st.integers(0, 4), visits=st.integers(0, 12))
def test_no_visit_and_no_officer_day_is_lost_by_cutting(most, officers, visits):
    whole = team_of(officers, visits)
    pieces = cut(whole, most)
    assert sorted(np.concatenate([piece.needs for piece in pieces])) == list(range(visits))
    assert sorted(np.concatenate([piece.crew for piece in pieces])) == list(range(5 * officers))


def test_an_areas_seed_is_a_draw_of_plan_and_area_alone():
    assert area_seed(1, "north") == area_seed(1, "north") == 1053875415
    assert len({area_seed(plan, area) for plan in (1, 2) for area in ("north", "south")}) == 4
    assert all(0 <= area_seed(1, str(area)) < 2**32 for area in range(1_000))

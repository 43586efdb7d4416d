"""A plan of the demonstration district, from its facts to the tables: whole, checked, and the same made again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from data.access.errors import NotAllowed
from data.access.roles import AccessScope
from data.db.models.planning import LEFT_OUT_REASONS
from data.planning import making, routes
from data.planning.area_plan import area_plan, by_hand
from data.planning.check import violations
from data.planning.errors import PlanRefused
from data.planning.left_out import LACKING_TIME, REASONS
from data.planning.problem import DUE, RANDOM
from data.planning.routes import OF_A_TEAM, OF_ONE_OFFICER
from data.planning.wanted import NO_VISITS, wanted_visits
from scoring.errors import NoSuchIntervals, Sentence
from tests.dashboard.demonstration import ON, laid
from tests.data.planning.cast import FAR_FARM, PLUM_COURT, WEI
from tests.data.planning.cast import problem as problem_of
from tests.data.planning.made_plans import assert_same
from tests.data.planning.planned_district import MONDAY, SEED, PlannedDistrict, copied

SATURDAY = date(2026, 7, 11)


class Stop(Exception):
    """Somebody pressed the button."""


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[PlannedDistrict]:
    with copied(laid(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("planned")) as ours:
        yield ours


@pytest.fixture(scope="module")
def everywhere(district) -> int:
    """The whole district."""
    return district.areas("district")[0]


@pytest.fixture(scope="module")
def street(district) -> int:
    """The one with the fewest buildings."""
    return min(district.areas("street"), key=lambda one: len(district.buildings(one)))


@pytest.fixture(scope="module")
def week(district, everywhere) -> int:
    """The plan of the whole district for a week of its grid officers."""
    return district.make(everywhere)


@pytest.fixture
def no_solver(monkeypatch) -> None:
    """Where only what is asked of it, or kept of it, matters."""
    why = Sentence("Area {area}: the solver failed.", area="any")
    monkeypatch.setattr(making, "area_plans", lambda problems, *_: [by_hand(one, why) for one in problems])


def test_the_whole_districts_week_is_planned_and_kept(district, week):
    plan, areas = district.kept(week), district.read_back(week)
    assert (plan.first_day, plan.days, plan.seed, plan.iterations) == (MONDAY, 7, SEED, OF_ONE_OFFICER)
    assert (plan.inputs, plan.solver) == (district.snapshot.city_facts.version, making.SOLVER)
    assert plan.settings["on"] == ON.isoformat() and plan.settings["figures"]["random_part"] == 0.05
    at_work = {int(officer) for area in areas for officer in area.problem.crew.officer}
    assert at_work and at_work <= district.officers("grid_officer")
    days = {day for area in areas for day in area.problem.crew.day.tolist()}
    assert days == {date(2026, 7, day) for day in range(6, 12)}  # some come on Saturdays
    assert all(len(area.routes) for area in areas if len(area.problem.crew) > 3)


def test_no_rule_is_broken_in_any_area_and_none_was_planned_by_hand(district, week):
    areas = district.read_back(week)
    assert [wrong for area in areas for wrong in violations(area.problem, area.routes)] == []
    assert {why for area in areas for why in area.why} == {""}


def test_every_visit_that_is_wanted_is_planned_once_or_left_out_once_with_a_reason(district, everywhere, week):
    told, wanted = Counter(), Counter()
    for area in district.read_back(week):
        rows = [*area.routes.need.tolist(), *area.left_out.need.tolist()]
        told.update(_visits(area.problem, rows))
        assert all(REASONS[reason] in LEFT_OUT_REASONS for reason in area.left_out.reason.tolist())
    for problem in district.problems(everywhere):
        wanted.update(_visits(problem, range(len(problem.needs))))
    assert told == wanted and set(wanted.values()) == {1}


def _visits(problem, rows) -> list[tuple[int, str]]:
    """Building and role of each."""
    return [(int(problem.needs.building[row]), problem.roles[problem.needs.role[row]]) for row in rows]


def test_what_it_would_take_is_said_where_time_is_lacking_and_nowhere_else(district, week):
    for area in district.read_back(week):
        for row, reason, takes in zip(area.left_out.need, area.left_out.reason, area.left_out.takes, strict=True):
            role = area.problem.roles[area.problem.needs.role[row]]
            assert not takes or (REASONS[reason] in LACKING_TIME and takes["role"] == role and takes["officers"] > 0)
    told = [takes for area in district.read_back(week) for takes in area.left_out.takes]
    assert any(told) and not all(told)


def test_more_officers_are_not_said_to_help_what_lies_too_far_off():
    of = problem_of([WEI], [FAR_FARM, *(replace(PLUM_COURT, building=number, minutes=50) for number in range(12))])
    area = making._planned(of, area_plan(of, SEED))
    takes = dict(zip(area.left_out.need.tolist(), area.left_out.takes, strict=True))
    assert takes.pop(0) == {} and takes and all(one["role"] == "officer" for one in takes.values())


def test_the_same_seed_gives_the_same_plan_bit_by_bit_and_another_does_not(district, street):
    one, again, other = (district.read_back(district.make(street, seed=seed)) for seed in (SEED, SEED, SEED + 1))
    assert len(one) == len(again) > 1
    for area, same in zip(one, again, strict=True):
        assert_same(area, same)
    orders = [[area.routes.need.tolist() for area in areas] for areas in (one, other)]
    assert orders[0] != orders[1]


def test_a_plan_made_again_from_what_is_stored_is_the_same_bit_by_bit(district, week):
    plan = district.kept(week)
    for area in district.read_back(week)[::4]:
        again = area_plan(area.problem, plan.seed)
        assert_same(again.routes, area.routes)
        assert (again.left.need.tolist(), again.left.reason.tolist()) == (
            area.left_out.need.tolist(),
            area.left_out.reason.tolist(),
        )


def test_twenty_communities_of_police_keep_every_rule(district, everywhere, monkeypatch):
    monkeypatch.setattr(routes, "OF_A_TEAM", 10)  # rules are kept however short the search
    monkeypatch.setattr(routes, "AGAIN", 10)
    teams = district.problems(everywhere, staff="police")
    plans = [area_plan(team, SEED) for team in teams]
    assert len({team.code for team in teams if len(team.crew)}) == len(district.areas("community")) == 20
    assert [wrong for team, made in zip(teams, plans, strict=True) for wrong in violations(team, made.routes)] == []
    assert {made.fell_back for made in plans} == {None} and all(len(made.routes) for made in plans)


def test_a_plan_of_a_street_is_what_its_part_of_the_district_is_asked_for(district, everywhere, street):
    def wanted(area: int) -> set[tuple[int, int]]:
        needs = [problem.needs for problem in district.problems(area)]
        return {(int(id_), int(kind)) for one in needs for id_, kind in zip(one.building, one.kind, strict=True)}

    own = district.buildings(street)
    assert wanted(street) == {one for one in wanted(everywhere) if one[0] in own}


def test_a_street_office_plans_its_own_street_and_is_refused_anothers(district, street, no_solver):
    office = AccessScope("street_office", areas=(street,))
    mine = district.read_back(district.make(street, office))
    assert {int(building) for area in mine for building in area.problem.needs.building} <= district.buildings(street)
    others = [area for area in district.areas("street") if area != street]
    before = district.rows()
    for area in (others[0], district.areas("district")[0], 987_654):
        with pytest.raises(PlanRefused, match="not yours to plan for; choose another"):
            district.make(area, office)
    assert district.rows() == before


def test_an_area_that_is_not_there_is_refused_to_whoever_may_see_all(district, no_solver):
    with pytest.raises(PlanRefused, match="not there"):
        district.make(987_654)


@pytest.mark.parametrize("role", ["department", "operator", "grid_officer", "public"])
def test_who_may_not_plan_is_told_so_before_anything_is_done(district, street, role):
    seen = []
    with pytest.raises(NotAllowed):
        district.make(street, AccessScope(role, areas=None), report=lambda *progress: seen.append(progress))
    assert seen == []


@pytest.mark.parametrize("at", ["wanted", "routes", "kept"])
def test_a_stop_that_is_asked_for_leaves_nothing_written(district, street, at):
    def report(label: str, *_: int) -> None:
        if label == at:
            raise Stop

    before = district.rows()
    with pytest.raises(Stop):
        district.make(street, report=report)
    assert district.rows() == before


@pytest.mark.parametrize(("first_day", "days"), [(SATURDAY, 2), (date(2026, 10, 1), 7), (MONDAY, 0)])
def test_days_without_a_working_day_are_refused_with_the_cure(district, street, first_day, days):
    with pytest.raises(PlanRefused, match="None of these days is a working day; choose others"):
        district.make(street, first_day=first_day, days=days)


def test_where_nothing_is_to_be_visited_that_is_said(district, street, monkeypatch):
    monkeypatch.setattr(making, "with_random", lambda *_: NO_VISITS)
    with pytest.raises(PlanRefused, match="No visit is due in this area on these days; choose other days"):
        district.make(street)


def test_other_published_intervals_plan_other_visits(district, street):
    def wanted(**asked) -> set[tuple[int, str]]:
        problems = district.problems(street, **asked)
        return {visit for problem in problems for visit in _visits(problem, range(len(problem.needs)))}

    ours, longgang = wanted(), wanted(instead="longgang")
    assert {role for _, role in ours} == {"officer", "assistant"} and {role for _, role in longgang} == {"officer"}
    assert longgang - ours  # stars are visited every three weeks there, every sixty days here
    with pytest.raises(NoSuchIntervals):
        district.problems(street, instead="nowhere")


def test_the_intervals_the_minutes_and_the_staff_asked_for_are_kept_with_the_plan(district, street, no_solver):
    first = district.make(street)
    plan = district.kept(
        district.make(street, instead="longgang", minutes_a_day=75, staff="police", days=5, replaces=first)
    )
    settings = plan.settings
    assert (settings["instead"], settings["minutes_a_day"], settings["staff"]) == ("longgang", 75, "police")
    assert (plan.days, plan.replaces, plan.iterations) == (5, first, OF_A_TEAM)


def test_minutes_a_day_asked_for_are_the_minutes_planned_with(district, street):
    own, asked = (district.problems(street, minutes_a_day=minutes) for minutes in (None, 45))
    assert {int(one) for problem in own for one in problem.crew.minutes} <= {90, 120, 150}
    assert {int(one) for problem in asked for one in problem.crew.minutes} == {45}
    assert [problem.crew.officer.tolist() for problem in asked] == [problem.crew.officer.tolist() for problem in own]


def test_what_is_due_and_what_is_drawn_hang_on_nobodys_minutes_and_on_no_staff(district, everywhere):
    def wanted(**asked) -> list[set[int]]:
        """The buildings of what is due, and of what is drawn."""
        needs = [problem.needs for problem in district.problems(everywhere, **asked)]
        return [{int(one) for need in needs for one in need.building[need.of_kind(kind)]} for kind in (DUE, RANDOM)]

    assert all(wanted())
    assert wanted() == wanted(minutes_a_day=0) == wanted(staff="assistant")


def test_another_seed_draws_others_at_random_and_asks_for_the_same_that_is_due(district, everywhere):
    def visits(kind: str, seed: int) -> set[int]:
        needs = [problem.needs for problem in district.problems(everywhere, seed=seed)]
        return {int(one) for need in needs for one in need.building[need.of_kind(kind)]}

    assert visits(DUE, SEED) == visits(DUE, SEED + 1) and visits(RANDOM, SEED) != visits(RANDOM, SEED + 1)


def test_the_weeks_ahead_are_laid_out_with_the_minutes_officers_have_in_them(district, street, monkeypatch):
    laid_out = []

    def watched(buildings, period, minutes, figures):
        laid_out.append((buildings.every.roles, minutes))
        return wanted_visits(buildings, period, minutes, figures)

    monkeypatch.setattr(making, "wanted_visits", watched)
    problems = district.problems(street)
    ((roles, minutes),) = laid_out
    by_officers, by_assistants = (minutes[:, roles.index(role)] for role in ("officer", "assistant"))
    of_week = [int(problem.crew.minutes.sum()) for problem in problems]
    assert sorted(by_officers[:, :7].sum(axis=1).tolist()) == sorted(of_week) and any(of_week)
    assert by_officers.shape[1] == 8 * 7 and by_officers[:, 7:].any() and not by_assistants.any()


def test_a_building_that_is_no_more_by_the_first_day_is_visited_no_more(district, street):
    facts = district.snapshot.city_facts
    gone = int(district.problems(street)[0].needs.building[0])
    ended = facts.buildings["ended"].copy()
    ended[facts.buildings["id"] == gone] = (MONDAY - date(1970, 1, 1)).days
    pulled_down = replace(facts, buildings={**facts.buildings, "ended": ended})
    later = replace(district, snapshot=replace(district.snapshot, city_facts=pulled_down))
    wanted = {int(building) for one in later.problems(street) for building in one.needs.building}
    assert gone not in wanted and wanted


def test_where_nobody_of_the_staff_is_each_narrowest_area_is_told_apart_and_all_of_it_left_out(district, street):
    areas = district.read_back(district.make(street, staff="assistant"))
    assert {area.problem.code for area in areas} <= district.codes("grid", street) and len(areas) > 1
    assert all(len(area.routes) == len(area.problem.crew) == 0 for area in areas)
    assert {REASONS[reason] for area in areas for reason in area.left_out.reason.tolist()} == {"out_of_area"}


def test_stops_of_an_area_that_fell_back_say_so(district, street, no_solver):
    areas = district.read_back(district.make(street))
    assert {why for area in areas for why in area.why} == {making.BY_HAND}
    assert [wrong for area in areas for wrong in violations(area.problem, area.routes)] == []

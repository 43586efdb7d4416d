"""A plan of the district made again: who is away, what was said against it, and the days that are over."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.city.queries import city_by_code
from data.db.engine import reading
from data.db.models.planning import PlanStop
from data.planning.check import violations
from data.planning.offers import Offers, offers
from data.planning.overrides import Override, override_plan
from data.planning.staffing import LeaveTaken, LeaveWithdrawn, change_staff
from data.planning.standing_shown import standing_of
from data.planning.stored import plan_by_id
from tests.dashboard.demonstration import ON, laid
from tests.data.planning.planned_district import ACTOR, AT, MONDAY, PlannedDistrict, copied

WEDNESDAY = MONDAY + timedelta(2)


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[PlannedDistrict]:
    with copied(laid(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("again")) as ours:
        yield ours


@pytest.fixture(scope="module")
def street(district) -> int:
    return min(district.areas("street"), key=lambda one: len(district.buildings(one)))


@pytest.fixture(scope="module", params=["grid_officer", "police"])
def week(request, district, street) -> tuple[int, str]:
    return district.make(street, staff=request.param), request.param


def stands(district: PlannedDistrict, plan: int) -> dict[tuple[int, str], tuple[int, date]]:
    """Officer and day by building and role."""
    with reading(district.engine, SYSTEM) as session:
        columns = (PlanStop.building_id, PlanStop.role, PlanStop.officer_id, PlanStop.day)
        rows = session.execute(select(*columns).where(PlanStop.plan_id == plan)).all()
    return {(building, role): (officer, day) for building, role, officer, day in rows}


def made_again(district: PlannedDistrict, street: int, week: tuple[int, str], **asked) -> int:
    plan, staff = week
    made = district.make(street, staff=staff, replaces=plan, keeps=True, **asked)
    assert [wrong for area in district.read_back(made) for wrong in violations(area.problem, area.routes)] == []
    return made


def test_a_plan_made_again_with_nothing_changed_moves_nothing(district, street, week):
    before, after = stands(district, week[0]), stands(district, made_again(district, street, week, seed=99))
    assert before and before.items() <= after.items()
    assert district.kept(made_again(district, street, week)).replaces == week[0]


def test_with_one_officer_away_the_visits_of_others_keep_officer_and_day_but_for_last_days(district, street, week):
    before = stands(district, week[0])
    officer = min(before.values())[0]
    away = LeaveTaken(officer, MONDAY, MONDAY + timedelta(1))
    leave = change_staff(
        district.engine, SYSTEM, ACTOR, _code(district), away, key=f"the-officer-is-away-{week[0]}", on=ON
    )
    try:
        made = made_again(district, street, week)
    finally:
        back = LeaveWithdrawn(leave.id)
        change_staff(district.engine, SYSTEM, ACTOR, _code(district), back, key=f"the-officer-is-back-{week[0]}", on=ON)
    after = stands(district, made)
    assert not [one for one in after.values() if one[0] == officer and one[1] <= away.last_day]
    others = {visit: at for visit, at in before.items() if at[0] != officer}
    hard = {
        (int(needs.building[row]), one.problem.roles[needs.role[row]])
        for one in district.read_back(made)
        for needs in (one.problem.needs,)
        for row in np.flatnonzero(~np.isnat(needs.last_day)).tolist()
    }
    gave_way = {visit for visit, at in others.items() if after.get(visit) != at}
    assert len(gave_way) <= len(hard & {visit for visit, at in before.items() if at[0] == officer})


def test_a_visit_that_somebody_moved_stays_where_it_was_put(district, street, week):
    plan, _ = week
    before = stands(district, plan)
    (building, role), (officer, day) = min(before.items())
    to = next(at for at in sorted(set(before.values())) if at != (officer, day))
    said = Override(plan, building, *to, "The keeper asked for it.")
    override_plan(district.engine, SYSTEM, ACTOR, _code(district), said, at=AT, key=f"a-word-against-{plan}")
    areas = district.read_back(made_again(district, street, week))
    pinned = [
        (int(one.problem.needs.pinned_officer[row]), one.problem.needs.pinned_day[row].item())
        for one in areas
        for row in range(len(one.problem.needs))
        if one.problem.needs.building[row] == building and one.problem.roles[one.problem.needs.role[row]] == role
    ]
    assert pinned == [to]


def test_from_wednesday_on_what_monday_and_tuesday_hold_is_not_asked_for_again(district, street, week):
    plan, _ = week
    before = stands(district, plan)
    after = stands(district, made_again(district, street, week, first_day=WEDNESDAY, days=5))
    over = {visit for visit, (_, day) in before.items() if day < WEDNESDAY}
    assert over and not over & after.keys()
    assert all(day >= WEDNESDAY for _, day in after.values())
    thursday = WEDNESDAY + timedelta(1)
    last = max(stands_of_latest(district))
    once_more = stands(district, made_again(district, street, (last, week[1]), first_day=thursday, days=4))
    assert not over & once_more.keys()


def test_what_a_move_costs_is_what_all_officers_walk_more_once_it_is_said(district, street):
    plan = district.make(street, staff="police")
    building, _ = min(stands(district, plan))
    before = _walked(district, plan)
    found = _offers(district, plan, building)
    best = found.moves.iloc[-1]
    assert best["day"] > MONDAY and best["left_s"] >= 0 and sum(found.against.values())
    said = Override(plan, building, int(best["officer_id"]), best["day"], "The keeper asked for it.")
    override_plan(district.engine, SYSTEM, ACTOR, _code(district), said, at=AT, key=f"a-move-of-{plan}")
    assert _walked(district, plan) - before == best["more_s"]
    again = _offers(district, plan, building).moves
    assert (best["officer_id"], best["day"]) not in set(zip(again["officer_id"], again["day"], strict=True))


def _offers(district: PlannedDistrict, plan: int, building: int) -> Offers:
    with reading(district.engine, SYSTEM) as session:
        city = city_by_code(session, SYSTEM, _code(district))
        return offers(session, SYSTEM, city, plan_by_id(session, SYSTEM, city, plan), building, MONDAY)


def _walked(district: PlannedDistrict, plan: int) -> int:
    """Seconds on foot on all days of the plan as it now stands."""
    with reading(district.engine, SYSTEM) as session:
        city = city_by_code(session, SYSTEM, _code(district))
        kept = plan_by_id(session, SYSTEM, city, plan)
        return int(standing_of(session, city, kept, kept.problems)[0].walked_s.sum())


def stands_of_latest(district: PlannedDistrict) -> list[int]:
    with reading(district.engine, SYSTEM) as session:
        return list(session.scalars(select(PlanStop.plan_id).distinct()))


def _code(district: PlannedDistrict) -> str:
    with reading(district.engine, SYSTEM) as session:
        return city_by_code(session, SYSTEM, district.snapshot.city_facts.city).code

"""What came of a plan: made on its day, by its end, on time, found; by the plan that stood on the day."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from data.access.roles import SYSTEM, AccessScope
from data.db.engine import writing
from data.db.models.planning import PlanLeftOut, PlanStop
from data.planning.outcomes import (
    COUNTED,
    DAYS_BACK,
    NOBODY,
    OF_WANTED,
    Outcomes,
    WantedSoFar,
    latest_plan_and_word,
    outcomes_of,
    tallied,
    wanted_so_far,
)
from data.planning.overrides import Override, override_plan
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.made_plans import ACTOR, keep, made, two_areas
from tests.data.planning.station import MONDAY, asked, officer_id
from tests.data.town_hall import CITY, Town

SUNDAY, FRIDAY = MONDAY + timedelta(6), MONDAY + timedelta(4)
WEI, LI = 1, 2
PLUM_COURT, HARBOUR_ROW, NEVER_HOUSE = 10, 11, 12  # rows 0, 1 and 2 of the facts
DAY = {name: MONDAY + timedelta(number) for number, name in enumerate(("mon", "tue", "wed", "thu", "fri"))}


def facts(visits: list[tuple[int, date, int]], found: list[tuple[int, date]] = ()) -> SimpleNamespace:
    """visits: row, day, inspector; found: row, day of a hazard."""
    row, day, inspector = zip(*visits, strict=True) if visits else ((), (), ())
    at, opened = zip(*found, strict=True) if found else ((), ())
    ids = np.array([PLUM_COURT, HARBOUR_ROW, NEVER_HOUSE])
    return SimpleNamespace(
        rows_of=lambda asked: np.where(np.isin(asked, ids), asked - PLUM_COURT, -1),
        visits={
            "building": np.array(row, np.int32),
            "day": np.array(day, "datetime64[D]"),
            "inspector": np.array(inspector, np.int32),
        },
        fact_log=SimpleNamespace(
            open_periods=SimpleNamespace(building=np.array(at, np.int32), opened=np.array(opened, "datetime64[D]"))
        ),
    )


def wanted(*visits: tuple[int, int, date | None, date | None], on: date = SUNDAY) -> WantedSoFar:
    """visits: building, officer, day (None left out), due day."""
    rows = [(1, building, officer, day, due, MONDAY, SUNDAY) for building, officer, day, due in visits]
    frame = pd.DataFrame(rows, columns=OF_WANTED)
    for name in ("day", "due", "first_day", "last_day"):
        frame[name] = np.array(frame[name].tolist(), "datetime64[D]").astype("datetime64[s]")
    return WantedSoFar(on - timedelta(DAYS_BACK - 1), on, frame, {WEI: "W", LI: "L"})


def counted(became: Outcomes) -> dict[str, int]:
    whole = tallied(became, np.zeros(len(became.row), int), np.zeros(len(became.made_row), int), 1)[0]
    return dict(zip(COUNTED, whole.tolist(), strict=True))


def came_of(plan: WantedSoFar, seen: SimpleNamespace, looked_at=(True, True, True)) -> Outcomes:
    return outcomes_of(plan, seen, np.array(looked_at))


def test_a_visit_by_anybody_on_its_day_is_made_and_an_earlier_or_later_one_in_the_plan_only_made_by_its_end():
    plan = wanted(*((house, WEI, DAY["tue"], None) for house in (PLUM_COURT, HARBOUR_ROW, NEVER_HOUSE)))
    became = came_of(plan, facts([(0, DAY["tue"], -1), (1, DAY["thu"], 0), (2, DAY["mon"], 0)]))
    assert became.on_day.tolist() == [True, False, False]
    assert became.in_plan.tolist() == [True, True, True]


@pytest.mark.parametrize(
    ("day", "is_made"), [(MONDAY - timedelta(1), False), (SUNDAY + timedelta(1), False), (SUNDAY, True)]
)
def test_a_visit_before_the_plan_or_after_it_is_none_of_it(day, is_made):
    became = came_of(wanted((PLUM_COURT, WEI, DAY["tue"], None), on=SUNDAY + timedelta(3)), facts([(0, day, 0)]))
    assert became.in_plan.tolist() == [is_made]


def test_on_time_is_by_the_due_day_and_counts_what_was_left_out_too():
    plan = wanted(
        (PLUM_COURT, WEI, DAY["tue"], DAY["wed"]),
        (HARBOUR_ROW, WEI, DAY["tue"], DAY["wed"]),
        (NEVER_HOUSE, NOBODY, None, DAY["fri"]),
    )
    became = came_of(plan, facts([(0, DAY["wed"], 0), (1, DAY["thu"], 0)]))
    assert became.fell_due.tolist() == [True, True, True]
    assert became.on_time.tolist() == [True, False, False]
    assert counted(became)["planned"] == 2


def test_what_was_overdue_before_the_plan_or_is_due_after_it_can_be_neither_on_time_nor_late():
    plan = wanted(
        (PLUM_COURT, WEI, DAY["tue"], MONDAY - timedelta(1)), (HARBOUR_ROW, WEI, DAY["tue"], SUNDAY + timedelta(1))
    )
    became = came_of(plan, facts([(0, DAY["tue"], 0), (1, DAY["tue"], 0)]))
    assert not became.fell_due.any() and not became.on_time.any()


def test_a_due_day_that_is_still_to_come_says_nothing_yet():
    plan = wanted((PLUM_COURT, WEI, DAY["tue"], DAY["fri"]), on=DAY["wed"])
    assert not came_of(plan, facts([])).fell_due.any()


def test_visits_and_findings_are_counted_whether_planned_or_not_and_only_where_one_looks():
    seen = facts([(0, DAY["mon"], 0), (1, DAY["tue"], 0), (2, DAY["tue"], 1)], [(1, DAY["tue"]), (0, DAY["fri"])])
    became = came_of(wanted((PLUM_COURT, WEI, DAY["mon"], None)), seen)
    assert counted(became) == {
        "planned": 1, "on_day": 1, "in_plan": 1, "fell_due": 0, "on_time": 0, "visits": 3, "found": 1,
    }  # fmt: skip
    only_harbour_row = came_of(wanted((PLUM_COURT, WEI, DAY["mon"], None)), seen, (False, True, False))
    assert counted(only_harbour_row) == dict.fromkeys(COUNTED, 0) | {"visits": 1, "found": 1}


def test_counts_by_group_leave_out_what_is_in_none():
    became = came_of(
        wanted((PLUM_COURT, WEI, DAY["mon"], None), (HARBOUR_ROW, LI, DAY["mon"], None)), facts([(0, DAY["mon"], 0)])
    )
    counts = tallied(became, np.array([1, -1]), np.array([0]), 2)
    assert counts[:, COUNTED.index("planned")].tolist() == [0, 1]
    assert counts[:, COUNTED.index("visits")].tolist() == [1, 0]


def told(town: Town, on: date = SUNDAY, scope: AccessScope = SYSTEM) -> WantedSoFar:
    return asked(town, wanted_so_far, scope, on)


def stops_of(town: Town, plan: int) -> int:
    with town.looked_at() as (session, _):
        return session.query(PlanStop).where(PlanStop.plan_id == plan).count()


def planned(seen: WantedSoFar) -> pd.DataFrame:
    return seen.visits[seen.visits["officer_id"] != NOBODY]


def test_where_no_plan_was_made_nothing_was_wanted(own_station):
    assert told(own_station).visits.empty
    assert asked(own_station, lambda session, _, city: latest_plan_and_word(session, city)) == (0, 0)


def test_the_visits_of_days_that_are_past_are_wanted_and_later_ones_not_yet(own_station):
    plan = keep(own_station, made(own_station), two_areas(own_station))
    assert len(planned(told(own_station))) == stops_of(own_station, plan) > 0
    some = planned(told(own_station, DAY["tue"]))
    assert 0 < len(some) < stops_of(own_station, plan)
    assert (some["day"] <= pd.Timestamp(DAY["tue"])).all()
    assert told(own_station, MONDAY - timedelta(1)).visits.empty


def test_a_plan_that_ended_more_than_four_weeks_ago_is_not_looked_at(own_station):
    keep(own_station, made(own_station), two_areas(own_station))
    assert len(told(own_station, FRIDAY + timedelta(DAYS_BACK - 1)).visits)
    assert told(own_station, SUNDAY + timedelta(DAYS_BACK)).visits.empty


def test_what_was_left_out_counts_where_it_fell_due_in_the_plan(own_station):
    plan = keep(own_station, made(own_station), two_areas(own_station))
    with writing(own_station.engine, SYSTEM) as session:
        session.execute(update(PlanLeftOut).values(due=DAY["wed"]))
    seen = told(own_station).visits
    left = seen[seen["officer_id"] == NOBODY]
    with own_station.looked_at() as (session, _):
        assert len(left) == session.query(PlanLeftOut).where(PlanLeftOut.plan_id == plan).count() > 0
    assert left["day"].isna().all()


def test_a_plan_counts_until_the_one_that_replaces_it_begins(own_station):
    first = keep(own_station, made(own_station), two_areas(own_station))
    later = made(own_station, first_day=DAY["wed"], days=5, replaces=first)
    second = keep(own_station, later, two_areas(own_station, seed=5))
    with writing(own_station.engine, SYSTEM) as session:
        moved = update(PlanStop).where(PlanStop.plan_id == second)
        session.execute(moved.values(day=FRIDAY + timedelta(1), place=PlanStop.id))
    days = planned(told(own_station)).groupby("plan_id")["day"]
    assert days.max()[first] < pd.Timestamp(DAY["wed"])
    assert days.min()[second] > pd.Timestamp(DAY["wed"])


def test_an_officers_day_goes_by_the_latest_plan_for_it(own_station):
    keep(own_station, made(own_station), two_areas(own_station))
    again = keep(own_station, made(own_station), two_areas(own_station))
    assert set(planned(told(own_station))["plan_id"]) == {again}


def test_what_somebody_said_against_a_plan_counts_in_its_place(own_station):
    plan = keep(own_station, made(own_station), two_areas(own_station))
    with own_station.looked_at() as (session, _):
        stop = session.query(PlanStop).where(PlanStop.plan_id == plan).order_by(PlanStop.day, PlanStop.id).first()
        building = stop.building_id
    said = Override(plan, building, officer_id(own_station, "P-chen"), SUNDAY, "the keeper is there on Sundays only")
    override_plan(own_station.engine, SYSTEM, ACTOR, CITY, said, at=datetime(2026, 11, 27), key="f" * 32)
    seen = planned(told(own_station))
    assert len(seen) == stops_of(own_station, plan)
    moved = seen[(seen["day"] == pd.Timestamp(SUNDAY))]
    assert moved[["building_id", "officer_id"]].values.tolist() == [[building, said.officer]]


def test_a_street_office_hears_of_its_own_buildings_and_officers_only(own_station):
    keep(own_station, made(own_station, "district", "town"), two_areas(own_station))
    for place in (SOUTH, NORTH):
        scope = AccessScope("street_office", areas=(own_station.area("street", place),))
        seen, everything = told(own_station, scope=scope), told(own_station)
        assert len(seen.visits) < len(everything.visits)
        assert set(seen.codes.values()) < set(everything.codes.values())
    assert told(own_station, scope=AccessScope("department", areas=None, hazard_groups=("fire",))).visits.empty


def test_another_plan_is_another_answer(own_station):
    def latest() -> tuple[int, int]:
        return asked(own_station, lambda session, _, city: latest_plan_and_word(session, city))

    before = latest()
    plan = keep(own_station, made(own_station), two_areas(own_station))
    assert before == (0, 0) and latest() == (plan, 0)

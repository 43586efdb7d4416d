"""The officers of the invented district: a grid officer for every grid, under the codes that its visits carry, police
teams in the communities, and some of them away."""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, func, select, text

from data.access.roles import SYSTEM
from data.db.engine import open_database, reading, writing
from data.db.models.city import Area, Building, City, RuleEdition
from data.db.models.planning import (
    OFFICER_ROLES,
    Officer,
    OfficerLeave,
    Plan,
    PlanLeftOut,
    PlanOfficer,
    PlanOverride,
    PlanStop,
)
from data.demo import District, district, load
from data.demo.officers import staff

ON = date(2025, 6, 30)
BUILDINGS = 600
CITY = pd.DataFrame(  # as many communities and grids as at full size
    {"level": ["district", *["street"] * 10, *["community"] * 140, *["grid"] * 4_833]}
)


@pytest.fixture(scope="module")
def drawn() -> District:
    return district(BUILDINGS, on=ON)


@pytest.fixture(scope="module")
def full_size():
    visited_by = np.array([f"W{number:04}" for number in np.random.default_rng(1).integers(101, 4_934, 4_833)])
    return staff(np.random.default_rng(2), CITY, visited_by, ON)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}")
    load(engine, BUILDINGS, on=ON)
    yield engine
    engine.dispose()


def officers_of(drawn: District, role: str) -> pd.DataFrame:
    assert drawn.staff is not None
    return drawn.staff.officers[drawn.staff.officers["role"] == role]


def test_every_grid_has_one_grid_officer_and_every_code_is_somebody_else(drawn):
    grids = np.flatnonzero(drawn.areas["level"] == "grid")
    assert officers_of(drawn, "grid_officer")["area"].tolist() == grids.tolist()
    assert drawn.staff.officers["code"].is_unique


def test_whoever_has_visited_a_district_is_one_of_its_officers(drawn):
    assert set(drawn.facts.inspections["inspector"]) <= set(officers_of(drawn, "grid_officer")["code"])


def test_a_grid_officer_has_the_code_under_which_the_grid_was_visited_unless_it_is_anothers(drawn):
    grids = officers_of(drawn, "grid_officer")
    visited_by = drawn.facts.officers.code
    first_grid = ~pd.Series(visited_by).duplicated().to_numpy()
    assert (grids["code"].to_numpy()[first_grid] == visited_by[first_grid]).all()
    assert not set(grids["code"][~first_grid]) & set(visited_by)


def test_at_full_size_there_are_4833_grid_officers_and_teams_of_three_to_ten_police(full_size):
    officers = full_size.officers
    assert (officers["role"] == "grid_officer").sum() == 4_833 and officers["code"].is_unique
    teams = officers[officers["role"] == "police"].groupby("area").size()
    assert len(teams) == 140 and set(teams) == set(range(3, 11))
    assert set(officers["role"]) <= set(OFFICER_ROLES)


def test_every_day_is_long_enough_for_the_minutes_and_every_team_has_somebody_of_an_evening(full_size):
    officers = full_size.officers
    assert (officers["works_until"] - officers["works_from"] >= officers["minutes_a_day"]).all()
    assert officers["code"].str.len().max() <= 20
    late = officers[officers["works_until"] > 20 * 60].groupby("area").size()
    assert len(late) == 140


def test_about_one_in_thirty_is_away_on_a_day_and_it_was_known_by_then(full_size):
    leave = full_size.leave
    assert (leave["first_day"] <= leave["last_day"]).all()
    assert (leave["recorded_on"] <= np.minimum(leave["first_day"], np.datetime64(ON))).all()
    for day in (np.datetime64(ON), np.datetime64(ON) + 28):
        away = ((leave["first_day"] <= day) & (leave["last_day"] >= day)).sum()
        assert 0.02 < away / len(full_size.officers) < 0.05


def test_the_same_seed_draws_the_same_officers_and_ground_alone_has_none(drawn):
    again = district(BUILDINGS, on=ON)
    assert again.staff.officers.equals(drawn.staff.officers) and again.staff.leave.equals(drawn.staff.leave)
    assert district(BUILDINGS, on=ON, facts=False).staff is None


def test_once_loaded_they_are_as_they_were_drawn(loaded, drawn):
    with reading(loaded, SYSTEM) as session:
        rows = session.execute(select(Officer.code, Area.code, Officer.minutes_a_day).join(Area).order_by(Officer.id))
        assert [tuple(row) for row in rows] == list(
            zip(
                drawn.staff.officers["code"],
                drawn.areas["code"].to_numpy()[drawn.staff.officers["area"]],
                drawn.staff.officers["minutes_a_day"],
                strict=True,
            )
        )
        away = session.execute(
            select(Officer.code, OfficerLeave.first_day).join(OfficerLeave).order_by(OfficerLeave.id)
        )
        codes = drawn.staff.officers["code"].to_numpy()[drawn.staff.leave["officer"]]
        assert [tuple(row) for row in away] == list(zip(codes, drawn.staff.leave["first_day"].dt.date, strict=True))


def test_a_district_that_was_planned_for_is_replaced_with_its_plans(loaded):
    with writing(loaded, SYSTEM) as session:
        _plan_something(session)
    load(loaded, 400, seed=2, on=ON, replace=True)
    with reading(loaded, SYSTEM) as session:
        for model in (Plan, PlanOfficer, PlanStop, PlanLeftOut, PlanOverride):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def _plan_something(session) -> None:
    """A row in every table of plans."""
    city = session.scalars(select(City.id)).one()
    officer, building = session.scalars(select(Officer)).first(), session.scalars(select(Building.id)).first()
    edition = RuleEdition(rule_set="qishuyan", in_force=date(2009, 10, 1), sha256="0" * 64, text="")
    session.add(edition)
    session.flush()
    now = datetime(2025, 6, 30, 8)
    plan = Plan(
        city_id=city, area_id=officer.area_id, first_day=ON, days=7, edition_id=edition.id, seed=1, iterations=1
    )
    plan.solver, plan.inputs_number, plan.inputs_token, plan.settings, plan.roles = "none", 1, "", {}, ["officer"]
    plan.made_at, plan.made_by, plan.problems = now, "li", ["g"]
    session.add(plan)
    session.flush()
    of_plan = {"plan_id": plan.id, "officer_id": officer.id, "day": ON}
    wanted = {"problem": "g", "number": 0, "building_id": building, "kind": "due", "role": "officer", "minutes": 30}
    wanted |= {"worth": 1, "daily_cost": 1}
    day = {"problem": "g", "role": "officer", "starts": 540, "minutes": 120, "lon": 0.0, "lat": 0.0, "walked_s": 0}
    stop = PlanStop(**of_plan, **wanted, place=0, arrives=545)
    left_out = PlanLeftOut(plan_id=plan.id, **wanted, reason="no_time", takes={})
    session.add_all([PlanOfficer(**of_plan, **day), stop, left_out])
    session.flush()
    said = {"building_id": building, "reason": "asked for", "made_by": "li", "made_at": now}
    session.add(PlanOverride(**of_plan, stop_id=stop.id, **said))

"""A plan of the demonstration district as a test wants it, without a solver."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from dashboard.cache import city_cache
from data.access.roles import SYSTEM
from data.city.rating_runs import stored_edition_id
from data.db.engine import writing
from data.db.models.city import Area, City
from data.db.models.planning import Plan, PlanLeftOut, PlanOfficer, PlanOverride, PlanStop
from scoring.rulebook.editions import edition_on
from tests.dashboard.demonstration import ON

MONDAY = ON + timedelta(7 - ON.weekday())
LON, LAT, WALKED_S = 113.9, 22.56, 600


@dataclass(frozen=True)
class Stop:
    """building, officer: ids; late: days between its due day and the visit."""

    building: int
    officer: int
    day: date = MONDAY
    kind: str = "due"
    late: int = 3


def keep(stops: Sequence[Stop]) -> int:
    """A plan of the whole district for the week of MONDAY, its id. Stops of an officer's day in the order given."""
    with writing(city_cache.database(), SYSTEM) as session:
        city = session.scalars(select(City)).one()
        widest = session.scalars(select(Area).where(Area.level == next(iter(city.levels)))).first()
        edition = stored_edition_id(session, edition_on("qishuyan", ON))
        made = {"seed": 1, "iterations": 1, "solver": "none", "inputs_number": 1, "inputs_token": "0"}
        kept = {"settings": {"settings": {}, "walking": {}}, "roles": ["officer"], "problems": ["all"]}
        plan = Plan(city_id=city.id, area_id=widest.id, first_day=MONDAY, days=7, edition_id=edition, **made, **kept)
        plan.made_at, plan.made_by = datetime(2026, 6, 30, 20), "li"
        session.add(plan)
        session.flush()
        session.add_all(_officers(plan.id, stops))
        session.add_all(_stops(plan.id, stops))
        return plan.id


@contextmanager
def plan_of(stops: Sequence[Stop]) -> Iterator[int]:
    """A plan that is gone afterwards."""
    try:
        yield keep(stops)
    finally:
        with writing(city_cache.database(), SYSTEM) as session:
            for model in (PlanOverride, PlanStop, PlanLeftOut, PlanOfficer, Plan):
                session.execute(delete(model))


def _officers(plan: int, stops: Sequence[Stop]) -> Iterator[PlanOfficer]:
    given = {"role": "officer", "starts": 540, "minutes": 240, "lon": LON, "lat": LAT, "walked_s": WALKED_S}
    for officer, day in dict.fromkeys((stop.officer, stop.day) for stop in stops):
        yield PlanOfficer(plan_id=plan, problem="all", officer_id=officer, day=day, **given)


def _stops(plan: int, stops: Sequence[Stop]) -> Iterator[PlanStop]:
    so_far: dict[tuple[int, date], int] = {}
    for number, stop in enumerate(stops):
        place = so_far.get((stop.officer, stop.day), 0)
        so_far[stop.officer, stop.day] = place + 1
        wanted = {"number": number, "problem": "all", "role": "officer", "minutes": 25, "worth": 1, "daily_cost": 1}
        where = {"building_id": stop.building, "lon": LON + place / 1000, "lat": LAT}
        when = {"day": stop.day, "place": place, "arrives": 545 + 30 * place, "due": stop.day - timedelta(stop.late)}
        yield PlanStop(plan_id=plan, officer_id=stop.officer, kind=stop.kind, why="", **wanted, **where, **when)

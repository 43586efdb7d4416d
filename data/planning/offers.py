"""To whom and to which day a planned visit can be moved, and what each move costs, from the plan as it now stands."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.db.engine import as_scope
from data.db.models.city import City
from data.db.models.planning import Officer, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.moves import AGAINST, NOWHERE, moves
from data.planning.officers import officers_visible_to
from data.planning.standing import need_of, part_of
from data.planning.standing_shown import standing_of
from data.planning.stored import KeptPlan

MOST_AREAS, MOST_STOPS = 8, 1_000  # looked at around a building; their ways are 9 MB and reckoned in 0.2 s
DEGREE_EAST = 0.92  # of one to the north, in length, at 22.5 degrees; which areas are near, no more


@dataclass(frozen=True)
class Offers:
    """moves: officer_id, officer, day, more_s, left_s, what costs the fewest seconds first. against: how many of the
    other officer-days each rule stands against, by the words of data.planning.moves. short: the officer-day that lacks
    the least time, as one of `moves` with `left_s` below nought; None where none lacks time alone."""

    moves: pd.DataFrame
    against: Mapping[str, int]
    short: pd.Series | None


def offers(session: Session, scope: AccessScope, city: City, plan: KeptPlan, building: int, after: date) -> Offers:
    """For the visit of a building, on days after one: what officers near it that are visible could make of it."""
    with as_scope(session, SYSTEM):
        near = _areas_near(session, plan, building)
    stand, _ = standing_of(session, city, plan, near)
    codes = _visible(session, scope, city)
    need = NOWHERE if stand is None else need_of(stand, building)
    if stand is None or need == NOWHERE:
        return Offers(pd.DataFrame(columns=["officer_id", "officer", "day", "more_s", "left_s"]), {}, None)
    crew, needs = np.arange(len(stand.problem.crew)), np.unique([need, *stand.routes.need.tolist()])
    part, routes = part_of(stand.problem, stand.routes, crew, needs)
    found = moves(part, routes, int(np.searchsorted(needs, need)))
    asked = np.isin(part.crew.officer, list(codes)) & (part.crew.day > np.datetime64(after, "D"))
    fits = found.fits[asked[found.fits]]
    lacking = np.flatnonzero(asked & (found.against == AGAINST.index("no_time")) & (found.left_s < 0))
    least = lacking[np.argsort(-found.left_s[lacking], kind="stable")][:1]
    rows = np.concatenate([fits, least])
    columns = {
        "officer_id": part.crew.officer[rows],
        "officer": [codes[one] for one in part.crew.officer[rows].tolist()],
        "day": part.crew.day[rows].astype(object),
        "more_s": found.more_s[rows],
        "left_s": found.left_s[rows],
    }
    both = pd.DataFrame(columns)
    against = Counter(AGAINST[one] for one in found.against[asked].tolist() if one)
    return Offers(both.iloc[: len(fits)], against, both.iloc[-1] if len(least) else None)


def _visible(session: Session, scope: AccessScope, city: City) -> dict[int, str]:
    seen = select(Officer.id, Officer.code).where(Officer.city_id == city.id, officers_visible_to(session, scope))
    return dict(session.execute(seen).all())


def _areas_near(session: Session, plan: KeptPlan, building: int) -> list[str]:
    """The areas of the plan whose officers begin nearest to the building, its own first, as many as are looked at."""
    own = _place(session, plan, building)
    if own is None:
        return []
    lon, lat, code = own
    where = (PlanOfficer.problem, func.avg(PlanOfficer.lon), func.avg(PlanOfficer.lat))
    posts = session.execute(select(*where).where(PlanOfficer.plan_id == plan.id).group_by(PlanOfficer.problem)).all()
    away = {one: np.hypot((at_lon - lon) * DEGREE_EAST, at_lat - lat) for one, at_lon, at_lat in posts}
    nearest = [code, *(one for one in sorted(away, key=lambda one: (away[one], one)) if one != code)][:MOST_AREAS]
    visits = select(PlanStop.problem, func.count()).where(PlanStop.plan_id == plan.id, PlanStop.problem.in_(nearest))
    stops = dict(session.execute(visits.group_by(PlanStop.problem)).all())
    so_far = np.cumsum([stops.get(one, 0) for one in nearest])
    return [one for place, one in enumerate(nearest) if place == 0 or so_far[place] <= MOST_STOPS]


def _place(session: Session, plan: KeptPlan, building: int) -> tuple[float, float, str] | None:
    for model in (PlanStop, PlanLeftOut):
        columns = (model.lon, model.lat, model.problem)
        asked = select(*columns).where(model.plan_id == plan.id, model.building_id == building, model.lon.is_not(None))
        found = session.execute(asked.order_by(model.id)).first()
        if found is not None:
            return found.lon, found.lat, found.problem
    return None

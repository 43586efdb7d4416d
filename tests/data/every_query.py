"""Every public question of data.city.queries, with every choice of its arguments; a new one comes along by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from inspect import getmembers, isfunction, signature
from itertools import product

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city import queries
from data.db.models.city import Area, Base, Building, City
from data.errors import DataError

Query = Callable[..., object]
NOT_QUERIES = {
    "visible_to": "the condition that queries hold, it reads nothing",
    "uncorrected": "the condition that queries hold, it reads nothing",
    "no_such_city": "makes an error, it reads nothing",
    "days": "turns values into days, it reads nothing",
}
QUERIES: Mapping[str, Query] = {
    name: query
    for name, query in getmembers(queries, isfunction)
    if query.__module__ == queries.__name__ and not name.startswith("_") and name not in NOT_QUERIES
}


def choices(session: Session, city: City, on: date) -> dict[str, list]:
    """What each argument may be. A query with an argument of another name must be given its choices here."""
    buildings = session.scalars(select(Building).order_by(Building.id)).all()
    areas = session.scalars(select(Area.id).order_by(Area.id)).all()
    return {
        "city": [city],
        "on": [on],
        "building": buildings,
        "building_id": [building.id for building in buildings],
        "code": [city.code, "no such code", *dict.fromkeys(building.code for building in buildings)],
        "wanted": [[], [building.id for building in buildings] + [-1]],
        "ids": [[*areas, None, -1]],
        "words": ["", "o", "HARBOUR", "mill-y", "%", "Lane"],
        "most": [100],
        "of": [None, np.array([building.id for building in buildings[::2] if building.city_id == city.id], np.int64)],
    }


def answers(query: Query, session: Session, scope: AccessScope, given: Mapping[str, list]) -> list:
    """Plain answers to every choice of the arguments."""
    names = list(signature(query).parameters)[2:]
    return [_asked(query, session, scope, some) for some in product(*(given[name] for name in names))]


def _asked(query: Query, session: Session, scope: AccessScope, some: Sequence) -> object:
    try:
        return plain(query(session, scope, *some))
    except DataError:
        return None


def plain(answer: object) -> object:
    """An answer as lists, tuples, dictionaries and plain values, so that two can be compared."""
    if isinstance(answer, pd.DataFrame):
        rows = answer.astype(object).itertuples(index=False, name=None)
        return [tuple(plain(value) for value in row) for row in rows]
    if isinstance(answer, Base):
        return (type(answer).__name__, answer.id)
    if isinstance(answer, dict):
        return {plain(key): plain(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple, np.ndarray)):
        return [plain(one) for one in answer]
    if isinstance(answer, shapely.Geometry):
        return answer.wkb_hex
    if isinstance(answer, np.generic):
        return plain(answer.item())
    return None if answer is not None and pd.isna(answer) else answer


def nothing(answer: object) -> bool:
    return answer in (None, 0, [], {})


def days_in(answer: object) -> Iterator[date]:
    """Every day an answer holds."""
    if isinstance(answer, date):
        yield pd.Timestamp(answer).date()
    elif isinstance(answer, (list, tuple)):
        for one in answer:
            yield from days_in(one)

"""Our fields, as a mapping may fill them: which tables, which fields, and what fits into each.

Types, lengths and whether a field may stay empty are read from the models, so that they are said once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Date, Float, Integer

from data.db.models.city import (
    ENDINGS,
    GROUND_KINDS,
    HAZARD_GROUPS,
    HAZARD_STEPS,
    HOME_STATES,
    LEVELS,
    ROAD_CLASSES,
    SEVERITIES,
    Area,
    Base,
    Building,
    Event,
    GroundFeature,
    Hazard,
    Home,
    HomeState,
    Inspection,
    Project,
)
from data.db.models.planning import OFFICER_ROLES, Officer, OfficerLeave
from data.db.tables import table_of

Kind = Literal["text", "whole", "decimal", "day", "yes_no", "time", "weekdays"]
LARGEST_WHOLE = 2**31 - 1  # PostgreSQL's INTEGER
CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("area", "level"): LEVELS,
    ("ground", "kind"): GROUND_KINDS,
    ("ground", "road_class"): ROAD_CLASSES,
    **{(table, "ended_as"): ENDINGS for table in ("area", "building", "project", "home", "officer")},
    ("hazard", "group"): HAZARD_GROUPS,
    ("hazard", "severity"): SEVERITIES,
    ("hazard_step", "step"): HAZARD_STEPS,
    ("home_state", "state"): HOME_STATES,
    ("officer", "role"): OFFICER_ROLES,
}
BOUNDS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("building", "built"): (1000, 9999),  # a year; anything shorter is a slip of the pen
    ("home", "floor"): (-20, 300),  # basements count downwards
    ("officer", "minutes_a_day"): (0, 24 * 60),
    ("inspection", "published_score"): (-LARGEST_WHOLE, LARGEST_WHOLE),  # a sum of penalties may be below 0
}
OF_THE_WEEK: Mapping[tuple[str, str], Kind] = {  # columns of which the type does not tell what they hold
    ("officer", "works_from"): "time",
    ("officer", "works_until"): "time",
    ("officer", "weekdays"): "weekdays",
}
CODES = ("code", "inspector")  # texts of which one and the same may be written in several ways
MAY_LIE_AHEAD = {
    ("hazard", "due_on"),
    *(
        (table, "ended_on") for table in ("building", "project", "home", "officer")
    ),  # an area only once nothing lies in it
    *(("officer_leave", name) for name in ("first_day", "last_day")),
}  # every other day has already been


@dataclass(frozen=True)
class Field:
    """What one field of ours holds.

    longest: characters; low, high: for numbers; default: what the database puts where nothing is given.
    """

    kind: Kind
    required: bool
    longest: int | None = None
    low: float = 0
    high: float = LARGEST_WHOLE
    choices: tuple[str, ...] | None = None
    may_lie_ahead: bool = False
    is_code: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Target:
    """One of our tables: its model, the fields a mapping may fill, and whether rows are facts with a source key.

    A fact happened: it is corrected by a new row. The others are master data: they are brought up to date in place.
    """

    name: str
    plural: str
    model: Any  # a class of data.db.models
    fields: Mapping[str, Field]
    is_fact: bool = False


def _field(table: str, model: type[Base], name: str) -> Field:
    column: Column = model.__mapper__.attrs[name].columns[0]
    low, high = BOUNDS.get((table, name), (0, LARGEST_WHOLE))
    return Field(
        kind=OF_THE_WEEK.get((table, name)) or _kind(column),
        required=not column.nullable and column.default is None,
        longest=getattr(column.type, "length", None),
        low=low,
        high=high,
        choices=CHOICES.get((table, name)),
        may_lie_ahead=(table, name) in MAY_LIE_AHEAD,
        is_code=name in CODES,
        default=getattr(column.default, "arg", None),
    )


def length_of(model: type[Base], name: str) -> int:
    """How many characters fit into a text column."""
    column_type = table_of(model).c[name].type
    longest: int | None = getattr(column_type, "length", None)
    assert longest
    return longest


def _kind(column: Column) -> Kind:
    kinds: tuple[tuple[type, Kind], ...] = ((Boolean, "yes_no"), (Integer, "whole"), (Float, "decimal"), (Date, "day"))
    for type_, kind in kinds:
        if isinstance(column.type, type_):
            return kind
    return "text"


def _target(name: str, plural: str, model: type[Base], fields: str, is_fact: bool = False) -> Target:
    return Target(name, plural, model, {field: _field(name, model, field) for field in fields.split()}, is_fact)


# In the order in which they are written: each may point at those above it.
TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        _target("area", "areas", Area, "level code name name_en ended_on ended_as"),
        _target("ground", "ground_features", GroundFeature, "kind road_class name name_en"),
        _target(
            "building", "buildings", Building, "code name address homes floors built use group_rental ended_on ended_as"
        ),
        _target("project", "projects", Project, "code name operator address ended_on ended_as"),
        _target(
            "home",
            "homes",
            Home,
            "code rooms area_m2 floor rent_yuan_month lift barrier_free ended_on ended_as",
        ),
        _target(
            "officer",
            "officers",
            Officer,
            "code role works_from works_until weekdays minutes_a_day ended_on ended_as",
        ),
        _target("inspection", "inspections", Inspection, "day inspector published_score published_result", True),
        _target("hazard", "hazards", Hazard, "group category severity found_on due_on", True),
        _target("event", "events", Event, "kind day", True),
        _target("home_state", "home_states", HomeState, "state day"),
        _target("officer_leave", "officer_leave", OfficerLeave, "first_day last_day"),
    )
}
DAY_FIELDS = {"inspection": "day", "hazard": "found_on", "event": "day", "home_state": "day"}  # when it happened
LONGEST_KEY = 74  # of the 80 characters of a source key, room is kept for "#" and the number of a correction
KEY = Field("text", required=True, longest=LONGEST_KEY, is_code=True)
DAY = Field("day", required=False)
DEGREES = Field("decimal", required=False, low=-float("inf"), high=float("inf"))
BUILDING_CODE = replace(TARGETS["building"].fields["code"], required=False)
AREA_CODE = Field("text", required=False, longest=40, is_code=True)
AREA_NAME = Field("text", required=False, longest=length_of(Area, "name"))

"""Who visits, and which visits were planned. An officer is an opaque code; nothing here names a person.

Plans and what belongs to them are added to and never changed: another plan replaces one, and an override stands beside
what it overrides. A plan holds all it was made from, so that it can be made again.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.db.models.city import Base, Id, corrections, few

OFFICER_ROLES = ("grid_officer", "police", "assistant")
DAY_BEGINS, DAY_ENDS = 9 * 60, 18 * 60  # minutes after midnight; the usual hours of an office
WORKING_WEEK = "12345"  # Monday to Friday, as ISO 8601 numbers them
VISIT_KINDS = ("due", "early", "random", "evening", "joint", "urgent")
LEFT_OUT_REASONS = (
    "no_time",  # the officers' minutes are taken by what is worth more
    "no_role",  # nobody in the area has the role
    "out_of_area",  # no officer here, not on the map, or further than a day or its worth allows to walk
    "last_day",  # it cannot be met: nobody works, or has minutes, before the last day
    "blocked",  # its own pin, hours, earliest day or partner excludes everybody
)
SHORT_NAME = 40  # characters: a solver with its version, what a stop is for
PROBLEM_NAME = 48  # the code of an area, and the number of its piece where it was planned in several


class Officer(Base):
    """Who visits the buildings of an area: brought up to date in place by imports, or one by one.

    works_from, works_until: minutes after midnight by the city's clock. weekdays: digits, 1 is Monday, each once and
    rising. minutes_a_day: for visits and the ways between them. import_id: None once somebody has said it by hand.
    """

    __tablename__ = "officers"
    __table_args__ = (
        CheckConstraint("works_from < works_until", name="ck_officers_hours"),
        UniqueConstraint("city_id", "code"),
        Index("ix_officers_area", "area_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(20))  # the inspector of a visit
    role: Mapped[str] = mapped_column(String(20))  # of OFFICER_ROLES
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    works_from: Mapped[int] = mapped_column(default=DAY_BEGINS)
    works_until: Mapped[int] = mapped_column(default=DAY_ENDS)
    weekdays: Mapped[str] = mapped_column(String(7), default=WORKING_WEEK)
    minutes_a_day: Mapped[int]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    ended_on: Mapped[date | None]  # from this day on nobody is sent
    ended_as: Mapped[str | None] = mapped_column(String(12))  # of ENDINGS


class OfficerLeave(Base):
    """An officer is away, the first and the last day included. Why is nobody's business and kept nowhere."""

    __tablename__ = "officer_leave"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="ck_officer_leave_days"),
        Index("ix_officer_leave_officer", "officer_id", "first_day"),
        corrections("officer_leave"),
        few("officer_leave", "void", "officer_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    recorded_on: Mapped[date]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("officer_leave.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    void: Mapped[bool | None]  # withdraws the row it corrects, and says nothing itself


class Plan(Base):
    """The visits planned in an area for some days.

    inputs_number, inputs_token: the version of the city it was made from, see data.city.changes. settings: every figure
    that decided besides, as the planner gave them. roles: in the order in which rows of the problem number them.
    """

    __tablename__ = "plans"
    __table_args__ = (Index("ix_plans_area", "area_id", "first_day"), Index("ix_plans_city", "city_id", "first_day"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    first_day: Mapped[date]
    days: Mapped[int]  # of the calendar
    edition_id: Mapped[int] = mapped_column(ForeignKey("rule_editions.id"))
    seed: Mapped[int] = mapped_column(BigInteger)
    iterations: Mapped[int]
    solver: Mapped[str] = mapped_column(String(SHORT_NAME))  # with its version
    inputs_number: Mapped[int]
    inputs_token: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]]
    roles: Mapped[list[Any]]
    problems: Mapped[list[Any]]  # codes of the areas that were planned each by itself, in their order
    made_at: Mapped[datetime]  # UTC
    made_by: Mapped[str] = mapped_column(String(80))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"), index=True)


class PlanOfficer(Base):
    """An officer on one day, as they were when the plan was made.

    problem: the code of the area that was planned by itself. lon, lat: where the day begins and ends.
    """

    __tablename__ = "plan_officers"
    __table_args__ = (
        UniqueConstraint("plan_id", "officer_id", "day"),
        Index("ix_plan_officers_day", "officer_id", "day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    problem: Mapped[str] = mapped_column(String(PROBLEM_NAME))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    day: Mapped[date]
    role: Mapped[str] = mapped_column(String(20))
    starts: Mapped[int]  # minutes after midnight
    minutes: Mapped[int]  # for visits and walking
    lon: Mapped[float]
    lat: Mapped[float]
    walked_s: Mapped[int]  # seconds on foot by this plan


class Wanted:
    """A visit that was wanted, as it stood when the plan was made: the same for one that was planned and one that was
    not. number: its row in the problem. The other columns are those of data.planning.problem.Needs."""

    number: Mapped[int]
    problem: Mapped[str] = mapped_column(String(PROBLEM_NAME))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    lon: Mapped[float | None]  # both None: it is not on the map
    lat: Mapped[float | None]
    kind: Mapped[str] = mapped_column(String(12))  # of VISIT_KINDS
    role: Mapped[str] = mapped_column(String(20))  # that must come
    minutes: Mapped[int]
    due: Mapped[date | None]
    last_day: Mapped[date | None]
    earliest: Mapped[date | None]
    worth: Mapped[int] = mapped_column(BigInteger)
    daily_cost: Mapped[int] = mapped_column(BigInteger)
    pinned_officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    pinned_day: Mapped[date | None]
    begins: Mapped[int | None]  # minutes after midnight
    announced_day: Mapped[date | None]


class PlanStop(Wanted, Base):
    """A planned visit: who comes, on which day, as which of the day's, at what time, and why."""

    __tablename__ = "plan_stops"
    __table_args__ = (
        UniqueConstraint("plan_id", "officer_id", "day", "place"),
        Index("ix_plan_stops_officer", "officer_id", "day"),
        Index("ix_plan_stops_building", "building_id", "day"),
        few("plan_stops", "pinned_officer_id", "pinned_officer_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    day: Mapped[date]
    place: Mapped[int]  # of the day's visits, from 0
    arrives: Mapped[int]  # minutes after midnight
    why: Mapped[str] = mapped_column(String(SHORT_NAME), default="")


class PlanLeftOut(Wanted, Base):
    """A visit that was wanted and is not planned, with the reason and what it would take."""

    __tablename__ = "plan_left_out"
    __table_args__ = (
        UniqueConstraint("plan_id", "problem", "number"),
        Index("ix_plan_left_out_building", "building_id"),
        few("plan_left_out", "pinned_officer_id", "pinned_officer_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    reason: Mapped[str] = mapped_column(String(12))  # of LEFT_OUT_REASONS
    takes: Mapped[dict[str, Any]]  # what it would take, as data.planning.left_out says it


class PlanOverride(Base):
    """Somebody's word against a plan: this officer visits this building on this day, and why. The latest counts.

    stop_id: the planned visit that is moved; None where none was planned.
    """

    __tablename__ = "plan_overrides"
    __table_args__ = (
        Index("ix_plan_overrides_plan", "plan_id", "building_id"),
        Index("ix_plan_overrides_building", "building_id"),
        Index("ix_plan_overrides_officer", "officer_id"),
        few("plan_overrides", "stop_id", "stop_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("plan_stops.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]  # UTC

"""The coming quarter of an area, and what other intervals, more minutes or the next officer there would change."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from data.city.snapshots import Snapshot
from data.db.models.city import City
from data.planning.due_buildings import Sources, calendar_of, due_buildings, intervals_asked
from data.planning.errors import PlanRefused
from data.planning.officers import OfficerDays, staff_on
from data.planning.wanted import WALK_MINUTES
from data.progress import Report
from scoring.planning.figures import figures
from scoring.planning.forecast import DAYS_A_WEEK, Forecast, Outlook, foreseen, next_officer
from scoring.planning.working_days import WorkingDays
from scoring.planning.worth import tiers_s

QUARTER_WEEKS = 13
ROLE = "officer"  # of the rules: police and grid officers alike come as one
MINUTES_OF_NOBODY = 120  # a day, of the next officer where there is none to go by: a grid officer of the demonstration


@dataclass(frozen=True)
class OutlookAsked:
    """area: id; staff: of OFFICER_ROLES; first: a Monday, from which on is foreseen."""

    area: int
    first: date
    staff: str = "grid_officer"


@dataclass(frozen=True)
class Scenario:
    """What is changed, nothing at first. instead: published intervals in the place of the edition's. officers: how many
    more, one each in the areas where the next one brings most."""

    minutes_a_day: int | None = None
    instead: str | None = None
    officers: int = 0


@dataclass(frozen=True)
class StaffedOutlook:
    """unit: ids of the areas of the outlook; officers: float64 (areas,), at work on a working day in the mean."""

    outlook: Outlook
    unit: np.ndarray
    officers: np.ndarray

    @property
    def minutes_each(self) -> float:
        """What an officer has on a working day in the mean."""
        officers = float(self.officers.sum())
        return float(self.outlook.officer_minutes.sum()) / officers if officers else float(MINUTES_OF_NOBODY)

    @property
    def overdue(self) -> int:
        """The buildings that are late before the first day; those never visited are due on it, and none of them."""
        due = self.outlook.last + self.outlook.interval[self.outlook.grade]
        return int((due < np.datetime64(self.outlook.first, "D")).sum())


@dataclass(frozen=True)
class Foreseen:
    """A quarter as it is told: by week, by grade and week, and by area.

    overdue: buildings late before the first day; officers: at work on a working day in the mean. By week, (weeks,):
    given, minutes there are; visits; minutes that they take; backlog, of the buildings overdue those that still wait.
    late: int64 (n_grades + 1, weeks), at each week's end, the unrated last. By area: unit, ids; at_work, officers;
    late_at_end; brings, int64 (areas, n_grades + 1), what the next officer would bring as next_officer has it; added:
    rows of those that have one officer more. not_announced: years whose moved days off are not known yet.
    """

    overdue: int
    officers: float
    minutes_each: float
    given: np.ndarray
    visits: np.ndarray
    minutes: np.ndarray
    backlog: np.ndarray
    late: np.ndarray
    unit: np.ndarray
    at_work: np.ndarray
    late_at_end: np.ndarray
    brings: np.ndarray
    added: np.ndarray
    not_announced: tuple[int, ...]

    @property
    def gone_in(self) -> int | None:
        """The week, from 0, at whose end nothing of the backlog waits any more; None where it does to the last."""
        gone = np.flatnonzero(self.backlog == 0)
        return int(gone[0]) if len(gone) else None


def foreseen_quarter(
    session: Session,
    city: City,
    snapshot: Snapshot,
    rule_set: str,
    asked: OutlookAsked,
    scenario: Scenario,
    report: Report,
) -> Foreseen:
    """The forecast of a quarter under a scenario, and what one officer more in each area would bring beyond it.

    snapshot: every building as SYSTEM sees it. Raises PlanRefused, NoSuchIntervals, OutsideCalendar.
    """
    calendar = calendar_of(asked.first, DAYS_A_WEEK * QUARTER_WEEKS)
    staffed = staffed_outlook(session, city, snapshot, rule_set, asked, scenario, calendar)
    report("forecast", 0, 3)
    told = foreseen(staffed.outlook, QUARTER_WEEKS, calendar)
    report("next", 1, 3)
    brings = _brings(staffed, told, calendar)
    added = areas_helped_most(brings, scenario.officers)
    if len(added):
        staffed = with_officers(staffed, added)
        report("forecast", 2, 3)
        told = foreseen(staffed.outlook, QUARTER_WEEKS, calendar)
    return told_of(staffed, told, brings, added, calendar)


def told_of(
    staffed: StaffedOutlook, told: Forecast, brings: np.ndarray, added: np.ndarray, calendar: WorkingDays
) -> Foreseen:
    """The sums of a forecast, with what it was made from."""
    return Foreseen(
        overdue=staffed.overdue,
        officers=float(staffed.officers.sum()),
        minutes_each=staffed.minutes_each,
        given=_worked(staffed.outlook.first, calendar) * staffed.outlook.officer_minutes.sum(),
        visits=told.visits.sum(axis=(0, 1)),
        minutes=told.minutes.sum(axis=(0, 1)),
        backlog=told.backlog.sum(axis=0),
        late=told.late.sum(axis=0),
        unit=staffed.unit,
        at_work=staffed.officers,
        late_at_end=told.late[:, :, -1].sum(axis=1),
        brings=brings,
        added=added,
        not_announced=calendar.not_announced,
    )


def staffed_outlook(
    session: Session,
    city: City,
    snapshot: Snapshot,
    rule_set: str,
    asked: OutlookAsked,
    scenario: Scenario,
    calendar: WorkingDays,
) -> StaffedOutlook:
    """The buildings and officers of an area at the end of the day of the snapshot; more officers are none of it."""
    every = intervals_asked(snapshot, rule_set, scenario.instead)
    if ROLE not in every.roles:
        raise PlanRefused("These rules do not say how often an officer comes; choose other rules or intervals.")
    days, role = DAYS_A_WEEK * QUARTER_WEEKS, every.roles.index(ROLE)
    crew = staff_on(session, city, asked.area, asked.staff, asked.first, days, calendar, scenario.minutes_a_day)
    units = np.unique(crew.area)
    sources = Sources(session, city, snapshot, rule_set, asked.area, asked.first, every)
    city_wide, ids = due_buildings(sources, units)
    rows = np.flatnonzero(city_wide.unit >= 0)
    officers, minutes = _a_day(crew, units, len(ids), int(_worked(asked.first, calendar).sum()))
    weight = tiers_s(len(every.days) - 1, figures().worth) / figures().worth.best_grade_s
    grade = city_wide.grade[rows]
    outlook = Outlook(
        first=asked.first,
        area=city_wide.unit[rows],
        grade=grade,
        last=city_wide.last[rows, role],
        minutes=city_wide.minutes[rows] + WALK_MINUTES,
        weight=weight[grade],
        interval=every.days[:, role],
        officer_minutes=minutes,
    )
    return StaffedOutlook(outlook, ids, officers)


def areas_helped_most(brings: np.ndarray, officers: int) -> np.ndarray:
    """Rows of the areas in which one officer more spares most weeks of lateness, most first; where it spares none,
    none. brings: as from next_officer."""
    spared = brings.sum(axis=1)
    order = np.argsort(-spared, kind="stable")[:officers]
    return order[spared[order] > 0]


def with_officers(staffed: StaffedOutlook, areas: np.ndarray) -> StaffedOutlook:
    """With one officer more in each of these areas, who has the minutes of the others in the mean."""
    more = np.zeros(len(staffed.officers))
    more[areas] = 1
    minutes = staffed.outlook.officer_minutes + more * staffed.minutes_each
    return replace(staffed, outlook=replace(staffed.outlook, officer_minutes=minutes), officers=staffed.officers + more)


def _brings(staffed: StaffedOutlook, told: Forecast, calendar: WorkingDays) -> np.ndarray:
    return next_officer(staffed.outlook, round(staffed.minutes_each), QUARTER_WEEKS, calendar)


def _worked(first: date, calendar: WorkingDays) -> np.ndarray:
    """The working days of each week, int64 (weeks,)."""
    begins = np.datetime64(first, "D") + DAYS_A_WEEK * np.arange(QUARTER_WEEKS + 1)
    return np.diff(np.searchsorted(calendar.days, begins))


def _a_day(crew: OfficerDays, units: np.ndarray, areas: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Officers at work and their minutes on a working day in the mean, leave taken off, float64 (areas,) each."""
    place = np.searchsorted(units, crew.area)
    there = np.bincount(place, minlength=areas) / max(days, 1)
    return there, np.bincount(place, crew.crew.minutes, minlength=areas) / max(days, 1)

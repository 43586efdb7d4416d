"""What a command is about: the building, hazard, home or row it names, if the scope lets it be seen.

What is not there and what is not to be seen are refused with the same sentence. Rows are locked until the transaction
ends, so that of two who change the same one the second sees what the first did.
"""

from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.queries import visible_to
from data.db.models.city import Building, City, Event, Hazard, HazardStep, Home, Inspection
from data.records.desk import Desk
from data.records.errors import RecordRefused

Row = TypeVar("Row", Inspection, Event, Hazard)
LARGEST_ID = 2**63 - 1  # what a database can look for


def city_of(session: Session, code: str) -> City:
    """Raises RecordRefused as for a building that is not there: whoever does not see the city hears no more."""
    city = session.scalar(select(City).where(City.code == code))
    if city is None:
        raise _no_building()
    return city


def building_of(desk: Desk, building_id: int) -> Building:
    """Raises RecordRefused."""
    question = select(Building).where(Building.id == _id(building_id), Building.city_id == desk.city.id)
    building = desk.session.scalar(question.where(visible_to(desk.scope)))
    if building is None:
        raise _no_building()
    return building


def home_of(desk: Desk, home_id: int) -> Home:
    """Raises RecordRefused."""
    question = select(Home).join(Building).where(Home.id == _id(home_id), Building.city_id == desk.city.id)
    home = desk.session.scalar(question.where(visible_to(desk.scope, "homes")))
    if home is None:
        raise RecordRefused("This home is not there, or not yours to see; choose it from its building.")
    return home


def hazard_of(desk: Desk, hazard_id: int) -> Hazard:
    """A hazard that still counts, locked. Raises RecordRefused."""
    return _valid(desk, Hazard, hazard_id, _hazards_visible_to(desk.scope))


def inspection_of(desk: Desk, inspection_id: int) -> Inspection:
    """A visit that still counts, locked. Raises RecordRefused."""
    return _valid(desk, Inspection, inspection_id, visible_to(desk.scope))


def event_of(desk: Desk, event_id: int) -> Event:
    """An event that still counts, locked. Raises RecordRefused."""
    return _valid(desk, Event, event_id, visible_to(desk.scope, "cases"))


def step_of(desk: Desk, step_id: int) -> HazardStep:
    """A step after the finding, of whatever hazard: see to that with `hazard_of`. Raises RecordRefused."""
    step = desk.session.get(HazardStep, _id(step_id))
    if step is None or step.step == "found":
        raise _gone()
    return step


def steps_of(desk: Desk, hazard: Hazard) -> list[HazardStep]:
    """All steps of a hazard in the order in which they happened."""
    question = select(HazardStep).where(HazardStep.hazard_id == hazard.id)
    return list(desk.session.scalars(question.order_by(HazardStep.day, HazardStep.id)))


def _valid(desk: Desk, model: type[Row], row_id: int, visible: ColumnElement[bool]) -> Row:
    question = select(model).join(Building, model.building_id == Building.id)
    question = question.where(model.id == _id(row_id), model.city_id == desk.city.id, model.void.is_not(True), visible)
    row = desk.session.scalar(question.with_for_update(of=model))
    if row is None:
        raise _gone()
    # A question of its own: only after the lock does it see what the one before has done.
    if desk.session.scalar(select(exists().where(model.corrects_id == row.id))):
        raise RecordRefused("Somebody else has corrected this already; look at it as it stands now.")
    return row


def _no_building() -> RecordRefused:
    return RecordRefused("This building is not there, or not yours to see; choose it on the map.")


def _gone() -> RecordRefused:
    return RecordRefused("This entry is not there, or not yours to see; choose it from its building.")


def _hazards_visible_to(scope: AccessScope) -> ColumnElement[bool]:
    """As queries have it: a hazard of a department's groups is itself what shows the department its building.

    Said in this way the database looks at one hazard, and not at all of the groups.
    """
    if scope.hazard_groups is None:
        return visible_to(scope, "hazards")
    of_its_groups = Hazard.group.in_(scope.hazard_groups)
    return and_(visible_to(replace(scope, hazard_groups=None), "hazards"), of_its_groups)


def _id(number: int) -> int:
    """The number, or one that no row has where no row could have it."""
    return number if 0 < number <= LARGEST_ID else 0

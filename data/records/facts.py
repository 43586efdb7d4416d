"""Visits, events and states of homes: checked, then added as rows. Each raises RecordRefused."""

from sqlalchemy import select

from data.db.models.city import HOME_STATES, Checklist, Event, HomeState, Inspection, Project
from data.records.commands import EventHappened, HomeStateSet, Visit
from data.records.desk import Desk, Written
from data.records.errors import RecordRefused
from data.records.hazards import add_hazard, check_hazard
from data.records.subjects import building_of, event_of, home_of, inspection_of
from data.records.values import (
    answer_text,
    check_before_end,
    check_code,
    check_day,
    check_known,
    event_kinds,
    highest_answers,
)


def write_visit(desk: Desk, command: Visit) -> Written:
    """A visit with its answers and the hazards found on it."""
    check_day(command.day, desk.on)
    check_code(command.inspector, Inspection, "inspector")
    building = building_of(desk, command.building_id)
    check_before_end("building", building.code, building.ended_on, command.day)
    corrected = inspection_of(desk, command.corrects) if command.corrects is not None else None
    if corrected and command.hazards:
        raise RecordRefused("A corrected visit brings no hazards; record or correct each of them by itself.")
    checklist_id, answers = _answered(desk, command)
    for hazard in command.hazards:
        check_hazard(hazard, command.day, desk.on)
    visit = Inspection(
        city_id=desk.city.id,
        building_id=building.id,
        day=command.day,
        recorded_on=desk.on,
        checklist_id=checklist_id,
        answers=answers,
        inspector=command.inspector,
        corrects_id=command.corrects,
    )
    desk.session.add(visit)
    desk.session.flush()
    for hazard in command.hazards:
        add_hazard(desk, building.id, hazard, command.day, inspection_id=visit.id)
    before = (corrected.building_id,) if corrected else ()
    return Written(visit.id, (building.id, *before), command.corrects)


def _answered(desk: Desk, command: Visit) -> tuple[int | None, str | None]:
    """The check-list and the answers as the table holds them."""
    if command.checklist is None:
        if command.answers:
            raise RecordRefused("Answers belong to a check-list; name it, or leave the answers out.")
        return None, None
    question = select(Checklist).where(Checklist.city_id == desk.city.id).order_by(Checklist.id)
    checklists = {checklist.code: checklist for checklist in desk.session.scalars(question)}
    check_known(command.checklist, checklists)
    checklist = checklists[command.checklist]
    highest = highest_answers(desk.editions)
    return checklist.id, answer_text(checklist.code, checklist.items, command.answers, highest)


def write_event(desk: Desk, command: EventHappened) -> Written:
    """A case, an accident or a lead."""
    check_day(command.day, desk.on)
    check_known(command.kind, event_kinds(desk.editions))
    building = building_of(desk, command.building_id)
    check_before_end("building", building.code, building.ended_on, command.day)
    corrected = event_of(desk, command.corrects) if command.corrects is not None else None
    event = Event(
        city_id=desk.city.id,
        building_id=building.id,
        kind=command.kind,
        day=command.day,
        recorded_on=desk.on,
        corrects_id=command.corrects,
    )
    desk.session.add(event)
    desk.session.flush()
    before = (corrected.building_id,) if corrected else ()
    return Written(event.id, (building.id, *before), command.corrects)


def write_home_state(desk: Desk, command: HomeStateSet) -> Written:
    """What a public-rental home is from a day on."""
    check_day(command.day, desk.on)
    check_known(command.state, HOME_STATES)
    home = home_of(desk, command.home_id)
    project = desk.session.get_one(Project, home.project_id)
    for ended_on in (home.ended_on, project.ended_on):
        check_before_end("home", home.code, ended_on, command.day)
    state = HomeState(home_id=home.id, state=command.state, day=command.day, recorded_on=desk.on)
    desk.session.add(state)
    desk.session.flush()
    return Written(state.id, (home.building_id,))

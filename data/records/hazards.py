"""Hazards and their steps: checked, then added as rows. Each raises RecordRefused.

A step has no row that corrects it. Where one is corrected, the hazard is written anew with its other steps, and the
row before, with all that was ever said of it, stays in the tables.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from data.db.models.city import Hazard, HazardStep
from data.records.commands import FoundHazard, HazardFound, HazardStepTaken
from data.records.desk import Desk, Written
from data.records.steps import STEPS, Step, check_order
from data.records.subjects import building_of, hazard_of, step_of, steps_of
from data.records.values import check_before_end, check_code, check_day, check_known, check_term
from scoring.rulebook.hazard_catalogue import GROUPS, SEVERITIES, categories


def write_hazard(desk: Desk, command: HazardFound) -> Written:
    """A hazard with its finding; where it corrects another, with that one's later steps."""
    corrected = hazard_of(desk, command.corrects) if command.corrects is not None else None
    hazard = FoundHazard(command.group, command.category, command.severity, command.due_on)
    check_hazard(hazard, command.found_on, desk.on, corrected)
    building = building_of(desk, command.building_id)
    check_before_end("building", building.code, building.ended_on, command.found_on)
    if corrected is None:
        return Written(add_hazard(desk, building.id, hazard, command.found_on), (building.id,))
    steps = steps_of(desk, corrected)
    check_order(_life(corrected.found_on, steps), _life(command.found_on, steps))
    stayed = building.id == corrected.building_id
    visit = corrected.inspection_id if stayed else None
    new = add_hazard(desk, building.id, hazard, command.found_on, visit, corrected.id)
    _copy(desk, new, steps)
    return Written(new, (building.id, corrected.building_id), corrected.id)


def write_step(desk: Desk, command: HazardStepTaken) -> Written:
    """A step after the finding; where it corrects another, without that one."""
    check_day(command.day, desk.on)
    check_known(command.step, STEPS)
    check_code(command.department, HazardStep, "department")
    wrong = step_of(desk, command.corrects) if command.corrects is not None else None
    named = {command.hazard_id} | ({wrong.hazard_id} if wrong else set())
    # In one order whoever locks them, or two could wait for each other.
    locked = {number: hazard_of(desk, number) for number in sorted(named)}
    hazard, taken = locked[command.hazard_id], Step(command.step, command.day)
    building = building_of(desk, hazard.building_id)
    check_before_end("building", building.code, building.ended_on, command.day)
    steps = steps_of(desk, hazard)
    before = _life(hazard.found_on, steps)
    if wrong is None or wrong.hazard_id != hazard.id:
        check_order(before, [*before, taken])
        hazard_id = hazard.id
    else:
        rest = [step for step in steps if step.id != wrong.id]
        check_order(before, [*_life(hazard.found_on, rest), taken])
        hazard_id = _written_anew(desk, hazard, rest)
    touched = [hazard.building_id]
    if wrong is not None and wrong.hazard_id != hazard.id:
        touched.append(_without(desk, locked[wrong.hazard_id], wrong))
    row = _add_step(desk, hazard_id, command.step, command.day, command.department)
    return Written(row, tuple(touched), command.corrects)


def check_hazard(hazard: FoundHazard, found_on: date, on: date, corrected: Hazard | None = None) -> None:
    """Refuses words that are not known. The category of a hazard that is corrected may stay what its source said."""
    check_known(hazard.group, GROUPS)
    check_known(hazard.severity, SEVERITIES)
    if corrected is None or (hazard.group, hazard.category) != (corrected.group, corrected.category):
        check_known(hazard.category, (known.code for known in categories() if known.group == hazard.group))
    check_day(found_on, on)
    check_term(found_on, hazard.due_on)


def add_hazard(
    desk: Desk,
    building_id: int,
    hazard: FoundHazard,
    found_on: date,
    inspection_id: int | None = None,
    corrects_id: int | None = None,
) -> int:
    """Adds a hazard and the step of its finding; returns its id."""
    row = Hazard(
        city_id=desk.city.id,
        building_id=building_id,
        inspection_id=inspection_id,
        group=hazard.group,
        category=hazard.category,
        severity=hazard.severity,
        found_on=found_on,
        due_on=hazard.due_on,
        corrects_id=corrects_id,
    )
    desk.session.add(row)
    desk.session.flush()
    _add_step(desk, row.id, "found", found_on)
    return row.id


def _without(desk: Desk, hazard: Hazard, wrong: HazardStep) -> int:
    """Writes a hazard anew without a step that belongs to another; returns its building."""
    steps = steps_of(desk, hazard)
    rest = [step for step in steps if step.id != wrong.id]
    check_order(_life(hazard.found_on, steps), _life(hazard.found_on, rest))
    _written_anew(desk, hazard, rest)
    return hazard.building_id


def _written_anew(desk: Desk, hazard: Hazard, steps: Iterable[HazardStep]) -> int:
    """The same hazard with these steps, in place of the one before; returns its id."""
    said = FoundHazard(hazard.group, hazard.category, hazard.severity, hazard.due_on)
    new = add_hazard(desk, hazard.building_id, said, hazard.found_on, hazard.inspection_id, hazard.id)
    _copy(desk, new, steps)
    return new


def _copy(desk: Desk, hazard_id: int, steps: Iterable[HazardStep]) -> None:
    """Gives a hazard the steps of another but for its finding, recorded when they were."""
    for step in steps:
        if step.step != "found":
            _add_step(desk, hazard_id, step.step, step.day, step.department, recorded_on=step.recorded_on)


def _add_step(desk: Desk, hazard_id: int, step: str, day: date, department: str | None = None, **recorded: Any) -> int:
    when = {"recorded_on": desk.on} | recorded
    row = HazardStep(hazard_id=hazard_id, step=step, day=day, department=department, **when)
    desk.session.add(row)
    desk.session.flush()
    return row.id


def _life(found_on: date, steps: Sequence[HazardStep]) -> list[Step]:
    """The finding and the steps after it, in order."""
    return [Step("found", found_on), *(Step(step.step, step.day) for step in steps if step.step != "found")]

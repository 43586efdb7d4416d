"""Role by kind by area: who records what, and that nobody records, corrects or hears of what lies outside."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from data.access.errors import NotAllowed
from data.access.roles import ROLES, AccessScope
from data.records.commands import EventHappened, FoundHazard, HazardFound, HazardStepTaken, HomeStateSet, Visit
from data.records.errors import RecordRefused
from tests.data.lockside import NORTH, SOUTH
from tests.data.records.clerk import ALL_GOOD, EARLIER, JUNE, LOCKED_EXIT, Clerk, south_command

RIGHTS = tomllib.loads((Path(__file__).parents[1] / "access" / "rights.toml").read_text(encoding="utf-8"))["records"]
GROUPS = {"department": ("fire",)}
STRANGERS = ("public", "king", "")
NOBODY_HAS_IT = 987_654
BEYOND_ANY_DATABASE = (2**63, 2**80, -1, 0)


def scope(clerk: Clerk, role: str, street: str | None) -> AccessScope:
    """Of one who sees a street, or else the whole city."""
    areas = (clerk.town.area("street", street),) if street else ()
    with clerk.town.looked_at() as (_, city):
        cities = () if street else (city.id,)
    return AccessScope(role, areas=areas, cities=cities, hazard_groups=GROUPS.get(role))


def told(clerk: Clerk, command, seen: AccessScope, **more) -> str | None:
    """Why it was refused, with nothing written; None where it was recorded."""
    before = clerk.counts()
    try:
        clerk.record(command, seen, **more)
    except (NotAllowed, RecordRefused) as refused:
        assert clerk.counts() == before
        return str(refused)
    assert clerk.counts() != before
    return None


@pytest.mark.parametrize("street", [SOUTH, NORTH, None])
@pytest.mark.parametrize("role", (*ROLES, *STRANGERS))
@pytest.mark.parametrize("kind", RIGHTS)
def test_a_role_records_the_kinds_it_is_for_within_its_areas_and_nothing_else(clerk, kind, role, street):
    command = south_command(clerk, kind)
    allowed = role in RIGHTS[kind]
    refused = told(clerk, command, scope(clerk, role, street))
    assert (refused is None) == (allowed and street != NORTH)
    if not allowed:
        assert refused == "Your account may not do this; ask an administrator."


@pytest.mark.parametrize("role", ["police", "grid_officer", "administrator"])
def test_nothing_is_moved_out_of_another_street_or_into_it(clerk, role):
    north = scope(clerk, role, NORTH)
    here, there = clerk.building("plum-court"), clerk.building("mill-yard")
    for from_, to in ((there, here), (here, there)):
        visit = clerk.record(Visit(from_, JUNE)).id
        hazard = clerk.record(HazardFound(from_, **LOCKED_EXIT, found_on=JUNE)).id
        event = clerk.record(EventHappened(from_, "lead_given", JUNE)).id
        assert told(clerk, Visit(to, JUNE, corrects=visit), north)
        assert told(clerk, HazardFound(to, **LOCKED_EXIT, found_on=JUNE, corrects=hazard), north)
        assert told(clerk, EventHappened(to, "lead_given", JUNE, corrects=event), north)


def test_no_step_is_moved_out_of_another_street_or_into_it(clerk):
    hazards = clerk.hazard("plum-court"), clerk.hazard("mill-yard")
    steps = [clerk.record(HazardStepTaken(hazard, "taken_up", JUNE)).id for hazard in hazards]
    here, there = hazards
    north = scope(clerk, "police", NORTH)
    assert told(clerk, HazardStepTaken(here, "resolved", JUNE, corrects=steps[1]), north)
    assert told(clerk, HazardStepTaken(there, "resolved", JUNE, corrects=steps[0]), north)
    assert told(clerk, HazardStepTaken(here, "resolved", JUNE, corrects=steps[0]), north) is None


def test_a_department_takes_steps_with_hazards_of_its_groups_only(clerk):
    house = clerk.building("mill-yard")
    rats = {"group": "hygiene", "category": "rats_and_insects", "severity": "low"}
    fire, hygiene = clerk.hazard(), clerk.record(HazardFound(house, **rats, found_on=EARLIER)).id
    wrong = clerk.record(HazardStepTaken(hygiene, "taken_up", EARLIER)).id
    for street in (SOUTH, None):
        department = scope(clerk, "department", street)
        assert told(clerk, HazardStepTaken(hygiene, "resolved", JUNE), department)
        assert told(clerk, HazardStepTaken(fire, "taken_up", JUNE, corrects=wrong), department)
        of_all, of_none = replace(department, hazard_groups=None), replace(department, hazard_groups=())
        assert told(clerk, HazardStepTaken(fire, "taken_up", JUNE), of_none)
        assert told(clerk, HazardStepTaken(clerk.hazard(), "taken_up", JUNE), of_all) is None
    assert told(clerk, HazardStepTaken(fire, "taken_up", JUNE), department) is None


def test_what_another_may_not_see_is_refused_as_what_is_not_there(clerk):
    house, hazard, home = clerk.building("mill-yard"), clerk.hazard(), clerk.home()
    step = clerk.record(HazardStepTaken(hazard, "taken_up", JUNE)).id
    visit, event = clerk.record(Visit(house, JUNE)).id, clerk.record(EventHappened(house, "lead_given", JUNE)).id
    mine, my_hazard = clerk.building("plum-court"), clerk.hazard("plum-court")

    def commands(number: int | None) -> list:
        """About the rows of the south; or, with a number, about whatever has that number as its id."""

        def its(known: int) -> int:
            return known if number is None else number

        return [
            Visit(its(house), JUNE, "four", ALL_GOOD),
            HazardFound(its(house), **LOCKED_EXIT, found_on=JUNE),
            EventHappened(its(house), "lead_given", JUNE),
            HazardStepTaken(its(hazard), "resolved", JUNE),
            HomeStateSet(its(home), "let", JUNE),
            Visit(mine, JUNE, corrects=its(visit)),
            HazardFound(mine, **LOCKED_EXIT, found_on=JUNE, corrects=its(hazard)),
            EventHappened(mine, "lead_given", JUNE, corrects=its(event)),
            HazardStepTaken(my_hazard, "resolved", JUNE, corrects=its(step)),
        ]

    north = scope(clerk, "administrator", NORTH)
    hidden = [told(clerk, command, north) for command in commands(None)]
    assert None not in hidden
    for number in (NOBODY_HAS_IT, *BEYOND_ANY_DATABASE):
        assert [told(clerk, command, north) for command in commands(number)] == hidden
    here = commands(None)[0]
    assert told(clerk, here, north, city="nowhere") == told(clerk, here, north, city="otherbank") == hidden[0]


def test_what_is_in_another_city_is_not_recorded_in_this_one(clerk):
    theirs, ours = clerk.building("lantern-hall", "otherbank"), clerk.building("lantern-hall")
    home = clerk.home(city="otherbank")
    abroad = {"city": "otherbank"}
    visit = clerk.record(Visit(theirs, JUNE), **abroad).id
    event = clerk.record(EventHappened(theirs, "lead_given", JUNE), **abroad).id
    hazard = clerk.record(HazardFound(theirs, **LOCKED_EXIT, found_on=JUNE), **abroad).id
    step = clerk.record(HazardStepTaken(hazard, "taken_up", JUNE), **abroad).id
    everywhere = AccessScope("administrator", areas=None)
    for command in (
        Visit(theirs, JUNE),
        Visit(theirs, JUNE, hazards=(FoundHazard(**LOCKED_EXIT),)),
        EventHappened(theirs, "lead_given", JUNE),
        HazardFound(theirs, **LOCKED_EXIT, found_on=JUNE),
        HazardStepTaken(hazard, "resolved", JUNE),
        HomeStateSet(home, "let", JUNE),
        Visit(ours, JUNE, corrects=visit),
        EventHappened(ours, "lead_given", JUNE, corrects=event),
        HazardFound(ours, **LOCKED_EXIT, found_on=JUNE, corrects=hazard),
        HazardStepTaken(clerk.hazard(), "resolved", JUNE, corrects=step),
    ):
        assert told(clerk, command, everywhere), command

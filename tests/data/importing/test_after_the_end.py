"""What is dated after the end of the building or home it is about is set aside, with the last day in the sentence."""

from datetime import date

import pytest

from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.models.city import Event, Hazard, HomeState, Inspection
from data.records.commands import EventHappened, HazardFound, HazardStepTaken, HomeStateSet, Visit
from data.records.errors import RecordRefused
from data.records.writing import record
from tests.data.importing.test_buildings_end import DEMOLISHED, ENDING, STANDING, WHOLE
from tests.data.importing.test_public_rental import ENDING as HOMES_ENDING
from tests.data.importing.test_public_rental import FIRST, HOMES, STATES
from tests.data.importing.test_row_versions import EVENTS
from tests.data.riverton import CAST, HARBOUR, ON, PLUM, QUIET_VISIT, VISITS, Desk, reasons, sentence, write_csv

LAST, AFTER = "2024-03-01", "2024-03-02"
HAZARDS = VISITS.split("[inspection]")[0] + "[hazard]" + VISITS.split("[hazard]", 1)[1]
AT_HARBOUR = QUIET_VISIT | {"building": HARBOUR["code"], "hazard": "Blocked stairs"}
MAPPINGS = {"visit": (VISITS, Inspection), "hazard": (HAZARDS, Hazard), "event": (EVENTS, Event)}


@pytest.fixture
def demolished(desk) -> Desk:
    """Harbour Row was demolished on 1 March; Plum Court stands."""
    desk.buildings(*CAST)
    desk.buildings(DEMOLISHED, PLUM | STANDING, mapping=ENDING)
    return desk


@pytest.mark.parametrize("kind", MAPPINGS)
def test_a_fact_after_the_end_of_its_building_is_set_aside_and_one_of_the_last_day_is_taken(demolished, kind):
    mapping, model = MAPPINGS[kind]
    rows = [AT_HARBOUR | {"id": "1", "day": LAST}, AT_HARBOUR | {"id": "2", "day": AFTER}]
    outcome = demolished.visits(*rows, QUIET_VISIT | {"id": "3", "day": AFTER, "hazard": "x"}, mapping=mapping)
    assert reasons(outcome) == ["after_the_end"] and demolished.count(model) == 2
    assert sentence(outcome) == (
        f"The building '{HARBOUR['code']}' ended on {LAST}, its last day, and this row is of {AFTER}; correct the day, "
        "or that end."
    )
    ((said,),) = outcome.row_errors
    assert translator("zh").sentence(said) == (
        f"楼栋“{HARBOUR['code']}”已于{LAST}（最后一天）终止，而本行日期为{AFTER}；请更正日期，或更正其终止日期。"
    )


def test_a_hazard_with_a_step_after_the_end_of_its_building_is_set_aside_and_one_of_the_last_day_is_taken(demolished):
    rows = [AT_HARBOUR | {"id": str(n), "day": "2024-02-01", "mended": day} for n, day in enumerate((LAST, AFTER), 1)]
    outcome = demolished.visits(*rows, QUIET_VISIT | {"id": "3", "hazard": "x", "mended": AFTER}, mapping=HAZARDS)
    assert reasons(outcome) == ["after_the_end"] and outcome.row_numbers.tolist() == [2]
    assert demolished.count(Hazard) == 2
    assert sentence(outcome) == (
        f"The building '{HARBOUR['code']}' ended on {LAST}, its last day, and the day of 'resolved' in this row is "
        f"{AFTER}; correct the day, or that end."
    )
    ((said,),) = outcome.row_errors
    assert f"的日期为{AFTER}" in translator("zh").sentence(said) and "resolved" not in translator("zh").sentence(said)


def test_a_row_that_withdraws_such_a_visit_is_taken(demolished):
    demolished.buildings(HARBOUR | STANDING, mapping=ENDING)
    demolished.visits(AT_HARBOUR | {"day": AFTER})
    demolished.buildings(DEMOLISHED, mapping=ENDING)
    void = VISITS.replace("[inspection]\n", '[inspection]\nvoid = { column = "state", equals = "void" }\n')
    void = void.split("[hazard]")[0]
    outcome = demolished.visits(AT_HARBOUR | {"day": AFTER, "state": "void"}, mapping=void)
    assert reasons(outcome) == [] and outcome.tallies["inspections"].changed == 1


def test_the_row_that_says_when_a_building_ends_is_held_to_it_itself(desk):
    both = ENDING + VISITS[VISITS.index("[inspection]") :]
    row = QUIET_VISIT | DEMOLISHED | {"day": AFTER}
    outcome = desk.visits(row, row | PLUM | STANDING | {"id": "2", "code": PLUM["code"]}, mapping=both)
    assert reasons(outcome) == ["after_the_end"]


def test_a_building_that_a_list_names_again_takes_facts_of_the_same_file(desk):
    events = EVENTS[EVENTS.index("[event]") :].replace("building", "code")
    whole = WHOLE.replace("whole_list", "repeats = true\nwhole_list") + events
    rows = [row | {"stairs": "1", "day": "2024-06-29"} for row in CAST]
    desk.visits(*rows, mapping=whole)
    path = write_csv(desk.folder / "fewer.csv", rows[:2])
    desk.hand_in(whole, path, on=date(2024, 6, 29), end_missing=True)
    outcome = desk.visits(*(row | {"day": ON.isoformat()} for row in rows), mapping=whole)
    assert reasons(outcome) == [] and outcome.tallies["events"].new == 3


@pytest.mark.parametrize("table", ["home", "project"])
def test_a_state_after_the_end_of_its_home_or_project_is_set_aside(desk, table):
    desk.buildings(*CAST)
    desk.hand_in(HOMES, write_csv(desk.folder / "homes.csv", [FIRST]))
    desk.hand_in(HOMES_ENDING[table], write_csv(desk.folder / "homes.csv", [FIRST | {"ended": "2024-05-01"}]))
    late = FIRST | {"state": "已租", "since": "2024-05-02"}
    outcome = desk.hand_in(STATES, write_csv(desk.folder / "states.csv", [late]))
    assert sentence(outcome).startswith(
        "The home '1-101' ended on 2024-05-01, its last day, and this row is of 2024-05-02"
    )
    assert desk.count(HomeState) == 1


@pytest.mark.parametrize("kind", ["visit", "hazard", "event", "home_state"])
def test_a_single_fact_after_the_end_is_refused_likewise(demolished, kind):
    harbour = demolished.building(HARBOUR).id
    home = FIRST | {"building": HARBOUR["code"], "ended": "2024-03-01"}
    demolished.hand_in(HOMES_ENDING["home"], write_csv(demolished.folder / "homes.csv", [home | {"since": LAST}]))
    commands = {
        "visit": lambda day: Visit(harbour, day),
        "hazard": lambda day: HazardFound(harbour, "fire", "exit_locked", "medium", day),
        "event": lambda day: EventHappened(harbour, "fire_accident", day),
        "home_state": lambda day: HomeStateSet(1, "let", day),
    }
    what = "home '1-101'" if kind == "home_state" else f"building '{HARBOUR['code']}'"
    with pytest.raises(RecordRefused, match=f"The {what} ended on 2024-03-01, its last day, and 2024-03-02 lies after"):
        _recorded(demolished, commands[kind](date(2024, 3, 2)))
    _recorded(demolished, commands[kind](date(2024, 3, 1)))


def test_a_single_step_of_a_hazard_after_the_end_is_refused_likewise(demolished):
    _recorded(
        demolished, HazardFound(demolished.building(HARBOUR).id, "fire", "exit_locked", "medium", date(2024, 2, 1))
    )
    (hazard,) = demolished.rows(Hazard)
    with pytest.raises(RecordRefused, match="ended on 2024-03-01, its last day, and 2024-03-02 lies after"):
        _recorded(demolished, HazardStepTaken(hazard.id, "resolved", date(2024, 3, 2)))
    _recorded(demolished, HazardStepTaken(hazard.id, "resolved", date(2024, 3, 1)))


def _recorded(desk: Desk, command) -> None:
    record(desk.engine, SYSTEM, COMMAND_LINE, "riverton", command, key=f"{command}"[:40].ljust(40, "x"), on=ON)

"""Files and facts recorded singly, side by side: neither takes back what the other said, nor does an undo."""

from collections.abc import Iterator
from datetime import date
from secrets import token_hex

import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.city import queries
from data.db.engine import open_database, reading, writing
from data.db.models.city import Checklist, CreditRecord, Hazard, HazardStep, Home, HomeState, Inspection
from data.importing.errors import CannotUndo, FileRefused
from data.importing.writing import fact_matching
from data.importing.writing.stored_facts import StoredFacts
from data.records.commands import Command, EventHappened, HazardFound, HazardStepTaken, HomeStateSet, Visit
from data.records.writing import record
from tests.data.importing.test_public_rental import FIRST, HOMES, STATES
from tests.data.importing.test_undo import everything, undo
from tests.data.riverton import BLOCKED_STAIRS, CAST, HARBOUR, ON, PLUM, QUIET_VISIT, Desk, write_csv

MARCH = date(2024, 3, 1)
BLOCKED = {"group": "fire", "category": "Blocked stairs", "severity": "medium", "found_on": date(2024, 1, 2)}


@pytest.fixture
def on_postgresql(server, tmp_path) -> Iterator[Desk]:
    engine = open_database(server.database())
    yield Desk(engine, tmp_path)
    engine.dispose()


def recorded(desk: Desk, command: Command) -> int:
    return record(desk.engine, SYSTEM, COMMAND_LINE, "riverton", command, key=token_hex(16), on=ON).id


def homes(desk: Desk, *rows, mapping: str = HOMES):
    return desk.hand_in(mapping, write_csv(desk.folder / "homes.csv", rows))


def open_hazards(desk: Desk) -> list[tuple]:
    """Severity and steps of each hazard that counts."""
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        hazards = queries.hazards(session, SYSTEM, city, ON)
        steps = queries.hazard_steps(session, SYSTEM, city, ON)
        return [
            (severity, steps["step"][steps["hazard_id"] == hazard].tolist())
            for hazard, severity in zip(hazards["id"], hazards["severity"], strict=True)
        ]


# undo


def _a_visit(desk):
    outcome = desk.buildings(*CAST)
    recorded(desk, Visit(desk.building(PLUM).id, MARCH))
    return outcome


def _an_event(desk):
    outcome = desk.buildings(*CAST)
    recorded(desk, EventHappened(desk.building(PLUM).id, "fire_accident", MARCH))
    return outcome


def _a_hazard(desk):
    outcome = desk.buildings(*CAST)
    recorded(desk, HazardFound(desk.building(PLUM).id, "fire", "exit_locked", "low", MARCH))
    return outcome


def _a_step(desk):
    desk.buildings(*CAST)
    outcome = desk.visits(BLOCKED_STAIRS)
    recorded(desk, HazardStepTaken(desk.rows(Hazard)[0].id, "resolved", MARCH))
    return outcome


def _a_corrected_visit(desk):
    desk.buildings(*CAST)
    outcome = desk.visits(QUIET_VISIT)
    recorded(desk, Visit(desk.building(HARBOUR).id, MARCH, corrects=desk.rows(Inspection)[0].id))
    return outcome


def _a_corrected_hazard(desk):
    desk.buildings(*CAST)
    outcome = desk.visits(BLOCKED_STAIRS)
    hazard = desk.rows(Hazard)[0]
    recorded(desk, HazardFound(hazard.building_id, **BLOCKED | {"severity": "low"}, corrects=hazard.id))
    return outcome


def _the_state_of_a_home(desk):
    desk.buildings(*CAST)
    outcome = homes(desk, FIRST)
    recorded(desk, HomeStateSet(desk.rows(Home)[0].id, "let", MARCH))
    return outcome


def _a_credit_record(desk):
    desk.buildings(*CAST)
    outcome = homes(desk, FIRST)
    home = desk.rows(Home)[0].id
    with writing(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        session.add(CreditRecord(city_id=city.id, home_id=home, kind="household", subject="H1", level="minor"))
    return outcome


BUILDERS = {
    "1 of the inspections that came later builds on its buildings": _a_visit,
    "1 of the events that came later builds on its buildings": _an_event,
    "1 of the hazards that came later builds on its buildings": _a_hazard,
    "1 of the hazard steps that came later builds on its hazards": _a_step,
    "1 of the inspections that came later builds on its inspections": _a_corrected_visit,
    "1 of the hazards that came later builds on its": _a_corrected_hazard,
    "1 of the home states that came later builds on its homes": _the_state_of_a_home,
    "1 of the credit records that came later builds on its homes": _a_credit_record,
}


@pytest.mark.parametrize("sentence", BUILDERS)
def test_an_import_on_which_a_fact_recorded_singly_builds_stays(desk, sentence):
    outcome = BUILDERS[sentence](desk)
    before = everything(desk)
    with pytest.raises(CannotUndo) as refused:
        undo(desk, outcome.import_id)
    assert sentence in str(refused.value)
    assert "they were recorded one by one and stay, so mend the import by another file" in str(refused.value)
    assert everything(desk) == before


def test_an_import_beside_facts_recorded_singly_is_undone_and_leaves_them(desk):
    desk.buildings(*CAST)
    visit = recorded(desk, Visit(desk.building(PLUM).id, MARCH))
    outcome = desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
    house = desk.building(PLUM).id
    mine = recorded(desk, Visit(house, MARCH, "riverton", {"stairs": 1, "doors": None}))
    undo(desk, outcome.import_id)
    assert sorted(row.id for row in desk.rows(Inspection)) == [visit, mine]
    assert [row.code for row in desk.rows(Checklist)] == ["riverton"]  # which an answer still follows


# a file that comes again


@pytest.mark.parametrize("again", [1, 2])
def test_the_same_file_does_not_take_back_what_was_corrected_by_hand(desk, again):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
    hazard = desk.rows(Hazard)[0]
    first = desk.rows(Inspection, Inspection.id)[0]
    recorded(desk, Visit(first.building_id, MARCH, corrects=first.id))
    corrected = recorded(desk, HazardFound(hazard.building_id, **BLOCKED | {"severity": "low"}, corrects=hazard.id))
    recorded(desk, HazardStepTaken(corrected, "resolved", MARCH))
    before = everything(desk)
    for _ in range(again):
        outcome = desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
        assert outcome.counts()["changed"] == outcome.counts()["new"] == 0
    assert {name: rows for name, rows in everything(desk).items() if name != "changes"} == {
        name: rows for name, rows in before.items() if name != "changes"
    }


def test_a_hazard_that_a_file_corrects_keeps_the_steps_officers_took(desk):
    desk.buildings(*CAST)
    desk.visits(BLOCKED_STAIRS)
    recorded(desk, HazardStepTaken(desk.rows(Hazard)[0].id, "taken_up", date(2024, 2, 1), "fire brigade"))
    recorded(desk, HazardStepTaken(desk.rows(Hazard)[0].id, "resolved", MARCH))
    file = BLOCKED_STAIRS | {"hazard": "Stairs full of bicycles"}
    assert desk.visits(file).tallies["hazards"].changed == 1
    assert open_hazards(desk) == [("medium", ["found", "taken_up", "resolved"])]
    assert {step.department for step in desk.rows(HazardStep) if step.step == "taken_up"} == {"fire brigade"}
    assert desk.visits(file).counts()["changed"] == 0
    resolved = file | {"mended": "2024-03-01"}  # which the officer had said before
    desk.visits(resolved | {"hazard": "Stairs full of bicycles and prams"})
    assert open_hazards(desk) == [("medium", ["found", "taken_up", "resolved"])]


def test_the_same_file_does_not_take_back_the_state_of_a_home(desk):
    desk.buildings(*CAST)
    homes(desk, FIRST)
    home = desk.rows(Home)[0].id
    recorded(desk, HomeStateSet(home, "let", date(2024, 3, 1)))
    assert homes(desk, FIRST).tallies["home_states"].unchanged == 1
    assert [state.state for state in desk.rows(HomeState, HomeState.id)] == ["vacant", "let"]
    homes(desk, FIRST | {"state": "已租"}, mapping=STATES)
    assert [state.state for state in desk.rows(HomeState, HomeState.id)] == ["vacant", "let", "let"]


# at the same moment


def test_an_import_that_an_officer_overtakes_is_refused_and_the_officers_word_stands(on_postgresql, monkeypatch):
    desk = on_postgresql
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    house, first = desk.building(PLUM).id, desk.rows(Inspection)[0].id
    read = fact_matching.stored_facts

    def read_and_overtaken(*asked) -> StoredFacts:
        facts = read(*asked)
        if facts.by_label:
            recorded(desk, Visit(house, MARCH, corrects=first))
        return facts

    with monkeypatch.context() as patch, pytest.raises(FileRefused, match="corrected 1 of these inspections"):
        patch.setattr(fact_matching, "stored_facts", read_and_overtaken)
        desk.visits(QUIET_VISIT | {"score": "80"})
    assert desk.visits(QUIET_VISIT | {"score": "80"}).counts()["changed"] == 1
    corrected = [row.corrects_id for row in desk.rows(Inspection, Inspection.id)]
    assert len([one for one in corrected if one]) == len({one for one in corrected if one}) == 2

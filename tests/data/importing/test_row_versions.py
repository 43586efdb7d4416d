"""The same file again changes nothing; a file that says something else adds a correction or brings up to date."""

import pytest
from sqlalchemy import insert

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.city import Building, Event, Hazard, HazardStep, Import, Inspection
from tests.data.riverton import (
    BLOCKED_STAIRS,
    BUILDINGS,
    CAST,
    HARBOUR,
    ON,
    PLUM,
    QUIET_VISIT,
    VISITS,
    reasons,
    write_csv,
)

EVENTS = """
title = "Riverton: events"
city = "riverton"
files = "visits*.csv"
format = "csv"

[building]
existing = true
code = { column = "building" }

[event]
key = { parts = [{ column = "building" }, { column = "day" }] }
kind = { column = "stairs", values = { "1" = "lead_given", "0" = "criminal_case" } }
day = { column = "day" }
"""


def _told(tally) -> tuple[int, int, int]:
    return tally.new, tally.changed, tally.unchanged


def test_the_same_rows_again_are_all_unchanged(desk):
    for told in ((3, 0, 0), (0, 0, 3)):
        assert _told(desk.buildings(*CAST).tallies["buildings"]) == told
    for told in ((2, 0, 0), (0, 0, 2)):
        outcome = desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
        assert _told(outcome.tallies["inspections"]) == told
    assert _told(outcome.tallies["hazards"]) == (0, 0, 1)
    counts = [desk.count(table) for table in (Building, Inspection, Hazard, HazardStep, Import)]
    assert counts == [3, 2, 1, 1, 4]
    assert outcome.counts()["unchanged"] == 3


def test_what_changed_about_a_building_is_brought_up_to_date_in_place(desk):
    desk.buildings(*CAST)
    before = desk.building(HARBOUR)
    outcome = desk.buildings(PLUM, HARBOUR | {"homes": "40"})
    assert _told(outcome.tallies["buildings"]) == (0, 1, 1)
    after = desk.building(HARBOUR)
    assert (after.id, after.homes, after.name) == (before.id, 40, HARBOUR["name"])
    assert desk.count(Building) == 3


def test_a_changed_answer_becomes_a_new_row_that_names_the_old_one(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    outcome = desk.visits(QUIET_VISIT | {"stairs": "0"})
    assert _told(outcome.tallies["inspections"]) == (0, 1, 0)
    old, new = desk.rows(Inspection, Inspection.id)
    assert (old.answers, old.source_key, old.corrects_id) == ("1-", "visit:1", None)
    assert (new.answers, new.source_key, new.corrects_id) == ("0-", "visit:1#2", old.id)
    assert new.recorded_on == ON
    assert _told(desk.visits(QUIET_VISIT | {"stairs": "0"}).tallies["inspections"]) == (0, 0, 1)
    desk.visits(QUIET_VISIT)
    assert [row.source_key for row in desk.rows(Inspection, Inspection.id)] == ["visit:1", "visit:1#2", "visit:1#3"]
    assert desk.rows(Inspection, Inspection.id)[2].corrects_id == new.id


def test_a_correction_made_by_hand_stands_while_the_file_says_the_same(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    (first,) = desk.rows(Inspection)
    by_hand = {name: getattr(first, name) for name in ("city_id", "building_id", "day", "recorded_on", "import_id")}
    with writing(desk.engine, SYSTEM) as session:
        session.execute(insert(Inspection).values(**by_hand, answers="00", corrects_id=first.id, source_key="form-7"))
    assert _told(desk.visits(QUIET_VISIT).tallies["inspections"]) == (0, 0, 1)
    desk.visits(QUIET_VISIT | {"doors": "1"})
    first, hand, new = desk.rows(Inspection, Inspection.id)
    assert (new.source_key, new.answers, new.corrects_id) == ("visit:1#2", "11", hand.id)


def test_a_hazard_resolved_since_then_grows_a_step(desk):
    desk.buildings(*CAST)
    desk.visits(BLOCKED_STAIRS)
    for told in ((0, 1, 0), (0, 0, 1)):
        outcome = desk.visits(BLOCKED_STAIRS | {"mended": "2024-02-01"})
        assert _told(outcome.tallies["hazards"]) == told
    steps = [(step.step, str(step.day)) for step in desk.rows(HazardStep, HazardStep.id)]
    assert steps == [("found", "2024-01-02"), ("resolved", "2024-02-01")]
    assert desk.count(Hazard) == 1


def test_a_hazard_whose_past_is_told_differently_is_corrected(desk):
    desk.buildings(*CAST)
    desk.visits(BLOCKED_STAIRS | {"mended": "2024-02-01"})
    desk.visits(BLOCKED_STAIRS | {"mended": "2024-02-09"})
    old, new = desk.rows(Hazard, Hazard.id)
    assert (new.source_key, new.corrects_id) == ("visit:2#2", old.id)
    steps = [(step.hazard_id, step.step, str(step.day)) for step in desk.rows(HazardStep, HazardStep.id)]
    assert steps[2:] == [(new.id, "found", "2024-01-02"), (new.id, "resolved", "2024-02-09")]
    assert new.inspection_id == desk.rows(Inspection)[0].id


def test_an_event_is_corrected_too(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT, BLOCKED_STAIRS, mapping=EVENTS)
    outcome = desk.visits(QUIET_VISIT, BLOCKED_STAIRS | {"stairs": "1"}, mapping=EVENTS)
    assert _told(outcome.tallies["events"]) == (0, 1, 1)
    kinds = [(event.kind, event.corrects_id) for event in desk.rows(Event, Event.id)]
    assert kinds == [("lead_given", None), ("criminal_case", None), ("lead_given", 2)]


@pytest.mark.parametrize("key", ["1#2", "#", "##9"])
def test_a_key_with_a_number_sign_of_its_own_never_meets_a_correction(desk, key):
    desk.buildings(*CAST)
    rows = (QUIET_VISIT, QUIET_VISIT | {"id": key})
    desk.visits(*rows)
    desk.visits(*(row | {"stairs": "0"} for row in rows))
    outcome = desk.visits(*(row | {"stairs": "0"} for row in rows))
    assert _told(outcome.tallies["inspections"]) == (0, 0, 2)
    assert desk.count(Inspection) == 4


def test_several_rows_of_one_visit_are_one_inspection(desk):
    desk.buildings(*CAST)
    mapping = VISITS.replace("[inspection]\n", "[inspection]\nrepeats = true\n")
    mapping = mapping.replace('key = { column = "id" }\nday', 'key = { column = "building" }\nday', 1)
    blocked_again = BLOCKED_STAIRS | {"id": "3", "hazard": "Locked exit"}
    outcome = desk.visits(BLOCKED_STAIRS, blocked_again, mapping=mapping)
    assert reasons(outcome) == []
    assert (desk.count(Inspection), desk.count(Hazard)) == (1, 2)
    assert {hazard.inspection_id for hazard in desk.rows(Hazard)} == {desk.rows(Inspection)[0].id}


def test_a_preview_counts_and_keeps_nothing(desk):
    desk.buildings(PLUM)
    outcome = desk.hand_in(BUILDINGS, write_csv(desk.folder / "buildings.csv", CAST), preview=True)
    assert _told(outcome.tallies["buildings"]) == (2, 0, 1)
    assert (desk.count(Building), desk.count(Import)) == (1, 1)

"""A building that ended leaves map, counts and plans from its day; its past stays, and so does what it was called."""

from datetime import date

import numpy as np
import pytest

from data.access.roles import SYSTEM
from data.city import grade_history, queries
from data.city.building_report import building_report
from data.city.city_facts import stand_on
from data.city.fact_tables import facts_from_tables
from data.city.filters import Filters, selected
from data.city.grade_history import History, history_up_to
from data.city.snapshots import snapshot_on
from data.db.engine import reading
from data.db.models.city import Building, Inspection
from data.importing.errors import CannotUndo
from scoring.rulebook.editions import Rulebook
from tests.data.importing.test_identity import hand_in, told
from tests.data.importing.test_undo import everything, undo
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, ON, PLUM, QUIET_VISIT, reasons, sentence, write_csv

ENDING = BUILDINGS.replace(
    'name = { column = "name" }',
    'name = { column = "name" }\nended_on = { column = "ended" }\n'
    'ended_as = { column = "how", values = { "拆除" = "demolished", "合并" = "merged" } }',
)
WHOLE = BUILDINGS.replace("[building]\n", "[building]\nwhole_list = true\n")
RENAMED = BUILDINGS.replace("[building]\n", '[building]\nformerly = { column = "before" }\n')
STANDING = {"ended": "", "how": ""}
DEMOLISHED = HARBOUR | {"ended": "2024-03-01", "how": "拆除"}
RULES = Rulebook()
NEW_CODE = "440306009009009009"


def facts(desk):
    with reading(desk.engine, SYSTEM) as session:
        return facts_from_tables(session, queries.city_by_code(session, SYSTEM, "riverton"), "WGS84")


def chosen_on(desk, day: date) -> set[str]:
    """Codes of the buildings that map, charts and exports have on a day."""
    now = facts(desk)
    rows = selected(snapshot_on(now, RULES, ("baoan",), day), Filters())
    ids = now.buildings["id"][rows].tolist()
    return {one.code for one in desk.rows(Building) if one.id in ids}


def report_on(desk, code: str, day: date):
    now = facts(desk)
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        return building_report(session, SYSTEM, city, now, code, day)


def codes(*buildings) -> set[str]:
    return {one["code"] for one in buildings}


@pytest.fixture
def demolished(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT, QUIET_VISIT | {"id": "2", "building": HARBOUR["code"]})
    desk.buildings(DEMOLISHED, PLUM | STANDING, mapping=ENDING)
    return desk


def test_a_demolished_building_is_chosen_until_the_day_before(demolished):
    assert chosen_on(demolished, date(2024, 2, 29)) == codes(*CAST)
    assert chosen_on(demolished, date(2024, 3, 1)) == chosen_on(demolished, ON) == codes(PLUM, MILL)


def test_it_is_found_and_its_card_says_when_and_keeps_the_past(demolished):
    with reading(demolished.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        assert [one.code for one in queries.search(session, SYSTEM, city, "Harbour", 5)] == [HARBOUR["code"]]
    now, before = (report_on(demolished, HARBOUR["code"], day) for day in (ON, date(2024, 2, 29)))
    assert (now.has_ended, before.has_ended) == (True, False)
    assert (now.building.ended_on, now.building.ended_as) == (date(2024, 3, 1), "demolished")
    assert "visit" in now.history["kind"].tolist()
    assert not report_on(demolished, PLUM["code"], ON).has_ended


def test_from_its_day_on_it_holds_no_grade_in_the_history(demolished, monkeypatch):
    monkeypatch.setattr(grade_history, "_grades_on", lambda facts, *_: np.zeros(facts.buildings, np.int8))
    city_facts = facts(demolished)
    history = history_up_to(History.none("baoan", city_facts.size), city_facts, RULES, ON)
    row = int(city_facts.rows_of(np.array([demolished.building(HARBOUR).id]))[0])
    after = history.days >= np.datetime64("2024-03-01")
    ended = np.zeros((len(history.days), city_facts.size), bool)
    ended[after, row] = True
    assert after.any() and (history.grades == np.where(ended, -1, 0)).all()
    assert (stand_on(city_facts.buildings, ON) == (np.arange(city_facts.size) != row)).all()


def test_an_undo_of_the_file_that_ended_it_has_it_stand_again(desk):
    desk.buildings(*CAST)
    before = everything(desk)
    outcome = desk.buildings(DEMOLISHED, mapping=ENDING)
    assert told(outcome, "buildings") == (0, 1, 0)
    undo(desk, outcome.import_id)
    assert everything(desk) == before and chosen_on(desk, ON) == codes(*CAST)


def test_an_ending_that_was_changed_goes_back_to_the_earlier_one(demolished):
    before = everything(demolished)
    outcome = demolished.buildings(DEMOLISHED | {"ended": "2024-05-01"}, mapping=ENDING)
    undo(demolished, outcome.import_id)
    assert everything(demolished) == before


def test_what_a_whole_list_does_not_name_has_ended_that_day_and_stands_again_when_named(desk):
    desk.buildings(*CAST, mapping=WHOLE)
    before = everything(desk)
    path = write_csv(desk.folder / "buildings.csv", CAST[:2])
    asked = desk.hand_in(WHOLE, path)
    assert (asked.ended, asked.unanswered["buildings"].missing, asked.unanswered["buildings"].standing) == ({}, 1, 3)
    outcome = desk.hand_in(WHOLE, path, end_missing=True)
    assert (outcome.ended, told(outcome, "buildings")) == ({"buildings": 1}, (0, 1, 2))
    mill = desk.building(MILL)
    assert (mill.ended_on, mill.ended_as) == (ON, "not_listed")
    assert chosen_on(desk, ON) == codes(PLUM, HARBOUR)
    again = desk.hand_in(WHOLE, path)
    assert (again.ended, again.missing) == ({}, {})
    back = desk.hand_in(WHOLE, write_csv(desk.folder / "all.csv", CAST))
    assert told(back, "buildings") == (0, 1, 2) and chosen_on(desk, ON) == codes(*CAST)
    for number in (back.import_id, again.import_id, outcome.import_id, asked.import_id):
        undo(desk, number)
    assert everything(desk) == before


def test_a_whole_list_leaves_what_was_demolished_as_it_is(demolished):
    demolished.hand_in(WHOLE, write_csv(demolished.folder / "all.csv", CAST))
    assert demolished.building(HARBOUR).ended_as == "demolished"
    outcome = demolished.hand_in(WHOLE, write_csv(demolished.folder / "rest.csv", [PLUM, MILL]))
    assert (outcome.ended, outcome.missing) == ({}, {})


def test_a_building_whose_row_is_set_aside_is_on_the_list(desk):
    desk.buildings(*CAST, mapping=WHOLE)
    outcome = desk.buildings(PLUM, HARBOUR, MILL | {"lon": "12"}, mapping=WHOLE)
    assert (len(reasons(outcome)), outcome.missing) == (1, {})


# codes that change


def test_a_code_that_changes_keeps_its_past(desk):
    desk.buildings(*CAST)
    hand_in(desk, [QUIET_VISIT])
    id_, before = desk.building(PLUM).id, everything(desk)
    new = PLUM | {"code": NEW_CODE, "before": PLUM["code"]}
    outcome = desk.buildings(new, HARBOUR | {"before": ""}, mapping=RENAMED)
    assert told(outcome, "buildings") == (0, 1, 1)
    plum = desk.building(new)
    assert (plum.id, plum.formerly, desk.count(Building)) == (id_, [PLUM["code"]], 3)
    assert told(desk.buildings(new, HARBOUR | {"before": ""}, mapping=RENAMED), "buildings") == (0, 0, 2)
    undo(desk, outcome.import_id + 1)
    undo(desk, outcome.import_id)
    assert everything(desk) == before


def test_files_that_still_have_the_earlier_code_find_the_building(desk):
    desk.buildings(*CAST)
    hand_in(desk, [QUIET_VISIT])
    desk.buildings(PLUM | {"code": NEW_CODE, "before": PLUM["code"]}, mapping=RENAMED)
    again = hand_in(desk, [QUIET_VISIT, QUIET_VISIT | {"id": "7", "day": "2024-05-01"}])
    assert (told(again), reasons(again)) == ((1, 0, 1), [])
    assert len({one.building_id for one in desk.rows(Inspection)}) == 1
    described = desk.buildings(PLUM | {"homes": "77"})
    assert told(described, "buildings") == (0, 1, 0)
    plum = desk.building({"code": NEW_CODE})
    assert (plum.homes, plum.formerly, desk.count(Building)) == (77, [PLUM["code"]], 3)


def test_a_building_is_found_by_a_code_it_had_even_twice_renamed(desk):
    desk.buildings(*CAST)
    for old, new in ((PLUM["code"], "second"), ("second", NEW_CODE)):
        desk.buildings(PLUM | {"code": new, "before": old}, mapping=RENAMED)
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        for code in (PLUM["code"], "second", NEW_CODE):
            assert queries.building_by_code(session, SYSTEM, city, code).code == NEW_CODE
            assert [one.code for one in queries.search(session, SYSTEM, city, code, 5)] == [NEW_CODE]
    assert desk.building({"code": NEW_CODE}).formerly == [PLUM["code"], "second"]
    assert hand_in(desk, [QUIET_VISIT, QUIET_VISIT | {"id": "2", "building": "second"}]).faults == []


def test_an_earlier_code_that_is_another_building_is_not_followed(desk):
    desk.buildings(*CAST)
    before = everything(desk)["buildings"]
    outcome = desk.buildings(PLUM | {"before": HARBOUR["code"]}, mapping=RENAMED)
    assert reasons(outcome) == ["not_renamed"] and "which is there beside it" in sentence(outcome)
    split = [PLUM | {"code": f"{NEW_CODE}{n}", "before": PLUM["code"]} for n in (1, 2)]
    assert reasons(desk.buildings(*split, mapping=RENAMED)) == ["not_renamed"] * 2
    assert everything(desk)["buildings"] == before


def test_an_earlier_code_that_nobody_knows_is_kept_for_later_files(desk):
    desk.buildings(PLUM | {"before": "old-1"}, HARBOUR | {"before": ""}, mapping=RENAMED)
    assert desk.building(PLUM).formerly == ["old-1"] and desk.building(HARBOUR).formerly is None
    assert told(hand_in(desk, [QUIET_VISIT | {"building": "old-1"}])) == (1, 0, 0)


def test_a_renaming_that_others_build_on_is_undone_from_the_last(desk):
    desk.buildings(*CAST)
    first = desk.buildings(PLUM | {"code": NEW_CODE, "before": PLUM["code"]}, mapping=RENAMED)
    desk.buildings(PLUM | {"homes": "77"})
    with pytest.raises(CannotUndo):
        undo(desk, first.import_id)

"""What a file marks as void, or what a whole list does not name any more, has ended; an undo brings it back."""

import pytest

from data.__main__ import main
from data.access.roles import SYSTEM
from data.city import queries
from data.city.changes import changes_since
from data.db.engine import reading
from data.db.models.city import Inspection
from data.importing.errors import FileRefused, WrongMapping
from data.records.commands import VisitWithdrawn
from tests.data.importing.test_identity import KEYLESS, hand_in, told
from tests.data.importing.test_single_facts import recorded
from tests.data.importing.test_undo import everything, undo, version
from tests.data.riverton import BLOCKED_STAIRS, CAST, HARBOUR, ON, QUIET_VISIT, VISITS, reasons, write_csv

VOID = VISITS.replace("[inspection]\n", '[inspection]\nvoid = { column = "state", equals = ["作废", "void"] }\n')
VOID_KEYLESS = VOID.replace('key = { column = "id" }\n', "")
WHOLE = VISITS.replace("[inspection]\n", "[inspection]\nwhole_list = true\n")
FIRST, SECOND = QUIET_VISIT | {"state": ""}, QUIET_VISIT | {"id": "2", "day": "2024-02-05", "state": ""}
GONE = SECOND | {"state": "作废"}
MANY = [QUIET_VISIT | {"id": str(n), "day": f"2024-01-{n:02}"} for n in range(1, 21)]


@pytest.fixture
def town(desk):
    desk.buildings(*CAST)
    return desk


def days(desk) -> list[str]:
    """Of the visits that count."""
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        return sorted(str(day)[:10] for day in queries.inspections(session, SYSTEM, city, ON)["day"])


def open_hazards(desk) -> int:
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        return len(queries.hazards(session, SYSTEM, city, ON))


# void rows


@pytest.mark.parametrize("mapping", [VOID, VOID_KEYLESS], ids=["by key", "by content"])
def test_a_void_visit_counts_no_more_and_an_undo_brings_it_back(town, mapping):
    hand_in(town, [FIRST, SECOND], mapping)
    before = everything(town)
    outcome = hand_in(town, [FIRST, GONE], mapping, name="b.csv")
    assert (told(outcome), outcome.ended, reasons(outcome)) == ((0, 1, 1), {"inspections": 1}, [])
    assert days(town) == ["2024-01-02"]
    assert told(hand_in(town, [FIRST, GONE], mapping, name="b.csv")) == (0, 0, 2)
    undo(town, outcome.import_id + 1)
    undo(town, outcome.import_id)
    assert everything(town) == before and days(town) == ["2024-01-02", "2024-02-05"]


def test_what_was_void_from_the_beginning_never_comes(town):
    outcome = hand_in(town, [FIRST, GONE], VOID)
    assert (told(outcome), days(town), town.count(Inspection)) == ((1, 0, 1), ["2024-01-02"], 1)


def test_what_else_a_void_row_says_does_not_matter(town):
    hand_in(town, [FIRST, SECOND], VOID)
    emptied = GONE | {"day": "", "stairs": "?", "score": "none"}
    outcome = hand_in(town, [FIRST, emptied], VOID, name="b.csv")
    assert (outcome.ended, outcome.repeated, reasons(outcome)) == ({"inspections": 1}, 0, [])
    assert days(town) == ["2024-01-02"]


def test_a_void_visit_that_is_said_again_counts_again(town):
    hand_in(town, [FIRST, SECOND], VOID)
    hand_in(town, [FIRST, GONE], VOID, name="b.csv")
    outcome = hand_in(town, [FIRST, SECOND], VOID, name="c.csv")
    assert (told(outcome), outcome.repeated, days(town)) == ((0, 1, 1), 0, ["2024-01-02", "2024-02-05"])
    assert told(hand_in(town, [FIRST, SECOND], VOID, name="d.csv")) == (0, 0, 2)


def test_a_void_hazard_is_gone_with_its_steps_and_its_visit_stays(town):
    mapping = VISITS.replace("[hazard]\n", '[hazard]\nvoid = { column = "state", equals = "void" }\n')
    hand_in(town, [BLOCKED_STAIRS | {"state": ""}], mapping)
    outcome = hand_in(town, [BLOCKED_STAIRS | {"state": "void"}], mapping, name="b.csv")
    assert (outcome.ended, open_hazards(town), days(town)) == ({"hazards": 1}, 0, ["2024-01-02"])
    hand_in(town, [BLOCKED_STAIRS | {"state": ""}], mapping, name="c.csv")
    assert open_hazards(town) == 1
    with reading(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        assert queries.hazard_steps(session, SYSTEM, city, ON)["step"].tolist() == ["found"]


def test_a_visit_an_officer_withdrew_does_not_come_back_with_the_same_file(town):
    hand_in(town, [FIRST, SECOND], VOID)
    recorded(town, VisitWithdrawn(town.rows(Inspection, Inspection.id)[1].id))
    assert days(town) == ["2024-01-02"]
    outcome = hand_in(town, [FIRST, SECOND], VOID, name="b.csv")
    assert (told(outcome), days(town)) == ((0, 0, 2), ["2024-01-02"])
    assert hand_in(town, [FIRST, GONE], VOID, name="c.csv").ended == {}


# whole lists


def test_what_a_whole_list_does_not_name_has_ended_and_an_undo_brings_it_back(town):
    hand_in(town, MANY, WHOLE)
    before = everything(town)
    outcome = hand_in(town, MANY[1:], WHOLE, name="b.csv")
    assert (outcome.ended, outcome.unanswered) == ({"inspections": 1}, {})
    assert days(town) == [row["day"] for row in MANY[1:]]
    undo(town, outcome.import_id)
    assert everything(town) == before


def test_more_than_a_tenth_ends_only_when_it_is_said_to(town):
    hand_in(town, MANY, WHOLE)
    outcome = hand_in(town, MANY[3:], WHOLE, name="b.csv")
    asked = outcome.unanswered["inspections"]
    assert (asked.missing, asked.standing, outcome.ended, len(days(town))) == (3, 20, {}, 20)
    path = write_csv(town.folder / "b.csv", MANY[3:])
    outcome = town.hand_in(WHOLE, path, end_missing=True)
    assert (outcome.ended, outcome.unanswered, len(days(town))) == ({"inspections": 3}, {}, 17)
    assert told(town.hand_in(WHOLE, path)) == (0, 0, 17)


def test_a_file_that_is_no_whole_list_ends_nothing(town):
    hand_in(town, MANY)
    assert (hand_in(town, MANY[:1], name="b.csv").ended, len(days(town))) == ({}, 20)


def test_a_row_that_is_set_aside_is_on_the_list_all_the_same(town):
    hand_in(town, MANY, WHOLE)
    for wrong in ({"day": "soon"}, {"building": "nowhere"}, {"stairs": "9" * 9}):
        outcome = hand_in(town, [MANY[0] | wrong, *MANY[1:]], WHOLE, name=f"{next(iter(wrong))}.csv")
        assert (len(reasons(outcome)), outcome.ended, outcome.missing) == (1, {}, {})
    assert len(days(town)) == 20


def test_where_a_key_cannot_be_read_nobody_can_say_what_is_missing(town):
    hand_in(town, MANY, WHOLE)
    before = everything(town)
    with pytest.raises(FileRefused, match="has no readable key"):
        hand_in(town, [MANY[0] | {"id": ""}, *MANY[1:]], WHOLE, name="b.csv")
    assert everything(town) == before


def test_a_whole_list_without_keys_is_refused(town):
    with pytest.raises(WrongMapping, match="'whole_list' needs a 'key'"):
        town.mapping(KEYLESS.replace("[inspection]\n", "[inspection]\nwhole_list = true\n"))


def test_a_whole_list_ends_nothing_of_another_source(town):
    hand_in(town, MANY, VISITS.replace('source = "visit"', 'source = "other"'))
    assert hand_in(town, [MANY[0] | {"day": "2024-03-01"}], WHOLE).ended == {}
    assert len(days(town)) == 21


def test_the_command_says_what_ended_and_asks(town, capsys, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(town.engine.url))
    town.mapping(WHOLE)
    command = ["import", str(town.folder / "riverton_visits.toml"), "--on", ON.isoformat()]
    for rows, more in ((MANY, []), (MANY[3:], []), (MANY[3:], ["--end-missing"])):
        assert main([*command, str(write_csv(town.folder / "visits.csv", rows)), *more]) == 0
    said = capsys.readouterr().out
    assert "3 of 20 inspections are missing from this whole list" in said and "--end-missing ends them" in said
    assert said.count("3 inspections ended and count no more") == 1


def test_the_buildings_of_what_ended_are_touched(town):
    hand_in(town, [*MANY, MANY[0] | {"id": "99", "building": HARBOUR["code"]}], WHOLE)
    before = version(town)
    hand_in(town, MANY, WHOLE, name="b.csv")
    with reading(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        assert changes_since(session, city, before).building_ids.tolist() == [town.building(HARBOUR).id]

"""A whole import can be taken out again while nothing builds on it; afterwards the database is as it was."""

from datetime import date

import pytest
from sqlalchemy import select, text

from data.__main__ import main
from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city import changes
from data.db.engine import insert_columns, reading, writing
from data.db.models.accounts import AuditEntry
from data.db.models.city import (
    Base,
    Building,
    Checklist,
    City,
    Event,
    HazardStep,
    Import,
    Inspection,
    Rating,
    RuleEdition,
)
from data.importing.errors import CannotUndo
from data.importing.writing.history import past_imports
from data.importing.writing.undo import undo_import
from tests.data.riverton import (
    BLOCKED_STAIRS,
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    ON,
    PLUM,
    QUIET_VISIT,
    STREETS,
    square,
    write_geojson,
)

ADMINISTRATOR = Actor("wang", "administrator", "10.0.0.7")
# That it was there and was undone is not forgotten.
KEPT = ("imports", "undone_imports", "changes", "changed_buildings", "audit_entries", "audit_head")


def undo(desk, import_id, scope=SYSTEM):
    with writing(desk.engine, SYSTEM) as session:
        undo_import(session, scope, import_id, actor=ADMINISTRATOR)


def everything(desk) -> dict[str, list]:
    with desk.engine.connect() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(text(f"SELECT * FROM {table.name}")))
            for table in Base.metadata.sorted_tables
            if table.name not in KEPT
        }


def version(desk) -> changes.CityVersion:
    with reading(desk.engine, SYSTEM) as session:
        return changes.latest_version(session, session.scalars(select(City)).one())


def streets(desk, *rows):
    return desk.hand_in(
        STREETS,
        write_geojson(desk.folder / "s.geojson", rows, [square(113.8 + 0.1 * n, 22.5) for n in range(len(rows))]),
    )


def test_new_buildings_go_and_changed_ones_are_again_what_they_were(desk):
    desk.buildings(PLUM, HARBOUR)
    before = everything(desk)
    outcome = desk.buildings(PLUM | {"homes": "99", "lon": "113.95"}, HARBOUR, MILL, MILL | {"lat": ""})
    assert everything(desk) != before
    undo(desk, outcome.import_id)
    assert everything(desk) == before


def test_facts_go_with_their_steps_and_what_they_corrected_counts_again(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
    before = everything(desk)
    changed = BLOCKED_STAIRS | {"stairs": "1", "mended": "2024-02-01"}
    outcome = desk.visits(QUIET_VISIT, changed, QUIET_VISIT | {"id": "3"})
    assert desk.count(Inspection) == 4
    undo(desk, outcome.import_id)
    assert everything(desk) == before


def test_an_outline_that_was_changed_comes_back(desk):
    desk.buildings(PLUM)
    streets(desk, {"code": "1", "name": "North"})
    before = everything(desk)
    path = write_geojson(desk.folder / "s.geojson", [{"code": "1", "name": "South"}], [square(113.81, 22.52, 0.05)])
    undo(desk, desk.hand_in(STREETS, path).import_id)
    assert everything(desk) == before


def test_a_city_described_anew_is_described_as_before(desk):
    desk.buildings(PLUM)
    before = everything(desk)
    undo(desk, desk.buildings(MILL, mapping=BUILDINGS.replace('en = "Riverton"', 'en = "Rivertown"')).import_id)
    assert everything(desk) == before


def test_a_checklist_that_came_with_the_import_goes_so_that_a_better_one_may_take_its_name(desk):
    desk.buildings(*CAST)
    undo(desk, desk.visits(QUIET_VISIT).import_id)
    assert desk.count(Checklist) == 0


def test_ratings_of_its_own_buildings_go_and_those_of_others_stay(desk):
    desk.buildings(PLUM)
    outcome = desk.buildings(HARBOUR)
    with writing(desk.engine, SYSTEM) as session:
        session.add(RuleEdition(id=1, rule_set="baoan", in_force=date(2020, 1, 1), sha256="0" * 64, text=""))
        session.flush()
        ids = sorted(session.scalars(select(Building.id)))
        rows = {"building_id": ids, "edition_id": [1, 1], "day": [ON] * 2, "recorded_on": [ON] * 2}
        insert_columns(session, Rating.__table__, rows | {"score": [1.0] * 2, "grade": ["two"] * 2})
    undo(desk, outcome.import_id)
    assert [rating.building_id for rating in desk.rows(Rating)] == [desk.building(PLUM).id]


def test_imports_are_undone_one_after_the_other_back_to_the_beginning(desk):
    empty = everything(desk) | {"cities": None}
    made = [desk.buildings(*CAST), desk.visits(QUIET_VISIT), desk.buildings(PLUM | {"homes": "1"})]
    for outcome in reversed(made):
        undo(desk, outcome.import_id)
    assert everything(desk) | {"cities": None} == empty  # the city's name and bounds are all that stays


def _visit_a_building(desk):
    first = desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    return first


def _change_a_building(desk):
    first = desk.buildings(*CAST)
    desk.buildings(PLUM | {"homes": "1"})
    return first


def _change_a_building_twice(desk):
    desk.buildings(*CAST)
    second = desk.buildings(PLUM | {"homes": "1"})
    desk.buildings(PLUM | {"homes": "2"})
    return second


def _hand_in_again(desk):
    first = desk.buildings(*CAST)
    desk.buildings(*CAST)
    return first


def _correct_a_visit(desk):
    desk.buildings(*CAST)
    first = desk.visits(QUIET_VISIT)
    desk.visits(QUIET_VISIT | {"score": "80"})
    return first


def _lie_in_a_street(desk):
    desk.buildings(PLUM)
    first = streets(desk, {"code": "1", "name": "West"}, {"code": "2", "name": "East"})
    desk.buildings(MILL, mapping=BUILDINGS + '\n[building.areas]\nstreet = "by place"\n')
    return first


def _mend_a_hazard(desk):
    desk.buildings(*CAST)
    first = desk.visits(BLOCKED_STAIRS)
    desk.visits(BLOCKED_STAIRS | {"mended": "2024-03-01"})
    return first


BUILDERS = {
    "1 of the inspections that came later builds on its buildings; undo import 2 first": _visit_a_building,
    "import 2 (buildings.csv) came after it and builds on it; undo that first": _change_a_building,
    "import 3 (buildings.csv) came after it and builds on it; undo that first": _change_a_building_twice,
    "import 2 (buildings.csv) came after it and builds on it": _hand_in_again,
    "1 of the inspections that came later builds on its inspections; undo import 3 first": _correct_a_visit,
    "1 of the buildings that came later builds on its areas; undo import 3 first": _lie_in_a_street,
    "import 3 (visits.csv) came after it and builds on it": _mend_a_hazard,
}


@pytest.mark.parametrize("sentence", BUILDERS)
def test_an_import_on_which_something_builds_stays_and_the_sentence_says_what(desk, sentence):
    outcome = BUILDERS[sentence](desk)
    before = everything(desk)
    with pytest.raises(CannotUndo) as refused:
        undo(desk, outcome.import_id)
    assert sentence in str(refused.value) and str(refused.value).startswith(f"Import {outcome.import_id} stays")
    assert everything(desk) == before


def test_what_built_on_it_being_undone_it_can_be_undone_too(desk):
    first = desk.buildings(*CAST)
    second = desk.buildings(PLUM | {"homes": "1"})
    undo(desk, second.import_id)
    undo(desk, first.import_id)
    assert desk.count(Building) == 0


def test_an_import_from_before_changes_were_kept_stays(desk):
    desk.buildings(*CAST)
    outcome = desk.buildings(PLUM | {"homes": "1"})
    with writing(desk.engine, SYSTEM) as session:
        session.execute(text("DELETE FROM earlier_rows"))
    for number in (1, outcome.import_id):
        with pytest.raises(CannotUndo, match="before earlier rows were kept"):
            undo(desk, number)
    assert desk.count(Building) == 3


def test_a_fact_of_another_import_at_its_building_holds_it_whatever_its_kind(desk):
    first = desk.buildings(PLUM)
    second = desk.buildings(MILL)
    with writing(desk.engine, SYSTEM) as session:
        named = {"city_id": 1, "building_id": desk.building(PLUM).id, "import_id": second.import_id}
        session.add(Event(**named, kind="fire_accident", day=ON, recorded_on=ON))
    with pytest.raises(CannotUndo, match=r"1 of the events that came later builds on its buildings"):
        undo(desk, first.import_id)


def test_an_import_is_undone_once(desk):
    outcome = desk.buildings(*CAST)
    undo(desk, outcome.import_id)
    with pytest.raises(CannotUndo, match="was undone already"):
        undo(desk, outcome.import_id)
    with pytest.raises(CannotUndo, match="There is no import 77; see the list"):
        undo(desk, 77)


def test_the_version_of_the_city_never_comes_back(desk):
    desk.buildings(PLUM)
    seen = [version(desk)]
    for _ in range(3):
        outcome = desk.buildings(MILL)
        seen.append(version(desk))
        undo(desk, outcome.import_id)
        seen.append(version(desk))
    assert len(set(seen)) == len(seen) == 7 and seen == sorted(seen)


def test_after_an_undo_the_same_file_comes_in_as_if_it_were_new(desk):
    undo(desk, desk.buildings(*CAST).import_id)
    assert desk.buildings(*CAST).tallies["buildings"].new == 3


def test_who_may_not_import_may_not_undo(desk):
    outcome = desk.buildings(*CAST)
    for scope in (AccessScope("police", areas=None), AccessScope("administrator", cities=(99,))):
        with pytest.raises(NotAllowed, match="ask an administrator"):
            undo(desk, outcome.import_id, scope)
    undo(desk, outcome.import_id, AccessScope("administrator", cities=(1,)))


def test_the_audit_trail_tells_who_undid_it(desk):
    outcome = desk.buildings(*CAST)
    undo(desk, outcome.import_id)
    entry = desk.rows(AuditEntry)[-1]
    assert (entry.action, entry.account, entry.address) == ("undo_import", "wang", "10.0.0.7")
    assert entry.details["import"] == outcome.import_id and entry.details["file"] == "buildings.csv"


def test_past_imports_are_listed_for_who_may_import_there(desk):
    outcome = desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    undo(desk, 2)
    with reading(desk.engine, SYSTEM) as session:
        seen = past_imports(session, SYSTEM)
        assert past_imports(session, AccessScope("leader", areas=None)) == []
        assert past_imports(session, AccessScope("administrator", cities=(7,))) == []
    assert [(one.id, one.undone) for one in seen] == [(2, True), (outcome.import_id, False)]


def test_the_command_lists_and_undoes(desk, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(desk.engine.url))
    desk.buildings(*CAST)
    assert main(["undo", "1"]) == 0 and main(["imports"]) == 0
    told = capsys.readouterr().out
    assert "Import 1 (buildings.csv) was undone" in told and "3 new         0 changed  buildings.csv (undone)" in told
    assert main(["undo", "1"]) == 2
    assert capsys.readouterr().err == "Import 1 was undone already.\n"
    assert desk.count(Import) == 1 and desk.count(HazardStep) == 0

"""What the rows of a file refer to is looked up before the write begins, and again where that has changed since."""

import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from data.db.models.city import Inspection
from data.importing.writing import run
from data.importing.writing.undo import undo_import
from tests.data.riverton import HARBOUR, MILL, PLUM, QUIET_VISIT, reasons


@pytest.fixture
def meanwhile(monkeypatch):
    """Does something once a file was looked up and before it is written."""

    def let(do) -> None:
        look_up = run._resolved_beforehand

        def then_do(engine, prepared):
            monkeypatch.setattr(run, "_resolved_beforehand", look_up)  # what is done may itself be an import
            resolved = look_up(engine, prepared)
            do()
            return resolved

        monkeypatch.setattr(run, "_resolved_beforehand", then_do)

    return let


def test_while_a_file_is_looked_up_others_write(desk, monkeypatch):
    desk.buildings(PLUM)
    look_up = run._resolved

    def write_beside(*given):
        with writing(desk.engine, SYSTEM, patience_s=0) as session:
            session.connection()
        return look_up(*given)

    monkeypatch.setattr(run, "_resolved", write_beside)
    assert desk.visits(QUIET_VISIT).tallies["inspections"].new == 1


def test_a_building_that_came_meanwhile_is_found(desk, meanwhile):
    desk.buildings(HARBOUR)
    meanwhile(lambda: desk.buildings(PLUM))
    outcome = desk.visits(QUIET_VISIT)
    assert (outcome.tallies["inspections"].new, reasons(outcome)) == (1, [])
    assert [visit.building_id for visit in desk.rows(Inspection)] == [desk.building(PLUM).id]


def test_a_building_that_went_meanwhile_is_no_longer_found(desk, meanwhile):
    desk.buildings(HARBOUR, MILL)
    gone = desk.buildings(PLUM).import_id

    def undo() -> None:
        with writing(desk.engine, SYSTEM) as session:
            undo_import(session, SYSTEM, gone, actor=COMMAND_LINE)

    meanwhile(undo)
    outcome = desk.visits(QUIET_VISIT)
    assert reasons(outcome) == ["building_unknown"]
    assert desk.count(Inspection) == 0


def test_the_same_file_looked_up_twice_says_each_mistake_once(desk, meanwhile):
    desk.buildings(HARBOUR)
    meanwhile(lambda: desk.buildings(MILL))
    outcome = desk.visits(QUIET_VISIT)
    assert reasons(outcome) == ["building_unknown"]

"""A run of grades lets others write in between, and one that is broken off or overtaken does no harm."""

import pytest

from data.access.roles import SYSTEM
from data.city import grade_history, rating_runs
from data.city.changes import log_change
from data.city.rating_runs import ChangedGrades, RunOvertaken
from data.city.snapshots import month_ends
from data.db.engine import insert_columns, writing
from tests.data.city.test_grade_history import corrections, fifteen_months, rated_afresh, read_from_the_table, rows
from tests.data.lockside import ON
from tests.data.town_hall import Town

__all__ = ["fifteen_months"]
RULE_SET = "qishuyan"


def tells_the_same_as_rating_afresh(town: Town) -> bool:
    days = month_ends(ON, grade_history.MONTHS)
    return read_from_the_table(town, RULE_SET, days) == rated_afresh(town, RULE_SET, days)


def test_while_a_city_is_rated_others_write(own_lockside):
    def write(*_) -> None:
        with writing(own_lockside.engine, SYSTEM, patience_s=0) as session:
            session.connection()

    own_lockside.grade(RULE_SET, ON, report=write)
    assert tells_the_same_as_rating_afresh(own_lockside)


def test_a_run_is_written_a_few_rows_at_a_time(own_lockside, monkeypatch):
    written = []

    def insert(session, table, columns) -> None:
        transaction = session.get_transaction()
        written.append((table.name, transaction, len(columns["building_id"])))
        insert_columns(session, table, columns)

    monkeypatch.setattr(rating_runs, "ROWS_IN_A_WRITE", 2)
    monkeypatch.setattr(rating_runs, "insert_columns", insert)
    _, counts = own_lockside.grade(RULE_SET, ON)
    assert counts.added == sum(count for *_, count in written) > 2
    assert all(count <= 2 for *_, count in written)
    assert len({id(transaction) for _, transaction, _ in written}) == len(written)
    assert tells_the_same_as_rating_afresh(own_lockside)


def test_the_run_after_one_that_was_broken_off_adds_what_is_missing_and_calls_none_of_it_a_correction(
    own_lockside, monkeypatch
):
    def stop(session, table, columns) -> None:
        if rows(own_lockside):
            raise KeyboardInterrupt
        insert_columns(session, table, columns)

    monkeypatch.setattr(rating_runs, "ROWS_IN_A_WRITE", 2)
    monkeypatch.setattr(rating_runs, "insert_columns", stop)
    with pytest.raises(KeyboardInterrupt):
        own_lockside.grade(RULE_SET, ON)
    assert len(rows(own_lockside)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(grade_history, "MONTHS", 15)
    own_lockside.grade(RULE_SET, ON)
    assert tells_the_same_as_rating_afresh(own_lockside)
    assert corrections(own_lockside) == []


def test_a_run_that_another_overtakes_adds_nothing_twice(own_lockside):
    def overtake(_: str, month: int, months: int) -> None:
        if month == months:
            own_lockside.grade(RULE_SET, ON)

    with pytest.raises(RunOvertaken):
        own_lockside.grade(RULE_SET, ON, report=overtake)
    assert tells_the_same_as_rating_afresh(own_lockside)
    assert own_lockside.grade(RULE_SET, ON)[1].added == 0


def test_a_run_that_is_overtaken_between_two_of_its_writes_leaves_the_rest_to_the_other(own_lockside, monkeypatch):
    parts, others = ChangedGrades.parts, []

    def overtake(changed: ChangedGrades):
        for part in parts(changed):
            yield part
            if not others:
                others.append(None)
                own_lockside.grade(RULE_SET, ON)

    monkeypatch.setattr(rating_runs, "ROWS_IN_A_WRITE", 2)
    monkeypatch.setattr(ChangedGrades, "parts", overtake)
    with pytest.raises(RunOvertaken):
        own_lockside.grade(RULE_SET, ON)
    assert tells_the_same_as_rating_afresh(own_lockside)
    assert len({row[1:] for row in rows(own_lockside)}) == len(rows(own_lockside))


def test_a_run_during_which_an_import_is_undone_is_given_up(own_lockside):
    with own_lockside.looked_at() as (_, city):
        number = city.id

    def undo(_: str, month: int, months: int) -> None:
        if month == months:
            with writing(own_lockside.engine, SYSTEM) as session:
                log_change(session, number, "undo", None)

    with pytest.raises(RunOvertaken):
        own_lockside.grade(RULE_SET, ON, report=undo)
    assert rows(own_lockside) == []

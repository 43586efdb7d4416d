"""The same town, the same answers: everything that runs on SQLite runs on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import ClauseElement, Engine, event, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from data.__main__ import main
from data.access.roles import SYSTEM
from data.city import changes, grade_history, queries
from data.city.building_report import building_report
from data.city.fact_store import load_city_facts
from data.city.fact_tables import facts_from_tables
from data.city.snapshots import vacant_homes
from data.db.engine import continue_counting, insert_columns, open_database, reading, writing
from data.db.models.city import Base, Building, City, Event, Hazard, Inspection, Rating
from data.importing.errors import CannotUndo
from tests.data.city.test_fact_store import assert_same
from tests.data.city.test_queries import all_answers
from tests.data.every_query import QUERIES
from tests.data.importing import test_areas_end as areas
from tests.data.importing import test_public_rental as homes
from tests.data.lockside import NORTH, ON, PLUM_COURT, SOUTH, Records, told
from tests.data.riverton import BLOCKED_STAIRS, QUIET_VISIT, Desk, write_csv
from tests.data.riverton import CAST as RIVERTON
from tests.data.town_hall import NOBODY, Town, settle

DIALECT = postgresql.dialect()
MONTHS = 4
COLUMNS = [column.name for column in Event.__table__.columns]  # the id first


@pytest.fixture
def engine(server) -> Iterator[Engine]:
    """An empty database with our tables."""
    engine = open_database(server.database())
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def on_postgresql(server, var) -> Iterator[Town]:
    """Lockside on PostgreSQL, to be looked at only."""
    engine = open_database(server.database())
    yield settle(engine)
    engine.dispose()


def write_months(town: Town) -> list[tuple]:
    """Grades Lockside for a few months; returns what then stands in `ratings`."""
    town.grade("qishuyan", ON)
    with reading(town.engine, SYSTEM) as session:
        columns = (Rating.building_id, Rating.day, Rating.recorded_on, Rating.score, Rating.grade)
        return [tuple(row) for row in session.execute(select(*columns).order_by(Rating.id))]


def statements_of(engine: Engine) -> list[ClauseElement]:
    """Every statement that will be given to the engine."""
    heard: list[ClauseElement] = []
    event.listen(engine, "before_execute", lambda _, statement, *__: heard.append(statement))
    return heard


def test_the_schema_compiles_for_postgresql():
    for table in Base.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=DIALECT)).strip().startswith(f"CREATE TABLE {table.name}")
        for index in table.indexes:
            assert index.name in str(CreateIndex(index).compile(dialect=DIALECT))


def test_every_statement_compiles_for_postgresql(own_lockside, monkeypatch):
    monkeypatch.setattr(grade_history, "MONTHS", MONTHS)
    heard = statements_of(own_lockside.engine)
    for scope in (SYSTEM, NOBODY, own_lockside.scope_of(SOUTH)):
        all_answers(own_lockside, scope, own_lockside)
    own_lockside.learn(PLUM_COURT, Records(events=told("lead_given 2024-05-05")))
    write_months(own_lockside)
    told_apart = {
        str(statement.compile(dialect=DIALECT)) for statement in heard if isinstance(statement, ClauseElement)
    }
    assert len(told_apart) > len(QUERIES)
    assert any(statement.startswith("INSERT") for statement in told_apart)


@pytest.mark.parametrize("street", ["everything", NORTH, SOUTH, None])
def test_every_query_answers_as_on_sqlite(lockside, on_postgresql, street):
    told = []
    for town in (lockside, on_postgresql):
        scope = {"everything": SYSTEM, None: NOBODY}.get(street) or town.scope_of(street)
        told.append(all_answers(town, scope, town))
    assert told[0] == told[1]


def test_the_fact_store_is_the_one_made_on_sqlite(lockside, on_postgresql):
    assert_same(lockside.city_facts(), on_postgresql.city_facts())


def test_a_card_says_what_it_says_on_sqlite(lockside, on_postgresql):
    cards = []
    for town in (lockside, on_postgresql):
        city_facts = town.city_facts()
        with town.looked_at() as (session, city):
            cards.append(building_report(session, SYSTEM, city, city_facts, "mill-yard", ON))
    here, there = cards
    assert here.history.equals(there.history)
    assert (here.areas, here.homes) == (there.areas, there.homes)
    for rule_set, shown in here.ratings.items():
        assert shown.reasons == there.ratings[rule_set].reasons


def test_the_history_is_written_as_on_sqlite_and_a_second_run_adds_nothing(engine, own_lockside, monkeypatch):
    monkeypatch.setattr(grade_history, "MONTHS", MONTHS)
    town = settle(engine)
    assert write_months(town) == write_months(own_lockside)
    before = write_months(town)
    town.learn(PLUM_COURT, Records(events=told("criminal_case 2024-05-02")))
    assert write_months(town)[: len(before)] == before


def test_a_failed_write_leaves_nothing_and_an_orphan_is_refused(engine):
    town = settle(engine)
    with town.looked_at() as (session, _):
        event_id, count = session.execute(select(func.max(Event.id), func.count())).one()
        columns = {name: [getattr(session.get(Event, event_id), name)] for name in COLUMNS[1:]}
    for change in ({"building_id": [987_654]}, {"kind": [None]}):
        with pytest.raises(IntegrityError), writing(engine, SYSTEM) as session:
            insert_columns(session, Event.__table__, columns)
            insert_columns(session, Event.__table__, columns | change)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == count


def test_a_reader_sees_the_tables_as_they_stood_when_it_began(engine):
    town = settle(engine)
    with town.looked_at() as (session, city):
        version = changes.latest_version(session, city)
        town.learn(PLUM_COURT, Records(events=told("lead_given 2024-05-05")))
        assert changes.latest_version(session, city) == version
    with town.looked_at() as (session, city):
        assert changes.latest_version(session, city) != version


def test_after_rows_with_ids_of_their_own_counting_goes_on(engine):
    town = settle(engine)
    with writing(engine, SYSTEM) as session:
        row = session.scalars(select(Event).limit(1)).one()
        columns = {name: [getattr(row, name)] for name in COLUMNS}
        insert_columns(session, Event.__table__, columns | {"id": [5_000]})
        continue_counting(session, Event.__table__)
    town.learn(PLUM_COURT, Records(events=told("lead_given 2024-05-05")))
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.max(Event.id))) == 5_001


def test_files_are_imported_and_corrected_by_their_mapping(engine, tmp_path):
    desk = Desk(engine, tmp_path)
    assert desk.buildings(*RIVERTON).tallies["buildings"].new == len(RIVERTON)
    desk.visits(QUIET_VISIT, BLOCKED_STAIRS)
    outcome = desk.visits(QUIET_VISIT | {"stairs": "0"}, BLOCKED_STAIRS | {"mended": "2024-02-01"})
    assert (outcome.tallies["inspections"].changed, outcome.tallies["hazards"].changed) == (1, 1)
    assert (desk.count(Building), desk.count(Inspection), desk.count(Hazard)) == (3, 3, 1)
    with reading(engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        assert len(queries.inspections(session, SYSTEM, city, ON)) == 2


def test_the_demonstration_district_is_laid_and_made_ready_by_the_commands(server, var, tmp_path, monkeypatch):
    monkeypatch.setattr(grade_history, "MONTHS", MONTHS)
    fact_stores, ratings = [], []
    for url in (server.database(), f"sqlite:///{tmp_path / 'demo.sqlite'}"):
        monkeypatch.setenv("CREDIT_MAP_DATABASE", url)
        assert main(["demo", "--buildings", "1000", "--on", "2025-06-30"]) == 0
        assert main(["prepare"]) == 0
        engine = open_database()
        with reading(engine, SYSTEM) as session:
            city = queries.city_by_code(session, SYSTEM, "demo")
            fact_stores.append(load_city_facts(session, city, "WGS84"))
            ratings.append(
                session.execute(select(Rating.building_id, Rating.day, Rating.grade).order_by(Rating.id)).all()
            )
        engine.dispose()
    assert_same(*fact_stores)
    assert ratings[0] == ratings[1]
    assert len(ratings[0]) > 1000


def test_a_street_that_ends_keeps_its_past_and_what_moved_out_of_it_is_undone_after_its_end(engine, tmp_path):
    desk = Desk(engine, tmp_path)
    areas.hand_in_city(desk)
    desk.buildings(*areas.in_streets("001", "001", "002"), mapping=areas.BY_CODE)
    assert [one.buildings for one in areas.merged(desk).in_use] == [2]
    moved = desk.buildings(*areas.in_streets("002", "002", "002"), mapping=areas.BY_CODE)
    ending = areas.merged(desk)
    assert [areas.lying_in(desk, "001", day) for day in (areas.LAST, areas.ON)] == [{"Plum", "Harbour"}, set()]
    with pytest.raises(CannotUndo, match=f"import {ending.import_id} "):
        areas.undo(desk, moved.import_id)
    areas.undo(desk, ending.import_id)
    areas.undo(desk, moved.import_id)
    assert areas.lying_in(desk, "001", areas.ON) == {"Plum", "Harbour"}


def test_a_home_that_ends_with_its_project_is_vacant_until_then(engine, tmp_path):
    desk = Desk(engine, tmp_path)
    desk.buildings(*RIVERTON)
    for mapping in (homes.HOMES, homes.ENDING["project"]):
        path = write_csv(tmp_path / "homes.csv", [homes.FIRST | {"ended": "2024-05-01"}])
        assert desk.hand_in(mapping, path).faults == []
    with reading(engine, SYSTEM) as session:
        now = facts_from_tables(session, session.query(City).one(), "WGS84")
    assert [int(vacant_homes(now.stored, day).sum()) for day in (homes.DAY_BEFORE, ON)] == [1, 0]

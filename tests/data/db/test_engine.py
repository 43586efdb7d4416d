"""SQLite is opened so that nothing acknowledged is lost, writers wait their turn, and a failed write leaves nothing."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from data.access.roles import SYSTEM
from data.db import building_search
from data.db.engine import ROWS_AT_ONCE, insert_columns, open_database, reading, writing
from data.db.models.city import Base, City, Event
from data.db.schema_version import VERSION_TABLE
from data.settings import VAR, settings
from tests.data.town_hall import Town

CITY = {"names": {"zh": "河湾"}, "bounds": [0, 0, 1, 1], "levels": {}, "rule_sets": []}
ANY_DAY = date(2024, 6, 30)


@pytest.fixture
def engine(tmp_path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'new' / 'city.sqlite'}")


def cities(engine: Engine) -> list[str]:
    with reading(engine, SYSTEM) as session:
        return list(session.scalars(select(City.code).order_by(City.id)))


def count(engine: Engine) -> int:
    with reading(engine, SYSTEM) as session:
        return session.scalar(select(func.count()).select_from(Event))


def an_event(town: Town, **changed: object) -> dict[str, object]:
    with reading(town.engine, SYSTEM) as session:
        row = session.scalars(select(Event).limit(1)).one()
        same = {name: getattr(row, name) for name in ("city_id", "building_id", "import_id")}
    return same | {"kind": "fire_accident", "day": ANY_DAY, "recorded_on": ANY_DAY} | changed


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 60_000)],
)
def test_every_connection_is_safe_and_patient(engine, pragma, value):
    for open_session in (reading, writing):
        with open_session(engine, SYSTEM) as session:
            assert session.connection().exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_every_table_is_made_once_and_kept(engine):
    with writing(engine, SYSTEM) as session:
        session.add(City(code="riverton", **CITY))
    again = open_database(str(engine.url))
    assert cities(again) == ["riverton"]
    with reading(again, SYSTEM) as session:
        names = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        assert set(names) == {*Base.metadata.tables, VERSION_TABLE, *building_search.TABLES}


def test_many_may_open_a_new_database_at_once(tmp_path):
    for attempt in range(4):
        url, together = f"sqlite:///{tmp_path / f'{attempt}.sqlite'}", Barrier(8)

        def opened(_: int, url: str = url, together: Barrier = together) -> list[str]:
            together.wait()
            return cities(open_database(url))

        with ThreadPoolExecutor(8) as many:
            assert list(many.map(opened, range(8))) == [[]] * 8


def test_opening_does_not_wait_for_a_writer(engine):
    with writing(engine, SYSTEM) as session:
        session.add(City(code="riverton", **CITY))
        session.flush()
        assert cities(open_database(str(engine.url))) == []


def test_a_failed_write_leaves_nothing(engine):
    with pytest.raises(RuntimeError), writing(engine, SYSTEM) as session:
        session.add(City(code="riverton", **CITY))
        session.flush()
        insert_columns(session, City.__table__, {"code": ["a"], **{name: [{}] for name in CITY}})
        raise RuntimeError
    assert cities(engine) == []


def test_rows_that_fail_late_take_the_early_ones_with_them(own_lockside):
    before = count(own_lockside.engine)
    rows = ROWS_AT_ONCE + 1
    columns = {name: [value] * rows for name, value in an_event(own_lockside).items()}
    columns["kind"] = ["fire_accident"] * (rows - 1) + [None]
    with pytest.raises(IntegrityError), writing(own_lockside.engine, SYSTEM) as session:
        insert_columns(session, Event.__table__, columns)
    assert count(own_lockside.engine) == before


def test_what_a_reader_adds_is_not_kept(engine):
    with reading(engine, SYSTEM) as session:
        session.add(City(code="riverton", **CITY))
        session.flush()
    assert cities(engine) == []


def test_a_reader_sees_the_tables_as_they_stood_when_it_began(engine):
    question = select(func.count()).select_from(City)
    with reading(engine, SYSTEM) as session:
        before = session.scalar(question)
        with writing(engine, SYSTEM) as other:
            other.add(City(code="riverton", **CITY))
        assert session.scalar(question) == before == 0
    assert cities(engine) == ["riverton"]


def test_a_second_writer_waits_for_the_first_from_its_first_word(engine):
    with writing(engine, SYSTEM) as first:
        first.add(City(code="riverton", **CITY))
        first.flush()
        with pytest.raises(OperationalError, match="locked"), writing(engine, SYSTEM, patience_s=0) as second:
            second.scalar(select(City.id))  # refused before it reads, so that what it reads is still so when it writes
    with writing(engine, SYSTEM) as second:
        second.add(City(code="lockside", **CITY))
    assert cities(engine) == ["riverton", "lockside"]


@pytest.mark.parametrize("column", ["building_id", "city_id", "import_id", "corrects_id"])
def test_an_orphan_is_refused(own_lockside, column):
    before = count(own_lockside.engine)
    orphan = an_event(own_lockside, **{column: 987_654})
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), writing(own_lockside.engine, SYSTEM) as session:
        session.execute(insert(Event).values(orphan))
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), writing(own_lockside.engine, SYSTEM) as session:
        insert_columns(session, Event.__table__, {name: [value] for name, value in orphan.items()})
    assert count(own_lockside.engine) == before


def test_columns_become_rows_with_the_defaults_of_the_table(own_lockside):
    rows = ROWS_AT_ONCE + 3
    before = count(own_lockside.engine)
    with writing(own_lockside.engine, SYSTEM) as session:
        columns = {name: [value] * rows for name, value in an_event(own_lockside).items()}
        insert_columns(session, Event.__table__, columns | {"source_key": [f"late {row}" for row in range(rows)]})
        empty: dict[str, list] = {name: [] for name in columns}
        insert_columns(session, Event.__table__, empty)
    assert count(own_lockside.engine) == before + rows
    with reading(own_lockside.engine, SYSTEM) as session:
        last = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (last.day, last.kind, last.source_key, last.corrects_id) == (
        ANY_DAY,
        "fire_accident",
        f"late {rows - 1}",
        None,
    )


def test_a_column_the_table_does_not_have_is_refused_by_name(engine):
    with pytest.raises(KeyError, match="events has no column colour"), writing(engine, SYSTEM) as session:
        insert_columns(session, Event.__table__, {"kind": ["x"], "colour": ["red"]})


def test_the_environment_says_which_database(monkeypatch, tmp_path):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", f"sqlite:///{tmp_path / 'mine.sqlite'}")
    assert cities(open_database()) == []
    assert (tmp_path / "mine.sqlite").is_file()
    monkeypatch.delenv("CREDIT_MAP_DATABASE")
    assert settings().database_url == f"sqlite:///{VAR / 'credit-map.sqlite'}"


def test_the_file_is_an_ordinary_sqlite_file(engine):
    with writing(engine, SYSTEM) as session:
        session.add(City(code="riverton", **CITY))
    with sqlite3.connect(engine.url.database) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT code FROM cities").fetchall() == [("riverton",)]

"""A database of an earlier version is brought up to date with nothing lost, and one of a later version is refused."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError

from data.__main__ import main
from data.access.roles import PUBLIC, SYSTEM
from data.audit.verify import verify
from data.db import building_search, migrations
from data.db.backup import backup, restore
from data.db.engine import connect_database, open_database, reading, sqlite_file, writing
from data.db.migrate import migrate
from data.db.models import Base
from data.db.models.accounts import AuditEntry
from data.db.models.city import Building, City, Event
from data.db.models.rules import RuleDraft
from data.db.schema_version import HEAD, REVISIONS, VERSION_TABLE, DatabaseOutdated, DatabaseTooNew
from tests.data.secured_town import PRODUCT

EARLIER = Path(__file__).parent / "earlier_versions"
NOON = datetime(2024, 6, 30, 12)
COMMITS = ("06569c8", "6c3bb96", "ec07ad5")  # whose tables are those of revisions 1, 2 and 3


@pytest.fixture
def backups(tmp_path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def made_by(empty_url) -> Iterator[Callable[[str], Engine]]:
    """Makes a database with a few rows as a commit of the past made it."""
    engines = []

    def make(commit: str) -> Engine:
        engine = connect_database(empty_url())
        for name in (f"{commit}.{engine.dialect.name}.sql", "rows.sql"):
            run_script(engine, (EARLIER / name).read_text(encoding="utf-8"))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.dispose()


def run_script(engine: Engine, script: str) -> None:
    with closing(engine.raw_connection()) as connection:
        driver = connection.driver_connection
        assert driver
        (driver.executescript if isinstance(driver, sqlite3.Connection) else driver.execute)(script)
        connection.commit()


def schema(engine: Engine) -> dict[str, object]:
    """Tables, columns, keys, indexes and what stands beside them, in an order of their own."""
    seen = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(seen.get_table_names()):
        found[table] = (
            [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((key["constrained_columns"], key["referred_table"]) for key in seen.get_foreign_keys(table)),
            sorted(unique["column_names"] for unique in seen.get_unique_constraints(table)),
            sorted((index["name"], index["column_names"], bool(index["unique"])) for index in seen.get_indexes(table)),
        )
    of_triggers = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(of_triggers[engine.dialect.name]).all()
    return found | {"triggers": [(name, " ".join(sql.split())) for name, sql in rows]}


def is_ours(name: str | None, *_: object) -> bool:
    """Whether the models know it; the index of the search is SQLite's own."""
    return name not in building_search.TABLES


def address_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def rows_of(engine: Engine) -> tuple[str, str, str, int]:
    with reading(engine, SYSTEM) as session:
        event = session.scalars(select(Event)).one()
        codes = (session.scalars(select(table.code)).one() for table in (City, Building))
        return *codes, event.kind, event.day.year


def revision_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()


def test_the_revisions_named_are_those_there_are_in_one_line():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS
    assert scripts.get_heads() == [HEAD]


def test_from_an_empty_database_the_revisions_make_the_tables_of_this_version(empty_url):
    revised = connect_database(empty_url())
    migrations.upgrade(revised)
    assert schema(revised) == schema(open_database(empty_url()))
    with revised.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, Base.metadata) == []
    assert revision_of(open_database(address_of(revised))) == HEAD


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_from_any_revision_the_rest_make_the_tables_of_this_version(revision, empty_url, backups):
    engine = connect_database(empty_url())
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    done = migrate(engine, backups)
    assert done is not None
    assert (done.before, done.after) == (revision, HEAD)
    assert schema(engine) == schema(open_database(empty_url()))


@pytest.mark.parametrize("commit", COMMITS)
def test_a_database_of_an_earlier_commit_is_refused_until_it_is_migrated_and_then_holds_its_rows(
    commit, made_by, backups, empty_url
):
    engine = made_by(commit)
    with pytest.raises(DatabaseOutdated, match="run `python -m data migrate`"):
        open_database(address_of(engine))
    done = migrate(engine, backups)
    assert done is not None
    assert (done.before, done.after, done.backup.is_file()) == ("", HEAD, True)
    opened = open_database(address_of(engine))
    assert rows_of(opened) == ("lockside", "P-1", "fire_accident", 2024)
    assert schema(opened) == schema(open_database(empty_url()))
    with reading(opened, SYSTEM) as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["migrate"]
        assert verify(session).entries == 1
    assert migrate(engine, backups) is None


@pytest.mark.parametrize("commit", COMMITS)
def test_the_trail_of_a_migrated_database_still_lets_nobody_change_it(commit, made_by, backups):
    engine = made_by(commit)
    migrate(engine, backups)
    for deed in ("UPDATE audit_entries SET account = 'nobody'", "DELETE FROM audit_entries"):
        with pytest.raises(IntegrityError, match="only ever added"), engine.begin() as connection:
            connection.exec_driver_sql(deed)


@pytest.mark.parametrize("commit", COMMITS)
def test_a_backup_of_an_earlier_commit_is_brought_up_to_date_as_it_comes_back(commit, made_by, empty_url, backups):
    done = migrate(made_by(commit), backups)
    assert done is not None
    other = open_database(empty_url())
    restore(other, done.backup, replace=True)
    opened = open_database(address_of(other))
    assert rows_of(opened) == ("lockside", "P-1", "fire_accident", 2024)
    assert revision_of(opened) == HEAD


@pytest.mark.parametrize("commit", COMMITS)
def test_a_migrated_database_takes_a_fact_without_an_import_and_still_none_of_an_import_that_is_not_there(
    commit, made_by, backups
):
    engine = made_by(commit)
    columns = "INSERT INTO events (id, city_id, building_id, kind, day, recorded_on, import_id) VALUES "
    fact = "({}, 1, 1, 'lead_given', '2024-06-01', '2024-06-01', {})"
    with closing(engine.raw_connection()) as opened_before:  # and has read the tables as they were
        opened_before.cursor().execute("SELECT import_id FROM events").fetchall()
        opened_before.rollback()
        migrate(engine, backups)
        opened_before.cursor().execute(columns + fact.format(2, "NULL"))
        opened_before.commit()
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(columns + fact.format(3, 987))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events WHERE import_id IS NULL").scalar() == 1
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA writable_schema").scalar() == 0


@pytest.mark.parametrize("made", ["by the revisions", "whole"])
@pytest.mark.parametrize(("places", "why"), [("1, 1", "_place"), ("NULL, NULL", "_place"), ("1, NULL", "FOREIGN KEY")])
def test_a_credit_record_belongs_to_a_project_or_to_a_home_and_to_one_of_them_only(empty_url, made, places, why):
    if made == "whole":
        engine = open_database(empty_url())
    else:
        engine = connect_database(empty_url())
        migrations.upgrade(engine)
    run_script(engine, (EARLIER / "rows.sql").read_text(encoding="utf-8"))
    row = f"(1, 1, 'household', 'H1', 'minor', {places})"
    with pytest.raises(IntegrityError, match=f"(?i){why}"), engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO credit_records (id, city_id, kind, subject, level, project_id, home_id) VALUES {row}"
        )


@pytest.mark.parametrize("kind", ["sqlite"])
def test_whoever_had_read_a_table_learns_that_a_column_of_it_was_opened(empty_url):
    engine = connect_database(empty_url())
    run_script(engine, "CREATE TABLE facts (id INTEGER, import_id INTEGER NOT NULL)")
    with closing(sqlite3.connect(sqlite_file(engine))) as reader:
        assert reader.execute("SELECT * FROM facts").fetchall() == []
        with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
            migrations.drop_not_null("facts", "import_id")
            connection.commit()
        reader.execute("INSERT INTO facts VALUES (1, NULL)")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_column_that_cannot_be_opened_stops_the_migration_whole(made_by, backups):
    engine = made_by("ec07ad5")
    other = "CREATE TABLE home_states (id INTEGER, home_id INTEGER, day DATE, import_id BIG NUMBER NOT NULL)"
    run_script(engine, f"DROP TABLE home_states; {other}")
    before = schema(engine)
    with pytest.raises(RuntimeError, match=r"home_states\.import_id still has to be filled in"):
        migrate(engine, backups)
    assert schema(engine) == before


def test_a_migration_that_fails_leaves_the_database_as_it_was_and_a_backup_of_it(made_by, backups):
    engine = made_by("06569c8")
    run_script(engine, "CREATE TABLE rule_drafts (id INTEGER); CREATE INDEX ix_rule_drafts_city ON rule_drafts (id);")
    run_script(engine, "CREATE TABLE published_editions (id INTEGER);")  # somebody's own: the revision cannot index it
    before = schema(engine)
    with pytest.raises(DatabaseError):
        migrate(engine, backups)
    assert schema(engine) == before
    assert rows_of(engine) == ("lockside", "P-1", "fire_accident", 2024)
    assert len(list(backups.glob("*.backup"))) == 1


def test_a_database_of_a_later_version_is_refused_with_a_sentence(empty_url, backups):
    engine = open_database(empty_url())
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '999'")
    for attempt in (lambda: open_database(address_of(engine)), lambda: migrate(engine, backups)):
        with pytest.raises(DatabaseTooNew, match=f"of version 999, and this program knows versions up to {HEAD}"):
            attempt()


@pytest.mark.parametrize("kind", ["postgresql"])
def test_only_the_owner_migrates_and_the_products_role_then_has_the_new_tables(made_by, backups, server):
    owner = made_by("6c3bb96")
    with owner.begin() as connection:
        if not connection.exec_driver_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{PRODUCT}'").scalar():
            connection.exec_driver_sql(f"CREATE ROLE {PRODUCT} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON buildings TO {PRODUCT}")
    product = connect_database(server.url(make_url(address_of(owner)).database, PRODUCT))
    with pytest.raises(DatabaseOutdated, match="as the owner of its tables"):
        migrate(product, backups)
    migrate(owner, backups)
    product = open_database(address_of(product))
    with writing(product, SYSTEM) as session:
        session.add(RuleDraft(city_id=1, rule_set="any", name="Strict doors", text="", kept_by="mei", kept_at=NOON))
    assert rows_of(product) == ("lockside", "P-1", "fire_accident", 2024)
    with reading(product, PUBLIC) as session:
        assert session.scalars(select(RuleDraft)).all() == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_command_migrates_once_by_itself_and_says_so(made_by, monkeypatch, tmp_path, capsys):
    engine = made_by("6c3bb96")
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(engine.url))
    monkeypatch.setenv("CREDIT_MAP_VAR", str(tmp_path / "var"))
    assert main(["imports"]) == 2
    assert "run `python -m data migrate`" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    said = capsys.readouterr().out
    assert f"brought from version 0 to {HEAD}" in said
    assert len(list((tmp_path / "var" / "backups").glob("version-0-*.backup"))) == 1
    assert main(["migrate"]) == 0
    assert "up to date" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["sqlite"])
def test_buildings_of_an_earlier_version_are_found_by_the_index_once_it_is_migrated(made_by, backups):
    engine = made_by("ec07ad5")
    migrate(engine, backups)
    with engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO building_search (building_search, rank) VALUES ('integrity-check', 1)")
        found = "SELECT rowid FROM building_search WHERE building_search MATCH 'code : ^ \"P-1\"'"
        assert connection.exec_driver_sql(found).scalars().all() == [1]


def test_a_backup_of_this_version_says_nothing_of_the_table_of_versions(empty_url, tmp_path):
    assert VERSION_TABLE not in backup(open_database(empty_url()), tmp_path / "backup")

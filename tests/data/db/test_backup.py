"""A backup holds one moment; a restore is all or nothing, and leaves nothing of what it replaced."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.engine import make_url

from data.__main__ import main
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.audit.verify import verify
from data.db.backup import backup, restore
from data.db.backup.errors import BackupRefused, ProgramMissing
from data.db.engine import open_database, reading, writing
from data.db.models.accounts import AuditEntry, UserSession
from data.db.models.city import Base, Building, Event
from data.db.row_security import install_policies
from tests.data.city.test_fact_store import assert_same
from tests.data.lockside import PLUM_COURT, Records, told
from tests.data.secured_town import PRODUCT, fill_other_tables
from tests.data.town_hall import Town, settle


@pytest.fixture
def town(empty_url, var) -> Iterator[Town]:
    engine = open_database(empty_url())
    settle(engine)
    fill_other_tables(engine)
    yield Town(engine)
    engine.dispose()


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "backup"


def contents(engine: Engine) -> dict[str, list[tuple]]:
    with reading(engine, SYSTEM) as session:
        return {
            name: [tuple(map(str, row)) for row in session.execute(select(table).order_by(table.c.id))]
            for name, table in Base.metadata.tables.items()
        }


def without_the_door(found: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """Without what a restore itself adds: an entry in the trail, and the end of sessions."""
    return {name: rows for name, rows in found.items() if name not in ("audit_entries", "audit_head", "sign_ins")}


def learn(town: Town) -> None:
    town.learn(PLUM_COURT, Records(events=told("lead_given 2024-05-05")))


def test_what_was_backed_up_comes_back_into_an_empty_database(town, empty_url, file):
    before = contents(town.engine)
    counts = backup(town.engine, file)
    engine = open_database(empty_url())
    found = restore(engine, file, replace=False)
    assert without_the_door(contents(engine)) == without_the_door(before)
    assert counts == {name: len(rows) for name, rows in before.items()}
    assert found == counts | {"audit_entries": counts["audit_entries"] + 1}
    learn(Town(engine))  # ids go on from where they were
    engine.dispose()


def test_a_restore_replaces_what_was_there_only_when_asked_to(town, file):
    before = contents(town.engine)
    backup(town.engine, file)
    learn(town)
    learned = contents(town.engine)
    with pytest.raises(BackupRefused, match="add --replace"):
        restore(town.engine, file, replace=False)
    assert contents(town.engine) == learned
    restore(town.engine, file, replace=True)
    assert without_the_door(contents(town.engine)) == without_the_door(before)


def test_the_city_has_the_facts_it_had_and_none_of_later_rows(town, file):
    before = town.city_facts()
    backup(town.engine, file)
    learn(town)
    assert town.city_facts().version != before.version
    restore(town.engine, file, replace=True)
    assert_same(town.city_facts(), before)


def test_both_deeds_stand_in_a_trail_that_is_whole(town, file):
    backup(town.engine, file)
    with reading(town.engine, SYSTEM) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (last.action, last.details["file"], last.details["rows"]["cities"]) == ("backup", "backup", 2)
        head = {"entries": last.id, "sha256": last.sha256}
    restore(town.engine, file, replace=True)
    with reading(town.engine, SYSTEM) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (last.action, last.details["trail_before"]) == ("restore", head)
        assert verify(session).fault is None


def test_a_session_that_ended_since_does_not_live_again(town, file):
    backup(town.engine, file)
    with writing(town.engine, SYSTEM) as session:
        session.execute(update(UserSession).values(ended_at=func.current_timestamp()))
    restore(town.engine, file, replace=True)
    with reading(town.engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 1
        assert session.scalar(select(func.count()).where(UserSession.ended_at.is_(None))) == 0


def test_a_backup_overwrites_no_file_and_is_for_its_owner_alone(town, file):
    backup(town.engine, file)
    whole = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupRefused, match="is there already"):
        backup(town.engine, file)
    assert file.read_bytes() == whole
    assert os.listdir(file.parent).count(file.name) == 1
    assert not [name for name in os.listdir(file.parent) if name.endswith(".part")]


def test_a_backup_into_no_folder_is_refused(town, tmp_path):
    with pytest.raises(BackupRefused, match="There is no folder"):
        backup(town.engine, tmp_path / "nowhere" / "file")


@pytest.mark.parametrize("harm", ["cut short", "a byte changed", "empty", "a text", "missing"])
def test_a_file_that_is_not_whole_is_refused_and_nothing_changes(town, file, harm):
    backup(town.engine, file)
    whole = file.read_bytes()
    if harm == "cut short":
        file.write_bytes(whole[: len(whole) * 2 // 3])
    elif harm == "a byte changed":
        middle = len(whole) // 2
        file.write_bytes(
            whole[:middle] + bytes(byte ^ 255 for byte in whole[middle : middle + 300]) + whole[middle + 300 :]
        )
    elif harm == "missing":
        file.unlink()
    else:
        file.write_text("" if harm == "empty" else "no backup at all\n" * 500)
    before = contents(town.engine)
    with pytest.raises(BackupRefused) as refused:
        restore(town.engine, file, replace=True)
    assert "\n" not in str(refused.value)
    assert contents(town.engine) == before


def test_a_backup_of_another_product_or_a_later_version_is_refused(town, empty_url, file, kind):
    other = open_database(empty_url())
    with other.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_tomorrow (id INTEGER)")
    with pytest.raises(BackupRefused, match=r"of_tomorrow"):
        backup(other, file)
    other.dispose()
    if kind == "sqlite":
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE songs (id INTEGER)")
        with pytest.raises(BackupRefused, match="holds no credit map"):
            restore(town.engine, file, replace=True)


def test_who_reads_during_a_restore_sees_the_old_rows_or_the_new_ones_and_never_some_of_each(town, file):
    backup(town.engine, file)
    buildings = len(contents(town.engine)["buildings"])
    with writing(town.engine, SYSTEM) as session:
        session.execute(update(Building).values(name="later"))
        session.execute(update(Event).values(kind="later"))
    seen, done = set(), threading.Event()

    def look() -> None:
        while not done.is_set():
            with reading(town.engine, SYSTEM) as session:
                later = session.scalar(select(func.count()).where(Building.name == "later"))
                seen.add((later, session.scalar(select(func.count()).where(Event.kind == "later")) > 0))

    looker = threading.Thread(target=look)
    looker.start()
    restore(town.engine, file, replace=True)
    done.set()
    looker.join()
    assert seen <= {(buildings, True), (0, False)}


def test_a_failed_restore_leaves_the_database_as_it_was(town, file, monkeypatch):
    backup(town.engine, file)
    learn(town)
    before = contents(town.engine)
    if town.engine.dialect.name == "sqlite":
        monkeypatch.setattr("data.db.backup.sqlite.PATIENCE_S", 0.2)
        with writing(town.engine, SYSTEM) as session:
            session.connection()  # takes the writer's turn
            with pytest.raises(BackupRefused, match="stop the imports"):
                restore(open_database(str(town.engine.url)), file, replace=True)
    else:
        with town.engine.begin() as connection:  # what hangs on our table keeps it from being replaced
            connection.exec_driver_sql("CREATE VIEW of_others AS SELECT id FROM buildings")
        with pytest.raises(BackupRefused, match=r"cannot drop .*Nothing was changed"):
            restore(town.engine, file, replace=True)
    assert contents(town.engine) == before


def test_the_commands_say_what_they_did_and_refuse_in_a_sentence(town, file, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", town.engine.url.render_as_string(hide_password=False))
    assert main(["backup", str(file)]) == 0
    assert "           2  cities\n" in capsys.readouterr().out
    assert main(["restore", str(file)]) == 2
    assert "add --replace" in capsys.readouterr().err
    assert main(["restore", "--replace", str(file)]) == 0
    assert "python -m data prepare" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_secured_database_comes_back_whole_and_with_its_policies(town, file, server):
    install_policies(town.engine, PRODUCT)
    before = contents(town.engine)
    backup(town.engine, file)
    learn(town)
    restore(town.engine, file, replace=True)
    assert without_the_door(contents(town.engine)) == without_the_door(before)
    product = open_database(server.url(make_url(str(town.engine.url)).database, PRODUCT))
    with product.connect() as connection:
        assert connection.execute(select(Building)).all() == []
    with reading(product, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Building)) == len(before["buildings"])
    with writing(product, SYSTEM) as session:
        record(session, COMMAND_LINE, "test", {})
    product.dispose()


@pytest.mark.parametrize("kind", ["postgresql"])
def test_postgresqls_programs_are_asked_for_when_they_are_missing_and_told_no_password(
    town, file, monkeypatch, tmp_path
):
    spy = tmp_path / "pg_dump"
    spy.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path / "arguments"}\necho "$PGPASSWORD" > {tmp_path / "password"}\nexit 1\n'
    )
    spy.chmod(0o755)
    secret = town.engine.url.set(password="never shown").render_as_string(hide_password=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(BackupRefused):
        backup(open_database(secret), file)
    assert "never shown" not in (tmp_path / "arguments").read_text()
    assert (tmp_path / "password").read_text() == "never shown\n"
    shutil.rmtree(tmp_path / "var", ignore_errors=True)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(ProgramMissing, match="postgresql-client"):
        backup(town.engine, file)
    assert not file.exists()

"""A database file that is no database any more is refused with the cure, and never made anew over what was lost."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, select

from data.__main__ import main
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db import sqlite_files
from data.db.backup import backup
from data.db.engine import open_database, reading, writing
from data.db.models.accounts import AuditEntry
from data.db.refusals import DatabaseDamaged, DatabaseRefused, DiskFull
from data.settings import settings, sqlite_address
from tests.data.town_hall import CITY, Town, settle


def scrambled(file: Path) -> None:
    """The head is whole, all behind it is not."""
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


HARM: dict[str, Callable[[Path], object]] = {
    "emptied": lambda file: file.write_bytes(b""),
    "a text": lambda file: file.write_text("no database at all\n" * 200),
    "without its head": lambda file: file.write_bytes(bytes(100) + file.read_bytes()[100:]),
    "cut within its head": lambda file: file.write_bytes(file.read_bytes()[:9]),
    "scrambled": scrambled,
}
COMMANDS = {
    "prepare": ["prepare"],
    "migrate": ["migrate"],
    "backup": ["backup", "{folder}/new.backup"],
    "restore": ["restore", "{folder}/good.backup", "--replace"],
    "imports": ["imports"],
    "account": ["account", "list"],
    "audit": ["audit", "verify"],
    "refresh": ["refresh", CITY],
}


@pytest.fixture
def file(tmp_path, var, monkeypatch) -> Path:
    """The file of both towns, with a good backup, that nobody has open; this process is pointed at it."""
    file = tmp_path / "town.sqlite"
    town = settle(open_database(sqlite_address(file)))
    backup(town.engine, tmp_path / "good.backup")
    town.engine.dispose()
    monkeypatch.setenv("CREDIT_MAP_DATABASE", sqlite_address(file))
    return file


def said(capsys, arguments: list[str], folder: Path) -> str:
    """What a command that is refused says."""
    assert main([one.format(folder=folder) for one in arguments]) == 2
    sentence = capsys.readouterr().err.strip()
    assert "\n" not in sentence and "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("harm", HARM)
def test_what_is_no_database_is_refused_with_the_cure_and_left_as_it_is(file, capsys, harm, command):
    HARM[harm](file)
    before = file.read_bytes()
    sentence = said(capsys, COMMANDS[command], file.parent)
    assert "town.sqlite is no whole SQLite file" in sentence
    assert "data restore BACKUP" in sentence and "begin anew on purpose" in sentence
    assert file.read_bytes() == before
    assert sorted(one.name for one in file.parent.glob("*.backup")) == ["good.backup"]


def test_the_cure_cures(file, capsys):
    HARM["emptied"](file)
    file.rename(file.with_name("damaged.sqlite"))
    assert main(["restore", str(file.with_name("good.backup"))]) == 0
    assert main(["imports"]) == 0
    assert CITY in capsys.readouterr().out


def test_a_database_that_another_process_makes_meanwhile_is_not_taken_for_one_that_is_gone(tmp_path, monkeypatch):
    file, others, check = tmp_path / "new.sqlite", [], sqlite_files.check_place

    def overtaken(*arguments) -> None:
        monkeypatch.undo()
        others.append(open_database(sqlite_address(file)))
        with writing(others[0], SYSTEM) as session:
            record(session, COMMAND_LINE, "test", {})
        assert file.with_name("new.sqlite-wal").stat().st_size
        check(*arguments)

    monkeypatch.setattr(sqlite_files, "check_place", overtaken)
    ours = open_database(sqlite_address(file))
    assert len(others) == 1
    with reading(ours, SYSTEM) as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["test"]


def test_a_database_that_is_gone_is_not_made_anew_while_its_backups_or_its_journal_lie_there(file, capsys, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_VAR", str(file.parent))
    file.unlink()
    (file.parent / "backups").mkdir()
    kept = file.with_name("good.backup").rename(file.parent / "backups" / "good.backup")
    assert "town.sqlite is gone, and backups of it" in said(capsys, ["prepare"], file.parent)
    assert "town.sqlite is gone, and backups of it" in said(capsys, ["backup", "{folder}/b"], file.parent)
    file.with_name("town.sqlite-wal").write_bytes(b"what was written last")
    assert "town.sqlite-wal of it is still there" in said(capsys, ["restore", str(kept)], file.parent)
    assert not file.exists()
    file.with_name("town.sqlite-wal").unlink()
    assert main(["restore", str(kept)]) == 0
    assert file.exists()


def test_in_a_fresh_place_a_database_is_made_whole_and_nothing_else_is_left(tmp_path):
    open_database(sqlite_address(tmp_path / "new" / "town.sqlite")).dispose()
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["town.sqlite"]


def test_who_is_killed_while_making_one_leaves_no_empty_file(tmp_path, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite_files.os, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        open_database(sqlite_address(tmp_path / "town.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_goes_missing_under_a_running_server_is_not_made_anew_and_empty(file):
    engine = open_database()
    engine.dispose()
    file.unlink()
    with pytest.raises(DatabaseRefused, match="cannot be opened"), reading(engine, SYSTEM) as session:
        session.scalar(select(AuditEntry.id))
    assert not file.exists()


@pytest.mark.parametrize("name", ["100%", "a%20b", "what?", "who?mode=ro", "no#1", "出租屋", "a b", "it's [x]"])
def test_whatever_signs_are_in_the_name_of_its_folder_it_is_opened_there(tmp_path, monkeypatch, name):
    folder = tmp_path / name
    monkeypatch.setenv("CREDIT_MAP_VAR", str(folder))
    monkeypatch.delenv("CREDIT_MAP_DATABASE", raising=False)
    town = settle(open_database())
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert (folder / "credit-map.sqlite").is_file()
    monkeypatch.setenv("CREDIT_MAP_DATABASE", town.engine.url.render_as_string(hide_password=False))
    assert open_database().url == town.engine.url
    backup(town.engine, folder / "town.backup")
    assert main(["restore", str(folder / "town.backup"), "--replace"]) == 0
    assert settings().folder == folder


@pytest.mark.parametrize("name", ["what?.sqlite", "no#1.sqlite", "100%.sqlite"])
def test_an_address_may_be_typed_as_the_path_is(tmp_path, name):
    open_database(f"sqlite:///{tmp_path / name}").dispose()
    assert [one.name for one in tmp_path.iterdir()] == [name]


def fill_the_disk(town: Town) -> None:
    """No connection of the engine may add a page from now on, as on a disk that is full."""

    def no_more(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(town.engine, "connect", no_more)
    town.engine.dispose()


def test_a_full_disk_is_one_sentence_nothing_is_half_written_and_reading_goes_on(file):
    town = Town(open_database())
    fill_the_disk(town)
    for _ in range(3):
        with pytest.raises(DiskFull, match="nothing was written"), writing(town.engine, SYSTEM) as session:
            record(session, COMMAND_LINE, "test", {"much": "x" * 100_000})
    with town.looked_at() as (session, city):
        assert city.code == CITY
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "test")).all() == []
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_command_on_a_full_disk_says_so_and_not_that_the_file_is_damaged(file, capsys, monkeypatch):
    town = Town(open_database())
    fill_the_disk(town)
    monkeypatch.setattr("data.__main__.open_database", lambda **_: town.engine)
    monkeypatch.setattr("data.audit.trail.COMMAND_LINE", COMMAND_LINE)
    arguments = ["account", "add", "x" * 40, "--role", "leader", "--area", "everywhere", "--generate"]
    codes = [main([*arguments[:2], f"{number:0>80}", *arguments[3:]]) for number in range(200)]
    error = capsys.readouterr().err
    assert 2 in codes
    assert "The disk is full" in error and "damaged" not in error and "Traceback" not in error


@pytest.mark.parametrize(
    ("number", "said_is"),
    [
        (28, "The disk is full"),
        (13, "srv/facts may not be read or written by the user"),
        (30, "srv/facts lies on a disk that can only be read"),
        (122, "The quota of the user that runs the program is used up"),
        (27, "the limit of file sizes (`ulimit -f`)"),
        (5, "The disk under srv/facts reports an error"),
        (24, "as many files open as it may"),
        (2, "/srv/facts cannot be read or written: it is not there"),
    ],
)
def test_what_the_disk_refuses_a_command_is_said_as_it_is(file, monkeypatch, capsys, number, said_is):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "/srv/facts")

    monkeypatch.setattr("data.city.rebuild.prepare", refuse)
    sentence = said(capsys, ["prepare"], file.parent)
    assert said_is in sentence and "damaged" not in sentence


def test_a_file_of_another_user_is_said_to_be_that(file, monkeypatch, capsys):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("data.db.sqlite_files.check", refuse)
    sentence = said(capsys, ["prepare"], file.parent)
    assert "must belong to the user that runs the program" in sentence and "whole" not in sentence


def test_a_damaged_page_is_told_when_it_is_come_upon(file):
    with closing(sqlite3.connect(file)) as connection:
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_entries'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((pages - 1) * size)
        opened.write(b"\xff" * size)
    with pytest.raises(DatabaseDamaged, match="malformed"), reading(open_database(), SYSTEM) as session:
        session.execute(select(AuditEntry)).all()

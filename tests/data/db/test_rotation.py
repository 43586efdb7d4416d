"""Backups make room for later ones of the same database, and for those alone; the clock has no say in it."""

import os
from pathlib import Path

import pytest

from data.__main__ import main
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db.backup import backup, restore
from data.db.backup.errors import BackupRefused
from data.db.engine import open_database, writing
from data.db.migrate import _free
from data.settings import sqlite_address
from tests.data.town_hall import Town, settle


@pytest.fixture
def town(tmp_path, var) -> Town:
    """Lockside, of which something stands in the trail."""
    return used(settle(open_database(sqlite_address(tmp_path / "town.sqlite"))))


def used(town: Town) -> Town:
    with writing(town.engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "test", {})
    return town


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "nightly").mkdir()
    return tmp_path / "nightly"


def names(folder: Path) -> list[str]:
    assert {f"{one.name}.sha256" for one in folder.glob("*.backup")} == {one.name for one in folder.glob("*.sha256")}
    return sorted(one.stem for one in folder.glob("*.backup"))


def test_the_last_ones_are_kept_whatever_their_names_and_times_say(town, folder):
    for number, name in enumerate(("d", "a", "e", "b", "c")):
        backup(town.engine, folder / f"{name}.backup", keep=2)
        os.utime(folder / f"{name}.backup", (-number * 86_400 * 365,) * 2)  # each a year before the last
    assert names(folder) == ["b", "c"]


def test_a_database_that_was_made_anew_displaces_none_of_the_old_one(town, folder, tmp_path):
    for name in ("a", "b"):
        backup(town.engine, folder / f"{name}.backup", keep=2)
    anew = used(Town(open_database(sqlite_address(tmp_path / "anew.sqlite"))))
    for name in ("c", "d", "e", "f"):
        backup(anew.engine, folder / f"{name}.backup", keep=2)
    assert names(folder) == ["a", "b", "e", "f"]


def test_after_a_restore_what_came_after_the_restored_one_is_kept(town, folder):
    for name in ("a", "b", "c"):
        backup(town.engine, folder / f"{name}.backup", keep=9)
    restore(town.engine, folder / "a.backup", replace=True)
    for name in ("d", "e", "f"):
        backup(town.engine, folder / f"{name}.backup", keep=2)
    assert names(folder) == ["b", "c", "e", "f"]


def test_a_backup_that_is_refused_removes_nothing(town, folder):
    for name in ("a", "b"):
        backup(town.engine, folder / f"{name}.backup", keep=9)
    with pytest.raises(BackupRefused):
        backup(town.engine, folder / "b.backup", keep=1)
    assert names(folder) == ["a", "b"]


def test_what_says_nothing_of_its_trail_is_kept(town, folder):
    (folder / "of-old.backup").write_text("of an earlier version")
    (folder / "of-old.backup.sha256").write_text("00  of-old.backup\n")
    for name in ("a", "b"):
        backup(town.engine, folder / f"{name}.backup", keep=1)
    assert names(folder) == ["b", "of-old"]


def test_the_command_keeps_as_many_as_it_is_told(town, folder, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", town.engine.url.render_as_string())
    for name in ("a", "b", "c"):
        assert main(["backup", str(folder / f"{name}.backup"), "--keep", "1"]) == 0
    assert names(folder) == ["c"]
    with pytest.raises(SystemExit):
        main(["backup", str(folder / "d.backup"), "--keep", "0"])
    assert "--keep" in capsys.readouterr().err


def test_a_migration_at_a_second_that_has_been_before_takes_another_name(tmp_path):
    taken = []
    for _ in range(3):
        taken.append(_free(tmp_path, "version-3-20260101-000000"))
        taken[-1].touch()
    assert len(set(taken)) == 3

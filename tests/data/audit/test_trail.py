"""Who did what stays as it was written, and whoever tampers with it is found out."""

import json
import math
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from data.__main__ import main
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, Actor, record
from data.audit.verify import Fault, Verdict, verify
from data.db.engine import open_database, reading, writing
from data.db.models.accounts import BEFORE_THE_FIRST, AuditEntry
from data.settings import PROJECT

LI = Actor("li", "police", "10.0.0.7")
SIX = ("sign_in", "export", "import", "export", "sign_out", "export")
WRITERS, ENTRIES_EACH = 4, 25
WRITER = """
import sys
from data.audit.trail import COMMAND_LINE, record
from data.db.engine import open_database, writing
from data.access.roles import SYSTEM
engine = open_database(sys.argv[1])
for number in range(int(sys.argv[3])):
    with writing(engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "export", {"writer": sys.argv[2], "number": number})
"""
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path) -> Iterator[Engine]:
    """An empty database with our tables."""
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("server").database() if postgresql else f"sqlite:///{tmp_path / 'trail.sqlite'}"
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def trail(tmp_path) -> Path:
    """An SQLite file whose trail has six entries, its triggers dropped by somebody who means harm."""
    file = tmp_path / "six.sqlite"
    engine = open_database(f"sqlite:///{file}")
    write(engine, *SIX)
    engine.dispose()
    names = tamper(file, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'")
    for (name,) in names:
        tamper(file, f"DROP TRIGGER {name}")
    assert len(names) == 3
    return file


def write(engine: Engine, *actions: str) -> None:
    for number, action in enumerate(actions):
        with writing(engine, SYSTEM) as session:
            record(session, LI, action, {"number": number})


def tamper(file: Path, statement: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def verdict_of(where: Engine | Path, head: str | None = None) -> Verdict:
    engine = open_database(f"sqlite:///{where}") if isinstance(where, Path) else where
    with reading(engine, SYSTEM) as session:
        return verify(session, head)


def entries(engine: Engine) -> list[AuditEntry]:
    with reading(engine, SYSTEM) as session:
        return list(session.query(AuditEntry).order_by(AuditEntry.id))


def test_an_empty_trail_is_whole(engine):
    assert verdict_of(engine) == Verdict(0, None, None, BEFORE_THE_FIRST, None)


def test_entries_are_numbered_without_a_gap_and_say_who_what_when_and_from_where(engine):
    before = datetime.now(UTC).replace(tzinfo=None)
    write(engine, *SIX)
    after = datetime.now(UTC).replace(tzinfo=None)
    written = entries(engine)
    assert [entry.id for entry in written] == [1, 2, 3, 4, 5, 6]
    assert [entry.action for entry in written] == list(SIX)
    assert {(entry.account, entry.role, entry.address) for entry in written} == {("li", "police", "10.0.0.7")}
    assert all(before <= entry.at <= after for entry in written)
    assert [entry.details for entry in written] == [{"number": number} for number in range(6)]
    verdict = verdict_of(engine)
    assert (verdict.entries, verdict.sha256, verdict.fault) == (6, written[-1].sha256, None)
    assert (verdict.first_at, verdict.last_at) == (written[0].at, written[-1].at)


def test_a_failed_deed_leaves_no_entry_and_no_gap(engine):
    write(engine, "import")
    with pytest.raises(ZeroDivisionError), writing(engine, SYSTEM) as session:
        record(session, LI, "import", {})
        record(session, LI, "import", {})
        raise ZeroDivisionError
    write(engine, "export")
    assert [entry.id for entry in entries(engine)] == [1, 2]
    assert verdict_of(engine).fault is None


def test_one_deed_may_leave_several_entries(engine):
    with writing(engine, SYSTEM) as session:
        for number in range(3):
            record(session, COMMAND_LINE, "import", {"file": number})
    assert verdict_of(engine).entries == 3


def test_a_session_that_only_reads_is_refused(engine):
    for refused in (reading(engine, SYSTEM), Session(engine)):
        with refused as session, pytest.raises(RuntimeError, match="writing"):
            record(session, LI, "export", {})
    assert entries(engine) == []


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_json_is_refused(engine, number):
    with pytest.raises(ValueError, match="JSON"), writing(engine, SYSTEM) as session:
        record(session, LI, "export", {"share": number})
    assert verdict_of(engine).entries == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(details=st.dictionaries(st.text(), json_values, max_size=5), name=st.text())
def test_whatever_the_details_and_the_name_the_trail_stays_whole(engine, details, name):
    before = verdict_of(engine).entries
    with writing(engine, SYSTEM) as session:
        record(session, Actor(name, "police", name), "export", details)
    verdict = verdict_of(engine)
    assert (verdict.entries, verdict.fault) == (before + 1, None)


def test_a_name_longer_than_its_column_is_cut(engine):
    with writing(engine, SYSTEM) as session:
        record(session, Actor("李" * 500 + "\0", "police", "\0\x1b[2J"), "export", {})
    assert entries(engine)[0].account == "李" * 80
    assert entries(engine)[0].address == "\ufffd\ufffd[2J"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET account = 'wang' WHERE id = 2",
        "UPDATE audit_entries SET id = 9 WHERE id = 2",
        "DELETE FROM audit_entries WHERE id = 6",
        "DELETE FROM audit_entries",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(engine, statement):
    write(engine, *SIX)
    with pytest.raises(DatabaseError, match="only ever added"), writing(engine, SYSTEM) as session:
        session.execute(text(statement))
    assert verdict_of(engine).entries == 6


def test_the_database_refuses_each_ones_own_way_round_it(engine):
    write(engine, *SIX)
    way = {
        "sqlite": "INSERT OR REPLACE INTO audit_entries SELECT id, at, 'wang', role, address, action, details, sha256 "
        "FROM audit_entries WHERE id = 3",
        "postgresql": "TRUNCATE audit_entries",
    }[engine.dialect.name]
    with pytest.raises(DatabaseError, match="only ever added"), writing(engine, SYSTEM) as session:
        session.execute(text(way))
    assert verdict_of(engine).entries == 6


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01 00:00:00.000000"),
        ("at", "yesterday"),
        ("account", "wang"),
        ("account", 5),
        ("account", b"li"),
        ("role", "leader"),
        ("address", ""),
        ("action", "nothing"),
        ("details", '{"number": 2.5}'),
        ("details", "{}"),
        ("details", "not json"),
        ("details", '{"number": NaN}'),
        ("sha256", "0" * 64),
    ],
)
@pytest.mark.parametrize("entry", [1, 3, 6])
def test_a_changed_cell_is_found(trail, entry, column, value):
    tamper(trail, f"UPDATE audit_entries SET {column} = ? WHERE id = ?", value, entry)
    assert verdict_of(trail).fault == Fault("changed", entry)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["DELETE FROM audit_entries WHERE id = 1"], Fault("missing", 1)),
        (["DELETE FROM audit_entries WHERE id = 3"], Fault("missing", 3)),
        (["DELETE FROM audit_entries WHERE id = 6"], Fault("cut_off", 6)),
        (["DELETE FROM audit_entries WHERE id > 2"], Fault("cut_off", 3)),
        (["DELETE FROM audit_entries"], Fault("cut_off", 1)),
        (
            ["DELETE FROM audit_entries WHERE id = 6", "UPDATE audit_head SET entries = 5"],
            Fault("changed", 5),
        ),
        (
            ["DELETE FROM audit_entries WHERE id = 3", "UPDATE audit_entries SET id = id - 1 WHERE id > 3"],
            Fault("changed", 3),
        ),
        (
            [f"UPDATE audit_entries SET id = {to} WHERE id = {number}" for number, to in ((2, 99), (4, 2), (99, 4))],
            Fault("changed", 2),
        ),
        (["UPDATE audit_entries SET id = 0 WHERE id = 1"], Fault("put_in", 0)),
        (
            [
                "INSERT INTO audit_entries SELECT 7, at, account, role, address, action, details, 'x' "
                "FROM audit_entries WHERE id = 6"
            ],
            Fault("changed", 7),
        ),
        (["UPDATE audit_head SET entries = 5"], Fault("put_in", 6)),
        (["UPDATE audit_head SET sha256 = 'x'"], Fault("changed", 6)),
        (["DELETE FROM audit_head"], Fault("no_head", 6)),
    ],
)
def test_a_row_removed_moved_or_put_in_is_found(trail, statements, fault):
    for statement in statements:
        tamper(trail, statement)
    assert verdict_of(trail).fault == fault


def test_a_row_put_in_between_with_the_later_ones_moved_is_found(trail):
    for number in (6, 5, 4):
        tamper(trail, "UPDATE audit_entries SET id = ? WHERE id = ?", number + 1, number)
    tamper(
        trail,
        "INSERT INTO audit_entries SELECT 4, at, 'wang', role, address, action, details, 'x' "
        "FROM audit_entries WHERE id = 3",
    )
    assert verdict_of(trail).fault == Fault("changed", 4)


def test_a_trail_written_anew_from_end_to_end_is_found_by_the_hash_written_down_elsewhere(trail, tmp_path):
    written_down = verdict_of(trail).sha256
    another = open_database(f"sqlite:///{tmp_path / 'anew.sqlite'}")
    write(another, *SIX)
    assert verdict_of(another).fault is None
    assert verdict_of(another, head=written_down).fault == Fault("rewritten", 6)
    write(open_database(f"sqlite:///{trail}"), "export")
    assert verdict_of(trail, head=written_down).fault is None  # it has grown since


def test_several_processes_may_write_at_once(engine):
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WRITER, url]
    processes = [
        subprocess.Popen([*command, str(writer), str(ENTRIES_EACH)], cwd=PROJECT, stderr=subprocess.PIPE)
        for writer in range(WRITERS)
    ]
    for process in processes:
        assert process.wait(timeout=600) == 0, process.stderr.read()
    verdict = verdict_of(engine)
    assert (verdict.entries, verdict.fault) == (WRITERS * ENTRIES_EACH, None)
    for writer in range(WRITERS):
        mine = [entry.details["number"] for entry in entries(engine) if entry.details["writer"] == str(writer)]
        assert mine == list(range(ENTRIES_EACH))


def test_the_command_prints_the_last_hash_and_takes_it_back(trail, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", f"sqlite:///{trail}")
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("6 entries from ")
    last = said.split()[-1]
    assert last == verdict_of(trail).sha256
    assert main(["audit", "verify", "--head", last.upper()]) == 0
    assert main(["audit", "verify", "--head", "f" * 64]) == 1
    assert "rewritten" in capsys.readouterr().out


def test_the_command_ends_with_one_sentence_and_exit_code_1_when_something_is_wrong(trail, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", f"sqlite:///{trail}")
    tamper(trail, "DELETE FROM audit_entries WHERE id = 3")
    assert main(["audit", "verify"]) == 1
    assert capsys.readouterr().out == "Entry 3 is missing.\n"


def test_the_command_shows_the_last_entries_and_steers_no_terminal(trail, monkeypatch, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", f"sqlite:///{trail}")
    with writing(open_database(), SYSTEM) as session:
        record(session, LI, "export", {"name": "河湾\x9b2J"})
    assert main(["audit", "show", "--last", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["6", "7"]
    assert "li (police) 10.0.0.7  export" in lines[1]
    assert "河湾" in lines[1]
    assert "\x9b" not in lines[1]


def test_a_removed_head_stops_what_must_be_recorded_with_the_cure(trail):
    tamper(trail, "DELETE FROM audit_head")
    with pytest.raises(Exception, match="python -m data audit verify"):
        write(open_database(f"sqlite:///{trail}"), "export")


def test_json_is_kept_as_it_will_be_read(engine):
    with writing(engine, SYSTEM) as session:
        record(session, LI, "export", {"areas": (1, 2), "by": {3: "x"}})
    assert entries(engine)[0].details == json.loads('{"areas": [1, 2], "by": {"3": "x"}}')

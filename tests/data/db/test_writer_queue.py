"""Writers of a SQLite file stand in line: first come, first served, and nobody waits for the dead."""

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.exc import OperationalError

from data.access.roles import SYSTEM
from data.db import writer_queue
from data.db.engine import is_busy, open_database, writing
from data.db.writer_queue import turn

ROOT = Path(__file__).parents[3]
TAKES_A_PLACE = """
import sys
from pathlib import Path
from data.db.writer_queue import turn
with turn(Path(sys.argv[1]), 60):
    print("in", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def database(tmp_path) -> Path:
    return tmp_path / "town.sqlite"


@pytest.fixture
def in_line(monkeypatch) -> Event:
    """Set whenever somebody has taken a place."""
    placed, take = Event(), writer_queue._place

    def place(file) -> int:
        found = take(file)
        placed.set()
        return found

    monkeypatch.setattr(writer_queue, "_place", place)
    return placed


def test_who_asks_first_writes_first(database, in_line):
    order: list[int] = []

    def write(number: int) -> None:
        with turn(database, 600):
            order.append(number)

    writers = [Thread(target=write, args=(number,)) for number in range(12)]
    with turn(database, 600):
        for writer in writers:
            in_line.clear()
            writer.start()
            in_line.wait(600)
        assert order == []
    for writer in writers:
        writer.join()
    assert order == list(range(12))


def test_another_process_has_its_turn_until_it_ends_and_none_once_it_is_killed(database):
    command = [sys.executable, "-c", TAKES_A_PLACE, str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "in\n"
        with writer_queue._opened(database) as file:
            assert writer_queue._ahead(file, writer_queue._place(file)) is not None
        other.kill()
        other.wait()
        with writer_queue._opened(database) as file:
            assert writer_queue._ahead(file, writer_queue._place(file)) is None


def test_who_has_waited_long_enough_is_told_that_others_write_and_holds_up_nobody(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'town.sqlite'}")
    with writing(engine, SYSTEM) as first:
        first.connection()  # its transaction begins
        with pytest.raises(OperationalError) as refused, writing(engine, SYSTEM, patience_s=0) as second:
            second.connection()
        assert is_busy(refused.value)
        assert engine.pool.checkedout() == 1
    with writing(engine, SYSTEM, patience_s=0) as second:
        second.connection()


def test_a_writer_that_fails_gives_its_place_back(database):
    with pytest.raises(RuntimeError), turn(database, 0):
        raise RuntimeError
    with writer_queue._opened(database) as file:
        assert writer_queue._ahead(file, writer_queue._place(file)) is None


def test_who_stands_in_line_holds_no_connection(tmp_path, in_line):
    engine = open_database(f"sqlite:///{tmp_path / 'town.sqlite'}")

    def write() -> None:
        with writing(engine, SYSTEM) as session:
            session.connection()

    waiting = Thread(target=write)
    with writing(engine, SYSTEM) as first:
        first.connection()
        in_line.clear()
        waiting.start()
        in_line.wait(600)
        assert engine.pool.checkedout() == 1
    waiting.join()


def test_what_is_no_rush_of_others_is_no_business(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'town.sqlite'}")
    with engine.connect() as connection, pytest.raises(OperationalError) as wrong:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert not is_busy(wrong.value)
    assert not is_busy(RuntimeError())

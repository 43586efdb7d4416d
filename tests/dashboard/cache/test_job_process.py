"""Work in a process of its own: its answer, its mistakes and its progress arrive, and it hears Stop."""

import os
import re
import signal
from itertools import count
from pathlib import Path

import pytest

from dashboard.cache import job_process
from dashboard.cache.background_jobs import StopAsked
from dashboard.cache.job_process import ProcessEnded, run_apart
from data.importing.errors import FileRefused

AGAIN_AND_AGAIN = 3


def counting(limit: int, report) -> tuple[int, int]:
    for number in range(limit):
        report("counting", number + 1, limit)
    return os.getpid(), limit


def refusing(report) -> None:
    raise FileRefused("There is no {what}.", what="heading")


def killed(report) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def waiting_to_be_stopped(file: str, report) -> None:
    """Writes down that it was stopped, and ends by itself only after so many reports that a test would hang."""
    try:
        while True:
            report("waiting", 0, 1)
    except StopAsked:
        Path(file).write_text("stopped")
        raise


def matching_for_ever(file: str, report) -> None:
    """A pattern that takes more steps than anybody lives, in the words of a mapping; no report comes of it."""
    Path(file).write_text(str(os.getpid()))
    re.search(r"(\w+\s?)+$", "a" * 60 + "!")


def writing_without_a_word(folder: str, report) -> None:
    """Begins to write, and goes on when it has been asked to stop again and again."""
    report("buildings", 0, 1)
    Path(folder, "writing").touch()
    while not Path(folder, "asked").exists():
        pass
    Path(folder, "end").write_text("whole")
    report("buildings", 1, 1)


def test_the_answer_and_the_progress_come_from_another_process():
    seen: list[tuple] = []
    process, limit = run_apart(counting, 3, report=lambda *progress: seen.append(progress))
    assert limit == 3
    assert process != os.getpid()
    assert ("counting", 3, 3) in seen


def test_a_mistake_is_the_one_that_was_made():
    with pytest.raises(FileRefused, match="There is no heading"):
        run_apart(refusing, report=lambda *_: None)


def test_stop_is_heard_where_the_work_reports(tmp_path):
    def report(doing: str, *_):
        if doing == "waiting":
            raise StopAsked

    with pytest.raises(StopAsked):
        run_apart(waiting_to_be_stopped, str(tmp_path / "end"), report=report)
    assert (tmp_path / "end").read_text() == "stopped"


def test_a_process_that_is_killed_is_no_endless_waiting():
    with pytest.raises(ProcessEnded):
        run_apart(killed, report=lambda *_: None)


def test_work_that_stands_still_before_it_wrote_anything_ends_when_it_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(job_process, "HEARS_WITHIN_S", 0.5)
    stuck = tmp_path / "pid"

    def report(*_):
        if stuck.exists() and stuck.read_text():
            raise StopAsked

    with pytest.raises(StopAsked):
        run_apart(matching_for_ever, str(stuck), report=report)
    with pytest.raises(ProcessLookupError):
        os.kill(int(stuck.read_text()), 0)


def test_work_that_is_writing_is_never_ended_from_outside(tmp_path, monkeypatch):
    monkeypatch.setattr(job_process, "HEARS_WITHIN_S", 0)
    times = count(1)

    def report(*_):
        if (tmp_path / "writing").exists():
            if next(times) > AGAIN_AND_AGAIN:
                (tmp_path / "asked").touch()
            raise StopAsked

    with pytest.raises(StopAsked):
        run_apart(writing_without_a_word, str(tmp_path), report=report)
    assert (tmp_path / "end").read_text() == "whole"

"""Work that would take the processor from the pages runs in a process of its own, which reports and hears Stop."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from dashboard.cache.background_jobs import Report, StopAsked
from data.settings import PROJECT

APART = True  # tests that look at the work itself do it in their own process
SECONDS_BETWEEN_LOOKS = 0.2
HEARS_WITHIN_S = 10  # more than the longest piece of work between two reports at 175,700 rows
NOTHING_WRITTEN = "reading"  # what work is doing until it says otherwise; it reports before it writes anything


class ProcessEnded(RuntimeError):
    """The process ended without an answer: it was killed, or the machine has no memory left."""


def run_apart(work: Callable[..., Any], *arguments: Any, report: Report) -> Any:
    """What `work(*arguments, report=…)` returns or raises. Both, and the arguments, must be such as can be pickled.

    Stop is heard where the work reports, so that it never ends between two writes that belong together. Work that has
    written nothing yet and does not report any more, as with a pattern that takes for ever, is ended from outside.
    """
    if not APART:
        return work(*arguments, report=report)
    ours, theirs = multiprocessing.Pipe()
    # Not multiprocessing's own process: it would run the page again that Streamlit has put in the place of __main__.
    command = [sys.executable, "-m", "dashboard.cache.job_process", str(theirs.fileno())]
    with subprocess.Popen(command, cwd=PROJECT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL) as process:
        theirs.close()
        with ours:
            ours.send((work, arguments))
            return _supervised(ours, process.kill, report)


def _supervised(process: Connection, kill: Callable[[], None], report: Report) -> Any:
    progress: tuple[str, int, int] = (NOTHING_WRITTEN, 0, 1)
    asked_at: float | None = None
    while True:
        try:
            report(*progress)
        except StopAsked:
            if asked_at is None:
                asked_at = time.monotonic()
                process.send("stop")
            elif progress[0] == NOTHING_WRITTEN and time.monotonic() - asked_at > HEARS_WITHIN_S:
                kill()
                raise
        if not process.poll(SECONDS_BETWEEN_LOOKS):
            continue
        try:
            kind, content = process.recv()
        except EOFError as end:
            raise ProcessEnded("The process ended without an answer.") from end
        if kind == "progress":
            progress = content
        elif kind == "error":
            raise content
        else:
            return content


def _answer(parent: Connection) -> None:
    """In the process apart: does the work that is asked for."""

    def report(doing: str, done: int, total: int) -> None:
        parent.send(("progress", (doing, done, total)))
        if parent.poll():
            raise StopAsked

    work, arguments = parent.recv()
    try:
        parent.send(("result", work(*arguments, report=report)))
    except BaseException as error:  # it is raised again where the work was asked for
        parent.send(("error", error))


if __name__ == "__main__":
    _answer(Connection(int(sys.argv[1])))

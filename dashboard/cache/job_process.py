"""Work that would take the processor from the pages runs in a process of its own, which reports and hears Stop."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from dashboard.cache.background_jobs import Report, StopAsked

APART = True  # tests that look at the work itself do it in their own process
SECONDS_BETWEEN_LOOKS = 0.2


class ProcessEnded(RuntimeError):
    """The process ended without an answer: it was killed, or the machine has no memory left."""


def run_apart(work: Callable[..., Any], *arguments: Any, report: Report) -> Any:
    """What `work(*arguments, report=…)` returns or raises. Both, and the arguments, must be such as can be pickled.

    Stop is heard where the work reports, so that it never ends between two writes that belong together.
    """
    if not APART:
        return work(*arguments, report=report)
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_answer, args=(theirs, work, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        return _supervised(ours, report)
    finally:
        process.join()


def _supervised(process: Connection, report: Report) -> Any:
    progress: tuple[str, int, int] = ("reading", 0, 1)
    asked = False
    while True:
        try:
            report(*progress)
        except StopAsked:
            if not asked:
                asked = True
                process.send("stop")
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


def _answer(parent: Connection, work: Callable[..., Any], arguments: tuple) -> None:
    def report(doing: str, done: int, total: int) -> None:
        parent.send(("progress", (doing, done, total)))
        if parent.poll():
            raise StopAsked

    try:
        parent.send(("result", work(*arguments, report=report)))
    except BaseException as error:  # it is raised again where the work was asked for
        parent.send(("error", error))

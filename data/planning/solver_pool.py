"""Many areas planned in processes of their own, as the solver holds Python's lock for as long as it searches.

An area's plan hangs on its problem and the seed alone: not on how many processes there are or which one takes it.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import wait

from data.planning.area_plan import AreaPlan, by_hand
from data.planning.errors import NoSolver
from data.planning.problem import Problem
from data.progress import Report
from data.settings import PROJECT
from scoring.errors import Sentence

WORKERS = 2
CHUNK = 20  # areas sent at once: grids keep a process busy for half a second, and nobody waits long for the last
SHARES = 4  # no worker gets more than this part of its areas at once, or the last would be waited for
LOOK_S = 0.2  # between two looks at whether somebody wants it stopped
MOST_ENDED = 10  # processes: more is no matter of single areas
DOING = "routes"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")


def area_plans(problems: Sequence[Problem], plan_seed: int, report: Report, workers: int = WORKERS) -> list[AreaPlan]:
    """The plan of each problem, in their order.

    report: called at least every LOOK_S; what it raises ends the processes at once. An area at which a process ends is
    planned by hand, and says so; raises NoSolver where that happens again and again.
    """
    with _pool(problems, plan_seed, workers) as pool:
        while len(pool.found) < len(problems):
            report(DOING, len(pool.found), len(problems))
            pool.hand_out()
            pool.take_in()
        report(DOING, len(problems), len(problems))
        return [pool.found[row] for row in range(len(problems))]


class Worker:
    """A process with the rows of problems it has been sent and not yet answered."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        self.rows: list[int] = []
        # Not multiprocessing's own process: it would run the page again that Streamlit puts in the place of __main__.
        command = [sys.executable, "-m", "data.planning.solver_process", str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | ONE_THREAD, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()

    def begin(self, rows: list[int], problems: list[Problem], plan_seed: int) -> None:
        self.rows = rows
        with suppress(ConnectionError):  # it has ended, which the next look at its connection shows
            self.connection.send((rows, problems, plan_seed))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.connection.close()


class Pool:
    """The processes, what waits for them, and the plans they have sent, by row of problem."""

    def __init__(self, problems: Sequence[Problem], plan_seed: int) -> None:
        self.problems, self.plan_seed = problems, plan_seed
        self.workers: list[Worker] = []
        self.waiting: deque[list[int]] = deque()
        self.found: dict[int, AreaPlan] = {}
        self.ended = 0

    def hand_out(self) -> None:
        for worker in self.workers:
            if not worker.rows and self.waiting:
                rows = self.waiting.popleft()
                worker.begin(rows, [self.problems[row] for row in rows], self.plan_seed)

    def take_in(self) -> None:
        ready = wait([worker.connection for worker in self.workers], LOOK_S)
        for worker in [one for one in self.workers if one.connection in ready]:
            try:
                row, plan = worker.connection.recv()
            except (EOFError, ConnectionError):
                self._replace(worker)
            else:
                self.found[row] = plan
                worker.rows.remove(row)

    def _replace(self, worker: Worker) -> None:
        """The area at which a process ended is planned by hand; what else it had been sent waits for another."""
        self.ended += 1
        if self.ended > MOST_ENDED:
            raise NoSolver("The solver's processes keep ending; look at the memory that is left and at the log.")
        if worker.rows:
            row, *others = worker.rows
            why = Sentence("Area {area}: the solver's process ended.", area=self.problems[row].code)
            self.found[row] = by_hand(self.problems[row], why)
            self.waiting.extendleft([others] if others else [])
        worker.end()
        self.workers[self.workers.index(worker)] = Worker()


@contextmanager
def _pool(problems: Sequence[Problem], plan_seed: int, workers: int) -> Iterator[Pool]:
    pool = Pool(problems, plan_seed)
    size = max(1, min(CHUNK, -(-len(problems) // (SHARES * workers))))
    pool.waiting += [list(range(first, min(first + size, len(problems)))) for first in range(0, len(problems), size)]
    try:
        for _ in range(min(workers, len(pool.waiting))):
            pool.workers.append(Worker())
        yield pool
    finally:
        for worker in pool.workers:
            worker.end()

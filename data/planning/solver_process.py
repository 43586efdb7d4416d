"""A process that plans areas: it is sent some, sends each plan back, and ends when nobody listens any more."""

import os
import sys
from multiprocessing.connection import Connection

from data.planning.area_plan import area_plan

NICENESS = 10  # pages go before the work beside them


def answer(parent: Connection) -> None:
    """Plans what it is sent, (rows, problems, seed), until the other end is closed."""
    while True:
        rows, problems, plan_seed = parent.recv()
        for row, problem in zip(rows, problems, strict=True):
            parent.send((row, area_plan(problem, plan_seed)))


if __name__ == "__main__":
    os.nice(NICENESS)
    try:
        answer(Connection(int(sys.argv[1])))
    except (EOFError, ConnectionError):
        sys.exit()

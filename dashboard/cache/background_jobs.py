"""Long work of pages: each piece in a thread of its own, which a rerun or a closed tab does not break off."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dashboard.shell.error_page import log_error, refusal_behind
from data.errors import DataError
from geo.errors import GeoError
from scoring.errors import ScoringError

KEPT_SECONDS = 3600  # how long a finished job can still be asked how it ended
Report = Callable[[str, int, int], None]
Work = Callable[[Report], Any]


class StopAsked(Exception):
    """Somebody pressed Stop; the work is dropped whole."""


@dataclass
class Job:
    """One piece of work and how far it has come.

    state: "runs", "done", "stopped", "refused" (mistake says why) or "failed" (error_number is its number in the log).
    """

    owner: str
    city: str = ""
    state: str = "runs"
    doing: str = "reading"
    done: int = 0
    total: int = 0
    result: Any = None
    mistake: DataError | GeoError | ScoringError | None = None
    error_number: str = ""
    ended: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def report(self, doing: str, done: int, total: int) -> None:
        """Raises StopAsked, so that the work ends where it stands."""
        self.doing, self.done, self.total = doing, done, total
        if self.stop.is_set():
            raise StopAsked

    @property
    def share(self) -> float:
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Jobs:
    """Jobs by the key of the form that asked for them: the same key again finds the job that is there."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def of(self, key: str, owner: str) -> Job | None:
        """The owner's own job; None for another's."""
        job = self._jobs.get(key)
        return job if job is not None and job.owner == owner else None

    def begin(self, key: str, owner: str, city: str, work: Work) -> Job:
        with self._lock:
            self._forget_old()
            if key not in self._jobs:
                job = self._jobs[key] = Job(owner, city)
                threading.Thread(target=_run, args=(job, work), name="job", daemon=True).start()
            return self._jobs[key]

    def _forget_old(self) -> None:
        now = time.monotonic()
        old = [key for key, job in self._jobs.items() if job.ended and now - job.ended > KEPT_SECONDS]
        for key in old:
            del self._jobs[key]


def _run(job: Job, work: Work) -> None:
    try:
        job.result = work(job.report)
        job.state = "done"
    except StopAsked:
        job.state = "stopped"
    except (DataError, GeoError, ScoringError) as mistake:
        job.mistake, job.state = mistake, "refused"
    except BaseException as error:  # a thread's error would go unseen otherwise
        if refused := refusal_behind(error):
            job.mistake, job.state = refused, "refused"
        else:
            job.error_number, job.state = log_error(error), "failed"
    finally:
        job.ended = time.monotonic()
        job.over.set()


JOBS = Jobs()

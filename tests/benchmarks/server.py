"""A server of its own for measuring: started as a person starts it, watched, and stopped by its process id."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from tests.benchmarks.demonstration import KEPT, ROOT

DASHBOARD = ROOT / "dashboard" / "server.py"
PATIENCE_S = 60


class NotServing(Exception):
    """The server did not come up; its log says why."""


@dataclass(frozen=True)
class Server:
    """A running server. ready_s: from its start until it said that it was healthy."""

    address: str
    process: psutil.Process
    ready_s: float

    def memory_mb(self) -> float:
        """Resident memory of the process and its children."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / 1e6


@contextmanager
def running(script: Path) -> Iterator[Server]:
    """Serves `script` on a free port until the block ends. Raises NotServing."""
    port, log = _free_port(), KEPT / f"{script.parent.name}.log"
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(script.relative_to(ROOT)), "--server.port", str(port)]
    with log.open("w") as said:
        start = perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(address, process, log)
            yield Server(address, psutil.Process(process.pid), perf_counter() - start)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def _wait_until_healthy(address: str, process: subprocess.Popen, log: Path) -> None:
    end = perf_counter() + PATIENCE_S
    while process.poll() is None and perf_counter() < end:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.01)
    raise NotServing(f"The server did not come up within {PATIENCE_S} s; see {log}.")

"""Reading an untrusted file in a process of its own, which is killed when it takes too much time or memory."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from data.importing.errors import FileRefused
from data.importing.mapping.schema import Layout
from data.importing.reading.arrow_files import read_back
from data.importing.reading.reader_process import NO_MEMORY, REFUSED, SENTENCE, TABLE
from data.importing.reading.tables import SourceTable, size_of

log = logging.getLogger("credit_map")

PROJECT_ROOT = Path(__file__).resolve().parents[3]
READER = ("-m", "data.importing.reading.reader_process")
ERRORS = "errors.txt"
LONGEST_TRACE = 4000  # bytes of it that go to the log
CURE = "cut the file in parts, or export it again as CSV"
# A reader that has loaded its libraries takes 150 MB and half a second. 175,700 buildings with 40 columns then took
# (seconds, MB in all): CSV of 52 MB 4, 560; XLSX of 39 MB 21, 1,170; GeoPackage of 71 MB 5, 1,060; GeoJSON of 163 MB
# 19, 1,430. On a busy machine they take three times as long.
SECONDS = 8
BYTES_PER_SECOND = 2**19
OWN_MEMORY = 400 * 2**20
LIBRARIES = 100 * 2**20  # shared with other processes, so not its own
MEMORY_PER_BYTE = 40
MOST_MEMORY = 2 * 2**30
POLL_SECONDS = 0.05  # between two looks at the process
PAGE = os.sysconf("SC_PAGE_SIZE")
# One thread each: the others would only reserve memory, which counts.
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
ENVIRONMENT |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Limits:
    """seconds: by the clock, and of the processor. own: bytes beside shared libraries. resident: bytes in all."""

    seconds: int
    own: int
    resident: int


def limits_for(size: int) -> Limits:
    """What a file of so many bytes may take."""
    own = min(max(OWN_MEMORY, size * MEMORY_PER_BYTE), MOST_MEMORY)
    return Limits(max(SECONDS, size // BYTES_PER_SECOND), own, own + LIBRARIES)


def read_apart(path: Path, name: str, layout: Layout, tick: Callable[[], None] = lambda: None) -> SourceTable:
    """The table of the file at `path`, called `name` in sentences. Raises FileRefused with the cure.

    tick: called again and again while the file is read; what it raises ends the reading.
    """
    limits = limits_for(size_of(path, name))
    with tempfile.TemporaryDirectory(prefix="credit-map-") as folder:
        request: dict[str, object] = {
            "path": str(path.resolve()),
            "name": name,
            "layout": asdict(layout),
            "answer": folder,
        }
        request |= {"seconds": limits.seconds, "memory": limits.own}
        with _reader(request, Path(folder, ERRORS)) as process:
            too_much = _supervised(process, limits, tick)
        return _answer(process.returncode, too_much, Path(folder), name, limits)


@contextmanager
def _reader(request: dict, errors: Path) -> Iterator[subprocess.Popen]:
    """The process at work; it is gone when the block ends, however it ends."""
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, *READER],
            cwd=PROJECT_ROOT,
            env=os.environ | ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for us; we end the process ourselves
        )
    assert process.stdin
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        yield process
    except BrokenPipeError:
        process.wait()  # it ended before it read the request; its exit code says how
    finally:
        process.kill()
        process.stdin.close()
        process.wait()


def _supervised(process: subprocess.Popen, limits: Limits, tick: Callable[[], None]) -> str:
    """Waits for the end; "seconds" or "memory" where it was ended for taking too much of it, else ""."""
    last = time.monotonic() + limits.seconds
    while True:
        try:
            process.wait(POLL_SECONDS)
            return ""
        except subprocess.TimeoutExpired:
            tick()
        if time.monotonic() > last:
            return "seconds"
        if _resident(process.pid) > limits.resident:
            return "memory"


def _resident(pid: int) -> int:
    """Resident memory of a process in bytes; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _answer(code: int, too_much: str, folder: Path, name: str, limits: Limits) -> SourceTable:
    stderr = (folder / ERRORS).read_bytes()[-LONGEST_TRACE:].decode(errors="replace")
    if too_much == "seconds" or code == -signal.SIGXCPU:
        raise FileRefused(f"{name}: reading it took longer than {limits.seconds} seconds; {CURE}.")
    # What is written in Rust gives up without memory; what is killed, and not by us, the system killed for it.
    if too_much == "memory" or code in (NO_MEMORY, -signal.SIGKILL) or "memory allocation" in stderr:
        raise FileRefused(f"{name}: reading it took more than {limits.resident >> 20} MB of memory; {CURE}.")
    if code == REFUSED:
        raise FileRefused((folder / SENTENCE).read_text(encoding="utf-8"))
    if code != 0:
        log.error("reading a file ended with code %s: %s", code, stderr)
        raise FileRefused(f"{name}: its reader broke off, so the file is damaged; export it again, best as CSV.")
    return read_back(folder / TABLE)

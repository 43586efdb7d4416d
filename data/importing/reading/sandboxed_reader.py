"""Reading an untrusted file in a process of its own, which is killed when it takes too much time or memory."""

import errno
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from data.errors import DiskRefused, disk_refusal
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.arrow_files import read_back
from data.importing.reading.packed_sentences import unpacked
from data.importing.reading.reader_process import DISK, NO_MEMORY, REFUSED, SENTENCE, TABLE
from data.importing.reading.tables import SourceTable, size_of

log = logging.getLogger("credit_map")

PROJECT_ROOT = Path(__file__).resolve().parents[3]
READER = ("-m", "data.importing.reading.reader_process")
ERRORS = "errors.txt"
LONGEST_TRACE = 4000  # bytes of it that go to the log
# A reader that has loaded its libraries takes 150 MB and half a second. 175,700 buildings with 40 columns then took
# (seconds, MB in all): CSV of 52 MB 4, 560; XLSX of 39 MB 21, 1,170; GeoPackage of 71 MB 5, 1,060; GeoJSON of 163 MB
# 19, 1,430. Seconds are the processor's own: how busy the machine is must not decide which files are taken.
SECONDS = 8
STARTS_WITHIN = 120  # seconds by the clock in which a reader need not have worked at all
LEAST_SHARE = 1 / 30  # of one processor, what the busiest machine still gives; a reader with less is standing still
BYTES_PER_SECOND = 2**19
OWN_MEMORY = 400 * 2**20
LIBRARIES = 100 * 2**20  # shared with other processes, so not its own
MEMORY_PER_BYTE = 40
MOST_MEMORY = 2 * 2**30
POLL_SECONDS = 0.05  # between two looks at the process
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")  # a second
USER_TIME, SYSTEM_TIME = 11, 12  # their place in /proc/PID/stat behind the name, see proc(5)
# One thread each: the others would only reserve memory, which counts.
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
# Without a trace of Rust, which is longer than what is kept, the reason of a crash is what is kept.
ENVIRONMENT |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONUTF8": "1", "RUST_BACKTRACE": "0"}


@dataclass(frozen=True)
class Limits:
    """seconds: of the processor. own: bytes beside shared libraries. resident: bytes in all."""

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
        with _reader(request, Path(folder)) as process:
            too_much = _supervised(process, limits, tick)
        return _answer(process.returncode, too_much, Path(folder), name, limits)


@contextmanager
def _reader(request: dict, folder: Path) -> Iterator[subprocess.Popen]:
    """The process at work; it is gone when the block ends, however it ends, and its temporary files with the folder."""
    with Path(folder, ERRORS).open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, *READER],
            cwd=PROJECT_ROOT,
            env=os.environ | ENVIRONMENT | {"TMPDIR": str(folder)},
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
    """Waits for the end; what it was ended for ("memory", "seconds" or "standstill"), else ""."""
    begun = monotonic()
    while True:
        try:
            process.wait(POLL_SECONDS)
            return ""
        except subprocess.TimeoutExpired:
            tick()
        if _resident(process.pid) > limits.resident:
            return "memory"
        if too_much := _too_long(_worked(process.pid), monotonic() - begun, limits.seconds):
            return too_much


def _too_long(worked: float | None, elapsed: float, seconds: int) -> str:
    """What a reader is to be ended for, if anything: "seconds" or "standstill".

    worked: seconds of the processor it took so far, None where the system does not tell: then the limit it set itself
    has to do. elapsed: seconds by the clock since it began.
    """
    if worked is not None and worked > seconds:
        return "seconds"
    at_most = seconds if worked is None else worked
    return "standstill" if elapsed > STARTS_WITHIN + at_most / LEAST_SHARE else ""


def _worked(pid: int) -> float | None:
    """Seconds of the processor a process took so far; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / TICKS


def _resident(pid: int) -> int:
    """Resident memory of a process in bytes; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _answer(code: int, too_much: str, folder: Path, name: str, limits: Limits) -> SourceTable:
    stderr = (folder / ERRORS).read_bytes()[-LONGEST_TRACE:].decode(errors="replace")
    if too_much == "seconds" or code == -signal.SIGXCPU:
        raise FileRefused(
            "{name}: reading it took more than {seconds} seconds of the processor; "
            "cut the file in parts, or export it again as CSV.",
            name=name,
            seconds=limits.seconds,
        )
    if too_much == "standstill":
        raise FileRefused("{name}: reading it came to a standstill; hand it in again, best as CSV.", name=name)
    # What is written in Rust gives up without memory; what is killed, and not by us, the system killed for it.
    if too_much == "memory" or code in (NO_MEMORY, -signal.SIGKILL) or "memory allocation" in stderr:
        raise FileRefused(
            "{name}: reading it took more than {limit} MB of memory; cut the file in parts, or export it again as CSV.",
            name=name,
            limit=limits.resident >> 20,
        )
    if code == REFUSED:
        refused = unpacked((folder / SENTENCE).read_text(encoding="utf-8"))
        raise FileRefused(refused.template, **refused.values)
    if (refused_by_disk := _disk_refusal(code, limits)) is not None:
        raise refused_by_disk
    if code != 0:
        log.error("reading a file ended with code %s: %s", code, stderr)
        raise FileRefused(
            "{name}: its reader broke off, so the file is damaged; export it again, best as CSV.", name=name
        )
    return read_back(folder / TABLE)


def _disk_refusal(code: int, limits: Limits) -> DiskRefused | None:
    """Where not the file but the room for what is read from it was wanting."""
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    number = code - DISK
    if number == errno.EFBIG and (most == resource.RLIM_INFINITY or most > limits.own):
        return None  # our own limit: so much no file of a city unfolds to
    return disk_refusal(OSError(number, os.strerror(number))) if number > 0 else None

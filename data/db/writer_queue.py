"""Who asks first to write into a SQLite file writes first, whichever thread or process it is in.

SQLite itself lets in whoever happens to ask at the right moment, so that of many writers one may wait for ever.
"""

import fcntl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from time import monotonic, monotonic_ns, sleep

SUFFIX = "-queue"
FLOCK = "hhqqi0q"  # type, whence, start, length, process: as the kernel has `struct flock`
SECONDS_A_PLACE = 0.001  # between looks, for each place it stands behind: the next in line looks most often
LONGEST_SECONDS = 0.02
HAS_QUEUE = hasattr(fcntl, "F_OFD_SETLK")  # Linux; elsewhere writers meet at SQLite's own lock, in no order
NANOSECONDS_A_PLACE = 5_000_000  # about what a short write takes; tells the back of the line from its head


@contextmanager
def turn(database: Path, seconds: float) -> Iterator[None]:
    """Runs the block once all who asked before have ended theirs, or after so many seconds all the same.

    It only orders the writers; that they exclude each other is the database's own doing. A place in the line is the
    lock of one byte of an empty file beside the database, the byte numbered by the clock of the machine: the kernel
    gives it back when its process dies, and no writer is waited for that is no more.
    """
    with _opened(database) as file:
        if file is not None:
            _wait(file, _place(file), monotonic() + seconds)
        yield


@contextmanager
def _opened(database: Path) -> Iterator[FileIO | None]:
    """None where no file can be made, as on a disk that is only read: the database then says so."""
    if not HAS_QUEUE:
        yield None
        return
    try:
        file = FileIO(f"{database}{SUFFIX}", "a+")
    except OSError:
        yield None
        return
    with file:
        yield file


def _place(file: FileIO) -> int:
    """Takes a place at the end of the line."""
    while True:
        place = monotonic_ns()
        with suppress(BlockingIOError):  # two asked in the same nanosecond
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, _lock(fcntl.F_WRLCK, place, 1))
            return place


def _wait(file: FileIO, place: int, end: float) -> None:
    while (ahead := _ahead(file, place)) is not None and (left := end - monotonic()) > 0:
        places = 1 + (place - ahead) // NANOSECONDS_A_PLACE
        sleep(min(SECONDS_A_PLACE * places, LONGEST_SECONDS, left))


def _ahead(file: FileIO, place: int) -> int | None:
    """The place of one who stands before `place`; None at the head of the line."""
    answer = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _lock(fcntl.F_WRLCK, 0, place))
    kind, _, start, *_ = struct.unpack(FLOCK, answer)
    return None if kind == fcntl.F_UNLCK else start


def _lock(kind: int, start: int, length: int) -> bytes:
    return struct.pack(FLOCK, kind, 0, start, length, 0)

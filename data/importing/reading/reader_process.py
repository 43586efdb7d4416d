"""The process that reads one file for another: it limits itself, reads, writes the table and ends.

Started by data.importing.reading.sandboxed_reader with what to do as one line of JSON on its input, which the
starter keeps open for as long as it lives. A file that breaks, fills or stalls its reader does so here.
"""

import fcntl
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path

REFUSED, NO_MEMORY = 3, 4  # exit codes
DISK, MOST_NUMBERS = 100, 150  # above the first: the number of the system's error added to it
TABLE, SENTENCE = "table.arrow", "refused.json"  # files in the folder of the answer


def main() -> int:
    request = json.loads(sys.stdin.buffer.readline())
    end_with_the_starter()
    limit(request["seconds"], request["memory"])
    try:
        return read(Path(request["path"]), request["name"], request["layout"], Path(request["answer"]))
    except MemoryError:
        return NO_MEMORY
    except OSError as error:  # of the folder of the answer, or of temporary files: the file itself is read by then
        if error.errno is None and "out of memory" in str(error):  # SQLite's own, by way of GDAL
            return NO_MEMORY
        if error.errno is None or not 0 < error.errno < MOST_NUMBERS:
            raise
        return DISK + error.errno


def end_with_the_starter() -> None:
    """Has the system end this process when the other end of its input is closed, whatever it is busy with."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)  # a starter that ignores it would have it ignored here
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # closed already
        sys.exit(1)


def limit(seconds: int, memory: int) -> None:
    """seconds: of the processor. memory: bytes of its own (shared libraries come on top), and of what it writes."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _set(resource.RLIMIT_CPU, seconds, seconds + 1)  # a signal that tells why, then one that ends it
    _set(resource.RLIMIT_DATA, memory, memory)
    _set(resource.RLIMIT_FSIZE, memory, memory)


def _set(which: int, soft: int, hard: int) -> None:
    """As far as the system lets this process: a lower limit that it has already stays."""
    _, most = resource.getrlimit(which)
    limits = (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
    resource.setrlimit(which, limits)


def read(path: Path, name: str, layout: dict, answer: Path) -> int:
    """Leaves the table, or the sentence why there is none, in the folder `answer`; the exit code."""
    from data.importing.errors import FileRefused  # after the limits: they hold for everything that is loaded
    from data.importing.mapping.layout import Layout
    from data.importing.reading.arrow_files import write_table
    from data.importing.reading.packed_sentences import packed
    from data.importing.reading.tables import read_file

    try:
        write_table(answer / TABLE, read_file(path, name, Layout(**layout)))
    except FileRefused as refused:
        (answer / SENTENCE).write_text(packed(refused), encoding="utf-8")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())

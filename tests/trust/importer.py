"""`python -m tests.trust.importer URL FOLDER KEY [STEP]`: given a line, imports the file of the folder under the key.

With a step it is killed in the middle of it, whatever the machine's pace.
"""

import os
import signal
import sys
from pathlib import Path

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database
from data.importing.mapping.parser import read_mapping
from data.importing.writing.run import import_file
from tests.data.riverton import ON

MAPPING, FILE = "buildings.toml", "buildings.csv"


def main() -> None:
    url, folder, key, *last_step = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]

    def report(doing: str, done: int, total: int) -> None:
        if [doing] == last_step and (total == 1 or 2 * done >= total):
            os.kill(os.getpid(), signal.SIGKILL)

    engine, mapping = open_database(url), read_mapping(folder / MAPPING)
    print("ready", flush=True)
    sys.stdin.readline()
    outcome = import_file(engine, SYSTEM, mapping, folder / FILE, ON, actor=COMMAND_LINE, key=key, report=report)
    print(outcome.tallies["buildings"].new, flush=True)


if __name__ == "__main__":
    main()

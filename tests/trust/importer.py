"""`python -m tests.trust.importer URL FOLDER KEY`: given a line, imports the file of the folder under the key."""

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
    url, folder, key = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    engine, mapping = open_database(url), read_mapping(folder / MAPPING)
    print("ready", flush=True)
    sys.stdin.readline()
    outcome = import_file(engine, SYSTEM, mapping, folder / FILE, ON, actor=COMMAND_LINE, key=key)
    print(outcome.tallies["buildings"].new, flush=True)


if __name__ == "__main__":
    main()

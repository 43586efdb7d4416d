"""`python -m tests.trust.writer URL NAME SECONDS`: given a line, it writes, and says so once a write is kept.

A write is one transaction of some facts and one entry of the audit trail. A line of output is a write that was
acknowledged: its number and how long it took in seconds.
"""

import sys
from datetime import date
from time import monotonic

from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db.engine import open_database, writing
from data.db.models.city import Building, Event

FACTS = 3
DAY = date(2024, 7, 1)
ACTION = "write"


def main() -> None:
    url, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    engine = open_database(url)
    print("ready", flush=True)
    sys.stdin.readline()
    end, number = monotonic() + seconds, 0
    while monotonic() < end:
        number += 1
        began = monotonic()
        write(engine, f"{name}-{number}")
        print(number, f"{monotonic() - began:.6f}", flush=True)


def write(engine: Engine, name: str) -> None:
    with writing(engine, SYSTEM) as session:
        building = session.scalars(select(Building).order_by(Building.id).limit(1)).one()
        same = {"building_id": building.id, "city_id": building.city_id, "import_id": building.import_id}
        facts = [
            Event(**same, kind="lead_given", day=DAY, recorded_on=DAY, source_key=f"{name}/{fact}")
            for fact in range(FACTS)
        ]
        session.add_all(facts)
        session.flush()
        record(session, COMMAND_LINE, ACTION, {"write": name})


if __name__ == "__main__":
    main()

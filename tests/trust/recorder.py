"""`python -m tests.trust.recorder URL NAME`: given a line, it records single facts, and says so once one is kept.

A line of output is a fact that was acknowledged: its number. `fact` gives the same command for the same number, so
that whoever started it can send its last form again.
"""

import sys
from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database, reading
from data.db.models.city import Building, Checklist, City, Home
from data.records.commands import Command, EventHappened, FoundHazard, HazardFound, HazardStepTaken, HomeStateSet, Visit
from data.records.keys import Recorded
from data.records.writing import record
from tests.data.town_hall import CITY

DAY = date(2024, 6, 30)
LOCKED_EXIT = FoundHazard("fire", "exit_locked", "medium")


@dataclass(frozen=True)
class Subjects:
    """What a recorder records about."""

    building: int
    home: int
    checklist: str
    items: tuple[str, ...]


def subjects(engine: Engine) -> Subjects:
    with reading(engine, SYSTEM) as session:
        checklist = session.scalars(select(Checklist).join(City).where(City.code == CITY, Checklist.code == "four"))
        items = tuple(checklist.one().items)
        home = select(func.min(Home.id)).join(Building).join(City).where(City.code == CITY)
        building = select(func.min(Building.id)).join(City).where(City.code == CITY)
        return Subjects(session.scalars(building).one(), session.scalars(home).one(), "four", items)


def send(engine: Engine, about: Subjects, name: str, number: int, hazard: int | None = None) -> Recorded:
    """Records the fact of a number by its form, which has a key of its own. hazard: for steps, one that is open."""
    command = fact(about, number, hazard)
    return record(engine, SYSTEM, COMMAND_LINE, CITY, command, key=key_of(name, number), on=DAY)


def key_of(name: str, number: int) -> str:
    return f"{name}, form {number:08}"


def fact(about: Subjects, number: int, hazard: int | None) -> Command:
    """Kinds in turn: a visit with answers and a hazard found, a hazard, a step of that hazard, an event, a home."""
    commands: tuple[Command, ...] = (
        Visit(about.building, DAY, about.checklist, dict.fromkeys(about.items, 1), "A1", (LOCKED_EXIT,)),
        HazardFound(about.building, LOCKED_EXIT.group, LOCKED_EXIT.category, LOCKED_EXIT.severity, DAY),
        HazardStepTaken(hazard or 0, "resolved", DAY),
        EventHappened(about.building, "lead_given", DAY),
        HomeStateSet(about.home, "vacant", DAY),
    )
    return commands[number % len(commands)]


def main() -> None:
    url, name = sys.argv[1], sys.argv[2]
    engine = open_database(url)
    about, hazard = subjects(engine), None
    print("ready", flush=True)
    sys.stdin.readline()
    for number in count():
        recorded = send(engine, about, name, number, hazard)
        hazard = recorded.id  # of a hazard, where the next number is a step
        print(number, recorded.id, flush=True)


if __name__ == "__main__":
    main()

"""What can be recorded: a command a kind. Days are those on which it happened, ids those of the tables.

A command with `corrects` replaces the row of its kind with that id, which stays in the tables and counts no more. It
says everything anew, and may say it of another building: then the fact moves there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

NO_ANSWERS: Mapping[str, int | None] = {}


@dataclass(frozen=True)
class FoundHazard:
    """A hazard found on a visit, on its day. category: a code of the hazard catalogue."""

    group: str
    category: str
    severity: str
    due_on: date | None = None


@dataclass(frozen=True)
class Visit:
    """A visit by an officer. checklist: its code, with an answer for every item; None for a visit without one.

    answers: item → digit, None where the item does not apply. hazards: found on it and kept with it; a correction
    carries none, and those of the visit it corrects stay as they are. inspector: an opaque code.
    """

    building_id: int
    day: date
    checklist: str | None = None
    answers: Mapping[str, int | None] = field(default_factory=lambda: NO_ANSWERS)
    inspector: str | None = None
    hazards: tuple[FoundHazard, ...] = ()
    corrects: int | None = None


@dataclass(frozen=True)
class HazardFound:
    """A hazard that nobody's visit brought to light, such as one that was reported.

    A correction takes the steps of the hazard it corrects along.
    """

    building_id: int
    group: str
    category: str
    severity: str
    found_on: date
    due_on: date | None = None
    corrects: int | None = None


@dataclass(frozen=True)
class HazardStepTaken:
    """A step in the life of a hazard after it was found. department: whom it was handed to, or who took it.

    corrects: the id of a step, of this hazard or of another where it was noted by mistake. As steps are never
    changed, its hazard is then written anew without that step, and has a new id.
    """

    hazard_id: int
    step: str
    day: date
    department: str | None = None
    corrects: int | None = None


@dataclass(frozen=True)
class EventHappened:
    """A case, an accident or a lead. kind: one that a rule of the city counts."""

    building_id: int
    kind: str
    day: date
    corrects: int | None = None


@dataclass(frozen=True)
class HomeStateSet:
    """From `day` on a public-rental home is let, vacant, under repair or reserved.

    Of two for the same home and day the later recorded counts, which is how a state is corrected; a wrong day is
    corrected by the state that stood before on that day, and the right one on the right day.
    """

    home_id: int
    state: str
    day: date


@dataclass(frozen=True)
class VisitWithdrawn:
    """A visit that never was: it counts no more, and nothing takes its place. Hazards found on it stay."""

    withdraws: int


@dataclass(frozen=True)
class HazardWithdrawn:
    """A hazard that never was; it counts no more, with all its steps."""

    withdraws: int


@dataclass(frozen=True)
class EventWithdrawn:
    """A case, an accident or a lead that never was, or was recorded twice."""

    withdraws: int


Withdrawal = VisitWithdrawn | HazardWithdrawn | EventWithdrawn
Command = Visit | HazardFound | HazardStepTaken | EventHappened | HomeStateSet | Withdrawal

"""A few buildings by name, and how such a building becomes a fact log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods
from scoring.rulebook.fact import BUILDING_FIELDS

SOME_DAY = date(2010, 6, 30)


@dataclass(frozen=True)
class Hazard:
    """One time a hazard stood open."""

    found: date
    group: str = "fire"
    severity: str = "medium"
    closed: date | None = None
    due: date | None = None
    transferred: date | None = None


@dataclass(frozen=True)
class Building:
    """events: kind → days; inspections: a day with the answers by item, facts.NOT_APPLICABLE and NOT_KNOWN among them;
    fields: what is said of the building itself."""

    name: str
    events: Mapping[str, Sequence[date]] = field(default_factory=dict)
    inspections: Sequence[tuple[date, Mapping[str, float]]] = ()
    hazards: Sequence[Hazard] = ()
    fields: Mapping[str, int] = field(default_factory=dict)


WELL_KEPT = {"registers_tenants": 1, "security_doors": 1, "good_neighbours": 1, "clean": 1}

PLUM_COURT = Building("Plum Court is quiet and well kept", inspections=[(date(2010, 5, 1), WELL_KEPT)])
HARBOUR_ROW = Building(
    "Harbour Row had two burglaries",
    events={"criminal_case": [date(2009, 12, 31), date(2010, 6, 1)]},
    inspections=[(date(2010, 5, 1), WELL_KEPT)],
)
LANTERN_HOUSE = Building(
    "Lantern House has a keeper who helped solve a case",
    events={"lead_solved_case": [date(2010, 4, 2)]},
    inspections=[(date(2010, 5, 1), WELL_KEPT)],
)
LOCKED_YARD = Building("Nobody has been let into Locked Yard")


def fact_log(*buildings: Building) -> FactLog:
    """The fact log of these buildings, in their order; inspections with different items are different check-lists."""
    kinds = sorted({kind for building in buildings for kind in building.events})
    checklists = sorted({tuple(answers) for building in buildings for _, answers in building.inspections})
    return FactLog(
        buildings=len(buildings),
        events={kind: _events(buildings, kind) for kind in kinds},
        checklists=tuple(_checklist_answers(buildings, items) for items in checklists),
        open_periods=_open_periods(buildings),
        fields={
            name: np.array([building.fields.get(name, np.nan) for building in buildings], np.float64)
            for name in BUILDING_FIELDS
        },
    )


def _days(days: Sequence[date | None]) -> np.ndarray:
    return np.array(days, "datetime64[D]")


def _events(buildings: Sequence[Building], kind: str) -> tuple[np.ndarray, np.ndarray]:
    rows = [(row, day) for row, building in enumerate(buildings) for day in building.events.get(kind, ())]
    return np.array([row for row, _ in rows], np.int32), _days([day for _, day in rows])


def _checklist_answers(buildings: Sequence[Building], items: tuple[str, ...]) -> ChecklistAnswers:
    rows = [
        (row, day, [answers[item] for item in items])
        for row, building in enumerate(buildings)
        for day, answers in building.inspections
        if tuple(answers) == items
    ]
    answers = _numbers([answers for *_, answers in rows]).reshape(len(rows), len(items))
    return ChecklistAnswers(
        items, np.array([row for row, *_ in rows], np.int32), _days([day for _, day, _ in rows]), answers
    )


def _numbers(answers: Sequence[Sequence[float]]) -> np.ndarray:
    """As they are stored: int8 where that holds them."""
    numbers = np.array(answers, np.float64)
    return numbers if np.any(numbers > 9) or np.any(numbers % 1) else numbers.astype(np.int8)


def _open_periods(buildings: Sequence[Building]) -> OpenPeriods:
    rows = [(row, hazard) for row, building in enumerate(buildings) for hazard in building.hazards]
    return OpenPeriods(
        building=np.array([row for row, _ in rows], np.int32),
        group=np.array([hazard.group for _, hazard in rows], object),
        severity=np.array([hazard.severity for _, hazard in rows], object),
        opened=_days([hazard.found for _, hazard in rows]),
        closed=_days([hazard.closed for _, hazard in rows]),
        due=_days([hazard.due for _, hazard in rows]),
        transferred=_days([hazard.transferred for _, hazard in rows]),
    )

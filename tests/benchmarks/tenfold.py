"""The kept district ten times over, side by side: ten times the facts and the buildings."""

from dataclasses import replace

import numpy as np

from data.city.city_facts import CityFacts
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

TIMES = 10
NO_FASTER = 1.25  # times TIMES: ten districts fit no cache that held one, which is no matter of the method


def side_by_side(of: CityFacts) -> CityFacts:
    """The district TIMES over, with other buildings, communities and inspectors each time."""
    n, known = of.fact_log.buildings, of.fact_log

    def again(values: np.ndarray) -> np.ndarray:
        return np.tile(values, (TIMES,) + (1,) * (values.ndim - 1))

    def others(numbers: np.ndarray, many: int) -> np.ndarray:
        return (again(numbers) + np.repeat(np.arange(TIMES), len(numbers)) * many).astype(numbers.dtype)

    checks = tuple(
        ChecklistAnswers(one.items, others(one.building, n), again(one.day), again(one.answers), again(one.inspector))
        for one in known.checklists
    )
    events = {kind: (others(building, n), again(day)) for kind, (building, day) in known.events.items()}
    stood = known.open_periods
    kept = (stood.group, stood.severity, stood.opened, stood.closed, stood.due, stood.transferred)
    open_periods = OpenPeriods(others(stood.building, n), *(again(column) for column in kept))
    levels = {level: others(of.buildings[level], of.buildings[level].max() + 1) for level in ("community", "grid")}
    visits = {
        "building": others(of.visits["building"], n),
        "day": again(of.visits["day"]),
        "inspector": others(of.visits["inspector"], len(of.inspectors)),
    }
    buildings = {"id": np.arange(n * TIMES)} | levels
    stored = replace(of.dated, fact_log=FactLog(n * TIMES, events, checks, open_periods), visits=visits)
    return replace(of, buildings=buildings, stored=stored, recent=None)

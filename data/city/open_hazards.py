"""What of a building's hazards stands open on a day, who has it now, and until when it was to be mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.city.fact_tables import CLOSING_STEPS, OPENING_STEPS


@dataclass(frozen=True)
class OpenHazard:
    """A hazard that is not mended yet.

    opened_on: when it was found, or last reopened; step, step_on: the latest since then; department: who has it by
    that step, None: nobody was named. overdue: the days since the due day, 0 where there is none or it has not passed.
    """

    group: str
    category: str
    severity: str
    opened_on: date
    due_on: date | None
    step: str
    step_on: date
    department: str | None
    overdue: int


Step = tuple[str, date, str | None]


def open_hazards(hazards: pd.DataFrame, on: date) -> tuple[OpenHazard, ...]:
    """By due day, so that the longest overdue is first; without one last.

    hazards: as queries.hazards_of_building gives them.
    """
    found = filter(None, (_open_hazard(steps, on) for _, steps in hazards.groupby("id", sort=True)))
    return tuple(sorted(found, key=lambda one: (one.due_on or date.max, one.opened_on)))


def _open_hazard(rows: pd.DataFrame, on: date) -> OpenHazard | None:
    """None where it is closed. rows: its steps."""
    first = rows.iloc[0]
    since = _since_it_opened([("found", first["found_on"], None), *_later_steps(rows)])
    if not since:
        return None
    step, step_on, department = since[-1]
    due_on = first["due_on"] or None
    return OpenHazard(
        group=first["group"],
        category=first["category"],
        severity=first["severity"],
        opened_on=since[0][1],
        due_on=due_on,
        step=step,
        step_on=step_on,
        department=department,
        overdue=max((on - due_on).days, 0) if due_on else 0,
    )


def _later_steps(rows: pd.DataFrame) -> Iterator[Step]:
    for step, day, department in zip(rows["step"], rows["step_day"], rows["department"], strict=True):
        if step not in (None, "found"):
            yield step, day, department


def _since_it_opened(steps: Sequence[Step]) -> list[Step]:
    """The steps from its last opening on; none where it was closed after that. As the open periods of the facts."""
    since: list[Step] = []
    for one in steps:
        if one[0] in CLOSING_STEPS:
            since = []
        elif one[0] in OPENING_STEPS and not since:
            since = [one]
        elif since:
            since.append(one)
    return since

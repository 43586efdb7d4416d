"""The closed loop of a hazard: which step may follow which."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from data.records.errors import RecordRefused
from scoring.errors import Sentence

FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "found": ("mended_on_the_spot", "transferred", "taken_up", "resolved"),
    "transferred": ("transferred", "taken_up", "resolved"),  # one department may hand it on to another
    "taken_up": ("transferred", "resolved"),
    "mended_on_the_spot": ("verified", "reopened"),
    "resolved": ("verified", "reopened"),
    "verified": ("reopened",),
    "reopened": ("mended_on_the_spot", "transferred", "taken_up", "resolved"),
}
STEPS = tuple(step for step in FOLLOWS if step != "found")  # that can be taken; a hazard begins by being found


class Step(NamedTuple):
    """A step and its day."""

    step: str
    day: date


def check_order(before: Sequence[Step], after: Sequence[Step]) -> None:
    """Refuses a change of a hazard's steps that brings in two of which the second cannot follow the first.

    Both in the order of days, and of one day in that of recording. What an import brought in out of order before
    does not stand in the way. Raises RecordRefused.
    """
    known = set(_impossible(before))
    for first, second in _impossible(after):
        if (first, second) not in known:
            raise RecordRefused(
                "After '{first}' on {first_day} a hazard cannot be '{second}' on {second_day}; look at them again.",
                first=Sentence(first.step),
                first_day=first.day,
                second=Sentence(second.step),
                second_day=second.day,
            )


def _impossible(steps: Sequence[Step]) -> list[tuple[Step, Step]]:
    in_order = sorted(steps, key=lambda step: step.day)
    return [(first, second) for first, second in pairwise(in_order) if second.step not in FOLLOWS[first.step]]

"""Officers and their leave as a file brings them: what a row must say besides what each of its cells holds."""

from collections.abc import Mapping

import numpy as np

from data.importing.checking.object_arrays import not_null
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.mapping.fields import TARGETS

OFFICER = TARGETS["officer"].fields
NO_AREA = RowError("value_missing", "Nobody is sent without an area; say which one is this officer's.")


def check_areas(area_ids: np.ndarray, present: np.ndarray, faults: RowErrors) -> None:
    faults.add_all(np.flatnonzero(present & ~faults.bad & ~not_null(area_ids)), NO_AREA)


def check_hours(values: Mapping[str, np.ndarray], present: np.ndarray, faults: RowErrors) -> None:
    """Of what the rows say: a day ends after it begins, and is as long as the minutes for visits at least."""
    usual = {name: OFFICER[name].default for name in ("works_from", "works_until")}
    begins, ends = (values.get(name, np.full(len(present), minute, object)) for name, minute in usual.items())
    minutes = values["minutes_a_day"]
    wanted = np.flatnonzero(present & ~faults.bad)
    reversed_ = wanted[(begins[wanted] >= ends[wanted]).astype(bool)]
    faults.add_each(reversed_, lambda row: hours_reversed(begins[row], ends[row]))
    short = wanted[(minutes[wanted] > ends[wanted] - begins[wanted]).astype(bool)]
    short = np.setdiff1d(short, reversed_)
    faults.add_each(short, lambda row: day_too_short(minutes[row], begins[row], ends[row]))


def check_leave(first: np.ndarray, last: np.ndarray, present: np.ndarray, faults: RowErrors) -> None:
    wanted = np.flatnonzero(present & ~faults.bad)
    wrong = wanted[(first[wanted] > last[wanted]).astype(bool)]
    faults.add_each(wrong, lambda row: _leave_reversed(first[row], last[row]))


def hours_reversed(begins: int, ends: int) -> RowError:
    return RowError(
        "hours_do_not_fit",
        "The day ends at {ends}, not after it begins at {begins}; correct the hours.",
        ends=clock(ends),
        begins=clock(begins),
    )


def day_too_short(minutes: int, begins: int, ends: int) -> RowError:
    return RowError(
        "hours_do_not_fit",
        "From {begins} to {ends} there are no {minutes} minutes for visits; correct the hours or the minutes.",
        begins=clock(begins),
        ends=clock(ends),
        minutes=minutes,
    )


def _leave_reversed(first: object, last: object) -> RowError:
    return RowError(
        "leave_reversed",
        "The leave ends on {last}, before it begins on {first}; correct the days.",
        first=first,
        last=last,
    )


def clock(minute: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minute // 60:02}:{minute % 60:02}"

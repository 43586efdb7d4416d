"""Dishonesty in public rental housing, after Bozhou: recorded, recognised, then repaired or expired."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from scoring.errors import WrongFacts
from scoring.grading.facts import first_day_out
from scoring.rulebook.model import Text
from scoring.rulebook.toml_table import Table, table

LEVELS = Path(__file__).parents[1] / "rules" / "credit_levels.toml"
LEVEL_CODES = ("minor", "serious", "severe")  # mildest first
SUBJECT_KINDS = ("enterprise", "household")
STATES = ("recorded", "recognised", "repaired", "expired")
RECORDED, RECOGNISED, REPAIRED, EXPIRED = range(4)
NOT_THERE = -1  # the state of a record before the day it is recorded


@dataclass(frozen=True)
class Level:
    """How grave a dishonesty is, and how many years it stays public from its recognition."""

    code: str
    name: Text
    quote: str
    years_public: int


@dataclass(frozen=True)
class Scale:
    """Everything credit_levels.toml says."""

    source: Text
    quote: str
    life_quote: str  # the steps of a record's life
    levels: tuple[Level, ...]  # in the order of LEVEL_CODES
    assumed: tuple[Text, ...]


@dataclass(frozen=True)
class Records:
    """One row a record, all arrays of shape (r,).

    subject: whole numbers, one a person or enterprise; kind: places in SUBJECT_KINDS; level: places in LEVEL_CODES;
    recorded, recognised, repaired: datetime64[D], NaT where it has not come to that. Raises WrongFacts.
    """

    subject: np.ndarray
    kind: np.ndarray
    level: np.ndarray
    recorded: np.ndarray
    recognised: np.ndarray
    repaired: np.ndarray

    def __post_init__(self) -> None:
        skipped = np.isnat(self.recorded) | (np.isnat(self.recognised) & ~np.isnat(self.repaired))
        if np.any(skipped | (self.recognised < self.recorded) | (self.repaired < self.recognised)):
            raise WrongFacts("A record is recorded, then recognised, then repaired; the days of one do not rise.")
        subjects = np.unique(self.subject)
        if len(np.unique(np.stack([self.subject, self.kind]), axis=1).T) > len(subjects):
            raise WrongFacts("A subject is an enterprise or a household; one has records as both.")


@cache
def scale() -> Scale:
    """The levels this repository ships. Raises WrongRule."""
    return read_scale(LEVELS.name, LEVELS.read_text(encoding="utf-8"))


def read_scale(file: str, text: str) -> Scale:
    """The levels in a TOML text. Raises WrongRule with file, place and cure."""
    with table(file, text) as top:
        levels = tuple(_level(one) for one in top.tables("level"))
        codes = tuple(level.code for level in levels)
        if codes != LEVEL_CODES:
            raise top.wrong(
                "the levels are {codes}; they must be {level_codes}, mildest first",
                codes=tuple(codes),
                level_codes=LEVEL_CODES,
            )
        return Scale(top.text("source"), top.string("quote"), top.string("life_quote"), levels, top.texts("assumed"))


def states_on(records: Records, on: date) -> np.ndarray:
    """The state of every record at the end of `on`, int8 (r,), places in STATES; NOT_THERE before its recording.

    It expires when the years of its level have passed since it was recognised; what was repaired by then is repaired.
    """
    today = np.datetime64(on, "D")
    ends = expiry_days(records)
    states = [records.repaired <= np.minimum(today, ends - 1), ends <= today, records.recognised <= today]
    return np.select([*states, records.recorded <= today], [REPAIRED, EXPIRED, RECOGNISED, RECORDED], NOT_THERE).astype(
        np.int8
    )


def expiry_days(records: Records) -> np.ndarray:
    """The first day on which each record is public no more unless repaired before, datetime64[D]; NaT: unrecognised."""
    months = np.array([level.years_public * 12 for level in scale().levels])
    return first_day_out(records.recognised, months[records.level])


def public_on(records: Records, on: date) -> np.ndarray:
    """Which records may be shown to the public at the end of `on`, bool (r,): recognised, not repaired, not expired."""
    return states_on(records, on) == RECOGNISED


def records_by_level(records: Records, mask: np.ndarray) -> np.ndarray:
    """How many of the records in `mask`, bool (r,), are of each level, int64, in the order of LEVEL_CODES."""
    return np.bincount(records.level[mask], minlength=len(LEVEL_CODES))


def states_by_level(records: Records, on: date, mask: np.ndarray) -> np.ndarray:
    """How many of the records in `mask`, bool (r,), are in each state at the end of `on`, int64 (STATES, LEVEL_CODES).

    Its sum is the number of those that are there by then.
    """
    states = states_on(records, on)
    return np.stack([records_by_level(records, mask & (states == state)) for state in range(len(STATES))])


def subjects_by_kind(records: Records, mask: np.ndarray) -> np.ndarray:
    """How many subjects the records in `mask` name, each once, int64, in the order of SUBJECT_KINDS."""
    _, first = np.unique(records.subject[mask], return_index=True)
    return np.bincount(records.kind[mask][first], minlength=len(SUBJECT_KINDS))


def _level(one: Table) -> Level:
    with one:
        return Level(one.string("code"), one.text("name"), one.string("quote"), one.whole("years_public", least=1))

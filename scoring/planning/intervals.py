"""How often who is to come: the intervals of an edition by grade and role, and published ones to set beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from scoring.errors import NoSuchIntervals
from scoring.planning.figures import figures
from scoring.rulebook.model import Edition, Text
from scoring.rulebook.toml_table import Table, table

PUBLISHED = Path(__file__).with_name("published_intervals")


@dataclass(frozen=True)
class Intervals:
    """Days between two visits, by grade and by the role that is to come.

    days: timedelta64[D] (n_grades + 1, n_roles), NaT where a role does not come; the last row is the unrated's.
    counts: bool (n_roles, n_roles), whether a visit by the role of the row ends the need of the role of the column.
    """

    roles: tuple[str, ...]
    days: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class PublishedIntervals:
    """What a city published on how often to come, and by which of its levels each grade of a rule set is visited."""

    name: str
    title: Text
    source: Text
    quotes: Mapping[str, str]  # level → the sentence
    days: Mapping[str, Mapping[str, int]]  # level → role → days
    levels: Mapping[str, Mapping[str, str]]  # rule set → grade → level
    assumed: tuple[Text, ...]


def intervals_of(edition: Edition, instead: PublishedIntervals | None = None) -> Intervals:
    """The intervals an edition states, or those a city published for its grades.

    Raises NoSuchIntervals where the published ones do not speak of this rule set.
    """
    every = edition.inspect_every_days if instead is None else _by_grade(instead, edition)
    roles = tuple(dict.fromkeys(role for grade in edition.grades for role in every[grade.code]))
    days = np.full((len(edition.grades) + 1, len(roles)), "NaT", "timedelta64[D]")
    for row, grade in enumerate(edition.grades):
        for role, number in every[grade.code].items():
            days[row, roles.index(role)] = np.timedelta64(number, "D")
    days[-1, 0] = np.timedelta64(figures().unrated_every_days, "D")
    return Intervals(roles, days, counting(roles, edition.visit_counts_also_for))


def counting(roles: tuple[str, ...], also: Mapping[str, tuple[str, ...]] | None) -> np.ndarray:
    """Whether a visit by one role ends the need of another, bool (n_roles, n_roles); None: by the default."""
    also = figures().counts_also_for if also is None else also
    counts = np.eye(len(roles), dtype=bool)
    for came, needs in also.items():
        for need in needs:
            if came in roles and need in roles:
                counts[roles.index(came), roles.index(need)] = True
    return counts


@cache
def published_intervals(name: str) -> PublishedIntervals:
    """The intervals published under a name, such as "longgang". Raises NoSuchIntervals, WrongRule."""
    known = {path.stem: path for path in PUBLISHED.glob("*.toml")}
    if name not in known:
        raise NoSuchIntervals(
            "There are no published intervals '{name}'; there are {known}.", name=name, known=tuple(sorted(known))
        )
    return read_published(name, known[name].read_text(encoding="utf-8"))


def read_published(name: str, text: str) -> PublishedIntervals:
    """Published intervals in a TOML text. Raises WrongRule with file, table and cure."""
    with table(f"{name}.toml", text) as top:
        title, source, assumed = top.text("title"), top.text("source"), top.texts("assumed")
        days, quotes = {}, {}
        for one in top.tables("level"):
            with one:
                code = one.string("code")
                quotes[code] = one.string("quote")
                days[code] = _days(one)
        with top.table("grades") as rule_sets:
            levels = {rule_set: _levels(rule_sets.table(rule_set), tuple(days)) for rule_set in rule_sets.values}
    return PublishedIntervals(name, title, source, quotes, days, levels, assumed)


def _days(level: Table) -> dict[str, int]:
    with level.table("every_days") as roles:
        return {role: roles.whole(role, least=1) for role in roles.values}


def _levels(grades: Table, known: tuple[str, ...]) -> dict[str, str]:
    with grades:
        return {grade: grades.choice(grade, known) for grade in grades.values}


def _by_grade(published: PublishedIntervals, edition: Edition) -> dict[str, Mapping[str, int]]:
    levels = published.levels.get(edition.rule_set, {})
    if missing := tuple(grade.code for grade in edition.grades if grade.code not in levels):
        raise NoSuchIntervals(
            "The intervals '{name}' say nothing of '{rule_set}': {missing}; add them to its file under [grades].",
            name=published.name,
            rule_set=edition.rule_set,
            missing=missing,
        )
    return {grade.code: published.days[levels[grade.code]] for grade in edition.grades}

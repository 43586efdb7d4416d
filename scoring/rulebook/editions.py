"""Which edition of a rule set is in force on a day."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from scoring.errors import NoRuleInForce, NoSuchRuleSet, WrongRule
from scoring.rulebook.model import Cap, Category, Criterion, Edition, Fact, FactColumn, Grade, Item, Text
from scoring.rulebook.parser import edition_from, read_edition

__all__ = [
    "RULES",
    "Cap",
    "Category",
    "Criterion",
    "Edition",
    "Fact",
    "FactColumn",
    "Grade",
    "Item",
    "Rulebook",
    "Text",
    "edition_from",
    "edition_on",
    "editions",
    "read_edition",
    "rule_sets",
]

RULES = Path(__file__).parents[1] / "rules"


@cache
def rule_sets() -> tuple[str, ...]:
    """The names of the rule sets there are, in alphabetical order."""
    return tuple(sorted(folder.name for folder in RULES.iterdir() if folder.is_dir()))


@cache
def editions(rule_set: str) -> tuple[Edition, ...]:
    """Every edition of a rule set, earliest first. Raises NoSuchRuleSet, WrongRule."""
    if rule_set not in rule_sets():
        raise NoSuchRuleSet(
            "There is no rule set '{rule_set}'; there are {known}.", rule_set=rule_set, known=tuple(rule_sets())
        )
    return tuple(read_edition(path) for path in sorted((RULES / rule_set).glob("*.toml")))


def edition_on(rule_set: str, on: date) -> Edition:
    """The edition of the rule files in force on a day. Raises NoSuchRuleSet, NoRuleInForce, WrongRule."""
    return Rulebook().on(rule_set, on)


@dataclass(frozen=True)
class Rulebook:
    """The editions a city is graded by: those of the rule files, and those it has published, earliest first.

    Of two with the same first day the one published last counts.
    """

    published: tuple[Edition, ...] = ()

    def editions(self, rule_set: str) -> tuple[Edition, ...]:
        """Every edition of a rule set that comes into force, earliest first. Raises NoSuchRuleSet, WrongRule."""
        published = (edition for edition in self.published if edition.rule_set == rule_set)
        by_day = {edition.in_force: edition for edition in (*editions(rule_set), *published)}
        in_order = tuple(by_day[day] for day in sorted(by_day))
        for edition in in_order[1:]:
            _refuse_other_grades(edition, in_order[0])
        return in_order

    def on(self, rule_set: str, day: date) -> Edition:
        """The edition in force on a day. Raises NoSuchRuleSet, NoRuleInForce, WrongRule."""
        in_order = self.editions(rule_set)
        begun = [edition for edition in in_order if edition.in_force <= day]
        if not begun:
            raise NoRuleInForce(
                "No edition of '{rule_set}' had begun by {day}; the first is in force from {first}.",
                rule_set=rule_set,
                day=day,
                first=in_order[0].in_force,
            )
        return begun[-1]

    def begins(self, rule_set: str) -> date:
        """The first day on which the rule set is in force."""
        return self.editions(rule_set)[0].in_force

    def content_hash(self, rule_set: str) -> str:
        """One text for the same editions from the same days."""
        identity = "\n".join(f"{edition.in_force} {edition.sha256}" for edition in self.editions(rule_set))
        return hashlib.sha256(identity.encode()).hexdigest()


def _refuse_other_grades(edition: Edition, first: Edition) -> None:
    """The history of a rule set is read by the names of its grades."""
    if [grade.code for grade in edition.grades] != [grade.code for grade in first.grades]:
        codes = tuple(grade.code for grade in first.grades)
        where = f"{edition.rule_set}/{edition.in_force}.toml"
        raise WrongRule(
            "{where}: the grades of a rule set stay as they began ({codes}); make a new rule set instead.",
            where=where,
            codes=codes,
        )

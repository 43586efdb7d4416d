"""Which edition of a rule set is in force on a day."""

from datetime import date
from functools import cache
from pathlib import Path

from scoring.criteria import Cap, Category, Criterion, Edition, Fact, Grade, Item, Need, Text
from scoring.errors import NoRuleInForce, NoSuchRuleSet
from scoring.rule_files import edition_from, read_edition

__all__ = [
    "RULES",
    "Cap",
    "Category",
    "Criterion",
    "Edition",
    "Fact",
    "Grade",
    "Item",
    "Need",
    "Text",
    "edition_from",
    "edition_on",
    "editions",
    "read_edition",
    "rule_sets",
]

RULES = Path(__file__).with_name("rules")


@cache
def rule_sets() -> tuple[str, ...]:
    """The names of the rule sets there are, in alphabetical order."""
    return tuple(sorted(folder.name for folder in RULES.iterdir() if folder.is_dir()))


@cache
def editions(rule_set: str) -> tuple[Edition, ...]:
    """Every edition of a rule set, earliest first. Raises NoSuchRuleSet, WrongRule."""
    if rule_set not in rule_sets():
        raise NoSuchRuleSet(f"There is no rule set '{rule_set}'; there are {', '.join(rule_sets())}.")
    return tuple(read_edition(path) for path in sorted((RULES / rule_set).glob("*.toml")))


def edition_on(rule_set: str, on: date) -> Edition:
    """The edition in force on a day. Raises NoSuchRuleSet, NoRuleInForce, WrongRule."""
    known = editions(rule_set)
    begun = [edition for edition in known if edition.in_force <= on]
    if not begun:
        first = known[0].in_force
        raise NoRuleInForce(f"No edition of '{rule_set}' had begun by {on}; the first is in force from {first}.")
    return begun[-1]

"""The categories of hazard, from rules/hazard_categories.toml: group, severity and days to mend."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scoring.rulebook.model import Text
from scoring.rulebook.toml_table import Table, table

GROUPS = ("counter_terrorism", "public_order", "fire", "safety", "hygiene", "neighbours")
SEVERITIES = ("low", "medium", "high")
CATEGORIES = Path(__file__).parents[1] / "rules" / "hazard_categories.toml"


@dataclass(frozen=True)
class Category:
    """A kind of hazard an officer may find."""

    code: str
    group: str
    severity: str
    days_to_mend: int
    name: Text


@dataclass(frozen=True)
class Catalogue:
    """Everything hazard_categories.toml says."""

    groups: dict[str, Text]
    severities: dict[str, Text]
    categories: tuple[Category, ...]


@cache
def catalogue() -> Catalogue:
    """The catalogue this repository ships. Raises WrongRule."""
    return read_catalogue(CATEGORIES.name, CATEGORIES.read_text(encoding="utf-8"))


def categories() -> tuple[Category, ...]:
    """The 46 categories, by group."""
    return catalogue().categories


def read_catalogue(file: str, text: str) -> Catalogue:
    """The catalogue in a TOML text. Raises WrongRule with file, table and cure."""
    with table(file, text) as top:
        groups = _names(top, "groups", GROUPS)
        severities = _names(top, "severities", SEVERITIES)
        days = _days_to_mend(top)
        listed = tuple(_category(entry, days) for entry in top.tables("category"))
        codes = [category.code for category in listed]
        for code in codes:
            if codes.count(code) > 1:
                raise top.wrong("category '{code}' stands twice; give each code once", code=code)
    return Catalogue(groups, severities, listed)


def _names(top: Table, key: str, codes: tuple[str, ...]) -> dict[str, Text]:
    with top.table(key) as names:
        return {code: names.text(code) for code in codes}


def _days_to_mend(top: Table) -> dict[str, int]:
    top.text("days_to_mend_assumed")
    with top.table("days_to_mend") as days:
        return {severity: days.whole(severity, least=1) for severity in SEVERITIES}


def _category(entry: Table, days: dict[str, int]) -> Category:
    with entry:
        severity = entry.choice("severity", SEVERITIES)
        return Category(
            code=entry.string("code"),
            group=entry.choice("group", GROUPS),
            severity=severity,
            days_to_mend=days[severity],
            name=Text(entry.string("zh"), entry.string("en")),
        )

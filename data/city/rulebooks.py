"""The rulebook of a city: the rule files and what the city has published itself."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.db.models.city import City
from data.db.models.rules import PublishedEdition
from scoring.rulebook.editions import Edition, Rulebook, edition_from


def rulebook(session: Session, city: City) -> Rulebook:
    """Rules are public: whoever sees the city may read them."""
    columns = (PublishedEdition.text, PublishedEdition.rule_set, PublishedEdition.in_force)
    question = select(*columns).where(PublishedEdition.city_id == city.id).order_by(PublishedEdition.id)
    return Rulebook(tuple(_edition(*row) for row in session.execute(question)))


def rules_version(session: Session, city: City) -> int:
    """Another number after every edition the city publishes; 0 before the first."""
    return session.scalar(select(func.max(PublishedEdition.id)).where(PublishedEdition.city_id == city.id)) or 0


def editions_in_force(rules: Rulebook, rule_sets: Iterable[str], on: date) -> dict[str, Edition]:
    """The edition of each rule set on a day, without those that had not begun. Raises NoSuchRuleSet, WrongRule."""
    return {name: rules.on(name, on) for name in rule_sets if rules.begins(name) <= on}


@lru_cache(maxsize=64)
def _edition(text: str, rule_set: str, in_force: date) -> Edition:
    return edition_from(text, rule_set, in_force)

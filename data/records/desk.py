"""Where a fact is written: the transaction, for whom, about which city, on which day; and what came of it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.rulebooks import rulebook
from data.db.models.city import City
from scoring.rulebook.model import Edition


@dataclass(frozen=True)
class Desk:
    """One transaction. scope: what the account may see; on: today."""

    session: Session
    scope: AccessScope
    city: City
    on: date

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition the city has been or will be graded by."""
        rules = rulebook(self.session, self.city)
        return tuple(edition for rule_set in self.city.rule_sets for edition in rules.editions(rule_set))


@dataclass(frozen=True)
class Written:
    """A row that was written. touched: the buildings it changes something about, the first that of the row itself.

    corrects: the row it takes the place of.
    """

    id: int
    touched: tuple[int, ...]
    corrects: int | None = None

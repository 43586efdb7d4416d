"""Everything about one building on a day: what it is, how it is rated and why, what happened there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data import queries
from data.ledgers import CityLedger
from data.models import Building, City
from data.rules.rulebooks import rulebook
from data.viewer import Viewer
from scoring.criteria import Edition
from scoring.editions import Rulebook
from scoring.facts import facts_on
from scoring.rating import Rating, rate
from scoring.reasons import Reason


@dataclass(frozen=True, eq=False)
class Card:
    """One building's file. ratings: rule set → the rating of this building alone, row 0.

    reasons: rule set → those the viewer may read; what is known of tenants is for the police.
    """

    building: Building
    areas: tuple[tuple[str, str], ...]  # Chinese and English names, widest first
    ratings: Mapping[str, tuple[Edition, Rating]]
    reasons: Mapping[str, tuple[Reason, ...]]
    history: pd.DataFrame  # day, kind, what; latest first
    homes: Mapping[str, int]  # public-rental homes by state


def card(session: Session, viewer: Viewer, city: City, ledger: CityLedger, code: str, on: date) -> Card | None:
    """None where there is no such building or the viewer may not see it."""
    building = queries.building_by_code(session, viewer, city, code)
    if building is None:
        return None
    row = int(ledger.rows_of(np.array([building.id]))[0])
    ids = (building.district_id, building.street_id, building.community_id, building.grid_id)
    names = queries.area_names(session, viewer, ids)
    rules = rulebook(session, city)
    ratings = {name: _rated(ledger, row, rules, name, on) for name in city.rule_sets}
    return Card(
        building=building,
        areas=tuple(names[area] for area in ids if area in names),
        ratings=ratings,
        reasons={name: _readable(rating.reasons(0), viewer) for name, (_, rating) in ratings.items()},
        history=queries.building_history(session, viewer, building, on),
        homes=queries.homes_of_building(session, viewer, building, on),
    )


def _readable(reasons: tuple[Reason, ...], viewer: Viewer) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if viewer.may("cases") or not reason.police_only)


def _rated(ledger: CityLedger, row: int, rules: Rulebook, rule_set: str, on: date) -> tuple[Edition, Rating]:
    edition = rules.on(rule_set, on)
    return edition, rate(facts_on(ledger.known_of(row), edition, on), edition)

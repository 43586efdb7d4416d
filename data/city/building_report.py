"""Everything about one building on a day: what it is, how it is rated and why, what happened there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.roles import Viewer
from data.city import queries
from data.city.fact_store import CityLedger
from data.city.rulebooks import rulebook
from data.db.models.city import Building, City
from scoring.grading.advice import Advice, advice_for
from scoring.grading.facts import facts_on
from scoring.grading.rating import Rating, rate
from scoring.grading.reasons import Reason
from scoring.rulebook.model import Edition, Fact


@dataclass(frozen=True, eq=False)
class Card:
    """One building's file. ratings: rule set → the rating of this building alone, row 0.

    reasons: rule set → those the viewer may read; what is known of tenants is for the police.
    advice: rule set → the way to the next grade; single days are told to those who may see what happened on them.
    """

    building: Building
    areas: tuple[tuple[str, str], ...]  # Chinese and English names, widest first
    ratings: Mapping[str, tuple[Edition, Rating]]
    reasons: Mapping[str, tuple[Reason, ...]]
    advice: Mapping[str, Advice]
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
    known = ledger.known_of(row)
    editions = {name: rules.on(name, on) for name in city.rule_sets}
    ratings = {name: (edition, rate(facts_on(known, edition, on), edition)) for name, edition in editions.items()}
    return Card(
        building=building,
        areas=tuple(names[area] for area in ids if area in names),
        ratings=ratings,
        reasons={name: _readable(rating.reasons(0), viewer) for name, (_, rating) in ratings.items()},
        advice={name: _told(advice_for(known, one, on), one, viewer) for name, one in editions.items()},
        history=queries.building_history(session, viewer, building, on),
        homes=queries.homes_of_building(session, viewer, building, on),
    )


def _readable(reasons: tuple[Reason, ...], viewer: Viewer) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if viewer.may("cases") or not reason.police_only)


def _told(advice: Advice, edition: Edition, viewer: Viewer) -> Advice:
    """The advice without what the viewer may not know; that time must pass, and until when, is told to everybody."""

    def open_to(fact: Fact) -> bool:
        return viewer.may("cases") or not fact.police_only

    def day_open_to(fact: Fact) -> bool:
        if fact.kind == "events":
            return viewer.may("cases")
        return open_to(fact) and (fact.kind != "hazards" or (viewer.may("hazards") and viewer.hazard_groups is None))

    return replace(
        advice,
        missing=tuple(need for need in advice.missing if open_to(edition.facts[need.fact])),
        windows=tuple(one for one in advice.windows if day_open_to(edition.facts[one.need.fact])),
        barriers=tuple(
            cap
            for cap in advice.barriers
            if all(open_to(edition.facts[need.fact]) for one in cap.conditions for need in one.needs)
        ),
    )

"""Everything about one building on a day: what it is, how it is rated and why, what happened there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city import queries
from data.city.fact_store import CityFacts
from data.city.rulebooks import rulebook
from data.db.models.city import Building, City
from scoring.grading.advice import Advice, advice_for
from scoring.grading.facts import compute_facts
from scoring.grading.rating import Rating, rate
from scoring.grading.reasons import Reason
from scoring.rulebook.model import Edition, Fact


@dataclass(frozen=True, eq=False)
class BuildingReport:
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


def building_report(
    session: Session, scope: AccessScope, city: City, city_facts: CityFacts, code: str, on: date
) -> BuildingReport | None:
    """None where there is no such building or the viewer may not see it."""
    building = queries.building_by_code(session, scope, city, code)
    if building is None:
        return None
    row = int(city_facts.rows_of(np.array([building.id]))[0])
    ids = (building.district_id, building.street_id, building.community_id, building.grid_id)
    names = queries.area_names(session, scope, ids)
    rules = rulebook(session, city)
    known = city_facts.fact_log_of(row)
    editions = {name: rules.on(name, on) for name in city.rule_sets}
    ratings = {name: (edition, rate(compute_facts(known, edition, on), edition)) for name, edition in editions.items()}
    return BuildingReport(
        building=building,
        areas=tuple(names[area] for area in ids if area in names),
        ratings=ratings,
        reasons={name: _readable(rating.reasons(0), scope) for name, (_, rating) in ratings.items()},
        advice={name: _told(advice_for(known, one, on), one, scope) for name, one in editions.items()},
        history=queries.building_history(session, scope, building, on),
        homes=queries.homes_of_building(session, scope, building, on),
    )


def _readable(reasons: tuple[Reason, ...], scope: AccessScope) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if scope.can("cases") or not reason.police_only)


def _told(advice: Advice, edition: Edition, scope: AccessScope) -> Advice:
    """The advice without what the viewer may not know; that time must pass, and until when, is told to everybody."""

    def open_to(fact: Fact) -> bool:
        return scope.can("cases") or not fact.police_only

    def day_open_to(fact: Fact) -> bool:
        if fact.kind == "events":
            return scope.can("cases")
        return open_to(fact) and (fact.kind != "hazards" or (scope.can("hazards") and scope.hazard_groups is None))

    return replace(
        advice,
        missing=tuple(need for need in advice.missing if open_to(edition.facts[need.fact])),
        windows=tuple(one for one in advice.windows if day_open_to(edition.facts[one.need.fact])),
        blocking_caps=tuple(
            cap
            for cap in advice.blocking_caps
            if all(open_to(edition.facts[need.fact]) for one in cap.conditions for need in one.needs)
        ),
    )

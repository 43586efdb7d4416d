"""Everything about one building on a day: what it is, how it is rated and why, what happened there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city import queries
from data.city.city_facts import CityFacts
from data.city.credit_records import CreditCounts, credit_counts, records_of
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

    reasons: rule set → those the scope allows; facts about tenants are for the police.
    advice: rule set → the way to the next grade; single days only for those who may see what happened on them.
    """

    building: Building
    areas: tuple[tuple[str, str], ...]  # Chinese and English names, widest first
    ratings: Mapping[str, tuple[Edition, Rating]]
    reasons: Mapping[str, tuple[Reason, ...]]
    advice: Mapping[str, Advice]
    history: pd.DataFrame  # day, kind, what; latest first
    homes: Mapping[str, int]  # public-rental homes by state
    credit: Mapping[str, CreditCounts]  # kind of subject → its credit records; empty where there are no such homes


def building_report(
    session: Session, scope: AccessScope, city: City, city_facts: CityFacts, code: str, on: date
) -> BuildingReport | None:
    """None where there is no such building or it is not visible."""
    building = queries.building_by_code(session, scope, city, code)
    if building is None:
        return None
    row = int(city_facts.rows_of(np.array([building.id]))[0])
    ids = (building.district_id, building.street_id, building.community_id, building.grid_id)
    names = queries.area_names(session, scope, ids)
    rules = rulebook(session, city)
    fact_log = city_facts.fact_log_of(row)
    editions = {name: rules.on(name, on) for name in city.rule_sets}
    homes = queries.homes_of_building(session, scope, building, on)
    ratings = {
        name: (edition, rate(compute_facts(fact_log, edition, on), edition)) for name, edition in editions.items()
    }
    return BuildingReport(
        building=building,
        areas=tuple(names[area] for area in ids if area in names),
        ratings=ratings,
        reasons={name: _allowed_reasons(rating.reasons(0), scope) for name, (_, rating) in ratings.items()},
        advice={
            name: _allowed_advice(advice_for(fact_log, edition, on), edition, scope)
            for name, edition in editions.items()
        },
        history=queries.building_history(session, scope, building, on),
        homes=homes,
        credit=_credit(session, scope, building, on) if homes else {},
    )


def _credit(session: Session, scope: AccessScope, building: Building, on: date) -> Mapping[str, CreditCounts]:
    return credit_counts(records_of(queries.credit_records_of_building(session, scope, building, on)), on)


def _allowed_reasons(reasons: tuple[Reason, ...], scope: AccessScope) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if scope.can("cases") or not reason.police_only)


def _allowed_advice(advice: Advice, edition: Edition, scope: AccessScope) -> Advice:
    """The advice without facts outside the scope; that time must pass, and until when, everybody may know."""

    def is_allowed(fact: Fact) -> bool:
        return scope.can("cases") or not fact.police_only

    def is_day_allowed(fact: Fact) -> bool:
        if fact.kind == "events":
            return scope.can("cases")
        return is_allowed(fact) and (fact.kind != "hazards" or (scope.can("hazards") and scope.hazard_groups is None))

    return replace(
        advice,
        missing=tuple(need for need in advice.missing if is_allowed(edition.facts[need.fact])),
        windows=tuple(window for window in advice.windows if is_day_allowed(edition.facts[window.need.fact])),
        blocking_caps=tuple(
            cap
            for cap in advice.blocking_caps
            if all(is_allowed(edition.facts[need.fact]) for condition in cap.conditions for need in condition.needs)
        ),
    )

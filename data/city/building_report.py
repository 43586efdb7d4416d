"""Everything about one building on a day: what it is, how it is rated and why, what happened there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.fact_rights import can_see_hazards, scores_withheld_facts, withheld_facts
from data.access.roles import AccessScope
from data.city import queries
from data.city.city_facts import CityFacts
from data.city.credit_records import CreditCounts, credit_counts, records_of
from data.city.open_hazards import OpenHazard, open_hazards
from data.city.rulebooks import editions_in_force, rulebook
from data.city.seen_facts import advice_seen_by, fact_log_seen_by, rating_seen_by, reasons_seen_by
from data.db.models.city import HAZARD_GROUPS, LEVELS, Building, City
from scoring.grading.advice import Advice
from scoring.grading.facts import FactLog, compute_facts
from scoring.grading.rating import Rating, rate
from scoring.grading.reasons import Reason
from scoring.planning.due import next_visit_due
from scoring.rulebook.model import Edition


@dataclass(frozen=True, eq=False)
class Explained:
    """A building's grade under an edition, as a scope may read it.

    rating: of this building alone, row 0: the grade is everybody's, score and points come from the facts the scope
    may see. advice: None where facts outside the scope decide the grade. withholds: whether the edition reads such
    facts; partly_scored: whether it gives points for them.
    """

    edition: Edition
    rating: Rating
    reasons: tuple[Reason, ...]
    advice: Advice | None
    withholds: bool
    partly_scored: bool


@dataclass(frozen=True, eq=False)
class BuildingReport:
    """One building's file. ratings: by rule set; they say nothing where the building has ended by then."""

    building: Building
    areas: tuple[int, ...]  # ids of those it lay in on the day, widest first
    ratings: Mapping[str, Explained]
    history: pd.DataFrame  # day, kind, what; latest first
    hazards: tuple[OpenHazard, ...]  # that stand open, of the groups below
    hazard_groups: tuple[str, ...]  # those the scope is told of; without any, nothing is said of hazards
    homes: Mapping[str, int]  # public-rental homes by state
    credit: Mapping[str, CreditCounts]  # kind of subject → its credit records; empty where there are no such homes
    on: date

    @property
    def has_ended(self) -> bool:
        return self.building.ended_on is not None and self.building.ended_on <= self.on

    @property
    def last_visit(self) -> date | None:
        """None: it was never visited."""
        return next(iter(self.history["day"][self.history["kind"] == "visit"]), None)

    def next_visit_due(self, rule_set: str) -> date | None:
        """By the interval that a rule set states for the grade; None: never visited, or unrated."""
        shown, last = self.ratings[rule_set], np.array([self.last_visit], "datetime64[D]")
        return next_visit_due(last, shown.rating.grade, shown.edition)[0].item()


def building_report(
    session: Session, scope: AccessScope, city: City, city_facts: CityFacts, code: str, on: date
) -> BuildingReport | None:
    """None where there is no such building or it is not visible."""
    building = queries.building_by_code(session, scope, city, code)
    if building is None:
        return None
    row = int(city_facts.rows_of(np.array([building.id]))[0])
    present = (building.district_id, building.street_id, building.community_id, building.grid_id)
    names = queries.area_names(session, scope, present)
    then = (int(city_facts.areas_on(level, on)[row]) for level in LEVELS)
    areas = (area for area, now in zip(then, present, strict=True) if area in names or area not in (-1, now))
    editions = editions_in_force(rulebook(session, city), city.rule_sets, on)
    fact_log = city_facts.fact_log_of(row)
    homes = queries.homes_of_building(session, scope, building, on)
    return BuildingReport(
        building=building,
        areas=tuple(areas),
        ratings={name: explained(scope, fact_log, edition, on) for name, edition in editions.items()},
        history=queries.building_history(session, scope, building, on),
        hazards=open_hazards(queries.hazards_of_building(session, scope, building, on), on),
        hazard_groups=tuple(group for group in HAZARD_GROUPS if can_see_hazards(scope, group)),
        homes=homes,
        credit=_credit(session, scope, building, on) if homes else {},
        on=on,
    )


def _credit(session: Session, scope: AccessScope, building: Building, on: date) -> Mapping[str, CreditCounts]:
    return credit_counts(records_of(queries.credit_records_of_building(session, scope, building, on)), on)


def explained(scope: AccessScope, fact_log: FactLog, edition: Edition, on: date) -> Explained:
    """fact_log: of the building alone."""
    whole = rate(compute_facts(fact_log, edition, on), edition)
    seen = rate(compute_facts(fact_log_seen_by(scope, fact_log), edition, on), edition)
    return Explained(
        edition=edition,
        rating=rating_seen_by(whole, seen),
        reasons=reasons_seen_by(scope, whole, seen),
        advice=advice_seen_by(scope, fact_log, whole, on),
        withholds=bool(withheld_facts(scope, edition)),
        partly_scored=scores_withheld_facts(scope, edition),
    )

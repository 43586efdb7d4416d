"""Our scores against those the city itself printed, inspection by inspection."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from data.access.roles import AccessScope
from data.city.answer_text import answer_table
from data.city.queries import city_by_code, visible_to
from data.db.models.city import Building, Checklist, City, Inspection
from data.errors import DataError
from scoring.errors import NoRuleInForce
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods, compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_on

ANY_DAY = date(2000, 1, 1)  # each inspection is rated as a building of its own, inspected that day


class NothingPublished(DataError):
    """A city without a single published score."""


@dataclass(frozen=True)
class Verification:
    """compared: one row per published score: source_key, building, day, published_score, score, published_result,
    result (ours, in the edition's published wording), agrees (bool)."""

    compared: pd.DataFrame

    @property
    def differing(self) -> pd.DataFrame:
        return self.compared[~self.compared["agrees"]]

    def sentence(self) -> str:
        agreeing = int(self.compared["agrees"].sum())
        return f"{agreeing:,} of {len(self.compared):,} scores and results agree"


def verification(session: Session, scope: AccessScope, code: str) -> Verification:
    """Every published score of a city beside ours, by its first rule set and the edition in force on that day.

    Raises NoSuchCity, NothingPublished.
    """
    city = city_by_code(session, scope, code)
    published = _published(session, scope, city)
    if published.empty:
        raise NothingPublished(
            "No inspection of '{code}' has a published score; there is nothing to compare.", code=code
        )
    rated = [
        _rated(group, city.rule_sets[0]) for _, group in published.groupby(["checklist", "edition_day"], sort=False)
    ]
    compared = pd.concat(rated).sort_index()
    agrees = (compared["score"] == compared["published_score"]) & (compared["result"] == compared["published_result"])
    return Verification(compared.assign(agrees=agrees))


def _published(session: Session, scope: AccessScope, city: City) -> pd.DataFrame:
    """Inspections with a published score that no later row corrects, with the first day of the edition in force."""
    later = aliased(Inspection)
    corrected = select(later.corrects_id).where(later.city_id == city.id, later.corrects_id.is_not(None))
    columns = {
        "source_key": Inspection.source_key,
        "building": Building.code,
        "day": Inspection.day,
        "published_score": Inspection.published_score,
        "published_result": Inspection.published_result,
        "answers": Inspection.answers,
        "checklist": Checklist.code,
        "items": Checklist.items,
    }
    question = select(*columns.values()).select_from(Inspection).join(Building).join(Checklist)
    question = question.where(
        Inspection.city_id == city.id,
        Inspection.published_score.is_not(None),
        Inspection.id.not_in(corrected),
        visible_to(scope),
    )
    rows = session.execute(question.order_by(Inspection.id)).all()
    frame = pd.DataFrame(rows, columns=list(columns))
    first_days = {day: _first_day(city.rule_sets[0], day) for day in frame["day"].unique()}
    return frame.assign(edition_day=frame["day"].map(first_days))


def _first_day(rule_set: str, day: date) -> date:
    """The first day of the edition in force on `day`; of the first edition for what was published before it."""
    try:
        return edition_on(rule_set, day).in_force
    except NoRuleInForce:
        return edition_on(rule_set, date.max).in_force


def _rated(group: pd.DataFrame, rule_set: str) -> pd.DataFrame:
    """Inspections of one check-list under one edition, with our score and result."""
    edition = edition_on(rule_set, group["edition_day"].iloc[0])
    items = group["items"].iloc[0]
    n = len(group)
    checks = ChecklistAnswers(
        items=tuple(items),
        building=np.arange(n, dtype=np.int32),
        day=np.full(n, np.datetime64(ANY_DAY, "D")),
        answers=answer_table(group["answers"], len(items)),
    )
    rating = rate(compute_facts(FactLog(n, {}, (checks,), OpenPeriods.none()), edition, ANY_DAY), edition)
    wordings = np.array([*(grade.published for grade in edition.grades), None], object)
    return group.drop(columns=["items", "answers"]).assign(score=rating.score, result=wordings[rating.grade])

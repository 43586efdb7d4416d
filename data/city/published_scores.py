"""Our scores and results against those the city itself printed, inspection by inspection, each where it printed one."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import or_, select
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
from scoring.rulebook.model import Grade

ANY_DAY = date(2000, 1, 1)  # each inspection is rated as a building of its own, inspected that day


class NothingPublished(DataError):
    """A city without a single published score or result of an inspection with answers."""


@dataclass(frozen=True)
class Verification:
    """compared: one row per inspection with a published score or result: source_key, building, day, published_score,
    score, published_result, result (ours, in the edition's published wording, else its code), score_agrees,
    result_agrees (bool, or None where none was published), agrees (bool: all that was published does)."""

    compared: pd.DataFrame

    @property
    def differing(self) -> pd.DataFrame:
        return self.compared[~self.compared["agrees"]]

    def sentence(self) -> str:
        scores, results = (self.compared[f"{one}_agrees"].dropna().astype(bool) for one in ("score", "result"))
        if len(scores) == len(results) == len(self.compared):
            return f"{_of(self.compared['agrees'])} scores and results agree"
        counted = [f"{_of(one)} {name}" for one, name in ((scores, "scores"), (results, "results")) if len(one)]
        return f"{' and '.join(counted)} agree"


def _of(agree: pd.Series) -> str:
    return f"{int(agree.sum()):,} of {len(agree):,}"


def verification(session: Session, scope: AccessScope, code: str) -> Verification:
    """What a city published of each inspection beside ours, by its first rule set and the edition in force on that day.

    Raises NoSuchCity, NothingPublished.
    """
    city = city_by_code(session, scope, code)
    published = _published(session, scope, city)
    if published.empty:
        raise NothingPublished(
            "No inspection of '{code}' has answers and a published score or result; there is nothing to compare.",
            code=code,
        )
    rated = [
        _rated(group, city.rule_sets[0]) for _, group in published.groupby(["checklist", "edition_day"], sort=False)
    ]
    compared = pd.concat(rated).sort_index()
    score = agreement(compared["published_score"], compared["score"])
    result = _where_published(compared["published_result"], compared.pop("result_agrees"))
    agrees = score.ne(False) & result.ne(False)
    return Verification(compared.assign(score_agrees=score, result_agrees=result, agrees=agrees))


def agreement(published: pd.Series, ours: pd.Series) -> pd.Series:
    """Whether two scores are the same number to the last decimal; None where none was published.

    Ours is the float nearest to a fraction of whole numbers, a published one the float nearest to its decimals, so that
    they are equal as floats when they are equal as fractions.
    """
    return _where_published(published, published.astype(float) == ours)


def _where_published(published: pd.Series, agrees: pd.Series) -> pd.Series:
    return agrees.astype(object).where(published.notna(), None)


def _published(session: Session, scope: AccessScope, city: City) -> pd.DataFrame:
    """Inspections with answers and something published that no later row corrects, with the first day of the edition
    in force."""
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
        or_(Inspection.published_score.is_not(None), Inspection.published_result.is_not(None)),
        Inspection.id.not_in(corrected),
        Inspection.void.is_not(True),
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
    """Inspections of one check-list under one edition, with our score and result, and whether that was published."""
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
    result = np.array([*(grade.published or grade.code for grade in edition.grades), None], object)[rating.grade]
    wordings = [*map(_wordings, edition.grades), frozenset[str]()]
    same = [said in wordings[grade] for said, grade in zip(group["published_result"], rating.grade, strict=True)]
    return group.drop(columns=["items", "answers"]).assign(score=rating.score, result=result, result_agrees=same)


def _wordings(grade: Grade) -> frozenset[str]:
    """The texts that say a grade: the official wording, or its code and names where the rule file has none."""
    return frozenset([grade.published] if grade.published else [grade.code, grade.name.zh, grade.name.en])

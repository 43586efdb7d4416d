"""What a scope may see of facts, and the reasons and the advice that can be told without the rest.

The grade is the same for everybody. Everything told beside it is worked out anew from what the scope may see, as if
nothing else were on record: so no difference between two figures, or between two days, gives the rest back.
"""

from dataclasses import replace
from datetime import date

import numpy as np

from data.access.fact_rights import (
    can_see_event,
    can_see_hazards,
    can_see_item,
    can_see_some,
    scores_withheld_facts,
    withheld_facts,
)
from data.access.roles import AccessScope
from data.db.models.city import HAZARD_GROUPS
from scoring.grading.advice import Advice, advice_for
from scoring.grading.facts import NOT_APPLICABLE, ChecklistAnswers, FactLog, OpenPeriods
from scoring.grading.rating import UNRATED, Rating
from scoring.grading.reasons import WITHHELD, Reason
from scoring.rulebook.model import Edition, facts_label


def fact_log_seen_by(scope: AccessScope, fact_log: FactLog) -> FactLog:
    """The same without the events and hazards outside the scope; items outside it do not apply."""
    return replace(
        fact_log,
        events={kind: dated for kind, dated in fact_log.events.items() if can_see_event(scope, kind)},
        checklists=tuple(_answers_seen_by(scope, answers) for answers in fact_log.checklists),
        open_periods=_open_periods_seen_by(scope, fact_log.open_periods),
    )


def _answers_seen_by(scope: AccessScope, given: ChecklistAnswers) -> ChecklistAnswers:
    withheld = [not can_see_item(scope, item) for item in given.items]
    if not any(withheld):
        return given
    return replace(given, answers=np.where(withheld, given.answers.dtype.type(NOT_APPLICABLE), given.answers))


def _open_periods_seen_by(scope: AccessScope, periods: OpenPeriods) -> OpenPeriods:
    seen = np.array([can_see_hazards(scope, group) for group in HAZARD_GROUPS])
    if seen.all():
        return periods
    rows = seen[periods.group]
    return OpenPeriods(**{name: values[rows] for name, values in vars(periods).items()})


def rating_seen_by(whole: Rating, seen: Rating) -> Rating:
    """The grade for everybody; score, points and caps by the facts a scope may see. seen: the rating by those alone."""
    unrated = whole.grade == UNRATED
    return replace(seen, grade=whole.grade, score=np.where(unrated, np.nan, seen.score))


def reasons_seen_by(scope: AccessScope, whole: Rating, seen: Rating) -> tuple[Reason, ...]:
    """The reasons of a building rated by itself. What is withheld is one line, there whether or not there is anything.

    A score by part of the facts has no band: the grade is not made of it.
    """
    edition = whole.edition
    withheld = {fact.name for fact in withheld_facts(scope, edition)}
    if not withheld:
        return whole.reasons(0)
    if whole.grade[0] == UNRATED:
        return tuple(reason for reason in whole.reasons(0) if not withheld & set(reason.facts)) or (WITHHELD,)
    if seen.grade[0] == UNRATED:
        return (WITHHELD,)
    partly_scored = scores_withheld_facts(scope, edition)
    told = (reason for reason in seen.reasons(0) if not (partly_scored and reason.kind == "band"))
    return (*filter(None, (_reason_seen_by(scope, edition, reason) for reason in told)), WITHHELD)


def _reason_seen_by(scope: AccessScope, edition: Edition, reason: Reason) -> Reason | None:
    """Named by the facts the scope may see; None where there are none."""
    seen = [name for name in reason.facts if can_see_some(scope, edition.facts[name])]
    if len(seen) == len(reason.facts):
        return reason
    return replace(reason, label=facts_label(edition, seen), parts=()) if seen else None


def advice_seen_by(scope: AccessScope, fact_log: FactLog, whole: Rating, on: date) -> Advice | None:
    """The way to the next grade by the facts the scope may see. None where others decide the grade: of those no day
    may be told. fact_log: of the building alone."""
    edition = whole.edition
    withheld = {fact.name for fact in withheld_facts(scope, edition)}
    if not withheld:
        return advice_for(fact_log, edition, on)
    if whole.grade[0] == UNRATED:
        every = advice_for(fact_log, edition, on)
        return replace(every, missing=tuple(need for need in every.missing if need.fact not in withheld))
    advice = advice_for(fact_log_seen_by(scope, fact_log), edition, on)
    if advice.grade != edition.grades[whole.grade[0]].code:
        return None
    told = (cap for cap in advice.blocking_caps if not withheld & {need.fact for need in cap.needs})
    return replace(advice, blocking_caps=tuple(told))

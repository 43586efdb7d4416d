"""The rules over again for one building, in plain Python and fractions: slow, and nothing shared with the real one."""

import calendar
from datetime import date
from fractions import Fraction

from scoring.rulebook.criteria import PerCount, Share
from scoring.rulebook.model import Condition, Edition, FactColumn
from tests.cast import Building

Value = int | str | None  # None: not known; "-": does not apply


def months_earlier(on: date, months: int) -> date:
    year, month = on.year, on.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def value(building: Building, edition: Edition, need: FactColumn, on: date) -> Value:
    fact = edition.facts[need.fact]
    far_end = date.min if need.months is None else months_earlier(on, need.months)
    if fact.kind == "events":
        return sum(far_end < day <= on for kind in fact.of for day in building.events.get(kind, ()))
    if fact.kind == "answer":
        given = [(day, answers[fact.of[0]]) for day, answers in building.inspections if fact.of[0] in answers]
        latest = max((day for day, _ in given if day <= on), default=None)
        if latest is None:
            return None
        answer = [answer for day, answer in given if day == latest][-1]
        return "-" if answer == 255 else answer
    if fact.kind == "inspections":
        looks = [day for day, _ in building.inspections if day <= on]
        return sum(day > far_end for day in looks) if looks else None
    hazards = [hazard for hazard in building.hazards if not fact.of or hazard.group in fact.of]
    hazards = [hazard for hazard in hazards if not fact.severities or hazard.severity in fact.severities]
    if fact.state == "found":
        return sum(far_end < hazard.found <= on for hazard in hazards)
    still = [hazard for hazard in hazards if hazard.found <= on and not (hazard.closed and hazard.closed <= on)]
    if fact.state == "open":
        return len(still)
    overdue = [hazard for hazard in still if hazard.due and hazard.due < on]
    if fact.state == "overdue":
        return len(overdue)
    return sum(bool(hazard.transferred and hazard.transferred <= on) for hazard in overdue)


def rated(building: Building, edition: Edition, on: date) -> tuple[Fraction, str] | None:
    """Score and grade; None when unrated."""
    values = {need: value(building, edition, need, on) for need in edition.needs}
    if None in values.values():
        return None
    score = Fraction(edition.start)
    for criterion in edition.criteria:
        seen = [values[need] for need in criterion.needs if values[need] != "-"]
        if isinstance(criterion, Share):
            if not seen and criterion.nothing_scored is None:
                return None
            best = criterion.best * len(seen)
            score += (
                Fraction(criterion.points) * sum(seen) / best if seen else Fraction(criterion.nothing_scored.points)
            )
        elif not seen:
            continue
        elif isinstance(criterion, PerCount):
            score += Fraction(criterion.points) * seen[0]
        else:
            score += Fraction(criterion.yes if seen[0] else criterion.no)
    if edition.rounding:
        whole = score.numerator // score.denominator
        score = Fraction(whole + (score - whole >= Fraction(1, 2)))
    ranks = [grade.code for grade in edition.grades]
    grade = next(band.grade for band in edition.bands if band.below is None or score < band.below)
    for cap in edition.caps:
        if all(meets(condition, values) for condition in cap.conditions):
            grade = min(grade, cap.grade, key=ranks.index)
    return score, grade


def meets(condition: Condition, values: dict[FactColumn, Value]) -> bool:
    total = sum(values[need] for need in condition.needs if values[need] != "-")
    enough = condition.at_least is None or total >= condition.at_least
    return enough and (condition.below is None or total < condition.below)

"""The rules over again for one building, in plain Python and fractions: slow, and nothing shared with the real one."""

import calendar
from datetime import date
from fractions import Fraction

from scoring.rulebook.criteria import ByRange, GroupPoints, PerCount
from scoring.rulebook.fact import FactColumn, NotKnown
from scoring.rulebook.group import FactPart, Group
from scoring.rulebook.model import Condition, Criterion, Edition
from tests.cast import Building

Value = Fraction | str | None  # None: not known; "-": does not apply
Values = dict[FactColumn, Value]


def months_earlier(on: date, months: int) -> date:
    year, month = on.year, on.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def value(building: Building, edition: Edition, need: FactColumn, on: date) -> Value:
    found = _value(building, edition, need, on)
    return found if found is None or found == "-" else Fraction(str(found))


def _value(building: Building, edition: Edition, need: FactColumn, on: date) -> float | str | None:
    fact = edition.facts[need.fact]
    far_end = date.min if need.months is None else months_earlier(on, need.months)
    if fact.kind == "events":
        return sum(far_end < day <= on for kind in fact.of for day in building.events.get(kind, ()))
    if fact.kind == "building":
        return building.fields.get(fact.of[0])
    if fact.kind == "answer":
        given = [(day, answers[fact.of[0]]) for day, answers in building.inspections if fact.of[0] in answers]
        latest = max((day for day, _ in given if day <= on), default=None)
        if latest is None:
            return None
        answer = [answer for day, answer in given if day == latest][-1]
        return "-" if answer == -1 else None if answer == -2 else answer
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


class Unrated(Exception):
    """Something is asked for that is not known."""


def rated(building: Building, edition: Edition, on: date) -> tuple[Fraction, str] | None:
    """Score and grade; None when unrated."""
    values: Values = {need: value(building, edition, need, on) for need in edition.needs}
    try:
        if any(values[need] is None for need in edition.required):
            return None
        score = Fraction(edition.start) + sum(gained(criterion, values) for criterion in edition.criteria)
        if edition.round_to is not None:
            score = half_up(score, Fraction(edition.round_to))
        grade = next(band.grade for band in edition.bands if band.below is None or score < band.below)
        ranks = [one.code for one in edition.grades]
        for cap in edition.caps:
            holding = [meets(condition, values) for condition in cap.conditions]
            if all(holding):
                grade = min(grade, cap.grade, key=ranks.index)
    except Unrated:
        return None
    return score, grade


def half_up(number: Fraction, step: Fraction) -> Fraction:
    """The multiple of the step that is nearest; of two the higher."""
    below = number - number % step
    return below + step if number - below >= step / 2 else below


def known(need: FactColumn, values: Values, not_known: NotKnown) -> Value:
    if values[need] is not None:
        return values[need]
    if not_known is None:
        raise Unrated
    return "-" if not_known == "does_not_apply" else Fraction(not_known)


def gained(criterion: Criterion, values: Values) -> Fraction:
    if isinstance(criterion, GroupPoints):
        of_group = amount(criterion.group, values)
        if of_group == "-":
            if criterion.nothing_scored is None:
                raise Unrated
            return Fraction(criterion.nothing_scored.points)
        return Fraction(criterion.points) * of_group
    if isinstance(criterion, ByRange):
        of = criterion.of
        seen = amount(of, values) if isinstance(of, Group) else known(of, values, criterion.not_known)
        if seen == "-":
            return Fraction(0)
        return Fraction(next(one.points for one in criterion.ranges if one.below is None or seen < one.below))
    seen = known(criterion.need, values, criterion.not_known)
    if seen == "-":
        return Fraction(0)
    if isinstance(criterion, PerCount):
        return Fraction(criterion.points) * seen
    return Fraction(criterion.yes if seen >= 1 else criterion.no)


def amount(group: Group, values: Values) -> Fraction | str:
    """What a group comes to; "-" where it does not apply."""
    made = made_of(group, values)
    if made == "-":
        return made
    made *= Fraction(group.factor)
    if group.round_to is not None:
        made = half_up(made, Fraction(group.round_to))
    if group.at_least is not None:
        made = max(made, Fraction(group.at_least))
    if group.at_most is not None:
        made = min(made, Fraction(group.at_most))
    return made


def made_of(group: Group, values: Values) -> Fraction | str:
    parts = weighted(group.parts, group, values)
    others = weighted(group.to, group, values)
    whole = sum((weight * one for weight, one, _ in parts), Fraction(0))
    if not parts:
        return "-"
    if group.how == "sum":
        return whole
    if group.how == "average":
        return whole / sum(weight for weight, *_ in parts)
    if group.how == "share":
        return whole / sum(weight * best for weight, _, best in parts)
    divisor = sum((weight * one for weight, one, _ in others), Fraction(0))
    return whole / divisor if others and divisor else "-"


def weighted(parts: tuple, group: Group, values: Values) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Weight, value and best answer of the parts that apply."""
    found = []
    for part in parts:
        is_fact = isinstance(part, FactPart)
        one = known(part.need, values, group.not_known) if is_fact else amount(part, values)
        weight, best = (part.fact.weight, part.fact.best or 1) if is_fact else (1, 1)
        if one != "-":
            found.append((Fraction(weight), Fraction(one), Fraction(best)))
    return found


def meets(condition: Condition, values: Values) -> bool:
    if condition.group is not None:
        total = amount(condition.group, values)
        if total == "-":
            return False
    else:
        seen = [known(need, values, None) for need in condition.needs]
        total = sum((one for one in seen if one != "-"), Fraction(0))
    enough = condition.at_least is None or total >= condition.at_least
    return enough and (condition.below is None or total < condition.below)

"""The words behind a grade: one reason a step, with the value seen and the sentence of the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.grading.facts import NOT_APPLICABLE
from scoring.rulebook.model import Cap, Criterion, Edition, FactColumn, Item, Share, Text

Facts = Mapping[str, float]  # one building's row of the frame, by Need.column


@dataclass(frozen=True)
class Reason:
    """One step from the facts to the grade.

    value: what was seen; for a share the sum of the answers, with the best sum in `out_of`.
    points: what a start or criterion gave; grade: where a band or cap put the building.
    lowers: a cap below the grade by points, or points below nought. failed: items short of the best answer.
    """

    kind: Literal["start", "points", "band", "cap", "missing"]
    label: Text
    quote: str = ""
    assumed: Text | None = None
    value: float | None = None
    out_of: float | None = None
    months: int | None = None
    points: float | None = None
    grade: str | None = None
    lowers: bool = False
    failed: tuple[Item, ...] = ()
    police_only: bool = False


START = Text("起始分", "Starting points")
SCORE = Text("总分", "Score")


def criterion_label(edition: Edition, criterion: Criterion) -> Text:
    """What a criterion is about."""
    return criterion.category.name if isinstance(criterion, Share) else edition.facts[criterion.need.fact].label


def cap_label(edition: Edition, cap: Cap) -> Text:
    """The facts a cap is about, all of its conditions together."""
    needs = (need for condition in cap.conditions for need in condition.needs)
    labels = list(dict.fromkeys(edition.facts[need.fact].label for need in needs))
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def start_reason(edition: Edition, quote: str) -> Reason:
    return Reason("start", START, quote, points=float(edition.start))


def criterion_reason(edition: Edition, criterion: Criterion, facts: Facts, points: float) -> Reason:
    if isinstance(criterion, Share):
        return _share_reason(edition, criterion, facts, points)
    fact, need = edition.facts[criterion.need.fact], criterion.need
    return Reason(
        "points",
        criterion_label(edition, criterion),
        criterion.quote,
        criterion.assumed,
        value=_value(edition, need, facts),
        months=need.months,
        points=points,
        lowers=points < 0,
        police_only=fact.police_only,
    )


def _share_reason(edition: Edition, share: Share, facts: Facts, points: float) -> Reason:
    answers = {need.fact: facts[need.column] for need in share.needs if facts[need.column] != NOT_APPLICABLE}
    nothing = share.nothing_scored if not answers else None
    return Reason(
        "points",
        criterion_label(edition, share),
        nothing.quote if nothing else share.quote,
        share.assumed,
        value=sum(answers.values()),
        out_of=float(share.best * len(answers)),
        points=points,
        failed=tuple(item for item in edition.checklist if answers.get(item.code, share.best) < share.best),
    )


def band_reason(edition: Edition, grade_before_caps: int, score: float) -> Reason:
    grade = edition.grades[grade_before_caps].code
    band = next(band for band in edition.bands if band.grade == grade)
    return Reason("band", SCORE, band.quote, band.assumed, value=score, grade=grade)


def cap_reason(edition: Edition, cap: Cap, facts: Facts, grade_before_caps: int) -> Reason:
    """Its value adds up the facts of the cap's first condition."""
    first = cap.conditions[0]
    needs = [need for condition in cap.conditions for need in condition.needs]
    return Reason(
        "cap",
        cap_label(edition, cap),
        cap.quote,
        cap.assumed,
        value=sum(_value(edition, need, facts) or 0.0 for need in first.needs),
        months=max((need.months for need in first.needs if need.months), default=None),
        grade=cap.grade,
        lowers=edition.position(cap.grade) < grade_before_caps,
        police_only=any(edition.facts[need.fact].police_only for need in needs),
    )


def missing_reason(edition: Edition, need: FactColumn) -> Reason:
    fact = edition.facts[need.fact]
    return Reason("missing", fact.label, months=need.months, police_only=fact.police_only)


def _value(edition: Edition, need: FactColumn, facts: Facts) -> float | None:
    """What was seen; None for an item that does not apply."""
    value = facts[need.column]
    return None if edition.facts[need.fact].kind == "answer" and value == NOT_APPLICABLE else value

"""The words behind a grade: one reason a step, with the value seen and the sentence of the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.rulebook.fact import FactColumn, Item, Seen, Text, value_in_row
from scoring.rulebook.model import Cap, Criterion, Edition, cap_label

Facts = Mapping[str, float]  # one building's row of the frame, by FactColumn.column


@dataclass(frozen=True)
class Reason:
    """One step from the facts to the grade.

    value: what was seen; for a share the sum of the answers, with the best sum in `out_of`.
    points: what a start or criterion gave; grade: where a band or cap put the building.
    lowers: a cap below the grade by points, or points below nought. failed: items short of the best answer.
    parts: what a group was made of. facts: the names of the facts it was read from. bounds: the values from which on
    something else follows, rising; full_marks: the points of all of a share. withheld: stands for whatever the reader
    may not see.
    """

    kind: Literal["start", "points", "band", "cap", "missing", "withheld"]
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
    parts: tuple[Seen, ...] = ()
    facts: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    full_marks: float | None = None

    @property
    def points_lost(self) -> float:
        """What it cost: the points below nought, or what a share falls short of its full marks."""
        if self.kind != "points" or self.points is None:
            return 0.0
        return max(-self.points, 0.0) if self.full_marks is None else max(self.full_marks - self.points, 0.0)


START = Text("基本分", "Starting points")
SCORE = Text("总分", "Score")
WITHHELD = Reason("withheld", Text("权限外事项", "Matters outside your access"))


def start_reason(edition: Edition, quote: str) -> Reason:
    return Reason("start", START, quote, points=float(edition.start))


def criterion_reason(edition: Edition, criterion: Criterion, facts: Facts, points: float) -> Reason:
    seen = criterion.observed(facts, edition)
    return Reason(
        "points",
        criterion.label(edition),
        seen.quote,
        criterion.assumed,
        value=seen.value,
        out_of=seen.out_of,
        months=seen.months,
        points=points,
        lowers=points < 0,
        failed=seen.failed,
        parts=seen.parts,
        facts=tuple(need.fact for need in criterion.needs),
        bounds=tuple(map(float, criterion.bounds)),
        full_marks=None if criterion.full_marks is None else float(criterion.full_marks),
    )


def band_reason(edition: Edition, grade_before_caps: int, score: float) -> Reason:
    grade = edition.grades[grade_before_caps].code
    band = next(band for band in edition.bands if band.grade == grade)
    bounds = tuple(float(band.below) for band in edition.bands if band.below is not None)
    return Reason("band", SCORE, band.quote, band.assumed, value=score, grade=grade, bounds=bounds)


def cap_reason(edition: Edition, cap: Cap, facts: Facts, grade_before_caps: int) -> Reason:
    """Its value adds up the facts of the cap's first condition, or is that of its group."""
    first = cap.conditions[0]
    group = first.group.seen(facts) if first.group else None
    return Reason(
        "cap",
        cap_label(edition, cap),
        cap.quote,
        cap.assumed,
        value=group.value if group else sum(value_in_row(need, facts) or 0.0 for need in first.needs),
        out_of=group.out_of if group else None,
        months=max((need.months for need in first.needs if need.months), default=None),
        grade=cap.grade,
        lowers=edition.position(cap.grade) < grade_before_caps,
        facts=tuple(need.fact for need in cap.needs),
        bounds=tuple(float(bound) for bound in (first.at_least, first.below) if bound is not None),
    )


def missing_reason(edition: Edition, need: FactColumn) -> Reason:
    fact = edition.facts[need.fact]
    return Reason("missing", fact.label, months=need.months, facts=(need.fact,))

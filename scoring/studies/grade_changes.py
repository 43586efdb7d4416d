"""How grades move from one rating to another: the flow between grades, for whom, and which rule moved them."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from scoring.grading.rating import UNRATED, Rating, regraded
from scoring.rulebook.exact import Quotients
from scoring.rulebook.model import Edition, Text, cap_label

WORSE, SAME, BETTER = 0, 1, 2


@dataclass(frozen=True)
class Step:
    """One criterion or cap of an edition, by its index there."""

    kind: Literal["criterion", "cap"]
    index: int
    label: Text


@dataclass(frozen=True)
class Causes:
    """What moved the buildings whose grade differs between two ratings.

    decisive: bool (n, steps), without whose change the building would not have moved, or not so far; a building may
    have several. together: moved, though no single step was decisive. known: moved into or out of the unrated.
    rules: moved, and the same facts under the earlier edition would not have moved it. All bool (n,) but the first.
    """

    steps: tuple[Step, ...]
    decisive: np.ndarray
    together: np.ndarray
    known: np.ndarray
    rules: np.ndarray


def flow(before: np.ndarray, after: np.ndarray, n_grades: int) -> np.ndarray:
    """Buildings by grade before (rows) and after (columns), int64 (n_grades + 1, n_grades + 1), the unrated last.

    before, after: int8 (n,), UNRATED where there is no grade.
    """
    width = n_grades + 1
    cell = (before.astype(np.int64) % width) * width + after % width
    return np.bincount(cell, minlength=width * width).reshape(width, width)


def directions(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """WORSE, SAME or BETTER of each building rated both times, int8 (n,); -1 where it was not."""
    direction = (np.sign(after.astype(np.int8) - before.astype(np.int8)) + 1).astype(np.int8)
    return np.where((before == UNRATED) | (after == UNRATED), np.int8(-1), direction)


def directions_by(direction: np.ndarray, category: np.ndarray, n_categories: int) -> np.ndarray:
    """Buildings by category and direction, int64 (n_categories, 3).

    direction: as from `directions`; category: 0 to n_categories - 1, shape (n,). Those of -1 are not counted.
    """
    counted = (direction >= 0) & (category >= 0)
    cell = category[counted].astype(np.int64) * 3 + direction[counted]
    return np.bincount(cell, minlength=n_categories * 3).reshape(n_categories, 3)


def causes(before: Rating, after: Rating, unruled: Rating | None = None) -> Causes:
    """Which steps moved whom. before, after: ratings of the same buildings in the same order.

    unruled: the later facts under the earlier edition, where the two ratings are of different editions; a step is
    then decisive among the moves that the facts alone explain.
    """
    later = after if unruled is None else unruled
    moved = before.grade != after.grade
    known = moved & ((before.grade == UNRATED) | (after.grade == UNRATED))
    rules = moved & ~known & (later.grade != after.grade)
    open_ = moved & ~known & (before.grade != later.grade)
    every = steps(later.edition)
    decisive = np.zeros((len(moved), len(every)), bool)
    rows = np.flatnonzero(open_)
    if len(rows):
        was, now = _taken(before, rows), _taken(later, rows)
        for index, step in enumerate(every):
            decisive[rows, index] = _undoes(was, now, step)
    return Causes(every, decisive, open_ & ~rules & ~decisive.any(axis=1), known, rules)


def causes_of(moved: np.ndarray, likewise: np.ndarray, told: Causes) -> Causes:
    """Causes told by ratings of part of the facts, for the moves in `moved`; what they do not explain is `together`.

    likewise: which of the moves those ratings show as well, and the same way. Both bool (n,).
    """
    decisive, known, rules = told.decisive & likewise[:, None], told.known & likewise, told.rules & likewise
    together = moved & ~(decisive.any(axis=1) | known | rules)
    return replace(told, decisive=decisive, together=together, known=known, rules=rules)


def without(rating: Rating, step: Step) -> np.ndarray:
    """The grades, int8 (n,), the edition would give without one of its criteria or caps.

    A criterion's points are left out. Where it is a share of a category the points of the others count so much more
    that the most a building can have stays what it was: without it the bounds would mean something else.
    """
    if step.kind == "cap":
        caps_apply = rating.caps_apply.copy()
        caps_apply[:, step.index] = False
        return regraded(rating, caps_apply=caps_apply)
    gains = list(rating.gains)
    gains[step.index] = Quotients.same(0, len(rating.grade))
    full_marks = [criterion.full_marks for criterion in rating.edition.criteria]
    left_out = full_marks[step.index]
    if left_out is not None:
        total = sum(Fraction(marks) for marks in full_marks if marks is not None)
        rest = total - Fraction(left_out)
        more = total / rest if rest else Fraction(0)
        gains = [one if marks is None else one * more for one, marks in zip(gains, full_marks, strict=True)]
    return regraded(rating, gains)


def steps(edition: Edition) -> tuple[Step, ...]:
    """Every criterion of an edition, then every cap."""
    criteria = (Step("criterion", n, criterion.label(edition)) for n, criterion in enumerate(edition.criteria))
    caps = (Step("cap", n, cap_label(edition, cap)) for n, cap in enumerate(edition.caps))
    return (*criteria, *caps)


def _taken(rating: Rating, rows: np.ndarray) -> Rating:
    arrays = ("score", "grade", "grade_before_caps", "points", "caps_apply", "missing")
    cut = {name: getattr(rating, name)[rows] for name in arrays}
    return replace(rating, facts=rating.facts.iloc[rows], gains=tuple(one.rows(rows) for one in rating.gains), **cut)


def _undoes(was: Rating, now: Rating, step: Step) -> np.ndarray:
    """Whether the grade goes back, or part of the way back, when this step alone is as it was. bool (rows,)."""
    if step.kind == "criterion":
        back = regraded(now, [*now.gains[: step.index], was.gains[step.index], *now.gains[step.index + 1 :]])
    else:
        caps_apply = now.caps_apply.copy()
        caps_apply[:, step.index] = was.caps_apply[:, step.index]
        back = regraded(now, caps_apply=caps_apply)
    return np.where(was.grade < now.grade, back < now.grade, back > now.grade)

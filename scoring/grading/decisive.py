"""Why a building has its grade and no better one, in short: the few of its reasons that decide it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scoring.grading.reasons import Reason

MOST_NAMED = 2  # of the criteria that cost most; a third seldom changes what is to be done first


@dataclass(frozen=True)
class Decisive:
    """What decides a grade.

    missing: what an unrated building lacks; caps: those that hold it at its grade; points: the criteria that cost it
    most, dearest first; score: the band its score lies in; nothing: none of what may be told counts against it.
    """

    by: Literal["missing", "caps", "points", "score", "nothing"]
    reasons: tuple[Reason, ...] = ()


def decisive(reasons: Sequence[Reason], grade: str, is_best: bool) -> Decisive:
    """reasons: of a building, as Rating.reasons gives them, or what of them may be told. grade: its code, "" unrated.

    A cap counts where it lowers the grade to what it is. Nothing costs a building of the best grade a better one.
    """
    missing = tuple(reason for reason in reasons if reason.kind == "missing")
    if missing:
        return Decisive("missing", missing)
    caps = tuple(reason for reason in reasons if reason.kind == "cap" and reason.lowers and reason.grade == grade)
    if caps:
        return Decisive("caps", caps)
    costly = sorted((reason for reason in reasons if reason.points_lost), key=lambda reason: -reason.points_lost)
    if costly and not is_best:
        return Decisive("points", tuple(costly[:MOST_NAMED]))
    bands = tuple(reason for reason in reasons if reason.kind == "band" and reason.bounds)
    return Decisive("score", bands) if bands else Decisive("nothing")
